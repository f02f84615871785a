"""Files that we give: a template with an example and the allowed values, and the refused rows."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from compliance.models import Upload
from compliance.uploads.columns import columns_of
from partnership.exporting import ListFile, dated, in_places, safe_cell, unguarded
from partnership.uploads.columns import Column
from partnership.uploads.tables import Table, unpacked

REASON = "Reason"


def template(kind: str) -> bytes:
    """A workbook to fill in: headings with one example, and a second sheet that explains them.

    Every cell is text, so that no program takes the noughts off a reference or turns a date round.
    """
    columns = columns_of(kind)
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Fill in")
    for place, column in enumerate(columns, start=1):
        width = sheet.column_dimensions[chr(64 + place)]
        width.width, width.number_format = max(14, len(column.title) + 4), "@"
    sheet.append([cell(sheet, column.title, bold=True) for column in columns])
    sheet.append([cell(sheet, column.example) for column in columns])
    explain(book, columns)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def explain(book: Workbook, columns: Iterable[Column]) -> None:
    sheet = book.create_sheet("Allowed values")
    for letter, width in zip("ABCD", (28, 12, 60, 60), strict=True):
        sheet.column_dimensions[letter].width = width
    titles = ("Column", "Needed", "What stands in it", "Allowed values")
    sheet.append([cell(sheet, title, bold=True) for title in titles])
    for column in columns:
        needed = "yes" if column.needed else "no"
        first, *rest = [f"{code} ({words})" for code, words in column.values.items()] or [""]
        sheet.append([cell(sheet, text) for text in (column.title, needed, column.says, first)])
        for value in rest:
            sheet.append([cell(sheet, text) for text in ("", "", "", value)])


def cell(sheet: object, text: str, bold: bool = False) -> WriteOnlyCell:
    made = WriteOnlyCell(sheet, value=str(safe_cell(text)))
    made.data_type, made.number_format = "s", "@"
    if bold:
        made.font = Font(bold=True)
    return made


def refused_file(upload: Upload) -> ListFile:
    """The rows that were not written, as they were sent, each with the reason in a last column."""
    lines = refused_lines(upload)
    return ListFile(dated("refused-rows"), in_places(next(lines)), lines)


def refused_lines(upload: Upload) -> Iterator[list[str]]:
    table = Table.unpacked(bytes(upload.cells))
    findings, questions, _ = unpacked(bytes(upload.preview))
    asked = {number for question in questions for number in question[2]}
    reasons = {
        number: " ".join(f"{column}: {reason}" if column else reason for column, _, reason in details)
        for number, verdict, _, details in findings if verdict == "refused"
    }
    kept = [place for place, name in enumerate(table.headings) if name.casefold() != REASON.casefold()]
    yield [*(table.headings[place] for place in kept), REASON]
    for number, cells in table.rows:
        if number in reasons or number in asked:
            reason = reasons.get(number, "It is not clear who is meant.")
            yield [*(unguarded(cells[place]) if place < len(cells) else "" for place in kept), reason]
