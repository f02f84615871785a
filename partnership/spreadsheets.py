"""Reading a spreadsheet within limits, with a sentence for everything that is wrong with it.

Knows nothing of what the rows are about. A file is read whole before anything is believed: its
size, encoding and headings first, then each row, then each cell by its type. Nothing here raises for
what a file holds: what cannot be used is a ``RefusedRow``, and all are found in one reading.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

MOST_BYTES = 5 * 1024 * 1024
MOST_ROWS = 50_000
MOST_CHARACTERS = 1_000
EARLIEST = date(1990, 1, 1)  # nothing that is loaded is older; a year before it is a slip

ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
BRITISH_DATE = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
WHOLE = re.compile(r"[0-9]{1,9}")
DECIMAL = re.compile(r"[0-9]{1,6}(\.[0-9]{1,2})?")
# Signs with which a spreadsheet begins a formula, also in the full width that some convert.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
YES_NO = {"yes": True, "no": False}


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

    def raw(self, column: str) -> str:
        """The cell without spaces around it; an accent is one character, however it was typed."""
        return unicodedata.normalize("NFC", self.cells.get(column, "").strip())

    def filled(self, column: str, optional: bool) -> str:
        """The cell's text; an empty one is refused unless it may be empty."""
        value = self.raw(column)
        if not value and not optional:
            self.refuse(column, "This cell is empty. Fill it in.")
        return value

    def text(self, column: str, most: int, optional: bool = False) -> str:
        """Words that will be shown and exported again, so never a formula."""
        if self.cells.get(column, "").lstrip(" \u00a0").startswith(FORMULA_SIGNS):
            sign = shown(self.cells[column].lstrip(" \u00a0")[0])
            self.refuse(
                column, f"This begins with {sign}, which a spreadsheet takes for a formula. "
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

    def choice(self, column: str, values: Iterable[str], default: str | None = None) -> str | None:
        """One of some codes, in capitals or not; empty is the default, where there is one."""
        value = self.filled(column, optional=default is not None)
        if not value:
            return default
        found = {code.lower(): code for code in values}.get(value.lower())
        if found is None:
            self.refuse(column, f"{shown(value)} is not one of: {', '.join(values)}.")
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

    @property
    def refused(self) -> list[RefusedRow]:
        return [*self.faults, *(fault for row in self.rows for fault in row.refused)]

    def fault(self, reason: str, column: str = "", row: int | None = None) -> Sheet:
        self.faults.append(RefusedRow(self.name, row, column, reason))
        return self

    def sound(self) -> Iterator[Row]:
        """The rows of which nothing is refused yet."""
        return (row for row in self.rows if row.ok)


@dataclass(frozen=True, slots=True)
class Headings:
    """The columns that a file must have, and those that it may have."""

    needed: Sequence[str]
    allowed: Sequence[str] = ()

    def check(self, sheet: Sheet, found: list[str]) -> None:
        for name in dict.fromkeys(found):
            if found.count(name) > 1:
                sheet.fault("There are two columns with this heading. Take one away.", name)
            elif name not in self.needed and name not in self.allowed:
                sheet.fault(
                    "This column is not expected. Take it away, or mend its heading.",
                    UNPRINTABLE.sub("?", name)[:40] or "without a heading",
                )
        for name in self.needed:
            if name not in found:
                sheet.fault("This column is missing.", name)


def read_file(path: Path, headings: Headings) -> Sheet:
    """Read a file from disk; one that is too big is not opened."""
    sheet = Sheet(path.name)
    if not path.is_file():
        return sheet.fault("The file is missing.")
    if path.stat().st_size > MOST_BYTES:
        return sheet.fault(f"The file is bigger than {MOST_BYTES // 2**20} MB. Divide it.")
    try:
        return read_csv(path.name, path.read_bytes(), headings)
    except OSError as error:
        return sheet.fault(f"The file cannot be read: {error.strerror}.")


def read_csv(name: str, content: bytes, headings: Headings) -> Sheet:
    """Read a CSV file in UTF-8, with or without a byte order mark, within the limits."""
    sheet = Sheet(name)
    if len(content) > MOST_BYTES:
        return sheet.fault(f"The file is bigger than {MOST_BYTES // 2**20} MB. Divide it.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return sheet.fault(
            f"The file is not in UTF-8 (line {line}). Save it as “CSV UTF-8” and try again."
        )
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        read_rows(sheet, reader, headings)
    except csv.Error as error:
        sheet.rows.clear()
        sheet.fault(f"The file is no proper CSV from line {reader.line_num} on ({error}).")
    return sheet


def read_rows(sheet: Sheet, reader: Iterator[list[str]], headings: Headings) -> None:
    """The headings, then each row that is not blank; stops at the limit."""
    names = [name.strip().lower() for name in next(reader, [])]
    if not any(names):
        sheet.fault("The file is empty. Its first row must hold the headings.")
        return
    headings.check(sheet, names)
    if sheet.faults:
        return
    for number, cells in enumerate(reader, start=2):
        if number > MOST_ROWS + 1:
            sheet.rows.clear()
            sheet.fault(f"The file has more than {MOST_ROWS:,} rows. Divide it.")
            return
        if any(map(str.strip, cells)):
            sheet.rows.append(read_row(sheet.name, number, names, cells))


def read_row(file: str, number: int, names: list[str], cells: list[str]) -> Row:
    """A row with its cells; one that does not fit its headings is refused here."""
    row = Row(file, number, dict(zip(names, cells, strict=False)))
    if len(cells) != len(names):
        row.refuse("", f"This row has {len(cells)} cells. The headings have {len(names)}.")
        return row
    for name, value in row.cells.items():
        if len(value) > MOST_CHARACTERS:
            row.refuse(
                name, f"This has {len(value):,} characters. At most {MOST_CHARACTERS:,} are read."
            )
        elif "\0" in value:
            row.refuse(name, "This holds a NUL character. Take it away.")
    return row
