"""Every change on the conferences floor: each one transaction, checked, with its history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from conferences import presets
from conferences.choices import MeetingState
from conferences.judging import judge_registers
from conferences.models import (
    Attendance,
    ExpectationRule,
    Meeting,
    MissedDuty,
    QuorumRule,
    Timescale,
)
from conferences.rules import LocalRules
from conferences.signals import register_closed
from partnership.history import (
    BATCH,
    changed,
    entry,
    record,
    record_all,
    save_changed,
    save_new,
)
from partnership.models import Agency, Partnership, StaffMember, User


@transaction.atomic
def set_default_rules(*, by: User | None, partnership: Partnership) -> None:
    """The local rules that a new partnership starts with."""
    where = {"partnership": partnership, "effective_from": presets.SINCE}
    rule = QuorumRule(**where, **presets.QUORUM)
    save_new(rule, by, "set", partnership=partnership, **presets.QUORUM)
    expect(by=by, **where, expectation=presets.EXPECTATION)
    for what, (amount, unit) in presets.TIMESCALES.items():
        row = Timescale(**where, what=what, amount=amount, unit=unit)
        save_new(row, by, "set", partnership=partnership, what=what, amount=amount, unit=unit)


@transaction.atomic
def expect(
    *, by: User | None, partnership: Partnership, expectation: str, effective_from: date,
    agency: Agency | None = None, kind: str = "",
) -> ExpectationRule:
    """Say what is expected of an agency (or of all) at conferences from a day on."""
    row = ExpectationRule(
        partnership=partnership, agency=agency, kind=kind, expectation=expectation,
        effective_from=effective_from,
    )
    return save_new(
        row, by, "set", partnership=partnership, agency=agency, expectation=expectation, kind=kind,
        effective_from=effective_from,
    )


@transaction.atomic
def convene(
    *, by: User | None, partnership: Partnership, reference: str, kind: str, held_on: date,
    invite: Iterable[Mapping[str, Any]] = (), **fields,
) -> Meeting:
    """Plan a meeting and invite agencies; each invitation names an agency and perhaps a person."""
    meeting = Meeting(
        partnership=partnership, reference=reference, kind=kind, held_on=held_on, **fields
    )
    save_new(meeting, by, "convened", partnership=partnership, kind=kind, held_on=held_on)
    rules = LocalRules.of(partnership)
    for invitation in invite:
        add_line(by=by, meeting=meeting, rules=rules, **invitation)
    return meeting


@transaction.atomic
def add_line(
    *, by: User | None, meeting: Meeting, agency: Agency, rules: LocalRules | None = None,
    staff_member: StaffMember | None = None, **fields,
) -> Attendance:
    """Invite an agency, or add someone who came; what is expected is read from the local rules."""
    meeting = still_open(meeting)
    rules = rules or LocalRules.of(meeting.partnership)
    line = Attendance(
        meeting=meeting, agency=agency, staff_member=staff_member,
        expectation=rules.expectation(agency.pk, meeting.kind, meeting.held_on), **fields,
    )
    where = {"partnership": meeting.partnership, "agency": agency, "staff_member": staff_member}
    return save_new(line, by, "invited", **where, **fields)


@transaction.atomic
def change_meeting(*, by: User | None, meeting: Meeting, **new) -> bool:
    """Change a meeting's details while its register is open; False when nothing differs."""
    row = still_open(meeting)
    return save_changed(row, by, "changed", new, partnership=row.partnership)


@transaction.atomic
def record_attendance(*, by: User | None, line: Attendance, reason: str = "", **new) -> None:
    """Write down who came, how, and what became of the report, while the register is open.

    A change of involvement after the invitation needs a reason.
    """
    still_open(line.meeting)
    why = {"reason": reason.strip()} if reason.strip() else {}
    write_line(by, locked(line), "recorded", new, **why)


def still_open(meeting: Meeting) -> Meeting:
    """The meeting, locked; refused when its register is closed."""
    rows = Meeting.objects.select_for_update(of=("self",)).select_related("partnership")
    row = rows.get(pk=meeting.pk)
    if row.closed_at:
        raise ValidationError(
            f"The register of {row.reference} is closed. Correct the line and give the reason."
        )
    return row


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
def import_meetings(
    *, by: User | None, meetings: Iterable[Meeting], lines: Iterable[Attendance]
) -> list[Meeting]:
    """Many meetings with their lines at once, checked beforehand; registers stay open."""
    made = Meeting.objects.bulk_create(meetings, batch_size=BATCH)
    record_all(
        entry(by, "imported", row, partnership=row.partnership, kind=row.kind, held_on=row.held_on)
        for row in made
    )
    import_lines(by=by, lines=lines)
    return made


@transaction.atomic
def import_lines(*, by: User | None, lines: Iterable[Attendance]) -> None:
    """Many lines at once, of meetings whose registers are open."""
    lines = list(lines)
    keys = {line.meeting_id for line in lines}
    rows = Meeting.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk")
    if any(row.closed_at for row in rows):
        raise ValidationError("A register among them is closed: correct its lines on its page.")
    made = Attendance.objects.bulk_create(lines, batch_size=BATCH)
    record_all(
        entry(
            by, "imported", row, partnership=row.meeting.partnership, agency=row.agency,
            staff_member=row.staff_member, outcome=row.outcome, mode=row.mode, report=row.report,
        )
        for row in made
    )


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


@transaction.atomic
def excuse(*, by: User, missed: MissedDuty, reason: str) -> None:
    """Excuse a missed duty with a coded reason."""
    rows = MissedDuty.objects.select_for_update(of=("self",)).select_related("meeting__partnership")
    row = rows.get(pk=missed.pk)
    if row.excused_at:
        raise ValidationError("This is already excused.")
    row.excused_reason, row.excused_at, row.excused_by = reason, timezone.now(), by
    row.full_clean()
    row.save(update_fields=["excused_reason", "excused_at", "excused_by"])
    record(
        by, "excused", row, partnership=row.meeting.partnership, agency=row.agency, reason=reason
    )


@transaction.atomic
def dispute(*, by: User, line: Attendance, text: str) -> None:
    """Dispute a line; it is marked on every figure that it touches until it is settled."""
    row = locked(line)
    if row.disputed_at and not row.settled_at:
        raise ValidationError("This line is already disputed.")
    row.disputed_at, row.disputed_by, row.dispute = timezone.now(), by, text.strip()
    row.settled_at = row.settled_by = None
    row.settlement = ""
    row.full_clean()
    row.save()
    record(by, "disputed", row, partnership=row.meeting.partnership, agency=row.agency, dispute=text)


@transaction.atomic
def settle(*, by: User, line: Attendance, answer: str) -> None:
    """Answer a dispute; both sides are kept."""
    row = locked(line)
    if not row.disputed_at or row.settled_at:
        raise ValidationError("This line is not disputed.")
    row.settled_at, row.settled_by, row.settlement = timezone.now(), by, answer.strip()
    row.full_clean()
    row.save()
    record(by, "settled", row, partnership=row.meeting.partnership, agency=row.agency, answer=answer)


