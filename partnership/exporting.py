"""Writing spreadsheets: text that no spreadsheet program takes for a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable

# What a spreadsheet program may take for a formula, full-width forms included.
FORMULA = re.compile("^[\\s\u00a0]*[=+\\-@\\t\\r\\n\uff1d\uff0b\uff0d\uff20|%]")


def safe_cell(value: object) -> object:
    """Text that no spreadsheet program takes for a formula; numbers are left alone."""
    return f"'{value}" if isinstance(value, str) and FORMULA.match(value) else value


def as_csv(rows: Iterable[Iterable[object]]) -> str:
    """Rows, headings first, as text for a spreadsheet; no cell of it can be taken for a formula."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(map(safe_cell, row) for row in rows)
    return out.getvalue()
