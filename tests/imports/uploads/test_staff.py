"""A staff list through the pages: preview first, then written, and taken back."""

from __future__ import annotations

from datetime import date

import pytest

from compliance.demo import factories as make
from compliance.models import Upload, UploadState
from partnership.models import HistoryEntry, RoleGroup, StaffMember
from tests.imports.uploads.conftest import STAFF
from tests.imports.uploads.files import as_csv, as_ods, as_xls, as_xlsx
from tests.lists import body

pytestmark = pytest.mark.django_db
SIOBHAN = ["A-7", "Siobhán", "Kelly", "siobhan.kelly@a.example.org", "Social worker", "Front line", "2012-01-09", ""]
NEW = ["A-8", "Łukasz", "Żak", "lukasz@a.example.org", "Nurse", "front_line", "04/01/2014", ""]


def entries(**where):
    return HistoryEntry.objects.filter(**where)


def test_nothing_is_written_until_it_is_accepted(lead):
    before = StaffMember.objects.count()
    page = lead.preview("staff", SIOBHAN, NEW)
    assert "Nothing is written yet." in page
    assert "New (1)" in page
    assert "Unchanged (1)" in page
    assert "Łukasz Żak, A-8, Nurse, Northwold Social Care" in page
    assert StaffMember.objects.count() == before
    page = lead.accept()
    assert "1 person written. No row was left out." in page
    person = StaffMember.objects.get(reference="A-8")
    assert (person.name, person.started_on) == ("Łukasz Żak", date(2014, 1, 4))
    assert entries(subject_id=person.pk, verb="added", user=lead.user).count() == 1
    assert entries(verb="imported", user=lead.user, agency=person.agency).get().changes["new"] == 1


@pytest.mark.parametrize(("name", "make_file"), [
    ("a.csv", as_csv), ("a.xlsx", as_xlsx), ("a.xls", as_xls), ("a.ods", as_ods),
])
def test_every_kind_of_file_is_written_alike(lead, name, make_file):
    lead.send("staff", make_file([STAFF, NEW]), name)
    lead.confirm()
    lead.accept()
    assert StaffMember.objects.filter(reference="A-8", last_name="Żak").exists()


def test_real_dates_of_a_workbook_are_dates(lead):
    lead.send("staff", as_xlsx([STAFF, [*NEW[:6], date(2014, 1, 4), None]]), "a.xlsx")
    lead.confirm()
    lead.accept()
    assert StaffMember.objects.get(reference="A-8").started_on == date(2014, 1, 4)


def test_a_change_shows_before_and_after_and_is_in_the_history(lead, siobhan):
    page = lead.preview("staff", [*SIOBHAN[:4], "Team leader", *SIOBHAN[5:]])
    assert "Changed (1)" in page
    assert "Job title Social worker Team leader" in page
    lead.accept()
    siobhan.refresh_from_db()
    assert siobhan.job_title == "Team leader"
    assert entries(subject_id=siobhan.pk, verb="changed").get().changes == {
        "job_title": ["Social worker", "Team leader"]
    }


def test_an_empty_cell_of_a_column_that_is_not_needed_leaves_what_is_there(lead, siobhan):
    StaffMember.objects.filter(pk=siobhan.pk).update(left_on=date(2015, 1, 1))
    page = lead.preview("staff", [*SIOBHAN[:3], "", *SIOBHAN[4:]])
    assert "Unchanged (1)" in page


def test_the_same_file_twice_changes_nothing(lead):
    lead.bring("staff", SIOBHAN, NEW)
    before = StaffMember.objects.count()
    page = lead.preview("staff", SIOBHAN, NEW)
    assert "Everything in the file is here already" in page
    lead.accept()
    assert StaffMember.objects.count() == before
    assert entries(verb="added", subject_type="partnership.staffmember").count() == 1


def test_who_is_not_known_by_reference_is_found_by_e_mail(lead, siobhan):
    page = lead.preview("staff", ["A-70", *SIOBHAN[1:]])
    assert "Staff reference A-7 A-70" in page
    lead.accept()
    siobhan.refresh_from_db()
    assert siobhan.reference == "A-70"


def test_a_near_miss_is_asked_about_and_an_answer_is_kept(lead, siobhan):
    row = ["A-71", "Siobhan", "Kelly", "", *SIOBHAN[4:]]
    page = lead.preview("staff", row)
    assert "1 person is named in a way that is not quite sure" in page
    assert "To be asked (1)" in page
    assert "Some rows cannot be written" in lead.accept()
    assert lead.answer.status_code == 422
    page = lead.get("questions")
    assert "Who is “Siobhan Kelly, A-71”?" in page
    assert "Siobhán Kelly, A-7" in page
    assert "Somebody new" in page
    (key,) = lead.answer.context["form"].fields
    page = lead.post("questions", **{key: str(siobhan.pk)})
    assert "Changed (1)" in page
    lead.accept()
    siobhan.refresh_from_db()
    assert (siobhan.reference, siobhan.first_name) == ("A-71", "Siobhan")


def test_a_near_miss_may_be_somebody_new(lead, siobhan):
    lead.preview("staff", ["A-71", "Siobhan", "Kelly", "", *SIOBHAN[4:]])
    lead.get("questions")
    (key,) = lead.answer.context["form"].fields
    assert "New (1)" in lead.post("questions", **{key: "new"})
    lead.accept()
    assert StaffMember.objects.filter(last_name="Kelly").count() == 2


def test_nobody_is_meant_leaves_the_row_out(lead):
    lead.preview("staff", ["A-71", "Siobhan", "Kelly", "", *SIOBHAN[4:]])
    lead.get("questions")
    (key,) = lead.answer.context["form"].fields
    page = lead.post("questions", **{key: "nobody"})
    assert "Refused (1)" in page
    assert "as you answered" in page


def test_an_answer_that_was_not_offered_is_refused(lead, staff_b):
    lead.preview("staff", ["A-71", "Siobhan", "Kelly", "", *SIOBHAN[4:]])
    lead.get("questions")
    (key,) = lead.answer.context["form"].fields
    lead.post("questions", **{key: str(staff_b.pk)})
    assert lead.answer.status_code == 422
    lead.post("questions")
    assert lead.answer.status_code == 422


def test_refused_rows_say_row_column_value_and_why_and_the_good_ones_can_be_written(lead):
    bad = ["A-9", "Ann", "Wood", "nonsense", "Nurse", "front_line", "31/02/2014", ""]
    page = lead.preview("staff", NEW, bad)
    assert "Refused (1)" in page
    assert "3 Started on 31/02/2014 “31/02/2014” is not a date." in page
    assert "3 Work e-mail nonsense “nonsense” is not an e-mail address." in page
    lead.accept()
    assert lead.answer.status_code == 422
    assert not StaffMember.objects.filter(reference="A-8").exists()
    page = lead.accept(good="1")
    assert "1 person written." in page
    assert "1 row was left out." in page
    assert StaffMember.objects.filter(reference="A-8").exists()
    assert not StaffMember.objects.filter(reference="A-9").exists()


def test_role_groups_that_are_known_are_told_as_the_screen_calls_them(lead):
    RoleGroup.objects.update(title="Front line")
    page = lead.preview("staff", ["A-9", "Ann", "Wood", "", "Nurse", "wizard", "2014-02-03", ""])
    assert "The role group “wizard” is not known here." in page
    assert "Front line" in page[page.index("Known are:"):] and "front_line" not in page[page.index("Known are:"):]


def test_the_file_of_refused_rows_can_be_mended_and_sent_again(lead):
    bad = ["A-9", "=Ann", "Wood", "", "Nurse", "front_line", "2014-02-03", ""]
    lead.preview("staff", NEW, bad)
    lead.accept(good="1")
    file = body(lead.client.get(lead.address("refused"))).decode("utf-8-sig")
    assert file.splitlines()[0].endswith(",Reason")
    assert len(file.splitlines()) == 2
    assert "'=Ann" in file  # no formula comes back either
    assert "takes for a formula" in file
    page = lead.send("staff", file.replace("'=Ann", "Ann").encode())
    assert "“Reason”" in page  # not read
    assert "New (1)" in lead.confirm()
    lead.accept()
    assert StaffMember.objects.get(reference="A-9").first_name == "Ann"


def test_a_row_of_another_agency_is_refused_like_one_that_does_not_exist(lead, agency_b, staff_b):
    headings = [*STAFF, "Agency"]
    rows = [[*NEW, agency_b.name], ["A-10", *NEW[1:3], "", *NEW[4:], "Nowhere"]]
    lead.send("staff", as_csv([headings, *rows]))
    page = lead.confirm()
    assert "The agency “Northwold Police” is not known here." in page
    assert "The agency “Nowhere” is not known here." in page
    page = lead.preview("staff", [staff_b.reference, *NEW[1:]])
    assert "New (1)" in page  # a reference of another agency says nothing about it


def test_a_reference_under_quite_another_name_is_refused(lead):
    page = lead.preview("staff", ["A-7", "Bob", "Marsh", *SIOBHAN[3:]])
    assert "“A-7” is Siobhán Kelly here, and the row names “Bob Marsh”." in page


def test_a_full_list_proposes_leavers_and_nobody_leaves_by_themselves(lead, siobhan, staff_a, staff_a2):
    page = lead.preview("staff", SIOBHAN, full_list="on")
    assert "2 people in post are not on this list. They stay in post unless you say otherwise." in page
    lead.accept()
    staff_a.refresh_from_db()
    assert staff_a.left_on is None
    siobhan.agency.refresh_from_db()
    assert siobhan.agency.staff_list_on is not None


def test_who_is_ticked_leaves_on_the_day_that_is_given(lead, staff_a, staff_a2):
    lead.preview("staff", SIOBHAN, full_list="on")
    lead.post("leavers", people=[staff_a.pk])
    assert lead.answer.status_code == 422
    lead.post("leavers", people=[staff_a.pk], left_on="01/01/1990")
    assert lead.answer.status_code == 422
    page = lead.post("leavers", people=[staff_a.pk], left_on="31/03/2020")
    assert "1 is noted as left on 31 March 2020" in page
    page = lead.accept()
    assert "Noted as left 1" in page
    staff_a.refresh_from_db(), staff_a2.refresh_from_db()
    assert (staff_a.left_on, staff_a2.left_on) == (date(2020, 3, 31), None)
    lead.post("undo")
    staff_a.refresh_from_db()
    assert staff_a.left_on is None


def test_without_a_full_list_nobody_is_missed(lead, staff_a):
    assert "not on this list" not in lead.preview("staff", SIOBHAN)


def test_what_changed_meanwhile_is_shown_anew_and_nothing_is_written(lead, siobhan):
    lead.preview("staff", [*SIOBHAN[:4], "Team leader", *SIOBHAN[5:]])
    StaffMember.objects.filter(pk=siobhan.pk).update(job_title="Senior social worker")
    page = lead.accept()
    assert "Something has changed here since this was worked out. Nothing was written" in page
    assert "Senior social worker Team leader" in page
    siobhan.refresh_from_db()
    assert siobhan.job_title == "Senior social worker"
    lead.accept()
    siobhan.refresh_from_db()
    assert siobhan.job_title == "Team leader"


def test_a_plan_that_was_not_the_one_seen_is_not_written(lead):
    lead.preview("staff", NEW)
    lead.post("accept", seen="0" * 64, all="1")
    assert not StaffMember.objects.filter(reference="A-8").exists()
    assert lead.upload.state == UploadState.PLANNED


def test_accepting_twice_writes_once(lead):
    lead.preview("staff", NEW)
    seen = lead.upload.fingerprint
    for _ in range(2):
        page = lead.post("accept", seen=seen, all="1")
    assert "1 person written" in page
    assert StaffMember.objects.filter(reference="A-8").count() == 1


# --- Taking back ----------------------------------------------------------------------------------


def test_it_is_taken_back_as_one_act_with_the_history_of_both(lead, siobhan):
    before = StaffMember.objects.count()
    lead.bring("staff", NEW, [*SIOBHAN[:4], "Team leader", *SIOBHAN[5:]])
    assert "Take it back" in lead.get("undo")
    page = lead.post("undo")
    assert "Taken back. Everything is as it was before the file was written." in page
    siobhan.refresh_from_db()
    assert siobhan.job_title == "Social worker"
    assert StaffMember.objects.count() == before
    assert lead.upload.state == UploadState.UNDONE
    verbs = set(entries(subject__contains="Żak").values_list("verb", flat=True))
    assert verbs == {"added", "taken back"}
    assert entries(subject_type="compliance.upload", verb="taken back").count() == 1
    lead.bring("staff", NEW)
    assert StaffMember.objects.filter(reference="A-8").exists()  # the mended file may bring them anew


def test_it_is_not_taken_back_when_something_was_built_on_it(lead, course):
    lead.bring("staff", NEW)
    person = StaffMember.objects.get(reference="A-8")
    make.TrainingRecordFactory(staff_member=person, course=course)
    lead.post("undo")
    assert lead.answer.status_code == 409
    assert "can no longer be taken back as a whole" in lead.answer.content.decode()
    assert StaffMember.objects.filter(reference="A-8").exists()
    assert lead.upload.state == UploadState.DONE


def test_it_is_not_taken_back_when_somebody_changed_it_since(lead, siobhan):
    from partnership.actions import change_staff

    lead.bring("staff", [*SIOBHAN[:4], "Team leader", *SIOBHAN[5:]])
    change_staff(by=None, staff_member=siobhan, job_title="Manager")
    lead.post("undo")
    assert lead.answer.status_code == 409
    siobhan.refresh_from_db()
    assert siobhan.job_title == "Manager"


def test_what_is_written_is_not_cancelled_and_what_is_cancelled_is_not_written(lead):
    lead.bring("staff", NEW)
    assert "It is written already" in lead.post("cancel")
    lead.preview("staff", ["A-9", "Ann", "Wood", "", "Nurse", "front_line", "2014-02-03", ""])
    seen = lead.upload.fingerprint
    assert "Cancelled. Nothing was written" in lead.post("cancel")
    lead.post("accept", seen=seen, all="1")
    assert not StaffMember.objects.filter(reference="A-9").exists()
    assert bytes(lead.upload.cells) == bytes(lead.upload.preview) == b""


def test_the_cells_are_forgotten_once_they_are_written(lead):
    lead.bring("staff", NEW)
    assert bytes(Upload.objects.get().cells) == b""
    assert lead.client.get(lead.address("refused")).status_code == 404
