"""What no honest client sends: refused with a problem document, and nothing written."""

from __future__ import annotations

import json

import pytest
from django.apps import apps

from api.formats import DEEPEST, LONGEST, depth
from api.models import CallCount
from tests.api.machines import problem

pytestmark = pytest.mark.django_db
WRITES = [("post", "staff/"), ("post", "records/"), ("post", "records/bulk/"), ("post", "meetings/")]


def nested(deep: int) -> str:
    return '{"a":' * deep + "1" + "}" * deep


HOSTILE = {
    "nothing": b"", "no JSON": b"{", "two values": b"{} {}", "a list": b"[]", "a word": b'"x"', "a number": b"7",
    "null": b"null", "not UTF-8": b'{"reference": "\xff"}', "a lone surrogate": b'{"reference": "\\ud800"}',
    "a surrogate in UTF-8": b'{"reference": "\xed\xa0\x80"}', "NaN": b'{"reference": NaN}',
    "50 deep": nested(50).encode(), "100,000 deep": ("[" * 100_000).encode(),
    "3 MB": b'{"reference": "' + b"x" * 3_000_000 + b'"}', "a byte-order mark": b"\xef\xbb\xbf{}",
    "a huge number": b'{"agency": 1' + b"0" * 400 + b"}", "a NUL": b'{"reference": "A\\u0000B"}',
    "a NUL in a name": b'{"a\\u0000b": 1}',
}


def counts():
    """How many rows there are of everything but of calls, which are counted whatever they ask."""
    return {model._meta.label: model.objects.count() for label in ("partnership", "training", "conferences", "api")
            for model in apps.get_app_config(label).get_models() if hasattr(model, "objects") and model is not CallCount}


@pytest.mark.parametrize("what", HOSTILE)
@pytest.mark.parametrize(("method", "address"), WRITES)
def test_hostile_bodies_are_refused_and_write_nothing(of_a, staff_a, what, method, address):
    before = counts()
    answer = of_a.ask(method, address, HOSTILE[what])
    assert 400 <= answer.status_code < 500
    problem(answer, 413 if what == "3 MB" else 400)
    assert counts() == before


@pytest.mark.parametrize("kind", [
    "text/plain", "application/xml", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "",
    "application/json-patch+json",
])
def test_other_content_types_are_a_415(of_a, kind):
    problem(of_a.ask("post", "staff/", "{}", content_type=kind), 415, "unsupported_media_type")


STAFF = {
    "reference": "P-1", "first_name": "Ann", "last_name": "Lee", "job_title": "Nurse",
    "role_group": "front_line", "started_on": "2014-01-01",
}
WRONG = [
    (name, value) for name in ("agency", *STAFF, "left_on", "works_for", "work_email")
    for value in ({}, [], [1], {"a": 1}, True, 1.5, "\u202e", "x" * 5000, -1, 2**63)
    if not (name == "left_on" and value is None)
]


def test_wrong_types_are_refused_at_their_field(of_a, agency_a, staff_a):
    good = {**STAFF, "agency": agency_a.pk}
    for name, value in WRONG:
        found = problem(of_a.post("staff/", {**good, name: value}), 400, "refused")
        assert name in found["fields"], (name, value, found)
    for name in STAFF:
        assert name in problem(of_a.post("staff/", {**good, name: None}), 400)["fields"]
        without = {key: value for key, value in good.items() if key != name}
        assert name in problem(of_a.post("staff/", without), 400)["fields"]
    assert of_a.post("staff/", good).status_code == 201


@pytest.mark.parametrize("day", ["2014-1-1", "20140101", "2014-W01-1", "2014-02-30", "1949-12-31", "2999-01-01",
                                 "2014-01-01T00:00:00", "", "01/01/2014"])
def test_a_day_is_written_in_one_way_and_is_a_likely_one(of_a, agency_a, staff_a, day):
    found = problem(of_a.post("staff/", {**STAFF, "agency": agency_a.pk, "started_on": day}), 400)
    assert "started_on" in found["fields"]


def test_a_rule_that_is_broken_is_a_422_with_its_sentence(of_a, agency_a, staff_a):
    found = problem(of_a.post("staff/", {**STAFF, "agency": agency_a.pk, "reference": "A-1"}), 422, "rule")
    assert "Another person of this agency has that reference." in str(found["fields"])


def test_a_NUL_in_an_address_or_a_question_is_refused(of_a, agency_a):
    problem(of_a.get("staff/%00/"), 404)
    problem(of_a.get("partnerships/N%00W/scorecard/"), 404)
    problem(of_a.get("staff/?reference=%00"), 400)
    body = {key: value for key, value in STAFF.items() if key != "reference"}
    assert of_a.ask("put", f"staff/by-reference/{agency_a.pk}/A%00B/", body).status_code in (400, 404)
    assert of_a.ask("put", f"staff/by-reference/{agency_a.pk}/A%E2%80%AEB/", body).status_code == 400


@pytest.mark.parametrize("number", ["9" * 15, "9" * 16, "9" * 40, "-1", "1.5", "0x1", "%D9%A1"])
def test_odd_numbers_in_an_address_lead_nowhere(of_a, number):
    problem(of_a.get(f"staff/{number}/"), 404)


def test_depth_is_measured_without_going_down():
    assert depth(1) == 0 and depth({}) == depth([]) == 1 and depth([[1], {}]) == 2
    deep = json.loads(nested(DEEPEST))
    assert depth(deep) == DEEPEST and depth([deep]) > DEEPEST
    assert LONGEST < 2_500_000


def test_a_fault_is_a_500_problem_with_the_requests_id(of_a, monkeypatch, caplog):
    from api import partnership

    def fails(*_):
        raise RuntimeError("a secret of the machine")

    monkeypatch.setattr(partnership, "machine", fails)
    of_a.client.raise_request_exception = False
    answer = of_a.get("who/", headers={"X-Request-ID": "push-00042"})
    problem(answer, 500, "fault")
    assert answer["X-Request-ID"] == "push-00042" and b"secret" not in answer.content
    assert "push-00042" in caplog.text


def test_a_person_with_a_session_needs_the_token_of_a_form(alice, agency_a, staff_a):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    body = {**STAFF, "agency": agency_a.pk}
    answer = client.post("/api/v1/staff/", body, content_type="application/json", headers={"Idempotency-Key": "k"})
    assert "CSRF" in problem(answer, 403, "not_allowed")["detail"]
    easy = Client()
    easy.force_login(alice)
    done = easy.post("/api/v1/staff/", body, content_type="application/json", headers={"Idempotency-Key": "k"})
    assert done.status_code == 201
