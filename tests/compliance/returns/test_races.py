"""Two people at one return at the same moment, on PostgreSQL: SQLite would hide a lost lock."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from compliance import actions
from compliance.actions import returns
from compliance.models import ReturnReminder, ReturnRound, ReturnSignOff
from partnership.models import HistoryEntry, OutboxMessage, today
from tests.compliance.returns.conftest import TERM, in_days, make_late, sign

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def slow_reading(monkeypatch, abreast):
    """Both stand between reading the numbers and writing the sign-off."""
    read = returns.numbers_of

    def slowly(row):
        found = read(row)
        abreast.wait()
        return found

    monkeypatch.setattr(returns, "numbers_of", slowly)


def test_two_leads_who_press_at_once_sign_one_return(race, of_a, alice, slow_reading):
    answers = race(lambda: sign(of_a, by=alice))
    assert sorted(type(answer).__name__ for answer in answers) == ["ReturnSignOff", "ValidationError"]
    assert ReturnSignOff.objects.count() == 1
    assert HistoryEntry.objects.filter(verb="signed").count() == 1


def test_without_the_lock_two_leads_collide(race, of_a, alice, slow_reading, unlocked):
    """The control: the test above can see the fault; the constraint is the last line."""
    answers = race(lambda: sign(of_a, by=alice))
    assert any("IntegrityError" in type(answer).__name__ for answer in answers)
    assert ReturnSignOff.objects.count() == 1


def test_a_round_that_is_closed_while_somebody_signs_holds_one_or_the_other(
    race, asked, of_a, alice, slow_reading
):
    answers = race(lambda: sign(of_a, by=alice), lambda: actions.close_round(by=None, asked=asked))
    refused = [answer for answer in answers if isinstance(answer, ValidationError)]
    assert ReturnSignOff.objects.count() == 1 - len(refused)
    assert ReturnRound.objects.get().closed_at


def test_two_presses_of_ask_open_one_round(race, partnership, agency_a, alice, mo):
    answers = race(
        lambda: actions.open_round(by=mo, partnership=partnership, period=TERM, due_on=in_days(9))
    )
    assert sorted(type(answer).__name__ for answer in answers) == ["ReturnRound", "ValidationError"]
    assert OutboxMessage.objects.filter(to=alice.email).count() == 1


def test_two_clocks_and_a_manager_write_each_lead_once(race, asked, alice, charlie, mo):
    ReturnReminder.objects.all().delete()
    make_late(asked)
    on = today()
    race(
        lambda: actions.chase_returns(on), lambda: actions.chase_returns(on),
        lambda: actions.remind_now(by=mo, asked=asked, on=on),
    )
    for lead in (alice, charlie):
        assert OutboxMessage.objects.filter(to=lead.email).count() == 1
    assert OutboxMessage.objects.filter(to=mo.email).count() <= 1


def test_sent_back_and_taken_back_at_once_end_it_once(race, of_a, mo, alice):
    sign(of_a)
    answers = race(
        lambda: actions.send_back_return(by=mo, row=of_a, reason="Leavers."),
        lambda: actions.take_back_return(by=alice, row=of_a),
    )
    assert sum(isinstance(answer, ValidationError) for answer in answers) == 1
    assert of_a.sign_offs.get().ended_at
