"""What is said about a register afterwards: excuses, disputes and their answers."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from conferences.actions.registers import locked
from conferences.models import Attendance, MissedDuty
from partnership.history import record
from partnership.models import User


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
