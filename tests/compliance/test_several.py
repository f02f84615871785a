"""Several partnerships together: each thing counted once, beside a reckoning in plain Python."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from compliance.demo import factories as make
from compliance.measures import Scope, score
from compliance.measures.definitions import (
    CONFERENCE_ATTENDANCE,
    DUTY_TRAINED,
    QUORACY,
    TRAINING_CURRENT,
)
from compliance.period import Period
from compliance.scorecard import Basis, Scorecard
from conferences.choices import Expectation, MeetingKind, MeetingState, Mode, Outcome
from conferences.models import Attendance, Meeting
from partnership.models import Agency, Partnership, StaffMember
from tests.conftest import with_default_rules
from training.models import TrainingRecord

YEAR, CLOSED = Period(2014), datetime(2015, 4, 7, 12, tzinfo=UTC)
LONG_AGO = date(2009, 4, 1)
pytestmark = pytest.mark.django_db


@dataclass
class World:
    """What was made, as plain facts."""

    places: list[Partnership]
    members: dict[int, set[int]]  # agency: its partnerships
    asked: dict[int, set[int]]  # partnership: the courses that it asks
    people: list[StaffMember]
    done: dict[int, dict[int, date]]  # person: course: when
    meetings: list[Meeting]
    seats: dict[tuple[int, int], bool] = field(default_factory=dict)  # meeting, agency: represented
    sent: list[tuple[int, int]] = field(default_factory=list)  # meeting, person: attended

    def due_of(self, person: StaffMember, places: set[int]) -> set[int]:
        """The courses asked of somebody in some partnerships, each once."""
        own = {person.works_for_id} if person.works_for_id else self.members[person.agency_id]
        return {course for place in own & places for course in self.asked[place]}

    def training(self, places: set[int]) -> tuple[int, int]:
        due = [(p.pk, c) for p in self.people for c in self.due_of(p, places)]
        return sum(self.in_date(*one) for one in due), len(due)

    def in_date(self, person: int, course: int) -> bool:
        return course in self.done.get(person, {})

    def attendance(self, places: set[int]) -> tuple[int, int]:
        there = {m.pk for m in self.meetings if m.partnership_id in places}
        found = [met for (meeting, _), met in self.seats.items() if meeting in there]
        return sum(found), len(found)

    def duty(self, places: set[int]) -> tuple[int, int]:
        """Attendances judged by what the meeting's own partnership asks."""
        of, met, total = {m.pk: m for m in self.meetings}, 0, 0
        people = {p.pk: p for p in self.people}
        for meeting, person in self.sent:
            place = of[meeting].partnership_id
            due = self.due_of(people[person], {place}) if place in places else set()
            if due:
                total += 1
                met += all(self.done.get(person, {}).get(c, date.max) <= of[meeting].held_on for c in due)
        return met, total


def built(seed: int, *, shared: bool) -> World:
    """Three partnerships with some agencies each, of which some are shared when it is said so."""
    choose = random.Random(seed)
    make.reseed_random(seed)
    places = [with_default_rules(make.PartnershipFactory(code=f"P{n}", name=f"Place {n}")) for n in range(3)]
    group = make.RoleGroupFactory(code="front", title="Front line")
    courses = [make.CourseFactory(code=f"C{n}", valid_months=None, conference_duty=True) for n in range(3)]
    asked = {place.pk: set() for place in places}
    for place in places:
        for course in choose.sample(courses, choose.randint(1, 2)):
            make.RequirementFactory(
                partnership=place, role_group=group, courses=[course], within_days=30, effective_from=LONG_AGO
            )
            asked[place.pk].add(course.pk)
    members: dict[int, set[int]] = {}
    for number in range(6):
        agency = make.AgencyFactory(name=f"Agency {number}")
        where = choose.sample(places, choose.randint(1, 3)) if shared else [places[number % 3]]
        for place in where:
            make.MembershipFactory(partnership=place, agency=agency, code=f"A{number}")
        members[agency.pk] = {place.pk for place in where}
    world = World(places, members, asked, [], {}, [])
    people(world, group, courses, choose)
    meetings(world, choose)
    return world


def people(world: World, group, courses, choose: random.Random) -> None:
    for agency, where in world.members.items():
        for _ in range(4):
            works_for = choose.choice([None, None, *sorted(where)])
            person = make.StaffMemberFactory(
                agency_id=agency, role_group=group, started_on=LONG_AGO, works_for_id=works_for
            )
            world.people.append(person)
            for course in choose.sample(courses, choose.randint(0, 3)):
                day = date(2014, 1, 1) + timedelta(choose.randrange(400))
                make.TrainingRecordFactory(staff_member=person, course=course, completed_on=day, expires_on=None)
                world.done.setdefault(person.pk, {})[course.pk] = day
    assert TrainingRecord.objects.count() == sum(map(len, world.done.values()))


def meetings(world: World, choose: random.Random) -> None:
    for number in range(12):
        place = choose.choice(world.places)
        meeting = make.MeetingFactory(
            partnership=place, reference=f"M-{number}", kind=MeetingKind.REVIEW, state=MeetingState.HELD,
            held_on=YEAR.first + timedelta(choose.randrange(365)), closed_at=CLOSED, quorate=choose.random() < 0.7,
            quorum_sentence="Judged.", family_ref=f"F{choose.randrange(4)}", children=2, children_on_plan_after=1,
        )
        world.meetings.append(meeting)
        own = [agency for agency, where in world.members.items() if place.pk in where]
        for agency in choose.sample(own, min(len(own), 3)):
            seat(world, meeting, agency, choose)


def seat(world: World, meeting: Meeting, agency: int, choose: random.Random) -> None:
    """A line of an agency; two when two of its people were invited, which is still one agency."""
    invited = choose.sample([p for p in world.people if p.agency_id == agency], choose.randint(1, 2))
    for person in invited:
        came = choose.random() < 0.6
        Attendance.objects.create(
            meeting=meeting, agency_id=agency, staff_member=person, invited_on=meeting.held_on - timedelta(20),
            expectation=Expectation.ATTEND, involved=True,
            **({"outcome": Outcome.ATTENDED, "mode": Mode.IN_PERSON} if came else {"outcome": Outcome.APOLOGIES}),
        )
        key = meeting.pk, agency
        world.seats[key] = world.seats.get(key, False) or came
        world.sent += [(meeting.pk, person.pk)] * came


def whole(card: Scorecard, measure, basis: Basis | None = None) -> tuple[int, int]:
    found = card.result(measure.key).reading(basis or measure.basis)
    return found.met, found.total


def cards(world: World) -> tuple[Scorecard, list[Scorecard]]:
    together = score(Scope.over(world.places), YEAR, before=False)
    return together, [score(Scope(place), YEAR, before=False) for place in world.places]


def both(together: Scorecard, apart: list[Scorecard]) -> Iterator[tuple[object, int, int]]:
    """Each whole of the union beside the sum of the parts."""
    for result in together.results:
        for reading in result.readings:
            if not reading.by or reading.by[0][0] in ("unit", "what", "kind", "mode", "who"):
                others = [card.result(result.measure.key).reading(reading.basis, **dict(reading.by)) for card in apart]
                yield reading, reading.total, sum(one.total for one in others)
                yield reading, reading.met, sum(one.met for one in others)


@pytest.mark.parametrize("seed", range(6))
def test_what_is_shared_is_counted_once_as_plain_python_counts_it(seed, calendar):
    world = built(seed, shared=True)
    together, apart = cards(world)
    every = {place.pk for place in world.places}
    assert whole(together, TRAINING_CURRENT) == world.training(every)
    assert whole(together, CONFERENCE_ATTENDANCE) == world.attendance(every)
    assert whole(together, DUTY_TRAINED) == world.duty(every)
    assert whole(together, QUORACY) == (sum(m.quorate for m in world.meetings), len(world.meetings))
    for place, card in zip(world.places, apart, strict=True):
        assert whole(card, TRAINING_CURRENT) == world.training({place.pk})
        assert whole(card, DUTY_TRAINED) == world.duty({place.pk})
    assert [r for r, union, added in both(together, apart) if union > added] == []
    assert sum(r.total for r in together.result(TRAINING_CURRENT.key).broken_down("agency")) == whole(
        together, TRAINING_CURRENT
    )[1]


def test_where_nothing_is_shared_all_is_the_sum_of_the_parts(calendar):
    world = built(7, shared=False)
    together, apart = cards(world)
    found = list(both(together, apart))
    assert [r for r, union, added in found if union != added] == []
    assert sum(union for _, union, _ in found) > 50
    for count in together.counts:
        if not count.by:
            assert count.value == sum(card.count(count.key) for card in apart), count.key
    assert together.title == together.partnership == "Place 0, Place 1 and Place 2"


def test_meetings_that_no_partnership_of_theirs_held_are_not_held_against_agencies(calendar):
    world = built(8, shared=True)
    together, apart = cards(world)
    of_all = whole(together, CONFERENCE_ATTENDANCE, Basis.ALL)
    assert of_all == tuple(map(sum, zip(*(whole(c, CONFERENCE_ATTENDANCE, Basis.ALL) for c in apart), strict=True)))


def test_an_agency_over_the_partnerships_that_it_serves_and_no_other(calendar):
    world = built(9, shared=True)
    agency = next(a for a, where in world.members.items() if len(where) > 1)
    rows = Agency.objects.get(pk=agency).memberships.select_related("agency", "partnership").order_by("partnership__name")
    first, *_ = rows
    scope = Scope(first.partnership, first).together(world.places)
    assert [part.partnership.pk for part in scope.parts] == [row.partnership_id for row in rows]
    card = score(scope, YEAR, before=False)
    own = [p for p in world.people if p.agency_id == agency]
    due = [(p.pk, c) for p in own for c in world.due_of(p, world.members[agency])]
    assert whole(card, TRAINING_CURRENT) == (sum(world.in_date(*one) for one in due), len(due))
    seats = [met for (_, of), met in world.seats.items() if of == agency]
    assert whole(card, CONFERENCE_ATTENDANCE) == (sum(seats), len(seats))


def test_families_of_different_partnerships_are_different_whatever_they_are_called(calendar):
    world = built(10, shared=True)
    together, apart = cards(world)
    families = {(m.partnership_id, m.family_ref) for m in world.meetings}
    assert together.count("families_on_plan") == len(families) == sum(c.count("families_on_plan") for c in apart)


def test_one_more_partnership_costs_as_many_queries_as_the_last(calendar):
    world, asked = built(11, shared=True), []
    for number in (2, 3):
        with CaptureQueriesContext(connection) as queries:
            score(Scope.over(world.places[:number]), YEAR, before=False)
        asked.append(len(queries))
    assert asked[1] - asked[0] <= 25
