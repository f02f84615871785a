"""The national extract as it is sent: no column about a person, and nothing kept that is not asked for."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import ValidationError

from compliance.models import Upload
from conferences.extract import plan_extract, table_of
from conferences.meant import Meant
from partnership.models import today
from partnership.plans import Plan
from partnership.spreadsheets import Sheet
from partnership.uploads.columns import Column
from partnership.uploads.personal import personal_columns, personal_sentence
from partnership.uploads.tables import Table

TWO_TABLES = (
    "The file has the field names of two tables: initial conferences (icpc…) and reviews (cppr…). Send each "
    "table as a file of its own."
)
NO_KIND = (
    "Choose the heading under which the file has the kind of conference. Only the field names of the national "
    "dataset (icpc…, cppr…) say it by themselves."
)


def refuse_unfit(table: Table) -> None:
    """Refuse what has a column about a person, before anything of it is kept; and two tables in one."""
    personal = personal_columns(table)
    if personal:
        raise ValidationError(personal_sentence(personal))
    if len(table_of(table.headings)) > 1:
        raise ValidationError(TWO_TABLES)


def kept_only(
    table: Table, places: dict[str, int], columns: Iterable[Column]
) -> tuple[Table, dict[str, int]]:
    """The columns that are asked for, once all that are needed are found: nothing else is kept."""
    needed = {column.name for column in columns if column.needed}
    told = "kind" in places or bool(table_of(table.headings))
    if needed <= set(places) and told:
        return only(table, places)
    named = [place for place, heading in enumerate(table.headings) if heading]
    return narrowed(table, places, named)


def only(table: Table, places: dict[str, int]) -> tuple[Table, dict[str, int]]:
    return narrowed(table, places, sorted(places.values()))


def narrowed(
    table: Table, places: dict[str, int], wanted: list[int]
) -> tuple[Table, dict[str, int]]:
    """Some columns of a table, and where each of ours stands in it."""
    rows = [
        (number, [cells[place] if place < len(cells) else "" for place in wanted])
        for number, cells in table.rows
    ]
    moved = {name: wanted.index(place) for name, place in places.items()}
    return Table([table.headings[place] for place in wanted], rows), moved


def plan(upload: Upload, sheet: Sheet) -> tuple[Plan, Meant]:
    """What the extract says, conference by conference; and which of ours it may mean is asked about."""
    kinds = table_of(Table.unpacked(bytes(upload.cells)).headings)
    meant = Meant.of(upload.partnership, upload.answers)
    return plan_extract(sheet, meant, today(), next(iter(kinds), None)), meant
