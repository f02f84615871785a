"""The files of a pack: one PDF; a ZIP of a PDF an agency with the summary as XLSX and CSV."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import IO
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from compliance import faces
from compliance.report.pack import Chapter, Figure, Group, Line, PackSheet, write_pack
from partnership.exporting import ListFile, in_places, safe_cell, write_sheets

HEAD = (
    "Partnership", "Agency", "Code", "Report", "Measure", "Basis", "Met", "Total", "Percentage", "Rating",
)
Row = tuple[object, ...]


def write_pdf(sheet: PackSheet, target: IO[bytes], tick: Callable[[], None]) -> None:
    write_pack(sheet, target, tick)


def write_zip(sheet: PackSheet, target: IO[bytes], tick: Callable[[], None]) -> None:
    """The same sheet gives the same bytes: the order, the names and the moments in it are the sheet's."""
    with ZipFile(target, "w", ZIP_STORED) as packed:
        for name, content in summaries(sheet):
            packed.writestr(about(name, sheet.made_at), content)
        for name, chapter in named(sheet):
            packed.writestr(about(name, sheet.made_at), print_of(chapter))
            tick()


def print_of(chapter: Chapter) -> bytes:
    """What was issued to the very bytes that were given out before, else drawn."""
    return chapter.printed() if chapter.printed else faces.render(chapter.card(), "pdf", chapter.made_at)


def about(name: str, at: datetime) -> ZipInfo:
    found = ZipInfo(name, at.timetuple()[:6])
    found.external_attr = 0o644 << 16
    found.create_system = 3  # whatever machine makes it
    return found


def named(sheet: PackSheet) -> Iterator[tuple[str, Chapter]]:
    """Each report under its name: partnership, code, period; none twice."""
    taken: set[str] = set()
    for group in sheet.groups:
        for chapter in group.chapters:
            yield unlike(plain(f"{group.code}-{chapter.line.code}-{sheet.period.slug}"), taken) + ".pdf", chapter


def plain(text: str) -> str:
    """Words for a file's name, which every machine can hold."""
    return re.sub(r"[^A-Za-z0-9]+", "-", text).strip("-") or "report"


def unlike(name: str, taken: set[str]) -> str:
    """The name, with a number where it was given already, whatever its capitals."""
    found, number = name, 1
    while found.casefold() in taken:
        number += 1
        found = f"{name}-{number}"
    taken.add(found.casefold())
    return found


# --- The summary ------------------------------------------------------------------------------------


def summaries(sheet: PackSheet) -> Iterator[tuple[str, bytes]]:
    rows = list(summary_rows(sheet))
    yield "summary.csv", as_csv(rows)
    yield "summary.xlsx", as_workbook(sheet, rows)


def summary_rows(sheet: PackSheet) -> Iterator[Row]:
    """A row for each agency and measure."""
    for group in sheet.groups:
        for line in (*(chapter.line for chapter in group.chapters), group.whole):
            yield from rows_of(sheet, group.name, line)
    for line in sheet.together:
        yield from rows_of(sheet, "All together", line)


def rows_of(sheet: PackSheet, where: str, line: Line) -> Iterator[Row]:
    for key, (title, basis) in sheet.measures.items():
        figure: Figure | None = line.figures.get(key)
        if figure is not None:
            reading = figure.reading
            percent = reading.percent_text if reading.percent is None else reading.percent
            name = " ".join(line.name.split())
            yield (
                where, name, line.code, line.stands, title, basis.capitalize(), reading.met, reading.total, percent,
                figure.rating or "Not rated",
            )


def as_csv(rows: list[Row]) -> bytes:
    out = io.StringIO()
    sheet = csv.writer(out, lineterminator="\r\n")
    sheet.writerow(HEAD)
    sheet.writerows([safe_cell(cell) for cell in row] for row in rows)
    return out.getvalue().encode(errors="replace")


def as_workbook(sheet: PackSheet, rows: list[Row]) -> bytes:
    sheets = [
        ListFile("About", in_places(("About", "This pack")), list(told(sheet))),
        ListFile("Summary", in_places(HEAD), rows),
        ListFile("Returned nothing", in_places(("Partnership", "Agency")), list(missing(sheet.groups))),
    ]
    out = io.BytesIO()
    write_sheets(sheets, out)
    return out.getvalue()


def told(sheet: PackSheet) -> Iterator[Row]:
    yield "Partnerships" if len(sheet.groups) > 1 else "Partnership", sheet.partnerships
    yield "Period", sheet.period.name
    yield "First day", sheet.period.first
    yield "Last day", sheet.period.last
    yield "Standing as at", sheet.as_at
    yield "Made", sheet.made_at.replace(tzinfo=None)
    yield "Reports", len(sheet.chapters)


def missing(groups: list[Group]) -> Iterator[Row]:
    for group in groups:
        yield from ((group.name, name) for name in group.missing)
