"""The set-up index and the targets."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from compliance.actions import set_target
from compliance.demo import factories as make
from compliance.measures import Scope, score
from compliance.models import Target
from compliance.period import Period
from compliance.views.set_up import EVERYWHERE, LOCAL, address
from partnership.models import today
from tests.filled import filled
from tests.reading import same, text

__all__ = ["filled"]
pytestmark = pytest.mark.django_db
LIST, NEW = "/set-up/targets/", "/set-up/targets/NW/new/"
SOON = today() + timedelta(days=10)


def seen_on(page) -> str:
    return re.search(r'name="seen" value="([0-9a-f]+)"', page.content.decode()).group(1)


def data(**changes) -> dict:
    return {
        "measure": "contribution", "good_from": "90", "watch_from": "50",
        "effective_from": f"{SOON:%d/%m/%Y}",
    } | changes


# --- The index ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "items"),
    [("alice", ["Users", "Machine keys"]), ("bob", None), ("dana", ["Machine keys", "Counts from the case system"]), ("tara", None), ("sam", None),
     ("mo", "all"), ("dee", None), ("audrey", None)],
)
def test_each_sees_what_they_may_change(client, people, partnership, name, items):
    client.force_login(getattr(people, name))
    page = client.get("/set-up/")
    assert page.status_code == (200 if items else 403)
    if items:
        shown = [item["text"] for group in page.context["groups"] for item in group["items"]]
        assert shown == ([i.text for i in (*EVERYWHERE, *LOCAL)] if items == "all" else items)
        for group in page.context["groups"]:
            for item in group["items"]:
                assert client.get(item["href"]).status_code == 200, item["href"]


def test_it_says_when_each_was_last_changed(client, mo, partnership):
    set_target(by=mo, partnership=partnership, measure="contribution", good_from=Decimal(90),
               watch_from=Decimal(50), effective_from=SOON)
    client.force_login(mo)
    when = {
        item["text"]: item["when"]
        for group in client.get("/set-up/").context["groups"] for item in group["items"]
    }
    assert when["Targets"].startswith("Last changed on")
    assert when["Quorum"] == "Not changed yet"


def test_the_index_asks_the_same_number_of_queries(client, mo, partnership):
    client.force_login(mo)
    numbers = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as caught:
            client.get("/set-up/")
        numbers.append(len(caught))
        for n in range(30):
            make.HistoryEntryFactory(partnership=partnership, subject_type=f"conferences.kind{n}")
    assert numbers[0] == numbers[1]


def test_every_local_item_has_an_address(partnership):
    assert all(address(item, partnership).startswith("/") for item in LOCAL)


# --- Targets --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "status"),
    [("alice", 200), ("bob", 403), ("dana", 403), ("tara", 200), ("sam", 200), ("mo", 200),
     ("dee", 200), ("audrey", 200)],
)
def test_targets_are_read_by_those_who_see_figures_and_changed_by_the_manager(
    client, people, partnership, name, status
):
    row = make.TargetFactory(partnership=partnership, measure="contribution")
    client.force_login(getattr(people, name))
    page = client.get(LIST)
    assert page.status_code == status
    manages = name == "mo"
    if status == 200:
        assert "Good from 90%, watch from 75%, act below." in text(page)
        assert ("/new/" in page.content.decode()) is manages
    for place in (NEW, f"{LIST}{row.pk}/end/"):
        assert client.get(place).status_code == (200 if manages else 404)
        assert client.post(place, {}).status_code == (422 if manages else 404)


def test_another_partnerships_target_answers_as_one_that_is_missing(client, mo, elsewhere):
    row = make.TargetFactory(partnership=elsewhere)
    client.force_login(mo)
    for act in ("end", "remove"):
        far, none = client.get(f"{LIST}{row.pk}/{act}/"), client.get(f"{LIST}999999/{act}/")
        assert same(far) == same(none)
        assert far.status_code == 404
    assert client.get(f"{LIST}?partnership=SM").status_code == 404
    assert client.get("/set-up/targets/SM/new/").status_code == 404


def counted(filled, many=5):
    """Agency A came to five conferences more, and B to none of them."""
    from conferences.actions import close_registers

    rows = []
    for number in range(many):
        row = make.MeetingFactory(partnership=filled.partnership, held_on=date(2015, 3, 3 + number))
        make.AttendanceFactory(meeting=row, agency=filled.agency_a, outcome="attended", mode="video")
        make.AttendanceFactory(meeting=row, agency=filled.agency_b, outcome="absent")
        rows.append(row)
    close_registers(by=None, meetings=rows, tell=False)


def test_the_check_page_says_which_ratings_change(client, mo, filled):
    counted(filled)
    client.force_login(mo)
    check = client.post(NEW, data(effective_from="01/04/2014"))
    assert check.status_code == 200
    assert "3 ratings of 2014-15 change." in text(check)
    rows = {row[0]["text"]: (row[1]["text"], row[2]["text"], row[3]["text"]) for row in check.context["rows"]}
    assert rows == {
        "Northwold": ("50.0%", "Not rated", "Watch"),
        "Northwold Social Care": ("100.0%", "Not rated", "Good"),
        "Northwold Police": ("0.0%", "Not rated", "Act"),
    }
    assert Target.objects.count() == 0
    done = client.post(NEW, data(effective_from="01/04/2014", seen=seen_on(check), save="1"), follow=True)
    assert "Contribution to conferences: good from 90%, watch from 50%" in text(done)
    card = score(Scope(filled.partnership), Period.parse("2014-15"))
    assert card.rating(card.result("contribution").headline).label == "Watch"


def test_a_target_that_begins_later_leaves_the_ratings_of_the_year(client, mo, filled):
    counted(filled)
    client.force_login(mo)
    words = text(client.post(NEW, data()))
    assert "The readings of 2014-15 are rated as before. By it 3 ratings would differ." in words


def test_the_ratings_are_those_of_the_agencies_own_pages(mo, filled):
    """A parent's headline counts its parts: the check page and the agency's page say the same."""
    from compliance.measures import open_ledger
    from compliance.rows.rerating import rerated
    from partnership.models import Membership

    counted(filled)
    trust = make.AgencyFactory(name="Northwold Trust")
    make.MembershipFactory(partnership=filled.partnership, agency=trust, code="TRU")
    filled.agency_b.parent = trust
    filled.agency_b.save()
    period = Period.parse("2014-15")
    ledger = open_ledger(Scope(filled.partnership), period)
    for key in ("contribution", "training_current", "conference_attendance", "duty_trained",
                "reports_in_time", "core_group_attendance", "escalation_in_time"):
        for one in rerated(ledger, key, None, None)[1:]:
            member = Membership.objects.get(partnership=filled.partnership, code=one.code)
            card = score(Scope(filled.partnership, member), period)
            headline = card.result(key).headline
            assert (one.reading.met, one.reading.total) == (headline.met, headline.total), (key, one.code)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"good_from": "101"}, "Write a number from 0 to 100."),
        ({"good_from": "-1"}, "Write a number from 0 to 100."),
        ({"good_from": "NaN"}, "must be a number"),
        ({"good_from": "40"}, "must not begin above"),
        ({"good_from": ""}, "Fill in “Good from (per cent)”"),
        ({"measure": "nonsense"}, "Choose one of the answers on the list"),
        ({"effective_from": "tomorrow"}, "must be a real date"),
    ],
)
def test_a_wrong_target_comes_back(client, mo, partnership, changes, expected):
    client.force_login(mo)
    answer = client.post(NEW, data(**changes))
    assert answer.status_code == 422
    assert expected in text(answer)
    assert Target.objects.count() == 0


def test_a_target_that_came_meanwhile_is_shown(client, mo, partnership):
    client.force_login(mo)
    check = client.post(NEW, data())
    set_target(by=mo, partnership=partnership, measure="contribution", good_from=Decimal(99),
               watch_from=Decimal(98), effective_from=today())
    late = client.post(NEW, data(seen=seen_on(check), save="1"))
    assert late.status_code == 409
    assert "99%" in text(late)
    assert Target.objects.count() == 1
    assert client.post(NEW, data(seen=seen_on(late), save="1")).status_code == 302


def test_a_target_is_ended_and_one_to_come_removed(client, mo, partnership):
    now = make.TargetFactory(partnership=partnership, measure="contribution")
    later = set_target(by=mo, partnership=partnership, measure="quoracy", good_from=Decimal(99),
                       watch_from=Decimal(98), effective_from=SOON)
    client.force_login(mo)
    end, remove = f"{LIST}{now.pk}/end/", f"{LIST}{later.pk}/remove/"
    page = client.get(LIST).content.decode()
    assert end in page
    assert remove in page
    ended = {"effective_until": f"{SOON:%d/%m/%Y}"}
    check = client.post(end, ended)
    assert client.post(end, ended | {"seen": seen_on(check), "save": "1"}).status_code == 302
    asked = client.get(remove)
    assert client.post(remove, {"seen": seen_on(asked), "save": "1"}).status_code == 302
    assert list(Target.objects.values_list("pk", "effective_until")) == [(now.pk, SOON)]
    assert client.get(f"{LIST}{now.pk}/remove/").status_code == 200
    make.IssuedReportFactory(partnership=partnership, agency=None, period="2014-15")
    refused = client.get(f"{LIST}{now.pk}/remove/")
    assert refused.status_code == 422 and "what was judged up to 31 March 2015 rests on it" in text(refused)
    assert "rests on it" in text(client.get(f"{LIST}{now.pk}/correct/", follow=True))
    assert "/correct/" not in client.get(LIST).content.decode()


def test_a_target_saved_by_mistake_is_corrected(client, mo, partnership):
    row = make.TargetFactory(partnership=partnership, measure="contribution")
    client.force_login(mo)
    address = f"{LIST}{row.pk}/correct/"
    assert address in client.get(LIST).content.decode()
    assert "Remove this version" in text(client.get(address))
    assert client.post(address, {"good_from": "80", "watch_from": "85"}).status_code == 422
    check = client.post(address, {"good_from": "80", "watch_from": "70"})
    assert "Nothing is saved yet" in text(check)
    done = client.post(address, {"good_from": "80", "watch_from": "70", "seen": seen_on(check), "save": "1"}, follow=True)
    assert "good from 80%, watch from 70%, act below." in text(done)
    late = client.post(address, {"good_from": "81", "watch_from": "70", "seen": seen_on(check), "save": "1"})
    row.refresh_from_db()
    assert late.status_code == 409 and (row.good_from, row.measure) == (80, "contribution")


@pytest.mark.parametrize("name", ["sam", "mo"])
def test_the_list_asks_the_same_number_of_queries(client, people, partnership, name):
    client.force_login(getattr(people, name))
    numbers = []
    for many in (3, 60):
        for number in range(Target.objects.count(), many):
            make.TargetFactory(partnership=partnership, measure="contribution",
                               effective_from=date(2010, 1, 1) + timedelta(days=number))
        with CaptureQueriesContext(connection) as caught:
            page = client.get(LIST)
        numbers.append(len(caught))
        assert len(page.context["rows"]) == min(many, 25)
    assert numbers[0] == numbers[1]
    assert reverse("compliance:target-list") == LIST
