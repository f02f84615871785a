"""The lists: my agency's attendance, my meetings, open registers."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from compliance.demo import factories as make
from conferences import actions
from conferences.choices import Expectation, MeetingKind, MeetingState, Outcome
from conferences.models import Attendance, Meeting
from partnership.models import HistoryEntry, today
from tests.lists import lines_of
from tests.reading import text

LIST, FILE, MINE, OPEN = "/meetings/attendance/", "/meetings/attendance.csv", "/meetings/mine/", "/meetings/open/"


def references(answer, name="rows") -> list[str]:
    return [row[0]["text"] for row in answer.context[name]]


@pytest.fixture
def lines(partnership, agency_a, staff_a, staff_a2, meeting, core_group):
    """Besides NW-1 and NW-2: one to come, and an older one to which another of A's people was asked."""
    coming = make.MeetingFactory(
        partnership=partnership, reference="NW-3", state=MeetingState.PLANNED, kind=MeetingKind.REVIEW,
        held_on=today() + timedelta(days=5),
    )
    make.AttendanceFactory(meeting=coming, agency=agency_a, staff_member=staff_a)
    older = make.MeetingFactory(partnership=partnership, reference="NW-0", held_on=date(2014, 6, 2))
    return make.AttendanceFactory(
        meeting=older, agency=agency_a, staff_member=staff_a2, outcome=Outcome.ABSENT, late_invitation=True
    )


# --- My agency's attendance -----------------------------------------------------------------------


def test_list_is_for_leads_and_holds_their_own_agency(client, people, lines):
    for address in (LIST, FILE):
        seen = {}
        for name, user in vars(people).items():
            client.force_login(user)
            seen[name] = client.get(address).status_code
        assert {name for name, status in seen.items() if status == 200} == {"alice", "charlie", "outsider"}
        assert set(seen.values()) == {200, 404}
    client.force_login(people.alice)
    assert set(references(client.get(LIST))) == {"NW-0", "NW-1", "NW-2", "NW-3"}
    assert "Northwold Police" not in text(client.get(LIST))
    client.force_login(people.charlie)
    assert references(client.get(LIST)) == ["NW-1"]


@pytest.mark.parametrize(("query", "found"), [
    ("", ["NW-3", "NW-2", "NW-1", "NW-0"]), ("sort=date", ["NW-0", "NW-1", "NW-2", "NW-3"]),
    ("kind=core_group", ["NW-2"]), ("outcome=absent", ["NW-0"]), ("outcome=unknown", ["NW-3"]),
    ("mark=late", ["NW-0"]), ("mark=to_come", ["NW-3"]), ("mark=disputed", []), ("q=A-2", ["NW-0"]),
    ("held_from=01/01/2015&held_to=31/12/2015", ["NW-2", "NW-1"]), ("held_to=2014-12-31", ["NW-0"]),
    ("sort=nonsense", ["NW-3", "NW-2", "NW-1", "NW-0"]),
])
def test_list_is_narrowed_and_sorted_and_the_file_is_the_same(client, alice, lines, query, found):
    client.force_login(alice)
    assert references(client.get(f"{LIST}?{query}")) == found
    assert [row["Meeting"] for row in lines_of(client.get(f"{FILE}?{query}"))] == found


def test_wrong_filter_says_so(client, alice, lines):
    client.force_login(alice)
    answer = client.get(f"{LIST}?held_from=31/02/2015")
    assert answer.status_code == 422 and "must be a real date" in text(answer)


def test_each_line_leads_to_what_one_can_do(client, alice, charlie, lines):
    client.force_login(alice)
    acts = {row[0]["text"]: row[-1]["text"] for row in client.get(LIST).context["rows"]}
    assert acts == {"NW-0": "Dispute", "NW-1": "Dispute", "NW-2": "Dispute", "NW-3": "Name a deputy"}
    actions.dispute(by=alice, line=lines, text="We came.")
    answer = client.get(f"{LIST}?mark=disputed")
    assert references(answer) == ["NW-0"] and answer.context["rows"][0][-1]["text"] == "See both sides"
    for row in client.get(LIST).context["rows"]:
        assert client.get(row[-1]["href"]).status_code == 200
        assert client.get(row[0]["href"]).status_code == 200


@pytest.mark.parametrize(("new", "words"), [
    ({}, "Expected"), ({"expectation": "report"}, "Expected"), ({"report": "on_time"}, "On time"),
    ({"expectation": "attend"}, "Not required"), ({"involved": False}, "Not required"),
])
def test_report_that_is_still_expected_is_not_called_unneeded(client, alice, lines, new, words):
    coming = Attendance.objects.filter(meeting__reference="NW-3")
    coming.update(**new)
    client.force_login(alice)
    reports = {row[0]["text"]: row[3]["text"] for row in client.get(LIST).context["rows"]}
    assert reports["NW-3"] == words
    assert {row["Meeting"]: row["Report"] for row in lines_of(client.get(FILE))}["NW-3"] == words
    page = text(client.get("/partnerships/NW/meetings/NW-3/"))
    assert f"To come {words}" in page and "Not known" not in page


def test_closed_register_is_shown_as_it_was_written(client, alice, lines):
    client.force_login(alice)
    assert lines.expectation == Expectation.BOTH
    Meeting.objects.filter(reference="NW-0").update(closed_at=timezone.now())
    reports = {row[0]["text"]: row[3]["text"] for row in client.get(LIST).context["rows"]}
    assert reports["NW-0"] == "Not required"


def test_lead_finds_the_list_from_the_meetings_and_from_empty_disputes(client, alice, bob, lines):
    href, words = f'href="{LIST}"', "My agency’s attendance"
    for user, there in ((alice, True), (bob, False)):
        client.force_login(user)
        for address in ("/meetings/", "/meetings/disputes/"):
            page = client.get(address).content.decode()
            assert (href in page, words in page) == (there, there), (user, address)
    assert f'href="{MINE}"' in page and "My meetings" in page


def test_that_a_file_was_taken_is_in_the_history(client, alice, lines, agency_a):
    client.force_login(alice)
    client.get(FILE)
    entry = HistoryEntry.objects.get(verb="took as a file")
    assert (entry.agency, entry.changes) == (agency_a, {"lines": 4})


def test_agency_is_a_filter_only_where_there_are_several(client, alice, lines, agency_a, agency_b):
    client.force_login(alice)
    assert "agency" not in client.get(LIST).context["filter"].fields
    agency_b.parent = agency_a
    agency_b.save()
    assert "agency" in client.get(LIST).context["filter"].fields
    assert references(client.get(f"{LIST}?agency={agency_b.pk}")) == ["NW-1"]


# --- My meetings ----------------------------------------------------------------------------------


def test_mine_are_those_that_one_is_asked_to(client, bob, lines, agency_a, staff_a2):
    client.force_login(bob)
    answer = client.get(MINE)
    assert references(answer, "coming") == ["NW-3"] and references(answer, "past") == ["NW-2", "NW-1"]
    assert "Name a deputy" in text(answer) and "Attended" in text(answer)


def test_who_is_on_no_staff_list_is_told_so(client, bob, lines):
    bob.staff_member = None
    bob.save()
    client.force_login(bob)
    assert "You are on no staff list" in text(client.get(MINE))


def test_mine_is_for_those_who_go_to_meetings(client, people, lines):
    for name, user in vars(people).items():
        client.force_login(user)
        let_in = name in ("alice", "bob", "charlie", "outsider")
        assert client.get(MINE).status_code == (200 if let_in else 404), name


# --- Open registers -------------------------------------------------------------------------------


def test_open_registers_are_for_those_who_close_them_oldest_first(client, people, lines, meeting_elsewhere):
    found = {}
    for name, user in vars(people).items():
        client.force_login(user)
        answer = client.get(OPEN)
        found[name] = references(answer) if answer.status_code == 200 else answer.status_code
    assert found["dana"] == ["NW-0", "NW-1", "NW-2"]
    assert found["alice"] == found["bob"] == ["NW-2"]
    assert found["charlie"] == []
    assert {found[name] for name in ("tara", "sam", "mo", "dee", "audrey")} == {404}


def test_open_registers_say_how_late_they_are_and_lead_to_the_register(client, dana, partnership, agency_a):
    row = make.MeetingFactory(partnership=partnership, reference="NW-5", held_on=today() - timedelta(days=6))
    make.AttendanceFactory(meeting=row, agency=agency_a)
    client.force_login(dana)
    [cells] = client.get(OPEN).context["rows"]
    assert (cells[2]["text"], cells[3]["text"]) == ("6 days", "1 of 1")
    assert client.get(cells[-1]["href"]).status_code == 200
    actions.close_registers(by=None, meetings=[row], tell=False)
    assert "Every register is closed" in text(client.get(OPEN))


# --- Queries --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "address"), [("alice", LIST), ("bob", MINE), ("dana", OPEN), ("alice", FILE)])
def test_lists_take_the_same_number_of_queries_for_few_and_many(client, people, partnership, agency_a, staff_a, name, address):
    client.force_login(getattr(people, name))
    counts = []
    for number in (3, 40):
        for n in range(number):
            day = today() + timedelta(days=n - 35)
            row = make.MeetingFactory(partnership=partnership, held_on=day, state=MeetingState.PLANNED)
            make.AttendanceFactory(meeting=row, agency=agency_a, staff_member=staff_a)
        with CaptureQueriesContext(connection) as found:
            assert client.get(address).status_code == 200
        counts.append(len(found))
    assert counts[0] == counts[1]
