"""Agencies, courses and requirements from spreadsheets, and registers closed with the attendance."""

from __future__ import annotations

from datetime import date

import pytest

from compliance.demo import factories as make
from compliance.models import Upload
from compliance.uploads.columns import columns_of
from conferences.choices import MeetingState
from conferences.models import ExpectationRule, Meeting
from partnership.models import Agency, HistoryEntry, Membership, RoleGroup
from partnership.uploads.columns import matched
from tests.imports.uploads.conftest import ATTENDANCE, Sender
from tests.imports.uploads.files import as_csv
from tests.reading import text
from training.models import Course, Requirement

pytestmark = pytest.mark.django_db
AGENCIES = ["Code", "Name", "Sector", "Expected"]
COURSES = ["Code", "Title", "Valid months", "Hours", "Delivery", "Duty"]
REQUIREMENTS = ["Role group", "Course", "Within days", "From"]
CPC = ["CPC", "Conferences and core groups", "36", "3.5", "Taught", "yes"]


def send(who: Sender, kind: str, *rows) -> str:
    who.send(kind, as_csv(rows))
    assert who.answer.status_code == 200, text(who.answer)
    return who.confirm()


@pytest.fixture
def manager(client, mo, agency_a):
    return Sender(client, mo, "set-up")


@pytest.fixture
def courses_by(client, tara, role_group):
    return Sender(client, tara, "courses")


def test_agencies_are_made_with_what_is_expected_of_them(manager, partnership):
    rows = [
        AGENCIES, ["HOU", "Northwold Housing", "Housing", "Attend or report"],
        ["EDU", "Northwold Schools", "education", ""], ["CSC", "Northwold Social Care", "social_care_children", "attend"],
    ]
    page = send(manager, "agencies", *rows)
    assert "New (2)" in page and "Changed (1)" in page
    assert "Expected at conferences – Attend" in manager.get(query="?show=changed")
    page = manager.accept()
    assert "3 agencies written." in page and "Take back what it wrote" in page
    assert set(Membership.objects.values_list("code", flat=True)) == {"CSC", "HOU", "EDU"}
    rules = ExpectationRule.objects.exclude(agency=None)
    assert {rule.agency.name: rule.expectation for rule in rules} == {
        "Northwold Housing": "attend_or_report", "Northwold Social Care": "attend",
    }
    assert HistoryEntry.objects.filter(verb="made", subject_type="partnership.agency", user=manager.user).count() == 2
    assert "Everything in the file is here already" in send(manager, "agencies", *rows)


def test_an_agency_that_is_another_partnerships_or_not_clear_is_refused(manager, agency_c):
    page = send(
        manager, "agencies", AGENCIES, ["X1", "SOUTHMERE social care", "police", ""], ["X2", "New", "nonsense", ""],
        ["X3", "Fine", "police", "perhaps"], ["CSC", "Another name", "police", ""],
    )
    assert "share it with this partnership first" in page
    assert "“nonsense” is not one of" in page and "“perhaps” is not one of" in page
    assert "Change it on the agency's page" in page
    assert manager.upload.counts["refused"] == 4
    assert not Agency.objects.filter(name="Fine").exists()


@pytest.mark.parametrize(("kind", "headings", "where"), [
    ("courses", ["Course", "Code", "Hours", "Taught", "Counts for (months)", "Counts from", "Conference duty"],
     {"title": 0, "code": 1, "hours": 2, "delivery": 3, "valid_months": 4, "conference_duty": 6}),
    ("requirements", ["Role group", "What", "Asked by", "Within days of starting", "Over (months)", "From"],
     {"role_group": 0, "course": 1, "within_days_of_start": 3, "effective_from": 5}),
    ("agencies", ["Agency", "Part of", "Code", "Sector", "People in post"], {"name": 0, "code": 2, "sector": 3}),
    ("courses", ["Course", "Course name"], {"code": 0, "title": 1}),
])
def test_a_list_that_was_downloaded_goes_back_under_its_own_headings(kind, headings, where):
    assert matched(headings, columns_of(kind)) == where


def test_courses_and_requirements_are_made(courses_by, partnership):
    assert "New (1)" in send(courses_by, "courses", COURSES, CPC)
    assert "1 course written." in courses_by.accept()
    row = Course.objects.get()
    assert (row.valid_months, row.conference_duty, row.delivery) == (36, True, "taught")
    asked = [REQUIREMENTS, ["Front line", "Conferences and core groups", "180", "01/04/2012"]]
    assert "Front line: Conferences and core groups, from 1 April 2012" in send(courses_by, "requirements", *asked)
    assert "1 requirement written." in courses_by.accept()
    assert Requirement.objects.get().partnership == partnership
    assert "Everything in the file is here already" in send(courses_by, "requirements", *asked)
    assert "Change it in the catalogue" in send(courses_by, "courses", COURSES, [*CPC[:3], "4", *CPC[4:]])


def test_a_role_group_is_made_by_whoever_may(courses_by, mo, client):
    send(courses_by, "courses", COURSES, CPC)
    courses_by.accept()
    asked = [REQUIREMENTS, ["night_staff", "CPC", "180", "2012-04-01"], ["front_line", "CPC", "180", "2012-04-01"]]
    assert "“night_staff” is not known here." in send(courses_by, "requirements", *asked)
    manager = Sender(client, mo, "courses")
    send(manager, "requirements", *asked)
    assert "2 requirements written." in manager.accept()
    assert RoleGroup.objects.get(code="night_staff").title == "Night staff"


def test_who_may_not_sends_none(client, dana, tara, agency_a):
    for user, area, kind in ((dana, "meetings", "agencies"), (tara, "courses", "agencies")):
        who = Sender(client, user, area)
        who.send(kind, as_csv([AGENCIES, ["HOU", "Housing", "housing", ""]]))
        assert who.answer.status_code == 422
    assert not Upload.objects.exists()


# --- Closing --------------------------------------------------------------------------------------

LINE = ["M-1", "CSC", "2014-04-25", "yes", "attended", "in_person", "on_time", ""]


@pytest.fixture
def held(service, partnership):
    return make.MeetingFactory(partnership=partnership, reference="M-1", held_on=date(2014, 5, 12))


def closing(service, *rows) -> str:
    service.send("attendance", as_csv([ATTENDANCE, *rows]), closes="on")
    return service.confirm()


def test_complete_registers_are_closed_with_their_attendance(service, held, mailoutbox):
    page = closing(service, LINE, ["M-1", "POL", "2014-04-25", "yes", "absent", "", "", ""])
    assert "The register of 1 meeting is closed with it" in page
    page = service.accept()
    assert "Registers closed 1" in page
    held.refresh_from_db()
    assert held.closed_by == service.user and held.quorate is False and held.quorum_sentence
    assert not mailoutbox
    service.post("undo")
    assert held.lines.count() == 2  # a closed register is not taken back


def test_registers_that_were_written_before_can_still_be_closed_by_the_file(service, held):
    service.bring("attendance", LINE)
    page = closing(service, LINE)
    assert "Close the registers" in page
    service.accept()
    held.refresh_from_db()
    assert held.closed_at


def test_a_register_of_which_a_row_is_refused_stays_open(service, held, partnership):
    other = make.MeetingFactory(partnership=partnership, reference="M-2", held_on=date(2014, 5, 13))
    make.MeetingFactory(partnership=partnership, reference="M-3", held_on=date(2999, 5, 13), state=MeetingState.PLANNED)
    page = closing(service, LINE, ["M-2", *LINE[1:]], ["M-2", "nobody", *LINE[2:]], ["M-3", "CSC", "", "yes", "", "", "", ""])
    assert "The register of 1 meeting is closed with it" in page
    service.accept(good="1")
    assert list(Meeting.objects.exclude(closed_at=None)) == [held]
    assert other.lines.count() == 1
