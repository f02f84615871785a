"""Many people at one case at the same moment, on PostgreSQL: SQLite would hide a lost lock."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, OperationalError, connection, transaction
from django.utils import timezone

from compliance.demo import factories as make
from conferences import actions as registers
from conferences.choices import MeetingKind, Outcome
from escalation import actions
from escalation.actions import clocks, raising, suggesting
from escalation.choices import Contact, Grounds
from escalation.models import Escalation, Participant, Reminder, Stage, Suggestion
from escalation.stages import LOCAL, Move
from partnership.models import HistoryEntry, OutboxMessage, User
from partnership.roles import Role
from tests.conftest import person
from tests.escalation.acting import LATE, START, act

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]

PEOPLE, ROUNDS = 20, 100
WAIT = 60
CONCERN = {"concern": "Nobody came.", "outcome_wanted": "A deputy."}


@pytest.fixture(autouse=True)
def connections_end_here(transactional_db):
    """The settings of the trial are SQLite's; here each thread has a connection of its own."""
    assert connection.vendor == "postgresql"


@pytest.fixture
def twenty(agency_a):
    """Twenty leads of agency A."""
    return [person(f"Lead{n}", Role.AGENCY_LEAD, agency=agency_a) for n in range(PEOPLE)]


@pytest.fixture
def overdue(raised, rita):
    """A case for each round, its first stage overdue; nothing in the outbox."""

    def make_many(number: int) -> list[Escalation]:
        found = [raised() for _ in range(number)]
        OutboxMessage.objects.all().delete()
        return found

    return make_many


def press(people: list[User], cases: list[Escalation]) -> list[list]:
    """All press "move up" at each case at once, case after case; gives what each round answered."""
    barrier = threading.Barrier(len(people))
    answers: list[list] = [[] for _ in cases]

    def one(by: User) -> None:
        try:
            for case, said in zip(cases, answers, strict=True):
                barrier.wait(WAIT)
                try:
                    said.append(actions.move_up(by=by, case=case, stage_number=1, now=LATE))
                except Exception as error:
                    said.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(by,)) for by in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5 * WAIT)
    assert not any(thread.is_alive() for thread in threads)
    return answers


def faults(case: Escalation, answers: list, told: set[str]) -> list[str]:
    """What is wrong after a round in which everybody pressed; [] when one and only one moved it."""
    stages = list(case.stages.order_by("pk"))
    moved = [answer for answer in answers if isinstance(answer, Stage)]
    late = [answer for answer in answers if isinstance(answer, actions.MoveRefused)]
    first = stages[0]
    sentence = f"Already moved up by {first.closed_by} at 10:00 on 31 July 2026."
    keys = [stage.pk for stage in stages]
    history = HistoryEntry.objects.filter(subject_type="escalation.stage", subject_id__in=keys)
    about = OutboxMessage.objects.filter(subject__startswith=f"{case.reference}: ")
    mails = list(about.values_list("to", flat=True))
    checks = {
        "one answer": len(moved) == 1,
        "the others are told": [str(one) for one in late] == [sentence] * (PEOPLE - 1),
        "one new stage": [stage.number for stage in stages] == [1, 2],
        "one open": [stage.closed_at is None for stage in stages] == [False, True],
        "one move in the history": history.filter(verb="moved up").count() == 1,
        "by whom it was": [e.user for e in history.filter(verb="moved up")] == [first.closed_by],
        "one entering after the first": history.filter(verb="entered").count() == 2,
        "one deadline": sum(stage.due_at is not None for stage in stages[1:]) == 1,
        "one set of mails": sorted(mails) == sorted(told),
    }
    return [name for name, good in checks.items() if not good]


def test_twenty_people_who_move_a_case_up_at_once_move_it_once(overdue, twenty, charlie, mo):
    cases = overdue(ROUNDS)
    rounds = press(twenty, cases)
    bad = {
        case.reference: found
        for case, answers in zip(cases, rounds, strict=True)
        if (found := faults(case, answers, {charlie.email, mo.email}))
    }
    assert bad == {}
    assert len(rounds) == ROUNDS and {len(answers) for answers in rounds} == {PEOPLE}


def unlocked(case: Escalation) -> Escalation:
    """The case as it is read without a lock."""
    rows = Escalation.objects.select_related(
        "partnership", "policy", "about", "raised_for", "raised_by", "decider"
    )
    return rows.get(pk=case.pk)


def test_without_the_lock_people_collide(overdue, twenty, charlie, mo, monkeypatch):
    """The control: the test above can see the fault, though the database still holds one stage."""
    monkeypatch.setattr(raising, "locked_case", unlocked)
    cases = overdue(5)
    rounds = press(twenty, cases)
    assert all(
        faults(case, answers, {charlie.email, mo.email})
        for case, answers in zip(cases, rounds, strict=True)
    )
    refused = (Stage, actions.MoveRefused)  # all else is somebody who ran into the other's rows
    assert any(not isinstance(answer, refused) for answers in rounds for answer in answers)


@pytest.fixture
def without_constraints():
    """The stages' unique rules are taken away, and put back once the wrong rows are gone."""
    away = [c for c in Stage._meta.constraints if c.name in ("stage_number_once", "stage_one_open")]
    with connection.schema_editor() as editor:
        for constraint in away:
            editor.remove_constraint(Stage, constraint)
    yield
    Stage.objects.all().delete()
    with connection.schema_editor() as editor:
        for constraint in away:
            editor.add_constraint(Stage, constraint)


def test_without_lock_and_constraints_a_case_moves_more_than_once(
    overdue, twenty, charlie, mo, monkeypatch, without_constraints
):
    """The second control: all of one move, one deadline and one set of mails is seen to break."""
    monkeypatch.setattr(raising, "locked_case", unlocked)
    monkeypatch.setattr(Stage, "validate_constraints", lambda self, **options: None)
    cases = overdue(5)
    found = [
        fault
        for case, answers in zip(cases, press(twenty, cases), strict=True)
        for fault in faults(case, answers, {charlie.email, mo.email})
    ]
    seen = {"one new stage", "one move in the history", "one deadline", "one set of mails"}
    assert seen <= set(found)


# --- Different moves at once ----------------------------------------------------------------------


def test_an_answer_and_a_withdrawal_at_once_are_one_after_the_other(race, overdue, bob, rita):
    for case in overdue(10):
        answers = race(
            lambda case=case: act(Move.ANSWER, rita, case, stage_number=1),
            lambda case=case: act(Move.WITHDRAW, bob, case, stage_number=1),
        )
        refused = [a for a in answers if isinstance(a, Exception)]
        case.refresh_from_db()
        assert case.state == "withdrawn"
        assert [type(a) for a in refused] in ([], [actions.MoveRefused]), answers
        assert all(str(a).startswith("Already withdrawn by Bob") for a in refused)
        assert bool(case.stages.get().answered_at) == (not refused)


def test_who_waited_for_the_lock_reads_what_was_written_meanwhile(race, overdue, dee):
    """Also what the row is joined with: PostgreSQL reads only the locked row itself anew."""
    [case] = overdue(1)
    held = threading.Event()

    def assign():
        with transaction.atomic():
            row = raising.locked_case(case)
            held.set()
            threading.Event().wait(0.3)
            row.decider = dee
            row.save(update_fields=["decider"])

    def read():
        held.wait(5)
        with transaction.atomic():
            return raising.locked_case(case).decider

    assert dee in race(assign, read)


# --- Raising --------------------------------------------------------------------------------------


def test_ten_cases_raised_at_once_have_ten_references_in_order(
    race, partnership, policy, agency_a, agency_b, bob, charlie
):
    def raise_one():
        return actions.raise_escalation(
            by=bob, partnership=partnership, raised_for=agency_a, about=agency_b,
            grounds=Grounds.NOT_ATTENDED, now=START, **CONCERN,
        ).reference

    answers = race(raise_one, workers=10)
    assert sorted(map(str, answers)) == [f"NW-2026-{n:04}" for n in range(1, 11)]
    in_order = list(Escalation.objects.order_by("reference").values_list("pk", flat=True))
    assert in_order == sorted(in_order)
    assert Participant.objects.filter(user=bob).count() == 10


def test_a_closing_and_a_raising_about_one_meeting_do_not_lock_each_other_out(
    race, partnership, policy, agency_a, agency_b, bob, charlie, monkeypatch
):
    """The closing holds the meeting, the raising the partnership; each refers to the other's."""
    slow = raising.policy_in_force

    def slowly(*args):
        threading.Event().wait(0.2)
        return slow(*args)

    monkeypatch.setattr(raising, "policy_in_force", slowly)
    for _ in range(3):
        meeting = make.MeetingFactory(partnership=partnership)
        make.AttendanceFactory(meeting=meeting, agency=agency_b, staff_member=None, job_title="DC")
        answers = race(
            lambda meeting=meeting: registers.close_register(by=None, meeting=meeting),
            lambda meeting=meeting: actions.raise_escalation(
                by=bob, partnership=partnership, raised_for=agency_a, about=agency_b,
                grounds=Grounds.NOT_ATTENDED, meetings=[meeting], **CONCERN,
            ),
        )
        assert not any(isinstance(answer, (OperationalError, IntegrityError)) for answer in answers)
        assert not any(isinstance(answer, Exception) for answer in answers), answers


# --- Chasing --------------------------------------------------------------------------------------


@pytest.fixture
def both_have_asked(monkeypatch):
    """Two runs stand between the question whether it was written and the writing."""
    barrier, locked = threading.Barrier(2), clocks.locked_case

    def together(case):
        barrier.wait(10)
        return locked(case)

    monkeypatch.setattr(clocks, "locked_case", together)


def test_two_runs_at_once_write_one_reminder_and_one_mail(
    race, overdue, charlie, rita, bob, both_have_asked
):
    [case] = overdue(1)
    answers = race(lambda: actions.chase(LATE), workers=2)
    assert sorted(answers) == [0, 1]
    assert Reminder.objects.filter(stage__escalation=case).count() == 1
    mails = sorted(OutboxMessage.objects.values_list("to", flat=True))
    assert mails == sorted([bob.email, charlie.email, rita.email])
    assert HistoryEntry.objects.filter(verb="reminded").count() == 1


def test_without_the_constraint_two_runs_write_two(race, overdue, both_have_asked):
    """The control: what holds it to one reminder is the database."""
    [constraint] = Reminder._meta.constraints
    overdue(1)
    with connection.schema_editor() as editor:
        editor.remove_constraint(Reminder, constraint)
    try:
        assert sorted(race(lambda: actions.chase(LATE), workers=2)) == [1, 1]
    finally:
        Reminder.objects.all().delete()
        with connection.schema_editor() as editor:
            editor.add_constraint(Reminder, constraint)


# --- Suggestions ----------------------------------------------------------------------------------


@pytest.fixture
def five_missed(partnership, agency_b):
    """Four closed reviews that the police missed, and two that are to be closed at once."""
    meetings = []
    for n in range(6):
        row = make.MeetingFactory(
            partnership=partnership, kind=MeetingKind.REVIEW, reference=f"NW-{n}",
            held_on=quarter_day(n),
        )
        make.AttendanceFactory(
            meeting=row, agency=agency_b, staff_member=None, job_title="DC", outcome=Outcome.ABSENT,
            invited_on=date(2014, 1, 1),
        )
        meetings.append(row)
    registers.close_registers(by=None, meetings=meetings[:4], tell=False)
    assert not Suggestion.objects.filter(trigger="rate").exists()
    return meetings[4:]


def quarter_day(number: int) -> date:
    """Days of one quarter that are not in the future."""
    now = timezone.localdate()
    first = suggesting.quarter_start(now)
    start = first if (now - first).days > 6 else first - timedelta(days=9)
    return start + timedelta(days=number)


def test_two_registers_closed_at_once_suggest_the_same_rate_once(race, five_missed, monkeypatch):
    barrier, not_there = threading.Barrier(2), suggesting.not_there

    def together(*args):
        found = not_there(*args)
        barrier.wait(10)
        return found

    monkeypatch.setattr(suggesting, "not_there", together)
    closings = [
        lambda row=row: registers.close_register(by=None, meeting=row).reference
        for row in five_missed
    ]
    answers = race(*closings)
    assert sorted(map(str, answers)) == sorted(row.reference for row in five_missed)
    assert Suggestion.objects.filter(trigger="rate").count() == 1
    assert all(not row.register_open for row in type(five_missed[0]).objects.all())


def test_two_who_handle_a_suggestion_at_once_are_told_apart(
    race, five_missed, policy, agency_a, alice, dana, charlie
):
    registers.close_registers(by=None, meetings=five_missed, tell=False)
    row = Suggestion.objects.get(trigger="rate")
    answers = race(
        lambda: actions.dismiss_suggestion(by=dana, suggestion=row, reason="Known"),
        lambda: actions.accept_suggestion(
            by=alice, suggestion=row, raised_for=agency_a, now=START, **CONCERN
        ),
    )
    row.refresh_from_db()
    refused = [answer for answer in answers if isinstance(answer, Exception)]
    by = {"dismissed": "the conference service", "accepted": "an agency"}[row.state]
    at = timezone.localtime(row.handled_at, LOCAL)
    sentence = f"Already {row.state} by {by} at {at:%H:%M} on {at.day} {at:%B %Y}."
    assert [one.messages for one in refused] == [[sentence]]
    assert Escalation.objects.count() == (row.state == "accepted")


def test_two_who_dismiss_the_same_many_dismiss_each_once(race, partnership, dana):
    rows = [make.SuggestionFactory(partnership=partnership) for _ in range(5)]
    answers = race(
        lambda: actions.dismiss_suggestions(by=dana, suggestions=rows, reason="Known"),
        lambda: actions.dismiss_suggestions(by=dana, suggestions=rows[::-1], reason="Known"),
    )
    assert sorted((len(done), len(late)) for done, late in answers) == [(0, 5), (5, 0)]
    assert HistoryEntry.objects.filter(verb="dismissed").count() == 5


# --- Local settings ---------------------------------------------------------------------------------


def test_two_who_name_the_same_contact_at_once_name_one(race, agency_b, rita, ben, charlie):
    """A double press: without the agency's lock the second would run into the first one's row."""
    for role in (Contact.CHIEF_OFFICER, Contact.BOARD_MEMBER, Contact.SENIOR_MANAGER):
        answers = race(
            *(
                lambda user=user, role=role: actions.name_contact(
                    by=charlie, agency=agency_b, role=role, user=user
                )
                for user in (rita, ben)
            )
        )
        assert not any(isinstance(answer, Exception) for answer in answers), answers
        assert agency_b.contacts.filter(role=role).count() == 1


def test_two_who_set_the_same_trigger_at_once_set_it_once_and_are_told(race, partnership, mo):
    day = date(2026, 1, 1)
    answers = race(
        lambda: actions.set_trigger(
            by=mo, partnership=partnership, kind="initial", on=False, effective_from=day
        )
    )
    refused = [answer for answer in answers if isinstance(answer, Exception)]
    assert [type(one) for one in refused] == [ValidationError], answers
    assert partnership.triggers.count() == 1


def test_two_who_tick_off_an_action_at_once_tick_it_once(race, overdue, bob, charlie):
    [case] = overdue(1)
    row = make.AgreedActionFactory(escalation=case)
    on = timezone.localdate()
    type(case).objects.filter(pk=case.pk).update(raised_at=timezone.now() - timedelta(days=3))
    answers = race(
        *(lambda by=by: actions.mark_action(by=by, action=row, done_on=on) for by in (bob, charlie))
    )
    assert sorted(answers) == [False, True]
    assert HistoryEntry.objects.filter(verb="ticked off action").count() == 1
