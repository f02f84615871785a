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
DAYS = 10_000_000  # more than there are days in the calendar
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
    def urgency(self) -> int:
        return urgency(self.standing, self.expires_on)


def urgency(standing: Standing | None, expires_on: date | None) -> int:
    """One number to sort by: the worst standing first, and of the same what expires first."""
    return RANK.get(standing, len(RANK)) * DAYS + (expires_on or date.max).toordinal()


def standing_of(urgent: int) -> Standing | None:
    """The standing that an urgency was made of; None where nothing is asked."""
    rank = urgent // DAYS
    return WORST_FIRST[rank] if rank < len(WORST_FIRST) else None


def in_words(requirement: Requirement) -> str:
    """What is asked, by the titles of its courses; they were read with the requirement."""
    titles = " or ".join(course.title for course in requirement.courses.all())
    return f"{requirement.hours.normalize():f} hours of {titles}" if requirement.hours else titles


def asks_for(requirement: Requirement, course_id: int) -> bool:
    return any(course.pk == course_id for course in requirement.courses.all())


def who_is_due(book: TrainingBook, on: date, course_id: int | None = None) -> list[PersonDue]:
    """Everybody of a book in its order; with a course, what asks for that course alone."""
    rows = rows_by_person(book, on)
    if course_id is None:
        return [worst(person, rows[person.pk]) for person in book.people]
    asking = {
        requirement.pk
        for group in book.requirements.values() for requirement in group
        if asks_for(requirement, course_id)
    }
    return [
        worst(person, (row for row in rows[person.pk] if row.requirement.pk in asking))
        for person in book.people
    ]


def rows_by_person(book: TrainingBook, on: date) -> dict[int, list[Row]]:
    """The standings of a day by person; who is asked nothing, or is out of post, has none."""
    rows: dict[int, list[Row]] = {person.pk: [] for person in book.people}
    for row in book.standings(on):
        rows[row.person.pk].append(row)
    return rows


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
    return sorted(people, key=lambda row: row.urgency)
