"""Agencies, courses and requirements that an upload brought, taken back as one act."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.utils import timezone

from compliance import tasks
from compliance.actions import undo_upload
from compliance.demo import factories as make
from compliance.models import Upload, UploadState
from compliance.uploads import working
from conferences.actions import close_registers, expect
from conferences.models import Attendance, ExpectationRule
from partnership.models import Agency, Grant, HistoryEntry, Membership, RoleGroup, User
from partnership.roles import Role
from tests.imports.uploads.conftest import Sender
from tests.imports.uploads.files import as_csv
from tests.reading import text
from training.actions import change_course
from training.models import Course, KeptStanding, Requirement

pytestmark = pytest.mark.django_db
FILES = {
    "agencies": [
        ["Code", "Name", "Sector", "Expected"], ["HOU", "Northwold Housing", "Housing", "Attend or report"],
        ["EDU", "Northwold Schools", "education", ""], ["CSC", "Northwold Social Care", "social_care_children", "report"],
    ],
    "courses": [
        ["Code", "Title", "Valid months", "Hours", "Delivery", "Duty"],
        ["NEW", "New to conferences", "36", "3.5", "Taught", "yes"], ["L1", "Level one", "", "1", "E-learning", "no"],
    ],
    "requirements": [
        ["Role group", "Course", "Within days", "From"], ["night_staff", "CPC", "180", "2012-04-01"],
        ["front_line", "CPC", "90", "2012-04-01"],
    ],
}
ASIDE = {"partnership.historyentry", "partnership.user", "compliance.upload", "training.keptstanding"}


def everything() -> dict[str, list]:
    """Every row of ours but the history, the uploads, sign-ins, and what is only kept of a reckoning."""
    ours = ("partnership", "training", "conferences", "escalation", "compliance", "api")
    models = [model for app in ours for model in apps.get_app_config(app).get_models(include_auto_created=True)]
    return {
        model._meta.label_lower: sorted(map(repr, model._base_manager.values_list()))
        for model in models if model._meta.label_lower not in ASIDE
    }


@pytest.fixture
def manager(client, mo, agency_a, role_group, course):
    return Sender(client, mo, "set-up")


def bring(who: Sender, kind: str, rows: list | None = None) -> Upload:
    """All the way."""
    who.area = {"agencies": "set-up"}.get(kind, "courses")
    who.send(kind, as_csv(rows or FILES[kind]))
    assert who.answer.status_code == 200, text(who.answer)
    who.confirm()
    who.accept()
    assert who.upload.state == UploadState.DONE
    return who.upload


def refused(who: Sender) -> str:
    """The sentence, with nothing written and the upload as it was."""
    before, entries = everything(), HistoryEntry.objects.count()
    page = who.post("undo")
    assert who.answer.status_code == 409
    assert (everything(), HistoryEntry.objects.count()) == (before, entries)
    assert who.upload.state == UploadState.DONE and who.upload.written
    return page


# --- In and back ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "made"), [
    ("agencies", {"partnership.agency": 2, "partnership.membership": 2, "conferences.expectationrule": 2}),
    ("courses", {"training.course": 2}),
    ("requirements", {"training.requirement": 2, "partnership.rolegroup": 1}),
])
def test_a_list_goes_in_and_back_and_leaves_all_as_it_was(manager, staff_a, meeting, kind, made):
    before = everything()
    upload = bring(manager, kind)
    there = everything()
    assert {name: len(there[name]) - len(before[name]) for name in made} == made
    assert "Take back what it wrote" in manager.get()
    assert "Everything is as it was before the file was written." in manager.post("undo")
    assert everything() == before
    entries = HistoryEntry.objects.filter(subject_type__in=made)
    begun = {(row.subject_type, row.subject_id) for row in entries.filter(verb__in=["made", "shared", "set"])}
    ended = {(row.subject_type, row.subject_id) for row in entries.filter(verb__in=["taken back", "removed"])}
    assert {kind for kind, _ in begun} == set(made)
    assert begun - ended == {one for one in begun if one[0] == "partnership.membership"}  # the agency's goes with it
    ours = HistoryEntry.objects.filter(subject_type="compliance.upload").order_by("pk")
    assert list(ours.values_list("verb", flat=True)) == ["sent", "imported", "taken back"]
    assert manager.client.get("/history/").status_code == 200
    manager.post("undo")  # a second time does nothing
    assert everything() == before and ours.count() == 3
    assert upload.pk == manager.upload.pk and manager.upload.written == b""
    bring(manager, kind)  # and the mended file brings them anew
    assert {name: len(rows) for name, rows in everything().items()} == {name: len(rows) for name, rows in there.items()}


def test_lines_of_open_registers_carry_again_what_was_expected(manager, agency_a, meeting):
    line = Attendance.objects.get(meeting=meeting, agency=agency_a)
    bring(manager, "agencies")
    assert Attendance.objects.get(pk=line.pk).expectation == "report" != line.expectation
    manager.post("undo")
    assert Attendance.objects.get(pk=line.pk).expectation == line.expectation


def test_who_was_asked_something_is_reckoned_anew(manager, staff_a):
    bring(manager, "requirements")
    version = KeptStanding.objects.get(staff_member=staff_a).version
    manager.post("undo")
    assert KeptStanding.objects.get(staff_member=staff_a).version > version


def test_the_lists_go_back_in_the_order_in_which_they_came(manager):
    """What a later list rests on is refused until that list is back."""
    before, headings = everything(), FILES["requirements"][0]
    courses = bring(manager, "courses")
    asked = bring(manager, "requirements", [headings, ["front_line", "NEW", "90", "2012-04-01"]])
    with pytest.raises(ValidationError, match="New to conferences has requirements by now, so the import can no longer"):
        undo_upload(by=manager.user, upload=courses)
    assert undo_upload(by=manager.user, upload=asked)
    assert undo_upload(by=manager.user, upload=courses)
    assert everything() == before


# --- What was built on it -------------------------------------------------------------------------


def a_person(agency, **_):
    make.StaffMemberFactory(agency=agency, first_name="Siobhán", last_name="Secret")


def a_meeting(agency, place):
    make.AttendanceFactory(meeting=make.MeetingFactory(partnership=place), agency=agency, staff_member=None)


def a_case(agency, place):
    make.EscalationFactory(partnership=place, about=agency)


def a_sharing(agency, **_):
    make.MembershipFactory(agency=agency)


def a_return(agency, place):
    make.AgencyReturnFactory(membership=agency.memberships.get(partnership=place))


@pytest.mark.parametrize(("build", "says"), [
    (a_person, "Northwold Housing has people by now"),
    (lambda agency, place: make.GrantFactory(agency=agency), "Northwold Housing has users by now"),
    (a_meeting, "Northwold Housing has lines on registers by now"),
    (a_case, "Northwold Housing has escalations by now"),
    (lambda agency, place: make.AgencyContactFactory(agency=agency), "Northwold Housing has contacts for escalations by now"),
    (lambda agency, place: make.AgencyOfferFactory(agency=agency), "Northwold Housing has an offer to another"),
    (a_sharing, "Northwold Housing has a place in another partnership by now"),
    (lambda agency, place: make.AgencyFactory(parent=agency), "Northwold Housing has parts by now"),
    (lambda agency, place: make.RequirementFactory(partnership=None, agency=agency), "has requirements by now"),
    (lambda agency, place: make.QuorumUnitFactory(agencies=[agency]), "has a place in the quorum by now"),
    (lambda agency, place: make.ExpectationRuleFactory(partnership=place, agency=agency, kind="review_conference"),
     "has a rule about what is expected of it by now"),
    (a_return, "has agency returns by now"),
])
def test_an_agency_on_which_something_rests_stays(manager, partnership, build, says):
    bring(manager, "agencies")
    build(agency=Agency.objects.get(name="Northwold Housing"), place=partnership)
    page = refused(manager)
    assert says in page and "so the import can no longer be taken back as a whole." in page
    assert "Secret" not in page


def test_what_is_gone_again_but_in_the_history_of_an_agency_is_not_named(manager):
    """A manager of agencies does not know their people."""
    bring(manager, "agencies")
    HistoryEntry.objects.create(
        verb="added", subject_type="partnership.staffmember", subject_id=1, subject="Siobhán Secret",
        agency=Agency.objects.get(name="Northwold Schools"),
    )
    page = refused(manager)
    assert "Somebody has worked with Northwold Schools since, so" in page and "Secret" not in page


def test_an_expectation_that_was_judged_by_stays(manager, partnership, agency_a):
    held = make.MeetingFactory(partnership=partnership, held_on=date(2015, 3, 2))
    make.AttendanceFactory(meeting=held, agency=agency_a, outcome="attended")
    bring(manager, "agencies")
    close_registers(by=None, meetings=[held], tell=False)
    assert "A register of 2 March 2015 is closed and judged by what is expected of Northwold Social Care, so" in refused(manager)


def test_an_expectation_that_was_followed_by_another_stays(manager, partnership, agency_a):
    bring(manager, "agencies")
    expect(by=None, partnership=partnership, agency=agency_a, expectation="attend", effective_from=date(2020, 1, 1))
    assert "Somebody has worked with Northwold Social Care: " in refused(manager)


@pytest.mark.parametrize(("build", "says"), [
    (lambda course: make.TrainingRecordFactory(course=course), "has training records by now"),
    (lambda course: make.SessionFactory(course=course), "has sessions by now"),
    (lambda course: make.RequirementFactory(courses=[course]), "has requirements by now"),
    (lambda course: make.CourseFactory().covers.add(course), "has courses by now"),
    (lambda course: change_course(by=None, course=course, title="New to conferences (2)"), "since (changed)"),
])
def test_a_course_on_which_something_rests_stays(manager, build, says):
    bring(manager, "courses")
    build(Course.objects.get(code="NEW"))
    page = refused(manager)
    assert "New to conferences" in page and says in page


@pytest.mark.parametrize(("build", "says"), [
    (lambda asked, groups: make.ExemptionFactory(requirement=asked), "CPC for Night staff has exemptions by now"),
    (lambda asked, groups: make.StaffMemberFactory(role_group=groups), "Night staff has people by now"),
    (lambda asked, groups: make.RequirementFactory(role_group=groups), "Night staff has requirements by now"),
    (lambda asked, groups: asked.delete(), "Some of these requirements are no longer there."),
])
def test_a_requirement_on_which_something_rests_stays(manager, build, says):
    bring(manager, "requirements")
    group = RoleGroup.objects.get(code="night_staff")
    build(Requirement.objects.get(role_group=group), group)
    assert says in refused(manager)


# --- Who may, and when ----------------------------------------------------------------------------


def test_who_lost_the_role_takes_nothing_back(manager, mo, partnership, elsewhere):
    upload = bring(manager, "agencies")
    make.GrantFactory(user=mo, role=Role.PARTNERSHIP_MANAGER, partnership=elsewhere)
    Grant.objects.filter(user=mo, partnership=partnership).delete()
    manager.client.force_login(mo)
    assert manager.client.post(manager.address("undo")).status_code == 404
    with pytest.raises(ValidationError, match="You may no longer bring in lists of this kind here"):
        undo_upload(by=User.objects.get(pk=mo.pk), upload=upload)
    assert Membership.objects.filter(code="HOU").exists()
    make.GrantFactory(user=mo, role=Role.PARTNERSHIP_MANAGER, partnership=partnership)
    assert undo_upload(by=User.objects.get(pk=mo.pk), upload=upload)


def test_role_groups_are_taken_back_by_whoever_may_make_them(manager, mo, partnership):
    bring(manager, "requirements")
    make.GrantFactory(user=mo, role=Role.TRAINING_ADMIN, partnership=partnership)
    Grant.objects.filter(user=mo, role=Role.PARTNERSHIP_MANAGER).delete()
    assert "You may no longer make them or take them away" in refused(manager)


def test_a_training_administrator_takes_back_what_they_brought(client, tara, agency_a, manager):
    theirs = Sender(client, tara, "courses")
    bring(theirs, "courses")
    client.force_login(manager.user)
    assert client.post(theirs.address("undo")).status_code == 404  # another's upload
    assert Course.objects.filter(code="NEW").exists()
    theirs.post("undo")
    assert not Course.objects.filter(code="NEW").exists()


def test_after_thirty_days_it_is_too_late(manager):
    upload = bring(manager, "courses")
    Upload.objects.update(sent_at=timezone.now() - working.UNDOABLE - timedelta(minutes=1))
    with pytest.raises(ValidationError, match="This can no longer be taken back"):
        undo_upload(by=manager.user, upload=upload)
    assert "Take back what it wrote" not in manager.get()


def test_a_long_list_is_taken_back_by_the_worker(manager, few):
    before = everything()
    manager.area = "set-up"
    manager.send("agencies", as_csv([*FILES["agencies"], ["TRA", "Northwold Trains", "police", "attend"]]))
    manager.confirm()
    for ask in (lambda: None, manager.accept, lambda: manager.post("undo")):
        ask()
        tasks.work_on.call(manager.upload.pk)
    assert manager.upload.state == UploadState.UNDONE
    assert everything() == before
    assert not ExpectationRule.objects.filter(agency__name__startswith="Northwold").exists()
