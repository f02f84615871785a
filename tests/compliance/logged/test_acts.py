"""What can be done to an action, in which order, and what each act leaves behind."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from compliance import actions
from compliance.actions.logged import ASKED_SEEN, DATE_SEEN
from compliance.demo import factories as make
from compliance.models import Action, ActionSource, ActionState, StepKind
from partnership.models import HistoryEntry, OutboxMessage, today
from partnership.stale import ChangedSince, fingerprint
from tests.compliance.logged.conftest import ASKED, soon

pytestmark = pytest.mark.django_db


def read(row: Action) -> Action:
    return Action.objects.with_carried().get(pk=row.pk)


# --- Logging ----------------------------------------------------------------------------------------


def test_numbers_run_by_partnership_without_gaps(log, elsewhere, agency_c):
    numbers = [log(asked=f"{n}. {ASKED}").number for n in range(3)]
    assert numbers == ["NW-A-001", "NW-A-002", "NW-A-003"]
    assert log(partnership=elsewhere, owner=agency_c).number == "SM-A-001"
    Action.objects.filter(number="NW-A-003").update(number="NW-A-999")
    assert log(asked="After 999").number == "NW-A-1000"
    assert log(asked="After 1000").number == "NW-A-1001"


def test_a_refused_one_leaves_no_gap(log, agency_c):
    with pytest.raises(ValidationError) as refused:
        log(owner=agency_c)
    assert refused.value.message_dict == {"owner": ["Southmere Social Care is not an agency of Northwold."]}
    assert log().number == "NW-A-001"


def test_the_same_form_twice_makes_one(log, mo):
    first = log()
    assert log() == first and Action.objects.count() == 1
    assert HistoryEntry.objects.filter(verb="logged").count() == 1
    assert log(by=mo) != first, "another person logs their own"


def test_the_owners_leads_are_told_without_what_is_asked(log, alice, charlie):
    row = log()
    [mail] = OutboxMessage.objects.all()
    assert (mail.to, mail.subject) == (alice.email, "NW-A-001: an action is yours")
    assert f"/reports/actions/{row.number}/" in mail.body and "Northwold Social Care" in mail.body
    assert "duty rota" not in mail.body


@pytest.mark.parametrize(
    ("source", "beside"),
    [
        (ActionSource.REPORT, {"period": "2014-15"}),
        (ActionSource.MEETING, {}),
        (ActionSource.MEASURE, {"met_on": soon()}),
        (ActionSource.ESCALATION, {}),
    ],
)
def test_a_source_has_its_own_facts_and_no_others(log, source, beside):
    with pytest.raises(ValidationError, match="Say where the action comes from"):
        log(source=source, **beside)
    assert log(source=ActionSource.MEASURE, measure="contribution").measure == "contribution"
    with pytest.raises(IntegrityError), transaction.atomic():
        Action.objects.update(measure="")


def test_a_period_is_kept_as_an_address_names_it(log, agency_b):
    row = log(source=ActionSource.REPORT, about=agency_b, period="2014-15 q3")
    assert row.period == "2014-15-Q3"
    with pytest.raises(ValidationError, match="is not a period"):
        log(source=ActionSource.REPORT, about=agency_b, period="last year")


def test_no_child_is_named(log, action):
    for text in ("Ring 943 476 5919.", "The girl born 1 May 2010", "Visit RG12 1JD"):
        with pytest.raises(ValidationError, match="looks like"):
            log(asked=text)
        with pytest.raises(ValidationError, match="looks like"):
            actions.note_progress(by=None, action=action, text=text)


def test_a_due_day_is_ahead_and_not_far(log):
    for due_on in (today() - timedelta(days=1), today() + timedelta(days=800)):
        with pytest.raises(ValidationError) as refused:
            log(due_on=due_on)
        assert set(refused.value.message_dict) == {"due_on"}
    assert log(due_on=today()).state(today()) is ActionState.OPEN


def test_an_escalation_is_of_the_same_partnership(log, elsewhere):
    far = make.EscalationFactory(partnership=elsewhere)
    with pytest.raises(ValidationError, match="Choose an escalation of Northwold"):
        log(source=ActionSource.ESCALATION, escalation=far)


# --- Where it stands --------------------------------------------------------------------------------


def test_overdue_is_a_question_about_the_day(action, alice):
    late = action.due_on + timedelta(days=1)
    assert action.state(action.due_on) is ActionState.OPEN
    assert action.state(late) is ActionState.OVERDUE
    assert list(Action.objects.overdue(late)) == [action] and not Action.objects.overdue(action.due_on)
    actions.report_done(by=alice, action=action, text="The rota is out.")
    assert read(action).state(late) is ActionState.DONE and not Action.objects.overdue(late)
    assert list(Action.objects.in_state("done", late)) == [action]


def test_moves_of_the_date_are_counted_when_they_are_later(action, mo):
    for days, carried in ((40, 1), (60, 2), (50, 2)):
        actions.move_due(by=mo, action=action, due_on=soon(days), reason=f"Reason {days}")
        assert (read(action).carried, read(action).due_on) == (carried, soon(days))
    steps = list(action.steps.values_list("kind", "from_on", "to_on", "text"))
    assert steps[0] == ("moved", soon(30), soon(40), "Reason 40") and len(steps) == 3
    with pytest.raises(ValidationError, match="already"):
        actions.move_due(by=mo, action=action, due_on=soon(50), reason="Again")
    with pytest.raises(ValidationError):
        actions.move_due(by=mo, action=action, due_on=soon(70), reason=" ")
    assert read(action).due_on == soon(50), "nothing is half written"


def test_the_whole_life_leaves_its_steps(action, alice, mo):
    actions.note_progress(by=alice, action=action, text="Half is done.", by_owner=True)
    actions.report_done(by=alice, action=action, text="All is done.")
    actions.reopen_action(by=mo, action=action, reason="The rota lacks reviews.")
    assert read(action).done_at is None
    actions.close_action(by=mo, action=action, outcome="Deputies come.")
    row = read(action)
    assert (row.closed_by, row.outcome, row.state(today())) == (mo, "Deputies come.", ActionState.CLOSED)
    actions.reopen_action(by=mo, action=action, reason="They stopped coming.")
    row = read(action)
    assert (row.closed_at, row.closed_by, row.outcome) == (None, None, "")
    assert [(s.kind, s.by_owner) for s in action.steps.all()] == [
        (StepKind.PROGRESS, True), (StepKind.DONE, True), (StepKind.REOPENED, False),
        (StepKind.CLOSED, False), (StepKind.REOPENED, False),
    ]
    assert action.steps.get(kind=StepKind.CLOSED).text == "Deputies come.", "the outcome is not lost"


def test_what_comes_too_late_is_refused_with_a_sentence(action, alice, mo, sam):
    actions.close_action(by=mo, action=action, outcome="Done.")
    said = f"NW-A-001 was closed on {today().day} {today():%B %Y}. Open it again first."
    for act in (
        lambda: actions.close_action(by=sam, action=action, outcome="Done too."),
        lambda: actions.note_progress(by=alice, action=action, text="More."),
        lambda: actions.report_done(by=alice, action=action, text="Done."),
        lambda: actions.move_due(by=sam, action=action, due_on=soon(60), reason="Late."),
        lambda: actions.change_action(
            by=sam, action=action, asked="Else", owner=action.owner, owner_title=""),
    ):
        with pytest.raises(ChangedSince) as refused:
            act()
        assert refused.value.messages == [said]
    actions.reopen_action(by=mo, action=action, reason="Too soon.")
    with pytest.raises(ChangedSince, match="open already"):
        actions.reopen_action(by=sam, action=action, reason="Too soon as well.")


def test_a_step_sent_twice_is_one(action, alice, mo):
    for act in (
        lambda: actions.note_progress(by=alice, action=action, text="Half."),
        lambda: actions.move_due(by=mo, action=action, due_on=soon(60), reason="Holidays."),
        lambda: actions.report_done(by=alice, action=action, text="All."),
        lambda: actions.close_action(by=mo, action=action, outcome="Done."),
        lambda: actions.reopen_action(by=mo, action=action, reason="No."),
    ):
        assert act() == act()
    assert action.steps.count() == 5 and read(action).carried == 1


def test_a_new_owner_is_told_and_a_stale_change_is_refused(action, agency_b, charlie, sam):
    seen = fingerprint(action, ASKED_SEEN)
    new = {"asked": "Else.", "owner": agency_b, "owner_title": "Inspector"}
    assert actions.change_action(by=sam, action=action, seen=seen, **new)
    assert [mail.to for mail in OutboxMessage.objects.all()] == [charlie.email]
    assert not actions.change_action(by=sam, action=action, seen=seen, **new), "nothing differs"
    with pytest.raises(ChangedSince):
        actions.change_action(by=sam, action=action, seen=seen, **new | {"asked": "Other."})
    late = fingerprint(action, DATE_SEEN)
    actions.move_due(by=sam, action=action, due_on=soon(60), reason="Holidays.", seen=late)
    with pytest.raises(ChangedSince):
        actions.move_due(by=sam, action=action, due_on=soon(70), reason="More.", seen=late)


# --- Reminders --------------------------------------------------------------------------------------


def at(day) -> datetime:
    return datetime(day.year, day.month, day.day, 9, tzinfo=UTC)


def test_the_owner_is_reminded_once_of_each(action, calendar, alice):
    due = action.due_on
    assert actions.chase_actions(at(due - timedelta(days=20))) == 0
    assert actions.chase_actions(at(due - timedelta(days=3))) == 1
    assert actions.chase_actions(at(due)) == 0, "still nearly due, and that was said"
    assert actions.chase_actions(at(due + timedelta(days=1))) == 1
    assert actions.chase_actions(at(due + timedelta(days=9))) == 0
    said = [(mail.to, mail.subject) for mail in OutboxMessage.objects.all()]
    assert said == [
        (alice.email, "NW-A-001: an action is nearly due"), (alice.email, "NW-A-001: an action is overdue"),
    ]


def test_a_moved_date_is_reminded_anew_and_a_missed_week_says_overdue(action, calendar, mo):
    assert actions.chase_actions(at(action.due_on + timedelta(days=8))) == 1
    actions.move_due(by=mo, action=action, due_on=soon(60), reason="Holidays.")
    assert actions.chase_actions(at(soon(59))) == 1
    kinds = list(action.reminders.order_by("pk").values_list("kind", "due_on"))
    assert kinds == [("overdue", soon(30)), ("nearly_due", soon(60))]


def test_nobody_is_reminded_of_what_is_done_or_closed(action, calendar, alice, mo):
    late = at(action.due_on + timedelta(days=1))
    actions.report_done(by=alice, action=action, text="Done.")
    assert actions.chase_actions(late) == 0
    actions.close_action(by=mo, action=action, outcome="Done.")
    assert actions.chase_actions(late) == 0
    actions.reopen_action(by=mo, action=action, reason="Too soon.")
    assert actions.chase_actions(late) == 1


def test_five_working_days_leave_out_holidays(log, calendar):
    """Due on Monday 4 January 2027: five working days before it is 23 December, as 25 and 28 December
    and 1 January are holidays."""
    row = log(now=at(date(2026, 12, 1)), due_on=date(2027, 1, 4))
    assert actions.chase_actions(at(row.due_on - timedelta(days=13))) == 0  # 22 December
    assert actions.chase_actions(at(row.due_on - timedelta(days=12))) == 1  # 23 December
