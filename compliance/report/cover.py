"""The cover of a report: whose it is, which days it covers, when it was made, who may have it."""

from __future__ import annotations

from datetime import datetime

from reportlab.platypus import Flowable, PageBreak

from compliance.annual_words import name_of
from compliance.report.blocks import BRAND, CAPTION, LEAD, TITLE, UNLISTED
from compliance.report.book import ROOM, Book, in_words
from compliance.report.contents import Contents
from compliance.report.grid import STRONG, Row
from compliance.report.issued import issue_rows
from compliance.scorecard import PUBLISHED_WORDS, Scorecard


def partnership_name(scorecard: Scorecard) -> str:
    """The partnership with what it calls itself, said once."""
    name, label = scorecard.partnership, scorecard.partnership_label
    return name if label.casefold() in name.casefold() else f"{name} {label}"


def subject(scorecard: Scorecard) -> str:
    """What the report is about, in a line."""
    if scorecard.for_agency:
        return "Training, attendance and what was missed"
    if scorecard.annual:
        return name_of(scorecard)
    return "Child protection conferences: attendance, quoracy and training"


def copy_words(scorecard: Scorecard) -> str:
    """Who may have this copy."""
    if scorecard.is_published:
        return PUBLISHED_WORDS
    if scorecard.people_due is None:
        return "Copy without names"
    return "Copy with names: for the agency only"


def copy_sentence(scorecard: Scorecard) -> str:
    if scorecard.is_published:
        return f"{copy_words(scorecard)}, and others from which they could be worked out."
    if scorecard.people_due is None:
        return f"{copy_words(scorecard)}. People are counted, never named."
    return f"{copy_words(scorecard)}. It names staff: do not pass it on."


def cover(book: Book, made_at: datetime) -> None:
    """The first page, alone: title, facts and contents."""
    scorecard = book.scorecard
    book.text(partnership_name(scorecard), CAPTION)
    title, lead = scorecard.title, f"{subject(scorecard)}, {scorecard.period.name}"
    if scorecard.annual:
        title, lead = subject(scorecard), f"{scorecard.title}, {scorecard.period.name}"
    book.heading(title, TITLE)
    book.text(lead, LEAD)
    book.blocks.append(Band())
    book.table([], facts(scorecard, made_at), [0.22, 0.78], name=STRONG)
    book.heading("Contents", UNLISTED)
    book.blocks += [Contents(book.blocks, ROOM), PageBreak()]


def facts(scorecard: Scorecard, made_at: datetime) -> list[Row]:
    """What the report is, a row for each fact that there is."""
    period = scorecard.period
    whole = "The agency itself" if scorecard.people_due is not None else scorecard.subgroup_label
    if scorecard.annual:
        whole = scorecard.partnership_label
    if scorecard.is_published:
        whole = "Readers outside the partnership"
    rows = [
        ("Agency" if scorecard.for_agency else "Report on", scorecard.title),
        ("Partnership", partnership_name(scorecard)),
        ("Made for", whole),
        ("Period", f"{period.name}: {in_words(period.first)} to {in_words(period.last)}"),
        ("Standing as at", in_words(scorecard.as_at)),
        *(issue_rows(scorecard) or [("Made", f"{in_words(made_at)} at {made_at:%H:%M}")]),
        ("This copy", copy_sentence(scorecard)),
    ]
    return [row for row in rows if row[1]]


class Band(Flowable):
    """A broad line across the page, which only the eye meets."""

    def wrap(self, room: float, height: float) -> tuple[float, float]:
        return ROOM, 24

    def draw(self) -> None:
        with self.canv.artifact():
            self.canv.ink(BRAND)
            self.canv.write(f"0 14 {ROOM:.2f} 4 re f")
