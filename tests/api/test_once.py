"""Idempotency-Key: the same request twice is done once, and nobody gets another client's answer."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from api.actions import forget_answers
from api.models import IdempotentAnswer, MachineKey
from compliance.demo import factories as make
from partnership.models import HistoryEntry, StaffMember
from partnership.roles import Role
from tests.api.machines import Machine, machine, problem
from training.models import TrainingRecord

pytestmark = pytest.mark.django_db
KEY = {"Idempotency-Key": "push-1"}


@pytest.fixture
def body(staff_a, course):
    return {"staff_member": staff_a.pk, "course": "CPC", "completed_on": "2015-03-31"}


def test_the_same_again_gives_the_same_answer_and_writes_once(of_a, body):
    first = of_a.post("records/", body, headers=KEY)
    again = of_a.post("records/", dict(reversed(body.items())), headers=KEY)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert first["ETag"] == again["ETag"] and first["Location"] == again["Location"]
    assert again["Idempotency-Replayed"] == "true" and "Idempotency-Replayed" not in first
    assert TrainingRecord.objects.count() == HistoryEntry.objects.filter(verb="logged").count() == 1


def test_the_same_key_for_something_else_is_a_422(of_a, body):
    assert of_a.post("records/", body, headers=KEY).status_code == 201
    other = {**body, "completed_on": "2015-03-30"}
    problem(of_a.post("records/", other, headers=KEY), 422, "key_used")
    problem(of_a.post("staff/", body, headers=KEY), 422, "key_used")
    assert TrainingRecord.objects.count() == 1
    assert of_a.post("records/", other).status_code == 201


def test_a_key_of_another_client_is_another_key(of_a, agency_a, body):
    other = machine(agency=agency_a, name="Another")
    assert of_a.post("records/", body, headers=KEY).status_code == 201
    found = problem(other.post("records/", body, headers=KEY), 422, "rule")  # it is there already
    assert "already" in str(found["fields"])


def test_the_answer_is_not_given_to_a_key_that_opens_nothing(of_a, body):
    assert of_a.post("records/", body, headers=KEY).status_code == 201
    forged = Machine(None, of_a.secret[:-1] + ("A" if of_a.secret[-1] != "A" else "B"))
    problem(forged.post("records/", body, headers=KEY), 401)
    MachineKey.objects.update(scopes=["read_staff"])
    problem(of_a.post("records/", body, headers=KEY), 403)
    MachineKey.objects.update(scopes=["write_records"])
    assert of_a.post("records/", body, headers=KEY).status_code == 201


def test_an_answer_is_not_given_again_in_another_role(client, alice, agency_a, agency_b, role_group):
    """The answer names a person of the agency that she has left."""
    client.force_login(alice)
    new = {
        "agency": agency_a.pk, "reference": "X-1", "first_name": "Ffion", "last_name": "Rees",
        "job_title": "Nurse", "role_group": role_group.code, "started_on": "2015-01-05",
    }

    def post():
        return client.post("/api/v1/staff/", new, content_type="application/json", headers=KEY)

    assert post().status_code == 201 and post()["Idempotency-Replayed"] == "true"
    alice.grants.all().delete()
    make.GrantFactory(user=alice, role=Role.AGENCY_LEAD, agency=agency_b)
    assert "Ffion" not in str(problem(post(), 422, "key_used"))


@pytest.mark.parametrize("key", [None, "", "x" * 81, "a b", "caf\u00e9"])
def test_each_post_needs_one(of_a, body, key):
    problem(of_a.post("records/", body, headers={"Idempotency-Key": key}), 400, "no_idempotency_key")
    assert not TrainingRecord.objects.exists()


def test_what_was_refused_may_be_sent_again_mended(of_a, body):
    wrong = {**body, "course": "NONE"}
    problem(of_a.post("records/", wrong, headers=KEY), 400)
    assert not IdempotentAnswer.objects.exists()
    assert of_a.post("records/", body, headers=KEY).status_code == 201


def test_answers_are_forgotten_after_two_days(of_a, body):
    of_a.post("records/", body, headers=KEY)
    IdempotentAnswer.objects.update(at=timezone.now() - timedelta(hours=47))
    assert forget_answers() == 0
    IdempotentAnswer.objects.update(at=timezone.now() - timedelta(hours=49))
    assert forget_answers() == 1


def test_every_post_of_the_interface_is_done_once():
    """No handler of a POST without it."""
    from api.urls import router

    found = 0
    for _, view, _ in router.registry:
        extra = [one for one in view.get_extra_actions() if "post" in one.mapping]
        for act in [getattr(view, "create", None), *extra]:
            if act is not None:
                assert getattr(act, "idempotent", False), (view, act)
                found += 1
    assert found >= 7


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_the_same_at_the_same_moment_is_done_once(race, agency_a, role_group):
    key = machine(agency=agency_a)
    body = {
        "agency": agency_a.pk, "reference": "R-1", "first_name": "Ann", "last_name": "Lee",
        "job_title": "Nurse", "role_group": role_group.code, "started_on": "2014-01-01",
    }

    def push():
        return Machine(key.key, key.secret).post("staff/", body, headers=KEY)

    answers = race(push, workers=6)
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert StaffMember.objects.filter(reference="R-1").count() == 1
