"""A list as a file: its columns declared once, its rows as values, whatever the file's form."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from itertools import islice
from operator import itemgetter
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from partnership.exporting.guarding import safe_cell

CHUNK = 2_000  # rows that are read at once
Of = str | Callable[[Any], object]  # where a column finds its value in a row
Value = str | int | float | Decimal | date | datetime


@dataclass(frozen=True, slots=True)
class ListFile:
    """What a file is called, and what stands under each of its headings.

    A column names a field of the row, or of a row behind it ("agency.name"), or is a function.
    """

    name: str
    columns: Mapping[str, Of] | Sequence[tuple[str, Of]]
    rows: Iterable[Any]

    @property
    def pairs(self) -> list[tuple[str, Of]]:
        return list(self.columns.items() if isinstance(self.columns, Mapping) else self.columns)

    @property
    def headings(self) -> list[str]:
        return [heading for heading, _ in self.pairs]

    @property
    def lines(self) -> Iterator[list[Value]]:
        """The rows as values, read as they are needed."""
        getters = [getter(of) for _, of in self.pairs]
        for row in one_by_one(self.rows):
            yield [value(get(row)) for get in getters]


def in_places(headings: Iterable[str]) -> list[tuple[str, Of]]:
    """Columns of rows that are values in order already."""
    return [(heading, itemgetter(place)) for place, heading in enumerate(headings)]


def getter(of: Of) -> Callable[[Any], object]:
    if callable(of):
        return of
    names = of.split(".")

    def follow(row: Any) -> object:
        for name in names:
            row = getattr(row, name, None)
            row = row() if callable(row) else row
        return row

    return follow


def value(found: object) -> Value:
    """A value as both forms hold it: a day is a day, a number a number, all else words."""
    if found is None:
        return ""
    if isinstance(found, bool):
        return "Yes" if found else "No"
    if isinstance(found, datetime):
        local = timezone.make_naive(found) if timezone.is_aware(found) else found
        return local.replace(microsecond=0)
    if isinstance(found, time):
        return f"{found:%H:%M}"
    return found if isinstance(found, (str, int, float, Decimal, date)) else str(found)


def one_by_one(rows: Iterable[Any]) -> Iterator[Any]:
    """Rows of a query come in chunks, so that a long list takes no more memory than a short one."""
    return iter(rows.iterator(chunk_size=CHUNK) if isinstance(rows, QuerySet) else rows)


def in_chunks(rows: Iterable[Any]) -> Iterator[list[Any]]:
    """Rows by the chunk, for what is asked about all rows of a chunk at once."""
    left = one_by_one(rows)
    while chunk := list(islice(left, CHUNK)):
        yield chunk


def cell(found: Value) -> object:
    """A value as a CSV holds it; no text of it can be taken for a formula."""
    if isinstance(found, datetime):
        return f"{found:%Y-%m-%d %H:%M:%S}"
    if isinstance(found, Decimal):
        return f"{found.normalize():f}"  # 3, not 3.00
    return safe_cell(found)
