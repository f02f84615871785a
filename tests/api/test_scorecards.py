"""The interface for machines: the figures of the printed report, to those who may see them."""

from __future__ import annotations

import io
import json

import pytest
from django.core.management import call_command

from tests.filled import YEAR

API = "/api/v1/partnerships/"
WHOLE = f"{API}NW/scorecard/"
A = f"{API}NW/agencies/CSC/scorecard/"
B = f"{API}NW/agencies/POL/scorecard/"
FIGURES = {"tara", "sam", "mo", "dee", "audrey"}  # who sees exact measures of the partnership
EVERYBODY = {"alice", "bob", "charlie", "dana", "outsider", *FIGURES}
ALLOWED = {
    WHOLE: FIGURES,
    A: {"alice", *FIGURES},
    B: {"charlie", *FIGURES},
    f"{API}SM/agencies/CSC/scorecard/": {"outsider"},
    f"{API}SM/scorecard/": set(),
    f"{API}NW/agencies/": {"alice", "charlie", *FIGURES},
}
MISSING = {
    WHOLE: f"{API}XX/scorecard/",
    A: f"{API}NW/agencies/NOBODY/scorecard/",
    B: f"{API}NW/agencies/NOBODY/scorecard/",
    f"{API}SM/agencies/CSC/scorecard/": f"{API}SM/agencies/NOBODY/scorecard/",
    f"{API}SM/scorecard/": f"{API}XX/scorecard/",
    f"{API}NW/agencies/": f"{API}XX/agencies/",
}


def printed(command: str, *arguments: str) -> dict:
    out = io.StringIO()
    call_command(command, *arguments, "--period", YEAR, "--format", "json", stdout=out)
    return json.loads(out.getvalue())


def test_agency_scorecard_equals_the_printed_report(client, filled, alice, sam):
    report = printed("print_report", "CSC", "--partnership", "NW")
    assert any(reading["met"] for reading in report["readings"])
    for reader in (alice, sam):
        client.force_login(reader)
        assert client.get(f"{A}?period={YEAR}").json() == report
        assert client.get(f"/partnerships/NW/agencies/CSC/report.json?period={YEAR}").json() == report


def test_partnership_scorecard_equals_the_printed_one(client, filled, sam):
    client.force_login(sam)
    assert client.get(f"{WHOLE}?period={YEAR}").json() == printed("print_partnership", "NW")


def test_scorecard_names_nobody_even_to_the_own_lead(client, filled, alice):
    client.force_login(alice)
    body = client.get(f"{A}?period={YEAR}").content.decode()
    assert "training_expired" in body  # Adela Alphatwo is counted, not named
    assert "Alpha" not in body and "FAM-" not in body


def test_scorecard_is_for_whom_the_access_table_names_and_else_is_as_if_missing(
    client, filled, people
):
    opened = {address: set() for address in ALLOWED}
    for name in sorted(EVERYBODY):
        client.force_login(getattr(people, name))
        for address in ALLOWED:
            answer = client.get(address)
            if answer.status_code == 200:
                opened[address].add(name)
                continue
            missing = client.get(MISSING[address])
            assert answer.status_code == missing.status_code == 404, (name, address)
            assert answer.content == missing.content, (name, address)
            assert told(answer) == told(missing), (name, address)
    assert opened == ALLOWED


def told(answer) -> dict[str, str]:
    """The headers, without what differs from one request to the next."""
    counted = ("X-Request-ID", "RateLimit-Remaining", "RateLimit-Reset")
    return {name: value for name, value in answer.headers.items() if name not in counted}


def test_without_a_sign_in_nothing_is_told(client, filled, alice):
    for address in (*ALLOWED, API):
        answer = client.get(address)
        assert answer.status_code in (401, 403)
        assert b"Northwold" not in answer.content
    client.force_login(alice)
    assert client.get(API).status_code == 200


def test_inactive_user_is_told_nothing(client, filled, alice):
    client.force_login(alice)
    assert client.get(A).status_code == 200
    alice.is_active = False
    alice.save()
    assert client.get(A).status_code in (401, 403)


def test_lists_hold_what_is_in_reach_and_nothing_else(client, filled, people):
    def codes(name: str, address: str) -> list[str]:
        client.force_login(getattr(people, name))
        return [row["code"] for row in client.get(address).json()["results"]]

    assert codes("alice", API) == codes("sam", API) == ["NW"]
    assert codes("outsider", API) == ["SM"]
    assert codes("bob", API) == codes("dana", API) == []
    assert codes("alice", f"{API}NW/agencies/") == ["CSC"]
    assert sorted(codes("sam", f"{API}NW/agencies/")) == ["CSC", "POL"]


@pytest.mark.parametrize(("period", "status"), [("2014-15", 200), ("2014-16", 404), ("x", 404)])
def test_period_is_one_or_not_found(client, filled, sam, period, status):
    client.force_login(sam)
    for address in (WHOLE, A):
        assert client.get(f"{address}?period={period}").status_code == status


def test_period_without_data_says_none_for_every_percentage(client, filled, sam):
    client.force_login(sam)
    for address in (WHOLE, A):
        readings = client.get(f"{address}?period=2003-04").json()["readings"]
        assert readings and {reading["percent"] for reading in readings} == {"none"}


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_scorecard_is_only_read(client, filled, sam, method):
    client.force_login(sam)
    assert getattr(client, method)(A).status_code == 405
    assert client.get(A).status_code == 200


def test_published_edition_is_not_offered_here(client, filled, sam):
    client.force_login(sam)
    for path in (f"{API}NW/report.csv", f"{API}NW/agencies/CSC/report.csv", WHOLE):
        answer = client.get(f"{path}?period={YEAR}&edition=published")
        assert (answer.status_code, answer.json()["code"]) == (400, "unknown_parameter")
