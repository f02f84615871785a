"""The next meetings that are due to each family: by when, what is booked, and what is late."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from dateutil.relativedelta import relativedelta
from django.db.models import QuerySet

from conferences.choices import CONFERENCES, FIRST, INITIALS, MeetingKind, MeetingState, Timed
from conferences.rules import LocalRules
from partnership.models import Partnership
from partnership.workdays import NoCalendar

READ = (
    "pk", "partnership_id", "reference", "family_ref", "kind", "state", "held_on",
    "strategy_discussion_on", "children_on_plan_after",
)


class Booking(StrEnum):
    """How it stands with a meeting that is due."""

    LATE = "late"
    TOO_LATE = "too_late"
    OPEN = "open"
    BOOKED = "booked"
    UNKNOWN = "unknown"

    @property
    def words(self) -> str:
        return WORDS[self]


WORDS = {
    Booking.LATE: "Late, not booked", Booking.TOO_LATE: "Booked too late", Booking.OPEN: "Not booked yet",
    Booking.BOOKED: "Booked in time", Booking.UNKNOWN: "Not known",
}
LATE = frozenset({Booking.LATE, Booking.TOO_LATE})
CORE_GROUPS = frozenset({Timed.FIRST_CORE_GROUP, Timed.NEXT_CORE_GROUP})
QUIET = relativedelta(months=12)  # twice the longest time between two reviews


class Fact(NamedTuple):
    """A meeting as far as the next dates ask."""

    pk: int
    partnership_id: int
    reference: str
    family_ref: str
    kind: str
    state: str
    held_on: date
    strategy_discussion_on: date | None
    children_on_plan_after: int


@dataclass(frozen=True, slots=True)
class NextDate:
    """A meeting that is due to a family."""

    what: Timed
    family_ref: str
    partnership_id: int
    after: Fact  # the meeting that makes it due
    due_on: date | None
    booked: Fact | None
    state: Booking
    met_on: date  # the last day on which the family had a meeting, or has one

    @property
    def late(self) -> bool:
        return self.state in LATE

    def quiet(self, on: date) -> bool:
        """The family has had no meeting for so long that its plan has likely ended unrecorded."""
        return self.met_on < on - QUIET


def facts_of(meetings: QuerySet) -> list[Fact]:
    """Some meetings, one query."""
    return [Fact._make(row) for row in meetings.order_by().values_list(*READ)]


def rules_of(facts: Iterable[Fact]) -> dict[int, LocalRules]:
    """The local rules of the partnerships that have meetings among these."""
    places = Partnership.objects.filter(pk__in={fact.partnership_id for fact in facts})
    return {place.pk: LocalRules.of(place) for place in places}


def late_after(meetings: QuerySet, on: date) -> list[int]:
    """The meetings after which the next one is late."""
    facts = facts_of(meetings)
    return [row.after.pk for row in next_dates(facts, rules_of(facts), on) if row.late]


def next_dates(
    facts: Iterable[Fact], rules: dict[int, LocalRules], on: date
) -> list[NextDate]:
    """What is due to each family, soonest first; meetings without a family's reference tell nothing."""
    families: dict[tuple[int, str], list[Fact]] = defaultdict(list)
    for fact in facts:
        if fact.family_ref and fact.state != MeetingState.CANCELLED:
            families[fact.partnership_id, fact.family_ref].append(fact)
    found = []
    for (place, _), family in families.items():
        family.sort(key=lambda fact: (fact.held_on, fact.pk))
        found += due_to(family, rules[place], on)
    return sorted(found, key=lambda row: (row.due_on or date.max, row.after.pk, row.what))


def due_to(family: list[Fact], rules: LocalRules, on: date) -> list[NextDate]:
    """The next conference of one family, and while a plan runs its next core group."""
    last = next((f for f in reversed(family) if f.kind in CONFERENCES and f.state == MeetingState.HELD), None)
    if last is None:
        first = next((f for f in reversed(family) if f.kind in INITIALS and f.strategy_discussion_on), None)
        return [reckoned(Timed.INITIAL, first, family, rules, on)] if first else []
    if not last.children_on_plan_after:
        return []
    what = Timed.FIRST_REVIEW if last.kind in FIRST else Timed.LATER_REVIEW
    return [reckoned(what, last, family, rules, on), core_group(family, last, rules, on)]


def core_group(family: list[Fact], last: Fact, rules: LocalRules, on: date) -> NextDate:
    """The first core group after the conference that made the plan, then each after the one before."""
    held = [f for f in family if f.state == MeetingState.HELD]
    start = max((place for place, f in enumerate(held) if f.kind in FIRST), default=0)
    before = [f for f in held[start:] if f.kind == MeetingKind.CORE_GROUP]
    if before:
        return reckoned(Timed.NEXT_CORE_GROUP, before[-1], family, rules, on)
    made = held[start] if held[start].children_on_plan_after else last
    return reckoned(Timed.FIRST_CORE_GROUP, made, family, rules, on)


def reckoned(
    what: Timed, after: Fact, family: list[Fact], rules: LocalRules, on: date
) -> NextDate:
    start = after.strategy_discussion_on if what is Timed.INITIAL else after.held_on
    due_on = last_day(rules, what, start)
    booked = booking(what, after, family)
    return NextDate(
        what, after.family_ref, after.partnership_id, after, due_on, booked,
        standing(due_on, booked, on), max(fact.held_on for fact in family),
    )


def asked_of(
    rules: LocalRules, kind: str, day: date, discussed_on: date | None, family: Iterable[Fact]
) -> tuple[Timed, date, date] | None:
    """The timescale that a meeting of a family falls under, its first day and the last that is in time."""
    if kind in INITIALS:
        due_on = discussed_on and last_day(rules, Timed.INITIAL, discussed_on)
        return (Timed.INITIAL, discussed_on, due_on) if due_on else None
    if kind not in (MeetingKind.REVIEW, MeetingKind.CORE_GROUP):
        return None
    before = [f for f in family if f.held_on < day and f.state != MeetingState.CANCELLED]
    before.sort(key=lambda fact: (fact.held_on, fact.pk))
    core = kind == MeetingKind.CORE_GROUP
    for row in due_to(before, rules, day):
        if row.due_on and row.what != Timed.INITIAL and (row.what in CORE_GROUPS) == core:
            return row.what, row.after.held_on, row.due_on
    return None


def booking(what: Timed, after: Fact, family: list[Fact]) -> Fact | None:
    """The first meeting of the right sort that is planned after the one before."""
    if what is Timed.INITIAL:
        wanted = [f for f in family if f.kind in INITIALS]
    else:
        core = what in CORE_GROUPS
        wanted = [
            f for f in family if (f.kind == MeetingKind.CORE_GROUP if core else f.kind in CONFERENCES)
            and (f.held_on, f.pk) > (after.held_on, after.pk)
        ]
    return next((f for f in wanted if f.state == MeetingState.PLANNED), None)


def standing(due_on: date | None, booked: Fact | None, on: date) -> Booking:
    if due_on is None:
        return Booking.UNKNOWN
    if booked:
        return Booking.TOO_LATE if booked.held_on > due_on else Booking.BOOKED
    return Booking.LATE if due_on < on else Booking.OPEN


def last_day(rules: LocalRules, what: Timed, start: date) -> date | None:
    """The last day that is in time; None where no holidays are known so far ahead."""
    try:
        return rules.limit(what, start).due(start, rules.calendar)
    except NoCalendar:
        return None
