"""How far the figures of a report may be trusted."""

from __future__ import annotations

from compliance.report.book import Book
from compliance.report.numbers import QUALITY, numbers


def quality(book: Book) -> None:
    """What stood open, unknown, disputed or late, in sentences and in numbers."""
    book.heading("Data quality")
    for note in book.scorecard.notes:
        book.text(note)
    if not numbers(book, QUALITY) and not book.scorecard.notes:
        book.text("Nothing to report about the data behind these figures.")
