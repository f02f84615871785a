"""Reading a spreadsheet within limits, with a sentence for everything that is wrong with it.

Knows nothing of what the rows are about. A file is read whole before anything is believed: its
size, encoding and headings first, then each row, then each cell by its type. Nothing here raises for
what a file holds: what cannot be used is a ``RefusedRow``, and all are found in one reading.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from partnership.exporting import formula_sign, unguarded

MOST_BYTES = 5 * 1024 * 1024
MOST_ROWS = 50_000
MOST_CHARACTERS = 1_000
TOLD_EVERY = 2_500
EARLIEST = date(1990, 1, 1)  # nothing that is loaded is older; a year before it is a slip

ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
BRITISH_DATE = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
WHOLE = re.compile(r"[0-9]{1,9}")
DECIMAL = re.compile(r"[0-9]{1,6}(\.[0-9]{1,2})?")
# Controls, line ends, and the marks that turn the direction of writing: they forge what is read.
UNPRINTABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]"
)
YES_NO = {"yes": True, "no": False}
IN_WORDS = frozenset("|%")  # written out safely; as words they are no fault


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """Something that cannot be loaded: where it stands, and why, as a sentence."""

    file: str
    row: int | None  # the headings are row 1; None: the file as a whole
    column: str
    reason: str

    def __str__(self) -> str:
        where = [self.file]
        if self.row is not None:
            where.append(f"row {self.row}")
        if self.column:
            where.append(f"column {self.column}")
        return f"{', '.join(where)}: {self.reason}"


def shown(value: str) -> str:
    """A value as a sentence quotes it: short, on one line, without anything unprintable."""
    value = UNPRINTABLE.sub("?", value)
    return f"“{value[:40]}…”" if len(value) > 40 else f"“{value}”"


def spoken(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


@dataclass(slots=True)
class Row:
    """One row: its typed readers give the value, or note why there is none and give None."""

    file: str
    number: int
    cells: dict[str, str]
    refused: list[RefusedRow] = field(default_factory=list)
    doubtful: bool = False  # rests on a row that was itself refused: left out without a word

    @property
    def ok(self) -> bool:
        return not self.refused and not self.doubtful

    def refuse(self, column: str, reason: str) -> None:
        self.refused.append(RefusedRow(self.file, self.number, column, reason))

    def check(self, column: str, value: str) -> None:
        """What no cell may be, whatever it is about."""
        if len(value) > MOST_CHARACTERS:
            self.refuse(
                column, f"This has {len(value):,} characters. At most {MOST_CHARACTERS:,} are read."
            )
        elif "\0" in value:
            self.refuse(column, "This holds a NUL character. Take it away.")

    def raw(self, column: str) -> str:
        """The cell without spaces around it; an accent is one character, however it was typed.

        What our own files guard against being taken for a formula is what it was before.
        """
        return unicodedata.normalize("NFC", unguarded(self.cells.get(column, "")).strip())

    def filled(self, column: str, optional: bool) -> str:
        """The cell's text; an empty one is refused unless it may be empty."""
        value = self.raw(column)
        if not value and not optional:
            self.refuse(column, "This cell is empty. Fill it in.")
        return value

    def text(self, column: str, most: int, optional: bool = False) -> str:
        """Words that will be shown and exported again, so never a formula."""
        sign = formula_sign(self.cells.get(column, ""))
        if sign and sign not in IN_WORDS:
            self.refuse(
                column, f"This begins with {shown(sign)}, which a spreadsheet takes for a formula. "
                "Take the sign away.",
            )
            return ""
        value = self.filled(column, optional)
        if UNPRINTABLE.search(value):
            self.refuse(column, "This holds a line break or a control character. Take it away.")
        elif len(value) > most:
            self.refuse(column, f"This has {len(value)} characters. At most {most} can be kept.")
        return value

    def matching(
        self, column: str, pattern: re.Pattern, sentence: str, optional: bool = False
    ) -> str:
        """A code or a reference; the sentence says what it must look like."""
        value = self.filled(column, optional)
        if value and not pattern.fullmatch(value):
            self.refuse(column, f"{shown(value)} cannot be used. {sentence}")
        return value

    def choice(
        self, column: str, values: Iterable[str] | Mapping[str, str], default: str | None = None
    ) -> str | None:
        """One of some codes, in capitals or not; empty is the default, where there is one.

        Where each code comes with its words, they are understood too.
        """
        value = self.filled(column, optional=default is not None)
        if not value:
            return default
        found = {code.lower(): code for code in values}.get(value.lower())
        if found is None and isinstance(values, Mapping):
            found = {words.lower(): code for code, words in values.items()}.get(value.lower())
        if found is None:
            said = values.values() if isinstance(values, Mapping) else values
            self.refuse(column, f"{shown(value)} is not one of: {', '.join(said)}.")
        return found

    def yes_no(self, column: str, default: bool | None = None) -> bool | None:
        value = self.filled(column, optional=default is not None)
        if value and value.lower() not in YES_NO:
            self.refuse(column, f"{shown(value)} is not understood. Write yes or no.")
        return YES_NO.get(value.lower(), default)

    def whole(self, column: str, least: int, most: int, optional: bool = False) -> int | None:
        value = self.filled(column, optional)
        if not value:
            return None
        if not WHOLE.fullmatch(value) or not least <= int(value) <= most:
            self.refuse(column, f"{shown(value)} is not a whole number from {least} to {most}.")
            return None
        return int(value)

    def decimal(self, column: str, most: int) -> Decimal | None:
        value = self.filled(column, optional=False)
        if not value:
            return None
        if not DECIMAL.fullmatch(value) or Decimal(value) > most:
            self.refuse(
                column,
                f"{shown(value)} is not a number from 0 to {most} with at most two decimals.",
            )
            return None
        return Decimal(value)

    def day(
        self, column: str, latest: date | None = None, earliest: date = EARLIEST,
        optional: bool = False,
    ) -> date | None:
        """A date, written 2015-02-28 or 28/02/2015, between two days."""
        value = self.filled(column, optional)
        if not value:
            return None
        found = as_date(value)
        if found is None:
            self.refuse(
                column, f"{shown(value)} is not a date. Write it as 2015-02-28 or 28/02/2015."
            )
        elif found < earliest:
            self.refuse(column, f"{spoken(found)} is before {spoken(earliest)}. Check the year.")
        elif latest and found > latest:
            self.refuse(column, f"{spoken(found)} is after {spoken(latest)}. Check the date.")
        else:
            return found
        return None


def as_date(value: str) -> date | None:
    """A date that exists, or None. Month before day is never guessed."""
    if found := ISO_DATE.fullmatch(value):
        year, month, day = found.groups()
    elif found := BRITISH_DATE.fullmatch(value):
        day, month, year = found.groups()
    else:
        return None
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


@dataclass(slots=True)
class Sheet:
    """A file as read: its rows, and what is wrong with it as a whole."""

    name: str
    rows: list[Row] = field(default_factory=list)
    faults: list[RefusedRow] = field(default_factory=list)
    told: Callable[[int], None] | None = None  # how many rows have been looked at, now and then

    @property
    def refused(self) -> list[RefusedRow]:
        return [*self.faults, *(fault for row in self.rows for fault in row.refused)]

    def fault(self, reason: str, column: str = "", row: int | None = None) -> Sheet:
        self.faults.append(RefusedRow(self.name, row, column, reason))
        return self

    def sound(self) -> Iterator[Row]:
        """The rows of which nothing is refused yet."""
        for place, row in enumerate(self.rows):
            if self.told and place % TOLD_EVERY == 0:
                self.told(place)
            if row.ok:
                yield row
