"""Who is expired, without a record or expiring: in the agency's own copy only."""

from __future__ import annotations

from collections.abc import Sequence

from compliance import charts
from compliance.report.book import Book, in_words
from compliance.scorecard import PersonDue

HEAD = ["Name", "Job title", "Role group"]
WIDTHS = [0.18, 0.19, 0.21, 0.42]


def due(book: Book, people: Sequence[PersonDue]) -> None:
    """A table for each standing; a person who has several courses to do stands once."""
    if not people:
        book.part("Who is due")
        book.text("Nobody is expired, expiring or without a record.")
        return
    for standing in dict.fromkeys(person.standing for person in people):
        _standing(book, standing, [p for p in people if p.standing == standing])


def _standing(book: Book, standing: str, people: list[PersonDue]) -> None:
    book.part(f"Who is due: {standing.lower()}")
    persons: dict[tuple[int, str, str, str], list[PersonDue]] = {}
    for one in people:
        persons.setdefault((one.person, one.name, one.job_title, one.role_group), []).append(one)
    book.note(f"Requirements: {len(people)}. People: {len(persons)}. For the agency only.")
    dated = any(one.expires_on for one in people)
    rows = [_row(book, found) for found in persons.values()]
    head = [*HEAD, "Course and expiry" if dated else "Course"]
    book.table(head, rows, WIDTHS, dense=True)


def _row(book: Book, found: list[PersonDue]) -> tuple[str, ...]:
    who, courses = found[0], "\n".join(_course(book, one) for one in found)
    return who.name, who.job_title, book.label("role_group", who.role_group), courses


def _course(book: Book, one: PersonDue) -> str:
    course = book.label("course", one.course)
    return f"{course}: {charts.unbroken(in_words(one.expires_on))}" if one.expires_on else course
