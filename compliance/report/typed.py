"""The case system’s own count of children on a plan, beside the one from conferences."""

from __future__ import annotations

from compliance import annual_words as words
from compliance.report.book import Book, in_words


def typed(book: Book) -> None:
    """A small table, where a count was typed; else nothing is said."""
    card = book.scorecard
    if card.typed is None:
        return
    book.part(words.CASE_SYSTEM)
    book.note(words.typed_sentence(card, in_words(card.typed.counted_on)))
    book.table(words.TYPED_HEADS, words.typed_rows(card), [0.25, 0.15, 0.15, 0.15], right=(1, 2, 3))
