"""Meetings before and around their register: convened, invited to, changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from conferences.choices import MeetingKind
from conferences.judging import is_late, lines_of
from conferences.models import Attendance, Meeting
from conferences.rules import LocalRules
from conferences.telling import tell_outside
from partnership.history import save_changed, save_new
from partnership.models import Agency, Partnership, StaffMember, User
from partnership.stale import refuse_when_changed
from partnership.workdays import NoCalendar

# What a page of the meeting's details saw: the register keeps the rest.
MEETING_SEEN = (
    "reference", "kind", "state", "held_on", "strategy_discussion_on", "chair", "lead_id", "format",
    "family_ref", "children",
)
RULED_BY = {"kind", "held_on"}  # what the local rules are asked about
COUNTED_FROM = ("held_on", "strategy_discussion_on")  # days from which limits are counted


@transaction.atomic
def convene(
    *, by: User | None, partnership: Partnership, reference: str, kind: str, held_on: date,
    invite: Iterable[Mapping[str, Any]] = (), **fields,
) -> Meeting:
    """Plan a meeting and invite agencies; each invitation names an agency and perhaps a person.

    The conference service is told of a meeting outside the process.
    """
    meeting = Meeting(
        partnership=partnership, reference=reference, kind=kind, held_on=held_on, **fields
    )
    refuse_uncounted(partnership, {"held_on": held_on, **fields})
    save_new(meeting, by, "convened", partnership=partnership, kind=kind, held_on=held_on)
    invite_many(by=by, meeting=meeting, invitations=invite)
    if kind == MeetingKind.OUTSIDE:
        tell_outside(meeting, by)
    return meeting


@transaction.atomic
def invite_many(
    *, by: User | None, meeting: Meeting, invitations: Iterable[Mapping[str, Any]]
) -> list[Attendance]:
    """Invite several agencies at once, all or none."""
    rules = LocalRules.of(meeting.partnership)
    return [add_line(by=by, meeting=meeting, rules=rules, **one) for one in invitations]


@transaction.atomic
def add_line(
    *, by: User | None, meeting: Meeting, agency: Agency, rules: LocalRules | None = None,
    staff_member: StaffMember | None = None, **fields,
) -> Attendance:
    """Invite an agency, or add someone who came; what is expected is read from the local rules."""
    meeting = still_open(meeting)
    line = Attendance(meeting=meeting, agency=agency, staff_member=staff_member, **fields)
    apply_rules(line, rules or LocalRules.of(meeting.partnership))
    where = {"partnership": meeting.partnership, "agency": agency, "staff_member": staff_member}
    return save_new(line, by, "invited", **where, **fields)


def apply_rules(line: Attendance, rules: LocalRules) -> None:
    """What the rules of the meeting's day say of a line: what is expected, and whether it came late."""
    meeting = line.meeting
    line.expectation = rules.expectation(line.agency_id, meeting.kind, meeting.held_on)
    try:
        line.late_invitation = is_late(line, rules)
    except NoCalendar as error:
        raise ValidationError({"held_on": str(error)}) from None


@transaction.atomic
def change_meeting(*, by: User | None, meeting: Meeting, seen: str = "", **new) -> bool:
    """Change a meeting's details while its register is open; False when nothing differs.

    With another day or kind, what is expected and which invitations are late is reckoned anew. With
    the fingerprint of what was ``seen`` it is refused when somebody changed the meeting since.
    """
    row = still_open(meeting)
    refuse_when_changed(row, seen, MEETING_SEEN)
    refuse_uncounted(row.partnership, {name: new[name] for name in new if new[name] != getattr(row, name)})
    ruled = any(name in RULED_BY and getattr(row, name) != value for name, value in new.items())
    done = save_changed(row, by, "changed", new, partnership=row.partnership)
    if done and ruled:
        rule_anew(row)
    return done


def refuse_uncounted(partnership: Partnership, days: Mapping[str, Any]) -> None:
    """Refuse a day of a year without bank holidays: limits are counted from it, so no figure could be made."""
    calendar = LocalRules.of(partnership).calendar
    for name in COUNTED_FROM:
        if days.get(name):
            try:
                calendar.why_skipped(days[name])
            except NoCalendar as error:
                raise ValidationError({name: str(error)}) from None


def rule_anew(meeting: Meeting) -> None:
    """Ask the local rules again about every line of a meeting."""
    rules, lines = LocalRules.of(meeting.partnership), lines_of([meeting])[meeting.pk]
    for line in lines:
        apply_rules(line, rules)
    Attendance.objects.bulk_update(lines, ["expectation", "late_invitation"])


def still_open(meeting: Meeting) -> Meeting:
    """The meeting, locked; refused when its register is closed."""
    rows = Meeting.objects.select_for_update(of=("self",)).select_related("partnership")
    row = rows.get(pk=meeting.pk)
    if row.closed_at:
        raise ValidationError(
            f"The register of {row.reference} is closed. Correct the line and give the reason."
        )
    return row
