"""Many people at the log at the same moment, on PostgreSQL: SQLite would hide a lost lock."""

from __future__ import annotations

import pytest

from compliance import actions
from compliance.actions.logged import DATE_SEEN
from compliance.models import Action, ActionReminder
from partnership.models import OutboxMessage, User
from partnership.stale import ChangedSince, fingerprint
from tests.compliance.logged.conftest import soon
from tests.compliance.logged.test_acts import at

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]
PEOPLE = 8


def test_numbers_are_given_once_and_none_is_left_out(race, log, sam):
    found = race(*(lambda n=n: log(asked=f"Action {n}.").number for n in range(PEOPLE)))
    assert sorted(found) == [f"NW-A-{n:03}" for n in range(1, PEOPLE + 1)]


def test_a_double_click_makes_one(race, log, alice):
    first, second = race(log)
    assert first == second and Action.objects.count() == 1
    assert OutboxMessage.objects.filter(to=alice.email).count() == 1


def test_it_is_closed_once(race, action, sam, mo):
    found = race(*(
        lambda by=by: actions.close_action(by=by, action=action, outcome=f"By {by.pk}.") for by in (sam, mo)
    ))
    assert sum(isinstance(one, ChangedSince) for one in found) == 1
    assert action.steps.count() == 1
    row = Action.objects.get()
    assert row.outcome == f"By {row.closed_by_id}."


def test_a_date_is_moved_by_one_of_two(race, action, sam, mo):
    seen = fingerprint(action, DATE_SEEN)

    def move(by: User, days: int):
        return actions.move_due(by=by, action=action, due_on=soon(days), reason="Holidays.", seen=seen)

    found = race(lambda: move(sam, 40), lambda: move(mo, 50))
    assert sum(isinstance(one, ChangedSince) for one in found) == 1 and action.steps.count() == 1


def test_two_clocks_remind_once(race, action, alice):
    late = at(soon(31))
    assert sorted(race(lambda: actions.chase_actions(late))) == [0, 1]
    assert ActionReminder.objects.count() == OutboxMessage.objects.count() == 1
