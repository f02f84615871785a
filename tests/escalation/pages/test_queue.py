"""The queue: whose, in which order, narrowed, and as quick with many cases as with few."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from escalation import actions
from partnership.views.keyset import Place
from tests.escalation.pages.conftest import words

pytestmark = pytest.mark.django_db


def references(response) -> list[str]:
    return re.findall(r'href="/escalations/(NW-\d{4}-\d{4})/"', response.content.decode())


@pytest.fixture
def four(raised, rita, bob):
    """Overdue, due soon, answered, and paused; raised in another order."""
    now = timezone.now()
    rows = {
        "answered": raised(now=now - timedelta(days=20)),
        "soon": raised(now=now - timedelta(days=1)),
        "paused": raised(now=now - timedelta(hours=5)),
        "overdue": raised(now=now - timedelta(days=30)),
    }
    actions.answer(by=rita, case=rows["answered"], stage_number=1, text="A deputy.")
    actions.pause(by=bob, case=rows["paused"], stage_number=1, reason="Half term")
    return {name: row.reference for name, row in rows.items()}


def test_overdue_come_first_then_by_due_moment_then_what_runs_against_no_clock(four, signed_in, mo):
    order = references(signed_in(mo).get("/escalations/"))
    assert order == [four[name] for name in ("overdue", "soon", "answered", "paused")]
    assert "4 open, 1 overdue" in words(signed_in(mo).get("/escalations/"))


def test_parts_show_what_waits_for_each_person(four, signed_in, bob, rita, alice, mo):
    assert references(signed_in(rita).get("/escalations/?view=mine")) == [
        four["overdue"],
        four["soon"],
        four["paused"],
    ]
    assert references(signed_in(bob).get("/escalations/?view=mine")) == [four["answered"]]
    assert references(signed_in(bob).get("/escalations/")) == [
        four["answered"]
    ]  # what waits comes unasked
    assert len(references(signed_in(alice).get("/escalations/?view=agency"))) == 4
    assert references(signed_in(alice).get("/escalations/?view=mine")) == []
    assert "My agency" not in words(signed_in(mo).get("/escalations/"))


def test_queue_never_shows_what_is_out_of_reach(four, signed_in, anna, ben, dana, outsider):
    for user in (anna, ben, dana, outsider):
        response = signed_in(user).get("/escalations/?view=all&state=all")
        assert references(response) == []
        assert "No escalation" in words(response)


def test_filters_narrow_and_a_closed_case_shows_how_it_ended(
    four, raised, signed_in, bob, mo, agency_a, agency_b
):
    urgent = raised(now=timezone.now(), urgent=True)
    gone = raised(now=timezone.now())
    actions.withdraw(by=bob, case=gone, stage_number=1, reason="Settled.")
    client = signed_in(mo)

    def shown(query: str) -> list[str]:
        return references(client.get(f"/escalations/?view=all&{query}"))

    assert shown("urgent=true") == [urgent.reference]
    assert shown("state=overdue") == [four["overdue"]]
    assert shown("state=withdrawn") == [gone.reference]
    assert len(shown("state=all")) == 6
    assert len(shown("stage=1")) == 5
    assert shown("stage=2") == []
    assert len(shown(f"agency={agency_b.pk}")) == 5
    assert "Withdrawn" in words(client.get("/escalations/?view=all&state=withdrawn"))


def test_agency_out_of_reach_is_answered_like_one_that_does_not_exist(
    four, signed_in, mo, agency_c
):
    answers = [
        words(signed_in(mo).get(f"/escalations/?view=all&agency={key}"))
        for key in (agency_c.pk, 999_999)
    ]
    assert answers[0] == answers[1]
    assert "Choose one of the answers on the list" in answers[0]
    assert agency_c.name not in answers[0]


@pytest.mark.parametrize(
    "query",
    [
        "after=r~nonsense~1",
        "after=x~2026-01-01T00:00:00+00:00~1",
        "before=r~2026-01-01~1",
        "state=nonsense",
        "stage=0",
        "after=r~2026-01-01T00:00:00+00:00~99999999999999999999999",
        "agency=x",
        "view=x",
    ],
)
def test_nonsense_in_the_address_is_no_fault(query, four, signed_in, mo):
    assert signed_in(mo).get(f"/escalations/?{query}").status_code == 200


def walk(client, address: str, rel: str) -> list[list[str]]:
    """The pages from one on, by its links."""
    found = []
    while address:
        page = client.get(address).content.decode()
        found.append(re.findall(r'href="/escalations/(NW-\d{4}-\d{4})/"', page))
        link = re.search(rf'href="([^"]+)" rel="{rel}"', page)
        address = "/escalations/" + link[1].replace("&amp;", "&") if link else ""
    return found


def test_pages_hold_every_case_once_in_both_directions(four, raised, signed_in, bob, mo):
    for number in range(56):
        case = raised(now=timezone.now() - timedelta(minutes=number))
        if number % 5 == 0:
            actions.withdraw(by=bob, case=case, stage_number=1, reason="Settled.")
    client = signed_in(mo)
    on = walk(client, "/escalations/?view=all&state=all", "next")
    back = walk(client, "/escalations/?view=all&state=all&before=end", "prev")
    forwards = [ref for page in on for ref in page]
    backwards = [ref for page in reversed(back) for ref in page]
    assert [len(page) for page in on] == [25, 25, 10]
    assert len(set(forwards)) == 60
    assert backwards == forwards


def test_as_many_queries_with_one_case_as_with_sixty(
    raised, rita, signed_in, mo, django_assert_num_queries, django_assert_max_num_queries
):
    raised(now=timezone.now())
    client = signed_in(mo)
    address = "/escalations/?view=all"
    client.get(address)
    with django_assert_max_num_queries(16) as few:
        client.get(address)
    for _ in range(59):
        raised(now=timezone.now())
    with django_assert_num_queries(len(few)):
        client.get(address)
    with django_assert_max_num_queries(len(few)):
        client.get(address + "&before=end")


def test_place_reads_back_what_it_wrote():
    place = Place("r", timezone.now(), 7)
    assert Place.parse(str(place)) == place
