"""A list that was taken for sending back, and sent back as it is, changes nothing: in both forms."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from compliance.demo import factories as make
from conferences.choices import MeetingKind, MeetingState, Mode, Outcome, ReportState
from conferences.models import Attendance, Meeting
from partnership.models import HistoryEntry, StaffMember, today
from partnership.uploads.tables import unpacked
from tests.lists import body, lines_of
from training.models import TrainingRecord

pytestmark = pytest.mark.django_db
PEOPLE, MEETINGS = "/people/to-send-back/{}.{}", "/partnerships/NW/meetings/to-send-back/{}.{}"
EVERYBODY = "?post=all"


def same_again(sender, kind: str, address: str, number: int) -> None:
    """Send back what was taken, and find that there is nothing to do."""
    file = body(sender.client.get(address))
    form = address.partition("?")[0].rpartition(".")[2]
    sender.send(kind, file, name=f"back.{form}")
    sender.confirm()
    counts = {name: value for name, value in sender.upload.counts.items() if value}
    wrong = [found for found in unpacked(bytes(sender.upload.preview))[0] if found[1] != "unchanged"]
    assert (counts, wrong) == ({"unchanged": number}, [])


@pytest.fixture
def odd_people(lead, agency_a, role_group):
    """Two of one name, one who has left, names with accents and signs, no e-mail, another's title."""
    one, two = (make.RoleGroupFactory(code=code, title="Nurses") for code in ("n-one", "n-two"))
    for reference, first, last, job, more in (
        ("007", "Łukasz", "Llŷr-Pŵel", "Social worker", {}),
        ("A-2", "Sam", "Twin", "=Lead (acting)", {"role_group": one}),
        ("A-3", "Sam", "Twin", "'=quoted twice", {"role_group": two}),
        ("-4", "＝Ann", "O'Neill", "@ the front desk", {"work_email": ""}),
        ("A-5", "'t Hooft", "+Left", "% of a post", {"started_on": date(1999, 1, 4), "left_on": date(2015, 2, 1)}),
    ):
        make.StaffMemberFactory(**{
            "agency": agency_a, "role_group": role_group, "reference": reference, "first_name": first,
            "last_name": last, "job_title": job, **more,
        })
    return StaffMember.objects.filter(agency=agency_a)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_staff_list_sent_back_changes_nothing(lead, odd_people, form):
    same_again(lead, "staff", PEOPLE.format("staff", form) + EVERYBODY, odd_people.count())
    assert odd_people.get(reference="007").name == "Łukasz Llŷr-Pŵel"
    lines = {line["Staff reference"]: line for line in lines_of(lead.client.get(PEOPLE.format("staff", form) + EVERYBODY))}
    assert lines["A-2"]["Job title"] == "'=Lead (acting)" and lines["A-3"]["Job title"] == "''=quoted twice"
    assert "'-4" in lines and lines["A-5"]["First name"] == "'t Hooft"
    assert str(lines["A-5"]["Left on"]) == "2015-02-01"


def test_a_change_made_in_it_is_a_change_and_only_that(lead, odd_people, agency_a):
    file = body(lead.client.get(PEOPLE.format("staff", "csv") + EVERYBODY)).decode()
    lead.send("staff", file.replace("'=Lead (acting)", "Team manager").encode())
    lead.confirm()
    assert lead.upload.counts["changed"] == 1
    lead.accept()
    assert StaffMember.objects.get(agency=agency_a, reference="A-2").job_title == "Team manager"
    assert StaffMember.objects.get(agency=agency_a, reference="A-3").job_title == "'=quoted twice"


def test_it_holds_the_people_of_the_list_and_is_noted(lead, odd_people, agency_a, staff_b):
    lines = lines_of(lead.client.get(PEOPLE.format("staff", "csv") + "?q=twin"))
    assert {line["Last name"] for line in lines} == {"Twin"} and len(lines) == 2
    entry = HistoryEntry.objects.latest("pk")
    assert (entry.verb, entry.agency, entry.changes) == ("took as a file", agency_a, {"people": 2})
    assert staff_b.last_name not in str(lines_of(lead.client.get(PEOPLE.format("staff", "csv") + EVERYBODY)))


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_training_records_sent_back_change_nothing(lead, odd_people, course, form):
    """Also those that wait to be confirmed, and those of a course that has ended since."""
    old = make.CourseFactory(code="OLD", title="Conferences, and core groups")
    twins = [make.CourseFactory(code=code, title="Universal") for code in ("UNI", "UNIB")]
    for number, person in enumerate(odd_people):
        for one in (course, old, *twins):
            make.TrainingRecordFactory(
                staff_member=person, course=one, completed_on=date(2014, 3, 31) + timedelta(days=number),
            )
    TrainingRecord.objects.filter(course=old).update(completed_on=date(1988, 5, 1))
    TrainingRecord.objects.filter(course=course).update(confirmed_at=None, confirmed_by=None)
    type(old).objects.filter(pk=old.pk).update(counts_from=date(2000, 1, 1))
    replaced = make.TrainingRecordFactory(staff_member=odd_people[0], course=course, completed_on=date(2013, 1, 1))
    TrainingRecord.objects.filter(pk=replaced.pk).update(
        replaced_at=timezone.now(), replaced_by=lead.user, replaced_reason="Logged by mistake"
    )
    number = TrainingRecord.objects.filter(replaced_at=None).count()
    same_again(lead, "training", PEOPLE.format("training", form) + EVERYBODY, number)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_records_of_one_person_sent_back_change_nothing(lead, odd_people, course, form):
    """Neither those that stand nor one that was withdrawn."""
    person = odd_people[0]
    for number in range(3):
        make.TrainingRecordFactory(
            staff_member=person, course=course, completed_on=date(2014, 3, 31) + timedelta(days=number),
        )
    gone = make.TrainingRecordFactory(staff_member=person, course=course, completed_on=date(2013, 1, 1))
    TrainingRecord.objects.filter(pk=gone.pk).update(
        replaced_at=timezone.now(), replaced_by=lead.user, replaced_reason="Logged by mistake"
    )
    address = f"/people/{person.pk}/records.{form}"
    assert address in lead.client.get(f"/people/{person.pk}/").content.decode()
    if form == "csv":
        found = lines_of(lead.client.get(address))
        assert sorted(row["Counts"] for row in found) == ["Withdrawn", "Yes", "Yes", "Yes"]
        assert HistoryEntry.objects.filter(verb="took as a file", subject_id=person.pk).count() == 1
    same_again(lead, "training", address, 4)


@pytest.fixture
def odd_meetings(service, partnership, agency_a, agency_b, staff_a, staff_b, meeting, core_group):
    """Open and closed, planned and never said how it ended, with one category, several, and none."""
    Meeting.objects.filter(pk=meeting.pk).update(family_ref="F-1", strategy_discussion_on=date(2014, 12, 1))
    rows = [
        make.MeetingFactory(partnership=partnership, reference=reference, **fields)
        for reference, fields in (
            ("0017", {"children": 3, "children_on_plan_after": 2, "plan_neg": 2}),
            ("NW-7", {"children": 5, "children_on_plan_after": 4, "plan_neg": 1, "plan_emo": 3}),
            ("NW-8", {"children": 5, "children_on_plan_after": 4, "plan_mul": 3, "exploitation_concern": True}),
            ("NW-9", {"state": MeetingState.PLANNED, "held_on": date(2015, 3, 1)}),
            ("NW-A", {"state": MeetingState.STOOD_DOWN}),
            ("NW-B", {"kind": MeetingKind.REVIEW, "state": MeetingState.PLANNED, "held_on": today()}),
        )
    ]
    for row in rows[:3]:
        make.AttendanceFactory(meeting=row, agency=agency_a, staff_member=staff_a, outcome=Outcome.DEPUTY,
                               mode=Mode.PHONE, report=ReportState.LATE, invited_on=date(2014, 12, 1))
        make.AttendanceFactory(meeting=row, agency=agency_b, staff_member=None, outcome=Outcome.APOLOGIES, mode="")
        make.AttendanceFactory(meeting=row, agency=agency_b, staff_member=staff_b, involved=False,
                               outcome=Outcome.UNKNOWN, mode="")
        make.AttendanceFactory(meeting=row, agency=agency_b, staff_member=None, job_title="Locum",
                               outcome=Outcome.ATTENDED)
    return Meeting.objects.filter(partnership=partnership)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_meetings_sent_back_change_nothing(service, odd_meetings, form):
    same_again(service, "meetings", MEETINGS.format("meetings", form), odd_meetings.count())
    assert odd_meetings.get(reference="NW-9").state == MeetingState.PLANNED


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_attendance_sent_back_changes_nothing(service, odd_meetings, form):
    number = Attendance.objects.filter(meeting__in=odd_meetings, job_title="").count()
    assert number >= 9
    same_again(service, "attendance", MEETINGS.format("attendance", form), number)
    entry = HistoryEntry.objects.filter(verb="took as a file").latest("pk")
    assert entry.changes == {"lines": Attendance.objects.filter(meeting__in=odd_meetings).count()}


def test_how_a_meeting_ended_is_not_said_by_a_list(service, odd_meetings):
    file = body(service.client.get(MEETINGS.format("meetings", "csv"))).decode()
    service.send("meetings", file.replace("Stood down for want of a quorum", "Held").encode())
    assert "How a meeting ended is said on its own page" in service.confirm()


@pytest.mark.parametrize(("kind", "address"), [
    ("staff", PEOPLE), ("training", PEOPLE), ("meetings", MEETINGS), ("attendance", MEETINGS),
])
def test_files_take_the_same_queries_for_few_and_for_many(client, people, partnership, agency_a, role_group, kind, address):
    client.force_login(people.alice if address == PEOPLE else people.dana)
    course, asked = make.CourseFactory(), []
    for many in (3, 40):
        for _ in range(many):
            person = make.StaffMemberFactory(agency=agency_a, role_group=role_group)
            make.TrainingRecordFactory(staff_member=person, course=course)
            row = make.MeetingFactory(partnership=partnership)
            make.AttendanceFactory(meeting=row, agency=agency_a, staff_member=person)
        body(client.get(address.format(kind, "csv")))  # standings are kept from now on
        with CaptureQueriesContext(connection) as queries:
            assert len(lines_of(client.get(address.format(kind, "csv")))) >= many
        asked.append(len(queries))
    assert asked[0] == asked[1]
