"""The trial: the published figures stay as they are, the neighbours have something of everything."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from compliance.demo.build import build
from compliance.demo.factories import floor
from compliance.demo.people import PASSWORD, SIGN_INS
from compliance.measures import Scope, open_ledger, results
from compliance.models import AgencyReturn, ReturnState
from compliance.period import Period
from conferences.choices import MeetingState, Mode, Outcome
from conferences.models import Attendance, Meeting
from partnership.models import (
    Agency,
    Grant,
    HistoryEntry,
    Membership,
    Partnership,
    StaffMember,
    User,
    today,
)
from partnership.roles import Permission, Role
from tests.imports.conftest import all_counts
from tests.worlds import standing
from training.models import Exemption, Requirement, TrainingRecord

YEAR = Period.parse("2014-15")


@dataclass
class Loaded:
    """What was so before the demo was loaded, and what was hashed for it."""

    figures: list
    hashed: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def loaded(bf_year_key, django_db_blocker):
    """The demo on top of the year, loaded once, without loading the year a second time."""

    def load() -> Loaded:
        found, real = Loaded(figures(Partnership.objects.get(pk=bf_year_key))), floor.make_password
        floor.hashed.cache_clear()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(
                floor, "make_password", lambda word: found.hashed.append(word) or real(word)
            )
            build(today())
        return found

    yield from standing(django_db_blocker, load)


@pytest.fixture
def demo(loaded, bf_year):
    return bf_year


def figures(partnership: Partnership) -> list:
    """All measures of a partnership and of each agency; its escalations are the demo's own."""
    members = Membership.objects.filter(partnership=partnership).order_by("code")
    scopes = [Scope(partnership), *(Scope(partnership, member) for member in members)]
    return [
        [r for r in results(open_ledger(scope, YEAR)) if r.measure.key != "escalation_in_time"]
        for scope in scopes
    ]


def test_figures_of_bracknell_forest_do_not_move(demo, loaded):
    assert demo.memberships.count() == 16
    assert figures(demo) == loaded.figures


def test_second_time_changes_nothing(demo, django_assert_max_num_queries):
    before = all_counts()
    with django_assert_max_num_queries(40):
        build(today())
    assert all_counts() == before


def test_neighbours_have_something_of_everything(demo):
    for code in ("RG", "WO"):
        place = Partnership.objects.get(code=code)
        meetings = Meeting.objects.filter(partnership=place)
        lines = Attendance.objects.filter(meeting__partnership=place)
        assert 6 <= place.memberships.count() <= 8 and 40 <= meetings.count() <= 55
        assert meetings.open_registers(date(2015, 3, 31)).count() == 3
        assert {row.state for row in meetings} == {
            MeetingState.HELD, MeetingState.STOOD_DOWN, MeetingState.CANCELLED,
        }
        assert {row.quorate for row in meetings} == {True, False, None}
        assert lines.disputed().count() == 2
        assert lines.unknown().exists() and lines.filter(late_invitation=True).exists()
        assert {Mode.VIDEO, Mode.PHONE, Mode.IN_PERSON} <= {line.mode for line in lines}
        assert lines.filter(involved=False).exists() and lines.filter(part=True).exists()
    names = {person.name for person in StaffMember.objects.exclude(works_for=None)} | {
        person.name for person in StaffMember.objects.filter(reference__regex="^(RG|WO)-")
    }
    assert {"Siân Llŷr-Pŵel", "Łukasz Żak"} <= names


def test_neighbours_keep_the_rules_of_the_models(demo):
    mine = Meeting.objects.exclude(partnership=demo)
    rows = [
        *mine, *Attendance.objects.filter(meeting__in=mine),
        *StaffMember.objects.filter(reference__regex="^(RG|WO)-"),
    ]
    broken = []
    for row in rows:
        try:
            row.full_clean()
        except ValidationError as error:
            broken.append((row, error))
    assert not broken


def test_shared_agencies_are_shared_on_purpose(demo):
    police = Agency.objects.get(name="Thames Valley Police")
    assert {p.code for p in police.partnerships.all()} == {"BF", "RG", "WO"}
    shared = HistoryEntry.objects.filter(verb="shared", agency=police)
    assert {entry.partnership.code for entry in shared} == {"BF", "RG", "WO"}
    trust = Agency.objects.get(name="Berkshire Healthcare")
    assert trust.parts.count() == 3 and not trust.memberships.exists()
    assert HistoryEntry.objects.filter(verb="changed", agency__parent=trust).count() == 3
    assert not Attendance.objects.filter(
        meeting__partnership=demo, staff_member__works_for__isnull=False
    ).exists()


def test_a_round_of_returns_has_something_of_everything(demo):
    rows = AgencyReturn.objects.filter(round__partnership=demo).with_state()
    assert {row.state for row in rows} == set(ReturnState) and rows.count() == 16
    late = set(rows.late(today()).values_list("membership__code", flat=True))
    assert late == {"HV", "GP", "CMHT"}


def test_everybody_signs_in_and_has_their_role(demo):
    assert {person.role for person in SIGN_INS} == set(Role)
    for person in SIGN_INS:
        user = authenticate(None, email=person.email, password=PASSWORD)
        assert user is not None and user.has_role(person.role)
    assert Grant.objects.filter(user__email="subgroup@example.org").count() == 3
    practitioner = User.objects.get(email="practitioner.hv@example.org")
    assert practitioner.staff_member.name == practitioner.name
    lead = User.objects.get(email="lead.tvp@example.org")
    assert Agency.objects.within_reach(lead, Permission.PRINT_REPORT).count() == 1


def test_one_password_is_hashed_once(loaded):
    assert loaded.hashed == [PASSWORD]


def test_unknown_outcomes_name_nobody(demo):
    assert not Attendance.objects.exclude(meeting__partnership=demo).filter(
        outcome=Outcome.UNKNOWN, staff_member__isnull=False
    ).exists()


def test_command_prints_the_sign_ins_both_times(demo, capsys):
    call_command("load_demo")
    lines = capsys.readouterr().out.splitlines()
    assert lines[2].split() == ["Role", "E-mail", "Password"]
    assert [line.split()[-2:] for line in lines[3:]] == [[p.email, PASSWORD] for p in SIGN_INS]


def test_command_refuses_outside_a_trial(db, settings):
    settings.TRIAL = settings.DEBUG = False
    before = all_counts()
    with pytest.raises(CommandError, match="This is not a trial"):
        call_command("load_demo")
    assert all_counts() == before


def test_command_loads_outside_a_trial_when_told_that_one_knows(demo, settings, capsys):
    settings.TRIAL = settings.DEBUG = False
    call_command("load_demo", "--i-know-this-is-demo-data")
    assert "lead.tvp@example.org" in capsys.readouterr().out


# --- The boroughs together ------------------------------------------------------------------------


def test_the_three_boroughs_together_count_what_they_share_once(loaded, db):
    """The police and the health trust's services serve several of them: one by one the same as by hand."""
    places = list(Partnership.objects.order_by("name"))
    together = {r.measure.key: r for r in results(open_ledger(Scope.over(places), YEAR))}
    apart = [{r.measure.key: r for r in results(open_ledger(Scope(place), YEAR))} for place in places]
    for key in ("conference_attendance", "core_group_attendance", "reports_in_time", "quoracy", "duty_trained"):
        wholes = [card[key].headline for card in apart]
        union = together[key].headline
        assert (union.met, union.total) == (sum(w.met for w in wholes), sum(w.total for w in wholes)), key
    training = together["training_current"].headline
    summed = sum(card["training_current"].headline.total for card in apart)
    assert training.total < summed  # people of shared agencies are in the total of each borough, and here once
    assert training.total == due_by_hand(places)


def due_by_hand(places) -> int:
    """Each person once, each course once that is asked of their role group, by any of their boroughs."""
    on, found = YEAR.last, 0
    rules = [r for r in Requirement.objects.prefetch_related("courses") if r.asked_on(on)]
    seats: dict[int, set[int]] = {}
    for agency, place in Membership.objects.values_list("agency", "partnership"):
        seats.setdefault(agency, set()).add(place)
    done = set(TrainingRecord.objects.counting().filter(completed_on__lte=on).values_list("staff_member", "course"))
    for person in StaffMember.objects.in_post(on):
        own = {person.works_for_id} if person.works_for_id else seats.get(person.agency_id, set())
        asked: dict[frozenset[int], int] = {}
        for requirement in rules:
            if requirement.role_group_id == person.role_group_id and requirement.partnership_id in own:
                courses = frozenset(course.pk for course in requirement.courses.all())
                asked[courses] = min(asked.get(courses, 10_000), requirement.within_days)
        for courses, within in asked.items():
            begun = person.started_on + timedelta(days=within) >= on
            ever = any((person.pk, course) in done for course in courses)
            found += not (begun and not ever) and not exempt(person, on)
    return found


def exempt(person, on) -> bool:
    return any(e.holds_on(on) for e in Exemption.objects.filter(staff_member=person))
