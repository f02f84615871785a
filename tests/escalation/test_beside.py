"""What is written beside the moves: the identity, documents, agreed actions; by who takes part now."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError

from compliance.demo import factories as make
from escalation import actions
from escalation.models import Escalation
from escalation.sides import takes_part
from escalation.stages import Move
from partnership.models import Grant, HistoryEntry
from partnership.roles import Permission, Role
from tests.conftest import person
from tests.escalation.acting import SOON, START, act, anew

pytestmark = pytest.mark.django_db
ON = date(2026, 6, 2)


def note(by, case, **fields):
    told = {"on": ON, "to": "Duty team", "file_noted": False, "now": SOON} | fields
    return actions.note_identity_passed(by=anew(by), case=case, **told)


def add(by, case, **fields):
    told = {"reference": "DOC-1", "title": "Letter"} | fields
    return actions.add_document(by=anew(by), case=case, **told)


def tick(by, action, done_on=ON, **fields):
    return actions.mark_action(by=anew(by), action=action, done_on=done_on, now=SOON, **fields)


# --- Who ------------------------------------------------------------------------------------------


def test_who_takes_part_is_who_the_page_reaches(case, people, rita, anna, ben):
    found = {name for name, user in vars(people).items() if takes_part(anew(user), case)}
    assert found == {"alice", "bob", "charlie"}
    assert takes_part(rita, case) and not takes_part(anna, case) and not takes_part(ben, case)


@pytest.mark.parametrize("what", ["note", "add", "tick"])
def test_one_who_lost_their_part_writes_nothing(case, bob, dana, what):
    """Also when the page was opened before: the action asks again under the lock."""
    action = make.AgreedActionFactory(escalation=case)
    do = {"note": lambda by: note(by, case), "add": lambda by: add(by, case),
          "tick": lambda by: tick(by, action)}[what]
    before = HistoryEntry.objects.count()
    with pytest.raises(actions.MoveRefused, match="You do not take part"):
        do(dana)
    grants = list(Grant.objects.filter(user=bob).values_list("pk", "agency_id"))
    Grant.objects.filter(user=bob).update(agency=make.AgencyFactory())
    with pytest.raises(actions.MoveRefused, match="You do not take part"):
        do(bob)
    assert HistoryEntry.objects.count() == before
    for pk, agency in grants:
        Grant.objects.filter(pk=pk).update(agency=agency)
    assert do(bob)


# --- The identity ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "sentence"),
    [
        (ON, ""), (ON + timedelta(days=1), "still to come"),
        (date(2025, 5, 30), "more than a year before"), (date(2025, 6, 1), ""),
    ],
)
def test_the_day_on_which_the_identity_was_passed_is_possible(case, bob, on, sentence):
    if sentence:
        with pytest.raises(ValidationError, match=sentence):
            note(bob, case, on=on)
        case.refresh_from_db()
        assert case.identity_passed_on is None
    else:
        assert note(bob, case, on=on)


def test_noting_it_again_keeps_before_and_after_and_not_to_whom(case, bob, charlie):
    assert note(bob, case)
    assert not note(bob, case)
    assert note(charlie, case, on=date(2026, 6, 1), to="Night team")
    first, second = HistoryEntry.objects.filter(verb="noted identity passed").order_by("pk")
    assert first.changes["identity_passed_on"] == [None, "2026-06-02"]
    assert second.changes == {
        "identity_passed_on": ["2026-06-02", "2026-06-01"], "identity_passed_to": "changed",
    }
    assert second.user == charlie


def test_a_document_sent_twice_is_on_the_list_once(case, bob):
    assert add(bob, case) == add(bob, case)
    add(bob, case, title="Another letter")
    assert case.documents.count() == 2


# --- Agreed actions -------------------------------------------------------------------------------


@pytest.fixture
def agreed(case, bob, rita):
    """An action agreed when the case was resolved."""
    act(Move.ANSWER, rita, case)
    one = {"text": "Dates on the rota", "owner": "Team manager", "due_on": date(2026, 7, 1)}
    act(Move.ACCEPT, bob, case, actions=[one])
    case.refresh_from_db()
    return case.actions.get()


def test_an_action_is_ticked_off_once_and_the_tick_is_taken_back(agreed, charlie, bob):
    assert (tick(charlie, agreed), tick(bob, agreed)) == (True, False)
    agreed.refresh_from_db()
    assert agreed.done_on == ON
    assert tick(bob, agreed, None)
    done, back = HistoryEntry.objects.filter(verb__contains="tick").order_by("pk")
    assert (done.verb, done.user, done.changes["done_on"]) == (
        "ticked off action", charlie, [None, "2026-06-02"],
    )
    assert (back.verb, back.changes["done_on"]) == ("took back tick", ["2026-06-02", None])


@pytest.mark.parametrize(
    ("on", "sentence"),
    [(START.date(), ""), (date(2026, 5, 31), "before the case was raised"),
     (date(2026, 6, 3), "still to come")],
)
def test_an_action_was_done_between_raising_and_today(agreed, bob, on, sentence):
    if sentence:
        with pytest.raises(ValidationError, match=sentence):
            tick(bob, agreed, on)
    else:
        assert tick(bob, agreed, on)


# --- The assigned decision-maker ------------------------------------------------------------------


@pytest.mark.parametrize("how", ["grant", "employed", "party"])
def test_a_decision_maker_with_an_interest_reads_the_case_no_more(
    at_last_stage, dee, agency_b, role_group, how
):
    case = at_last_stage

    def reads() -> bool:
        reach = Escalation.objects.within_reach(anew(dee), Permission.READ_NARRATIVE)
        return reach.filter(pk=case.pk).exists()

    assert reads()
    if how == "grant":
        make.GrantFactory(user=dee, role=Role.PRACTITIONER, agency=agency_b)
    elif how == "employed":
        dee.staff_member = make.StaffMemberFactory(agency=agency_b, role_group=role_group)
        dee.save()
    else:
        case.participants.create(user=dee, raising=True)
    assert not reads()
    assert Escalation.objects.visible_to(anew(dee)).filter(pk=case.pk).exists()


def test_a_case_of_the_partnership_is_for_its_decision_maker_too(raised, dana, dee, partnership):
    case = raised(by=dana, raised_for=None)
    Escalation.objects.filter(pk=case.pk).update(decider=dee)
    rows = Escalation.objects.filter(pk=case.pk)
    assert rows.within_reach(anew(dee), Permission.READ_NARRATIVE).exists()
    make.GrantFactory(user=dee, role=Role.CONFERENCE_ADMIN, partnership=partnership)
    assert rows.within_reach(anew(dee), Permission.DECIDE_ESCALATION).count() == 0


# --- A case of the conference service -------------------------------------------------------------


def test_a_case_of_the_service_is_not_stranded_when_its_raiser_leaves(
    raised, dana, rita, partnership, elsewhere
):
    case = raised(by=dana, raised_for=None)
    Grant.objects.filter(user=dana).delete()
    delia = person("Delia", Role.CONFERENCE_ADMIN, partnership=partnership)
    far = person("Fara", Role.CONFERENCE_ADMIN, partnership=elsewhere)
    rows = Escalation.objects.filter(pk=case.pk)
    for user, reached in ((delia, True), (dana, False), (far, False)):
        for permission in (Permission.READ_NARRATIVE, Permission.MOVE_ESCALATION):
            assert rows.within_reach(anew(user), permission).exists() is reached, user
    act(Move.ANSWER, rita, case)
    act(Move.ACCEPT, delia, case)
    case.refresh_from_db()
    assert (case.state, case.closed_by) == ("resolved", delia)


def test_a_case_of_an_agency_is_not_the_services(raised, dana, rita):
    case = raised()
    assert not takes_part(anew(dana), case)
    assert not Escalation.objects.visible_to(anew(dana)).exists()
