"""The national extract through the pages: no column about a person, and the flags set against ours."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from compliance.actions import send_upload
from compliance.demo import factories as make
from compliance.models import Upload, UploadState
from conferences.choices import MeetingKind, MeetingState
from conferences.comparing import compare
from conferences.models import ExtractLine, Meeting
from partnership.models import HistoryEntry
from partnership.uploads.personal import about_a_person, personal_columns
from partnership.uploads.tables import Table
from tests.imports.uploads.files import as_csv, as_ods, as_xls, as_xlsx
from tests.reading import text

pytestmark = pytest.mark.django_db
REVIEWS = ["cppr_cp_review_meeting_id", "cppr_cp_review_date", "cppr_cp_review_quorate"]
INITIALS = ["icpc_icpc_meeting_id", "icpc_icpc_date", "icpc_icpc_transfer_in"]
YEAR = {"period": "2014-15"}


@pytest.fixture
def review(partnership, mo):
    """A review that we judged not quorate."""
    return make.MeetingFactory(
        partnership=partnership, reference="R-1", kind=MeetingKind.REVIEW, held_on=date(2014, 6, 2),
        closed_at="2014-06-03T09:00Z", closed_by=mo, quorate=False,
        quorum_sentence="Not quorate: one other agency was there, and two are needed.",
    )


def bring(service, *rows, headings=REVIEWS, **more) -> str:
    service.send("extract", as_csv([headings, *rows]), **more)
    assert service.answer.status_code == 200, text(service.answer)
    service.confirm()
    return service.accept(**{"good": "1"} if service.upload.counts.get("refused") else {})


# --- Nobody comes in ------------------------------------------------------------------------------

ABOUT_PEOPLE = """
Person ID|cppr_person_id|icpc_person_id|Child ID|LA Child ID|LAchildID|child_id|Child's name|NHS Number|NHS no.|nhs_number|
UPN|Unique pupil number|ULN|Date of birth|DOB|D.O.B.|dob|DateOfBirth|Birth date|Expected date of birth|Forename|
Surname|First name|LastName|Family name|Name|Chair name|Full Name|Initials|Address|Home address|Postcode|post code|
Gender|Sex|Ethnicity|Ethnic group|pers_ethnicity|Religion|Nationality|First language|Disability|Age|Age at conference|
Mother|Father|Parent 1|Carer|Sibling ids|E-mail|Telephone|Mobile|Social worker|icpc_icpc_worker_id|Allocated to|
Comments|Notes|icpc_icpc_outcome_json|cppr_cp_review_participation|Persn ID|Postcde|Suname|Gendre|ＰＥＲＳＯＮ ＩＤ|Pérson id|UPRN|
National Insurance number|Service user id|Child
""".replace("\n", "").split("|")
ABOUT_CONFERENCES = """
Meeting id|meeting_id|cppr_cp_review_meeting_id|icpc_icpc_meeting_id|Conference reference|Date|cppr_cp_review_date|Held on|Kind|
Meeting type|Quorate|Quorate flag|cppr_cp_review_quorate|icpc_icpc_transfer_in|Transfer-in|cppr_cp_review_due|
cppr_cp_review_outcome_continue_cp|Child protection conference|Child protection conference date|icpc_icpc_target_date|Team|
Children considered|Format|Stage|Page|Agency|Percentage|Version|Status
""".replace("\n", "").split("|")


def test_headings_about_people_are_known_and_others_are_not():
    assert [heading for heading in ABOUT_PEOPLE if not about_a_person(heading)] == []
    assert [heading for heading in ABOUT_CONFERENCES if about_a_person(heading)] == []


@pytest.mark.parametrize("value", ["943 476 5919", "9434765919", "A801200001001", "RG12 1AB", "x.y@example.org"])
def test_a_column_is_about_people_by_what_stands_in_it(value):
    table = Table(["Meeting id", "Code", "Date"], [(2, ["R-1", value, "2014-06-02"]), (3, ["R-2", "", ""])])
    assert personal_columns(table) == ["Code"]
    table.rows.append((4, ["R-3", "something else", ""]))
    assert personal_columns(table) == []


@pytest.mark.parametrize("made", [as_csv, as_xlsx, as_ods, as_xls], ids=["csv", "xlsx", "ods", "xls"])
def test_a_file_with_a_column_about_a_person_is_refused_and_nothing_of_it_is_kept(service, review, made):
    name = f"extract.{made.__name__.removeprefix('as_')}"
    rows = [[*REVIEWS, "cppr_person_id"], ["R-1", "2014-06-02", "Y", "secret-1"]]
    page = service.send("extract", made(rows), name)
    assert service.answer.status_code == 422
    assert "The column “cppr_person_id” is about a person. Take it away and send the file again." in page
    rows = [[*rows[0], "Date of birth"], [*rows[1], "2010-01-01"]]
    page = service.send("extract", made(rows), name)
    assert "The columns “cppr_person_id” and “Date of birth” are about people. Take them away" in page
    assert not Upload.objects.exists() and not ExtractLine.objects.exists()
    service.send("extract", made([row[:3] for row in rows]), name)
    assert service.answer.status_code == 200
    service.confirm()
    service.accept()
    assert ExtractLine.objects.get().quorate is True


def test_what_is_not_asked_for_is_not_kept_even_for_a_moment(service, review):
    service.send("extract", as_csv([[*REVIEWS, "Team", ""], ["R-1", "2014-06-02", "Y", "North team", "stray"]]))
    assert Table.unpacked(bytes(service.upload.cells)).headings == REVIEWS
    assert "stray" not in str(Table.unpacked(bytes(service.upload.cells)).rows)
    headings = ["No.", "Day", "Team", "What", "OK"]
    service.send("extract", as_csv([headings, ["R-1", "2014-06-02", "North team", "Review", "Y"]]))
    assert "North team" in service.get("columns")  # to choose from, until the headings are confirmed
    page = service.post("columns", meeting_id="0", held_on="1", quorate="4")
    assert service.answer.status_code == 422 and "Only the field names of the national dataset" in page
    service.post("columns", meeting_id="0", held_on="1", quorate="4", kind="3")
    assert Table.unpacked(bytes(service.upload.cells)).headings == ["No.", "Day", "What", "OK"]
    service.accept()
    assert ExtractLine.objects.get().kind == MeetingKind.REVIEW


def test_nobody_sends_people_past_the_form(dana, partnership):
    table = Table([*REVIEWS, "UPN"], [(2, ["R-1", "2014-06-02", "Y", "A801200001001"])])
    with pytest.raises(ValidationError, match="“UPN” is about a person"):
        send_upload(by=dana, kind="extract", name="x.csv", table=table, partnership=partnership)


def test_two_tables_in_one_file_are_refused(service):
    page = service.send("extract", as_csv([[*REVIEWS, *INITIALS], ["R-1", "2014-06-02", "Y", "", "", ""]]))
    assert service.answer.status_code == 422 and "field names of two tables" in page


# --- What it says ---------------------------------------------------------------------------------


def test_children_of_one_conference_are_one_line_and_twice_changes_nothing(service, review, dana):
    rows = [["R-1", "2014-06-02 00:00:00.000", "Y"], ["R-1", "02/06/2014", "Y"], ["R-2", "2014-07-01", "N"]]
    page = bring(service, *rows)
    assert "2 conferences written." in page and "See where the authority’s flags differ" in page
    line = ExtractLine.objects.get(reference="R-1")
    assert (line.held_on, line.kind, line.quorate, line.imported_by) == (
        date(2014, 6, 2), MeetingKind.REVIEW, True, dana,
    )
    review.refresh_from_db()
    assert review.quorate is False  # theirs never overwrites ours
    assert HistoryEntry.objects.filter(subject_type="conferences.extractline", verb="imported").count() == 2
    service.send("extract", as_csv([REVIEWS, *rows]))
    assert "Everything in the file is here already" in service.confirm()


def test_another_extract_changes_the_line_and_both_can_be_taken_back(service, review):
    bring(service, ["R-1", "2014-06-02", "Y"])
    first = service.upload
    service.send("extract", as_csv([REVIEWS, ["R-1", "2014-06-02", "N"]]))
    assert "Quorate Yes No" in service.confirm()
    service.accept()
    assert ExtractLine.objects.get().quorate is False
    service.client.post(f"/meetings/upload/{first.pk}/undo/")
    assert ExtractLine.objects.exists()  # somebody built on it
    assert "Taken back." in service.post("undo")
    assert ExtractLine.objects.get().quorate is True
    assert Upload.objects.get(pk=first.pk).state == UploadState.DONE


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (["R-1", "2014-06-03", "Y"], "R-1 is here as review conference of 2 June 2014. Mend whichever is wrong"),
        (["r 2", "2014-06-03", "Y"], "“r 2” cannot be used"),
        (["r-1\u200b", "2014-06-02", "Y"], "cannot be used"),
        (["R-1", "2014-06-02", "maybe"], "“maybe” is not understood. Write Y or N."),
        (["R-1", "", "Y"], "This cell is empty."),
        (["R-9", "2999-06-02", "Y"], "Check the date."),
        (["", "2014-06-02", "Y"], "This cell is empty."),
    ],
)
def test_a_row_that_is_not_sure_is_refused_with_a_sentence(service, review, row, says):
    service.send("extract", as_csv([REVIEWS, row]))
    assert says in service.confirm()
    assert service.upload.counts["refused"] == 1


def test_children_of_one_conference_must_say_the_same(service, review):
    service.send("extract", as_csv([REVIEWS, ["R-1", "2014-06-02", "Y"], ["R-1", "2014-06-02", "N"], ["R-2", "2014-06-02", ""]]))
    page = service.confirm()
    assert "The rows of this conference (2, 3) do not say the same." in page
    assert service.upload.counts | {} == {"new": 1, "changed": 0, "unchanged": 0, "asked": 0, "refused": 2}


def test_initial_conferences_have_no_flag_and_may_be_transfers(service, partnership):
    make.MeetingFactory(partnership=partnership, reference="I-1", kind=MeetingKind.PRE_BIRTH, held_on=date(2014, 6, 2))
    make.MeetingFactory(partnership=partnership, reference="I-2", kind=MeetingKind.INITIAL, held_on=date(2014, 6, 2))
    service.send("extract", as_csv([INITIALS, ["I-1", "2014-06-02", "N"], ["I-2", "2014-06-02", "Y"]]))
    page = service.confirm()
    assert "I-2 is here as initial conference of 2 June 2014" in page
    service.accept(good="1")
    assert ExtractLine.objects.get().kind == MeetingKind.INITIAL


def test_who_does_not_record_conferences_brings_in_no_extract(lead):
    lead.send("extract", as_csv([REVIEWS, ["R-1", "2014-06-02", "Y"]]))
    assert lead.answer.status_code == 422 and not Upload.objects.exists()


# --- Near misses -----------------------------------------------------------------------------------


def asked(service, *rows) -> tuple[str, str]:
    """The page of the one question that a file asks, and the question's key."""
    service.send("extract", as_csv([REVIEWS, *rows]))
    page = service.confirm()
    assert f"To be asked ({len(rows)})" in page and "1 conference is nearly one that is here." in page
    page = service.get("questions")
    (key,) = service.answer.context["form"].fields
    return page, key


@pytest.mark.parametrize("written", ["r1", "R 1", "R/1", "R-001", "r_01", "CP/998"])
def test_a_near_miss_is_asked_about_and_the_answer_holds_for_the_next_extract(service, review, written):
    page, key = asked(service, [written, "2014-06-02", "Y"], [written, "02/06/2014", "Y"])
    assert f"Which conference is “{written}, review conference of 2 June 2014”?" in page
    assert "R-1 (review conference of 2 June 2014)" in page and "In rows 2, 3." in page
    assert "Some rows cannot be written" in service.accept() and not ExtractLine.objects.exists()
    page = service.post("questions", **{key: str(review.pk)})
    assert f"R-1 (“{written}” in the extract): review conference" in page and "New (1)" in page
    service.accept()
    line = ExtractLine.objects.get()
    assert (line.reference, line.sent_as, line.quorate) == ("R-1", written, True)
    entry = HistoryEntry.objects.get(subject_type="conferences.extractline")
    assert (entry.verb, entry.changes["sent_as"]) == ("imported", written)
    listed = text(service.client.get("/meetings/extract/", YEAR))
    assert f"Review conference, “{written}” in the extract" in listed and "0 of 1 say the same. 1 differs." in listed
    service.send("extract", as_csv([REVIEWS, [written, "2014-06-02", "N"]]))
    assert "To be asked" not in service.confirm()
    service.accept()
    line.refresh_from_db()
    assert line.quorate is False


def test_a_near_miss_may_be_another_conference(service, review):
    _, key = asked(service, ["CP-998", "2014-06-02", "Y"])
    assert "New (1)" in service.post("questions", **{key: "new"})
    service.accept()
    assert (ExtractLine.objects.get().reference, ExtractLine.objects.get().sent_as) == ("CP-998", "")
    service.send("extract", as_csv([REVIEWS, ["CP-998", "2014-06-02", "Y"]]))
    assert "Everything in the file is here already" in service.confirm()  # and is not asked again


def test_a_near_miss_may_be_left_out_and_an_answer_that_was_not_offered_is_refused(service, review, meeting):
    page, key = asked(service, ["r 1", "2014-06-02", "Y"])
    assert "Another one" not in page  # which could not be kept under that reference
    for data in ({}, {key: "new"}, {key: str(meeting.pk)}):
        service.post("questions", **data)
        assert service.answer.status_code == 422
    assert "as you answered: it is left out" in service.post("questions", **{key: "nobody"})
    service.accept(good="1")
    assert not ExtractLine.objects.exists()


def test_what_is_sure_or_of_another_day_or_place_is_not_asked_about(service, review):
    make.MeetingFactory(reference="F-1", kind=MeetingKind.REVIEW, held_on=date(2014, 6, 4))  # elsewhere
    make.MeetingFactory(
        partnership=review.partnership, reference="R-5", kind=MeetingKind.REVIEW, held_on=date(2014, 6, 5),
        state=MeetingState.CANCELLED,
    )
    make.MeetingFactory(
        partnership=review.partnership, reference="R-6", kind=MeetingKind.INITIAL, held_on=date(2014, 6, 6),
    )
    days = [("R-1", 2), ("X-2", 2), ("r1", 3), ("F1", 4), ("X-5", 5), ("X-6", 6)]
    service.send("extract", as_csv([REVIEWS, *([name, f"2014-06-0{day}", "Y"] for name, day in days)]))
    assert "New (6)" in service.confirm() and "To be asked" not in service.get()


def test_a_line_under_the_extracts_own_reference_moves_once_it_is_said_what_it_means(service, review):
    make.ExtractLineFactory(partnership=review.partnership, reference="r1", held_on=review.held_on)
    _, key = asked(service, ["r1", "2014-06-02", "Y"])
    page = service.post("questions", **{key: str(review.pk)})
    assert "Changed (1)" in page and "In the extract as – r1" in page
    service.accept()
    assert (ExtractLine.objects.get().reference, ExtractLine.objects.get().sent_as) == ("R-1", "r1")
    assert "Taken back." in service.post("undo")
    assert (ExtractLine.objects.get().reference, ExtractLine.objects.get().sent_as) == ("r1", "")


def test_two_ways_of_writing_one_conference_must_say_the_same(service, review):
    service.send("extract", as_csv([REVIEWS, ["R-1", "2014-06-02", "Y"], ["r1", "2014-06-02", "N"]]))
    service.confirm()
    service.get("questions")
    (key,) = service.answer.context["form"].fields
    assert "The rows of this conference (2, 3) do not say the same." in service.post("questions", **{key: str(review.pk)})


# --- Set against ours -----------------------------------------------------------------------------


@pytest.fixture
def both(partnership, review, mo):
    """One of each: differing, alike, without a flag, open here, only theirs, only ours, and elsewhere."""
    closed = {"closed_at": "2014-06-03T09:00Z", "closed_by": mo, "quorum_sentence": "Quorate: enough were there."}
    for reference, day, more in (
        ("R-2", 3, closed | {"quorate": True}), ("R-3", 4, closed | {"quorate": True}), ("R-4", 5, {}),
        ("R-6", 6, closed | {"quorate": True}), ("R-7", 7, {"state": MeetingState.CANCELLED}),
        ("R-8", 20, closed | {"quorate": True}),  # after the last day of the extract
    ):
        make.MeetingFactory(
            partnership=partnership, reference=reference, kind=MeetingKind.REVIEW, held_on=date(2014, 6, day), **more
        )
    for reference, day, flag in (("R-1", 2, True), ("R-2", 3, True), ("R-3", 4, None), ("R-4", 5, True), ("R-5", 9, False)):
        make.ExtractLineFactory(
            partnership=partnership, reference=reference, held_on=date(2014, 6, day), quorate=flag
        )
    make.ExtractLineFactory(reference="R-2", held_on=date(2014, 6, 3), quorate=False)  # of another partnership


def test_the_flags_are_set_against_ours(both, partnership):
    found = {one.known.reference: one.verdict for one in compare(partnership, date(2014, 4, 1), date(2015, 3, 31))}
    assert found == {
        "R-1": "differ", "R-2": "agree", "R-3": "unknown", "R-4": "unknown", "R-5": "not-here", "R-6": "not-there",
    }


def test_a_date_that_is_changed_here_afterwards_is_told(both, partnership):
    Meeting.objects.filter(reference="R-2").update(held_on=date(2015, 5, 1))
    found = {one.known.reference: one for one in compare(partnership, date(2014, 4, 1), date(2015, 3, 31))}
    assert found["R-2"].verdict == "unknown"
    assert found["R-2"].why == (
        "The extract has it as review conference of 3 June 2014, Quorate as review conference of 1 May 2015."
    )


def test_the_page_lists_the_differences_first_and_is_filtered(client, both, audrey):
    client.force_login(audrey)
    page = text(client.get("/meetings/extract/", YEAR))
    assert "1 of 2 say the same. 1 differs." in page
    assert "Beside them: 1 not in Quorate, 1 not in the extract, 2 cannot be compared." in page
    assert page.index("R-1") < page.index("R-2")
    assert "Not quorate: one other agency was there, and two are needed." in page
    assert "Bring in an extract" not in page
    page = text(client.get("/meetings/extract/", YEAR | {"verdict": "not-here"}))
    assert "R-5" in page and "R-1" not in page
    page = text(client.get("/meetings/extract/", YEAR | {"q": "r-3"}))
    assert "The extract has no flag for it." in page and "R-5" not in page
    assert "No extract of this period is here" in text(client.get("/meetings/extract/", {"period": "2010-11"}))
    file = client.get("/meetings/extract/list.csv", YEAR | {"verdict": "differ"})
    lines = list(csv.reader(io.StringIO(b"".join(file.streaming_content).decode("utf-8-sig"))))
    assert lines[1][:1] + lines[1][2:6] == ["R-1", "Review conference", "The flag differs", "Quorate", "Not quorate"]


def test_the_page_takes_the_same_number_of_queries_for_few_and_many(
    client, both, partnership, mo
):
    client.force_login(mo)
    client.get("/meetings/extract/", YEAR)
    with CaptureQueriesContext(connection) as few:
        client.get("/meetings/extract/", YEAR)
    for number in range(60):
        make.ExtractLineFactory(partnership=partnership, held_on=date(2014, 6, 2), reference=f"X-{number}")
    with CaptureQueriesContext(connection) as many:
        page = text(client.get("/meetings/extract/", YEAR))
    assert len(many) == len(few) and "Next" in page


def test_those_who_may_not_see_all_meetings_do_not_see_the_page(client, both, alice, tara, dana):
    for user in (alice, tara):
        client.force_login(user)
        assert client.get("/meetings/extract/", YEAR).status_code == 404
        assert client.get("/meetings/extract/list.csv", YEAR).status_code == 404
        assert "National extract" not in text(client.get("/meetings/"))
    client.force_login(dana)
    assert client.get("/meetings/extract/", YEAR | {"partnership": "SM"}).status_code == 404
    assert "Bring in an extract" in text(client.get("/meetings/extract/", YEAR))
    assert "National extract" in text(client.get("/meetings/"))


def test_data_quality_counts_the_flags_that_differ(client, both, tara):
    client.force_login(tara)
    page = text(client.get("/set-up/quality/", YEAR))
    assert "Quorate flags that differ" in page
    page = text(client.get("/set-up/quality/NW/quorate-flag-differs/", YEAR))
    assert "R-1" in page and "R-2" not in page
    assert "one other agency was there" not in page  # the sentence is for those who see the attendance
