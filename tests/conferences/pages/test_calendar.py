"""A month of meetings as a table of weeks."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from compliance.demo import factories as make
from conferences.choices import MeetingState
from tests.conferences.pages.planned import text
from tests.conferences.pages.test_meeting_list import year

__all__ = ["year"]
pytestmark = pytest.mark.django_db
CALENDAR = "/meetings/calendar/"


def days(answer) -> dict[date, list[str]]:
    return {
        day.on: [item["text"] for item in day.meetings]
        for week in answer.context["weeks"] for day in week if day.inside and day.meetings
    }


def test_month_shows_each_meeting_with_its_kind_and_number_invited(client, dana, year):
    client.force_login(dana)
    march = client.get(f"{CALENDAR}?month=2015-03")
    assert days(march) == {date(2015, 3, 2): ["NW-1"]}
    assert "Initial conference, 2 invited" in text(march) and "1 meeting in March 2015." in text(march)
    assert days(client.get(f"{CALENDAR}?month=2015-05")) == {date(2015, 5, 1): ["NW-3"]}


def test_weeks_are_whole_and_begin_on_monday(client, dana, year):
    client.force_login(dana)
    weeks = client.get(f"{CALENDAR}?month=2015-03").context["weeks"]
    assert {len(week) for week in weeks} == {7} and {week[0].on.weekday() for week in weeks} == {0}
    assert [day.on.day for week in weeks for day in week if day.inside] == list(range(1, 32))


def test_weekends_and_bank_holidays_are_marked(client, dana, year):
    client.force_login(dana)
    april = client.get(f"{CALENDAR}?month=2015-04")
    assert "Good Friday, bank holiday" in text(april) and "Easter Monday, bank holiday" in text(april)
    off = [day.on.day for week in april.context["weeks"] for day in week if day.inside and day.weekend]
    assert off == [4, 5, 11, 12, 18, 19, 25, 26]


@pytest.mark.parametrize(("name", "seen"), [
    ("bob", ["NW-1"]), ("alice", ["NW-1"]), ("charlie", ["NW-1"]), ("sam", ["NW-1"]), ("outsider", ["NW-1"]),
])
def test_everybody_sees_their_own_month(client, people, year, name, seen):
    client.force_login(getattr(people, name))
    march = client.get(f"{CALENDAR}?month=2015-03")
    assert [name for names in days(march).values() for name in names] == seen
    place = "SM" if name == "outsider" else "NW"
    assert f"/partnerships/{place}/meetings/NW-1/" in march.content.decode()
    may = days(client.get(f"{CALENDAR}?month=2015-05"))
    assert bool(may) is (name in ("charlie", "sam"))


def test_training_administrator_has_no_calendar(client, tara, year):
    client.force_login(tara)
    assert client.get(CALENDAR).status_code == 404


def test_months_lead_on_and_an_empty_one_says_where_meetings_are(client, dana, year):
    client.force_login(dana)
    page = client.get(f"{CALENDAR}?month=2015-12")
    body = page.content.decode()
    assert 'href="?month=2015-11"' in body and 'href="?month=2016-01"' in body
    assert "No meeting that you may see is in December 2015." in text(page)
    assert "The last before it: May 2015." in text(page)


@pytest.mark.parametrize("month", ["", "2015-13", "nonsense", "99999-01", "2015-3", "2015-03x"])
def test_odd_months_show_this_one(client, dana, year, month):
    client.force_login(dana)
    answer = client.get(f"{CALENDAR}?month={month}")
    assert answer.status_code == 200 and "This month" in text(answer)


@pytest.mark.parametrize("month", ["1900-01", "2099-12"])
def test_first_and_last_month_answer(client, dana, year, month):
    client.force_login(dana)
    assert client.get(f"{CALENDAR}?month={month}").status_code == 200


def test_cancelled_meetings_say_so_and_a_full_day_leads_to_the_list(client, dana, partnership, year):
    make.MeetingFactory.create_batch(
        10, partnership=partnership, held_on=date(2015, 6, 1), state=MeetingState.CANCELLED
    )
    client.force_login(dana)
    page = client.get(f"{CALENDAR}?month=2015-06")
    assert "Cancelled." in text(page) and "2 more on 1 June" in text(page)
    assert "?since=2015-06-01&amp;until=2015-06-01" in page.content.decode()
    assert len(client.get("/meetings/?since=2015-06-01&until=2015-06-01").context["rows"]) == 10


def test_calendar_asks_the_database_as_often_for_many(client, dana, partnership, year):
    client.force_login(dana)
    counted = []
    for number in (0, 40):
        make.MeetingFactory.create_batch(number, partnership=partnership, held_on=date(2015, 3, 5))
        with CaptureQueriesContext(connection) as asked:
            client.get(f"{CALENDAR}?month=2015-03")
        counted.append(len(asked))
    assert counted[0] == counted[1]
