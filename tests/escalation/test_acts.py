"""Each act is in the history once, its mail in the same transaction; undone, it leaves nothing."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import transaction

from compliance.demo.factories import AgreedActionFactory, SuggestionFactory
from escalation import actions
from escalation.choices import Contact, SuggestionState
from escalation.models import AgreedAction, Escalation, Stage, StagePause
from escalation.stages import Move
from partnership.models import HistoryEntry, OutboxMessage
from tests.escalation.acting import AT_LAST, LATE, SOON, START, act

pytestmark = pytest.mark.django_db
SHARED = ("raised",)

EVERYTHING = (Escalation, Stage, StagePause, AgreedAction, HistoryEntry, OutboxMessage)
# What each move writes in the history, beside what led there.
WRITTEN = {
    Move.ACKNOWLEDGE: ["acknowledged"], Move.ANSWER: ["answered"], Move.ACCEPT: ["resolved"],
    Move.MOVE_UP: ["moved up", "entered"], Move.ASK_SKIP: ["asked to skip"],
    Move.APPROVE_SKIP: ["skipped", "entered"], Move.PAUSE: ["paused"], Move.RESUME: ["resumed"],
    Move.WITHDRAW: ["withdrawn"], Move.DECIDE: ["decided"], Move.REOPEN: ["reopened", "entered"],
}
FIRST = {  # what must have happened
    Move.ACCEPT: [(Move.ANSWER, "rita")], Move.APPROVE_SKIP: [(Move.ASK_SKIP, "bob")],
    Move.RESUME: [(Move.PAUSE, "bob")], Move.REOPEN: [(Move.DECIDE, "dee")],
}
BY = {Move.ACKNOWLEDGE: "rita", Move.ANSWER: "rita", Move.APPROVE_SKIP: "alice",
      Move.DECIDE: "dee", Move.REOPEN: "dee"}


def counts() -> list[int]:
    return [model.objects.count() for model in EVERYTHING]


def entries() -> list[HistoryEntry]:
    return list(HistoryEntry.objects.order_by("pk"))


@pytest.fixture
def stood(request, case, people, rita):
    """Bring the case to where a move is possible; gives the person and the moment."""

    def stand(move: Move):
        now = LATE if move is Move.MOVE_UP else SOON
        everybody = vars(people) | {"rita": rita}
        if move in (Move.DECIDE, Move.REOPEN):
            request.getfixturevalue("at_last_stage")
            now = AT_LAST
        for before, by in FIRST.get(move, []):
            act(before, everybody[by], case, now)
        return everybody[BY.get(move, "bob")], now

    return stand


@pytest.mark.parametrize("move", Move)
def test_every_move_is_in_the_history_once(move, case, stood, partnership, agency_b):
    by, now = stood(move)
    before = len(entries())
    act(move, by, case, now)
    new = entries()[before:]
    assert [entry.verb for entry in new] == WRITTEN[move]
    for entry in new:
        assert (entry.user, entry.partnership, entry.agency) == (by, partnership, agency_b)


@pytest.mark.parametrize("move", Move)
def test_a_move_that_is_undone_leaves_nothing(move, case, stood):
    by, now = stood(move)
    before, stage = counts(), case.stages.order_by("-number").values().first()
    row = Escalation.objects.filter(pk=case.pk).values().get()
    with pytest.raises(RuntimeError), transaction.atomic():
        act(move, by, case, now)
        assert counts() != before
        raise RuntimeError
    assert counts() == before
    assert case.stages.order_by("-number").values().first() == stage
    assert Escalation.objects.filter(pk=case.pk).values().get() == row


@pytest.mark.parametrize("move", Move)
def test_every_move_tells_somebody_in_its_own_transaction(move, case, stood, monkeypatch):
    """When the mail cannot be written, the move has not been made."""
    by, now = stood(move)
    before = counts()
    monkeypatch.setattr("escalation.telling.notify", fail)
    with pytest.raises(OSError, match="no outbox"):
        act(move, by, case, now)
    assert counts() == before
    monkeypatch.undo()
    act(move, by, case, now)
    assert OutboxMessage.objects.count() > before[-1]


def fail(*args) -> None:
    raise OSError("no outbox")


def test_the_raiser_always_gets_an_answer(raised, partnership, agency_a, agency_b, rita, bob):
    """Also where the policy names nobody to be told of the end."""
    actions.adopt_policy(
        by=None, partnership=partnership, name="Silent", effective_from=date(2020, 1, 1),
        stages=[{"title": "Only", "raised_by": Contact.PRACTITIONER,
                 "answered_by": Contact.LINE_MANAGER}],
    )
    for move, by in ((Move.ANSWER, rita), (Move.WITHDRAW, bob)):
        case = raised()
        OutboxMessage.objects.all().delete()
        act(move, by, case)
        assert bob.email in OutboxMessage.objects.values_list("to", flat=True)


def test_raising_is_raised_and_entered(raised, rita, partnership, agency_b, bob):
    before = len(entries())
    case = raised()
    first, second = entries()[before:]
    assert (first.verb, first.subject) == ("raised", case.reference)
    assert (second.verb, second.subject_type) == ("entered", "escalation.stage")
    assert {(e.user, e.partnership, e.agency) for e in (first, second)} == {
        (bob, partnership, agency_b)
    }
    text = f"{first.changes} {second.changes}"
    assert case.concern not in text and case.outcome_wanted not in text


def test_the_history_holds_no_narrative(case, bob, rita):
    act(Move.ANSWER, rita, case, text="Canary answer")
    act(Move.ASK_SKIP, bob, case, reason="Canary skip")
    act(Move.PAUSE, bob, case, reason="Canary pause")
    act(Move.RESUME, bob, case)
    act(Move.ACCEPT, bob, case, resolution="Canary resolution")
    assert not any("Canary" in str(entry.changes) for entry in entries())


@pytest.mark.parametrize("late", [False, True])
def test_an_answer_says_whether_it_came_in_time(case, rita, late):
    stage = case.stages.get()
    act(Move.ANSWER, rita, case, stage.due_at + timedelta(seconds=1) * late)
    assert HistoryEntry.objects.get(verb="answered").changes["in_time"] is not late


def test_pausing_and_resuming_show_the_deadline_before_and_after(case, bob):
    due_at = case.stages.get().due_at
    act(Move.PAUSE, bob, case, START + timedelta(days=1))
    assert case.stages.get().due_at is None
    act(Move.RESUME, bob, case, START + timedelta(days=3))
    after = case.stages.get().due_at
    assert after == due_at + timedelta(days=2)
    paused = HistoryEntry.objects.get(verb="paused").changes["due_at"]
    resumed = HistoryEntry.objects.get(verb="resumed").changes["due_at"]
    assert paused == [due_at.isoformat(), None]
    assert resumed[0] is None and resumed[1] is not None


@pytest.mark.parametrize("move", [Move.ACKNOWLEDGE, Move.ANSWER, Move.PAUSE])
def test_a_lead_who_receives_or_answers_takes_part_from_then_on(case, alice, charlie, move):
    """Charlie leads the agency and was not named; Alice of the other side only stops the clock."""
    by = alice if move is Move.PAUSE else charlie
    assert not case.participants.filter(user=by).exists()
    act(move, by, case)
    sides = list(case.participants.filter(user=by).values_list("raising", flat=True))
    assert sides == ([] if by is alice else [False])


def test_closing_a_paused_case_ends_its_pause(case, bob):
    act(Move.PAUSE, bob, case, SOON)
    act(Move.WITHDRAW, bob, case, LATE)
    pause = StagePause.objects.get()
    assert (pause.until_at, pause.until_by) == (LATE, bob)


def test_accepting_writes_outcome_actions_theme_and_need_together(case, bob, rita):
    act(Move.ANSWER, rita, case)
    agreed = {"text": "Dates on the rota", "owner": "Team manager", "due_on": date(2026, 7, 1)}
    act(
        Move.ACCEPT, bob, case, resolution="A deputy comes.", learning_theme="invitations",
        training_need="What a deputy needs", actions=[agreed, agreed],
    )
    case.refresh_from_db()
    assert (case.state, case.closed_by, case.resolution) == ("resolved", bob, "A deputy comes.")
    assert (case.learning_theme, case.training_need) == ("invitations", "What a deputy needs")
    assert case.actions.count() == 2 and case.stages.get().ended == "accepted"


OTHERS = {
    "noted identity passed": lambda case, by: actions.note_identity_passed(
        by=by, case=case, on=date(2026, 6, 2), to="Duty manager", file_noted=True
    ),
    "added document": lambda case, by: actions.add_document(
        by=by, case=case, reference="DOC-1", title="Letter"
    ),
    "named contact": lambda case, by: actions.name_contact(
        by=by, agency=case.about, role=Contact.CHIEF_OFFICER, user=by
    ),
    "set": lambda case, by: actions.set_trigger(
        by=by, partnership=case.partnership, kind="initial", on=False,
        effective_from=date(2026, 1, 1),
    ),
    "adopted": lambda case, by: actions.adopt_preset(
        by=by, partnership=case.partnership, preset="wirral", effective_from=date(2026, 6, 1)
    ),
    "removed contact": lambda case, by: actions.remove_contact(
        by=by, agency=case.about, role=Contact.LINE_MANAGER
    ),
    "ticked off action": lambda case, by: actions.mark_action(
        by=by, action=AgreedActionFactory(escalation=case), done_on=date(2026, 6, 2)
    ),
    "dismissed": lambda case, by: actions.dismiss_suggestion(
        by=by, suggestion=SuggestionFactory(partnership=case.partnership), reason="Known"
    ),
}


@pytest.mark.parametrize("verb", OTHERS)
def test_every_other_act_is_in_the_history_once_and_undone_leaves_nothing(verb, case, charlie):
    before = entries()
    with pytest.raises(RuntimeError), transaction.atomic():
        OTHERS[verb](case, charlie)
        raise RuntimeError
    assert entries() == before
    OTHERS[verb](case, charlie)
    [new] = entries()[len(before):]
    assert (new.verb, new.user) == (verb, charlie)


def test_accepting_a_suggestion_is_raised_entered_and_accepted(raised, partnership, agency_b, bob,
                                                                agency_a, rita):
    row = SuggestionFactory(partnership=partnership, about=agency_b)
    before = len(entries())
    actions.accept_suggestion(
        by=bob, suggestion=row, raised_for=agency_a, concern="Nobody came.",
        outcome_wanted="A deputy.", now=START,
    )
    assert [entry.verb for entry in entries()[before:]] == ["raised", "entered", "accepted"]
    row.refresh_from_db()
    assert row.state == SuggestionState.ACCEPTED
