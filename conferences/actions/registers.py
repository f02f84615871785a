"""Registers: one line written down, registers closed, and corrected afterwards."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from conferences.actions.meetings import still_open
from conferences.choices import REPRESENTED, MeetingState, Outcome
from conferences.judging import judge_registers, lines_of, report_awaited, reports_unsaid
from conferences.models import Attendance, Meeting
from conferences.signals import register_closed
from conferences.telling import tell_alarms
from conferences.wording import listed
from partnership.history import changed, entry, record, record_all, save_changed
from partnership.models import User
from partnership.stale import ChangedSince, fingerprint, refuse_when_changed

LINE = ("outcome", "mode", "part", "report", "involved")  # what a register says of a line
FOLLOWS = ("involved_changes", "deputy_unnamed")  # what follows from it


@transaction.atomic
def record_attendance(
    *, by: User | None, line: Attendance, reason: str = "", names_deputies: bool = False, **new
) -> None:
    """Write down who came, how, and what became of the report, while the register is open.

    A change of involvement after the invitation needs a reason. ``names_deputies``: the person on
    the line is who came, also where a deputy did.
    """
    still_open(line.meeting)
    why = {"reason": reason.strip()} if reason.strip() else {}
    write_line(by, locked(line), "recorded", new, names_deputies=names_deputies, **why)


def locked(line: Attendance) -> Attendance:
    """The line, locked; who needs its meeting locked too takes that first, as a closing does."""
    rows = Attendance.objects.select_for_update(of=("self",)).select_related("meeting__partnership")
    return rows.get(pk=line.pk)


def write_line(
    by: User | None, line: Attendance, verb: str, new: dict, *, names_deputies: bool = False, **why: str
) -> bool:
    """Save what differs; a change of involvement after the invitation is counted."""
    differences = put(line, new, why.get("reason", ""), names_deputies)
    if differences:
        line.full_clean()
        line.save(update_fields=[*differences, *FOLLOWS])
        record(by, verb, line, **told(line, differences, **why))
    return bool(differences)


def put(
    line: Attendance, new: Mapping[str, Any], reason: str, names_deputies: bool = False
) -> dict[str, list]:
    """Set what differs on the line in memory, and say what that is."""
    differences = changed(line, **new)
    if "involved" in differences:
        if not reason.strip():
            raise ValidationError({"reason": "Say why the agency's involvement changes."})
        line.involved_changes += 1
    for name, (_, after) in differences.items():
        setattr(line, name, after)
    if "outcome" in differences:
        line.deputy_unnamed = not names_deputies and unnamed(line)
    return differences


def unnamed(line: Attendance) -> bool:
    """A deputy came, and the person on the line is the one who was expected: not who was there."""
    return line.outcome == Outcome.DEPUTY and bool(line.staff_member_id) and not line.deputy_for_id


def told(line: Attendance, differences: Mapping[str, list], **why: str) -> dict[str, Any]:
    """What the history says of a change of a line."""
    where = {"partnership": line.meeting.partnership, "agency": line.agency}
    words = {"person" if name == "staff_member" else name: d for name, d in differences.items()}
    return {**where, "staff_member": line.staff_member, **why, **words}


def as_there(new: Mapping[str, Any]) -> dict[str, Any]:
    """What was said of a line; who was not there was there in no way."""
    absent = "outcome" in new and new["outcome"] not in REPRESENTED
    return {**new, "mode": "", "part": False} if absent else dict(new)


@transaction.atomic
def close_register(
    *, by: User | None, meeting: Meeting, seen: str = "", held: bool = False,
    not_required: Collection[int] | None = None,
) -> Meeting:
    """Close one register: judge quoracy, find what was missed, tell the floors above and the leads.

    ``seen`` is the register that was looked at before; ``held`` says of a meeting that was only
    planned that it was held. ``not_required`` are the agencies (by their keys) of which a report was
    expected and a person says that none was required; without it nobody is asked.
    """
    row = still_open(meeting)
    if seen and seen != register_seen(row):
        raise ChangedSince(f"Somebody changed the register of {row} since you opened this page.")
    if held and row.state == MeetingState.PLANNED:
        save_changed(row, by, "changed", {"state": MeetingState.HELD}, partnership=row.partnership)
    if not_required is not None:
        write_not_required(by, row, not_required)
    return close_registers(by=by, meetings=[row])[0]


def write_not_required(by: User | None, meeting: Meeting, agencies: Collection[int]) -> None:
    """Note who said that no report was required; refused while an expected one is passed over."""
    lines = lines_of([meeting])[meeting.pk]
    unsaid = reports_unsaid(meeting, lines)
    if open_still := [name for key, name in unsaid.items() if key not in agencies]:
        raise ValidationError({"not_required": (
            f"Say on the register what became of the report of {listed(open_still)}, or tick that "
            "none was required."
        )})
    record_all(
        entry(by, "recorded", line, report=line.report, partnership=meeting.partnership, agency=line.agency)
        for line in lines if line.agency_id in unsaid and report_awaited(line)
    )


def register_seen(meeting: Meeting) -> str:
    """A register as it stands, in a few letters: lines, decision and state."""
    lines = ".".join(fingerprint(line, ("pk", *LINE)) for line in meeting.lines.order_by("pk"))
    meeting.seen_lines = lines
    return fingerprint(meeting, ("seen_lines", "state", "chair_decision", "closed_at"))


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
        if tell:
            tell_alarms(rows)
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
def correct_line(
    *, by: User | None, line: Attendance, reason: str, seen: str = "", **new
) -> bool:
    """Correct a line of a closed register, with a reason; the meeting is judged anew."""
    if not reason.strip():
        raise ValidationError({"reason": "Say why the line is corrected."})
    meeting = meeting_of(line)
    line = locked(line)
    if not line.meeting.closed_at:
        raise ValidationError("The register is still open: record the attendance there.")
    refuse_when_changed(line, seen, LINE)
    done = write_line(by, line, "corrected", as_there(new), reason=reason.strip())
    if done:
        judge_anew(by, meeting)
    return done


def meeting_of(line: Attendance) -> Meeting:
    """The meeting of a line, locked: it is locked before its lines, as a closing does."""
    return Meeting.objects.select_for_update().get(pk=line.meeting_id)


def judge_anew(by: User | None, meeting: Meeting) -> None:
    """Judge a closed register once more, because something of it was corrected."""
    judge_registers(by=by, meetings=[meeting], verb="judged anew", tell=False)
    register_closed.send(sender=Meeting, meetings=[meeting])
