"""The list of meetings: what each person sees, narrowed, sorted, in pages, and as a file."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from compliance.demo import factories as make
from conferences.choices import MeetingKind, MeetingState, Outcome
from conferences.models import Meeting
from tests.conferences.pages.planned import text
from tests.lists import body, lines_of

pytestmark = pytest.mark.django_db
LIST, FILE = "/meetings/", "/meetings/list.csv"


@pytest.fixture
def year(partnership, agency_a, agency_b, staff_a, staff_b, meeting, core_group, meeting_elsewhere):
    """NW-1 held with both, NW-2 a core group of A, NW-3 of the police alone, planned; and one far away."""
    Meeting.objects.filter(pk=meeting.pk).update(family_ref="FAM-1")
    third = make.MeetingFactory(
        partnership=partnership, reference="NW-3", kind=MeetingKind.REVIEW, state=MeetingState.PLANNED,
        held_on=date(2015, 5, 1), family_ref="FAM-1",
    )
    make.AttendanceFactory(meeting=third, agency=agency_b, staff_member=staff_b)
    Meeting.objects.filter(pk=core_group.pk).update(held_on=date(2015, 4, 1))
    return third


def found(answer) -> list[str]:
    return [row[0]["text"] for row in answer.context["rows"]]


@pytest.mark.parametrize(("name", "seen"), [
    ("dana", ["NW-3", "NW-2", "NW-1"]), ("sam", ["NW-3", "NW-2", "NW-1"]), ("mo", ["NW-3", "NW-2", "NW-1"]),
    ("dee", ["NW-3", "NW-2", "NW-1"]), ("audrey", ["NW-3", "NW-2", "NW-1"]),
    ("alice", ["NW-2", "NW-1"]), ("bob", ["NW-2", "NW-1"]), ("charlie", ["NW-3", "NW-1"]),
    ("outsider", ["NW-1"]),
])
def test_everybody_sees_their_meetings_newest_first(client, people, year, name, seen):
    client.force_login(getattr(people, name))
    assert found(client.get(LIST)) == seen
    assert [row["Reference"] for row in lines_of(client.get(FILE))] == seen


def test_training_administrator_has_no_meetings(client, tara, year):
    client.force_login(tara)
    assert client.get(LIST).status_code == client.get(FILE).status_code == 404


@pytest.mark.parametrize(("query", "seen"), [
    ("q=nw-2", ["NW-2"]), ("q=fam-1", ["NW-3", "NW-1"]), ("q=fam", []), ("kind=review_conference", ["NW-3"]),
    ("kind=conferences", ["NW-3", "NW-1"]), ("state=planned", ["NW-3"]), ("register=closed", []),
    ("register=open", ["NW-3", "NW-2", "NW-1"]), ("since=2015-04-01", ["NW-3", "NW-2"]),
    ("since=01/03/2015&until=1 April 2015", ["NW-2", "NW-1"]), ("quorate=yes", []),
    ("sort=reference", ["NW-1", "NW-2", "NW-3"]), ("sort=held_on", ["NW-1", "NW-2", "NW-3"]),
    ("sort=-reference", ["NW-3", "NW-2", "NW-1"]), ("sort=nonsense", ["NW-3", "NW-2", "NW-1"]),
])
def test_list_is_narrowed_and_sorted(client, dana, year, query, seen):
    client.force_login(dana)
    assert found(client.get(f"{LIST}?{query}")) == seen
    assert [row["Reference"] for row in lines_of(client.get(f"{FILE}?{query}"))] == seen


def test_family_reference_is_found_and_shown_to_the_service_alone(client, people, year):
    for name in ("mo", "sam", "audrey", "alice", "bob"):
        client.force_login(getattr(people, name))
        answer = client.get(f"{LIST}?q=FAM-1")
        assert found(answer) == [], name
        assert "FAM-1" not in client.get(LIST).content.decode()
        assert "family" not in text(client.get(LIST)).lower()
    client.force_login(people.dana)
    assert "FAM-1" in text(client.get(LIST))


def test_agency_narrows_and_one_of_another_partnership_is_no_choice(client, dana, year, agency_a, agency_b, agency_c):
    client.force_login(dana)
    assert found(client.get(f"{LIST}?agency={agency_a.pk}")) == ["NW-2", "NW-1"]
    far, none = (client.get(f"{LIST}?agency={pk}") for pk in (agency_c.pk, 999_999))
    assert far.status_code == none.status_code == 422
    assert far.context["filter"].errors == none.context["filter"].errors != {}
    assert "Southmere" not in text(far)


def test_numbers_of_agencies_stand_in_the_list(client, dana, year, agency_a, staff_a2, meeting):
    make.AttendanceFactory(meeting=meeting, agency=agency_a, staff_member=staff_a2, outcome=Outcome.DEPUTY)
    client.force_login(dana)
    cells = {row[0]["text"]: row[5]["text"] for row in client.get(LIST).context["rows"]}
    assert cells == {"NW-1": "1 of 2", "NW-2": "1 of 1", "NW-3": "1 invited"}


def test_late_next_date_narrows_to_the_meeting_that_it_follows(client, dana, year, core_group):
    Meeting.objects.filter(reference="NW-1").update(children_on_plan_after=1)
    client.force_login(dana)
    # The review is booked in time; the first core group, of another family, is not.
    assert found(client.get(f"{LIST}?next=late")) == ["NW-1"]
    Meeting.objects.filter(pk=core_group.pk).update(
        family_ref="FAM-1", state=MeetingState.PLANNED, held_on=date(2015, 3, 10)
    )
    assert found(client.get(f"{LIST}?next=late")) == []


def test_list_comes_in_pages_of_twenty_five(client, dana, partnership, year):
    make.MeetingFactory.create_batch(30, partnership=partnership)
    client.force_login(dana)
    pages = [found(client.get(f"{LIST}?page={number}")) for number in (1, 2)]
    assert [len(page) for page in pages] == [25, 8] and not set(pages[0]) & set(pages[1])


def test_list_asks_the_database_as_often_for_many(client, people, partnership, agency_a, staff_a, year):
    for name in ("dana", "alice", "bob"):
        client.force_login(getattr(people, name))
        counted = []
        for number in (0, 30):
            for row in make.MeetingFactory.create_batch(number, partnership=partnership):
                make.AttendanceFactory(meeting=row, agency=agency_a, staff_member=staff_a)
            with CaptureQueriesContext(connection) as asked:
                client.get(LIST), client.get(FILE), client.get(f"{LIST}?next=late")
            counted.append(len(asked))
        assert counted[0] == counted[1], name


def test_buttons_are_for_those_who_may(client, people, year):
    for name, convenes in (("dana", True), ("alice", True), ("bob", True), ("sam", False), ("mo", False)):
        client.force_login(getattr(people, name))
        page = text(client.get(LIST))
        assert ("Convene a meeting" in page, "Next dates due" in page) == (convenes, convenes), name
        assert "Calendar" in page


def test_empty_list_says_what_to_do_next(client, dana, sam, year):
    client.force_login(dana)
    assert "No meeting fits these filters." in text(client.get(f"{LIST}?q=nothing"))
    Meeting.objects.all().delete()
    assert "No meeting is here yet. Convene the first one." in text(client.get(LIST))
    client.force_login(sam)
    assert "The conference service convenes them" in text(client.get(LIST))  # nobody invites Sam


def test_file_holds_no_formula_and_no_family(client, dana, partnership, year):
    type(partnership).objects.filter(pk=partnership.pk).update(name="=cmd()")
    client.force_login(dana)
    answer = client.get(FILE)
    words = body(answer).decode()
    assert "'=cmd()" in words and "FAM-1" not in words
    assert answer["Content-Disposition"].startswith('attachment; filename="quorate-meetings-')
