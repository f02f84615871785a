"""Meetings and attendance through the pages of the conference service."""

from __future__ import annotations

from datetime import date

import pytest

from compliance.demo import factories as make
from conferences.actions import close_registers
from conferences.choices import MeetingState, Outcome
from conferences.models import Attendance, Meeting
from partnership.models import HistoryEntry
from tests.imports.uploads.conftest import ATTENDANCE
from tests.imports.uploads.files import as_csv

pytestmark = pytest.mark.django_db
M1 = ["M-1", "Initial conference", "12/05/2014", "2014-04-24", "F-1", "3", "2", "Neglect", "no"]
LINE = ["M-1", "CSC", "2014-04-25", "yes", "attended", "in person", "on time", "A-1"]


@pytest.fixture
def held(service):
    service.bring("meetings", M1)
    return Meeting.objects.get(reference="M-1")


def test_meetings_are_written_with_their_counts_and_the_register_open(service, partnership):
    page = service.preview("meetings", M1, ["M-2", "core_group", "2999-01-01", "", "", "1", "", "", "no"])
    assert "M-1: initial conference, 12 May 2014" in service.get(query="?show=new")
    assert "No bank holidays are known for 2999" in page
    service.accept(good="1")
    row = Meeting.objects.get()
    assert (row.partnership, row.state, row.held_on) == (partnership, MeetingState.HELD, date(2014, 5, 12))
    assert (row.children, row.plan_neg, row.closed_at) == (3, 2, None)
    assert HistoryEntry.objects.filter(verb="imported", subject_type="conferences.meeting").count() == 1


def test_the_same_meetings_twice_change_nothing_and_another_detail_is_a_change(service, held):
    assert "Everything in the file is here already" in service.preview("meetings", M1)
    page = service.preview("meetings", [*M1[:5], "4", *M1[6:]])
    assert "Children considered 3 4" in page or "Children 3 4" in page
    service.accept()
    held.refresh_from_db()
    assert held.children == 4
    service.post("undo")
    held.refresh_from_db()
    assert held.children == 3


def test_meetings_are_taken_back_while_nobody_is_invited(service, held):
    assert "Taken back." in service.post("undo")
    assert not Meeting.objects.exists()


def test_meetings_with_lines_are_not_taken_back(service, held, staff_a):
    first = service.upload
    service.bring("attendance", LINE)
    service.client.post(f"/meetings/upload/{first.pk}/undo/")
    assert Meeting.objects.filter(pk=held.pk).exists()
    assert Attendance.objects.count() == 1


def test_attendance_is_written_and_taken_back(service, held, staff_a):
    page = service.preview("attendance", LINE, ["M-1", "Northwold Police", "", "yes", "apologies", "", "", ""])
    assert "New (2)" in page
    assert f"M-1: Northwold Social Care, {staff_a.name}, attended" in page
    service.accept()
    line = Attendance.objects.get(staff_member=staff_a)
    assert (line.outcome, line.mode, line.report) == ("attended", "in_person", "on_time")
    assert "Everything in the file is here already" in service.preview("attendance", LINE)
    service.post("cancel")
    other = service.preview("attendance", [*LINE[:4], "deputy", *LINE[5:]])
    assert "Outcome attended deputy" in other
    service.accept()
    line.refresh_from_db()
    assert line.outcome == Outcome.DEPUTY
    service.post("undo")
    line.refresh_from_db()
    assert line.outcome == Outcome.ATTENDED


def test_involvement_is_not_changed_by_a_file(service, held, staff_a):
    service.bring("attendance", LINE)
    assert "changes on the register, with a reason" in service.preview("attendance", [*LINE[:3], "no", *LINE[4:]])


def test_a_closed_register_is_left_as_it_is(service, held, staff_a):
    service.bring("attendance", LINE)
    upload = service.upload
    close_registers(by=None, meetings=[held], tell=False)
    assert "is closed" in service.preview("attendance", ["M-1", "POL", "", "yes", "absent", "", "", ""])
    service.client.post(f"/meetings/upload/{upload.pk}/undo/")
    assert Attendance.objects.count() == 1


def test_what_is_of_another_partnership_is_not_known(service, meeting_elsewhere, agency_c, staff_c):
    rows = [["NW-1", "CSC", "", "yes", "absent", "", "", ""], ["M-9", agency_c.name, "", "yes", "absent", "", "", ""]]
    page = service.preview("attendance", *rows)
    assert "The meeting “NW-1” is not known here." in page
    assert "The agency “Southmere Social Care” is not known here." in page
    assert "load it first" not in page


def test_whose_meetings_they_are_is_asked_only_of_those_who_serve_several(service, dana):
    service.client.force_login(dana)
    assert "Whose meetings" not in service.client.get("/meetings/upload/").content.decode()
    other = make.PartnershipFactory(name="Eastmoor")
    make.GrantFactory(user=dana, role="conference_admin", partnership=other)
    assert "Whose meetings" in service.client.get("/meetings/upload/").content.decode()
    service.send("meetings", as_csv([["a"], ["b"]]))
    assert service.answer.status_code == 422
    service.send("meetings", as_csv([["a"], ["b"]]), partnership=other.pk)
    assert service.upload.partnership == other
    assert len(ATTENDANCE) == 8
