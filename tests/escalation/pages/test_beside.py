"""Beside the moves: agreed actions ticked off, the identity noted; what came too late overwrites nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from compliance.demo import factories as make
from escalation.models import Escalation
from partnership.models import today
from tests.escalation.pages.conftest import case_page, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def agreed(running):
    """An action of a case that is three days old, agreed until yesterday."""
    Escalation.objects.filter(pk=running.pk).update(raised_at=timezone.now() - timedelta(days=3))
    return make.AgreedActionFactory(escalation=running, due_on=today() - timedelta(days=1))


def page_of(action) -> str:
    return reverse("escalation:action", args=[action.escalation.reference, action.pk])


def day(on) -> str:
    return f"{on:%d/%m/%Y}"


@pytest.mark.parametrize(
    ("name", "sees", "ticks"),
    [
        ("bob", True, True), ("alice", True, True), ("charlie", True, True), ("mo", True, False),
        ("audrey", False, False), ("dee", False, False),
    ],
)
def test_an_overdue_action_is_marked_for_those_who_may_see_actions(
    agreed, people, signed_in, name, sees, ticks
):
    client = signed_in(getattr(people, name))
    page, queue = words(client.get(case_page(agreed.escalation))), words(client.get("/escalations/?view=all"))
    assert ("A deputy is named" in page) is sees
    assert ("Agreed action overdue" in queue) is sees
    assert ("an agreed action overdue" in queue.lower()) or not sees
    assert ("Tick off" in page) is ticks
    assert client.get(page_of(agreed)).status_code == (200 if ticks else 404)
    if not ticks:
        assert client.post(page_of(agreed), {"done_on": day(today())}).status_code == 404
    listed = words(client.get("/escalations/?view=all&state=actions"))
    assert (agreed.escalation.reference in listed) is sees


def test_an_action_is_ticked_off_and_the_mark_is_gone(agreed, signed_in, charlie):
    client = signed_in(charlie)
    seen = client.get(page_of(agreed)).context["seen"]
    assert client.post(page_of(agreed), {"done_on": "", "seen": seen}).status_code == 422
    late = day(today() + timedelta(days=1))
    assert client.post(page_of(agreed), {"done_on": late, "seen": seen}).status_code == 422
    done = client.post(page_of(agreed), {"done_on": day(today()), "seen": seen}, follow=True)
    assert "The action is ticked off." in words(done) and "Overdue" not in words(done)
    twice = client.post(page_of(agreed), {"done_on": day(today()), "seen": seen}, follow=True)
    assert "Nothing differs" in words(twice)
    assert "Agreed action overdue" not in words(client.get("/escalations/?view=all"))


def test_a_day_that_somebody_else_wrote_meanwhile_stands_beside(agreed, signed_in, charlie, bob):
    seen = signed_in(bob).get(page_of(agreed)).context["seen"]
    signed_in(charlie).post(page_of(agreed), {"done_on": day(today()), "seen": seen})
    late = signed_in(bob).post(
        page_of(agreed), {"done_on": day(today() - timedelta(days=1)), "seen": seen}
    )
    assert late.status_code == 409
    agreed.refresh_from_db()
    assert agreed.done_on == today()


def test_an_action_of_another_case_is_missing(agreed, raised, signed_in, bob):
    other = raised(now=timezone.now())
    address = reverse("escalation:action", args=[other.reference, agreed.pk])
    assert signed_in(bob).get(address).status_code == 404


def test_identity_that_was_noted_meanwhile_is_shown_beside(running, signed_in, bob, alice):
    address = reverse("escalation:identity", args=[running.reference])
    seen = signed_in(bob).get(address).context["seen"]
    on = day(today())
    signed_in(alice).post(address, {"on": on, "to": "Night team", "seen": seen})
    wrong = signed_in(bob).post(address, {"on": on, "to": "", "seen": seen})
    assert wrong.status_code == 422 and f'name="seen" value="{seen}"' in wrong.content.decode()
    late = signed_in(bob).post(address, {"on": on, "to": "Day team", "seen": seen})
    assert late.status_code == 409
    assert "Night team" in words(late) and "Day team" in words(late)
    running.refresh_from_db()
    assert running.identity_passed_to == "Night team"
    future = {"on": day(today() + timedelta(days=1)), "to": "Day team", "seen": seen}
    refused = signed_in(bob).post(address, future)
    assert refused.status_code == 422 and "still to come" in words(refused)
