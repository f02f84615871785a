"""A bank holiday that is added or removed moves the open deadlines it concerns, and those alone."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest
from django.db import transaction

from escalation import actions
from escalation.actions.clocks import redate_stage
from escalation.choices import Contact
from escalation.stages import LOCAL, LimitUnit, Move
from partnership.actions import add_bank_holidays, remove_bank_holiday
from partnership.models import BankHoliday, HistoryEntry
from tests.conftest import known_holidays, member
from tests.escalation.acting import SOON, START, act, open_stage

pytestmark = pytest.mark.django_db

WITHIN, DUE_DAY, AFTER = date(2026, 6, 4), date(2026, 6, 8), date(2026, 6, 9)
DUE = datetime.combine(DUE_DAY, time.max, LOCAL)
LATER = datetime.combine(date(2026, 6, 9), time.max, LOCAL)


def add(*days: date, country="ENG", by=None) -> int:
    return add_bank_holidays(by=by, country=country, days=dict.fromkeys(days, "A new holiday"))


def due(case) -> datetime | None:
    return case.stages.order_by("number").last().due_at


def reckonings() -> list[HistoryEntry]:
    return list(HistoryEntry.objects.filter(verb="reckoned anew").order_by("pk"))


@pytest.mark.parametrize(("day", "moved"), [(WITHIN, True), (DUE_DAY, True), (AFTER, False),
                                            (START.date(), False), (date(2026, 6, 6), False)])
def test_a_new_holiday_moves_the_deadlines_that_run_over_it(case, day, moved):
    assert due(case) == DUE
    add(day)
    assert due(case) == (LATER if moved else DUE)
    assert len(reckonings()) == moved


def test_a_holiday_taken_back_moves_them_back(case):
    add(WITHIN)
    remove_bank_holiday(by=None, holiday=BankHoliday.objects.get(on=WITHIN))
    assert due(case) == DUE
    before_and_after = [entry.changes["due_at"] for entry in reckonings()]
    assert [[datetime.fromisoformat(one) for one in pair] for pair in before_and_after] == [
        [DUE, LATER], [LATER, DUE],
    ]


def test_a_reckoning_is_in_the_history_of_partnership_and_agency(case, agency_b, partnership, mo):
    add(WITHIN, by=mo)
    [entry] = reckonings()
    assert (entry.partnership, entry.agency, entry.user) == (partnership, agency_b, None)
    assert (entry.subject_type, entry.subject_id) == ("escalation.stage", open_stage(case).pk)
    assert HistoryEntry.objects.get(verb="added", subject_type="partnership.bankholiday").user == mo


@pytest.mark.parametrize("state", ["running", "acknowledged", "answered", "paused", "withdrawn"])
def test_only_running_deadlines_move(case, bob, rita, state):
    moves = {
        "acknowledged": (Move.ACKNOWLEDGE, rita), "answered": (Move.ANSWER, rita),
        "paused": (Move.PAUSE, bob), "withdrawn": (Move.WITHDRAW, bob),
    }
    if state in moves:
        act(*moves[state][:1], moves[state][1], case)
    before = due(case)
    add(WITHIN)
    if state in ("running", "acknowledged"):
        assert (due(case), len(reckonings())) == (LATER, 1)
    else:
        assert (due(case), reckonings()) == (before, [])


def test_a_stage_that_was_answered_in_that_moment_keeps_its_deadline(case, rita):
    """Found while it ran, answered before its lock was taken: whether in time is not judged anew."""
    stage = open_stage(case)
    act(Move.ANSWER, rita, case)
    BankHoliday.objects.create(country="ENG", on=WITHIN, title="A new holiday")
    assert redate_stage(stage) is False and due(case) == DUE


def test_a_stage_that_was_left_keeps_its_deadline(case, bob, rita):
    act(Move.ANSWER, rita, case)
    act(Move.MOVE_UP, bob, case)  # on 2 June: due on the 9th
    add(WITHIN)
    assert case.stages.get(number=1).due_at == DUE
    assert case.stages.get(number=2).due_at == datetime.combine(date(2026, 6, 10), time.max, LOCAL)
    assert len(reckonings()) == 1


def test_a_paused_case_is_reckoned_with_the_new_holiday_when_it_runs_on(case, bob):
    act(Move.PAUSE, bob, case, SOON)
    add(WITHIN)
    act(Move.RESUME, bob, case, SOON)
    assert due(case) == LATER


@pytest.mark.parametrize(("unit", "moved"), [("clock_hours", False), ("working_days", True)])
def test_limits_in_hours_do_not_move(raised, partnership, rita, unit, moved):
    actions.adopt_policy(
        by=None, partnership=partnership, name="One stage", effective_from=date(2020, 1, 1),
        stages=[{
            "title": "Only", "raised_by": Contact.PRACTITIONER, "answered_by": Contact.LINE_MANAGER,
            "limit_amount": 72 if unit == "clock_hours" else 3, "limit_unit": LimitUnit(unit),
        }],
    )
    case = raised()
    before = due(case)
    add(date(2026, 6, 3))
    assert (due(case) != before) == moved


@pytest.mark.parametrize("country", ["ENG", "WLS"])
def test_holidays_of_another_country_move_nothing(raised, partnership, agency_a, rita, country):
    partnership.country = country
    partnership.save()
    add_bank_holidays(by=None, country="WLS", days=known_holidays())
    case = raised()
    add(WITHIN, country="ENG")
    assert (due(case) == LATER) == (country == "ENG")


def test_cases_of_every_partnership_of_the_country_move(case, raised, elsewhere, agency_c, bob):
    other = member(elsewhere, "POL", "Southmere Police", "police")
    actions.adopt_preset(
        by=None, partnership=elsewhere, preset="default", effective_from=date(2020, 1, 1)
    )
    there = raised(partnership=elsewhere, raised_for=agency_c, about=other)
    add(WITHIN)
    assert (due(case), due(there)) == (LATER, LATER)
    assert len(reckonings()) == 2


def test_twice_is_harmless(case):
    assert [add(WITHIN), add(WITHIN)] == [1, 0]
    assert actions.redate(country="ENG", days=[WITHIN]) == 0
    assert actions.redate(country="ENG", days=[]) == 0
    assert (due(case), len(reckonings())) == (LATER, 1)


def test_a_reckoning_that_is_rolled_back_leaves_nothing(case):
    before = HistoryEntry.objects.count()
    with pytest.raises(RuntimeError), transaction.atomic():
        add(WITHIN)
        assert due(case) == LATER
        raise RuntimeError
    assert (due(case), HistoryEntry.objects.count()) == (DUE, before)
    assert not BankHoliday.objects.filter(on=WITHIN).exists()


def test_the_last_holiday_of_a_year_cannot_go_while_a_deadline_needs_it(case):
    others = BankHoliday.objects.filter(on__year=2026).exclude(on=date(2026, 1, 1))
    others.delete()
    last = BankHoliday.objects.get(on=date(2026, 1, 1))
    with pytest.raises(Exception, match="No bank holidays are known for 2026"):
        remove_bank_holiday(by=None, holiday=last)
    assert BankHoliday.objects.filter(on=date(2026, 1, 1)).exists()
    act(Move.WITHDRAW, case.raised_by, case)
    remove_bank_holiday(by=None, holiday=BankHoliday.objects.get(on=date(2026, 1, 1)))
