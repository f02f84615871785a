"""Writing spreadsheets: text that no spreadsheet program takes for a formula."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable

# Signs with which a spreadsheet begins a formula, whatever their width; a tab or a line end before
# the text lets some programs begin anew.
SIGNS = frozenset("=+-@|%\u2212")
BREAKS = frozenset("\t\r\n")
# What shows nothing: spaces of every kind, controls, marks of no width, and letters drawn blank.
UNSEEN = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf", "Cn", "Mn", "Me"})
BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")


def formula_sign(text: str) -> str:
    """The sign at which a spreadsheet program may take a text for a formula, or ""."""
    for letter in text:
        if letter in BREAKS:
            return letter
        if letter in BLANK or unicodedata.category(letter) in UNSEEN:
            continue
        return letter if unicodedata.normalize("NFKC", letter)[:1] in SIGNS else ""
    return ""


def safe_cell(value: object) -> object:
    """Text that no spreadsheet program takes for a formula; numbers are left alone."""
    return f"'{value}" if isinstance(value, str) and formula_sign(value) else value


def as_csv(rows: Iterable[Iterable[object]]) -> str:
    """Rows, headings first, as text for a spreadsheet; no cell of it can be taken for a formula."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(map(safe_cell, row) for row in rows)
    return out.getvalue()
