"""People use the interface by their session: each row and each change as far as the pages let them."""

from __future__ import annotations

import json

import pytest

from api.urls import router
from partnership.models import HistoryEntry
from partnership.roles import Role
from tests.api.machines import problem

pytestmark = pytest.mark.django_db
VIEWS = {prefix: view for prefix, view, _ in router.registry}
CATALOGUES = {"courses", "role-groups"}


def numbers(client, prefix):
    answer = client.get(f"/api/v1/{prefix}/")
    return [row["id"] for row in answer.json()["results"]] if answer.status_code == 200 else None


@pytest.mark.parametrize("role", Role)
def test_each_role_opens_exactly_the_rows_of_its_lists(client, filled, by_role, outsider, role):
    client.force_login(outsider)
    theirs = {prefix: numbers(client, prefix) for prefix in VIEWS}
    client.force_login(by_role[role])
    for prefix in sorted(VIEWS):
        own = numbers(client, prefix)
        key = "code" if prefix == "partnerships" else None
        for number in (own or [])[:3]:
            number = "NW" if key else number
            assert client.get(f"/api/v1/{prefix}/{number}/").status_code == 200, (prefix, number)
        if prefix in CATALOGUES:
            continue
        for number in theirs[prefix] or []:
            number = "SM" if key else number
            far = client.get(f"/api/v1/{prefix}/{number}/")
            none = client.get(f"/api/v1/{prefix}/{'XX' if key else 999_999_999}/")
            assert far.status_code == none.status_code in (403, 404), (prefix, number)
            assert far.content == none.content
            assert own is None or number not in own


def test_there_is_something_elsewhere_to_leak(client, filled, outsider):
    client.force_login(outsider)
    assert all(numbers(client, prefix) for prefix in ("staff", "meetings", "attendance", "agencies", "partnerships"))


WRITERS = {  # who gets past the door of each change; what is behind it is by reach
    "staff/": {"alice"}, "records/": {"alice", "bob"}, "records/bulk/": {"alice", "bob"},
    "meetings/": {"alice", "bob", "dana"},
}


@pytest.mark.parametrize("address", WRITERS)
def test_each_change_is_for_whom_the_table_names(client, people, address):
    for name in ("alice", "bob", "dana", "tara", "sam", "mo", "dee", "audrey"):
        client.force_login(getattr(people, name))
        answer = client.post(
            f"/api/v1/{address}", {}, content_type="application/json", headers={"Idempotency-Key": "x"}
        )
        assert (answer.status_code != 403) is (name in WRITERS[address]), name
        problem(answer, 400 if name in WRITERS[address] else 403)


def test_a_lost_grant_acts_on_the_next_request(client, alice, staff_a):
    client.force_login(alice)
    assert numbers(client, "staff") == [staff_a.pk]
    alice.grants.all().delete()
    assert numbers(client, "staff") is None


def test_who_tells_a_person_their_places(client, alice, mo, agency_a, partnership):
    for user, agencies, codes in ((alice, [agency_a.pk], []), (mo, [], ["NW"])):
        client.force_login(user)
        found = client.get("/api/v1/who/").json()
        assert (found["machine"], found["agencies"], found["partnerships"]) == (False, agencies, codes)


def test_names_and_families_stand_only_where_they_may(client, filled, people, of_a, of_northwold):
    """A canary: the family's reference nowhere; other agencies' names for nobody but the service."""
    for prefix in VIEWS:
        for key in (of_a, of_northwold):
            text = key.get(f"{prefix}/").content.decode()
            assert "FAM-" not in text, prefix
            if key is of_a or prefix != "attendance-names":
                assert "Betason" not in text and "Gammason" not in text, prefix
    assert "Betason" in of_northwold.get("attendance-names/").content.decode()
    assert "Alphason" in of_a.get("attendance-names/").content.decode()


def test_a_machine_takes_reports_without_names(filled, of_a, client, alice):
    client.force_login(alice)
    own = client.get("/api/v1/partnerships/NW/agencies/CSC/report.csv?period=2014-15")
    theirs = of_a.get("partnerships/NW/agencies/CSC/report.csv?period=2014-15")
    assert own.status_code == theirs.status_code == 200
    assert "Alpha" not in theirs.content.decode()
    printed = HistoryEntry.objects.filter(verb="printed").order_by("pk").values_list("changes__names", flat=True)
    assert list(printed) == [True, False]
    pdf = of_a.get("partnerships/NW/agencies/CSC/report.pdf?period=2014-15")
    assert pdf.content.startswith(b"%PDF") and pdf["Content-Type"] == "application/pdf"


def test_a_case_is_a_header_and_no_words_of_it(client, of_northwold, of_a, partnership, agency_a, agency_b):
    from compliance.demo import factories as make

    case = make.EscalationFactory(
        partnership=partnership, raised_for=agency_a, about=agency_b, concern="A secret concern",
        outcome_wanted="A secret wish",
    )
    make.StageFactory(escalation=case)
    for key in (of_a, of_northwold):
        found = key.get(f"escalations/{case.pk}/")
        assert found.status_code == 200 and "secret" not in found.content.decode()
        row = json.loads(found.content)
        assert row["raised_for"] == agency_a.pk and row["stages"][0]["number"] == 1
