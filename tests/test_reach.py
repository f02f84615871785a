"""Who reaches which row: the table, and each role × each scoped model × each permission.

A row is written down with the least reach that comes to it; so what is inside comes, what is outside
does not, and there always is an outside (Southmere).
"""

from __future__ import annotations

import os
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from compliance.demo import factories as make
from conferences.choices import MeetingKind, Outcome
from conferences.models import Attendance, ExpectationRule, Meeting, QuorumRule, Timescale
from escalation.models import Escalation, Stage, Suggestion
from partnership.models import (
    Agency,
    Grant,
    Membership,
    Partnership,
    StaffMember,
    User,
)
from partnership.reach import REACH, Reach, ReachQuerySet, can, held, reach_of
from partnership.roles import AGENCY_ROLES, PERMISSION_SENTENCES, ROLE_LABELS, Permission, Role
from training.models import TrainingRecord

# --- The table ------------------------------------------------------------------------------------

# Written out from the design, by hand, in the order of the roles: practitioner, lead, conference
# admin, training admin, sub-group, manager, decision-maker, auditor. O own, P party, S assigned,
# A agency, W (the whole) partnership.
DESIGN = """
view_staff                 O A - - - - - -
log_training               O A - - - - - -
manage_staff               - A - - - - - -
manage_courses             - - - W - W - -
manage_agency_requirements - A - - - - - -
view_session_names         O A - W - - - -
view_session_take_up       - A - W W W - W
pick_invitees              O A W - - - - -
view_meetings              O A W - W W W W
view_meeting_names         O A W - - - - -
record_conferences         - - W - - - - -
record_core_groups         O A W - - - - -
dispute_lines              O A - - - - - -
settle_lines               - - W - - - - -
type_counts                - - W - - W - -
view_suggestions           - A W - - W - -
act_on_suggestions         - A W - - - - -
raise_escalation           A A W - - - - -
move_escalation            P A P - - - - -
ask_skip                   P - P - - - - -
approve_skip               - A - - - W - -
decide_escalation          - - - - - - S -
read_narrative             P A P - - - S -
view_escalations           P A P - - W W W
view_escalation_themes     - - - - W - - -
view_measures              - A - W W W W W
view_measure_names         - A - - - - - -
print_report               - A - - W W - W
print_names                - A - - - - - -
issue_report               - - - - W W - -
sign_off_report            - A - - - - - -
manage_agencies            - - - - - W - -
manage_own_users           - A - - - - - -
manage_rules               - - - - - W - -
view_history               O A W - - W - W
"""
LETTERS = {
    "-": Reach.NONE, "O": Reach.OWN, "P": Reach.PARTY, "S": Reach.ASSIGNED, "A": Reach.AGENCY,
    "W": Reach.PARTNERSHIP,
}


def designed() -> dict[tuple[str, str], Reach]:
    table = {}
    for line in DESIGN.strip().splitlines():
        permission, *letters = line.split()
        assert len(letters) == len(Role), permission
        table |= {(permission, role): LETTERS[x] for role, x in zip(Role, letters, strict=True)}
    return table


def test_reach_table_is_the_design():
    assert {(p, r): reach_of(p, r) for p in Permission for r in Role} == designed()


def test_reach_table_names_every_permission_and_sentences_are_there():
    assert set(REACH) == set(Permission) == set(PERMISSION_SENTENCES)
    assert set(ROLE_LABELS) == set(Role)


def test_partnership_roles_never_reach_by_agency_nor_agency_roles_by_partnership():
    for permission in Permission:
        for role in Role:
            wrong = Reach.PARTNERSHIP if role in AGENCY_ROLES else Reach.AGENCY
            assert reach_of(permission, role) is not wrong, (permission, role)


PAGE = Path(__file__).resolve().parents[1] / "docs" / "permissions.md"


def as_markdown() -> str:
    """The access table as docs/permissions.md prints it."""
    rows = [
        "# Who may do what",
        "",
        "Made from `partnership/reach.py`; write it anew with "
        "`WRITE_PAGES=1 pytest tests/test_reach.py`.",
        "",
        "*own*: rows about the person; *party*: escalations in which they take part; *assigned*:",
        "given to them to decide; *agency*: their agency and its parts; *partnership*: all of theirs.",
        "",
        f"| | {' | '.join(ROLE_LABELS[role] for role in Role)} |",
        f"|---|{'---|' * len(Role)}",
    ]
    for permission in Permission:
        reaches = [reach_of(permission, role) for role in Role]
        cells = ["–" if reach is Reach.NONE else str(reach) for reach in reaches]
        rows.append(f"| {permission.sentence} | {' | '.join(cells)} |")
    return "\n".join(rows) + "\n"


def test_permissions_page_is_the_table():
    if os.environ.get("WRITE_PAGES"):
        PAGE.write_text(as_markdown(), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == as_markdown()


# --- The rows -------------------------------------------------------------------------------------

COMES_WITH = {  # the least reach that comes to a row: all reaches that do
    "own": {Reach.OWN, Reach.AGENCY, Reach.PARTNERSHIP},
    "agency": {Reach.AGENCY, Reach.PARTNERSHIP},
    "partnership": {Reach.PARTNERSHIP},
    "agency's own affair": {Reach.OWN, Reach.AGENCY},  # no partnership stands in the row
    "agency only": {Reach.AGENCY},
    "nobody": set(),
}
BY_PERMISSION = {Meeting, Attendance}  # drawn differently for some permissions; tested below


@pytest.fixture
def rows(people, partnership, elsewhere, agency_a, agency_b, agency_c, staff_a, staff_a2, staff_b,
         staff_c, role_group, meeting, core_group, meeting_elsewhere):
    """For each scoped model rows with the least reach that comes to them; nothing else is there."""
    for agency in (agency_a, agency_b, agency_c):
        make.AttendanceFactory(meeting=make.MeetingFactory(
            partnership=elsewhere if agency == agency_c else partnership
        ), agency=agency, staff_member=staff_a2 if agency == agency_a else None, job_title="Nurse")
    for place in (partnership, elsewhere):
        make.TargetFactory(partnership=place)
        make.ExtractLineFactory(partnership=place)
        make.TypedCountFactory(partnership=place)
        make.IssuedReportFactory(partnership=place, agency=None)
        make.TriggerFactory(partnership=place)
        make.PolicyFactory(partnership=place)
        group = {"role_group": role_group} if place == partnership else {}
        make.RequirementFactory(partnership=place, **group)
    for place, agency in ((partnership, agency_a), (partnership, agency_b), (elsewhere, agency_c)):
        make.MissedDutyFactory(
            meeting=make.MeetingFactory(partnership=place), agency=agency
        )
        make.HistoryEntryFactory(partnership=place, agency=agency)
        make.UserCheckFactory(agency=agency)
        make.ActionFactory(partnership=place, owner=agency)
        make.IssuedReportFactory(partnership=place, agency=agency)
        make.AgencyOfferFactory(agency=agency, giver=place)
        make.AgencyOfferFactory(agency=agency, taker=place)
        term = "2014-15-H1" if agency == agency_a else "2014-15-H2"
        asked = make.ReturnRoundFactory(partnership=place, period=term)
        make.AgencyReturnFactory(round=asked, membership=agency.memberships.get())
    offered = {place: make.SessionFactory(partnership=place) for place in (partnership, elsewhere)}
    for member in (staff_a, staff_a2, staff_b, staff_c):
        make.BookingFactory(
            session=offered[elsewhere if member == staff_c else partnership], staff_member=member
        )
        make.TrainingRecordFactory(staff_member=member)
        make.ExemptionFactory(staff_member=member)
        make.HistoryEntryFactory(staff_member=member, agency=member.agency)

    def by_person(row):
        by = {staff_a.pk: "own", staff_a2.pk: "agency", staff_b.pk: "partnership"}
        return by.get(getattr(row, "staff_member_id", row.pk), "nobody")

    def by_agency(agency_id):
        return {agency_a.pk: "agency", agency_b.pk: "partnership"}.get(agency_id, "nobody")

    def here(row):
        return "own" if row.partnership_id == partnership.pk else "nobody"

    def here_as_a_whole(row):
        return "partnership" if row.partnership_id == partnership.pk else "nobody"

    def by_report(row):
        return by_agency(row.agency_id) if row.agency_id else here_as_a_whole(row)

    def by_grant(row):
        if row.partnership_id:
            return "partnership" if row.partnership_id == partnership.pk else "nobody"
        return "own" if row.user_id == people.bob.pk else by_agency(row.agency_id)

    def by_history(row):
        if row.partnership_id == partnership.pk:
            return "agency" if row.agency_id == agency_a.pk else "partnership"
        if row.staff_member_id == staff_a.pk:
            return "agency's own affair"
        return "agency only" if row.agency_id == agency_a.pk else "nobody"

    def by_offer(row):
        return "partnership" if partnership.pk in (row.giver_id, row.taker_id) else "nobody"

    def own_if(label):
        return "own" if label == "agency" else label

    def by_lines(row):
        if row.lines.filter(staff_member=staff_a).exists():
            return "own"
        if row.lines.filter(agency=agency_a).exists():
            return "agency"
        return "partnership" if row.partnership_id == partnership.pk else "nobody"

    return {
        "partnership.Partnership": lambda row: "own" if row == partnership else "nobody",
        "partnership.Agency": lambda row: own_if(by_agency(row.pk)),
        "partnership.Membership": lambda row: own_if(by_agency(row.agency_id)),
        "partnership.StaffMember": by_person,
        "partnership.Grant": by_grant,
        "partnership.HistoryEntry": by_history,
        "partnership.AgencyOffer": by_offer,
        "partnership.UserCheck": lambda row: by_agency(row.agency_id),
        "training.Requirement": here,
        "training.TrainingRecord": by_person,
        "training.Exemption": by_person,
        "training.Session": here,
        "training.Booking": by_person,
        "conferences.QuorumRule": here,
        "conferences.ExpectationRule": here,
        "conferences.Timescale": here,
        "conferences.Meeting": by_lines,
        "conferences.Attendance": lambda row: by_agency(row.agency_id),
        "conferences.MissedDuty": lambda row: by_agency(row.agency_id),
        "conferences.ExtractLine": here_as_a_whole,
        "compliance.Target": here,
        "compliance.TypedCount": here_as_a_whole,
        "compliance.ReturnRound": lambda row: by_agency(row.returns.get().membership.agency_id),
        "compliance.AgencyReturn": lambda row: by_agency(row.membership.agency_id),
        "compliance.Action": lambda row: by_agency(row.owner_id),
        "compliance.IssuedReport": by_report,
        "escalation.Policy": here,
        "escalation.Trigger": here,
    }


def scoped_models():
    """Every model of ours whose queryset knows reach."""
    return [
        model for config in apps.get_app_configs() for model in config.get_models()
        if issubclass(model._default_manager._queryset_class, ReachQuerySet)
    ]


WITH_PARTIES = {Escalation, Stage, Suggestion}  # two agencies, parties, a decider: below
SCOPED = [model for model in scoped_models() if model not in WITH_PARTIES]


def test_scoped_models_are_found():
    assert len(SCOPED) >= 18
    assert set(scoped_models()) == {*SCOPED, *WITH_PARTIES}
    assert {StaffMember, TrainingRecord, Meeting, Attendance, Grant} <= set(SCOPED)


@pytest.mark.parametrize("model", SCOPED, ids=lambda model: model.__name__)
def test_each_role_reaches_exactly_its_rows(model, rows, by_role):
    assert model._meta.label in rows, f"Say in this file who reaches which {model.__name__}."
    least = {row.pk: rows[model._meta.label](row) for row in model._base_manager.all()}
    assert "nobody" in least.values()  # something could leak
    permission_of_view = model.objects.all().view_permission
    for role, user in by_role.items():
        permissions = Permission if model not in BY_PERMISSION else [permission_of_view]
        for permission in permissions:
            reach = reach_of(permission, role)
            if model is Attendance and reach is Reach.OWN:
                continue  # names are for those who were there: below
            if model._default_manager._queryset_class.own_lookups == () and reach is Reach.OWN:
                expected = set()
            else:
                expected = {pk for pk, label in least.items() if reach in COMES_WITH[label]}
            found = list(model.objects.within_reach(user, permission).values_list("pk", flat=True))
            assert len(found) == len(set(found)), (role, permission)
            assert set(found) == expected, (role, permission, reach)
        visible = set(model.objects.visible_to(user))
        assert visible == set(model.objects.within_reach(user, permission_of_view)), role


def nobody_users(agency, partnership):
    """People whose grants give nothing today, each with the twin that has one thing changed."""
    today = timezone.localdate()
    day = timedelta(days=1)
    grants = {
        "ended yesterday": ({"until_on": today - day}, {"until_on": None}),
        "ended today": ({"until_on": today}, {"until_on": today + day}),
        "begins tomorrow": ({"from_on": today + day}, {"from_on": today}),
    }
    for name, (lost, kept) in grants.items():
        lead = {"role": Role.AGENCY_LEAD, "agency": agency}
        yield (name, make.GrantFactory(**lead, **lost).user, make.GrantFactory(**lead, **kept).user)
        admin = {"role": Role.CONFERENCE_ADMIN, "partnership": partnership}
        yield (name, make.GrantFactory(**admin, **lost).user, make.GrantFactory(**admin, **kept).user)
    inactive = make.GrantFactory(role=Role.AGENCY_LEAD, agency=agency, user__is_active=False).user
    yield "inactive", inactive, make.GrantFactory(role=Role.AGENCY_LEAD, agency=agency).user


def test_lapsed_future_and_inactive_people_reach_nothing(rows, agency_a, partnership):
    for name, user, twin in nobody_users(agency_a, partnership):
        assert not any(can(user, permission) for permission in Permission), name
        for model in SCOPED:
            assert not model.objects.visible_to(user).exists(), (name, model)
        assert Meeting.objects.visible_to(twin).exists(), name
        assert can(twin, Permission.VIEW_MEETINGS), name


def test_anonymous_people_reach_nothing(rows):
    for permission in Permission:
        assert not held(AnonymousUser(), permission)
        for model in SCOPED:
            assert not model.objects.within_reach(AnonymousUser(), permission).exists()


def test_a_user_without_grants_reaches_nothing_even_when_on_a_staff_list(rows, staff_a2, bob):
    user = make.UserFactory(staff_member=staff_a2)
    assert not StaffMember.objects.visible_to(user).exists()
    make.GrantFactory(user=user, role=Role.PRACTITIONER, agency=staff_a2.agency)
    assert set(StaffMember.objects.visible_to(User.objects.get(pk=user.pk))) == {staff_a2}


def test_a_practitioner_without_a_line_on_a_staff_list_owns_nothing(rows, agency_a):
    user = make.GrantFactory(role=Role.PRACTITIONER, agency=agency_a).user
    assert not StaffMember.objects.visible_to(user).exists()
    assert not Meeting.objects.visible_to(user).exists()


def test_a_lost_grant_acts_on_the_next_request(client, alice, staff_a):
    again = User.objects.get(pk=alice.pk)
    assert set(StaffMember.objects.visible_to(again)) == {staff_a}
    Grant.objects.filter(user=alice).update(until_on=timezone.localdate())
    assert not StaffMember.objects.visible_to(User.objects.get(pk=alice.pk)).exists()


def test_several_grants_add_up(rows, alice, agency_b, staff_a, staff_a2, staff_b):
    make.GrantFactory(user=alice, role=Role.AGENCY_LEAD, agency=agency_b)
    alice = User.objects.get(pk=alice.pk)
    assert set(StaffMember.objects.visible_to(alice)) == {staff_a, staff_a2, staff_b}


# --- Parents, shared agencies ---------------------------------------------------------------------


def test_a_grant_on_a_parent_reaches_its_parts_and_a_part_not_its_parent(
    agency_a, agency_b, staff_a, staff_b, meeting, meeting_elsewhere, alice
):
    trust = make.AgencyFactory(name="Northwold Trust")
    Agency.objects.filter(pk=agency_a.pk).update(parent=trust)
    at_trust = make.StaffMemberFactory(agency=trust)
    user = make.GrantFactory(role=Role.AGENCY_LEAD, agency=trust).user
    assert set(StaffMember.objects.visible_to(user)) == {staff_a, at_trust}
    assert set(Agency.objects.visible_to(user)) == {trust, agency_a}
    assert set(Meeting.objects.visible_to(user)) == {meeting}
    assert set(Attendance.objects.visible_to(user)) == {meeting.lines.get(agency=agency_a)}
    assert set(StaffMember.objects.visible_to(alice)) == {staff_a}
    assert set(Agency.objects.visible_to(alice)) == {agency_a}


def test_a_shared_agency_is_seen_from_both_partnerships_but_meetings_are_not(
    partnership, elsewhere, agency_b, agency_c, staff_b, meeting, meeting_elsewhere, charlie, sam, dana
):
    make.MembershipFactory(partnership=elsewhere, agency=agency_b, code="POL")
    there = make.AttendanceFactory(meeting=meeting_elsewhere, agency=agency_b, staff_member=staff_b)
    sue = make.GrantFactory(role=Role.TRAINING_SUBGROUP, partnership=elsewhere).user
    here = meeting.lines.get(agency=agency_b)

    assert set(Meeting.objects.visible_to(charlie)) == {meeting, meeting_elsewhere}
    assert set(Attendance.objects.visible_to(charlie)) == {here, there}
    assert set(Meeting.objects.visible_to(sam)) == {meeting}
    assert set(Attendance.objects.within_reach(sam, Permission.VIEW_MEETINGS)) == set(
        meeting.lines.all()
    )
    assert set(Meeting.objects.visible_to(sue)) == {meeting_elsewhere}
    assert set(Agency.objects.visible_to(sue)) == {agency_b, agency_c}
    assert agency_b in Agency.objects.visible_to(sam)
    assert agency_c not in Agency.objects.visible_to(sam)


def test_a_sub_group_reaches_only_its_own_membership_rows_of_a_shared_agency(
    partnership, elsewhere, agency_a, agency_b, agency_c, sam
):
    make.MembershipFactory(partnership=elsewhere, agency=agency_b, code="POL")
    assert {m.partnership for m in Membership.objects.visible_to(sam)} == {partnership}
    both = make.GrantFactory(user=sam, role=Role.TRAINING_SUBGROUP, partnership=elsewhere).user
    both = User.objects.get(pk=both.pk)
    assert set(Membership.objects.visible_to(both)) == set(Membership.objects.filter(
        partnership__in=[partnership, elsewhere]
    ))


def test_a_row_never_comes_twice(partnership, agency_a, agency_b, meeting, alice, dana, staff_a2):
    make.AttendanceFactory(meeting=meeting, agency=agency_a, staff_member=staff_a2)
    make.GrantFactory(user=alice, role=Role.CONFERENCE_ADMIN, partnership=partnership)
    make.GrantFactory(user=alice, role=Role.PRACTITIONER, agency=agency_a)
    alice = User.objects.get(pk=alice.pk)
    assert list(Meeting.objects.visible_to(alice)) == [meeting]
    assert list(Partnership.objects.visible_to(alice)) == [partnership]


# --- Meetings -------------------------------------------------------------------------------------


@pytest.fixture
def core_group_of_b(partnership, agency_a, staff_a, staff_b):
    """A core group that a person of B leads; Bob went too."""
    row = make.MeetingFactory(partnership=partnership, kind=MeetingKind.CORE_GROUP, lead=staff_b)
    make.AttendanceFactory(
        meeting=row, agency=agency_a, staff_member=staff_a, outcome=Outcome.ATTENDED
    )
    return row


def test_core_groups_are_recorded_by_their_lead_only(
    meeting, core_group, core_group_of_b, people, elsewhere
):
    far = make.MeetingFactory(partnership=elsewhere, kind=MeetingKind.CORE_GROUP)

    def recordable(user):
        return set(Meeting.objects.within_reach(user, Permission.RECORD_CORE_GROUPS))

    assert recordable(people.bob) == {core_group}
    assert recordable(people.alice) == {core_group}
    assert recordable(people.charlie) == {core_group_of_b}
    assert recordable(people.dana) == {core_group, core_group_of_b}
    assert recordable(people.mo) == recordable(people.sam) == recordable(people.outsider) == set()
    assert far.pk not in {m.pk for m in Meeting.objects.visible_to(people.dana)}


def test_conferences_are_recorded_by_the_conference_service_only(meeting, core_group, people):
    def recordable(user):
        return set(Meeting.objects.within_reach(user, Permission.RECORD_CONFERENCES))

    assert recordable(people.dana) == {meeting}
    assert recordable(people.bob) == recordable(people.alice) == recordable(people.mo) == set()


def test_names_are_for_those_who_were_there(meeting, bob, staff_a, agency_a, agency_b):
    line = meeting.lines.get(staff_member=staff_a)
    assert set(Attendance.objects.visible_to(bob)) == set(meeting.lines.all())
    assert set(Meeting.objects.within_reach(bob, Permission.VIEW_MEETING_NAMES)) == {meeting}
    line.outcome = Outcome.APOLOGIES
    line.save()
    assert not Attendance.objects.visible_to(bob).exists()
    assert not Meeting.objects.within_reach(bob, Permission.VIEW_MEETING_NAMES).exists()
    assert set(Meeting.objects.visible_to(bob)) == {meeting}  # invited: still sees the agencies


def test_names_do_not_come_from_another_persons_presence(meeting, bob, staff_a, staff_a2, agency_a):
    """Bob was invited and did not come; a colleague did. The two facts are of different lines."""
    meeting.lines.filter(staff_member=staff_a).update(outcome=Outcome.ABSENT)
    make.AttendanceFactory(
        meeting=meeting, agency=agency_a, staff_member=staff_a2, outcome=Outcome.ATTENDED
    )
    assert not Attendance.objects.visible_to(bob).exists()


def test_a_line_is_disputed_by_the_person_and_their_lead_only(meeting, people, staff_a, agency_b):
    def disputable(user):
        return set(Attendance.objects.within_reach(user, Permission.DISPUTE_LINES))

    line_a, line_b = meeting.lines.get(staff_member=staff_a), meeting.lines.get(agency=agency_b)
    assert disputable(people.bob) == disputable(people.alice) == {line_a}
    assert disputable(people.charlie) == {line_b}
    assert disputable(people.dana) == set()


# --- Escalations ----------------------------------------------------------------------------------


@pytest.fixture
def cases(people, partnership, elsewhere, agency_a, agency_b, agency_c, staff_a):
    """Cases by who they are between, each with a stage: A about B, B about A, B about D, elsewhere."""
    agency_d = make.AgencyFactory(name="Northwold Housing")
    make.MembershipFactory(partnership=partnership, agency=agency_d, code="HOU")
    found = {
        "A>B": make.EscalationFactory(
            partnership=partnership, raised_by=people.bob, raised_for=agency_a, about=agency_b,
            decider=people.dee,
        ),
        "B>A": make.EscalationFactory(
            partnership=partnership, raised_for=agency_b, about=agency_a
        ),
        "B>D": make.EscalationFactory(
            partnership=partnership, raised_for=agency_b, about=agency_d
        ),
        "service>D": make.EscalationFactory(
            partnership=partnership, raised_by=people.dana, raised_for=None, about=agency_d
        ),
        "far": make.EscalationFactory(
            partnership=elsewhere, raised_for=agency_c, about=make.AgencyFactory()
        ),
    }
    make.ParticipantFactory(escalation=found["B>A"], user=people.bob, raising=False)
    for case in found.values():
        make.StageFactory(escalation=case)
    return found


# Who reaches which case with which permission; whoever is not named reaches none.
ALL_HERE = "A>B B>A B>D service>D"
CASES = {
    Permission.READ_NARRATIVE: {
        "bob": "A>B B>A", "alice": "A>B B>A", "charlie": "A>B B>A B>D", "dana": "service>D",
        "dee": "A>B", "outsider": "far",
    },
    Permission.VIEW_ESCALATIONS: {
        "bob": "A>B B>A", "alice": "A>B B>A", "charlie": "A>B B>A B>D", "dana": "service>D",
        "mo": ALL_HERE, "dee": ALL_HERE, "audrey": ALL_HERE, "outsider": "far",
    },
    Permission.MOVE_ESCALATION: {
        "bob": "A>B B>A", "alice": "A>B B>A", "charlie": "A>B B>A B>D", "dana": "service>D",
        "outsider": "far",
    },
    Permission.ASK_SKIP: {"bob": "A>B B>A", "dana": "service>D"},
    # Only the raising side's lead, or the manager.
    Permission.APPROVE_SKIP: {
        "alice": "A>B", "charlie": "B>A B>D", "mo": ALL_HERE, "outsider": "far",
    },
    Permission.DECIDE_ESCALATION: {"dee": "A>B"},
    Permission.VIEW_ESCALATION_THEMES: {"sam": ALL_HERE},
}


@pytest.mark.parametrize("permission", CASES, ids=str)
def test_cases_are_reached_by_parties_their_leads_and_who_was_assigned(permission, cases, people):
    for name, user in vars(people).items():
        found = list(Escalation.objects.within_reach(user, permission))
        expected = {cases[key] for key in CASES[permission].get(name, "").split()}
        assert len(found) == len(set(found)), name
        assert set(found) == expected, name


@pytest.mark.parametrize("permission", CASES, ids=str)
def test_stages_are_reached_as_their_cases_are(permission, cases, people):
    for name, user in vars(people).items():
        stages = Stage.objects.within_reach(user, permission)
        assert {stage.escalation for stage in stages} == set(
            Escalation.objects.within_reach(user, permission)
        ), name


def test_suggestions_are_for_those_who_may_raise_never_for_whom_they_are_about(
    people, partnership, elsewhere, agency_b, agency_c, meeting, meeting_elsewhere
):
    here = make.SuggestionFactory(partnership=partnership, about=agency_b, meetings=[meeting])
    make.SuggestionFactory(partnership=elsewhere, about=agency_c, meetings=[meeting_elsewhere])
    other = make.MeetingFactory(partnership=partnership)
    not_there = make.SuggestionFactory(partnership=partnership, about=agency_b, meetings=[other])
    # Its sentence would name a meeting that Alice's agency was not invited to.
    partly = make.SuggestionFactory(
        partnership=partnership, about=agency_b, meetings=[meeting, other]
    )
    seen = {
        name: set(Suggestion.objects.visible_to(user)) for name, user in vars(people).items()
    }
    both = {here, not_there, partly}
    others = ("bob", "charlie", "sam", "tara", "dee", "audrey", "outsider")
    nothing = {name: set() for name in others}
    assert seen == {"alice": {here}, "dana": both, "mo": both, **nothing}
    acts = Permission.ACT_ON_SUGGESTIONS
    assert set(Suggestion.objects.within_reach(people.alice, acts)) == {here}
    assert set(Suggestion.objects.within_reach(people.dana, acts)) == both
    assert not Suggestion.objects.within_reach(people.mo, acts).exists()


# --- Whole partnerships ---------------------------------------------------------------------------


def test_a_partnership_as_a_whole_is_for_roles_in_it_not_in_one_of_its_agencies(
    people, partnership, elsewhere, agency_a, agency_c
):
    for name, user in vars(people).items():
        whole = Partnership.objects.within_reach_as_a_whole(user, Permission.VIEW_MEASURES)
        roles = {"tara", "sam", "mo", "dee", "audrey"}
        assert set(whole) == ({partnership} if name in roles else set()), name
    assert set(Partnership.objects.visible_to(people.alice)) == {partnership}
    assert set(Partnership.objects.visible_to(people.outsider)) == {elsewhere}
    nobody = AnonymousUser()
    assert not Partnership.objects.within_reach_as_a_whole(nobody, Permission.VIEW_MEASURES).exists()


def test_reach_is_a_fixed_number_of_queries(rows, alice, django_assert_num_queries):
    alice = User.objects.get(pk=alice.pk)
    with django_assert_num_queries(2):  # the grants, the rows
        list(Meeting.objects.visible_to(alice))
    with django_assert_num_queries(1):
        list(StaffMember.objects.visible_to(alice))


def test_the_local_rules_of_a_day_are_those_begun_and_not_ended(partnership):
    old, new = date(2014, 1, 1), date(2015, 1, 1)
    QuorumRule.objects.filter(partnership=partnership).update(effective_until=old)
    rule = make.QuorumRuleFactory(partnership=partnership, effective_from=old, effective_until=new)
    mine = QuorumRule.objects.filter(partnership=partnership)
    assert rule not in mine.in_force(old - timedelta(days=1))
    assert set(mine.in_force(old)) == {rule}
    assert set(mine.in_force(new - timedelta(days=1))) == {rule}
    assert not mine.in_force(new)
    assert ExpectationRule.objects.in_force(new).filter(partnership=partnership).exists()
    assert Timescale.objects.in_force(new).filter(partnership=partnership).count() == 6
