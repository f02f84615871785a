"""The head of a report: whose it is, which days it covers, when it was made, who may have it."""

from __future__ import annotations

from datetime import datetime

from compliance.report.blocks import LEAD, TITLE
from compliance.report.book import Book, in_words
from compliance.report.grid import STRONG
from compliance.scorecard import Scorecard


def partnership_name(scorecard: Scorecard) -> str:
    """The partnership with what it calls itself, said once."""
    name, label = scorecard.partnership, scorecard.partnership_label
    return name if label.casefold() in name.casefold() else f"{name} {label}"


def subject(scorecard: Scorecard) -> str:
    """What the report is about, in a line."""
    if scorecard.for_agency:
        return "Training, attendance and what was missed"
    return "Child protection conferences: attendance, quoracy and training"


def copy_words(scorecard: Scorecard) -> str:
    """Who may have this copy."""
    if scorecard.people_due is None:
        return "Copy without names"
    return "Copy with names: for the agency only"


def cover(book: Book, made_at: datetime) -> None:
    scorecard = book.scorecard
    book.heading(scorecard.title, TITLE)
    book.text(subject(scorecard), LEAD)
    period = scorecard.period
    days = f"{in_words(period.first)} to {in_words(period.last)}"
    rows = [
        ("Partnership", partnership_name(scorecard)),
        ("Made for", scorecard.subgroup_label if scorecard.people_due is None else "The agency itself"),
        ("Period", f"{period.name}: {days}"),
        ("Standing as at", in_words(scorecard.as_at)),
        ("Made", f"{in_words(made_at)} at {made_at:%H:%M}"),
        ("This copy", copy_words(scorecard)),
    ]
    book.table([], [row for row in rows if row[1]], [0.22, 0.78], name=STRONG)
