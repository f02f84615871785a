"""A whole partnership's report: its conferences, and a row for each agency."""

from __future__ import annotations

from datetime import datetime

from compliance.report import sections
from compliance.report.actions import actions
from compliance.report.blocks import SECTION, Text
from compliance.report.book import NOTHING, Book
from compliance.report.cover import cover
from compliance.report.headlines import headlines, trend
from compliance.report.issued import issued
from compliance.report.numbers import MISSED, PERIOD, numbers
from compliance.report.quality import quality
from compliance.scorecard import MeasureResult, Scorecard

BY_AGENCY = (
    "conference_attendance", "contribution", "reports_in_time", "core_group_attendance",
    "training_current",
)  # fmt: skip
FIRST = ("quoracy", "timeliness")


def write(scorecard: Scorecard, made_at: datetime) -> Book:
    book = Book(scorecard)
    cover(book, made_at)
    headlines(book)
    trend(book)
    issued(book)
    in_numbers(book)
    sections.measure(book, "quoracy")
    by_agency(book)
    sections.measure(book, "timeliness")
    for result in scorecard.results:
        if _has_more(book, result):
            sections.measure(book, result.measure.key)
    missed(book)
    quality(book)
    actions(book)
    sections.everything_else(book)
    sections.definitions(book)
    return book


def in_numbers(book: Book) -> None:
    """Conferences, children considered, plans, categories: plain counts."""
    book.heading("The period in numbers")
    if not numbers(book, PERIOD):
        book.text(NOTHING)


def missed(book: Book) -> None:
    """What all agencies missed together; an agency's own report lists each."""
    at = len(book.blocks)
    if numbers(book, MISSED):
        book.blocks.insert(at, Text("What was missed", SECTION))


def by_agency(book: Book) -> None:
    """One row for each agency, a column for each measure that is broken down by agency."""
    results = [found for key in BY_AGENCY if (found := _with_agencies(book, key))]
    if not results:
        return
    book.heading("Participation by agency")
    book.text(
        "Each cell is met of total and its percentage, on the basis named at the head of the "
        "column."
    )
    first = results[0].measure
    book.note(f"The bar shows {first.title.lower()}, basis: {first.basis_label().lower()}.")
    _rows(book, results)


def _rows(book: Book, results: list[MeasureResult]) -> None:
    readings = [reading for result in results for reading in result.broken_down("agency")]
    codes = list(dict.fromkeys(reading.by[0][1] for reading in book.ordered(readings)))
    rows = [(book.label("agency", code), *_cells(book, results, code)) for code in codes]
    head = ["Agency", *(f"{r.measure.title}\n({r.measure.basis_label()})" for r in results)]
    share = 0.65 / len(results)
    widths = [0.24, *(min(share, 0.2) for _ in results)]
    first = results[0]
    bars = book.bars(0.11, [first.reading(first.measure.basis, agency=code) for code in codes])
    book.table(head, rows, widths, right=range(1, len(head)), bars=bars)


def _cells(book: Book, results: list[MeasureResult], code: str) -> list[str]:
    return [
        book.figures(result.reading(result.measure.basis, agency=code), "\n") for result in results
    ]


def _with_agencies(book: Book, key: str) -> MeasureResult | None:
    result = book.result(key)
    return result if result and result.broken_down("agency") else None


def _has_more(book: Book, result: MeasureResult) -> bool:
    """Whether a measure has readings that no section has printed yet."""
    if result.measure.key in FIRST:
        return False
    return any(reading not in book.printed for reading in result.readings)
