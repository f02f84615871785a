"""The list of people: who is on it, in which order, narrowed, on paper and as a file."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from compliance.demo import factories as make
from partnership.models import HistoryEntry, today
from tests.lists import body, lines_of
from tests.reading import text
from tests.training.pages.conftest import trained

PEOPLE, FILE = "/people/", "/people/list.csv"


def names(response) -> list[str]:
    return [row["text"] for cells in response.context["rows"] for row in cells[:1]]


@pytest.mark.parametrize("address", [PEOPLE, FILE])
def test_list_is_for_those_who_see_others(client, town, people, address):
    seen = set()
    for name, user in vars(people).items():
        client.force_login(user)
        if client.get(address).status_code == 200:
            seen.add(name)
    assert seen == {"alice", "charlie", "outsider"}


def test_list_holds_the_own_agency_only(client, town, people):
    for name, inside, outside in (("alice", "Alphason", "Betason"), ("charlie", "Betason", "Alphason")):
        client.force_login(getattr(people, name))
        for address in (PEOPLE, FILE):
            words = body(client.get(address)).decode()
            assert inside in words and outside not in words and "Gammason" not in words


def test_menu_leads_to_the_list_for_those_who_see_others(client, town, people):
    for name, there in (("alice", True), ("bob", False), ("sam", False), ("dana", False)):
        client.force_login(getattr(people, name))
        assert ('href="/people/"' in client.get("/").content.decode()) is there, name


def test_list_has_who_needs_something_on_top(client, town, alice):
    ready, soon = make.StaffMemberFactory.create_batch(2, agency=town.agency_a, role_group=town.role_group)
    trained(town, ready, 800)
    trained(town, soon, 30)
    client.force_login(alice)
    answer = client.get(PEOPLE)
    standings = [cells[1]["text"] for cells in answer.context["rows"]]
    assert standings == ["Expired", "Never done", "Expiring", "In date"]
    assert "3 of 4 people due" in text(answer)


def test_sooner_expired_comes_first(client, town, alice):
    trained(town, town.bob, -10)
    client.force_login(alice)
    assert names(client.get(PEOPLE)) == ["Łukaszek, Siân", "Alphason, Bobina"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=sian", ["Łukaszek, Siân"]), ("q=LUKAS", ["Łukaszek, Siân"]), ("q=sian luk", ["Łukaszek, Siân"]),
        ("q=A-1", ["Alphason, Bobina"]), ("q=nobody", []), ("q=sian alphason", []),
        ("standing=expired", ["Łukaszek, Siân"]), ("standing=never", ["Alphason, Bobina"]),
        ("standing=due", ["Łukaszek, Siân", "Alphason, Bobina"]), ("standing=current", []),
        ("sort=name", ["Alphason, Bobina", "Łukaszek, Siân"]),
        ("sort=-name", ["Łukaszek, Siân", "Alphason, Bobina"]),
        ("sort=nonsense", ["Łukaszek, Siân", "Alphason, Bobina"]),
        ("post=left", ["Gone, Gwen"]),
        ("post=all&sort=name", ["Alphason, Bobina", "Gone, Gwen", "Łukaszek, Siân"]),
    ],
)
def test_list_is_narrowed_and_sorted(client, town, alice, query, found):
    make.StaffMemberFactory(
        agency=town.agency_a, role_group=town.role_group, first_name="Gwen", last_name="Gone",
        started_on=date(2010, 1, 1), left_on=date(2014, 1, 1),
    )
    client.force_login(alice)
    assert names(client.get(f"{PEOPLE}?{query}")) == found
    assert [f"{row['Last name']}, {row['First name']}" for row in lines_of(client.get(f"{FILE}?{query}"))] == found


def test_list_is_narrowed_by_course_and_role_group(client, town, alice):
    other = make.RoleGroupFactory(code="office", title="Office")
    nobody = make.StaffMemberFactory(agency=town.agency_a, role_group=other, last_name="Unasked", first_name="Una")
    unused = make.CourseFactory(code="X", title="Another")
    client.force_login(alice)
    everybody = names(client.get(PEOPLE))
    assert len(everybody) == 3 and everybody[-1] == "Unasked, Una"
    assert len(names(client.get(f"{PEOPLE}?course={town.course.pk}"))) == 2
    assert names(client.get(f"{PEOPLE}?course={unused.pk}")) == []
    assert names(client.get(f"{PEOPLE}?role_group={other.pk}")) == [f"{nobody.last_name}, Una"]
    assert names(client.get(f"{PEOPLE}?standing=nothing")) == [f"{nobody.last_name}, Una"]


def test_agency_is_a_filter_only_where_there_are_several(client, town, alice):
    client.force_login(alice)
    assert "agency" not in client.get(PEOPLE).context["filter"].fields
    town.agency_b.parent = town.agency_a
    town.agency_b.save()
    answer = client.get(PEOPLE)
    assert "Betason, Bertha" in names(answer) and "agency" in answer.context["filter"].fields
    assert names(client.get(f"{PEOPLE}?agency={town.agency_b.pk}")) == ["Betason, Bertha"]


def test_agency_out_of_reach_is_no_choice(client, town, alice, agency_c):
    town.agency_b.parent = town.agency_a
    town.agency_b.save()
    client.force_login(alice)
    far, none = (client.get(f"{PEOPLE}?agency={pk}") for pk in (agency_c.pk, 999_999))
    assert "Gammason" not in far.content.decode()
    assert far.context["filter"].errors == none.context["filter"].errors != {}


def test_list_comes_in_pages_of_twenty_five(client, town, alice):
    make.StaffMemberFactory.create_batch(30, agency=town.agency_a, role_group=town.role_group)
    client.force_login(alice)
    pages = [names(client.get(f"{PEOPLE}?page={n}")) for n in (1, 2)]
    assert [len(page) for page in pages] == [25, 7] and not set(pages[0]) & set(pages[1])
    assert len(names(client.get(f"{PEOPLE}?print=1"))) == 32


def test_empty_list_says_what_to_do_next(client, town, alice):
    client.force_login(alice)
    assert "Clear the filters" in text(client.get(f"{PEOPLE}?q=nobody"))
    town.record.delete()
    town.agency_a.staff.all().delete()
    words = text(client.get(PEOPLE))
    assert "Nobody is on your staff list yet" in words and "Add a person" in words


def test_file_is_safe_against_formulas(client, town, alice):
    town.bob.job_title = "=HYPERLINK(1)"
    town.bob.save()
    client.force_login(alice)
    row = next(row for row in lines_of(client.get(FILE)) if row["Reference"] == "A-1")
    assert row["Job title"] == "'=HYPERLINK(1)" and row["Standing"] == "Never done"


def test_taking_the_file_is_in_the_history(client, town, alice):
    client.force_login(alice)
    client.get(PEOPLE)
    assert not HistoryEntry.objects.filter(verb="took as a file").exists()
    client.get(FILE)
    entry = HistoryEntry.objects.get(verb="took as a file")
    assert (entry.user, entry.agency, entry.changes) == (alice, town.agency_a, {"people": 2})


@pytest.mark.parametrize("address", [PEOPLE, f"{PEOPLE}?q=a&sort=name", FILE])
def test_list_asks_the_database_as_often_for_many(client, town, alice, address):
    client.force_login(alice)
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        assert client.get(address).status_code == 200
    people = make.StaffMemberFactory.create_batch(60, agency=town.agency_a, role_group=town.role_group)
    for person in people[:20]:
        trained(town, person, 5)
    client.get(address)  # what is kept of new people is reckoned once
    with CaptureQueriesContext(connection) as many:
        assert client.get(address).status_code == 200
    assert len(many) == len(few) < 20


def test_person_who_starts_later_has_no_standing_yet(client, town, alice):
    make.StaffMemberFactory(
        agency=town.agency_a, role_group=town.role_group, last_name="Later", first_name="Lena",
        started_on=today() + timedelta(days=20),
    )
    client.force_login(alice)
    assert re.search(r"Later, Lena.*Not started", text(client.get(PEOPLE)))
