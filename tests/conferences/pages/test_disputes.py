"""Disputes: who may, how they are answered, both sides kept, and the list of them."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from compliance.demo import factories as make
from conferences import actions
from conferences.actions.registers import LINE
from conferences.choices import Outcome
from conferences.models import Attendance
from conferences.timescales import answer_due, last_late_dispute
from partnership.models import HistoryEntry, OutboxMessage, today
from partnership.roles import Role
from partnership.stale import fingerprint
from tests.conftest import person
from tests.reading import same, text

LIST = "/meetings/disputes/"


@pytest.fixture
def closed(meeting):
    actions.close_registers(by=None, meetings=[meeting], tell=False)
    meeting.refresh_from_db()
    return meeting


@pytest.fixture
def theirs(closed, agency_b):
    return closed.lines.get(agency=agency_b)


@pytest.fixture
def disputed(theirs, charlie):
    actions.dispute(by=charlie, line=theirs, text="Our officer was on the phone.")
    theirs.refresh_from_db()
    return theirs


def address(line, what="dispute"):
    return f"/meetings/lines/{line.pk}/{what}/"


def answering(line, **new):
    line.refresh_from_db()
    there = {"outcome": line.outcome, "mode": line.mode or "in_person", "report": line.report, "involved": "on",
             "answer": "The minutes say so.", "seen": fingerprint(line, LINE)}
    return {**there, **new}


# --- Disputing ------------------------------------------------------------------------------------


def test_lead_disputes_a_line_and_the_service_is_told(client, charlie, dana, theirs):
    client.force_login(charlie)
    assert client.post(address(theirs), {"text": " "}).status_code == 422
    answer = client.post(address(theirs), {"text": "Our officer was on the phone."})
    assert answer.status_code == 302
    assert "The conference service is told, and answers by" in text(client.get(answer.url))
    theirs.refresh_from_db()
    assert (theirs.disputed_by, theirs.dispute) == (charlie, "Our officer was on the phone.")
    mail = OutboxMessage.objects.get(to=dana.email)
    assert mail.subject == "NW-1: a line is disputed" and "officer" not in mail.body


def test_practitioner_disputes_their_own_line(client, bob, closed, agency_a):
    line = closed.lines.get(agency=agency_a)
    client.force_login(bob)
    answer = client.post(address(line), {"text": "I left early."})
    assert answer.status_code == 302 and answer.url == "/meetings/mine/"
    line.refresh_from_db()
    assert line.disputed_by == bob


@pytest.mark.parametrize("name", ["alice", "bob", "tara", "sam", "mo", "dee", "audrey", "outsider"])
def test_line_of_another_agency_is_missing(client, people, theirs, name):
    client.force_login(getattr(people, name))
    far, none = client.get(address(theirs)), client.get("/meetings/lines/999999/dispute/")
    assert far.status_code == 404 and same(far) == same(none)
    assert client.post(address(theirs), {"text": "No."}).status_code == 404
    theirs.refresh_from_db()
    assert theirs.disputed_at is None


def test_colleagues_line_is_not_ones_own(client, agency_b, staff_b, role_group, theirs):
    other = make.StaffMemberFactory(agency=agency_b, role_group=role_group)
    client.force_login(person("Bea", Role.PRACTITIONER, agency=agency_b, staff_member=other))
    assert client.get(address(theirs)).status_code == 404
    client.force_login(person("Ben", Role.PRACTITIONER, agency=agency_b, staff_member=staff_b))
    assert client.get(address(theirs)).status_code == 200


@pytest.mark.parametrize("words", ["", "   ", "x" * 401, "bell \x07"])
def test_wrong_dispute_is_refused_and_kept_on_the_page(client, charlie, theirs, words):
    client.force_login(charlie)
    answer = client.post(address(theirs), {"text": words})
    assert answer.status_code == 422 and 'href="#id_text"' in answer.content.decode()
    theirs.refresh_from_db()
    assert theirs.disputed_at is None


def test_double_click_disputes_once(client, charlie, dana, disputed):
    client.force_login(charlie)
    answer = client.post(address(disputed), {"text": "Again."})
    assert answer.status_code == 409 and "Our officer was on the phone." in text(answer)
    assert HistoryEntry.objects.filter(verb="disputed").count() == 1
    assert OutboxMessage.objects.filter(to=dana.email).count() == 1


def test_meeting_to_come_has_nothing_to_dispute(client, charlie, partnership, agency_b):
    row = make.MeetingFactory(partnership=partnership, held_on=today() + timedelta(days=3))
    line = make.AttendanceFactory(meeting=row, agency=agency_b)
    client.force_login(charlie)
    assert b"<textarea" not in client.get(address(line)).content
    assert client.post(address(line), {"text": "Early."}).status_code == 422


# --- Answering ------------------------------------------------------------------------------------


def test_service_answers_and_both_see_both_sides(client, dana, charlie, disputed):
    client.force_login(dana)
    page = text(client.get(address(disputed, "settle")))
    assert "Our officer was on the phone." in page and "Due by" in page
    assert client.post(address(disputed, "settle"), answering(disputed, answer="")).status_code == 422
    answer = client.post(address(disputed, "settle"), answering(disputed))
    assert answer.url == LIST and "The line stays as it is." in text(client.get(answer.url))
    for user in (dana, charlie):
        client.force_login(user)
        words = text(client.get(address(disputed)))
        assert "Our officer was on the phone." in words and "The minutes say so." in words
    assert OutboxMessage.objects.filter(to=charlie.email, subject="NW-1: your dispute was answered").count() == 1


def test_answering_corrects_the_line_in_the_same_step(client, dana, closed, disputed):
    assert closed.missed.exists()
    client.force_login(dana)
    answer = client.post(address(disputed, "settle"), answering(disputed, outcome="attended", mode="phone"))
    assert "The line is corrected" in text(client.get(answer.url))
    disputed.refresh_from_db()
    assert (disputed.outcome, disputed.settlement) == (Outcome.ATTENDED, "The minutes say so.")
    assert not closed.missed.exists()
    assert HistoryEntry.objects.get(verb="corrected").changes["reason"] == "The minutes say so."


def test_line_corrected_while_one_answers_shows_both_versions_and_writes_nothing(client, dana, disputed):
    mine = answering(disputed, outcome="absent")
    actions.correct_line(by=dana, line=disputed, reason="Slip", outcome="deputy")
    client.force_login(dana)
    answer = client.post(address(disputed, "settle"), mine)
    assert answer.status_code == 409
    disputed.refresh_from_db()
    assert (disputed.outcome, disputed.settled_at) == (Outcome.DEPUTY, None)
    assert client.post(address(disputed, "settle"), mine | {"seen": answer.context["seen"]}).status_code == 302


def test_answered_twice_is_answered_once(client, dana, disputed):
    client.force_login(dana)
    sent = answering(disputed)
    client.post(address(disputed, "settle"), sent)
    again = client.post(address(disputed, "settle"), sent | {"answer": "Otherwise."})
    assert again.status_code == 409 and "The minutes say so." in text(again)
    assert HistoryEntry.objects.filter(verb="settled").count() == 1


@pytest.mark.parametrize("name", ["alice", "bob", "charlie", "tara", "sam", "mo", "dee", "audrey", "outsider"])
def test_nobody_else_answers(client, people, disputed, name):
    client.force_login(getattr(people, name))
    far, none = client.get(address(disputed, "settle")), client.get("/meetings/lines/999999/settle/")
    assert far.status_code == 404 and same(far) == same(none)
    assert client.post(address(disputed, "settle"), answering(disputed)).status_code == 404


def test_what_was_said_earlier_is_kept_when_a_line_is_disputed_again(client, dana, charlie, disputed):
    actions.settle(by=dana, line=disputed, answer="The minutes say so.")
    client.force_login(charlie)
    client.post(address(disputed), {"text": "Here is the call log."})
    for user in (dana, charlie):
        client.force_login(user)
        words = text(client.get(address(disputed)))
        assert "Said earlier" in words and "Our officer was on the phone." in words
        assert "The minutes say so." in words and "Here is the call log." in words


# --- When it is due, and the list -----------------------------------------------------------------


def test_answer_is_due_on_the_tenth_working_day(calendar):
    day = datetime(2014, 12, 18).date()  # Christmas, Boxing Day and New Year are skipped
    assert answer_due(day, calendar) == datetime(2015, 1, 6).date()
    late = last_late_dispute(datetime(2015, 1, 7).date(), calendar)
    assert late == day and answer_due(late + timedelta(days=1), calendar) >= datetime(2015, 1, 7).date()


def disputed_ago(meeting, days, user, **fields):
    at = timezone.now() - timedelta(days=days)
    return make.AttendanceFactory(
        meeting=meeting, agency=make.AgencyFactory(), disputed_at=at, disputed_by=user, dispute=f"{days} days", **fields
    )


@pytest.mark.parametrize(("state", "found"), [
    ("", ["40 days", "30 days", "1 days"]), ("open", ["40 days", "1 days"]), ("late", ["40 days"]),
    ("answered", ["30 days"]),
])
def test_list_is_oldest_first_and_filtered(client, dana, charlie, closed, state, found):
    for days in (1, 40):
        disputed_ago(closed, days, charlie)
    disputed_ago(closed, 30, charlie, settled_at=timezone.now(), settled_by=dana, settlement="So be it.")
    client.force_login(dana)
    answer = client.get(f"{LIST}?state={state}")
    assert [row[2]["text"] for row in answer.context["rows"]] == found
    words = text(answer)
    assert ("Late" in [row[4]["text"] for row in answer.context["rows"]]) is ("40 days" in found)
    assert ("Answered late" in words) is ("30 days" in found)


def test_list_holds_ones_own_for_leads_and_all_for_the_service(client, people, disputed, meeting_elsewhere):
    line = meeting_elsewhere.lines.get()
    actions.dispute(by=people.outsider, line=line, text="Far away.")
    seen = {}
    for name, user in vars(people).items():
        client.force_login(user)
        answer = client.get(LIST)
        seen[name] = len(answer.context["rows"]) if answer.status_code == 200 else answer.status_code
    assert seen == {"alice": 0, "bob": 0, "charlie": 1, "dana": 1, "outsider": 1,
                    **dict.fromkeys(("tara", "sam", "mo", "dee", "audrey"), 404)}


def test_list_takes_the_same_number_of_queries_for_few_and_many(client, dana, charlie, closed):
    client.force_login(dana)
    counts = []
    for number in (3, 40):
        for _ in range(number):
            disputed_ago(closed, 60, charlie)
        with CaptureQueriesContext(connection) as found:
            page = client.get(f"{LIST}?state=late")
        counts.append(len(found))
        assert page.status_code == 200
    assert counts[0] == counts[1]
    assert len(page.context["rows"]) == 25
    assert Attendance.objects.disputed().count() == 43
