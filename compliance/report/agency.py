"""One agency's report: are its people trained, does it turn up, and what was missed."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from compliance.report import sections
from compliance.report.book import Book, in_words
from compliance.report.cover import cover
from compliance.report.numbers import MISSED, numbers
from compliance.report.quality import quality
from compliance.scorecard import CaseLine, MissedLine, PersonDue, Scorecard

KNOWN = (
    "training_current", "conference_attendance", "core_group_attendance", "reports_in_time",
    "contribution", "duty_trained",
)  # fmt: skip


def write(scorecard: Scorecard, made_at: datetime) -> Book:
    book = Book(scorecard)
    cover(book, made_at)
    sections.headlines(book)
    training(book)
    for key in KNOWN[1:5]:
        sections.measure(book, key)
    missed(book)
    sections.measure(book, "duty_trained")
    for result in scorecard.results:
        if result.measure.key not in KNOWN:
            sections.measure(book, result.measure.key)
    if scorecard.cases:
        own_cases(book, scorecard.cases)
    quality(book)
    sections.trend(book)
    sections.everything_else(book)
    sections.definitions(book)
    return book


def training(book: Book) -> None:
    """Standing by course and role group, and who is due where names may be printed."""
    sections.measure(book, "training_current")
    if book.scorecard.people_due is not None:
        people_due(book, book.scorecard.people_due)


def people_due(book: Book, people: tuple[PersonDue, ...]) -> None:
    book.part("Who is due")
    if not people:
        book.text("Nobody is expired, expiring or without a record.")
        return
    told = Counter(person.standing for person in people)
    numbers = ", ".join(f"{standing.lower()} {number}" for standing, number in told.items())
    book.note(f"For the agency only. Requirements: {numbers}.")
    rows = [_person(book, person) for person in people]
    head = ["Name", "Job title", "Role group", "Course", "Standing", "Expires"]
    book.table(head, rows, [0.17, 0.16, 0.14, 0.26, 0.1, 0.17])


def _person(book: Book, person: PersonDue) -> tuple[str, ...]:
    return (
        person.name,
        person.job_title,
        book.label("role_group", person.role_group),
        book.label("course", person.course),
        person.standing,
        in_words(person.expires_on) if person.expires_on else "–",
    )


def own_cases(book: Book, cases: tuple[CaseLine, ...]) -> None:
    """The agency's own escalations, without narrative."""
    book.heading("Escalations of the agency")
    head = ["Reference", "Side", "Other agency", "Grounds", "Stage", "Due", "Days", "State"]
    rows = [
        (
            case.reference, case.side, case.other, case.grounds, case.stage,
            in_words(case.due_on) if case.due_on else "–", str(case.days), case.state,
        )
        for case in cases
    ]
    book.table(head, rows, [0.13, 0.09, 0.15, 0.17, 0.15, 0.11, 0.08, 0.12], right=(6,))


def missed(book: Book) -> None:
    """Each duty missed when a register closed; excused ones are marked, never left out."""
    book.heading("What was missed")
    lines = book.scorecard.missed
    if not lines:
        book.text("No duty was missed in this period: none.")
        return
    excused = sum(1 for line in lines if line.excused)
    meetings = len({line.reference for line in lines})
    book.text(f"Missed duties: {len(lines)}. Meetings: {meetings}. Excused: {excused}.")
    numbers(book, MISSED)
    rows = [_missed(book, line) for line in lines]
    head = ["Meeting", "Kind", "Held on", "What was missed", "Excused"]
    book.table(head, rows, [0.16, 0.22, 0.18, 0.2, 0.24])


def _missed(book: Book, line: MissedLine) -> tuple[str, ...]:
    return (
        line.reference,
        book.label("kind", line.kind),
        in_words(line.held_on),
        book.label("missed", line.what),
        line.excuse,
    )
