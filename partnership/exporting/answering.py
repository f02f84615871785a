"""The one door through which a list leaves as a file, and the links that lead to it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from tempfile import SpooledTemporaryFile
from typing import Any

from django.http import FileResponse, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from partnership.exporting.csv_text import csv_pieces
from partnership.exporting.lists import ListFile
from partnership.exporting.workbooks import write_workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
IN_MEMORY = 1024 * 1024  # a bigger workbook is written to disk
OF_A_PAGE = ("page", "after", "before", "print", "csv")  # not of the list as a whole
DOWNLOAD = "Download this list"
LONG, A_SECOND = 20_000, 5_000  # rows from which one waits for a workbook; and how many a second writes


class ExportConverter:
    """The forms in which a list can be had: ``list.<export:form>`` in an address."""

    regex = "csv|xlsx"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


def dated(name: str) -> str:
    """A file's name with the day on which it was taken."""
    return f"{name}-{timezone.localdate():%Y-%m-%d}"


def as_file(form: str, file: ListFile) -> HttpResponseBase:
    """The list as CSV or XLSX, every row of it.

    A CSV goes out while its rows are read; its first piece is made before the answer begins, so that
    a fault is a page and no half file. A workbook is written first, since it cannot be read by halves.
    """
    name = f"quorate-{file.name}.{form}"
    if form == "csv":
        response = StreamingHttpResponse(begun(csv_pieces(file)), content_type=CSV)
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response
    out = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 (closed with the answer)
    write_workbook(file, out)
    out.seek(0)
    return FileResponse(out, as_attachment=True, filename=name, content_type=XLSX)


def begun(pieces: Iterator[str]) -> Iterator[str]:
    return chain([next(pieces)], pieces)


def download(
    request: HttpRequest, route: str, *args: Any, text: str = DOWNLOAD, hint: str = "", rows: int = 0
) -> dict[str, str]:
    """What the component ``downloads`` shows: the same list, as it is filtered and sorted, in both forms.

    ``rows`` is how many there are, where there may be so many that one waits.
    """
    kept = request.GET.copy()
    for name in OF_A_PAGE:
        kept.pop(name, None)
    query = f"?{kept.urlencode()}" if kept else ""
    links = {form: reverse(route, args=[*args, form]) + query for form in ("csv", "xlsx")}
    return {"text": text, "hint": f"{hint} {waiting(rows)}".strip(), **links}


def waiting(rows: int) -> str:
    """How long a workbook of so many rows takes, said before somebody asks for it; "" for a short one."""
    if rows < LONG:
        return ""
    seconds = rows / A_SECOND
    minutes = round(seconds / 60)
    if seconds < 15:
        long = "some seconds"
    elif seconds <= 45:
        long = "around half a minute"
    else:
        long = "around a minute" if minutes <= 1 else f"around {minutes} minutes"
    return f"About {round(rows, -3):,} rows: as XLSX it takes {long} before it comes. CSV is quicker."

