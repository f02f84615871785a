"""Each person's standing kept beside them, so that a long list is sorted and narrowed by the database.

Only the *order* of lists rests on what is kept: what a page shows of a person is reckoned anew from
``standing.py``, which also makes what is kept, so that there is one definition.

A kept row is good for the days on which nothing can change without an act, and only while its
``version`` is the one that it was reckoned for. Every act that concerns somebody's standing calls
``forget``, which raises the version inside the act's transaction; who reads a list brings up to date
what is no longer good. A reader that was overtaken by an act leaves a row of an older version, which
the next reader reckons again: no lock, and nothing lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import NamedTuple

from django.db.models import F, Q, QuerySet

from partnership.models import StaffMember
from training.choices import EXPIRING_WITHIN_DAYS
from training.due import rows_by_person, urgency, worst
from training.models import KeptStanding, Requirement, last_day_to_start
from training.standing import NO_EXPIRY, Row, TrainingBook, open_book

AT_ONCE = 1_000
NOTHING_ASKED = urgency(None, None)
RECKONED = ["reckoned", "good_from", "good_until", "urgency", "standings"]


class Ranked(NamedTuple):
    """A person's place in a list: how urgent what they are asked is, and what else to sort by."""

    pk: int
    urgency: int
    texts: tuple[str, ...]


def ranking(
    people: QuerySet[StaffMember], texts: tuple[str, ...], course_id: int | None = None
) -> list[Ranked]:
    """Everybody by what is kept; with a course, by what asks for that course alone."""
    if course_id is None:
        rows = people.values_list("pk", "kept__urgency", *texts)
        return [Ranked(pk, urgent, rest) for pk, urgent, *rest in rows]
    asking = set(Requirement.objects.filter(courses=course_id).values_list("pk", flat=True))
    rows = people.values_list("pk", "kept__standings", *texts)
    return [Ranked(pk, most_urgent(kept, asking), rest) for pk, kept, *rest in rows]


def most_urgent(kept: list[list[int]], asking: set[int]) -> int:
    """Of a person's kept standings, the worst of some requirements."""
    found = (urgent for requirement, urgent in kept if requirement in asking)
    return min(found, default=NOTHING_ASKED)


def forget(people: QuerySet[StaffMember] | Iterable[int]) -> None:
    """What is kept of these people is good no more; the caller holds the transaction of the change.

    Rows are locked in one order, so that two acts about the same people never wait for each other.
    """
    numbers = with_later_lines(
        people.values_list("pk", flat=True) if isinstance(people, QuerySet) else people
    )
    for start in range(0, len(numbers), AT_ONCE):
        some = numbers[start : start + AT_ONCE]
        missing(some)
        rows = KeptStanding.objects.filter(staff_member__in=some)
        list(rows.select_for_update().order_by("pk").values_list("pk", flat=True))
        rows.update(version=F("version") + 1)


def with_later_lines(numbers: Iterable[int]) -> list[int]:
    """Those people, and wherever they moved to since: training goes along."""
    found, ahead = set(), set(numbers)
    while ahead:
        found |= ahead
        moved: set[int] = set()
        some = sorted(ahead)
        for start in range(0, len(some), AT_ONCE):
            lines = StaffMember.objects.filter(moved_from__in=some[start : start + AT_ONCE])  # unscoped: upkeep
            moved.update(lines.values_list("pk", flat=True))
        ahead = moved - found
    return sorted(found)


def missing(numbers: Iterable[int]) -> None:
    """A row for everybody, so that an act in another transaction has something to raise."""
    rows = [KeptStanding(staff_member_id=number) for number in numbers]
    KeptStanding.objects.bulk_create(rows, ignore_conflicts=True)


def bring_up_to_date(people: QuerySet[StaffMember], on: date) -> None:
    """Reckon again whatever is no longer good of some people: mostly nothing."""
    numbers = list(outdated(people, on).order_by().values_list("pk", flat=True))
    for start in range(0, len(numbers), AT_ONCE):
        keep(numbers[start : start + AT_ONCE], on)


def outdated(people: QuerySet[StaffMember], on: date) -> QuerySet[StaffMember]:
    good = Q(
        kept__version=F("kept__reckoned"), kept__good_from__lte=on, kept__good_until__gt=on
    )
    return people.filter(Q(kept=None) | Q(kept__reckoned=None) | ~good)


def keep(numbers: list[int], on: date) -> None:
    """The version is read before anything else: what changes meanwhile is seen by the next reader."""
    missing(numbers)
    rows = KeptStanding.objects.filter(staff_member__in=numbers)
    versions = dict(rows.values_list("staff_member_id", "version"))
    book = open_book(StaffMember.objects.filter(pk__in=numbers))  # unscoped: within a list's reach
    rows_of = rows_by_person(book, on)
    found = [
        kept_row(book, person, rows_of[person.pk], on, versions[person.pk]) for person in book.people
    ]
    KeptStanding.objects.bulk_create(
        found, update_conflicts=True, unique_fields=["staff_member"], update_fields=RECKONED
    )


def kept_row(
    book: TrainingBook, person: StaffMember, rows: list[Row], on: date, version: int
) -> KeptStanding:
    return KeptStanding(
        staff_member=person, reckoned=version, good_from=on, good_until=next_change(book, person, rows, on),
        urgency=worst(person, rows).urgency,
        standings=[[row.requirement.pk, urgency(row.standing, row.expires_on)] for row in rows],
    )


def next_change(book: TrainingBook, person: StaffMember, rows: list[Row], on: date) -> date:
    """The first day after this one on which a standing can change without anybody doing anything."""
    days = {*turning_days(book, person), *(day for row in rows for day in days_of_expiry(row))}
    return min((day for day in days if day > on), default=NO_EXPIRY)


def turning_days(book: TrainingBook, person: StaffMember) -> Iterator[date]:
    """When the person comes or goes, an exemption begins or ends, a rule comes in or goes out, or a
    starter's window closes."""
    yield person.started_on
    yield person.left_on or NO_EXPIRY
    for exemption in book.exemptions.get(person.pk, ()):
        yield exemption.from_on
        yield exemption.until_on
    for requirement in book.requirements.get(person.role_group_id, ()):
        yield requirement.effective_from
        yield requirement.effective_until or NO_EXPIRY
        yield last_day_to_start(person.started_on, requirement.within_days) + timedelta(days=1)


def days_of_expiry(row: Row) -> Iterator[date]:
    """When what is in date begins to expire, and when it has."""
    if row.expires_on:
        yield row.expires_on - timedelta(days=EXPIRING_WITHIN_DAYS)
        yield row.expires_on
