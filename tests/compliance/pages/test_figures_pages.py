"""Trends by quarter, half-year and year; links to people and cases; the rows as a file."""

from __future__ import annotations

import re

import pytest

from partnership.models import HistoryEntry
from tests import filled as world
from tests.lists import body, rows_of
from tests.reading import text

filled = world.filled
A, HERE = "/partnerships/NW/agencies/CSC/", "/partnerships/NW/"
ASKED = "measure=conference_attendance&basis=involved&period=2014-15"
ROWS, FILE = f"{A}rows/?{ASKED}", f"{A}rows/list.csv?{ASKED}"


@pytest.mark.parametrize("path", [A, HERE])
@pytest.mark.parametrize(("by", "parts"), [
    ("quarter", ["2014-15 Q1", "2014-15 Q4"]), ("half", ["2013-14 H1", "2014-15 H2"]),
    ("year", ["2012-13", "2014-15"]), ("nonsense", ["2014-15 Q1"]),
])
def test_trend_stands_by_quarter_half_year_and_year_each_number_opening_its_rows(
    client, filled, sam, path, by, parts
):
    client.force_login(sam)
    answer = client.get(path, {"period": "2014-15", "trend": by})
    body = answer.content.decode()
    section = body[body.index('id="trend"'):]
    section = section[: section.index("</section>")]
    assert all(part in section for part in parts) and "met of total" in section
    links = [link.replace("&amp;", "&") for link in re.findall(r'href="(/[^"]*rows/[^"]*)"', section)]
    numbers = re.findall(r'<span class="app-table__hint">(\d+) of (\d+)</span>', section)
    assert len(links) == len(numbers) > 0
    for link, (met, total) in zip(links, numbers, strict=True):
        found = client.get(link).context["found"]
        assert (found.met, found.total) == (int(met), int(total)), link


def test_trend_of_a_time_without_meetings_says_none(client, filled, sam):
    client.force_login(sam)
    words = text(client.get(A, {"period": "2004-05", "trend": "half"}))
    assert "Nothing to count in these parts: none." in words


def test_names_and_cases_lead_to_their_pages_for_those_who_may_open_them(client, filled, alice, sam):
    client.force_login(alice)
    body = client.get(A, {"period": "2014-15"}).content.decode()
    name = f"{filled.staff_a2.first_name} {filled.staff_a2.last_name}"
    assert re.search(rf'href="/people/{filled.staff_a2.pk}/">{name}<', body)
    assert client.get(f"/people/{filled.staff_a2.pk}/").status_code == 200
    client.force_login(sam)
    body = client.get(A, {"period": "2014-15"}).content.decode()
    assert "/people/" not in body and name not in body


def test_rows_are_had_as_a_file_with_what_the_page_shows(client, filled, alice):
    client.force_login(alice)
    page = client.get(ROWS)
    assert "Download these rows: CSV" in text(page)
    rows = rows_of(client.get(FILE))
    assert len(rows) - 1 == page.context["found"].total
    assert rows[0] == [column["text"] for column in page.context["columns"]]
    assert rows[1] == [str(cell.get("day", cell["text"])) for cell in page.context["rows"][0]]
    assert HistoryEntry.objects.latest("pk").verb == "took rows"


def test_file_of_rows_names_nobody_to_those_who_may_not_know(client, filled, alice, sam):
    asked = f"{A}rows/list.csv?measure=training_current&basis=due&period=2014-15"
    client.force_login(alice)
    assert "Alphatwo" in body(client.get(asked)).decode()
    client.force_login(sam)
    assert "Alpha" not in body(client.get(asked)).decode()


def test_file_of_rows_out_of_reach_is_missing(client, filled, charlie):
    client.force_login(charlie)
    assert client.get(FILE).status_code == 404
