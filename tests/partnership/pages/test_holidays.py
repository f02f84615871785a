"""Bank holidays: read by all, changed by the manager, who sees which deadlines move before."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from compliance.demo import factories as make
from escalation.actions.raising import due_moment
from escalation.models import Stage
from partnership.actions import add_bank_holidays, remove_bank_holiday
from partnership.models import BankHoliday, HistoryEntry, Partnership, today
from tests.partnership.pages.conftest import text, typed

pytestmark = pytest.mark.django_db
LIST, ADD, PUBLISH = "/set-up/holidays/", "/set-up/holidays/add/", "/set-up/holidays/publish/"


@pytest.fixture
def running(partnership, bob, agency_a, agency_b):
    """A stage of five working days that began today."""
    case = make.EscalationFactory(
        partnership=partnership, raised_by=bob, raised_for=agency_a, about=agency_b
    )
    now = timezone.now()
    stage = make.StageFactory(escalation=case, entered_at=now, due_at=now + timedelta(days=7))
    stage.due_at = due_moment(case, stage)
    stage.save()
    return stage


def next_working_day() -> date:
    day = today() + timedelta(days=1)
    while day.weekday() >= 5 or BankHoliday.objects.filter(on=day).exists():
        day += timedelta(days=1)
    return day


@pytest.mark.parametrize(
    "name", ["alice", "bob", "dana", "tara", "sam", "mo", "dee", "audrey", "outsider"]
)
def test_everybody_reads_and_the_manager_changes(client, people, name):
    client.force_login(getattr(people, name))
    page = client.get(f"{LIST}?year=2015")
    assert page.status_code == 200
    assert "3 April 2015" in text(page)
    day = BankHoliday.objects.get(on=date(2015, 4, 3))
    remove = f"{LIST}{day.pk}/remove/"
    assert (remove in page.content.decode()) is (name == "mo")
    for address in (ADD, PUBLISH, remove):
        assert client.get(address).status_code == (200 if name == "mo" else 404)
    assert client.post(remove, {"save": "1"}).status_code == (302 if name == "mo" else 404)
    assert BankHoliday.objects.filter(pk=day.pk).exists() is (name != "mo")


def test_a_day_by_hand_moves_an_open_deadline_and_says_so_before(client, mo, running):
    client.force_login(mo)
    day, before = next_working_day(), running.due_at
    data = {"on": typed(day), "title": "A day of mourning"}
    check = client.post(ADD, data)
    assert check.status_code == 200
    assert "1 open deadline moves" in text(check)
    assert running.escalation.reference in text(check)
    assert not BankHoliday.objects.filter(on=day).exists()
    assert Stage.objects.get(pk=running.pk).due_at == before
    done = client.post(ADD, data | {"save": "1"}, follow=True)
    assert "A day of mourning" in text(done)
    assert Stage.objects.get(pk=running.pk).due_at > before
    page = client.get(f"{LIST}{BankHoliday.objects.get(on=day).pk}/remove/")
    assert "1 open deadline moves" in text(page)
    client.post(f"{LIST}{BankHoliday.objects.get(on=day).pk}/remove/", {"save": "1"})
    assert Stage.objects.get(pk=running.pk).due_at == before
    assert HistoryEntry.objects.filter(verb="reckoned anew").count() == 2


def test_deadlines_elsewhere_are_counted_and_not_shown(client, mo, elsewhere, agency_c, outsider, running):
    Stage.objects.filter(pk=running.pk).delete()
    case = make.EscalationFactory(partnership=elsewhere, reference="SM-SECRET-1", raised_by=outsider,
                                  raised_for=agency_c, about=make.AgencyFactory())
    stage = make.StageFactory(escalation=case, entered_at=timezone.now(),
                              due_at=timezone.now() + timedelta(days=7))
    Stage.objects.filter(pk=stage.pk).update(due_at=due_moment(case, stage))
    client.force_login(mo)
    check = client.post(ADD, {"on": typed(next_working_day()), "title": "A day"})
    assert "1 open deadline moves" in text(check)
    assert "1 of them in another partnership" in text(check)
    assert "SM-SECRET-1" not in check.content.decode()


def test_a_year_is_put_in_as_published(client, mo, partnership):
    client.force_login(mo)
    BankHoliday.objects.filter(on__year=2027).exclude(on__month=12).delete()
    there = BankHoliday.objects.filter(on__year=2027).count()
    check = client.post(PUBLISH, {"year": "2027"})
    assert f"{there} are there already" in text(check)
    client.post(PUBLISH, {"year": "2027", "save": "1"})
    assert BankHoliday.objects.filter(on__year=2027).count() >= 8
    again = client.post(PUBLISH, {"year": "2027"})
    assert again.status_code == 422
    assert "are in already" in text(again)
    pressed_twice = client.post(PUBLISH, {"year": "2027", "save": "1"}, follow=True)
    assert "nothing was written" in text(pressed_twice)


@pytest.mark.parametrize(
    ("address", "data", "expected"),
    [
        (ADD, {"on": "", "title": ""}, "Fill in “Date”"),
        (ADD, {"on": "03/04/2015", "title": "Again"}, "is a bank holiday already: Good Friday"),
        (ADD, {"on": "03/04/1915", "title": "Once"}, "Choose a year from 2000"),
        (ADD, {"on": "02/04/2015", "title": "x" * 81}, "80"),
        (ADD, {"on": "02/04/2015", "title": "Two\nlines"}, "cannot be seen"),
        (PUBLISH, {"year": "1066"}, "Choose a year from 2000"),
        (PUBLISH, {"year": "soon"}, "must be a whole number"),
    ],
)
def test_a_wrong_day_comes_back(client, mo, partnership, address, data, expected):
    client.force_login(mo)
    before = BankHoliday.objects.count()
    answer = client.post(address, data)
    assert answer.status_code == 422
    assert expected in text(answer)
    assert BankHoliday.objects.count() == before


def test_the_country_is_asked_only_where_there_is_a_choice(client, mo, partnership, elsewhere):
    client.force_login(mo)
    assert "Country" not in text(client.get(ADD))
    Partnership.objects.filter(pk=elsewhere.pk).update(country="SCT")
    make.GrantFactory(user=mo, role="partnership_manager", partnership=elsewhere)
    assert "Scotland" in text(client.get(ADD))
    answer = client.post(ADD, {"on": "02/04/2015", "title": "Day", "country": "NIR"})
    assert answer.status_code == 422
    assert client.get(f"{LIST}?country=NIR").status_code == 404
    assert client.get(f"{LIST}?country=SCT&year=2015").status_code == 200


def test_the_last_day_of_a_year_that_a_deadline_runs_into_stays(running, mo):
    year = today().year
    keep = BankHoliday.objects.filter(on__year=year, on__gt=today()).last()
    rows = BankHoliday.objects.filter(on__year=year)
    keep = keep or rows.last()
    rows.exclude(pk=keep.pk).delete()
    Stage.objects.filter(pk=running.pk).update(due_at=timezone.now() + timedelta(days=400))
    with pytest.raises(ValidationError, match="No bank holidays are known"):
        remove_bank_holiday(by=mo, holiday=keep)
    assert BankHoliday.objects.filter(pk=keep.pk).exists()


def test_removing_twice_is_refused_in_words(mo, partnership):
    day = BankHoliday.objects.get(on=date(2015, 4, 3))
    remove_bank_holiday(by=mo, holiday=day)
    with pytest.raises(ValidationError, match="away already"):
        remove_bank_holiday(by=mo, holiday=BankHoliday(pk=day.pk or 1, country="ENG", on=day.on))


def test_the_list_asks_the_same_number_of_queries(client, mo, partnership):
    client.force_login(mo)
    numbers = []
    for many in (3, 40):
        BankHoliday.objects.filter(on__year=2016).delete()
        days = {date(2016, 1, 1) + timedelta(days=n): f"Day {n}" for n in range(many)}
        add_bank_holidays(by=None, country="ENG", days=days)
        with CaptureQueriesContext(connection) as caught:
            page = client.get(f"{LIST}?year=2016")
        numbers.append(len(caught))
        assert len(page.context["rows"]) == min(many, 25)
    assert numbers[0] == numbers[1]
    assert client.get(f"{LIST}?year=no").status_code == 404
    assert "No bank holidays are in for this year" in text(client.get(f"{LIST}?year=2099"))
