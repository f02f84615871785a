"""Records that an import brought, taken back."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from partnership.built_on import BuiltOn, chunks, refuse_built_on
from partnership.history import entry, record_all
from partnership.models import User
from training.keeping import forget
from training.models import TrainingRecord


@transaction.atomic
def take_back_records(*, by: User | None, records: Iterable[int], since: int) -> int:
    """Take away records that an import brought, while nothing rests on them; gives how many.

    Unlike a withdrawal it leaves no record behind, so that the mended file brings them anew; the
    history has both the import and this.
    """
    keys = sorted(records)
    rows = [
        row for some in chunks(keys)
        for row in TrainingRecord.objects.select_for_update(of=("self",)).filter(pk__in=some)
        .select_related("course", "staff_member__agency").order_by("pk")
    ]
    if len(rows) < len(keys):
        raise BuiltOn("Some of these records are no longer there.")
    refuse_built_on(TrainingRecord, keys, since)
    record_all(
        entry(
            by, "taken back", row, agency=row.staff_member.agency, staff_member=row.staff_member,
            course=row.course.code, completed_on=row.completed_on,
        )
        for row in rows
    )
    people = {row.staff_member_id for row in rows}
    for some in chunks(keys):
        TrainingRecord.objects.filter(pk__in=some).delete()
    forget(people)
    return len(rows)
