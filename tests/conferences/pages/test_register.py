"""The register's page: who keeps it, what it writes, and what it refuses."""

from __future__ import annotations

import pytest

from compliance.demo import factories as make
from conferences import actions
from conferences.choices import Mode, Outcome, ReportState
from conferences.models import Attendance
from partnership.models import HistoryEntry
from tests.conferences.pages.registers import REGISTER, came, invite, opened, page_of, send, typed
from tests.reading import same, text

# --- Whose ----------------------------------------------------------------------------------------


def test_conferences_are_recorded_by_the_service_and_core_groups_by_the_team_of_their_lead(
    client, people, meeting, core_group, meeting_elsewhere
):
    let_in = {}
    for name, user in vars(people).items():
        client.force_login(user)
        let_in[name] = [opened(client, row).status_code for row in (meeting, core_group)]
    assert let_in.pop("dana") == [200, 200]
    assert let_in.pop("alice") == let_in.pop("bob") == [404, 200]
    assert set(map(tuple, let_in.values())) == {(404, 404)}


def test_what_is_elsewhere_answers_as_if_it_were_missing(client, dana, meeting, meeting_elsewhere):
    client.force_login(dana)
    for what in ("register/", "register/quorum/", "register/ending/", "close/"):
        far = client.get(f"/partnerships/SM/meetings/NW-1/{what}")
        none = client.get(f"/partnerships/SM/meetings/NW-9/{what}")
        assert far.status_code == 404 and same(far)[0] == same(none)[0]
        assert client.post(f"/partnerships/SM/meetings/NW-1/{what}").status_code == 404


def test_closed_register_leads_to_the_meeting(client, dana, meeting):
    actions.close_registers(by=None, meetings=[meeting], tell=False)
    client.force_login(dana)
    answer = opened(client, meeting)
    assert answer.status_code == 302 and answer.url == "/partnerships/NW/meetings/NW-1/"
    assert "is closed. Correct a line" in text(client.get(answer.url))


@pytest.mark.parametrize(("expectation", "first"), [
    ("attend_and_report", "Not known yet"), ("attend_or_report", "Not known yet"), ("attend", "Not required"),
])
def test_expected_report_begins_as_not_known(client, dana, meeting, theirs, expectation, first):
    meeting.lines.filter(pk=theirs.pk).update(expectation=expectation)
    client.force_login(dana)
    [form] = [form for form in opened(client, meeting).context["page"].lines if form.line.pk == theirs.pk]
    assert [str(words) for _, words in form["report"].field.choices][:2] == [first, "On time"]
    assert form["report"].value() == ReportState.NOT_REQUIRED


# --- Filling in -----------------------------------------------------------------------------------


def test_page_says_who_is_expected_and_what(client, dana, meeting, theirs, staff_b):
    client.force_login(dana)
    words = text(opened(client, meeting))
    assert staff_b.name in words and "Expected to attend and report" in words
    assert "invited on 2 February 2015" in words


def test_saving_writes_the_lines_that_differ_and_nothing_else(client, dana, meeting, ours, theirs):
    client.force_login(dana)
    answer = send(client, meeting, **typed(
        theirs, outcome="deputy", mode="video", part=True, report="late"
    ))
    assert answer.status_code == 302
    theirs.refresh_from_db()
    assert (theirs.outcome, theirs.mode, theirs.part, theirs.report) == ("deputy", "video", True, "late")
    [entry] = HistoryEntry.objects.filter(verb="recorded")
    assert entry.subject_id == theirs.pk and entry.user == dana
    assert entry.changes["outcome"] == ["apologies", "deputy"]
    assert "Saved: 1 line written down." in text(client.get(answer.url))


def test_who_comes_comes_in_person_unless_it_is_said_otherwise(client, dana, meeting, theirs):
    client.force_login(dana)
    send(client, meeting, **typed(theirs, outcome="attended"))
    theirs.refresh_from_db()
    assert (theirs.outcome, theirs.mode) == (Outcome.ATTENDED, Mode.IN_PERSON)


def test_who_was_not_there_was_there_in_no_way(client, dana, meeting, ours):
    Attendance.objects.filter(pk=ours.pk).update(mode=Mode.VIDEO, part=True)
    client.force_login(dana)
    send(client, meeting, **typed(ours, outcome="absent", mode="video", part=True))
    ours.refresh_from_db()
    assert (ours.outcome, ours.mode, ours.part) == (Outcome.ABSENT, "", False)


def test_opening_and_saving_changes_nothing(client, dana, meeting):
    invite(meeting, 3)
    client.force_login(dana)
    answer = send(client, meeting)
    assert "Nothing differs from what is saved" in text(client.get(answer.url))
    assert not HistoryEntry.objects.filter(verb="recorded").exists()


def test_involvement_changes_with_a_reason_and_is_counted(client, dana, meeting, theirs):
    client.force_login(dana)
    answer = send(client, meeting, **typed(theirs, involved=False, outcome="absent"))
    assert answer.status_code == 422
    assert f'href="#id_line-{theirs.pk}-reason"' in answer.content.decode()
    assert "Northwold Police: Say why the agency's involvement changes." in text(answer)
    theirs.refresh_from_db()
    assert (theirs.involved, theirs.outcome) == (True, Outcome.APOLOGIES)
    send(client, meeting, **typed(theirs, involved=False, reason="Never worked with them"))
    theirs.refresh_from_db()
    assert (theirs.involved, theirs.involved_changes) == (False, 1)
    assert HistoryEntry.objects.get(verb="recorded").changes["reason"] == "Never worked with them"


@pytest.mark.parametrize(("name", "value"), [
    ("outcome", "asleep"), ("outcome", ""), ("mode", "pigeon"), ("report", ""), ("reason", "x" * 201),
    ("reason", "tab\x07"),
])
def test_wrong_line_keeps_everything_typed_and_writes_nothing(client, dana, meeting, ours, theirs, name, value):
    client.force_login(dana)
    answer = send(client, meeting, **typed(ours, report="late"), **typed(theirs, **{name: value}))
    assert answer.status_code == 422
    assert "There is a problem" in text(answer)
    kept = {form.line.pk: form for form in answer.context["page"].lines}
    assert kept[ours.pk]["report"].value() == "late" and kept[theirs.pk][name].value() == value
    ours.refresh_from_db()
    assert ours.report == ReportState.NOT_REQUIRED


def test_save_and_close_goes_on_to_the_check(client, dana, meeting):
    client.force_login(dana)
    answer = client.post(REGISTER.format("NW-1"), page_of(meeting) | {"do": "close"})
    assert answer.status_code == 302 and answer.url == "/partnerships/NW/meetings/NW-1/close/"


def test_line_of_another_meeting_is_not_written(client, dana, meeting, core_group, meeting_elsewhere):
    client.force_login(dana)
    for other in (core_group, meeting_elsewhere):
        line = other.lines.get()
        sent = page_of(meeting) | page_of(other, **typed(line, outcome="absent"))
        assert client.post(REGISTER.format("NW-1"), sent).status_code == 302
        line.refresh_from_db()
        assert line.outcome == Outcome.ATTENDED


# --- Who came besides -----------------------------------------------------------------------------


def test_who_is_on_no_list_is_added(client, dana, meeting, agency_b):
    client.force_login(dana)
    answer = send(client, meeting, **came(agency_b, job_title="Locum nurse", mode="phone"))
    line = meeting.lines.get(job_title="Locum nurse")
    assert (line.agency, line.staff_member, line.outcome, line.mode) == (agency_b, None, "attended", "phone")
    assert (line.invited_on, line.involved) == (None, True)
    assert "Locum nurse of Northwold Police added" in text(client.get(answer.url))


@pytest.mark.parametrize("words", ["A-2", "a-2", "name"])
def test_person_on_the_staff_list_is_added_by_name_or_reference(client, dana, meeting, agency_a, staff_a2, words):
    client.force_login(dana)
    words = staff_a2.name if words == "name" else words
    send(client, meeting, **came(agency_a, person=words))
    assert meeting.lines.get(staff_member=staff_a2).outcome == Outcome.ATTENDED


def test_deputy_is_added_by_name(client, dana, meeting, agency_a, staff_a2):
    client.force_login(dana)
    send(client, meeting, **came(agency_a, person="A-2", outcome="deputy"))
    assert meeting.lines.get(staff_member=staff_a2).outcome == Outcome.DEPUTY


def test_two_people_of_one_agency_are_two_lines_and_one_agency(client, dana, meeting, agency_a, staff_a2):
    client.force_login(dana)
    send(client, meeting, **came(agency_a, person="A-2"))
    assert meeting.lines.filter(agency=agency_a).count() == 2
    assert "1 of 2 agencies were there" in text(client.get("/partnerships/NW/meetings/NW-1/close/"))


@pytest.mark.parametrize(("fields", "words"), [
    ({"person": "Nobody Known"}, "fits “Nobody Known”"),
    ({"person": "A-1"}, "already on the register"),
    ({"person": "B-1"}, "fits “B-1”"),
    ({}, "Say who came"),
    ({"agency": "999999", "job_title": "Locum"}, "Choose one of the answers on the list"),
    ({"agency": "", "job_title": "Locum"}, "Choose the agency"),
])
def test_who_cannot_be_added(client, dana, meeting, agency_a, fields, words):
    client.force_login(dana)
    answer = send(client, meeting, **(came(agency_a) | {f"came_{k}": v for k, v in fields.items()}))
    assert answer.status_code == 422 and words in text(answer)
    assert meeting.lines.count() == 2


def test_agency_of_another_partnership_cannot_be_added(client, dana, meeting, agency_c):
    client.force_login(dana)
    answer = send(client, meeting, **came(agency_c, job_title="Locum"))
    assert answer.status_code == 422 and meeting.lines.count() == 2


def test_several_people_who_fit_are_named_so_that_one_is_meant(client, dana, meeting, agency_a, role_group):
    make.StaffMemberFactory(agency=agency_a, role_group=role_group, first_name="Ann", last_name="Leeming", reference="X1")
    make.StaffMemberFactory(agency=agency_a, role_group=role_group, first_name="Ann", last_name="Leeson", reference="X2")
    client.force_login(dana)
    answer = send(client, meeting, **came(agency_a, person="ann lee"))
    assert answer.status_code == 422 and "Ann Leeming (X1)" in text(answer)


def test_double_click_adds_one_and_complains_of_nothing(client, dana, meeting, agency_b, theirs):
    client.force_login(dana)
    sent = page_of(meeting, **came(agency_b, job_title="Locum"), **typed(theirs, outcome="absent"))
    for _ in range(2):
        assert client.post(REGISTER.format("NW-1"), sent).status_code == 302
    assert meeting.lines.filter(job_title="Locum").count() == 1
    assert HistoryEntry.objects.filter(verb="recorded").count() == 1


def test_lead_who_records_for_the_team_is_not_told_whom_other_agencies_named(
    client, alice, bob, dana, core_group, agency_b, staff_b, role_group
):
    """Bob leads the core group and sees who came; Alice leads his agency and sees her own people."""
    expected = make.StaffMemberFactory(agency=agency_b, first_name="Canary", last_name="Expected", role_group=role_group)
    staff_b.last_name = "Betason"
    staff_b.save()
    make.AttendanceFactory(meeting=core_group, agency=agency_b, staff_member=staff_b, deputy_for=expected)
    for reader, named in ((bob, True), (dana, True), (alice, False)):
        client.force_login(reader)
        for answer in (opened(client, core_group), send(client, core_group, do="check")):
            page = answer.content.decode()
            assert answer.status_code == 200
            assert ("Betason" in page, expected.name in page) == (named, named), reader
            assert ("Somebody named by the agency" in page) is not named
