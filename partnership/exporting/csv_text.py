"""A list as CSV: in UTF-8, told by the mark that spreadsheet programs look for."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import chain, islice

from partnership.exporting.lists import ListFile, Value, cell, value

MARK = "\ufeff"
AT_ONCE = 500  # rows in a piece of the stream


def as_csv(rows: Iterable[Iterable[object]]) -> str:
    """Rows, headings first, as text for a spreadsheet; no cell of it can be taken for a formula."""
    return written([value(found) for found in row] for row in rows)


def written(lines: Iterable[Iterable[Value]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(map(cell, line) for line in lines)
    return out.getvalue()


def csv_pieces(file: ListFile) -> Iterator[str]:
    """The file piece by piece, so that it need never be whole in memory."""
    lines = chain([file.headings], file.lines)
    yield MARK + written(islice(lines, AT_ONCE))
    while piece := written(islice(lines, AT_ONCE)):
        yield piece
