"""Each duty missed when a register closed; excused ones are marked, never left out."""

from __future__ import annotations

from collections.abc import Sequence

from compliance.report.book import Book, in_words
from compliance.report.numbers import MISSED, numbers
from compliance.scorecard import MissedLine

LIST = "Annex: each missed duty"


def missed(book: Book) -> None:
    """How often what was missed; the list stands at the end."""
    book.heading("What was missed")
    lines = book.scorecard.missed
    if not lines:
        numbers(book, MISSED)
        if book.scorecard.is_published:  # that one holds counts only, never a line of a meeting
            book.text("The published edition lists no meeting.")
        else:
            book.text("No duty was missed in this period: none.")
        return
    excused = sum(1 for line in lines if line.excused)
    meetings = len({line.reference for line in lines})
    book.text(
        f"Missed duties: {len(lines)}. Meetings: {meetings}. Excused: {excused}. "
        "Each one is listed in the annex."
    )
    numbers(book, MISSED)
    by_kind(book, lines)


def by_kind(book: Book, lines: Sequence[MissedLine]) -> None:
    """A row for each duty and kind of meeting."""
    groups: dict[tuple[str, str], list[bool]] = {}
    for line in lines:
        groups.setdefault((line.what, line.kind), []).append(bool(line.excused))
    rows = [
        (
            f"{book.label('missed', what)}: {book.label('kind', kind).lower()}",
            str(len(found)), str(sum(found)),
        )
        for (what, kind), found in sorted(groups.items())
    ]  # fmt: skip
    head = ["What was missed, at which kind of meeting", "Missed", "Of these excused"]
    book.table(head, rows, [0.45, 0.1, 0.15], right=(1, 2))


def each_missed(book: Book) -> None:
    """A row for each meeting at which something was missed."""
    lines = book.scorecard.missed
    if not lines:
        return
    book.heading(LIST)
    book.text("A duty is not excused unless it says so.")
    meetings: dict[tuple, list[str]] = {}
    for line in lines:
        meeting = (line.reference, book.label("kind", line.kind), in_words(line.held_on))
        meetings.setdefault(meeting, []).append(_duty(book, line))
    rows = [(*meeting, "; ".join(duties)) for meeting, duties in meetings.items()]
    book.table(["Meeting", "Kind", "Held on", "What was missed"], rows, [0.15, 0.2, 0.18, 0.47], dense=True)


def _duty(book: Book, line: MissedLine) -> str:
    what = book.label("missed", line.what)
    return f"{what} ({line.excuse})" if line.excused else what
