"""Many meetings and lines at once, as an import brings them."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction

from conferences.models import Attendance, Meeting
from partnership.history import BATCH, entry, record_all
from partnership.models import User


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
