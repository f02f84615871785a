"""What a person is in a case: raiser, lead, named, assigned, manager; parents and their parts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from compliance.demo import factories as make
from escalation.models import Escalation
from escalation.sides import has_interest, leads, leads_of, moves_of, sides_of
from escalation.stages import Side
from partnership.models import Grant, User
from partnership.roles import Role
from tests.conftest import person
from tests.escalation.acting import AT_LAST, SOON, anew, open_stage

pytestmark = pytest.mark.django_db
SHARED = ("raised",)

S = Side


def sides(user, case) -> set[Side]:
    fresh = Escalation.objects.get(pk=case.pk)
    return set(sides_of(anew(user), fresh, fresh.stages.filter(closed_at=None).first()))


@pytest.fixture
def trust(agency_b):
    """The parent of agency B."""
    row = make.AgencyFactory(name="The trust")
    agency_b.parent = row
    agency_b.save()
    return row


def test_sides_of_everybody(case, people, rita, anna, ben):
    found = {name: sides(user, case) for name, user in vars(people).items()}
    assert {name: got for name, got in found.items() if got} == {
        "bob": {S.RAISER}, "alice": {S.RAISING_LEAD}, "charlie": {S.RESPONDING_LEAD},
        "mo": {S.MANAGER},
    }
    assert (sides(rita, case), sides(anna, case), sides(ben, case)) == ({S.RESPONDER}, set(), set())


def test_sides_of_the_assigned_decision_maker(at_last_stage, dee, partnership):
    assert sides(dee, at_last_stage) == {S.DECIDER}
    dora = person("Dora", Role.DECISION_MAKER, partnership=partnership)
    assert sides(dora, at_last_stage) == set()


def test_a_participant_of_the_raising_side_is_a_raiser(case, anna, ben):
    case.participants.create(user=anna, raising=True)
    case.participants.create(user=ben, raising=False)
    assert (sides(anna, case), sides(ben, case)) == ({S.RAISER}, set())


def test_a_person_may_be_several(case, alice, agency_a, partnership):
    case.participants.create(user=alice, raising=True)
    make.GrantFactory(user=alice, role=Role.PARTNERSHIP_MANAGER, partnership=partnership)
    assert sides(alice, case) == {S.RAISER, S.RAISING_LEAD, S.MANAGER}


def test_managers_of_another_partnership_manage_nothing_here(case, elsewhere, partnership):
    mo = person("Manfred", Role.PARTNERSHIP_MANAGER, partnership=elsewhere)
    assert sides(mo, case) == set()
    make.GrantFactory(user=mo, role=Role.PARTNERSHIP_MANAGER, partnership=partnership)
    assert sides(mo, case) == {S.MANAGER}


def test_a_lead_of_the_parent_leads_its_parts(case, trust, agency_a, agency_b):
    petra = person("Petra", Role.AGENCY_LEAD, agency=trust)
    assert sides(petra, case) == {S.RESPONDING_LEAD}
    assert [leads(petra, a) for a in (agency_b, agency_a, None)] == [True, False, False]


def test_a_lead_of_a_part_does_not_lead_the_parent_nor_its_other_parts(case, trust, agency_b):
    sister = make.AgencyFactory(name="Sister", parent=trust)
    sue = person("Sue", Role.AGENCY_LEAD, agency=sister)
    assert sides(sue, case) == set()
    assert (leads(sue, trust), leads(sue, sister)) == (False, True)


@pytest.mark.parametrize("where", ["own", "parent", "sister", "practitioner only"])
def test_a_practitioner_leads_nothing(case, trust, agency_b, where):
    place = {"own": agency_b, "parent": trust, "sister": make.AgencyFactory(parent=trust)}
    role = Role.PRACTITIONER if where == "practitioner only" else Role.AGENCY_LEAD
    user = person("Uma", role, agency=place.get(where, agency_b))
    assert (S.RESPONDING_LEAD in sides(user, case)) == (where in ("own", "parent"))


def test_a_raiser_with_a_grant_on_the_parent_acts_for_the_part(raised, agency_a, rita):
    parent = make.AgencyFactory(name="The council")
    agency_a.parent = parent
    agency_a.save()
    ray = person("Ray", Role.PRACTITIONER, agency=parent)
    case = raised(by=ray)
    assert sides(ray, case) == {S.RAISER}
    Grant.objects.filter(user=ray).update(agency=make.AgencyFactory())
    assert sides(ray, case) == set()


def test_the_conference_service_acts_in_its_own_partnership_only(raised, dana, elsewhere, rita):
    case = raised(by=dana, raised_for=None)
    assert sides(dana, case) == {S.RAISER}
    Grant.objects.filter(user=dana).update(partnership=elsewhere)
    assert sides(dana, case) == set()


def test_inactive_people_are_nothing(case, alice, mo):
    assert sides(alice, case) == {S.RAISING_LEAD}
    User.objects.filter(pk__in=[alice.pk, mo.pk]).update(is_active=False)
    assert (sides(alice, case), sides(mo, case)) == (set(), set())


@pytest.mark.parametrize("state", ["ended", "not begun", "in force"])
def test_grants_count_in_their_dates_only(case, alice, state):
    day = timezone.localdate()
    dates = {
        "ended": {"until_on": day}, "not begun": {"from_on": day + timedelta(days=1)},
        "in force": {"until_on": day + timedelta(days=1)},
    }
    Grant.objects.filter(user=alice).update(**dates[state])
    assert bool(sides(alice, case)) == (state == "in force")


def test_moves_of_a_page_are_those_of_the_actions(case, bob):
    stage = open_stage(case)
    assert moves_of(case, stage, anew(bob), SOON) == ["ask_skip", "pause", "withdraw"]
    assert moves_of(case, None, anew(bob), SOON) == []


# --- Interest -------------------------------------------------------------------------------------


def test_interest_of_everybody(case, people, rita, anna, ben):
    found = {name for name, user in vars(people).items() if has_interest(anew(user), case)}
    assert found == {"alice", "bob", "charlie"}
    assert all(has_interest(anew(user), case) for user in (rita, anna, ben))


def test_interest_reaches_the_parents_of_both_agencies(raised, trust, agency_a, dee, rita):
    council = make.AgencyFactory(name="The council")
    agency_a.parent = council
    agency_a.save()
    case = raised()
    for place, interested in ((council, True), (trust, True), (make.AgencyFactory(), False)):
        grant = make.GrantFactory(user=dee, role=Role.AGENCY_LEAD, agency=place)
        assert has_interest(anew(dee), case) is interested
        grant.delete()


def test_interest_of_one_employed_without_a_grant(case, dee, agency_b, agency_c, role_group):
    for agency, interested in ((agency_b, True), (agency_c, False)):
        dee.staff_member = make.StaffMemberFactory(agency=agency, role_group=role_group)
        dee.save()
        assert has_interest(anew(dee), case) is interested


def test_a_case_of_the_partnership_interests_only_the_other_agency(
    raised, dana, alice, charlie, rita
):
    case = raised(by=dana, raised_for=None)
    found = [has_interest(anew(user), case) for user in (dana, alice, charlie)]
    assert found == [True, False, True]


# --- Leads ----------------------------------------------------------------------------------------


def test_leads_of_an_agency_are_its_own_else_its_parents(trust, agency_b, charlie):
    petra = person("Petra", Role.AGENCY_LEAD, agency=trust)
    second = person("Cecily", Role.AGENCY_LEAD, agency=agency_b)
    assert leads_of(agency_b) == [charlie, second]
    assert leads_of(trust) == [petra]
    Grant.objects.filter(agency=agency_b).delete()
    assert leads_of(agency_b) == [petra]
    User.objects.filter(pk=petra.pk).update(is_active=False)
    assert leads_of(agency_b) == []
    assert leads_of(None) == []


def test_practitioners_are_no_leads(agency_b, rita, charlie):
    assert leads_of(agency_b) == [charlie]


def test_a_lead_of_the_parent_of_both_agencies_stands_on_neither_side(
    raised, trust, agency_a, rita
):
    petra = person("Petra", Role.AGENCY_LEAD, agency=trust)
    case = raised()
    assert sides(petra, case) == {S.RESPONDING_LEAD}
    agency_a.parent = trust
    agency_a.save()
    assert sides(petra, case) == set()


@pytest.mark.parametrize("how", ["raised it", "leads the raisers", "neither"])
def test_nobody_answers_what_their_own_side_raised(case, alice, bob, ben, agency_b, how):
    """Also not as lead of the other agency, nor as the person whom it named."""
    user, own = {
        "raised it": (bob, S.RAISER), "leads the raisers": (alice, S.RAISING_LEAD),
        "neither": (ben, None),
    }[how]
    make.GrantFactory(user=user, role=Role.PRACTITIONER, agency=agency_b)
    case.stages.update(responder=user)
    assert sides(user, case) == {own or S.RESPONDER}
    make.GrantFactory(user=ben, role=Role.AGENCY_LEAD, agency=agency_b)
    make.GrantFactory(user=bob, role=Role.AGENCY_LEAD, agency=agency_b)
    assert sides(user, case) == ({own} if own else {S.RESPONDER, S.RESPONDING_LEAD})


def test_the_last_stage_leaves_the_sides_as_they_are(at_last_stage, bob, alice, charlie, rita):
    assert sides(bob, at_last_stage) == {S.RAISER}
    assert sides(rita, at_last_stage) == set()  # named at the first stage only
    assert AT_LAST > SOON
