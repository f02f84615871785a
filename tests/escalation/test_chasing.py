"""Reminders: the one that fits the time, once each, to whom the policy names, saying nothing."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from escalation import actions
from escalation.actions import clocks
from escalation.choices import Contact, ReminderKind, Tell
from escalation.models import Reminder
from escalation.stages import LOCAL, LimitUnit, Move
from partnership.models import BankHoliday, HistoryEntry, OutboxMessage, User
from tests.escalation.acting import SOON, START, act, open_stage

pytestmark = pytest.mark.django_db

NEARLY, DUE, OVERDUE = ReminderKind.NEARLY_DUE, ReminderKind.DUE, ReminderKind.OVERDUE


def at(day: int, hour: int = 9, month: int = 6) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=LOCAL)


@pytest.fixture
def waiting(case):
    """Due at the end of Monday 8 June; nothing in the outbox."""
    OutboxMessage.objects.all().delete()
    return case


def kinds(case) -> list[str]:
    return list(Reminder.objects.filter(stage__escalation=case).values_list("kind", flat=True))


def mails() -> list[str]:
    return sorted(OutboxMessage.objects.values_list("to", flat=True))


@pytest.mark.parametrize(
    ("now", "kind"),
    [
        (at(1, 11), None), (at(4), None), (at(4, 23), None),
        (at(5, 0), NEARLY),  # Friday: one working day before Monday
        (at(6), NEARLY), (at(7, 23), NEARLY),
        (at(8, 0), DUE), (at(8, 23), DUE),
        (at(9, 0), OVERDUE), (at(9, 0, month=12), OVERDUE),
    ],
)
def test_a_reminder_is_the_one_that_fits_the_time(waiting, now, kind):
    assert actions.chase(now) == (kind is not None)
    assert kinds(waiting) == ([kind] if kind else [])


@pytest.mark.parametrize(("days", "first"), [(0, at(8, 0)), (1, at(5, 0)), (3, at(3, 0))])
def test_nearly_due_is_so_many_working_days_before_as_the_policy_says(waiting, days, first):
    type(waiting.policy).objects.filter(pk=waiting.policy.pk).update(nearly_days=days)
    assert actions.chase(first - timedelta(seconds=1)) == 0
    assert actions.chase(first) == 1


def test_each_kind_is_written_once_however_often_it_runs(waiting):
    written = [actions.chase(at(1, 11) + timedelta(hours=n)) for n in range(0, 24 * 15, 3)]
    assert sum(written) == 3
    assert kinds(waiting) == [NEARLY, DUE, OVERDUE]
    assert HistoryEntry.objects.filter(verb="reminded").count() == 3


def test_a_missed_week_gives_only_that_it_is_overdue(waiting):
    actions.chase(at(15))
    actions.chase(at(15))
    assert kinds(waiting) == [OVERDUE]


def test_a_clock_that_jumps_back_repeats_nothing(waiting):
    for day in (8, 10, 8, 6, 9):
        actions.chase(at(day))
    assert sorted(kinds(waiting)) == sorted([DUE, OVERDUE, NEARLY])


@pytest.mark.parametrize("state", ["answered", "paused", "closed", "acknowledged"])
def test_a_stage_that_waits_for_nobody_is_not_chased(waiting, bob, rita, state):
    move, by = {
        "answered": (Move.ANSWER, rita), "paused": (Move.PAUSE, bob),
        "closed": (Move.WITHDRAW, bob),
        "acknowledged": (Move.ACKNOWLEDGE, rita),  # the twin: received, and still to be answered
    }[state]
    act(move, by, waiting)
    expected = [OVERDUE] if state == "acknowledged" else []
    assert actions.chase(at(10)) == len(expected)
    assert kinds(waiting) == expected


def test_a_stage_that_is_answered_between_the_question_and_the_lock_is_not_chased(waiting, rita):
    stage = open_stage(waiting)
    act(Move.ANSWER, rita, waiting)
    assert clocks.remind(stage, OVERDUE, at(10)) is False
    assert kinds(waiting) == []


def test_each_stage_has_its_own_reminders(waiting, bob):
    actions.chase(at(9))
    act(Move.MOVE_UP, bob, waiting, at(9))
    actions.chase(at(30))
    written = list(Reminder.objects.values_list("stage__number", "kind"))
    assert written == [(1, OVERDUE), (2, OVERDUE)]


def test_reminders_go_to_those_whom_the_policy_names(waiting, alice, bob, charlie, rita, mo):
    actions.chase(at(8))
    assert mails() == [rita.email]  # the person who is to answer
    OutboxMessage.objects.all().delete()
    actions.chase(at(9))
    assert mails() == sorted([bob.email, charlie.email, rita.email])
    OutboxMessage.objects.all().delete()
    Reminder.objects.all().delete()
    step = open_stage(waiting).policy_stage
    step.tell_overdue = [Tell.RAISING_LEAD, Tell.MANAGER, Tell.DECIDER, Tell.MANAGER]
    step.save()
    actions.chase(at(9))
    assert mails() == sorted([alice.email, mo.email])  # each once; nobody is to decide yet


def test_a_reminder_without_a_named_person_goes_to_the_agencys_lead(raised, charlie):
    case = raised()
    stage = open_stage(case)
    type(stage).objects.update(responder=None)
    OutboxMessage.objects.all().delete()
    actions.chase(at(8))
    assert mails() == [charlie.email]


def test_mail_holds_reference_agencies_and_link_and_no_name_nor_narrative(
    raised, partnership, rita, settings
):
    """Canaries in every name and every free text: none of them flies."""
    settings.SITE_URL = "https://quorate.example"
    for user in User.objects.all():
        User.objects.filter(pk=user.pk).update(name=f"Canaryname {user.pk}")
    type(partnership).objects.update(name="Canaryplace")
    case = raised(concern="Canaryconcern", outcome_wanted="Canarywanted")
    bob = case.raised_by
    act(Move.ACKNOWLEDGE, rita, case)
    act(Move.PAUSE, bob, case, reason="Canarypause")
    act(Move.RESUME, bob, case)
    actions.chase(at(9))
    act(Move.ANSWER, rita, case, at(9), text="Canaryanswer")
    act(Move.ASK_SKIP, bob, case, at(9), reason="Canaryskip")
    act(Move.ACCEPT, bob, case, at(10), resolution="Canaryresolution", training_need="Canaryneed")
    written = list(OutboxMessage.objects.all())
    assert len(written) >= 10
    for message in written:
        text = f"{message.subject}\n{message.body}"
        assert "anary" not in text
        assert message.subject.startswith(f"{case.reference}: ")
        assert case.reference in message.body and "https://quorate.example/" in message.body
        assert all(a.name in message.body for a in (case.about, case.raised_for))


def test_the_command_prints_its_count(waiting):
    out = StringIO()
    call_command("chase_deadlines", stdout=out)
    past = datetime.now(LOCAL) > open_stage(waiting).due_at
    assert out.getvalue() == f"{1 if past else 0} reminder{'' if past else 's'} written.\n"


@pytest.mark.parametrize(
    ("written", "words"), [(0, "0 reminders"), (1, "1 reminder"), (2, "2 reminders")]
)
def test_the_command_says_how_many(monkeypatch, written, words):
    monkeypatch.setattr(
        "escalation.management.commands.chase_deadlines.chase", lambda: written
    )
    out = StringIO()
    call_command("chase_deadlines", stdout=out)
    assert out.getvalue() == f"{words} written.\n"


def test_a_year_without_holidays_keeps_nobody_else_from_a_reminder(
    waiting, raised, partnership, rita
):
    """Of a limit in hours at the end of the known years, and of all the others in the same run."""
    BankHoliday.objects.filter(on__year__gt=2026).delete()
    actions.adopt_policy(
        by=None, partnership=partnership, name="Hours", effective_from=date(2026, 6, 1),
        nearly_days=5,
        stages=[{
            "title": "Only", "raised_by": Contact.PRACTITIONER, "answered_by": Contact.LINE_MANAGER,
            "limit_amount": 72, "limit_unit": LimitUnit.CLOCK_HOURS,
            "tell_nearly_due": [Tell.RESPONDER],
        }],
    )
    late = raised(now=datetime.combine(date(2026, 12, 30), time(9), LOCAL))
    assert actions.chase(datetime.combine(date(2026, 12, 30), time(10), LOCAL)) == 2
    assert (kinds(waiting), kinds(late)) == ([OVERDUE], [NEARLY])


def test_chasing_takes_a_fixed_number_of_queries_when_nothing_is_called_for(
    raised, rita, django_assert_num_queries
):
    """A stage that was reminded costs a question; one that is not near costs none."""
    for _ in range(3):
        raised(now=START)
    with django_assert_num_queries(2):
        assert actions.chase(SOON) == 0
