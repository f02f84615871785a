"""What the actions make of what is sent about meetings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from rest_framework import serializers

from api.fields import NONE_SUCH
from conferences.actions import (
    correct_ending,
    correct_line,
    fill_register,
    follow,
    record_attendance,
    stand_down,
)
from conferences.actions.filling import ENDING, Typed
from conferences.actions.registers import as_there
from conferences.choices import MeetingState
from conferences.convening import (
    kinds_for,
    kinds_of,
    leads_for,
    nameable,
    needs_one_before,
    other_family,
    runs_conferences,
    what_is_wrong,
)
from conferences.models import Attendance, Meeting
from conferences.views.planned import follow_up
from partnership.models import Partnership, User
from partnership.stale import snapshot


def refuse(**errors: str) -> None:
    """Something that the client may not choose."""
    raise serializers.ValidationError({name: [text] for name, text in errors.items()})


# --- Details --------------------------------------------------------------------------------------


def new_meeting(user: User, sent: dict[str, Any]) -> dict[str, Any]:
    """A meeting as the action takes it, for a client that may convene such a one there."""
    partnership, last = sent["partnership"], sent.pop("follows", None)
    if sent["kind"] not in kinds_for(user, partnership):
        refuse(kind="You cannot convene a meeting of that kind there.")
    if last and last.partnership_id != partnership.pk:
        refuse(follows=NONE_SUCH)
    invited = checked_lines(user, partnership, sent.pop("invitations", ()), last)
    sent = {**sent, **details(user, partnership, sent["kind"], sent), "invite": invited}
    if not last and needs_one_before(user, partnership, sent["kind"]):
        raise ValidationError({"follows": "Say which conference named this core group."})
    other = other_family(last, sent.get("family_ref", ""))
    if other:
        raise ValidationError({"family_ref": other})
    return {**sent, "family_ref": sent.get("family_ref") or (last.family_ref if last else "")}


def changed_meeting(user: User, meeting: Meeting, sent: dict[str, Any]) -> dict[str, Any]:
    """What is to change of a meeting, as the action takes it."""
    kind = sent.get("kind", meeting.kind)
    if kind not in kinds_of(meeting):
        refuse(kind="A conference does not become a core group, nor the other way round.")
    return details(user, meeting.partnership, kind, sent, meeting)


def details(
    user: User, partnership: Partnership, kind: str, sent: dict[str, Any], meeting: Meeting | None = None
) -> dict[str, Any]:
    """The details with what speaks against them; what is not sent is as the meeting has it."""
    service = runs_conferences(user, partnership)
    if "family_ref" in sent and not service:
        refuse(family_ref="Only the conference service gives a family reference.")
    there = {
        name: sent.get(name, getattr(meeting, name, None))
        for name in ("held_on", "strategy_discussion_on", "lead")
    }
    lead, before = there["lead"], meeting.lead if meeting else None
    if lead and lead != before and not leads_for(user, partnership).filter(pk=lead.pk).exists():
        refuse(lead=NONE_SUCH)
    wrong = what_is_wrong(kind, **there)
    if not lead and not service:
        wrong.setdefault("lead", "Say who leads it.")
    if wrong:
        raise ValidationError(wrong)
    return sent


def checked_lines(
    user: User, partnership: Partnership, invitations: Iterable[dict[str, Any]], last: Meeting | None
) -> list[dict[str, Any]]:
    """Invitations of agencies of that partnership, and of people whom the client may name there."""
    found = list(invitations)
    seats = set(partnership.memberships.values_list("agency", flat=True))
    keys = [one["staff_member"].pk for one in found if one.get("staff_member")]
    named = set(nameable(user, partnership, last).filter(pk__in=keys).values_list("pk", flat=True))
    for one in found:
        if one["agency"].pk not in seats:
            refuse(agency=NONE_SUCH)
        if one.get("staff_member") and one["staff_member"].pk not in named:
            refuse(staff_member=NONE_SUCH)
        if one.get("staff_member") and one["staff_member"].agency_id != one["agency"].pk:
            refuse(staff_member="This person is of another agency.")
        if one.get("staff_member") and one.get("job_title"):
            refuse(job_title="Give the person or a job title, not both.")
    return found


# --- Endings --------------------------------------------------------------------------------------


def carry_out_ending(user: User, meeting: Meeting, sent: dict[str, Any]) -> None:
    """Written down in an open register, corrected with the reason in a closed one."""
    reason = sent.pop("reason", "")
    new = {name: getattr(meeting, name) for name in ENDING} | sent
    if meeting.closed_at:
        correct_ending(by=user, meeting=meeting, reason=reason, **new)
    else:
        typed = Typed(snapshot(meeting, new), new)
        fill_register(by=user, meeting=meeting, lines={}, ending=typed)


def carry_out_standing_down(user: User, meeting: Meeting, sent: dict[str, Any]) -> Meeting:
    """The meeting on the new date; where the standing down is written already, only that one."""
    lines = sent.pop("there", ())
    if any(line.meeting_id != meeting.pk for line in lines):
        refuse(there=NONE_SUCH)
    already = follow_up(meeting)
    if already:
        raise ValidationError({"reference": f"{already.reference} was convened for the new date already."})
    common = {"by": user, "meeting": meeting, "there": [line.pk for line in lines]}
    if meeting.state == MeetingState.STOOD_DOWN and meeting.new_date_on:
        return follow(**common, reference=sent["reference"], invited_on=sent.get("invited_on"))
    missing = {
        name: ["Needed, since it is not written down yet."]
        for name in ("new_date_on", "reason") if not sent.get(name)
    }
    if missing:
        raise serializers.ValidationError(missing)
    return stand_down(**common, **sent)


def carry_out_line(user: User, line: Attendance, sent: dict[str, Any]) -> None:
    """Written down in an open register; in a closed one corrected by the conference service, with the reason."""
    reason = sent.pop("reason", "")
    closed = line.meeting.closed_at
    if closed and not runs_conferences(user, line.meeting.partnership):
        raise ValidationError("The register is closed: the conference service corrects its lines.")
    act = correct_line if closed else record_attendance
    act(by=user, line=line, reason=reason, **as_there(sent))
