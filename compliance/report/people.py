"""Who is expired, without a record or expiring: in the agency's own copy only."""

from __future__ import annotations

from collections.abc import Sequence

from compliance.report.book import Book, in_words
from compliance.scorecard import PersonDue

HEAD = ["Name", "Job title", "Role group", "Course"]
WIDTHS = [0.18, 0.19, 0.21, 0.42]
DATED_HEAD, DATED = [*HEAD, "Expiry"], [0.18, 0.17, 0.2, 0.29, 0.16]


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
    persons: dict[tuple[str, str, str], list[PersonDue]] = {}
    for one in people:
        persons.setdefault((one.name, one.job_title, one.role_group), []).append(one)
    book.note(f"Requirements: {len(people)}. People: {len(persons)}. For the agency only.")
    dated = any(one.expires_on for one in people)
    rows = [_row(book, who, found, dated) for who, found in persons.items()]
    book.table(DATED_HEAD if dated else HEAD, rows, DATED if dated else WIDTHS, dense=True)


def _row(
    book: Book, who: tuple[str, str, str], found: list[PersonDue], dated: bool
) -> tuple[str, ...]:
    name, job_title, role_group = who
    courses = [book.label("course", one.course) for one in found]
    cells = (name, job_title, book.label("role_group", role_group))
    if not dated:
        return (*cells, "\n".join(courses))
    return (*cells, "\n".join(courses), "\n".join(map(_day, found)))


def _day(one: PersonDue) -> str:
    return in_words(one.expires_on) if one.expires_on else "–"
