"""What is said about a register before and afterwards: deputies, excuses, disputes and their answers."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from conferences.actions.meetings import still_open
from conferences.actions.registers import LINE, as_there, judge_anew, locked, meeting_of, write_line
from conferences.choices import Outcome
from conferences.models import Attendance, MissedDuty
from conferences.telling import tell_disputer, tell_service
from partnership.history import record
from partnership.models import StaffMember, User
from partnership.stale import refuse_when_changed


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
def take_back_excuse(*, by: User, missed: MissedDuty) -> None:
    """Take back an excuse that somebody gave; one by the rule of late invitations stays."""
    rows = MissedDuty.objects.select_for_update(of=("self",)).select_related("meeting__partnership")
    row = rows.get(pk=missed.pk)
    if not row.excused_at:
        raise ValidationError("This is not excused.")
    if not row.excused_by_id:
        raise ValidationError("This is excused by the rule about late invitations.")
    row.excused_reason, row.excused_at, row.excused_by = "", None, None
    row.full_clean()
    row.save(update_fields=["excused_reason", "excused_at", "excused_by"])
    record(by, "excuse taken back", row, partnership=row.meeting.partnership, agency=row.agency)


@transaction.atomic
def dispute(*, by: User, line: Attendance, text: str) -> None:
    """Dispute a line; it is marked on every figure that it touches until it is settled."""
    row = locked(line)
    if row.disputed_at and not row.settled_at:
        raise ValidationError("This line is already disputed.")
    if row.meeting.held_on > timezone.localdate():
        raise ValidationError("The meeting is still to come: there is nothing to dispute yet.")
    row.disputed_at, row.disputed_by, row.dispute = timezone.now(), by, text.strip()
    row.settled_at = row.settled_by = None
    row.settlement = ""
    row.full_clean()
    row.save()
    record(by, "disputed", row, partnership=row.meeting.partnership, agency=row.agency, dispute=text)
    tell_service(row, "a line is disputed")


@transaction.atomic
def settle(*, by: User, line: Attendance, answer: str, seen: str = "", **new) -> bool:
    """Answer a dispute; both sides are kept. The line may be corrected in the same step, with the
    answer as its reason; True when it was."""
    meeting = meeting_of(line)
    row = locked(line)
    if not row.disputed_at or row.settled_at:
        raise ValidationError("This line is not disputed.")
    refuse_when_changed(row, seen, LINE)
    row.settled_at, row.settled_by, row.settlement = timezone.now(), by, answer.strip()
    row.full_clean()
    row.save()
    record(by, "settled", row, partnership=row.meeting.partnership, agency=row.agency, answer=answer)
    tell_disputer(row)
    verb = "corrected" if meeting.closed_at else "recorded"
    done = write_line(by, row, verb, as_there(new), reason=answer.strip())
    if done and meeting.closed_at:
        judge_anew(by, meeting)
    return done


@transaction.atomic
def name_deputy(*, by: User, line: Attendance, staff_member: StaffMember) -> bool:
    """Name who comes instead of the person expected; naming that person again takes it back."""
    meeting = still_open(line.meeting)
    row = locked(line)
    if meeting.held_on < timezone.localdate() or row.outcome != Outcome.UNKNOWN:
        raise ValidationError("The meeting is over: its register says who came.")
    if row.staff_member == staff_member:
        return False
    before, expected = row.staff_member, row.deputy_for or row.staff_member
    row.staff_member = staff_member
    row.deputy_for = None if staff_member == expected else expected
    row.full_clean()
    row.save(update_fields=["staff_member", "deputy_for"])
    record(
        by, "named a deputy", row, partnership=meeting.partnership, agency=row.agency,
        staff_member=staff_member, person=[before, staff_member],
    )
    tell_service(row, "a deputy is named")
    return True
