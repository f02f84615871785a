"""How a planned meeting ended: held, stood down with a new date, or cancelled."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from conferences.actions.meetings import MEETING_SEEN, convene, still_open
from conferences.choices import ChairDecision, MeetingState
from conferences.models import Meeting
from partnership.history import save_changed
from partnership.models import User
from partnership.stale import refuse_when_changed

CARRIED = ("chair", "lead", "format", "family_ref", "children", "strategy_discussion_on")
STANDS_SO = "{} is already: {}."


@transaction.atomic
def note_held(*, by: User | None, meeting: Meeting, seen: str = "") -> None:
    """A meeting took place; its register waits to be filled in."""
    row = ready_to_end(meeting, MeetingState.HELD, seen)
    if row.held_on > timezone.localdate():
        raise ValidationError(f"{row.reference} is still to come. Say that it was held on its day.")
    save_changed(
        row, by, "held", {"state": MeetingState.HELD, **NO_DECISION}, partnership=row.partnership
    )


@transaction.atomic
def cancel(*, by: User | None, meeting: Meeting, reason: str, seen: str = "") -> None:
    """A meeting did not take place, for another reason than a quorum: it counts for nobody."""
    row = ready_to_end(meeting, MeetingState.CANCELLED, seen)
    save_changed(
        row, by, "cancelled", {"state": MeetingState.CANCELLED, **NO_DECISION},
        partnership=row.partnership, reason=reason,
    )


@transaction.atomic
def stand_down(
    *, by: User | None, meeting: Meeting, reason: str, new_date_on: date, reference: str,
    there: Iterable[int] = (), invited_on: date | None = None, seen: str = "",
) -> Meeting:
    """A conference was given up for want of a quorum; gives the one that follows on the new date."""
    row = ready_to_end(meeting, MeetingState.STOOD_DOWN, seen)
    if not row.is_conference:
        raise ValidationError("Only a conference is stood down for want of a quorum.")
    ended = {
        "state": MeetingState.STOOD_DOWN, "chair_decision": ChairDecision.STOOD_DOWN,
        "chair_reason": reason.strip(), "new_date_on": new_date_on,
    }
    save_changed(row, by, "stood down", ended, partnership=row.partnership)
    return follow(by=by, meeting=row, reference=reference, there=there, invited_on=invited_on)


NO_DECISION = {"chair_decision": "", "chair_reason": "", "new_date_on": None}


@transaction.atomic
def follow(
    *, by: User | None, meeting: Meeting, reference: str, there: Iterable[int] = (),
    invited_on: date | None = None,
) -> Meeting:
    """Convene the meeting on the new date of one that was stood down, with the same invitees.

    ``there`` are the lines whose agency was in the room when the date was set: none of them is
    invited late.
    """
    if not meeting.new_date_on:
        raise ValidationError("The meeting has no new date.")
    if meeting.new_date_on <= meeting.held_on:
        raise ValidationError({"new_date_on": "The new date must be after the day of this conference."})
    there = set(there)
    lines = meeting.lines.select_related("agency", "staff_member", "deputy_for").order_by("pk")
    return convene(
        by=by, partnership=meeting.partnership, reference=reference, kind=meeting.kind,
        held_on=meeting.new_date_on, invite=[
            {
                "agency": line.agency, "staff_member": line.deputy_for or line.staff_member,
                "job_title": line.job_title, "involved": line.involved,
                "invited_on": invited_on or timezone.localdate(),
                "in_room_when_dated": line.pk in there,
            }
            for line in lines
        ],
        **{name: getattr(meeting, name) for name in CARRIED},
    )


def ready_to_end(meeting: Meeting, state: str, seen: str) -> Meeting:
    """The meeting, locked, open, as it was seen, and not yet in that state."""
    row = still_open(meeting)
    if row.state == state:
        raise ValidationError(STANDS_SO.format(row.reference, row.get_state_display().lower()))
    refuse_when_changed(row, seen, MEETING_SEEN)
    return row
