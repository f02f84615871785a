"""Two people at one rule at the same moment, on PostgreSQL: a sentence, never a fault."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from compliance.actions import set_target
from compliance.models import Target
from conferences import actions
from conferences.actions import registers
from conferences.choices import Timed, Unit
from conferences.models import Meeting, QuorumRule, Timescale
from partnership import dated
from partnership.actions import add_bank_holidays, change_labels, remove_bank_holiday
from partnership.actions.labels import LABELS
from partnership.dated import seen_of
from partnership.models import BankHoliday, HistoryEntry, today
from partnership.stale import fingerprint

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]
SOON = today() + timedelta(days=10)


def outcome(answers) -> list[str]:
    return sorted(type(answer).__name__ for answer in answers)


@pytest.mark.parametrize("seen", ["", "looked"])
def test_two_new_versions_of_one_day_are_one(race, partnership, seen):
    """Whether or not the page looked: the second is refused in words."""
    rows = partnership.timescales.filter(what=Timed.NOTICE)
    looked = seen_of(rows) if seen else ""
    answers = race(lambda: actions.set_timescale(
        by=None, partnership=partnership, what=Timed.NOTICE, amount=3, unit=Unit.WORKING_DAYS,
        effective_from=SOON, seen=looked,
    ))
    refused = "ChangedSince" if seen else "ValidationError"
    assert outcome(answers) == sorted(["Timescale", refused])
    assert Timescale.objects.filter(partnership=partnership, what=Timed.NOTICE).count() == 2


def test_without_the_lock_two_versions_of_one_day_collide(race, partnership, unlocked, abreast, monkeypatch):
    """The control: the test above can see the fault."""

    def slowly(row, *args, **more):
        row.full_clean()
        abreast.wait()
        row.save()
        return row

    monkeypatch.setattr(dated, "save_new", slowly)
    monkeypatch.setattr(dated, "save_changed", lambda *args, **more: True)
    answers = race(lambda: actions.set_timescale(
        by=None, partnership=partnership, what=Timed.NOTICE, amount=3, unit=Unit.WORKING_DAYS,
        effective_from=SOON,
    ))
    assert outcome(answers) == ["IntegrityError", "Timescale"]


def test_two_quorums_two_expectations_and_two_targets_of_one_day_are_one_each(race, partnership):
    terms = {"required_sectors": ["police"], "others": 1}
    for act, kind in (
        (lambda: actions.set_quorum(by=None, partnership=partnership, effective_from=SOON, **terms),
         "QuorumRule"),
        (lambda: actions.expect(by=None, partnership=partnership, expectation="report",
                                effective_from=SOON), "ExpectationRule"),
        (lambda: set_target(by=None, partnership=partnership, measure="quoracy",
                            good_from=Decimal(90), watch_from=Decimal(80), effective_from=SOON),
         "Target"),
    ):
        assert outcome(race(act)) == sorted([kind, "ValidationError"])
    assert Target.objects.count() == 1


def test_a_rule_and_a_closing_at_once_never_disagree(
    race, partnership, meeting, abreast, monkeypatch
):
    """Either the register was closed first and the rule is refused for its day, or it is judged by it."""
    check = registers.check_closable

    def slowly(row):
        check(row)
        abreast.wait()

    monkeypatch.setattr(registers, "check_closable", slowly)
    on, terms = date(2015, 1, 1), {"required_sectors": ["police"], "others": 9}
    answers = race(
        lambda: actions.close_registers(by=None, meetings=[meeting], tell=False),
        lambda: actions.set_quorum(by=None, partnership=partnership, effective_from=on, **terms),
    )
    row = Meeting.objects.get(pk=meeting.pk)
    new = QuorumRule.objects.filter(partnership=partnership, effective_from=on).first()
    if new is None:
        assert any(isinstance(answer, ValidationError) for answer in answers)
        assert row.quorum_rule.effective_from < on
    else:
        assert row.quorum_rule == new


@pytest.mark.parametrize("act", [
    lambda rule: actions.correct_quorum(by=None, rule=rule, required_sectors=["police"], others=9),
    lambda rule: actions.remove_rule(by=None, rule=rule),
])
def test_a_version_put_right_and_a_closing_at_once_never_disagree(
    race, partnership, meeting, abreast, monkeypatch, act
):
    """Either the register was judged by the version, which then stays; or by what stands in its place."""
    rule = actions.set_quorum(
        by=None, partnership=partnership, effective_from=date(2015, 1, 1), required_sectors=[], others=1
    )
    check = registers.check_closable

    def slowly(row):
        check(row)
        abreast.wait()

    monkeypatch.setattr(registers, "check_closable", slowly)
    answers = race(
        lambda: actions.close_registers(by=None, meetings=[meeting], tell=False), lambda: act(rule)
    )
    row, now = Meeting.objects.get(pk=meeting.pk), QuorumRule.objects.filter(pk=rule.pk).first()
    refused = any(isinstance(answer, ValidationError) for answer in answers)
    if now is None:
        assert not refused and row.quorum_rule.effective_from < rule.effective_from
    else:
        assert row.quorum_rule == now and now.others == (1 if refused else 9)


def test_one_bank_holiday_put_in_twice_at_once_is_there_once(race, partnership):
    days = {SOON: "A day of mourning"}
    answers = race(lambda: add_bank_holidays(by=None, country="ENG", days=days))
    assert sorted(answers) == [0, 1]
    assert HistoryEntry.objects.filter(verb="added", subject__contains="mourning").count() == 1


def test_one_bank_holiday_taken_away_twice_at_once_goes_once(race, partnership):
    day = BankHoliday.objects.get(on=date(2015, 4, 3))
    answers = race(lambda: remove_bank_holiday(by=None, holiday=day))
    assert outcome(answers) == ["NoneType", "ValidationError"]
    assert HistoryEntry.objects.filter(verb="removed").count() == 1


def test_two_changes_of_the_names_at_once_never_overwrite(race, partnership):
    seen = fingerprint(partnership, LABELS)
    answers = race(
        lambda: change_labels(by=None, partnership=partnership, seen=seen, label="One"),
        lambda: change_labels(by=None, partnership=partnership, seen=seen, label="Two"),
    )
    assert outcome(answers) == ["ChangedSince", "bool"]
