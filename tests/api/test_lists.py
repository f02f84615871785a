"""Lists: pages by keys, filters, search and order by what is declared, and nothing else."""

from __future__ import annotations

import base64
import json
from datetime import date
from types import SimpleNamespace
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from api.fields import columns
from api.models import CallCount
from api.urls import router
from compliance.demo import factories as make
from tests.api.machines import Machine, machine, problem

pytestmark = pytest.mark.django_db
VIEWS = {prefix: view for prefix, view, _ in router.registry}


def many(agency, role_group, number):
    return [
        make.StaffMemberFactory(
            agency=agency, role_group=role_group, reference=f"N-{n:03d}", last_name="Same",
            started_on=date(2014, 1, 1),
        )
        for n in range(number)
    ]


def walked(client, address):
    """All rows of a list, page by page."""
    found, pages = [], 0
    while address:
        answer = client.get(address)
        assert answer.status_code == 200, answer.content
        page = answer.json()
        found += page["results"]
        address = page["next"] and page["next"].removeprefix("http://testserver")
        pages += 1
    return found, pages


@pytest.mark.parametrize("sort", ["id", "-id", "last_name", "-last_name", "started_on", "-reference"])
def test_pages_hold_each_row_once_in_order_however_many_are_alike(of_a, agency_a, role_group, sort):
    people = many(agency_a, role_group, 203)
    rows, pages = walked(of_a, f"staff/?sort={sort}")
    assert pages == 3
    keys = [row["id"] for row in rows]
    assert len(set(keys)) == len(keys) == 203
    name = sort.removeprefix("-")
    expected = sorted(people, key=lambda p: (getattr(p, name if name != "id" else "pk"), p.pk))
    assert keys == [p.pk for p in (expected[::-1] if sort.startswith("-") else expected)]


def test_a_list_asks_as_many_queries_for_many_rows_as_for_few_and_counts_nothing(of_a, agency_a, role_group):
    many(agency_a, role_group, 1)
    of_a.get("staff/")  # from now on its use is not written again
    with CaptureQueriesContext(connection) as few:
        of_a.get("staff/?sort=last_name")
    many_more = [make.StaffMemberFactory(agency=agency_a, role_group=role_group) for _ in range(150)]
    with CaptureQueriesContext(connection) as lots:
        assert len(of_a.get("staff/?sort=last_name").json()["results"]) == 100
    assert len(few) == len(lots) == 3, [q["sql"] for q in lots]  # the key, the call counted, the rows
    assert many_more and not any("COUNT(" in query["sql"].upper() for query in lots)


@pytest.mark.parametrize("prefix", sorted(VIEWS))
def test_every_list_refuses_what_it_does_not_declare_and_names_what_it_does(prefix, of_a, of_northwold):
    view, client = VIEWS[prefix], of_a
    for name in ("id__gt", "password", "sort_by", "page", "format"):
        found = problem(client.get(f"{prefix}/?{name}=1"), 400, "unknown_parameter")
        assert "sort" in found["detail"] and "cursor" in found["detail"]
    found = problem(client.get(f"{prefix}/?sort=user__password"), 400, "unknown_sort")
    assert all(name in found["detail"] for name in view.sorts)
    problem(client.get(f"{prefix}/?sort=id&sort=id"), 400, "given_twice")
    first = next(iter(view.sorts))
    assert client.get(f"{prefix}/?sort={first}").status_code == 200
    assert client.get(f"{prefix}/?sort=-{first}").status_code == 200


@pytest.mark.parametrize("prefix", sorted(VIEWS))
def test_every_filter_takes_a_value_and_refuses_nonsense_without_a_fault(prefix, of_a):
    view = VIEWS[prefix]
    if view.filterset_class is None:
        return
    for name in view.filterset_class.base_filters:
        for value in ("1", "2015-01-01", "x" * 5000, "%00", "%ED%A0%80", "-1", "1e9", "9" * 40, "true", ""):
            answer = of_a.get(f"{prefix}/?{name}={value}")
            assert answer.status_code in (200, 400), (name, value)
            if answer.status_code == 400:
                problem(answer, 400)


def cursor(*parts) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


@pytest.mark.parametrize("bad", [
    "", "x", "%%%", "e30", cursor("pk", 1), cursor("pk", 1, "1"), cursor("-pk", 1, 1), cursor("pk", 1, -1),
    cursor("pk", 1, 2**70), cursor("pk", None, 1), cursor("pk", {"a": 1}, 1), cursor("pk", 1, True),
    cursor("last_name", "x\0", 1), "\u00e9", cursor(), cursor(*["pk"] * 50),
])
def test_a_bad_cursor_is_a_400(of_a, staff_a, bad):
    problem(of_a.get(f"staff/?{urlencode({'cursor': bad})}"), 400, "bad_cursor" if bad else "bad_filter")


def test_a_cursor_opens_no_row_that_is_out_of_reach(of_a, staff_a, staff_b):
    found = of_a.get(f"staff/?cursor={cursor('pk', 0, 0)}").json()["results"]
    assert [row["id"] for row in found] == [staff_a.pk]


def test_filters_and_search_narrow(of_a, agency_a, role_group, staff_a, staff_b):
    other = make.StaffMemberFactory(agency=agency_a, role_group=role_group, last_name="Zephyr", left_on=date(2020, 1, 1))
    def ids(query):
        return [row["id"] for row in of_a.get(f"staff/?{query}").json()["results"]]
    assert ids("search=zeph") == [other.pk]
    assert ids(f"reference={staff_a.reference}") == [staff_a.pk]
    assert ids("in_post_on=2021-01-01") == [staff_a.pk]
    assert ids(f"agency={agency_a.pk}&sort=last_name&search=zephyr") == [other.pk]
    assert ids(f"agency={staff_b.agency_id}") == ids("agency=999999") == []
    problem(of_a.get("staff/?search="), 400)
    problem(of_a.get("staff/?in_post_on=1/2/2021"), 400, "bad_filter")


@pytest.mark.parametrize("prefix", sorted(VIEWS))
def test_the_rows_are_what_the_serializer_reads(prefix, filled, of_a, people):
    """Rows are read as columns, without objects; each is what its serializer would read of the object."""
    view = VIEWS[prefix]
    session = make.SessionFactory(partnership=filled.partnership, course=filled.course)
    make.BookingFactory(session=session, staff_member=filled.staff_a, agency=filled.agency_a)
    rows = of_a.get(f"{prefix}/").json()["results"]
    assert rows or prefix in ("escalations", "missed-duties")
    assert all(set(row) == set(view.serializer_class().fields) for row in rows)
    found, names = view(), columns(view.serializer_class)
    found.request = SimpleNamespace(user=people.alice)
    fields = view.serializer_class().fields
    for row in found.rows()[:5]:
        values = found.rows().filter(pk=row.pk).values_list(*names.values()).first()
        assert {name: fields[name].get_attribute(row) for name in names} == dict(zip(names, values, strict=True))


def test_headers_of_every_answer(of_a):
    answer = of_a.get("who/")
    assert int(answer["RateLimit-Limit"]) == 600 and int(answer["RateLimit-Remaining"]) == 599
    assert 0 < int(answer["RateLimit-Reset"]) <= 60
    assert len(answer["X-Request-ID"]) == 36
    assert of_a.get("who/", headers={"X-Request-ID": "push-2026-11-23"})["X-Request-ID"] == "push-2026-11-23"
    assert of_a.get("who/", headers={"X-Request-ID": "a b\tc"})["X-Request-ID"] != "a b\tc"
    assert answer["Cache-Control"] == "no-store, private"


def test_too_many_calls_are_a_429_for_that_key_alone(of_a, of_northwold, settings, monkeypatch):
    """The counting is in the database alone: another web process goes on from the same number."""
    monkeypatch.setattr("time.time", lambda: 1_425_000_010.0)
    settings.API_CALLS_A_MINUTE = 2
    answers = [Machine(of_a.key, of_a.secret).get("who/") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert [answer["RateLimit-Remaining"] for answer in answers] == ["1", "0", "0"]
    problem(answers[-1], 429, "throttled")
    assert answers[-1]["Retry-After"] == "51" and answers[-1]["RateLimit-Reset"] == "50"
    assert of_northwold.get("who/").status_code == 200
    monkeypatch.setattr("time.time", lambda: 1_425_000_061.0)  # the next minute
    assert of_a.get("who/")["RateLimit-Remaining"] == "1"
    assert CallCount.objects.count() == 2  # a row for each client, however long they call


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_calls_at_the_same_moment_are_all_counted(race, agency_a):
    key = machine(agency=agency_a)
    answers = race(lambda: Machine(key.key, key.secret).get("who/")["RateLimit-Remaining"], workers=8)
    assert sorted(map(int, answers)) == list(range(592, 600))


def test_what_is_nowhere_is_a_problem_too(of_a, client):
    problem(of_a.get("nothing/at/all/"), 404, "not_found")
    problem(of_a.post("nothing/", {}), 404, "not_found")
    assert client.get("/api/v1/nothing/").status_code == 401
    problem(of_a.ask("delete", "staff/", {}), 405, "method_not_allowed")
    assert of_a.ask("delete", "staff/", {})["Allow"]
