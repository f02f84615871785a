"""CSV files of a folder: under exactly the headings that are expected, within the limits."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from partnership.spreadsheets import MOST_BYTES, MOST_ROWS, UNPRINTABLE, Row, Sheet


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
        row.check(name, value)
    return row
