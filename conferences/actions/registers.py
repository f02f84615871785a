"""Registers: lines filled in, closed, and corrected afterwards."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from conferences.actions.meetings import still_open
from conferences.choices import MeetingState
from conferences.judging import judge_registers
from conferences.models import Attendance, Meeting
from conferences.signals import register_closed
from partnership.history import changed, record
from partnership.models import User


@transaction.atomic
def record_attendance(*, by: User | None, line: Attendance, reason: str = "", **new) -> None:
    """Write down who came, how, and what became of the report, while the register is open.

    A change of involvement after the invitation needs a reason.
    """
    still_open(line.meeting)
    why = {"reason": reason.strip()} if reason.strip() else {}
    write_line(by, locked(line), "recorded", new, **why)


def locked(line: Attendance) -> Attendance:
    """The line, locked; who needs its meeting locked too takes that first, as a closing does."""
    rows = Attendance.objects.select_for_update(of=("self",)).select_related("meeting__partnership")
    return rows.get(pk=line.pk)


def write_line(by: User | None, line: Attendance, verb: str, new: dict, **why: str) -> bool:
    """Save what differs; a change of involvement after the invitation is counted."""
    differences = changed(line, **new)
    if "involved" in differences:
        if not why.get("reason"):
            raise ValidationError({"reason": "Say why the agency's involvement changes."})
        line.involved_changes += 1
    for name, (_, after) in differences.items():
        setattr(line, name, after)
    if differences:
        line.full_clean()
        line.save(update_fields=[*differences, "involved_changes"])
        where = {"partnership": line.meeting.partnership, "agency": line.agency}
        told = {"person" if name == "staff_member" else name: d for name, d in differences.items()}
        record(by, verb, line, **where, staff_member=line.staff_member, **why, **told)
    return bool(differences)


@transaction.atomic
def close_register(*, by: User | None, meeting: Meeting) -> Meeting:
    """Close one register: judge quoracy, find what was missed, tell the floors above and the leads."""
    still_open(meeting)
    return close_registers(by=by, meetings=[meeting])[0]


@transaction.atomic
def close_registers(
    *, by: User | None, meetings: Iterable[Meeting], tell: bool = True
) -> list[Meeting]:
    """Close the open registers among some meetings of one partnership, at a fixed number of queries.

    Registers that are closed already stay as they are, so twice is harmless. ``tell=False`` sends
    no mail: for a year that is loaded afterwards.
    """
    keys = [meeting.pk for meeting in meetings]
    rows = list(
        Meeting.objects.select_for_update().filter(pk__in=keys, closed_at=None).order_by("pk")
    )
    if len({row.partnership_id for row in rows}) > 1:
        raise ValidationError("Close the registers of one partnership at a time.")
    for row in rows:
        check_closable(row)
        row.closed_at, row.closed_by = timezone.now(), by
    if rows:
        judge_registers(by=by, meetings=rows, verb="closed", tell=tell)
        register_closed.send(sender=Meeting, meetings=rows)
    return rows


def check_closable(meeting: Meeting) -> None:
    """A register can be closed once its meeting is over, one way or another."""
    if meeting.state == MeetingState.PLANNED:
        raise ValidationError(
            f"{meeting.reference} is still planned. Say whether it was held, stood down or cancelled."
        )
    if meeting.held_on > timezone.localdate():
        raise ValidationError(f"{meeting.reference} is in the future: its register cannot be closed.")


@transaction.atomic
def correct_line(*, by: User | None, line: Attendance, reason: str, **new) -> None:
    """Correct a line of a closed register, with a reason; the meeting is judged anew."""
    if not reason.strip():
        raise ValidationError({"reason": "Say why the line is corrected."})
    meetings = list(Meeting.objects.select_for_update().filter(pk=line.meeting_id))
    line = locked(line)
    if not line.meeting.closed_at:
        raise ValidationError("The register is still open: record the attendance there.")
    if write_line(by, line, "corrected", new, reason=reason):
        judge_registers(by=by, meetings=meetings, verb="judged anew", tell=False)
        register_closed.send(sender=Meeting, meetings=meetings)
