"""manage.py load_folder: a good folder, the same again, and what changed since."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command

from conferences.actions import correct_line
from conferences.choices import Expectation, MeetingState, Outcome, ReportState
from conferences.models import Attendance, ExpectationRule, Meeting
from partnership.actions import change_staff, make_partnership, share_agency
from partnership.models import Agency, HistoryEntry, Partnership, RoleGroup, StaffMember
from tests.imports.conftest import FILES, all_counts
from training.actions import correct_record
from training.models import Course, Requirement, TrainingRecord


def test_folder_loads_every_file_and_closes_registers(folder):
    assert folder.load() == [
        "agencies.csv: 3 new, 0 changed, 0 unchanged",
        "staff.csv: 3 new, 0 changed, 0 unchanged",
        "courses.csv: 2 new, 0 changed, 0 unchanged",
        "requirements.csv: 1 new, 0 changed, 0 unchanged",
        "training_records.csv: 2 new, 0 changed, 0 unchanged",
        "meetings.csv: 2 new, 0 changed, 0 unchanged",
        "attendance.csv: 4 new, 0 changed, 0 unchanged",
        "2 registers closed",
    ]
    meeting = Meeting.objects.get(reference="M-1")
    assert (meeting.plan_neg, meeting.children_on_plan_after, meeting.plan_emo) == (2, 2, 0)
    assert meeting.quorate is False and "1 other involved agency came" in meeting.quorum_sentence
    assert Meeting.objects.get(reference="M-2").exploitation_concern is True


def test_values_arrive_as_written(folder):
    folder.load()
    police = StaffMember.objects.get(reference="POL-1")
    assert police.name == "Łukasz Żak" and police.started_on.isoformat() == "2010-01-04"
    record = TrainingRecord.objects.get(course__code="CPC")
    assert record.expires_on.isoformat() == "2016-02-28" and record.confirmed_at
    line = Attendance.objects.get(meeting__reference="M-1", agency__name="Upton Health Visiting")
    assert line.expectation == Expectation.EITHER and line.late_invitation and not line.staff_member
    core = Attendance.objects.get(meeting__reference="M-2")
    assert (core.expectation, core.report) == (Expectation.ATTEND, ReportState.NOT_REQUIRED)
    assert ExpectationRule.objects.filter(agency__isnull=False).count() == 3
    assert RoleGroup.objects.get(code="front_line").title == "Front line"


def test_every_row_is_in_the_history(folder):
    folder.load()
    for model, verb in (
        (Agency, "made"), (StaffMember, "added"), (Course, "made"), (Requirement, "made"),
        (TrainingRecord, "logged"), (Meeting, "imported"), (Attendance, "imported"),
    ):
        entries = HistoryEntry.objects.filter(subject_type=model._meta.label_lower, verb=verb)
        assert set(entries.values_list("subject_id", flat=True)) == set(
            model.objects.values_list("pk", flat=True)
        )


def test_second_time_writes_nothing(folder):
    folder.load()
    before = all_counts()
    assert folder.load() == [
        "agencies.csv: 0 new, 0 changed, 3 unchanged",
        "staff.csv: 0 new, 0 changed, 3 unchanged",
        "courses.csv: 0 new, 0 changed, 2 unchanged",
        "requirements.csv: 0 new, 0 changed, 1 unchanged",
        "training_records.csv: 0 new, 0 changed, 2 unchanged",
        "meetings.csv: 0 new, 0 changed, 2 unchanged",
        "attendance.csv: 0 new, 0 changed, 4 unchanged",
        "0 registers closed",
    ]
    assert all_counts() == before


def test_staff_that_differ_are_changed_with_before_and_after(folder):
    folder.load()
    folder.set("staff.csv", 2, "left_on", "2015-02-01")
    assert "staff.csv: 0 new, 1 changed, 2 unchanged" in folder.load()
    person = StaffMember.objects.get(reference="CSC-1")
    assert person.left_on.isoformat() == "2015-02-01"
    entry = HistoryEntry.objects.get(subject_type="partnership.staffmember", verb="changed")
    assert entry.changes == {"left_on": [None, "2015-02-01"]} and entry.subject_id == person.pk


def test_new_rows_join_what_is_there(folder):
    folder.load()
    folder.add("staff.csv", "POL-2,POL,Bo,Ek,bo@pol.example.org,Sergeant,front_line,2012-01-09,")
    folder.add("training_records.csv", "POL-2,CPC,2014-02-03,agency")
    folder.add("meetings.csv", "M-3,review_conference,2014-08-04,,F-1,3,2,NEG,no,")
    folder.add("attendance.csv", "M-3,POL,2014-07-01,yes,attended,in_person,on_time,POL-2")
    printed = folder.load()
    assert "attendance.csv: 1 new, 0 changed, 4 unchanged" in printed
    assert printed[-1] == "1 registers closed"


def test_corrected_record_does_not_come_back(folder, alice):
    folder.load()
    record = TrainingRecord.objects.get(course__code="CPC")
    correct_record(
        by=alice, training_record=record, reason="Wrong year",
        completed_on=record.completed_on.replace(year=2012),
    )
    before = all_counts()
    folder.load()
    assert all_counts() == before


def test_closed_register_refuses_other_attendance(folder):
    folder.load()
    folder.set("attendance.csv", 4, "outcome", "absent")
    folder.add("attendance.csv", "M-2,POL,,yes,absent,,,")
    assert folder.refused() == [
        "attendance.csv, row 4, column outcome: The register says otherwise. The register of M-1 is "
        "closed, so correct it on the meeting's page, with the reason; or mend the file.",
        "attendance.csv, row 6: This line is not on the register. The register of M-2 is closed, so "
        "correct it on the meeting's page, with the reason; or mend the file.",
    ]
    line = Attendance.objects.get(meeting__reference="M-1", agency__name="Upton Health Visiting")
    correct_line(by=None, line=line, reason="Nobody had sent apologies", outcome=Outcome.ABSENT)
    folder.write("attendance.csv", FILES["attendance.csv"].replace("apologies", "absent"))
    assert "attendance.csv: 0 new, 0 changed, 4 unchanged" in folder.load()


def test_closed_meeting_refuses_other_details(folder):
    folder.load()
    folder.set("meetings.csv", 2, "category", "EMO")
    assert folder.refused() == [
        "meetings.csv, row 2, column category: The meeting is there with other details. The register "
        "of M-1 is closed, so correct it on the meeting's page, with the reason; or mend the file."
    ]


def test_open_register_takes_what_became_known(folder):
    folder.set("meetings.csv", 3, "held_on", "2035-05-21")
    folder.set("attendance.csv", 5, "outcome", "unknown")
    folder.set("attendance.csv", 5, "staff_ref", "")
    assert folder.load()[-1] == "1 registers closed"
    assert Meeting.objects.get(reference="M-2").state == MeetingState.PLANNED
    folder.set("meetings.csv", 3, "held_on", "2014-05-20")
    folder.set("attendance.csv", 5, "outcome", "attended")
    folder.set("attendance.csv", 5, "staff_ref", "CSC-1")
    printed = folder.load()
    assert "meetings.csv: 0 new, 1 changed, 1 unchanged" in printed
    assert "attendance.csv: 0 new, 1 changed, 3 unchanged" in printed
    assert printed[-1] == "1 registers closed"
    line = Attendance.objects.get(meeting__reference="M-2")
    assert line.outcome == Outcome.ATTENDED and line.staff_member.reference == "CSC-1"


@pytest.mark.parametrize(
    ("file", "row", "column", "value", "line"),
    [
        ("agencies.csv", 3, "name", "Upton Constabulary",
         "column name: POL is here already and has “Upton Police”. Change it on the agency's page, "
         "or mend the file."),
        ("agencies.csv", 3, "conference_expectation", "report",
         "column conference_expectation: Upton Police is expected to attend_and_report since "
         "1 January 2000. Change it on the page of local rules, or mend the file."),
        ("courses.csv", 3, "hours", "4",
         "column hours: Universal is here already with “2.00”, not “4”. Change it in the catalogue, "
         "or mend the file."),
        ("courses.csv", 3, "valid_months", "12",
         "column valid_months: Universal is here already with nothing, not “12”. Change it in the "
         "catalogue, or mend the file."),
        ("requirements.csv", 2, "within_days_of_start", "90",
         "column within_days_of_start: CPC for Front line is asked for already with “180”. Change it "
         "on the page of requirements, or mend the file."),
    ],
)
def test_reference_data_is_changed_on_its_page(folder, file, row, column, value, line):
    folder.load()
    old = folder.cells(file)[row - 1][folder.cells(file)[0].index(column)]
    folder.set(file, row, column, value)
    assert folder.refused() == [f"{file}, row {row}, {line}"]
    folder.set(file, row, column, old)
    folder.load()


def test_agency_of_another_partnership_is_shared_not_named_again(folder):
    folder.load()
    lines = folder.refused(code="DO", name="Downton")
    assert len(lines) == 3 and lines[0].startswith(
        "agencies.csv, row 2, column name: There is an agency “Upton Social Care” already, in this file "
        "or in another partnership."
    )
    other = make_partnership(by=None, code="DO", name="Downton")
    for code in ("CSC", "POL", "HV"):
        agency = Agency.objects.get(memberships__partnership__code="UP", memberships__code=code)
        share_agency(by=None, partnership=other, agency=agency, code=code)
    assert "agencies.csv: 0 new, 3 changed, 0 unchanged" in folder.load("DO")


def test_course_of_the_catalogue_serves_the_next_partnership(folder):
    folder.load()
    for old, new in (("Upton", "Downton"), ("sian@", "sian2@")):
        for file in ("agencies.csv", "staff.csv"):
            folder.write(file, folder.text(file).replace(old, new))
    printed = folder.load("DO", "Downton")
    assert "courses.csv: 0 new, 0 changed, 2 unchanged" in printed
    assert "staff.csv: 3 new, 0 changed, 0 unchanged" in printed


def test_changed_person_keeps_what_the_file_does_not_say(folder):
    folder.load()
    boss, person = StaffMember.objects.filter(reference__in=["CSC-1", "POL-1"])
    change_staff(by=None, staff_member=person, line_manager=boss)
    before = all_counts()
    folder.load()
    person.refresh_from_db()
    assert person.line_manager == boss and all_counts() == before


def test_new_partnership_takes_its_code_as_name(folder):
    folder.load(name="")
    assert Partnership.objects.get(code="UP").name == "UP"


def test_a_partnership_that_cannot_be_made_is_one_sentence(folder):
    with pytest.raises(CommandError, match="Write a code of up to 12 capital letters") as stopped:
        call_command("load_folder", folder.path, partnership="up town")
    assert stopped.value.returncode == 2


def test_a_folder_that_does_not_exist_is_one_sentence(tmp_path, db):
    with pytest.raises(CommandError, match="There is no folder") as stopped:
        call_command("load_folder", tmp_path / "nowhere", partnership="UP")
    assert stopped.value.returncode == 2
