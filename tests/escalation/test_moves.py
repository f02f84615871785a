"""Every stage, move and person through the actions: what the roles' table gives, and no more."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.core.exceptions import ValidationError

from compliance.demo import factories as make
from escalation import actions
from escalation.choices import Contact
from escalation.models import Escalation
from escalation.sides import sides_of
from escalation.stages import Move
from partnership.models import Grant
from partnership.roles import Role
from tests.conftest import person
from tests.escalation.acting import (
    AT_LAST,
    LATE,
    SOON,
    START,
    act,
    anew,
    latest,
    may,
    open_stage,
    refuses,
)

pytestmark = pytest.mark.django_db
SHARED = ("raised", "rita")

DAY = timedelta(days=1)
M = Move
ANSWERS = {M.ACKNOWLEDGE, M.ANSWER}
STOPS = {M.PAUSE, M.WITHDRAW}

# Each scene: what the raiser, the raising lead, the answering side, the manager and the assigned
# decision-maker may do in it. Everybody else may do nothing, ever.
SCENES: dict[str, tuple[set[Move], set[Move], set[Move], set[Move], set[Move]]] = {
    "waiting": (STOPS | {M.ASK_SKIP}, STOPS, ANSWERS, set(), set()),
    "overdue": (STOPS | {M.ASK_SKIP, M.MOVE_UP}, STOPS | {M.MOVE_UP}, ANSWERS, set(), set()),
    "skip asked": (STOPS, STOPS | {M.APPROVE_SKIP}, ANSWERS, {M.APPROVE_SKIP}, set()),
    "acknowledged": (STOPS | {M.ASK_SKIP}, STOPS, {M.ANSWER}, set(), set()),
    "answered": (
        STOPS | {M.ASK_SKIP, M.ACCEPT, M.MOVE_UP}, STOPS | {M.ACCEPT, M.MOVE_UP},
        set(), set(), set(),
    ),
    "paused": ({M.RESUME, M.WITHDRAW}, {M.RESUME, M.WITHDRAW}, set(), set(), set()),
    "resolved": (set(), set(), set(), set(), set()),
    "last": (STOPS, STOPS, ANSWERS, set(), {M.DECIDE}),
    "last overdue": (STOPS, STOPS, ANSWERS, set(), {M.DECIDE}),
    "last answered": (STOPS | {M.ACCEPT}, STOPS | {M.ACCEPT}, set(), set(), {M.DECIDE}),
    "decided": (set(), set(), set(), set(), {M.REOPEN}),
}
BEFORE = {  # the moves that lead there, by name of the person
    "skip asked": [(M.ASK_SKIP, "raiser")],
    "acknowledged": [(M.ACKNOWLEDGE, "responder")],
    "answered": [(M.ANSWER, "responder")],
    "paused": [(M.PAUSE, "raiser")],
    "resolved": [(M.ANSWER, "responder"), (M.ACCEPT, "raiser")],
    "decided": [(M.DECIDE, "decider")],
}


@pytest.fixture
def cast(partnership, agency_a, agency_b, people, anna, ben, rita):
    """Everybody; Dee and Dora are both decision-makers, and Dora also works for agency B."""
    dora = person("Dora", Role.DECISION_MAKER, partnership=partnership)
    make.GrantFactory(user=dora, role=Role.PRACTITIONER, agency=agency_b)
    other = person("Delia", Role.CONFERENCE_ADMIN, partnership=partnership)
    return SimpleNamespace(**vars(people), anna=anna, ben=ben, rita=rita, dora=dora, delia=other)


def scene(name: str, case: Escalation, raiser, responder, decider):
    """Bring a case into a scene; gives the moment at which the scene is looked at."""
    now = START
    if name.startswith(("last", "decided")):
        for number in (1, 2, 3):
            act(M.MOVE_UP, raiser, case, START + number * 60 * DAY)
        now = AT_LAST
    who = {"raiser": raiser, "responder": responder, "decider": decider}
    for move, by in BEFORE.get(name.removeprefix("last "), []):
        act(move, who[by], case, now)
    return now + (60 * DAY if "overdue" in name else DAY)


def surprises(name_of_scene: str, case, now, cast, given: dict[str, set[Move]]) -> list[str]:
    """Whatever a person may do against what they were given.

    Who takes part tries every move in every scene. Who has no side there tries each move in every
    fourth scene: the pure table refuses them all (see test_table).
    """
    number, found, scene_number = latest(case), [], list(SCENES).index(name_of_scene)
    stage = case.stages.filter(closed_at=None).first()
    for place, (name, user) in enumerate(vars(cast).items()):
        allowed = given.get(name, set())
        found += [f"{name} may not {move}" for move in allowed if not may(move, user, case, now)]
        user = anew(user)
        takes_part = name in given or sides_of(user, case, stage)
        found += [
            f"{name} may {move}"
            for turn, move in enumerate(Move)
            if move not in allowed and (takes_part or (turn + place + scene_number) % 4 == 0)
            and not refuses(move, user, case, now, number)
        ]
    return found


@pytest.mark.parametrize("name", SCENES)
def test_moves_are_open_to_the_people_of_the_table_only(name, case, cast):
    """Bob of A raised it about B: Alice leads A, Charlie leads B, Rita is named at the first."""
    raiser, lead, answers, manager, decider = SCENES[name]
    responder = cast.charlie if name.startswith("last") else cast.rita
    now = scene(name, case, cast.bob, responder, cast.dee)
    case.refresh_from_db()
    given = {
        "bob": raiser, "alice": lead, "charlie": answers, "mo": manager, "dee": decider,
        "rita": set() if name.startswith("last") else answers,  # named at the first stage only
    }
    assert surprises(name, case, now, cast, given) == []


@pytest.mark.parametrize("name", ["overdue", "skip asked", "answered", "decided"])
def test_moves_of_a_case_raised_for_the_partnership(name, raised, cast):
    """Dana of the conference service raised it: her colleague Delia acts for that side as she does."""
    case = raised(by=cast.dana, raised_for=None)
    raiser, _, answers, manager, decider = SCENES[name]
    responder = cast.charlie if name.startswith("last") else cast.rita
    now = scene(name, case, cast.dana, responder, cast.dee)
    case.refresh_from_db()
    given = {
        "dana": raiser, "charlie": answers, "mo": manager, "dee": decider,
        "delia": raiser,
        "rita": set() if name.startswith("last") else answers,
    }
    assert surprises(name, case, now, cast, given) == []


# --- Nobody on both sides -------------------------------------------------------------------------


def test_a_decision_maker_with_an_interest_is_not_assigned_and_may_not_decide(
    raised, partnership, agency_b, bob, charlie
):
    dora = person("Dora", Role.DECISION_MAKER, partnership=partnership)
    grant = make.GrantFactory(user=dora, role=Role.PRACTITIONER, agency=agency_b)
    case = raised()
    scene("last", case, bob, charlie, None)
    case.refresh_from_db()
    assert case.decider is None
    Escalation.objects.filter(pk=case.pk).update(decider=dora)  # assigned before she went there
    assert not may(M.DECIDE, dora, case, AT_LAST + DAY)
    Grant.objects.filter(pk=grant.pk).delete()
    assert may(M.DECIDE, dora, case, AT_LAST + DAY)


def test_a_raiser_who_becomes_decision_maker_may_not_decide_their_own(
    at_last_stage, partnership, bob, dee
):
    make.GrantFactory(user=bob, role=Role.DECISION_MAKER, partnership=partnership)
    now = AT_LAST + DAY
    Escalation.objects.filter(pk=at_last_stage.pk).update(decider=bob)
    assert not may(M.DECIDE, bob, at_last_stage, now)
    Escalation.objects.filter(pk=at_last_stage.pk).update(decider=dee)
    assert may(M.DECIDE, dee, at_last_stage, now)


def test_a_decision_maker_who_is_not_assigned_may_not_decide(at_last_stage, partnership, dee):
    second = person("Dora", Role.DECISION_MAKER, partnership=partnership)
    assert not may(M.DECIDE, second, at_last_stage, AT_LAST + DAY)
    Escalation.objects.filter(pk=at_last_stage.pk).update(decider=second)
    assert may(M.DECIDE, second, at_last_stage, AT_LAST + DAY)


def test_nobody_approves_their_own_skip(case, alice, bob, mo, agency_a):
    """Bob asks, and then comes to lead his agency: Alice or Mo approve, never he."""
    act(M.ASK_SKIP, bob, case)
    make.GrantFactory(user=bob, role=Role.AGENCY_LEAD, agency=agency_a)
    assert not may(M.APPROVE_SKIP, bob, case)
    assert may(M.APPROVE_SKIP, alice, case)
    assert may(M.APPROVE_SKIP, mo, case)
    with pytest.raises(actions.MoveRefused, match="You asked for the skip yourself"):
        act(M.APPROVE_SKIP, bob, case)


def test_one_who_raised_and_now_works_for_the_other_agency_may_not_move_it(
    case, agency_a, agency_b, bob
):
    """The agency complained about cannot move it up, nor take it back, by hiring the raiser."""
    grant = Grant.objects.get(user=bob)
    Grant.objects.filter(pk=grant.pk).update(agency=agency_b)
    assert [move for move in Move if may(move, bob, case, LATE)] == []
    Grant.objects.filter(pk=grant.pk).update(agency=agency_a)
    assert may(M.MOVE_UP, bob, case, LATE)


def test_one_who_answered_and_now_works_for_the_other_agency_may_not_answer(
    case, agency_a, agency_b, rita
):
    Grant.objects.filter(user=rita).update(agency=agency_a)
    assert [move for move in Move if may(move, rita, case)] == []
    Grant.objects.filter(user=rita).update(agency=agency_b)
    assert may(M.ANSWER, rita, case)


# --- A lost grant ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "move", "at_last"),
    [
        ("bob", M.WITHDRAW, False), ("alice", M.PAUSE, False), ("charlie", M.ANSWER, False),
        ("rita", M.ACKNOWLEDGE, False), ("dee", M.DECIDE, True),
    ],
)
@pytest.mark.parametrize("how", ["ended", "gone", "inactive"])
def test_a_lost_grant_loses_the_move_at_once(who, move, at_last, how, case, cast, request):
    now = SOON
    if at_last:
        request.getfixturevalue("at_last_stage")
        now = AT_LAST + DAY
    user = getattr(cast, who)
    assert may(move, user, case, now)
    grants = Grant.objects.filter(user=user)
    if how == "ended":
        grants.update(until_on=date.today())
    elif how == "gone":
        grants.delete()
    else:
        type(user).objects.filter(pk=user.pk).update(is_active=False)
    assert not may(move, user, case, now)


def test_a_lost_manager_approves_no_skip(case, bob, mo):
    act(M.ASK_SKIP, bob, case)
    assert may(M.APPROVE_SKIP, mo, case)
    Grant.objects.filter(user=mo).delete()
    assert not may(M.APPROVE_SKIP, mo, case)


# --- Too late, or not there -----------------------------------------------------------------------


def test_a_move_at_a_stage_that_was_left_says_who_was_quicker(case, alice, bob):
    act(M.MOVE_UP, alice, case, LATE)
    with pytest.raises(actions.MoveRefused) as error:
        actions.move_up(by=bob, case=case, stage_number=1, now=LATE)
    assert str(error.value) == "Already moved up by Alice at 10:00 on 31 July 2026."
    with pytest.raises(actions.MoveRefused, match="has no stage 7"):
        actions.move_up(by=bob, case=case, stage_number=7, now=LATE)
    assert case.stages.count() == 2


@pytest.mark.parametrize("seconds", [-1, 0, 1])
def test_an_unanswered_stage_moves_up_only_after_its_last_moment(case, bob, seconds):
    due_at = open_stage(case).due_at
    assert may(M.MOVE_UP, bob, case, due_at + timedelta(seconds=seconds)) == (seconds > 0)


def test_an_approved_skip_goes_past_the_next_stage_or_to_one_that_is_named(case, alice, bob):
    act(M.ASK_SKIP, bob, case)
    act(M.APPROVE_SKIP, alice, case)
    stage = open_stage(case)
    assert (stage.number, stage.policy_stage.position) == (2, 3)
    act(M.ASK_SKIP, bob, case)
    act(M.APPROVE_SKIP, alice, case)
    assert open_stage(case).policy_stage.position == 4


@pytest.mark.parametrize(("position", "allowed"), [(1, False), (2, True), (4, True), (5, False)])
def test_an_approved_skip_only_goes_up(case, alice, bob, position, allowed):
    act(M.ASK_SKIP, bob, case)
    if not allowed:
        with pytest.raises(ValidationError, match="above the present one"):
            act(M.APPROVE_SKIP, alice, case, position=position)
        assert open_stage(case).number == 1
    else:
        act(M.APPROVE_SKIP, alice, case, position=position)
        assert open_stage(case).policy_stage.position == position


def test_a_reopened_case_stands_again_at_the_step_at_which_it_ended(at_last_stage, dee):
    act(M.DECIDE, dee, at_last_stage, AT_LAST + DAY)
    act(M.REOPEN, dee, at_last_stage, AT_LAST + 30 * DAY)
    at_last_stage.refresh_from_db()
    stage = open_stage(at_last_stage)
    case = at_last_stage
    assert (case.state, case.closed_at, case.closed_by) == ("open", None, None)
    assert (stage.number, stage.policy_stage.position) == (5, 4)
    assert stage.due_at > AT_LAST + 30 * DAY
    assert at_last_stage.stages.get(number=4).ended == "decided"


def test_reopening_keeps_the_outcome_of_before(at_last_stage, dee):
    act(M.DECIDE, dee, at_last_stage, AT_LAST + DAY, decision="A deputy comes.")
    act(M.REOPEN, dee, at_last_stage, AT_LAST + 2 * DAY)
    at_last_stage.refresh_from_db()
    assert at_last_stage.resolution == ""
    assert at_last_stage.stages.get(number=4).last_words == "A deputy comes."


def test_moving_up_keeps_its_reason(case, bob):
    act(M.MOVE_UP, bob, case, LATE, reason="Nobody answered twice.")
    assert case.stages.get(number=1).last_words == "Nobody answered twice."


def test_a_stage_without_a_limit_can_be_moved_up_without_an_answer(raised, partnership, bob):
    actions.adopt_preset(
        by=None, partnership=partnership, preset="wirral", effective_from=date(2020, 1, 1)
    )
    case = raised()
    assert open_stage(case).due_at is None
    assert may(M.MOVE_UP, bob, case, LATE)


def test_a_case_of_one_line_manager_is_answered_by_the_lead_too(case, agency_b, charlie, rita):
    assert open_stage(case).responder == rita
    assert agency_b.contacts.get().role == Contact.LINE_MANAGER
    assert may(M.ANSWER, charlie, case)


# --- Which sentence comes first -------------------------------------------------------------------


def test_who_has_no_part_is_told_that_and_never_who_was_quicker(case, anna, bob):
    """The name of who moved it is for those who take part."""
    act(M.MOVE_UP, bob, case, LATE)
    with pytest.raises(actions.MoveRefused) as error:
        act(M.WITHDRAW, anna, case, LATE, stage_number=1)
    assert str(error.value) == "“Withdraw” is not yours to do in this case."


def test_who_takes_part_is_told_who_was_quicker_before_what_is_not_possible(case, bob, alice, rita):
    act(M.MOVE_UP, bob, case, LATE)
    with pytest.raises(actions.MoveRefused, match=r"^Already moved up by Bob at"):
        act(M.ACCEPT, alice, case, LATE, stage_number=1)
    with pytest.raises(actions.MoveRefused, match="is not possible now: the stage is waiting"):
        act(M.ACCEPT, alice, case, LATE, stage_number=2)


def test_the_manager_who_comes_late_is_told_when_and_no_name(case, bob, alice, mo):
    act(M.ASK_SKIP, bob, case)
    act(M.APPROVE_SKIP, alice, case)
    with pytest.raises(actions.MoveRefused, match=r"^Already skipped by an agency at"):
        act(M.APPROVE_SKIP, mo, case, stage_number=1)


def test_a_stage_that_there_never_was_is_named(case, bob, alice):
    with pytest.raises(actions.MoveRefused, match="NW-2026-0001 has no stage 7"):
        act(M.WITHDRAW, alice, case, stage_number=7)
