"""Who is meant by a row: found by reference, else by work e-mail; a near miss is asked about.

Nobody is ever guessed. What somebody answered holds for every row that names the same person.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from partnership.folding import folded, plain
from partnership.models import Agency, StaffMember
from partnership.plans import CHECK, Loose
from partnership.spreadsheets import Row, shown

NEW, NOBODY = "new", "nobody"  # answers beside the number of a person
MOST_OPTIONS = 10
NAMES = ("first_name", "last_name")


@dataclass(slots=True)
class Question:
    """A row (or several) that may mean somebody, or something, that is here, but does not say so surely."""

    key: str
    says: str
    near: list[Any]  # whom or what it may mean
    rows: list[int] = field(default_factory=list)
    may_be_new: bool = False


Index = Mapping[str, list[StaffMember]]


def index(people: Iterable[StaffMember], key: Callable[[StaffMember], str]) -> dict[str, list]:
    found: dict[str, list[StaffMember]] = defaultdict(list)
    for person in people:
        if key(person):
            found[key(person)].append(person)
    return dict(found)


def name_of(row: Row) -> str:
    return " ".join(row.raw(name) for name in NAMES).strip()


@dataclass
class Matched:
    """The people whom rows may name, and what was asked and answered so far."""

    people: list[StaffMember]
    answers: Mapping[str, str] = field(default_factory=dict)
    asked: dict[str, Question] = field(default_factory=dict)
    may_be_new: bool = False  # a list of staff brings new people; other lists do not
    agencies: Loose[Agency] | None = None  # by which a row may name an agency

    def __post_init__(self) -> None:
        self.by_number = {str(person.pk): person for person in self.people}
        self.by_reference = index(self.people, lambda person: person.reference)
        self.by_email = index(self.people, lambda person: person.work_email.lower())
        self.by_plain = index(self.people, lambda person: plain(person.reference))
        self.by_name = index(self.people, lambda person: folded(person.name))

    def person(
        self, row: Row, agency: Agency | None = None, optional: bool = False
    ) -> StaffMember | None:
        """The one whom a row names; None when it names nobody, is refused, or waits for an answer."""
        if not (row.raw("staff_ref") or row.raw("work_email") or name_of(row)):
            row.filled("staff_ref", optional)
            return None
        if agency is None and self.agencies and row.raw("agency"):
            agency = self.agencies.named(row, "agency")
            if agency is None:
                return None
        found = self.sure(row, agency) or self.asked_about(row, agency)
        if not found and row.ok and not self.may_be_new:
            column, says = self.named_by(row)
            row.refuse(column, f"{shown(says)} is not known here. {CHECK}")
        return found

    def named_by(self, row: Row) -> tuple[str, str]:
        """What a row names somebody by, the surest first."""
        for column in ("staff_ref", "work_email"):
            if row.raw(column):
                return column, row.raw(column)
        return "last_name", name_of(row)

    def sure(self, row: Row, agency: Agency | None) -> StaffMember | None:
        """By reference, else by work e-mail; refused where two have it, or the name is another's."""
        for column, people in (("staff_ref", self.by_reference), ("work_email", self.by_email)):
            key = row.raw(column)
            found = within(people.get(key if column == "staff_ref" else key.lower(), ()), agency)
            if len(found) > 1:
                row.refuse(column, f"{len(found)} agencies have a person with that. Name the agency.")
                return None
            if found:
                return self.refused_as_other(row, column, found[0])
        return None

    def refused_as_other(self, row: Row, column: str, person: StaffMember) -> StaffMember | None:
        """The person, unless the row calls them by quite another name: then somebody mistyped."""
        if not all(row.raw(name) for name in NAMES):
            return person
        if not set(folded(name_of(row)).split()) & set(folded(person.name).split()):
            row.refuse(
                column, f"{shown(row.raw(column))} is {person.name} here, and the row names "
                f"{shown(name_of(row))}. Mend whichever is wrong.",
            )
            return None
        return person

    def asked_about(self, row: Row, agency: Agency | None) -> StaffMember | None:
        """Whoever was answered; else the near misses are asked about, and the row waits."""
        if not row.ok:
            return None
        near = within(self.by_plain.get(plain(row.raw("staff_ref")), ()), agency)
        near += [p for p in within(self.by_name.get(folded(name_of(row)), ()), agency) if p not in near]
        if not near:
            return None
        key = key_of(row, agency)
        answer = self.answers.get(key, "")
        if answer in self.by_number and self.by_number[answer] in near:
            return self.by_number[answer]
        if answer == NOBODY:
            row.refuse("", "Nobody here is meant by this row, as you answered.")
        elif answer != NEW or not self.may_be_new:
            self.ask(row, key, near)
        return None

    def ask(self, row: Row, key: str, near: list[StaffMember]) -> None:
        row.doubtful = True
        parts = (name_of(row), row.raw("staff_ref"), row.raw("work_email"))
        says = ", ".join(part for part in parts if part)
        question = self.asked.setdefault(
            key, Question(key, says, near[:MOST_OPTIONS], may_be_new=self.may_be_new)
        )
        question.rows.append(row.number)


def within(people: Iterable[StaffMember], agency: Agency | None) -> list[StaffMember]:
    return [person for person in people if agency is None or person.agency_id == agency.pk]


def key_of(row: Row, agency: Agency | None) -> str:
    """One question for all rows that name somebody by the same words."""
    words = (row.raw("staff_ref"), row.raw("work_email").lower(), name_of(row), str(agency and agency.pk))
    return hashlib.sha256("\x1f".join(words).encode()).hexdigest()[:16]
