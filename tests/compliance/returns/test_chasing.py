"""Reminders of returns: when, to whom, once each; and one summary for the manager."""

from __future__ import annotations

from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, transaction

from compliance import actions
from compliance.actions.return_chasing import days_late, step_called_for
from compliance.apps import ComplianceConfig
from compliance.demo import factories as make
from compliance.models import ReminderStep, ReturnReminder
from partnership.models import BankHoliday, Grant, HistoryEntry, OutboxMessage, User
from partnership.roles import Role
from tests.compliance.returns.conftest import TERM, in_days, sign

pytestmark = pytest.mark.django_db
DUE = date(2026, 10, 14)  # a Wednesday
NEARLY, LATE = ReminderStep.NEARLY_DUE, ReminderStep.LATE


@pytest.fixture
def due(asked, alice, charlie, mo):
    """The round of the other tests, due on a Wednesday; nobody was written to."""
    type(asked).objects.filter(pk=asked.pk).update(due_on=DUE)
    ReturnReminder.objects.all().delete()
    asked.refresh_from_db()
    return asked


def mails() -> list[tuple[str, str]]:
    """To whom, and about what: since the last time that was asked."""
    found = sorted(OutboxMessage.objects.values_list("to", "subject"))
    OutboxMessage.objects.all().delete()
    return [(to.split("@")[0], subject.partition(": ")[2]) for to, subject in found]


# --- When -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "step"),
    [
        (date(2026, 10, 6), None), (date(2026, 10, 7), (NEARLY, 0)),  # five working days before
        (date(2026, 10, 14), (NEARLY, 0)), (date(2026, 10, 15), (LATE, 0)),
        (date(2026, 10, 17), (LATE, 0)), (date(2026, 10, 21), (LATE, 0)),
        (date(2026, 10, 22), (LATE, 1)), (date(2026, 10, 28), (LATE, 1)), (date(2026, 10, 29), (LATE, 2)),
        (date(2026, 11, 5), (LATE, 3)), (date(2026, 12, 31), (LATE, 3)),  # and no more
    ],
)
def test_a_day_calls_for_the_step_that_fits(calendar, on, step):
    assert step_called_for(DUE, on, calendar) == step


def test_nobody_is_late_on_a_weekend_or_a_bank_holiday(calendar):
    friday = date(2026, 8, 28)
    for day in (29, 30, 31):  # the 31st is a bank holiday
        assert step_called_for(friday, date(2026, 8, day), calendar) is None
    assert step_called_for(friday, date(2026, 9, 1), calendar) == (LATE, 0)


def test_without_a_calendar_weekdays_count(calendar):
    BankHoliday.objects.all().delete()
    empty = BankHoliday.objects.calendar("ENG")
    assert days_late(date(2026, 10, 16), date(2026, 10, 20), empty) == 2
    assert step_called_for(DUE, DUE - timedelta(days=5), empty) == (NEARLY, 0)


def test_the_constant_says_how_often(calendar, settings):
    settings.RETURN_REMINDERS_AT_MOST = 1
    assert step_called_for(DUE, date(2026, 12, 1), calendar) == (LATE, 1)


# --- To whom --------------------------------------------------------------------------------------


def test_the_leads_hear_of_it_when_it_is_opened(partnership, agency_a, agency_b, alice, charlie, mo):
    actions.open_round(by=mo, partnership=partnership, period=TERM, due_on=in_days(30))
    body = OutboxMessage.objects.get(to=alice.email).body
    assert "/reports/returns/" in body and "Northwold Social Care" in body
    assert "Police" not in body and "Alice" not in body  # its own agency, and nobody's name
    assert [to for to, _ in mails()] == ["alice", "charlie"]


def test_each_step_is_written_once_however_often_the_work_runs(due, of_a, of_b):
    sign(of_b)
    for half_day in range(2 * 35):
        actions.chase_returns(date(2026, 10, 5) + timedelta(days=half_day // 2))
    lines = [(to, subject) for to, subject in mails()]
    assert lines.count(("alice", "Your agency’s return is due on 14 October 2026")) == 1
    assert lines.count(("alice", "Your agency’s return was due on 14 October 2026")) == 4
    assert lines.count(("mo", "1 agency is late with the return")) == 1
    assert len(lines) == 6  # and Charlie, who has signed, hears nothing
    assert HistoryEntry.objects.filter(verb="reminded", agency=of_a.membership.agency).count() == 5


def test_after_missed_weeks_only_the_step_that_fits_is_written(due):
    assert actions.chase_returns(date(2026, 12, 1)) == 2
    assert actions.chase_returns(date(2026, 12, 1)) == actions.chase_returns(date(2026, 12, 20)) == 0
    assert ReturnReminder.objects.values_list("number", flat=True).distinct().get() == 3
    assert ("mo", "2 agencies are late with the return") in mails()


def test_a_later_due_date_is_chased_anew(due, mo):
    actions.chase_returns(date(2026, 10, 15))
    mails()
    later = date(2099, 10, 14)
    actions.change_due(by=mo, asked=due, due_on=later)
    assert actions.chase_returns(date(2026, 10, 16)) == 0
    assert actions.chase_returns(later) == 2
    assert actions.chase_returns(later + timedelta(days=5)) == 2
    assert [to for to, _ in mails()].count("mo") == 1


def test_a_parts_lead_comes_first_and_a_parents_lead_hears_of_all_parts_in_one_mail(
    due, agency_a, agency_b, alice, charlie
):
    trust = make.AgencyFactory(name="Northwold Trust")
    type(trust).objects.filter(pk__in=[agency_a.pk, agency_b.pk]).update(parent=trust)
    above = make.GrantFactory(role=Role.AGENCY_LEAD, agency=trust).user
    actions.chase_returns(DUE)
    assert [to for to, _ in mails()] == ["alice", "charlie"]
    Grant.objects.filter(user__in=[alice, charlie]).delete()
    ReturnReminder.objects.all().delete()
    actions.chase_returns(DUE)
    [message] = OutboxMessage.objects.all()
    assert message.to == above.email
    assert all(name in message.body for name in ("Northwold Social Care", "Northwold Police"))


def test_an_agency_without_a_lead_is_not_down_as_reminded_and_its_next_lead_is(due, of_a, alice):
    Grant.objects.filter(user=alice).update(until_on=date(2020, 1, 1), from_on=date(2019, 1, 1))
    assert actions.chase_returns(DUE) == 1 and not of_a.reminders.exists()
    Grant.objects.filter(user=alice).update(until_on=None)
    assert actions.chase_returns(DUE) == 1 and of_a.reminders.count() == 1
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert actions.chase_returns(DUE + timedelta(days=1)) == 1  # Charlie only


def test_closed_rounds_are_not_chased(due):
    actions.close_round(by=None, asked=due)
    assert actions.chase_returns(date(2026, 10, 20)) == 0 and mails() == []


# --- By hand --------------------------------------------------------------------------------------


def test_remind_now_once_a_day(due, of_a, of_b, mo):
    sign(of_b)
    assert actions.remind_now(by=mo, asked=due, on=date(2026, 10, 1)) == 1
    with pytest.raises(ValidationError, match="reminded today already"):
        actions.remind_now(by=mo, asked=due, on=date(2026, 10, 1))
    assert actions.remind_now(by=mo, asked=due, on=date(2026, 10, 2)) == 1
    assert [to for to, _ in mails()] == ["alice", "alice"]
    with pytest.raises(IntegrityError), transaction.atomic():  # the last line
        make.ReturnReminderFactory(agency_return=of_a, step="now", sent_on=date(2026, 10, 2))


def test_nobody_gets_two_mails_on_a_day(due, mo):
    assert actions.remind_now(by=mo, asked=due, on=DUE) == 2
    assert actions.chase_returns(DUE) == 0
    assert actions.chase_returns(DUE + timedelta(days=1)) == 2


def test_the_command_and_the_hour_do_it(due, monkeypatch):
    out = StringIO()
    call_command("chase_returns", stdout=out)
    assert "reminders written." in out.getvalue() or "1 reminder written." in out.getvalue()
    assert "chase_returns" in ComplianceConfig.ready.__code__.co_names


def test_a_run_with_nothing_to_do_asks_little(due, django_assert_num_queries):
    with django_assert_num_queries(2):  # the rounds, the calendar
        assert actions.chase_returns(date(2026, 9, 1)) == 0


def test_who_was_sent_back_hears_of_it_without_the_reason(due, of_a, mo):
    sign(of_a)
    mails()
    actions.send_back_return(by=mo, row=of_a, reason="Leavers are on it.")
    message = OutboxMessage.objects.get()
    assert message.to == "alice@example.org" and "Leavers" not in message.body
