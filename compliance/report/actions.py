"""What the board agreed should be done: each action with its owner, its date and where it stands."""

from __future__ import annotations

from collections.abc import Sequence

from compliance.report.book import Book, in_words
from compliance.scorecard import ActionLine, actions_in_words


def actions(book: Book) -> None:
    """The actions of the board's log, open ones first; none is said in a line."""
    if book.scorecard.is_published:  # counts only
        return
    book.heading("Actions")
    lines = book.scorecard.actions
    if not lines:
        book.text("No action of the board was open or was closed in this period: none.")
        return
    listed(book, lines)


def listed(book: Book, lines: Sequence[ActionLine]) -> None:
    """How many there are, and each in a row."""
    book.text(actions_in_words(tuple(lines)))
    head = ["Number", "What is to be done", "Owner", "Due", "Where it stands"]
    rows = [_row(line) for line in sorted(lines, key=lambda line: not line.is_open)]
    book.table(head, rows, [0.13, 0.32, 0.17, 0.16, 0.22])


def _row(line: ActionLine) -> tuple[str, ...]:
    due = "\n".join(filter(None, (in_words(line.due_on), line.carried_words)))
    closed = f"{line.state} {in_words(line.closed_on)}" if line.closed_on else line.state
    stands = "\n".join(filter(None, (closed, line.outcome or line.progress)))
    return line.number, line.what, line.owner, due, stands
