"""People whom an import brought, taken off the list again."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from partnership.built_on import BuiltOn, chunks, refuse_built_on
from partnership.history import entry, record_all
from partnership.models import HistoryEntry, StaffMember, User


@transaction.atomic
def take_back_staff(*, by: User | None, staff: Iterable[int], since: int) -> int:
    """Take people off the list whom an import brought, while nothing rests on them; gives how many.

    ``since`` is the import's last entry in the history. What the history says of them stays, under
    their name and number; only its pointer to the line goes, as the line does.
    """
    keys = sorted(staff)
    rows = [
        row for some in chunks(keys)
        for row in StaffMember.objects.select_for_update(of=("self",)).filter(pk__in=some)
        .select_related("agency").order_by("pk")
    ]
    if len(rows) < len(keys):
        raise BuiltOn("Some of these people are no longer on the list.")
    refuse_built_on(StaffMember, keys, since)
    record_all(
        entry(by, "taken back", row, agency=row.agency, reference=row.reference) for row in rows
    )
    for some in chunks(keys):
        HistoryEntry.objects.filter(staff_member__in=some).update(staff_member=None)
        StaffMember.objects.filter(pk__in=some).delete()
    return len(rows)
