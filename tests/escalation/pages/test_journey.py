"""A missed conference becomes a case and goes through all four stages, by four people in their browsers."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from compliance.demo import factories as make
from conferences.actions import close_register
from conferences.choices import MeetingState, Outcome
from escalation.models import Escalation, Stage, Suggestion
from tests.escalation.pages.conftest import case_page, move_page, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def missed(partnership, policy, agency_a, agency_b, staff_a, staff_b, dana):
    """An initial conference of last week to which the police did not come; its register is closed."""
    held = timezone.localdate() - timedelta(days=7)
    row = make.MeetingFactory(
        partnership=partnership, reference="NW-9", held_on=held, state=MeetingState.HELD
    )
    early = held - timedelta(days=30)
    make.AttendanceFactory(
        meeting=row,
        agency=agency_a,
        staff_member=staff_a,
        outcome=Outcome.ATTENDED,
        invited_on=early,
    )
    make.AttendanceFactory(
        meeting=row, agency=agency_b, staff_member=staff_b, outcome=Outcome.ABSENT, invited_on=early
    )
    close_register(by=dana, meeting=row)
    return row


def late(case) -> None:
    """The open stage's time is up."""
    then = timezone.now() - timedelta(days=60)
    Stage.objects.filter(escalation=case, closed_at=None).update(
        entered_at=then, due_at=then + timedelta(days=7)
    )


def test_from_a_missed_conference_through_four_stages_to_a_decision(
    missed, signed_in, alice, bob, charlie, dee, mo, audrey, agency_b, rita
):
    # The lead sees the suggestion and raises it.
    page = signed_in(alice).get(reverse("escalation:suggestion-list"))
    assert missed.reference in words(page)
    suggestion = Suggestion.objects.filter(about=agency_b, trigger="initial").get()
    form = signed_in(alice).get(
        reverse("escalation:suggestion-accept", args=[suggestion.pk]), follow=True
    )
    address = form.redirect_chain[-1][0]
    fields = {
        "raised_for": alice.grants.get().agency_id,
        "concern": "Nobody came.",
        "outcome_wanted": "A deputy.",
    }
    raised = signed_in(alice).post(address, fields, follow=True)
    case = Escalation.objects.get()
    assert f"{case.reference} is raised" in words(raised)

    # Rita answers the first stage; it does not satisfy.
    assert case.reference in words(signed_in(rita).get("/escalations/"))
    signed_in(rita).post(move_page(case, "answer"), {"stage": 1, "text": "We had no car."})
    assert case.reference in words(signed_in(alice).get("/escalations/?view=mine"))
    signed_in(alice).post(move_page(case, "move-up"), {"stage": 1, "reason": "A car is no reason."})

    # Nobody answers the second; it moves up only once its time is up. Charlie answers the third.
    assert signed_in(alice).post(move_page(case, "move-up"), {"stage": 2}).status_code == 409
    late(case)
    assert "Overdue" in words(signed_in(mo).get("/escalations/"))
    assert signed_in(alice).post(move_page(case, "move-up"), {"stage": 2}).status_code == 302
    signed_in(charlie).post(move_page(case, "acknowledge"), {"stage": 3})
    signed_in(charlie).post(move_page(case, "answer"), {"stage": 3, "text": "We look into it."})
    signed_in(alice).post(move_page(case, "move-up"), {"stage": 3, "reason": "Still open."})

    # At the fourth the partnership decides.
    assert case.reference in words(signed_in(dee).get("/escalations/?view=mine"))
    decision = {
        "stage": 4,
        "resolution": "A deputy is named for each conference.",
        "learning_theme": "invitations",
        "training_need": "What a deputy needs to know",
        "action_1": "Name deputies",
        "owner_1": "Head of service",
        "due_1": "31/03/2027",
    }
    assert signed_in(alice).post(move_page(case, "decide"), decision).status_code == 409
    assert signed_in(dee).post(move_page(case, "decide"), decision).status_code == 302

    case.refresh_from_db()
    assert (case.state, case.closed_by) == ("decided", dee)
    assert [s.ended for s in case.stages.order_by("number")] == ["moved_up"] * 3 + ["decided"]
    page = words(signed_in(alice).get(case_page(case)))
    for expected in (
        "A deputy is named for each conference.",
        "We had no car.",
        "Name deputies",
        "Decided",
    ):
        assert expected in page
    assert not re.search("no car|deputy is named", words(signed_in(audrey).get(case_page(case))))
