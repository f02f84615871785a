"""The authority's national extract: its lines written down beside our meetings, and taken back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone

from conferences.models import ExtractLine
from partnership.built_on import chunks, held_for_taking, refuse_built_on
from partnership.history import BATCH, changed, entry, record_all
from partnership.models import User

FIELDS = ("kind", "held_on", "quorate")
CHANGING = ("reference", *FIELDS, "sent_as")  # a row may prove to mean a conference of another reference


@transaction.atomic
def import_extract(
    *, by: User | None, new: Iterable[ExtractLine], changed: Iterable[tuple[ExtractLine, dict]] = ()
) -> None:
    """Many lines at once, checked beforehand. What we judged ourselves is left as it is."""
    now = timezone.now()
    new = list(new)
    for line in new:
        line.imported_at, line.imported_by = now, by
    made = ExtractLine.objects.bulk_create(new, batch_size=BATCH)
    record_all(
        entry(by, "imported", line, partnership=line.partnership, **said(line))
        for line in made
    )
    change_lines(by, {line.pk: fields for line, fields in changed}, now)


def said(line: ExtractLine) -> dict[str, Any]:
    """What the history keeps of a line."""
    fields = {name: getattr(line, name) for name in FIELDS}
    return fields | ({"sent_as": line.sent_as} if line.sent_as else {})


def change_lines(by: User | None, wanted: dict[int, dict[str, Any]], now: Any) -> None:
    """What another extract says otherwise; the caller holds the transaction."""
    rows = ExtractLine.objects.select_for_update(of=("self",)).filter(pk__in=wanted).order_by("pk")
    entries, done = [], []
    for row in rows.select_related("partnership"):
        differences = changed(row, **wanted[row.pk])
        for name, (_, after) in differences.items():
            setattr(row, name, after)
        if differences:
            row.imported_at, row.imported_by = now, by
            row.clean_fields(exclude=("partnership", "imported_by"))
            entries.append(entry(by, "changed", row, partnership=row.partnership, **differences))
            done.append(row)
    ExtractLine.objects.bulk_update(done, [*CHANGING, "imported_at", "imported_by"], batch_size=BATCH)
    record_all(entries)


@transaction.atomic
def take_back_extract(*, by: User | None, lines: Iterable[int], since: int) -> int:
    """Take away lines that an import brought, while no later extract changed them; gives how many."""
    keys = sorted(lines)
    rows = held_for_taking(ExtractLine.objects.select_related("partnership"), keys, "lines")
    refuse_built_on(ExtractLine, keys, since)
    record_all(
        entry(by, "taken back", row, partnership=row.partnership, held_on=row.held_on, quorate=row.quorate)
        for row in rows
    )
    for some in chunks(keys):
        ExtractLine.objects.filter(pk__in=some).delete()
    return len(rows)
