"""Training records through the pages."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from compliance.demo import factories as make
from partnership.models import HistoryEntry, today
from tests.imports.uploads.conftest import TRAINING
from tests.imports.uploads.files import as_csv
from training.actions import correct_record
from training.models import KeptStanding, TrainingRecord

pytestmark = pytest.mark.django_db
ROW = ["A-7", "", "", "", "CPC", "2015-02-28", "Partnership"]


def test_records_are_written_with_expiry_history_and_standing(lead, siobhan, course):
    KeptStanding.objects.create(staff_member=siobhan, version=4)
    page = lead.preview("training", ROW, ["", "siobhan.kelly@a.example.org", "", "", "conferences and core groups", "01/03/2012", ""])
    assert "New (2)" in page
    assert "Siobhán Kelly, A-7: Conferences and core groups, 28 February 2015" in page
    assert "2 records written" in lead.accept()
    row = TrainingRecord.objects.get(completed_on=date(2015, 2, 28))
    assert (row.expires_on, row.logged_by, row.confirmed_by) == (date(2018, 2, 28), lead.user, lead.user)
    assert row.provider == "partnership"
    assert HistoryEntry.objects.filter(verb="logged", staff_member=siobhan).count() == 2
    assert KeptStanding.objects.get(staff_member=siobhan).version > 4


def test_the_same_file_twice_changes_nothing_even_after_a_correction(lead):
    lead.bring("training", ROW)
    correct_record(by=None, training_record=TrainingRecord.objects.get(), reason="Slip", completed_on=date(2015, 3, 1))
    assert "Everything in the file is here already" in lead.preview("training", ROW)
    lead.accept()
    assert TrainingRecord.objects.count() == 2


def test_what_a_lead_imports_for_themselves_waits_for_confirmation(lead, siobhan):
    lead.user.staff_member = siobhan
    lead.user.save()
    lead.bring("training", ROW)
    assert TrainingRecord.objects.get().confirmed_at is None


@pytest.mark.parametrize(("change", "says"), [
    ({0: "A-77"}, "“A-77” is not known here."),
    ({0: "B-1"}, "“B-1” is not known here."),
    ({0: ""}, "This cell is empty."),
    ({4: "XYZ"}, "The course “XYZ” is not known here."),
    ({5: "2999-01-01"}, "is after"),
    ({5: "02/28/2015"}, "is not a date"),
    ({6: "magic"}, "“magic” is not one of: The partnership"),
    ({2: "Bob", 3: "Marsh"}, "“A-7” is Siobhán Kelly here, and the row names “Bob Marsh”."),
    ({5: "2010-05-05"}, "counts when completed on 1 January 2011 or later"),
])
def test_a_bad_row_says_why(lead, staff_b, course, change, says):
    course.counts_from = date(2011, 1, 1)
    course.save()
    page = lead.preview("training", [change.get(place, cell) for place, cell in enumerate(ROW)])
    assert "Refused (1)" in page
    assert says in page
    assert "Nothing is written yet." in page


def test_the_same_record_twice_in_a_file_is_refused(lead):
    assert "This repeats row 2. Take one of them away." in lead.preview("training", ROW, ROW)


def test_two_people_of_one_name_are_asked_about_for_all_rows_at_once(lead, siobhan):
    other = make.StaffMemberFactory(
        agency=siobhan.agency, role_group=siobhan.role_group, first_name="Siobhan", last_name="Kelly",
        reference="A-70",
    )
    rows = [["", "", "siobhan", "KELLY", "CPC", day, ""] for day in ("2015-02-28", "2012-02-28")]
    page = lead.preview("training", *rows)
    assert "1 person is named" in page
    page = lead.get("questions")
    assert "In rows 2, 3." in page
    assert "Siobhán Kelly, A-7" in page
    assert "Siobhan Kelly, A-70" in page
    assert "Somebody new" not in page
    (key,) = lead.answer.context["form"].fields
    lead.post("questions", **{key: str(other.pk)})
    lead.accept()
    assert set(TrainingRecord.objects.values_list("staff_member", flat=True)) == {other.pk}


def test_a_reference_written_a_little_otherwise_is_asked_about(lead, siobhan):
    page = lead.preview("training", ["a7", *ROW[1:]])
    assert "1 person is named" in page
    assert TrainingRecord.objects.count() == 0


def test_headings_called_otherwise_and_in_another_order_are_recognised_and_others_named(lead):
    headings = ["Date Completed", "EMPLOYEE NUMBER", "Competence", "Pay band"]
    page = lead.send("training", as_csv([headings, ["28/02/2015", "A-7", "CPC", "6"]]))
    assert "Check the headings" in page
    assert "Not read, as nothing below asks for it: “Pay band”." in page
    assert "New (1)" in lead.confirm()


def test_headings_that_nobody_could_know_are_chosen_by_hand(lead):
    lead.send("training", as_csv([["Wann", "Wer", "Was"], ["28/02/2015", "A-7", "CPC"]]))
    lead.confirm()
    assert lead.answer.status_code == 422
    page = lead.confirm(completed_on=0, staff_ref=1, course=1)
    assert lead.answer.status_code == 422
    assert "stands for “Staff reference” already" in page
    assert "New (1)" in lead.confirm(completed_on=0, staff_ref=1, course=2)


def test_a_file_that_cannot_be_read_comes_back_with_the_sentence_and_what_was_chosen(lead):
    lead.client.force_login(lead.user)
    page = lead.send("training", b"a;b\r\n1;2\r\n")
    assert lead.answer.status_code == 422
    assert "The cells are divided by semicolons" in page
    assert 'value="training" id="id_kind_1" checked' in " ".join(lead.answer.content.decode().split()) or (
        lead.answer.context["form"]["kind"].value() == "training"
    )


def test_records_are_taken_back_and_the_standing_forgotten(lead, siobhan):
    lead.bring("training", ROW)
    version = KeptStanding.objects.get(staff_member=siobhan).version
    assert "Taken back." in lead.post("undo")
    assert not TrainingRecord.objects.exists()
    assert KeptStanding.objects.get(staff_member=siobhan).version > version
    assert HistoryEntry.objects.filter(verb="taken back", staff_member=siobhan).count() == 1


def test_records_are_not_taken_back_once_one_was_corrected(lead):
    lead.bring("training", ROW)
    correct_record(by=None, training_record=TrainingRecord.objects.get(), reason="Slip", completed_on=date(2015, 3, 1))
    lead.post("undo")
    assert lead.answer.status_code == 409
    assert TrainingRecord.objects.count() == 2


def test_a_template_is_taken_as_it_is(lead):
    """Its example is about nobody, and everything else about it is understood."""
    lead.client.force_login(lead.user)
    answer = lead.client.get("/people/upload/training.xlsx")
    assert answer["Content-Disposition"] == 'attachment; filename="Training records template.xlsx"'
    page = lead.send("training", answer.content, "t.xlsx")
    assert "Not read" not in page
    assert set(lead.upload.columns) == {
        "staff_ref", "work_email", "first_name", "last_name", "agency", "course", "completed_on", "provider",
    }
    assert "Refused (1)" in lead.confirm()


def test_as_many_rows_cost_as_many_queries(lead, siobhan, django_assert_max_num_queries):
    rows = [["A-7", "", "", "", "CPC", (today() - timedelta(days=n)).isoformat(), ""] for n in range(400)]
    lead.preview("training", rows[0])
    from django.db import connection
    from django.test.utils import CaptureQueriesContext
    with CaptureQueriesContext(connection) as one:
        lead.accept()
    lead.preview("training", *rows[1:])
    with CaptureQueriesContext(connection) as many:
        lead.accept()
    assert len(many) <= len(one) + 14  # the database takes so many values in a statement, and no more


def test_headings_of_the_module_are_matched_exactly():
    from partnership.staff_lists import STAFF_REF, WORK_EMAIL
    from partnership.uploads.columns import matched

    assert matched(["E-Mail Address", "", "Employee No."], [STAFF_REF, WORK_EMAIL]) == {"staff_ref": 2, "work_email": 0}
    assert matched(["ref", "staff ref"], [STAFF_REF]) == {"staff_ref": 1}  # its own name goes first
    assert len(TRAINING) == 7
