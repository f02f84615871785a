"""Take-up on its page: whole partnerships, one's own agency, the rows, the file."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from compliance.demo import factories as make
from partnership.models import HistoryEntry, today
from tests.lists import lines_of
from tests.reading import text
from training.choices import BookingState as S
from training.take_up import Span

PAGE, ROWS, FILE = "/courses/take-up/", "/courses/take-up/rows/", "/courses/take-up/list.csv"
ROWS_FILE = f"{ROWS}list.csv"
COUNTERS = ["alice", "tara", "sam", "mo", "audrey"]


@pytest.fixture
def used(partnership, elsewhere, taught, held, staff_a, staff_a2, staff_b, staff_c):
    """A: one came, one late cancellation; B: one walk-in. Southmere has a session of its own."""
    held.closed_at, held.held_on = timezone.now(), today()
    held.booking_closes_on = today()
    held.save()
    for person, state in ((staff_a, S.ATTENDED), (staff_a2, S.CANCELLED_LATE), (staff_b, S.WALK_IN)):
        make.BookingFactory(session=held, staff_member=person, state=state)
    far = make.SessionFactory(
        partnership=elsewhere, course=taught, held_on=today(), booking_closes_on=today(), closed_at=timezone.now()
    )
    make.BookingFactory(session=far, staff_member=staff_c, state=S.ATTENDED)
    return held


def cells(answer, caption) -> dict[str, list]:
    [table] = [t for t in answer.context["tables"] if t["caption"] == caption]
    heads = [c["text"] for c in table["columns"]]
    return {
        row[0]["text"]: dict(zip(heads, [c["text"] for c in row], strict=True))
        for row in [*table["rows"], table["footer"]]
    }


def test_whole_partnership_by_course_agency_and_quarter(client, used, sam):
    client.force_login(sam)
    answer = client.get(PAGE)
    total = cells(answer, "By course")["Total"]
    assert (total["Sessions held"], total["Places"], total["Booked"], total["Cancelled late"]) == (1, 10, 2, 1)
    assert (total["Walk-ins"], total["Came in all"], total["No-shows"], total["Left waiting"]) == (1, 2, "none", "none")
    shares = {f["title"]: (f["percent"], f["working"]) for f in answer.context["figures"]}
    assert shares == {
        "Places used": ("20.0%", "2 of 10"), "Of those booked": ("50.0%", "1 of 2"), "Of those expected": ("100.0%", "1 of 1"),
    }
    hints = [cell.get("hint") for cell in answer.context["tables"][0]["rows"][0]]
    assert "20.0% of places" in hints and "50.0% of booked" in hints
    agencies = cells(answer, "By agency")
    assert agencies["Northwold Social Care"]["Booked and came"] == 1
    assert agencies["Northwold Police"]["Walk-ins"] == 1 and "Southmere Social Care" not in agencies
    assert cells(answer, "By quarter")["Total"]["Came in all"] == 2


def test_lead_counts_their_own_people_alone(client, used, alice):
    client.force_login(alice)
    answer = client.get(PAGE)
    total = cells(answer, "By course")["Total"]
    assert [f["title"] for f in answer.context["figures"]] == ["Of those booked", "Of those expected"]
    assert "Places" not in total and total["Booked"] == 2 and total["Walk-ins"] == "none"
    assert list(cells(answer, "By agency")) == ["Northwold Social Care", "Total"]


@pytest.mark.parametrize("name", ["bob", "dana", "dee"])
def test_take_up_is_not_for_everybody(client, used, people, name):
    client.force_login(getattr(people, name))
    for address in (PAGE, ROWS + "?count=came", FILE):
        assert client.get(address).status_code == 404


@pytest.mark.parametrize("name", COUNTERS)
@pytest.mark.parametrize("half", [False, True])
def test_every_number_opens_as_many_rows(client, used, people, name, half):
    client.force_login(getattr(people, name))
    opened = 0
    now = next(part for part in Span.year_of(today()).halves if today() in part)
    for table in client.get(PAGE, {"period": now.slug} if half else {}).context["tables"]:
        for row in table["rows"]:
            for cell in row:
                if cell.get("href"):
                    page = client.get(cell["href"]).context["page"].paginator
                    total = sum(r[3]["text"] for r in page.object_list) if "count=places" in cell["href"] else page.count
                    assert total == cell["text"], (table["caption"], cell)
                    opened += 1
    assert opened >= 6


def test_names_in_the_rows_are_for_those_who_may_see_them(client, used, people, staff_a, staff_b):
    for name in COUNTERS:
        client.force_login(getattr(people, name))
        words = text(client.get(ROWS + "?count=came"))
        seen = {person.reference for person in (staff_a, staff_b) if person.name in words}
        assert seen == {"alice": {"A-1"}, "tara": {"A-1", "B-1"}}.get(name, set()), name
        assert "Southmere" not in words


def test_rows_can_be_taken_as_a_file_with_the_names_of_the_page_alone(client, used, people, staff_a, staff_b):
    for name in COUNTERS:
        client.force_login(getattr(people, name))
        lines = lines_of(client.get(ROWS_FILE + "?count=came"))
        seen = {person.reference for person in (staff_a, staff_b) if person.name in str(lines)}
        assert seen == {"alice": {"A-1"}, "tara": {"A-1", "B-1"}}.get(name, set()), name
        assert len(lines) == client.get(ROWS + "?count=came").context["page"].paginator.count
        taken = HistoryEntry.objects.filter(user=getattr(people, name), verb="took rows").get()
        assert taken.changes["names"] is bool(seen)


@pytest.mark.parametrize("odd", [
    "?period=2014", "?partnership=SM", "?partnership=XX", "?count=password", "?count=came&course=x",
    "?count=came&agency=1+or+1",
])
def test_odd_addresses_are_not_found(client, used, sam, odd):
    client.force_login(sam)
    page = ROWS if "count" in odd else PAGE
    assert client.get(page + odd).status_code == 404
    assert client.get(ROWS + "?count=came&course=999999&agency=999999&quarter=9").context["page"].paginator.count == 0


def test_several_partnerships_are_summed_and_chosen(client, used, sam, elsewhere):
    make.GrantFactory(user=sam, role="training_subgroup", partnership=elsewhere)
    client.force_login(sam)
    both, one = client.get(PAGE), client.get(PAGE + "?partnership=SM")
    assert cells(both, "By course")["Total"]["Came in all"] == 3
    assert cells(one, "By course")["Total"]["Came in all"] == 1


def test_nothing_to_count_is_none(client, partnership, sam):
    client.force_login(sam)
    words = text(client.get(PAGE + "?period=2003-04"))
    assert "Nothing to count in this period: none" in words and "0%" not in words


def test_file_holds_the_same_counts(client, used, sam):
    client.force_login(sam)
    answer = client.get(FILE)
    assert f"quorate-take-up-{Span.year_of(today()).slug}.csv" in answer["Content-Disposition"]
    rows = lines_of(answer)
    total = next(row for row in rows if (row["By"], row["Name"]) == ("Course", "Total"))
    assert (total["Places"], total["Booked"], total["Came in all"], total["No-shows"]) == ("10", "2", "2", "0")
    agency = next(row for row in rows if row["By"] == "Agency")
    assert (agency["Places"], agency["Sessions held"]) == ("", "")


def test_page_asks_as_often_for_many(client, used, sam, partnership, agency_a):
    client.force_login(sam)
    counts = []
    for number in (1, 8):
        for _ in range(number):
            row = make.SessionFactory(
                partnership=partnership, held_on=today(), booking_closes_on=today(), closed_at=timezone.now()
            )
            make.BookingFactory(session=row, staff_member__agency=agency_a, state=S.ATTENDED)
        with CaptureQueriesContext(connection) as asked:
            client.get(PAGE)
        with CaptureQueriesContext(connection) as rows:
            client.get(ROWS + "?count=came")
        counts.append((len(asked), len(rows)))
    assert counts[0] == counts[1]
