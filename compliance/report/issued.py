"""What a report that was issued says of itself: its number, what it corrects, and the agency's answer."""

from __future__ import annotations

from compliance.report.book import Book, in_words
from compliance.scorecard import Change, IssueStamp, Scorecard

HEAD = ("Figure", "Breakdown", "Basis", "Version before", "This version")
SHARES = (0.28, 0.24, 0.14, 0.17, 0.17)


def issue_rows(scorecard: Scorecard) -> list[tuple[str, str]]:
    """The rows of the cover; none for figures that are not issued."""
    stamp = scorecard.stamp
    if stamp is None:
        return []
    rows = [
        ("Report number", stamp.number),
        ("Version", version_words(stamp)),
        ("Issued", f"{in_words(stamp.issued_at)} at {stamp.issued_at:%H:%M}, by {stamp.issued_by}"),
        ("The agency’s answer", stamp.answer),
        ("Checksum", f"{stamp.checksum}: of the figures as they were issued" if stamp.checksum else ""),
    ]
    return [row for row in rows if row[1]]


def version_words(stamp: IssueStamp) -> str:
    if stamp.version == 1:
        return "1, the first"
    return f"{stamp.version}, which corrects and replaces version {stamp.version - 1}"


def issue_words(scorecard: Scorecard) -> str:
    """What stands at the foot of each page: under which number it was issued, and the checksum."""
    stamp = scorecard.stamp
    if stamp is None:
        return ""
    return f"{stamp.number}, checksum {stamp.checksum}. " if stamp.checksum else f"{stamp.number}. "


def issued(book: Book) -> None:
    """Why there is a correction and which figures it changes; then why the agency does not agree."""
    stamp = book.scorecard.stamp
    if stamp is None:
        return
    if stamp.changes:
        book.heading("What this version corrects")
        book.text(f"Reason: {stamp.reason}")
        book.note("Each figure that differs from the version before. All others are as they were.")
        book.table(HEAD, [row(change) for change in stamp.changes], SHARES, right=(3, 4))
    if stamp.note:
        book.heading("What the agency does not agree with")
        book.text(stamp.note)
        book.note(stamp.answer)


def row(change: Change) -> tuple[str, ...]:
    return (change.what, change.detail or "Whole", change.basis or "–", change.before, change.after)
