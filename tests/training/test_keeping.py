"""What is kept of standings agrees with what is reckoned: on every day, after every act, in any order."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest

from compliance.demo import factories as make
from partnership.models import StaffMember
from tests.partnership.test_history import ACTS, World
from training.actions import log_training
from training.choices import Standing
from training.due import standing_of, urgency, who_is_due
from training.keeping import bring_up_to_date, forget, keep, outdated, ranking
from training.models import Course, KeptStanding
from training.standing import open_book

pytestmark = pytest.mark.django_db
TODAY = date(2015, 4, 1)


def everybody():
    return StaffMember.objects.order_by("pk")


def kept(on, course=None):
    bring_up_to_date(everybody(), on)
    return {row.pk: row.urgency for row in ranking(everybody(), (), course)}


def reckoned(on, course=None):
    return {row.person.pk: row.urgency for row in who_is_due(open_book(everybody()), on, course)}


def test_urgency_sorts_the_worst_first_and_gives_the_standing_back():
    worst_first = [
        urgency(Standing.EXPIRED, date(2014, 1, 1)), urgency(Standing.EXPIRED, date(2015, 1, 1)),
        urgency(Standing.NEVER, None), urgency(Standing.EXPIRING, date(2015, 6, 1)),
        urgency(Standing.CURRENT, None), urgency(None, None),
    ]
    assert worst_first == sorted(worst_first)
    assert [standing_of(one) for one in worst_first[1:4]] == [
        Standing.EXPIRED, Standing.NEVER, Standing.EXPIRING
    ]
    assert standing_of(worst_first[-1]) is None


@pytest.fixture
def busy(partnership, agency_a, agency_b, role_group):
    """Thirty people with everything that a standing can rest on, drawn at random."""
    chance = random.Random(7)
    courses = make.CourseFactory.create_batch(4)
    for course in courses[:3]:
        make.RequirementFactory(
            partnership=partnership, role_group=role_group, courses=[course],
            within_days=chance.choice([0, 90]), effective_from=TODAY + timedelta(days=chance.randint(-900, 60)),
        )
    make.RequirementFactory(
        partnership=partnership, role_group=role_group, courses=courses, hours=10, over_months=24
    )
    for _ in range(30):
        person = make.StaffMemberFactory(
            agency=chance.choice([agency_a, agency_b]), role_group=role_group,
            started_on=TODAY + timedelta(days=chance.randint(-2000, 40)),
            left_on=chance.choice([None, None, TODAY + timedelta(days=chance.randint(50, 400))]),
        )
        for course in chance.sample(courses, chance.randint(0, 4)):
            day = TODAY - timedelta(days=chance.randint(0, 1500))
            make.TrainingRecordFactory(
                staff_member=person, course=course, completed_on=day,
                expires_on=chance.choice([None, day + timedelta(days=1096)]),
            )
        if chance.random() < 0.3:
            start = TODAY + timedelta(days=chance.randint(-100, 100))
            make.ExemptionFactory(staff_member=person, from_on=start, until_on=start + timedelta(days=80))
    return courses


def test_what_is_kept_holds_on_every_day_until_it_says_it_may_not(busy):
    """Reckoned once, it is asked for day after day: only those are reckoned again who changed."""
    bring_up_to_date(everybody(), TODAY)
    again = 0
    for day in (TODAY + timedelta(days=n) for n in range(0, 420, 7)):
        again += outdated(everybody(), day).count()
        assert kept(day) == reckoned(day), day
        assert kept(day, busy[0].pk) == reckoned(day, busy[0].pk), day
    assert 30 < again < 30 * 30


def test_a_day_before_is_reckoned_again(busy):
    kept(TODAY)
    assert kept(TODAY - timedelta(days=30)) == reckoned(TODAY - timedelta(days=30))


@pytest.fixture
def world(mo, partnership, agency_a, staff_a, meeting, filled_training):
    return World(mo, partnership, agency_a, staff_a, meeting)


@pytest.fixture
def filled_training(partnership, role_group, staff_a):
    course = make.CourseFactory(code="KEPT")
    make.RequirementFactory(partnership=partnership, role_group=role_group, courses=[course])
    make.TrainingRecordFactory(staff_member=staff_a, course=course, completed_on=date(2014, 4, 1))


@pytest.mark.parametrize("name", ACTS)
def test_every_act_leaves_what_is_kept_true(world, name):
    """Whatever an act changes, the list that is read next agrees with the reckoning."""
    act = ACTS[name][0](world)
    kept(TODAY)
    act()
    assert kept(TODAY) == reckoned(TODAY)


def test_an_act_that_forgot_to_say_so_would_be_noticed(world, staff_a):
    """The control: a record that comes by no action leaves the kept row as it was."""
    before = kept(TODAY)
    renewed = make.TrainingRecordFactory(
        staff_member=staff_a, course=Course.objects.get(code="KEPT"), completed_on=date(2015, 3, 1)
    )
    assert renewed.confirmed_at
    assert kept(TODAY) == before != reckoned(TODAY)


def test_a_reader_who_was_overtaken_leaves_nothing_for_true(busy):
    """An act comes between the reader's look at the version and its writing: the next reader sees it."""
    person = everybody().first()
    keep([person.pk], TODAY)
    forget([person.pk])
    KeptStanding.objects.filter(pk=person.pk).update(urgency=1)  # written late, for the version before
    assert list(outdated(everybody().filter(pk=person.pk), TODAY)) == [person]
    assert kept(TODAY) == reckoned(TODAY)


def test_nothing_is_reckoned_twice(busy, django_assert_num_queries):
    bring_up_to_date(everybody(), TODAY)
    with django_assert_num_queries(1):
        bring_up_to_date(everybody(), TODAY)


def test_who_moved_twice_takes_their_training_along(world, staff_a, agency_b):
    second = make.StaffMemberFactory(
        agency=agency_b, role_group=staff_a.role_group, moved_from=staff_a, started_on=TODAY
    )
    third = make.StaffMemberFactory(
        agency=agency_b, role_group=staff_a.role_group, moved_from=second,
        started_on=TODAY + timedelta(days=1),
    )
    later = TODAY + timedelta(days=9)
    before = kept(later)[third.pk]
    log_training(
        by=None, staff_member=staff_a, course=Course.objects.get(code="KEPT"), completed_on=date(2015, 3, 3)
    )
    assert kept(later)[third.pk] == reckoned(later)[third.pk] != before
