"""A planned meeting: changed, invited to, ended; what a quorum still lacks; who may."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from compliance.demo import factories as make
from conferences import actions
from conferences.choices import ChairDecision, MeetingKind, MeetingState, Outcome
from conferences.models import Attendance, Meeting
from partnership.models import HistoryEntry, today
from tests.conferences.pages.planned import (
    in_days,
    lines_of,
    named,
    planned,
    press,
    school,
    sent_on,
    text,
    typed,
)

__all__ = ["named", "planned", "school"]
pytestmark = pytest.mark.django_db
PAGE = "/partnerships/NW/meetings/NW-P/"
CHANGE, INVITE, END, STAND_DOWN = (f"{PAGE}{name}/" for name in ("change", "invite", "end", "stand-down"))


def history() -> list[str]:
    return list(HistoryEntry.objects.order_by("pk").values_list("verb", flat=True))


# --- The details ----------------------------------------------------------------------------------


def test_details_are_changed_and_lateness_is_reckoned_anew(client, dana, planned):
    client.force_login(dana)
    soon = {"held_on": typed(in_days(1)), "children": "3"}
    planned.lines.update(invited_on=today())
    answer = client.post(CHANGE, sent_on(client.get(CHANGE)) | soon)
    assert answer.url == PAGE
    planned.refresh_from_db()
    assert (planned.held_on, planned.children) == (in_days(1), 3)
    assert all(planned.lines.values_list("late_invitation", flat=True))
    assert "Invited late" in text(client.get(PAGE))
    assert history() == ["changed"]


def test_another_kind_asks_the_local_rules_again(client, dana, partnership, planned, agency_b):
    make.ExpectationRuleFactory(
        partnership=partnership, agency=agency_b, kind=MeetingKind.REVIEW, expectation="report"
    )
    client.force_login(dana)
    client.post(CHANGE, sent_on(client.get(CHANGE)) | {"kind": MeetingKind.REVIEW})
    assert planned.lines.get(agency=agency_b).expectation == "report"


def test_nothing_changed_writes_nothing(client, dana, planned):
    client.force_login(dana)
    answer = client.post(CHANGE, sent_on(client.get(CHANGE)))
    assert "Nothing differs" in text(client.get(answer.url)) and history() == []


def test_stale_change_shows_both_versions_and_overwrites_nothing(client, dana, planned):
    client.force_login(dana)
    mine = sent_on(client.get(CHANGE)) | {"chair": "Mine"}
    actions.change_meeting(by=dana, meeting=planned, chair="Theirs")
    answer = client.post(CHANGE, mine)
    assert answer.status_code == 409
    assert "Mine" in answer.content.decode() and "Theirs" in text(answer) and "by Dana" in text(answer)
    planned.refresh_from_db()
    assert planned.chair == "Theirs"
    again = client.post(CHANGE, sent_on(answer))
    assert again.status_code == 302
    planned.refresh_from_db()
    assert planned.chair == "Mine"


@pytest.mark.parametrize(("change", "sentence"), [
    ({"reference": "NW-1"}, "Another meeting of this partnership has that reference."),
    ({"held_on": ""}, "Fill in “Date of the meeting”."),
    ({"children": "99"}, "cannot be above"),
])
def test_bad_change_comes_back(client, dana, meeting, planned, change, sentence):
    client.force_login(dana)
    answer = client.post(CHANGE, sent_on(client.get(CHANGE)) | {"format": "Kept"} | change)
    assert answer.status_code == 422 and sentence in text(answer)
    assert 'value="Kept"' in answer.content.decode() and history() == []


def test_closed_register_is_planned_no_more(client, dana, planned):
    Meeting.objects.filter(pk=planned.pk).update(held_on=today(), state=MeetingState.HELD)
    actions.close_register(by=dana, meeting=planned)
    client.force_login(dana)
    for address in (CHANGE, INVITE, END):
        answer = client.get(address)
        assert answer.url == PAGE
        assert "A late change is a correction" in text(client.get(PAGE))
    assert "Change the details" not in text(client.get(PAGE))


# --- Invitations ----------------------------------------------------------------------------------


def test_agency_is_invited_and_late_is_said(client, dana, planned, school):
    Meeting.objects.filter(pk=planned.pk).update(held_on=in_days(2))
    client.force_login(dana)
    sent = sent_on(client.get(INVITE)) | {"agency": str(school.pk), "job_title": "Head teacher"}
    answer = client.post(INVITE, sent)
    line = planned.lines.get(agency=school)
    assert (line.job_title, line.late_invitation, line.involved) == ("Head teacher", True, True)
    assert "It is a late invitation." in text(client.get(answer.url))


def test_second_press_makes_one_invitation(client, dana, planned, school):
    client.force_login(dana)
    sent = sent_on(client.get(INVITE)) | {"agency": str(school.pk)}
    answers = [client.post(INVITE, sent) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 422]
    assert "already on the register" in text(answers[1])
    assert planned.lines.filter(agency=school).count() == 1


def test_bad_invitation_comes_back(client, dana, planned, agency_c):
    client.force_login(dana)
    answer = client.post(INVITE, {
        "agency": str(agency_c.pk), "person": "Bertha", "job_title": "Kept title", "involved": "yes",
        "invited_on": typed(in_days(3)),
    })
    assert answer.status_code == 422 and "cannot be in the future" in text(answer)
    assert "Kept title" in answer.content.decode() and "Southmere" not in text(answer)
    assert planned.lines.count() == 2


def test_change_of_involvement_needs_a_reason_and_is_counted(client, dana, planned, agency_b):
    line = planned.lines.get(agency=agency_b)
    address = f"{INVITE}{line.pk}/"
    client.force_login(dana)
    sent = sent_on(client.get(address)) | {"involved": "no"}
    sent.pop("why", None)
    refused = client.post(address, sent)
    assert refused.status_code == 422 and "Say why the agency’s involvement changes." in text(refused)
    assert client.post(address, sent | {"reason": "No contact since May"}).status_code == 302
    line.refresh_from_db()
    assert (line.involved, line.involved_changes) == (False, 1)
    assert HistoryEntry.objects.get().changes["reason"] == "No contact since May"


def test_stale_invitation_shows_both_versions(client, dana, planned, agency_b):
    line = planned.lines.get(agency=agency_b)
    address = f"{INVITE}{line.pk}/"
    client.force_login(dana)
    sent = sent_on(client.get(address)) | {"job_title": "Sergeant", "person": ""}
    actions.change_invitation(by=dana, line=line, staff_member=None, job_title="Inspector")
    answer = client.post(address, sent)
    assert answer.status_code == 409 and "Inspector" in text(answer)
    line.refresh_from_db()
    assert line.job_title == "Inspector"


def test_invitation_is_taken_away_with_a_reason(client, dana, planned, agency_b):
    line = planned.lines.get(agency=agency_b)
    address = f"{INVITE}{line.pk}/"
    client.force_login(dana)
    assert client.post(address, {"withdraw": "1"}).status_code == 422
    assert planned.lines.count() == 2
    assert client.post(address, {"withdraw": "1", "why": "mistake"}).url == INVITE
    assert planned.lines.count() == 1
    entry = HistoryEntry.objects.get()
    assert (entry.verb, entry.agency, entry.changes["reason"]) == (
        "took the invitation away", agency_b, "Invited by mistake",
    )
    assert client.post(address, {"withdraw": "1", "why": "mistake"}).status_code == 404


def test_invitation_that_has_an_outcome_stays(client, dana, planned, agency_b):
    line = planned.lines.get(agency=agency_b)
    actions.record_attendance(by=dana, line=line, outcome=Outcome.APOLOGIES)
    client.force_login(dana)
    address = f"{INVITE}{line.pk}/"
    assert "Change it there." in text(client.get(address))
    client.post(address, {"withdraw": "1", "why": "mistake"})
    assert planned.lines.count() == 2


def test_line_of_another_meeting_is_not_under_this_address(client, dana, planned, meeting, meeting_elsewhere):
    client.force_login(dana)
    for line in (meeting.lines.first(), meeting_elsewhere.lines.first()):
        assert client.get(f"{INVITE}{line.pk}/").status_code == 404


# --- What a quorum lacks --------------------------------------------------------------------------


def test_page_says_what_is_still_missing(client, sam, planned, school, agency_b):
    client.force_login(sam)
    assert "Still missing: one more agency with direct contact." in text(client.get(PAGE))
    make.AttendanceFactory(meeting=planned, agency=school, staff_member=None)
    assert "there are enough for a quorum" in text(client.get(PAGE))


def test_apologies_are_missing_and_the_required_sector_is_named(client, sam, planned, agency_a):
    planned.lines.filter(agency=agency_a).update(outcome=Outcome.APOLOGIES)
    client.force_login(sam)
    page = text(client.get(PAGE))
    assert "Still missing: children's social care; one more agency with direct contact." in page
    assert "Local rule since 1 January 2000." in page


def test_held_meetings_and_core_groups_ask_for_no_quorum(client, dana, meeting, core_group):
    client.force_login(dana)
    for reference in ("NW-1", "NW-2"):
        assert "Is there a quorum?" not in text(client.get(f"/partnerships/NW/meetings/{reference}/"))


# --- How it ended ---------------------------------------------------------------------------------


def test_meeting_was_held(client, dana, planned):
    Meeting.objects.filter(pk=planned.pk).update(held_on=today())
    client.force_login(dana)
    answer = client.post(END, sent_on(client.get(END)) | {"ended": "held"})
    assert answer.url == PAGE and "Its register can be filled in now." in text(client.get(PAGE))
    planned.refresh_from_db()
    assert planned.state == MeetingState.HELD and history() == ["held"]


@pytest.mark.parametrize(("change", "sentence"), [
    ({"ended": "held"}, "The meeting is still to come."),
    ({"ended": "cancelled"}, "Choose why it was cancelled."),
    ({}, "Choose an answer for “How did it end?”."),
])
def test_bad_ending_comes_back(client, dana, planned, change, sentence):
    client.force_login(dana)
    answer = client.post(END, sent_on(client.get(END)) | change)
    assert answer.status_code == 422 and sentence in text(answer) and history() == []


def test_meeting_was_cancelled_with_a_code(client, dana, planned):
    client.force_login(dana)
    client.post(END, sent_on(client.get(END)) | {"ended": "cancelled", "why": "mistake"})
    planned.refresh_from_db()
    assert planned.state == MeetingState.CANCELLED
    assert HistoryEntry.objects.get().changes["reason"] == "Convened by mistake"


def test_second_press_of_an_ending_is_answered_in_words(client, dana, planned):
    client.force_login(dana)
    sent = sent_on(client.get(END)) | {"ended": "cancelled", "why": "mistake"}
    client.post(END, sent)
    answer = client.post(END, sent)
    assert answer.status_code == 422 and "NW-P is already: cancelled." in text(answer)
    assert history() == ["cancelled"]


def test_stood_down_makes_the_meeting_that_follows(client, dana, planned, staff_a, staff_b, agency_a):
    Meeting.objects.filter(pk=planned.pk).update(held_on=today(), chair="Grace")
    client.force_login(dana)
    assert client.post(END, sent_on(client.get(END)) | {"ended": "stood_down"}).url == STAND_DOWN
    there = planned.lines.get(agency=agency_a).pk
    form = sent_on(client.get(STAND_DOWN)) | {
        "new_date_on": typed(in_days(2)), "reference": "NW-P2", "reason": "Only social care had come.",
        "there": str(there),
    }
    check = client.post(STAND_DOWN, form | {"step": "check"})
    assert "Check your answers" in text(check) and history() == []
    assert [row[3]["text"] for row in check.context["rows"]] == ["Late", "In the room when the date was set"]
    back = press(client, check, "back", STAND_DOWN)
    assert "Only social care had come." in back.content.decode()
    answer = press(client, check, "write", STAND_DOWN)
    new = Meeting.objects.get(reference="NW-P2")
    assert answer.url == "/partnerships/NW/meetings/NW-P2/"
    assert (new.held_on, new.family_ref, new.chair, new.state) == (in_days(2), "FAM-P", "Grace", "planned")
    assert [(line.staff_member, line.in_room_when_dated, line.late_invitation)
            for line in new.lines.order_by("agency__name")] == [(staff_b, False, True), (staff_a, True, False)]
    planned.refresh_from_db()
    assert (planned.state, planned.chair_decision, planned.new_date_on) == (
        MeetingState.STOOD_DOWN, ChairDecision.STOOD_DOWN, in_days(2),
    )
    twice = press(client, check, "write", STAND_DOWN)
    assert twice.url == answer.url
    assert Meeting.objects.filter(held_on=in_days(2)).count() == 1


@pytest.mark.parametrize(("change", "sentence"), [
    ({"new_date_on": typed(today())}, "must be after the day of this conference"),
    ({"reference": "NW-P"}, "Another meeting of this partnership has that reference."),
    ({"reason": ""}, "Fill in “Why it was stood down”."),
    ({"there": "999999"}, "Choose from the list."),
])
def test_bad_new_date_comes_back(client, dana, planned, change, sentence):
    Meeting.objects.filter(pk=planned.pk).update(held_on=today())
    client.force_login(dana)
    form = {"new_date_on": typed(in_days(20)), "reference": "NW-P2", "reason": "Kept reason", "step": "check"}
    answer = client.post(STAND_DOWN, form | change)
    assert answer.status_code == 422 and sentence in text(answer)
    assert Meeting.objects.count() == 1 and history() == []


def test_new_date_of_the_chair_s_decision_is_convened_too(client, dana, planned):
    """The register's page says stood down with a new date; the meeting on that date is made here."""
    Meeting.objects.filter(pk=planned.pk).update(
        held_on=today(), state=MeetingState.STOOD_DOWN, chair_decision=ChairDecision.STOOD_DOWN,
        chair_reason="Nobody came.", new_date_on=in_days(20),
    )
    client.force_login(dana)
    assert "Convene the meeting on" in text(client.get(PAGE))
    check = press(client, client.get(STAND_DOWN), "check", STAND_DOWN, reference="NW-P2")
    press(client, check, "write", STAND_DOWN)
    assert Meeting.objects.get(reference="NW-P2").held_on == in_days(20)
    page = text(client.get(PAGE))
    assert "Convene the meeting on" not in page and "See NW-P2" in page and "Convene the next meeting" in page
    again = client.get(STAND_DOWN, follow=True)
    assert "NW-P2 was convened already" in text(again)
    client.post(STAND_DOWN, {"step": "write", "reference": "NW-P3"})
    assert not Meeting.objects.filter(reference="NW-P3").exists()


def test_core_group_is_never_stood_down_for_a_quorum(client, bob, core_group):
    client.force_login(bob)
    assert "stood down" not in text(client.get("/partnerships/NW/meetings/NW-2/end/")).replace("Stood down", "")
    answer = client.get("/partnerships/NW/meetings/NW-2/stand-down/")
    assert answer.url == "/partnerships/NW/meetings/NW-2/end/"
    with pytest.raises(ValidationError):
        actions.stand_down(
            by=bob, meeting=core_group, reason="x", new_date_on=in_days(3), reference="NW-9"
        )


def test_cancelled_meeting_asks_for_nothing(client, dana, planned):
    actions.cancel(by=dana, meeting=planned, reason="No longer needed")
    client.force_login(dana)
    page = text(client.get(PAGE))
    assert "a cancelled meeting counts for nobody" in page and "How it ended" in page
    assert "To come" not in page and "Who is invited" not in page and "Change the details" not in page
    answer = client.get(f"{PAGE}register/", follow=True)
    assert "its register asks nothing of anybody" in text(answer)


@pytest.mark.parametrize(("days", "late"), [(20, False), (60, True)])
def test_date_later_than_the_local_rule_asks_is_said(client, dana, planned, days, late):
    Meeting.objects.filter(pk=planned.pk).update(held_on=in_days(days), strategy_discussion_on=today())
    client.force_login(dana)
    assert ("In time would be by" in text(client.get(PAGE))) is late


# --- Who may --------------------------------------------------------------------------------------

ADDRESSES = ("change", "invite", "end", "stand-down")


@pytest.mark.parametrize("name", ["alice", "bob", "charlie", "sam", "mo", "tara", "dee", "audrey", "outsider"])
def test_conference_is_planned_by_the_service_alone(client, people, planned, name):
    client.force_login(getattr(people, name))
    line = planned.lines.first()
    for address in (*ADDRESSES, f"invite/{line.pk}"):
        assert client.get(f"{PAGE}{address}/").status_code == 404, address
        assert client.post(f"{PAGE}{address}/", {"step": "write"}).status_code == 404, address
    if client.get(PAGE).status_code == 200:
        assert "Who is invited" not in text(client.get(PAGE))


def test_core_group_is_planned_by_its_lead_and_the_lead_of_that_agency(client, people, core_group, staff_b):
    address = "/partnerships/NW/meetings/NW-2/change/"
    for name in ("bob", "alice", "dana"):
        client.force_login(getattr(people, name))
        assert client.get(address).status_code == 200, name
    client.force_login(people.charlie)
    assert client.get(address).status_code == 404
    Meeting.objects.filter(pk=core_group.pk).update(lead=staff_b)
    client.force_login(people.bob)
    assert client.get(address).status_code == 404
    client.force_login(people.charlie)
    assert client.get(address).status_code == 200


def test_lead_of_a_core_group_sees_it_and_its_names_before_it_is_held(client, bob, core_group, agency_b, staff_b, named):
    core_group.lines.all().delete()
    make.AttendanceFactory(meeting=core_group, agency=agency_b, staff_member=staff_b)
    client.force_login(bob)
    assert "Betason" in text(client.get("/partnerships/NW/meetings/NW-2/"))


def test_family_reference_is_for_the_service(client, bob, dana, core_group):
    address = "/partnerships/NW/meetings/NW-2/change/"
    client.force_login(bob)
    assert core_group.family_ref not in client.get(address).content.decode()
    client.post(address, sent_on(client.get(address)) | {"children": "5", "family_ref": "STOLEN"})
    core_group.refresh_from_db()
    assert core_group.children == 5 and core_group.family_ref != "STOLEN"
    client.force_login(dana)
    assert core_group.family_ref in client.get(address).content.decode()


def test_lead_of_the_agency_keeps_people_whom_they_may_not_see(client, alice, core_group, agency_b, staff_b, named):
    line = make.AttendanceFactory(meeting=core_group, agency=agency_b, staff_member=staff_b)
    address = f"/partnerships/NW/meetings/NW-2/invite/{line.pk}/"
    client.force_login(alice)
    page = client.get(address)
    assert "Betason" not in text(page) and "Somebody named by the agency" in text(page)
    sent = sent_on(page) | {"involved": "no", "reason": "No contact"}
    assert client.post(address, sent).status_code == 302
    line.refresh_from_db()
    assert (line.staff_member, line.involved) == (staff_b, False)


def test_meeting_page_costs_the_same_queries_for_many_lines(client, dana, planned):
    client.force_login(dana)
    counted = []
    for address in (PAGE, INVITE, PAGE, INVITE):
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        counted.append(len(asked))
        if len(counted) == 2:
            make.AttendanceFactory.create_batch(20, meeting=planned)
    assert counted[:2] == counted[2:]


def test_lines_of_a_meeting_are_all_or_none(dana, planned, school, agency_b, staff_b):
    with pytest.raises(ValidationError):
        actions.invite_many(by=dana, meeting=planned, invitations=[
            {"agency": school}, {"agency": agency_b, "staff_member": staff_b},
        ])
    assert Attendance.objects.filter(meeting=planned).count() == 2
    assert len(lines_of(planned)) == 2
