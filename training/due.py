"""Who is due: each person once, with the standing that most needs something done, worst first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from partnership.models import StaffMember
from training.choices import Standing
from training.models import Requirement
from training.standing import Row, TrainingBook

WORST_FIRST = (
    Standing.EXPIRED, Standing.NEVER, Standing.EXPIRING, Standing.NOT_YET_DUE, Standing.CURRENT,
    Standing.EXEMPT,
)
DUE = frozenset({Standing.EXPIRED, Standing.NEVER, Standing.EXPIRING})
RANK = {standing: rank for rank, standing in enumerate(WORST_FIRST)}
COLOURS = {
    Standing.CURRENT: "green", Standing.EXPIRING: "yellow", Standing.EXPIRED: "red",
    Standing.NEVER: "red", Standing.NOT_YET_DUE: "blue", Standing.EXEMPT: "grey",
}


@dataclass(frozen=True, slots=True)
class PersonDue:
    """A person, the worst of their standings, the first expiry among those, and what is in it."""

    person: StaffMember
    standing: Standing | None  # None: nothing is asked of them
    expires_on: date | None
    requirements: tuple[Requirement, ...]

    @property
    def due(self) -> bool:
        """Expired, never done or about to expire: somebody has to do something."""
        return self.standing in DUE

    @property
    def what(self) -> str:
        return "; ".join(in_words(requirement) for requirement in self.requirements)

    @property
    def rank(self) -> tuple[int, date]:
        """The worst first, and of the same standing what expires first."""
        return RANK.get(self.standing, len(RANK)), self.expires_on or date.max


def in_words(requirement: Requirement) -> str:
    """What is asked, by the titles of its courses; they were read with the requirement."""
    titles = " or ".join(course.title for course in requirement.courses.all())
    return f"{requirement.hours.normalize():f} hours of {titles}" if requirement.hours else titles


def asks_for(requirement: Requirement, course_id: int) -> bool:
    return any(course.pk == course_id for course in requirement.courses.all())


def who_is_due(book: TrainingBook, on: date, course_id: int | None = None) -> list[PersonDue]:
    """Everybody of a book in its order; with a course, what asks for that course alone."""
    rows: dict[int, list[Row]] = {person.pk: [] for person in book.people}
    asking = {
        requirement.pk
        for group in book.requirements.values() for requirement in group
        if course_id is None or asks_for(requirement, course_id)
    }
    for row in book.standings(on):
        if row.requirement.pk in asking:
            rows[row.person.pk].append(row)
    return [worst(person, rows[person.pk]) for person in book.people]


def worst(person: StaffMember, rows: Iterable[Row]) -> PersonDue:
    """The worst of a person's standings."""
    rows = list(rows)
    if not rows:
        return PersonDue(person, None, None, ())
    standing = min((row.standing for row in rows), key=RANK.__getitem__)
    those = sorted(
        (row for row in rows if row.standing is standing), key=lambda row: row.expires_on or date.max
    )
    return PersonDue(person, standing, those[0].expires_on, tuple(r.requirement for r in those))


def worst_first(people: Iterable[PersonDue]) -> list[PersonDue]:
    """Who needs something done on top; equals stay in the order in which they come."""
    return sorted(people, key=lambda row: row.rank)
