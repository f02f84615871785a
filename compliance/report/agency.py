"""One agency's report: are its people trained, does it turn up, and what was missed."""

from __future__ import annotations

from datetime import datetime

from compliance.report import people, sections
from compliance.report.actions import actions
from compliance.report.blocks import SECTION, Text
from compliance.report.book import Book, in_words
from compliance.report.cover import cover
from compliance.report.headlines import headlines, trend
from compliance.report.issued import issued
from compliance.report.missed import each_missed, missed
from compliance.report.numbers import PERIOD, numbers
from compliance.report.quality import quality
from compliance.scorecard import CaseLine, Scorecard

ATTENDING = ("conference_attendance", "core_group_attendance", "reports_in_time", "contribution")
KNOWN = ("training_current", *ATTENDING, "duty_trained", "escalation_in_time")


def write(scorecard: Scorecard, made_at: datetime) -> Book:
    book = Book(scorecard)
    cover(book, made_at)
    headlines(book)
    trend(book)
    issued(book)
    training(book)
    meetings(book)
    for key in ATTENDING:
        sections.measure(book, key)
    missed(book)
    escalations(book)
    sections.measure(book, "duty_trained")
    for result in scorecard.results:
        if result.measure.key not in KNOWN:
            sections.measure(book, result.measure.key)
    quality(book)
    actions(book)
    sections.everything_else(book)
    sections.definitions(book)
    each_missed(book)
    return book


def training(book: Book) -> None:
    """Standing by course and role group, and who is due where names may be printed."""
    sections.measure(book, "training_current")
    if book.scorecard.people_due is not None:
        people.due(book, book.scorecard.people_due)


def meetings(book: Book) -> None:
    """How many meetings the partnership held: the whole that “all held” counts."""
    at = len(book.blocks)
    if numbers(book, PERIOD):
        said = Text("Held in the period by the whole partnership, whoever was invited.")
        book.blocks[at:at] = [Text("Meetings of the partnership", SECTION), said]


def escalations(book: Book) -> None:
    """How escalations went; each one in the agency's own copy, without narrative."""
    sections.measure(book, "escalation_in_time")
    cases = book.scorecard.cases
    if cases is not None:
        book.part("The agency’s cases")
        own_cases(book, cases)


def own_cases(book: Book, cases: tuple[CaseLine, ...]) -> None:
    if not cases:
        book.text("No case by the agency or about it was open in this period.")
        return
    head = ["Reference", "Side and other agency", "Grounds", "Stage", "Due", "Days taken", "State"]
    rows = [
        (
            case.reference, f"{case.side}: {case.other}", case.grounds, case.stage,
            in_words(case.due_on) if case.due_on else "–", str(case.days), case.state,
        )
        for case in cases
    ]  # fmt: skip
    book.table(head, rows, [0.14, 0.19, 0.18, 0.15, 0.155, 0.075, 0.11], right=(5,))
