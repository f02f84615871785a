"""A list as a workbook: one plain sheet, written row by row, and nothing else in it.

No author and no moment of making, so that the same list gives the same bytes; nothing hidden, no
formula, no link. Days are days and numbers are numbers; all else is text, also when it looks like
a number, so that no program takes the noughts off a reference.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any

import xlsxwriter

from partnership.exporting.guarding import guarded
from partnership.exporting.lists import ListFile, Value

MADE = datetime(2000, 1, 1)  # a workbook must say when; every one says this
FIRST_DAY = date(1900, 3, 1)  # spreadsheets count earlier days wrongly
MOST_ROWS = 1_000_000  # of a sheet, under its headings; programs read 48,575 more
MOST_LETTERS = 32_767  # of a cell
WIDEST, NARROWEST, LOOKED_AT = 60, 10, 200  # letters; and the rows by which a width is chosen
AS_TYPED = {
    "constant_memory": True, "strings_to_formulas": False, "strings_to_numbers": False,
    "strings_to_urls": False,
}
FORMS = {
    "heading": {"bold": True, "num_format": "@"}, "text": {"num_format": "@"},
    "day": {"num_format": "dd/mm/yyyy"}, "moment": {"num_format": "dd/mm/yyyy hh:mm:ss"},
}


def write_workbook(file: ListFile, out: IO[bytes]) -> None:
    """Write the list; what does not fit on one sheet goes on on the next, under the same headings."""
    book, forms = begun(out)
    sheet, headings = None, file.headings
    for number, line in enumerate(file.lines):
        if number % MOST_ROWS == 0:
            sheet = Written(book, forms, headings)
        sheet.write(line)
    if sheet is None:
        Written(book, forms, headings)
    book.close()


def write_sheets(files: Iterable[ListFile], out: IO[bytes]) -> None:
    """Several short lists in one workbook, each on the sheet of its name."""
    book, forms = begun(out)
    for file in files:
        sheet = Written(book, forms, file.headings, file.name)
        for line in file.lines:
            sheet.write(line)
    book.close()


def begun(out: IO[bytes]) -> tuple[xlsxwriter.Workbook, dict[str, Any]]:
    """A workbook that says of itself nothing but what stands in it, and the forms of its cells."""
    book = xlsxwriter.Workbook(out, AS_TYPED)
    book.set_properties({"created": MADE, "author": "", "company": ""})
    return book, {name: book.add_format(form) for name, form in FORMS.items()}


class Written:
    """A sheet with its headings on top, which stay there; rows are written under them."""

    def __init__(
        self, book: xlsxwriter.Workbook, forms: dict[str, Any], headings: list[str], name: str = ""
    ) -> None:
        number = len(book.worksheets()) + 1
        self.sheet = book.add_worksheet(name or ("List" if number == 1 else f"List {number}"))
        self.forms, self.row = forms, 0
        self.widths = [max(NARROWEST, len(heading) + 2) for heading in headings]
        self.sheet.freeze_panes(1, 0)
        for place, heading in enumerate(headings):
            self.sheet.write_string(0, place, heading, forms["heading"])
        self.widen()

    def write(self, line: list[Value]) -> None:
        self.row += 1
        for place, found in enumerate(line):
            self.put(place, found)
        if self.row <= LOOKED_AT:
            sizes = (12 if isinstance(found, date) else len(str(found)) + 2 for found in line)
            self.widths = [max(pair) for pair in zip(self.widths, sizes, strict=True)]
            self.widen()

    def put(self, place: int, found: Value) -> None:
        """A value as what it is; an empty one leaves its cell empty."""
        if isinstance(found, datetime):
            self.sheet.write_datetime(self.row, place, found, self.forms["moment"])
        elif isinstance(found, date) and found >= FIRST_DAY:
            self.sheet.write_datetime(self.row, place, found, self.forms["day"])
        elif isinstance(found, (int, float, Decimal)):
            self.sheet.write_number(self.row, place, found)
        elif text := guarded(str(found)):
            self.sheet.write_string(self.row, place, text[:MOST_LETTERS], self.forms["text"])

    def widen(self) -> None:
        for place, width in enumerate(self.widths):
            self.sheet.set_column(place, place, min(width, WIDEST))
