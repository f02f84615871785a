"""Lists as files in tests: what stands in them, read again by the reader of workbooks."""

from __future__ import annotations

import csv
import io
from typing import Any

import python_calamine


def body(response) -> bytes:
    """The whole file."""
    return b"".join(response.streaming_content) if response.streaming else response.content


def rows_of(response) -> list[list[Any]]:
    """Its rows, the headings first: text from a CSV, values from a workbook."""
    content = body(response)
    assert "attachment" in response["Content-Disposition"], response["Content-Disposition"]
    if response["Content-Type"].startswith("text/csv"):
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    book = python_calamine.load_workbook(io.BytesIO(content))
    assert len(book.sheet_names) == 1
    return book.get_sheet_by_index(0).to_python()


def lines_of(response) -> list[dict[str, Any]]:
    """Its rows by their headings."""
    headings, *rows = rows_of(response)
    return [dict(zip(headings, row, strict=True)) for row in rows]
