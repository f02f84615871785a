"""The pages of counts from the case system: who sees and does what, and bad input."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from compliance import actions
from compliance.actions.typed import TYPED_SEEN
from compliance.demo import factories as make
from compliance.models import TypedCount
from partnership.models import HistoryEntry, today
from partnership.roles import Role
from tests.compliance.typed.conftest import LAST, SOURCE
from tests.lists import lines_of
from tests.reading import text

pytestmark = pytest.mark.django_db
LIST, NEW, ANNUAL = "/meetings/on-plan/", "/meetings/on-plan/new/", "/partnerships/NW/annual/?period=2014-15"


def one(row: TypedCount) -> str:
    return f"{LIST}{row.pk}/correct/"


def data(**changes) -> dict[str, str]:
    return {"counted_on": "31/03/2015", "children": "7", "families": "2", "source": SOURCE} | changes


def seen_on(page) -> str:
    return re.search(r'name="seen" value="([0-9a-f]+)"', page.content.decode()).group(1)


def days(page) -> list[str]:
    return [row[0]["text"] for row in page.context["rows"]]


# --- Who ------------------------------------------------------------------------------------------


def test_those_of_the_partnership_read_and_two_of_them_type(client, people, typed, far):
    row = typed()
    readers, typists = ("dana", "sam", "mo", "dee", "audrey"), ("dana", "mo")
    for name in ("alice", "bob", "charlie", "tara", *readers, "outsider"):
        client.force_login(getattr(people, name))
        assert client.get(LIST).status_code == (200 if name in readers else 404), name
        for address in (NEW, one(row)):
            assert client.get(address).status_code == (200 if name in typists else 404), (name, address)
            if name not in typists:
                assert client.post(address, data(children="1", reason="Mine.")).status_code == 404, name
        if name in readers:
            page = client.get(LIST)
            assert days(page) == ["31 March 2015"] and "Southmere" not in text(page)
            assert ("Correct" in text(page)) is ("Type a count" in text(page)) is (name in typists)
            assert [line["Children on a plan"] for line in lines_of(client.get(f"{LIST}list.csv"))] == ["7"]
        else:
            assert client.get(f"{LIST}list.csv").status_code == 404
    row.refresh_from_db()
    assert row.children == 7 and TypedCount.objects.count() == 2


def test_another_partnerships_count_answers_like_one_that_is_missing(client, people, typed, far, elsewhere):
    typed()
    client.force_login(people.mo)
    for method in (client.get, client.post):
        assert method(one(far)).status_code == method(f"{LIST}999999999/correct/").status_code == 404
    there = make.GrantFactory(role=Role.CONFERENCE_ADMIN, partnership=elsewhere).user
    client.force_login(there)
    assert client.get(one(far)).status_code == 200 and days(client.get(LIST)) == ["31 March 2015"]


def test_ways_lead_there(client, people):
    for name, shown in (("dana", True), ("mo", True), ("sam", True), ("alice", False), ("bob", False)):
        client.force_login(getattr(people, name))
        assert (f'href="{LIST}"' in client.get("/meetings/").content.decode()) is shown, name
    for name in ("dana", "mo"):
        client.force_login(getattr(people, name))
        assert f'href="{LIST}"' in client.get("/set-up/").content.decode(), name


def test_the_list_leads_those_who_print_it_to_the_annual_report(client, people, typed):
    typed()
    for name, shown in (("mo", True), ("sam", True), ("audrey", True), ("dana", False), ("dee", False)):
        client.force_login(getattr(people, name))
        assert ("/partnerships/NW/annual/" in client.get(LIST).content.decode()) is shown, name
        assert client.get("/partnerships/NW/annual/").status_code == (200 if shown else 404), name


def test_the_annual_report_leads_those_who_type_to_the_day_that_lacks_one(client, people, plans, typed):
    asked = f"{NEW}?partnership=NW&amp;on=31%2F03%2F2015"
    for name, offered in (("mo", True), ("sam", False), ("audrey", False)):
        client.force_login(getattr(people, name))
        page = client.get(ANNUAL).content.decode()
        assert (asked in page) is offered and "Beside the case system" not in page, name
    client.force_login(people.mo)
    form = client.get(asked.replace("&amp;", "&")).content.decode()
    assert 'value="31/03/2015"' in form
    typed(LAST - timedelta(days=3))
    page = client.get(ANNUAL).content.decode()
    assert asked in page and "28 March 2015, the nearest before" in page
    typed()
    for name in ("mo", "sam", "audrey"):
        client.force_login(getattr(people, name))
        page = client.get(ANNUAL).content.decode()
        assert asked not in page and f'href="{LIST}"' in page and "2 more" in page, name


# --- Typing and correcting --------------------------------------------------------------------------


def test_a_count_is_typed_and_pressing_twice_makes_one(client, dana):
    client.force_login(dana)
    for _ in range(2):
        page = client.post(NEW, data(), follow=True)
        assert "The count of 31 March 2015 is kept: 7 children in 2 families on a plan." in text(page)
    row = TypedCount.objects.get()
    assert (row.counted_on, row.children, row.families, row.typed_by) == (LAST, 7, 2, dana)
    assert "by Dana" in text(page)
    page = client.post(NEW, data(counted_on="30 September 2014", children="1", families=""), follow=True)
    assert "30 September 2014 is kept: 1 child on a plan." in text(page)


@pytest.mark.parametrize(
    ("wrong", "words", "field"),
    [
        ({"counted_on": ""}, "", "counted_on"), ({"counted_on": "31/02/2015"}, "", "counted_on"),
        ({"counted_on": f"{today() + timedelta(days=1):%d/%m/%Y}"}, "still to come", "counted_on"),
        ({"counted_on": "1/1/1066"}, "before 1 April 1990", "counted_on"),
        ({"children": ""}, "", "children"), ({"children": "-1"}, "between 0 and 99,999", "children"),
        ({"children": "7.5"}, "", "children"), ({"children": "9" * 40}, "between 0 and 99,999", "children"),
        ({"families": "8"}, "at least one child", "families"), ({"families": "0"}, "at least one child", "families"),
        ({"source": ""}, "", "source"), ({"source": "x" * 201}, "200", "source"),
        ({"source": "Jack, born 2 May 2011"}, "born", "source"), ({"source": "a\u202eb"}, "cannot be seen", "source"),
    ],
)
def test_bad_input_comes_back_with_everything_typed(client, mo, wrong, words, field):
    client.force_login(mo)
    sent = data(**wrong)
    page = client.post(NEW, sent)
    assert page.status_code == 422 and "There is a problem" in text(page) and words in text(page)
    assert set(page.context["form"].errors) == {field}
    assert f'href="#id_{field}"' in page.content.decode()
    for name, value in sent.items():
        assert page.context["form"][name].value() == value
    assert not TypedCount.objects.exists() and not HistoryEntry.objects.exists()


def test_a_number_may_be_typed_as_it_is_printed(client, mo):
    client.force_login(mo)
    assert client.post(NEW, data(children="1,034")).status_code == 302
    assert TypedCount.objects.get().children == 1034
    assert client.post(NEW, data(counted_on="30/03/2015", children="10,34")).status_code == 422


def test_a_day_that_has_one_is_answered_with_the_way_to_correct_it(client, mo, typed):
    row = typed()
    client.force_login(mo)
    page = client.post(NEW, data(children="8"))
    assert page.status_code == 422 and "A count of 31 March 2015 is typed already" in text(page)
    assert f'href="{one(row)}"' in page.content.decode()
    assert TypedCount.objects.get().children == 7


def test_a_count_is_put_right_with_a_reason_that_the_history_shows(client, mo, people, typed):
    row = typed()
    client.force_login(mo)
    page = client.get(one(row))
    sent = data(children="6", families="", reason="", seen=seen_on(page))
    refused = client.post(one(row), sent)
    assert refused.status_code == 422 and 'href="#id_reason"' in refused.content.decode()
    done = client.post(one(row), sent | {"reason": "The return was run again."}, follow=True)
    assert "The count of 31 March 2015 is kept: 6 children on a plan." in text(done)
    assert "Nothing differs" in text(client.post(one(row), sent | {"reason": "Again."}, follow=True))
    for name in ("mo", "dana", "audrey"):
        client.force_login(getattr(people, name))
        told = text(client.get(f"/history/?subject=compliance.typedcount:{row.pk}"))
        assert "The return was run again." in told and "7" in told, name


def test_a_stale_correction_shows_both_versions_and_overwrites_nothing(client, mo, dana, typed):
    row = typed()
    client.force_login(mo)
    seen = seen_on(client.get(one(row)))
    there = {name: getattr(row, name) for name in TYPED_SEEN}
    actions.correct_count(by=dana, count=row, **there | {"children": 8}, reason="Read again.")
    without = client.post(one(row), data(children="9", reason="", seen=seen))
    assert without.status_code == 422 and seen_on(without) == seen  # an error on the way is no fresh look
    late = client.post(one(row), data(children="9", reason="Mine.", seen=seen_on(without)))
    assert late.status_code == 409 and "Changed by Dana" in text(late)
    assert TypedCount.objects.get().children == 8
    marks = {row[0]["text"]: row[-1]["text"] for row in late.context["rows"]}
    assert marks["Children on a plan"] == "Differs" and marks["Why is it corrected?"] == ""  # no version of it
    again = client.post(one(row), data(children="9", reason="Mine.", seen=seen_on(late)), follow=True)
    assert again.status_code == 200 and TypedCount.objects.get().children == 9


def test_without_what_was_seen_nothing_is_overwritten(client, mo, typed):
    row = typed()
    client.force_login(mo)
    assert client.post(one(row), data(children="9", reason="Mine.")).status_code == 409
    assert TypedCount.objects.get().children == 7


def test_of_several_partnerships_one_is_chosen(client, mo, elsewhere, partnership):
    make.GrantFactory(user=mo, role=Role.PARTNERSHIP_MANAGER, partnership=elsewhere)
    client.force_login(mo)
    assert client.post(NEW, data()).status_code == 422
    nowhere = make.PartnershipFactory(code="EM")
    assert client.post(NEW, data(partnership=nowhere.code)).status_code == 422
    assert client.post(NEW, data(partnership="SM")).status_code == 302
    assert TypedCount.objects.get().partnership == elsewhere
    client.post(NEW, data(partnership="NW"))
    assert len(days(client.get(LIST))) == 2
    assert [row[0]["hint"] for row in client.get(f"{LIST}?partnership=SM").context["rows"]] == ["Southmere"]


# --- The list ---------------------------------------------------------------------------------------


def test_the_list_is_narrowed_sorted_paged_and_a_file(client, sam, typed):
    for month, children in ((1, 30), (2, 10), (3, 20)):
        typed(date(2015, month, 28), children=children, source="=HYPERLINK(1)")
    client.force_login(sam)
    for asked, found in {
        "": "321", "?sort=day": "123", "?sort=children": "231", "?sort=-children": "132", "?sort=sideways": "123",
        "?since=1/2/2015": "32", "?until=28/02/2015": "21", "?since=1/2/2015&until=1/3/2015": "2", "?since=1/1/2016": "",
    }.items():
        months = [str(date(2015, int(n), 28).strftime("28 %B 2015")) for n in found]
        assert days(client.get(LIST + asked)) == months, asked
    bad = client.get(f"{LIST}?since=soon")
    assert bad.status_code == 422 and "There is a problem" in text(bad)
    file = lines_of(client.get(f"{LIST}list.csv?since=1/2/2015&sort=children"))
    assert [line["Children on a plan"] for line in file] == ["10", "20"]
    assert {line["Where it comes from"] for line in file} == {"'=HYPERLINK(1)"}
    assert lines_of(client.get(f"{LIST}list.xlsx"))[0]["Families with a child on a plan"] == 2


def test_as_many_queries_for_many_as_for_few_and_25_a_page(client, mo, typed, dana):
    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert client.get(LIST).status_code == 200
        return len(caught)

    client.force_login(mo)
    typed()
    queries()
    few = queries()
    for number in range(1, 31):
        typed(LAST - timedelta(days=number), by=mo if number % 2 else dana)
    assert queries() == few
    assert len(days(client.get(LIST))) == 25 and len(days(client.get(f"{LIST}?page=2"))) == 6


def test_an_empty_list_says_what_to_do_next(client, people):
    for name, words in (("dana", "Type a count"), ("sam", "The conference service or the partnership manager")):
        client.force_login(getattr(people, name))
        page = client.get(LIST)
        assert "No count is typed yet" in text(page) and words in text(page)


def test_a_name_is_for_those_who_know_it(client, people, typed):
    typed()
    typed(LAST - timedelta(days=1), by=None)
    client.force_login(people.sam)
    page = text(client.get(LIST))
    assert "by Dana" in page and "by the operator" in page
