"""Raising a case: its reference, its people, its first stage; refused ones leave nothing."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError

from compliance.demo import factories as make
from escalation import actions
from escalation.choices import Contact, Grounds
from escalation.models import Escalation, Stage
from escalation.presets import PRESETS
from escalation.sides import decider_for, responder_for
from escalation.stages import LOCAL, Move
from partnership.choices import Sector
from partnership.models import Grant, HistoryEntry, OutboxMessage, User
from partnership.roles import Role
from tests.conftest import member, person
from tests.escalation.acting import START, act, open_stage

pytestmark = pytest.mark.django_db
SHARED = ("raised",)

EVERYTHING = (Escalation, Stage, HistoryEntry, OutboxMessage)


def counts() -> list[int]:
    return [model.objects.count() for model in EVERYTHING]


def refused(raised, sentence: str, **fields) -> None:
    before = counts()
    with pytest.raises(ValidationError, match=sentence):
        raised(**fields)
    assert counts() == before


# --- References -----------------------------------------------------------------------------------


def test_references_count_up_in_each_partnership_and_year(raised, elsewhere, agency_c):
    other = member(elsewhere, "POL", "Southmere Police", Sector.POLICE)
    actions.adopt_preset(
        by=None, partnership=elsewhere, preset="default", effective_from=date(2000, 1, 1)
    )
    there = {"partnership": elsewhere, "raised_for": agency_c, "about": other}
    next_year = {"now": datetime(2027, 1, 4, 9, tzinfo=LOCAL)}
    found = [
        raised(**fields).reference
        for fields in ({}, {}, there, {}, next_year, there | next_year, {})
    ]
    assert found == [
        "NW-2026-0001", "NW-2026-0002", "SM-2026-0001", "NW-2026-0003", "NW-2027-0001",
        "SM-2027-0001", "NW-2026-0004",
    ]


@pytest.mark.parametrize(
    ("now", "year"),
    [("2026-12-31 23:59", 2026), ("2027-01-01 00:00", 2027)],
)
def test_the_year_of_a_reference_is_the_local_year(raised, now, year):
    moment = datetime.fromisoformat(now).replace(tzinfo=LOCAL)
    assert raised(now=moment).reference == f"NW-{year}-0001"


def test_references_go_on_after_9999(raised, rita):
    for last, following in ((9998, 9999), (9999, 10000), (10000, 10001)):
        assert raised_after(raised, last).reference == f"NW-2026-{following:04}"


def raised_after(raised, last: int) -> Escalation:
    """The case after one with this number."""
    if not Escalation.objects.filter(reference=f"NW-2026-{last}").exists():
        Escalation.objects.filter(pk=raised().pk).update(reference=f"NW-2026-{last}")
    return raised()


def test_a_refused_case_uses_no_reference(raised, agency_a):
    raised()
    refused(raised, "about itself", about=agency_a)
    assert raised().reference == "NW-2026-0002"


def test_a_code_that_begins_like_another_does_not_share_its_numbers(raised, elsewhere, agency_c):
    """NW and NW-2026 are two partnerships."""
    elsewhere.code = "NW-2026-7"
    elsewhere.save()
    other = member(elsewhere, "POL", "Southmere Police", Sector.POLICE)
    actions.adopt_preset(
        by=None, partnership=elsewhere, preset="default", effective_from=date(2000, 1, 1)
    )
    first = raised(partnership=elsewhere, raised_for=agency_c, about=other)
    assert (first.reference, raised().reference) == ("NW-2026-7-2026-0001", "NW-2026-0001")


# --- What is written ------------------------------------------------------------------------------


def test_raising_enters_the_first_stage_with_its_deadline_and_people(case, bob, rita, charlie):
    stage = open_stage(case)
    assert (case.reference, case.state, case.decider) == ("NW-2026-0001", "open", None)
    assert (stage.number, stage.policy_stage.position, stage.responder) == (1, 1, rita)
    assert (stage.entered_at, stage.entered_by) == (START, bob)
    assert stage.due_at.astimezone(LOCAL).date() == date(2026, 6, 8)
    sides = list(case.participants.order_by("pk").values_list("user", "raising"))
    assert sides == [(bob.pk, True), (rita.pk, False)]
    to = sorted(OutboxMessage.objects.values_list("to", flat=True))
    assert to == sorted([rita.email, charlie.email])  # who is to answer, and the agency's lead


def test_an_urgent_case_has_the_shorter_limit(raised, rita):
    stage = open_stage(raised(urgent=True))
    assert stage.due_at.astimezone(LOCAL).date() == date(2026, 6, 2)
    assert stage.due_at.astimezone(LOCAL).date() != open_stage(raised()).due_at.date()


def test_entering_a_stage_of_which_the_partnership_is_told_writes_to_the_manager(case, bob, mo):
    before = OutboxMessage.objects.filter(to=mo.email).count()
    act(Move.MOVE_UP, bob, case, START + timedelta(days=30))
    assert (before, OutboxMessage.objects.filter(to=mo.email).count()) == (0, 1)


def test_entering_the_last_stage_writes_to_manager_and_decision_maker(at_last_stage, mo, dee):
    last = OutboxMessage.objects.filter(subject__contains="stage 4 has begun")
    assert {mo.email, dee.email} <= set(last.values_list("to", flat=True))


def test_a_case_with_meetings_is_no_theme(raised, meeting, rita):
    assert raised(meetings=[meeting]).theme_case is False
    assert raised().theme_case is True


def test_inactive_people_get_no_mail(raised, charlie, rita):
    User.objects.filter(pk=charlie.pk).update(is_active=False)
    raised()
    assert not OutboxMessage.objects.filter(to=charlie.email).exists()
    User.objects.filter(pk=charlie.pk).update(is_active=True)
    raised()
    assert OutboxMessage.objects.filter(to=charlie.email).exists()


# --- Refused --------------------------------------------------------------------------------------


def test_a_case_about_oneself_is_refused(raised, agency_a, agency_b, rita):
    refused(raised, "An agency cannot raise an escalation about itself", about=agency_a)
    assert raised(about=agency_b).about == agency_b


def test_agencies_and_meetings_of_another_partnership_are_refused(
    raised, partnership, agency_a, agency_b, agency_c, meeting, meeting_elsewhere, rita
):
    refused(raised, "Southmere Social Care is not an agency of Northwold", about=agency_c)
    refused(raised, "Southmere Social Care is not an agency of Northwold", raised_for=agency_c)
    refused(raised, "Choose meetings of Northwold", meetings=[meeting, meeting_elsewhere])
    make.MembershipFactory(partnership=partnership, agency=agency_c, code="SHARED")
    fields = {"about": agency_c, "meetings": [meeting], "grounds": Grounds.THRESHOLD}
    assert raised(**fields).about == agency_c


@pytest.mark.parametrize("parent", ["raising", "about"])
def test_a_parent_and_its_part_settle_it_inside(raised, agency_a, agency_b, rita, parent):
    upper, lower = (agency_a, agency_b) if parent == "raising" else (agency_b, agency_a)
    lower.parent = upper
    lower.save()
    refused(raised, f"{lower} is a part of {upper}: a dispute inside one agency goes to line management")
    lower.parent = make.AgencyFactory(name="The council")
    lower.save()
    assert raised().about == agency_b


@pytest.mark.parametrize("grounds", [Grounds.NOT_ATTENDED, Grounds.NO_REPORT])
def test_who_did_not_attend_or_report_was_on_the_register(
    raised, core_group, meeting, agency_a, agency_b, rita, grounds
):
    """Of the core group only A is; what is wrong there is no missed attendance of B."""
    wrong = "Northwold Police is not on the register of NW-2. Take the meeting away"
    refused(raised, wrong, grounds=grounds, meetings=[meeting, core_group])
    assert raised(grounds=grounds, meetings=[meeting]).grounds == grounds
    assert raised(grounds=Grounds.PLAN_DRIFT, meetings=[meeting, core_group])
    trust = make.AgencyFactory(name="The trust")
    agency_b.parent = trust
    agency_b.save()
    make.AttendanceFactory(meeting=core_group, agency=trust, staff_member=None, job_title="DC")
    assert raised(grounds=grounds, meetings=[core_group]).meetings.get() == core_group


# --- Who raises -----------------------------------------------------------------------------------


@pytest.fixture
def managers_raise(policy):
    """The first stage is raised by a line manager."""
    policy.stages.filter(position=1).update(raised_by=Contact.LINE_MANAGER)


def test_the_policy_says_who_raises(raised, managers_raise, agency_a, alice, bob, anna, dana, rita):
    why = "By the local policy the line manager raises. For Northwold Social Care ask"
    refused(raised, f"{why} the agency’s lead to raise it", by=bob)
    assert raised(by=alice).raised_by == alice
    actions.name_contact(
        by=alice, agency=agency_a, role=Contact.LINE_MANAGER, user=bob, alternate=anna
    )
    assert [raised(by=user).raised_by for user in (bob, anna, alice)] == [bob, anna, alice]
    carl = person("Carl", Role.PRACTITIONER, agency=agency_a)
    refused(raised, f"{why} Bob or Anna or the agency’s lead to raise it", by=carl)
    assert raised(by=dana, raised_for=None).raised_by == dana


@pytest.mark.parametrize("preset", sorted(PRESETS))
def test_no_preset_keeps_a_practitioner_from_raising(raised, partnership, rita, preset):
    actions.adopt_preset(
        by=None, partnership=partnership, preset=preset, effective_from=date(2020, 1, 1)
    )
    assert raised().policy.name == PRESETS[preset].name


# --- The identity -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "sentence"),
    [
        (date(2026, 6, 2), "This day is still to come"),
        (date(2025, 5, 30), "more than a year before the case was raised"),
        (date(2026, 6, 1), ""),
        (date(2025, 6, 1), ""),
    ],
)
def test_the_identity_was_passed_by_today_and_not_long_ago(raised, rita, on, sentence):
    fields = {"identity_passed_on": on, "identity_passed_to": "Duty team"}
    if sentence:
        refused(raised, sentence, **fields)
    else:
        assert raised(**fields).identity_passed_on == on


def test_a_parent_raises_for_its_parts_though_it_is_in_no_partnership(raised, agency_a, agency_c):
    trust = make.AgencyFactory(name="The trust")
    refused(raised, "The trust is not an agency of Northwold", raised_for=trust)
    agency_a.parent = trust
    agency_a.save()
    assert raised(raised_for=trust).raised_for == trust


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"concern": ""}, "cannot be blank"),
        ({"outcome_wanted": ""}, "cannot be blank"),
        ({"grounds": "spite"}, "not a valid choice"),
        ({"concern": "NHS 943 476 5919"}, "“943 476 5919” looks like an NHS number"),
        ({"outcome_wanted": "Visit RG12 1JD"}, "“RG12 1JD” looks like a postcode"),
        ({"identity_passed_on": date(2026, 6, 1)}, "Say both when and to whom"),
        ({"identity_passed_to": "Duty manager"}, "Say both when and to whom"),
        (
            {"identity_passed_on": date(2026, 6, 1), "identity_passed_to": "RG12 1JD"},
            "looks like a postcode",
        ),
    ],
)
def test_what_a_case_lacks_or_must_not_say_is_refused(raised, rita, fields, sentence):
    refused(raised, sentence, **fields)
    whole = {"identity_passed_on": date(2026, 6, 1), "identity_passed_to": "Duty manager"}
    assert raised(grounds=Grounds.CAPACITY, **whole).identity_passed_to == "Duty manager"


def test_noting_later_to_whom_the_identity_was_passed_takes_both(case, bob):
    with pytest.raises(ValidationError, match="Say both when and to whom"):
        actions.note_identity_passed(
            by=bob, case=case, on=date(2026, 6, 2), to="", file_noted=True
        )
    case.refresh_from_db()
    assert (case.identity_passed_on, case.file_noted) == (None, False)
    actions.note_identity_passed(
        by=bob, case=case, on=date(2026, 6, 2), to="Duty manager", file_noted=True
    )
    case.refresh_from_db()
    assert (case.identity_passed_on, case.file_noted) == (date(2026, 6, 2), True)


# --- Who answers ----------------------------------------------------------------------------------


def responder(case) -> str | None:
    found = responder_for(Escalation.objects.get(pk=case.pk), case.policy.stages.first())
    return found.name if found else None


def test_the_named_person_answers_else_the_lead_else_the_parents_lead(
    case, agency_b, rita, charlie
):
    assert responder(case) == "Rita"
    agency_b.contacts.all().delete()
    assert responder(case) == "Charlie"
    trust = make.AgencyFactory(name="The trust")
    agency_b.parent = trust
    agency_b.save()
    person("Petra", Role.AGENCY_LEAD, agency=trust)
    assert responder(case) == "Charlie"
    Grant.objects.filter(user=charlie).delete()
    assert responder(case) == "Petra"
    Grant.objects.filter(agency=trust).delete()
    assert responder(case) is None


@pytest.mark.parametrize("party", [True, False])
def test_the_alternate_answers_for_one_who_is_party(raised, agency_b, bob, ben, party):
    """Bob, who raised it, is also named by agency B: then Ben answers."""
    other = person("Olga", Role.PRACTITIONER, agency=agency_b)
    actions.name_contact(
        by=None, agency=agency_b, role=Contact.LINE_MANAGER, user=bob if party else other,
        alternate=ben,
    )
    assert open_stage(raised()).responder == (ben if party else other)


def test_a_named_person_who_is_party_and_has_no_alternate_leaves_it_to_the_lead(
    raised, agency_b, bob, charlie
):
    actions.name_contact(by=None, agency=agency_b, role=Contact.LINE_MANAGER, user=bob)
    assert open_stage(raised()).responder == charlie


def test_an_inactive_person_is_passed_over(raised, agency_b, rita, charlie):
    User.objects.filter(pk=rita.pk).update(is_active=False)
    assert open_stage(raised()).responder == charlie
    User.objects.filter(pk=rita.pk).update(is_active=True)
    assert open_stage(raised()).responder == rita


def test_each_stage_resolves_its_own_role(case, agency_b, bob, ben, rita, charlie):
    actions.name_contact(by=None, agency=agency_b, role=Contact.SAFEGUARDING_LEAD, user=ben)
    act(Move.MOVE_UP, bob, case, START + timedelta(days=30))
    act(Move.MOVE_UP, bob, case, START + timedelta(days=60))
    found = [stage.responder for stage in case.stages.order_by("number")]
    assert found == [rita, ben, charlie]  # no board member is named: the lead


# --- Who decides ----------------------------------------------------------------------------------


def test_the_decision_maker_is_assigned_when_the_partnership_decides(at_last_stage, dee):
    assert at_last_stage.decider == dee
    before = HistoryEntry.objects.filter(verb="entered").count()
    assert before == 4


@pytest.mark.parametrize("how", ["grant", "parent", "works there", "party", "elsewhere"])
def test_a_decision_maker_with_an_interest_is_passed_over(
    case, partnership, agency_b, agency_c, role_group, dee, how
):
    trust = make.AgencyFactory(name="The trust")
    type(agency_b).objects.filter(pk=agency_b.pk).update(parent=trust)
    if how == "grant":
        make.GrantFactory(user=dee, role=Role.PRACTITIONER, agency=agency_b)
    elif how == "parent":
        make.GrantFactory(user=dee, role=Role.AGENCY_LEAD, agency=trust)
    elif how == "works there":
        dee.staff_member = make.StaffMemberFactory(agency=agency_b, role_group=role_group)
        dee.save()
    elif how == "party":
        case.participants.create(user=dee, raising=False)
    else:  # the twin: a role in an agency that is not in the case
        make.GrantFactory(user=dee, role=Role.AGENCY_LEAD, agency=agency_c)
    second = person("Dora", Role.DECISION_MAKER, partnership=partnership)
    fresh = Escalation.objects.get(pk=case.pk)
    assert decider_for(fresh) == (dee if how == "elsewhere" else second)


def test_decision_makers_of_another_partnership_are_not_assigned(case, elsewhere, partnership):
    person("Dora", Role.DECISION_MAKER, partnership=elsewhere)
    assert decider_for(Escalation.objects.get(pk=case.pk)) is None
    mine = person("Dina", Role.DECISION_MAKER, partnership=partnership)
    assert decider_for(Escalation.objects.get(pk=case.pk)) == mine
