"""Meetings and lines that an import brought, taken back."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from conferences.models import Attendance, Meeting
from partnership.built_on import BuiltOn, chunks, refuse_built_on
from partnership.history import entry, record_all
from partnership.models import User

CLOSED = "The register of {} is closed, so the import can no longer be taken back as a whole."


@transaction.atomic
def take_back_meetings(*, by: User | None, meetings: Iterable[int], since: int) -> int:
    """Take away meetings that an import brought, while nothing rests on them; gives how many."""
    keys = sorted(meetings)
    rows = locked_meetings(keys)
    if len(rows) < len(keys):
        raise BuiltOn("Some of these meetings are no longer there.")
    for some in chunks(keys):
        line = Attendance.objects.filter(meeting__in=some).select_related("meeting").first()
        if line:
            raise BuiltOn(
                f"{line.meeting} has lines on its register, so the import can no longer be taken back "
                "as a whole."
            )
    refuse_built_on(Meeting, keys, since)
    record_all(
        entry(by, "taken back", row, partnership=row.partnership, kind=row.kind, held_on=row.held_on)
        for row in rows
    )
    for some in chunks(keys):
        Meeting.objects.filter(pk__in=some).delete()
    return len(rows)


def locked_meetings(keys: Iterable[int]) -> list[Meeting]:
    """Meetings under their lock, in one order; refused when a register among them is closed."""
    rows = [
        row for some in chunks(keys)
        for row in Meeting.objects.select_for_update(of=("self",)).filter(pk__in=some)
        .select_related("partnership").order_by("pk")
    ]
    for row in rows:
        if row.closed_at:
            raise BuiltOn(CLOSED.format(row.reference))
    return rows


@transaction.atomic
def take_back_lines(*, by: User | None, lines: Iterable[int], since: int) -> int:
    """Take away lines that an import brought, of registers that are still open; gives how many."""
    keys = sorted(lines)
    where = [
        row for some in chunks(keys)
        for row in Attendance.objects.filter(pk__in=some).values_list("meeting", flat=True)
    ]
    locked_meetings(set(where))
    rows = [
        row for some in chunks(keys)
        for row in Attendance.objects.select_for_update(of=("self",)).filter(pk__in=some)
        .select_related("meeting__partnership", "agency", "staff_member").order_by("pk")
    ]
    if len(rows) < len(keys):
        raise BuiltOn("Some of these lines are no longer there.")
    refuse_built_on(Attendance, keys, since)
    record_all(
        entry(
            by, "taken back", row, partnership=row.meeting.partnership, agency=row.agency,
            staff_member=row.staff_member, outcome=row.outcome,
        )
        for row in rows
    )
    for some in chunks(keys):
        Attendance.objects.filter(pk__in=some).delete()
    return len(rows)
