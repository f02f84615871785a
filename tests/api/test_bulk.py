"""Many completions at once: a result for each row, all of them or none, and twice is once."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from api.bulk import MOST
from api.scopes import Scope
from compliance.demo import factories as make
from partnership.models import HistoryEntry
from tests.api.machines import machine, problem
from training.actions import log_training, withdraw_record
from training.models import TrainingRecord

pytestmark = pytest.mark.django_db
BULK = "records/bulk/"


def row(reference="A-1", course="CPC", on="2015-03-31", **more):
    return {"staff_reference": reference, "course": course, "completed_on": on, **more}


def results(answer):
    assert answer.status_code == 200, answer.content
    return [one["result"] for one in answer.json()["results"]]


def test_rows_are_logged_once_however_often_they_are_sent(of_a, staff_a, staff_a2, course):
    body = {"records": [row(), row("A-2", provider="agency", evidence="Certificate 7")]}
    first = of_a.post(BULK, body)
    assert results(first) == ["created", "created"]
    assert first.json()["counts"] == {"created": 2}
    assert results(of_a.post(BULK, body)) == ["unchanged", "unchanged"]
    assert TrainingRecord.objects.count() == HistoryEntry.objects.filter(verb="logged").count() == 2
    record = TrainingRecord.objects.get(staff_member=staff_a2)
    assert (record.provider, record.expires_on) == ("agency", date(2018, 3, 31))
    assert record.logged_by == of_a.key.user and record.confirmed_at


def test_one_bad_row_refuses_all_and_says_which(of_a, staff_a, staff_b, course):
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
    bad = [row("B-1"), row("Nobody"), row(course="NONE"), row(on=tomorrow), row(on="1/4/2015"),
           {**row(), "grade": 5}, 7, row(), row(on="2014-01-01"), row("A-\0")]
    found = problem(of_a.post(BULK, {"records": [row(on="2014-01-01"), *bad]}), 422, "rows_refused")
    refused = found["fields"]["records"]
    assert set(refused) == {"1", "2", "3", "4", "5", "6", "7", "9", "10"}
    assert refused["1"] == refused["2"]  # another agency's person is answered like nobody
    assert "grade" in refused["6"] and "row 0" in str(refused["9"])
    assert not TrainingRecord.objects.exists()
    good = of_a.post(BULK, {"records": [row(on="2014-01-01"), *bad], "good_rows_only": True})
    assert results(good) == ["created", *["refused"] * 7, "created", "refused", "refused"]
    assert TrainingRecord.objects.count() == 2


def test_what_is_there_with_something_else_is_corrected_with_a_reason(of_a, agency_a, staff_a, course, alice):
    log_training(by=alice, staff_member=staff_a, course=course, completed_on=date(2015, 3, 31))
    body = {"records": [row(provider="agency")]}
    assert "reason" in str(problem(of_a.post(BULK, body), 422)["fields"])
    assert results(of_a.post(BULK, {**body, "reason": "Provider was missing"})) == ["changed"]
    assert results(of_a.post(BULK, body)) == ["unchanged"]
    assert TrainingRecord.objects.counting().get().provider == "agency"
    only_logs = machine(agency=agency_a, scopes=[Scope.WRITE_RECORDS], name="Another")
    other = {"records": [row(provider="other")], "reason": "Still"}
    assert "may not" in str(problem(only_logs.post(BULK, other), 422)["fields"])


def test_what_was_withdrawn_stays_withdrawn_and_what_waits_is_confirmed(of_a, staff_a, course, alice, bob):
    made = log_training(by=alice, staff_member=staff_a, course=course, completed_on=date(2015, 3, 31))
    withdraw_record(by=alice, training_record=made, reason="Another person")
    log_training(by=bob, staff_member=staff_a, course=course, completed_on=date(2015, 4, 1))
    assert results(of_a.post(BULK, {"records": [row(), row(on="2015-04-01")]})) == ["kept_out", "confirmed"]
    assert TrainingRecord.objects.counting().get().completed_on == date(2015, 4, 1)


def test_another_agency_is_no_choice(of_a, agency_a, agency_b, staff_a, staff_b, course):
    def refused(agency):
        return problem(of_a.post(BULK, {"agency": agency, "records": [row("B-1")]}), 400)

    assert refused(agency_b.pk) == refused(999_999)
    assert results(of_a.post(BULK, {"agency": agency_a.pk, "records": [row()]})) == ["created"]


def test_a_parent_says_which_agency(agency_a, agency_b, staff_a, course):
    trust = make.AgencyFactory(name="The trust")
    for agency in (agency_a, agency_b):
        agency.parent = trust
        agency.save()
    key = machine(agency=trust)
    assert "agency" in problem(key.post(BULK, {"records": [row()]}), 400)["fields"]
    assert results(key.post(BULK, {"agency": agency_a.pk, "records": [row()]})) == ["created"]


@pytest.mark.parametrize("records", [[], [{}] * (MOST + 1), {}, "x", None, 7])
def test_a_push_has_one_to_a_thousand_rows(of_a, staff_a, course, records):
    assert "records" in problem(of_a.post(BULK, {"records": records}), 400)["fields"]


def test_a_thousand_rows_take_as_many_queries_as_ten(of_a, agency_a, role_group, course, django_assert_max_num_queries):
    people = [
        make.StaffMemberFactory(agency=agency_a, role_group=role_group, reference=f"P-{n}")
        for n in range(120)
    ]
    of_a.get("who/")
    rows = [row(person.reference, on=f"2015-03-{day:02d}") for person in people[:100] for day in range(1, 11)]
    with django_assert_max_num_queries(60):  # SQLite takes few rows in one insert
        assert of_a.post(BULK, {"records": rows}).json()["counts"] == {"created": 1000}
    with django_assert_max_num_queries(25):
        assert of_a.post(BULK, {"records": rows}).json()["counts"] == {"unchanged": 1000}


def test_a_practitioner_pushes_only_their_own_and_it_waits(client, bob, staff_a, staff_a2, course):
    client.force_login(bob)
    heads = {"Idempotency-Key": "b-1"}
    body = {"records": [row()]}
    answer = client.post("/api/v1/records/bulk/", body, content_type="application/json", headers=heads)
    assert results(answer) == ["created"]
    assert TrainingRecord.objects.get().confirmed_at is None
    other = client.post(
        "/api/v1/records/bulk/", {"records": [row("A-2")]}, content_type="application/json",
        headers={"Idempotency-Key": "b-2"},
    )
    problem(other, 422)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_the_same_push_twice_at_once_logs_once(race, agency_a, staff_a, staff_a2, course):
    from tests.api.machines import Machine

    key = machine(agency=agency_a)
    body = {"records": [row(), row("A-2")]}
    answers = race(lambda: Machine(key.key, key.secret).post(BULK, body), workers=4)
    assert sorted(results(answer)[0] for answer in answers) == ["created"] + ["unchanged"] * 3
    assert TrainingRecord.objects.count() == 2
