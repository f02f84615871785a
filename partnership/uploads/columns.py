"""What a list is asked for, column by column; and which of a file's headings is meant by it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from partnership.folding import plain
from partnership.spreadsheets import Row, Sheet
from partnership.uploads.tables import Table


@dataclass(frozen=True, slots=True)
class Column:
    """One thing that a row says."""

    name: str
    title: str
    says: str  # what stands in it, as a sentence
    example: str
    needed: bool = True
    values: Mapping[str, str] = field(default_factory=dict)  # the codes that it takes, with their words
    aliases: Sequence[str] = ()

    @property
    def own_names(self) -> list[str]:
        return [plain(name) for name in (self.name, self.title)]

    @property
    def other_names(self) -> list[str]:
        return [plain(name) for name in self.aliases]


def matched(headings: Sequence[str], columns: Iterable[Column]) -> dict[str, int]:
    """Which heading stands for each column, as far as it can be told; each is used once.

    A column's own name goes before what else it may be called: where a list of courses has a Code and
    a Course, the code is in the first.
    """
    there = {plain(name): place for place, name in reversed(list(enumerate(headings))) if name}
    found: dict[str, int] = {}
    wanted = list(columns)
    tries = [(one, one.own_names) for one in wanted] + [(one, one.other_names) for one in wanted]
    for column, names in tries:
        free = (there[name] for name in names if name in there and there[name] not in found.values())
        place = next(free, None)
        if place is not None:
            found.setdefault(column.name, place)
    return found


def as_sheet(name: str, table: Table, places: Mapping[str, int]) -> Sheet:
    """The table's rows under our own column names, for the planning."""
    sheet = Sheet(name)
    width = len(table.headings)
    for number, cells in table.rows:
        row = Row(name, number, {
            column: cells[place] if place < len(cells) else "" for column, place in places.items()
        })
        if any(cell.strip() for cell in cells[width:]):
            row.refuse("", f"This row has {len(cells)} cells. The headings have {width}.")
        for column, value in row.cells.items():
            row.check(column, value)
        sheet.rows.append(row)
    return sheet

