"""Raising: blank, from a meeting, from a suggestion; with choices from one's own reach only."""

from __future__ import annotations

import pytest
from django.urls import reverse

from compliance.demo import factories as make
from escalation.models import Escalation, Suggestion
from tests.escalation.pages.conftest import LATELY, words

pytestmark = pytest.mark.django_db
RAISE = "/escalations/raise/"


@pytest.fixture
def fields(agency_a, agency_b):
    return {
        "raised_for": agency_a.pk,
        "about": agency_b.pk,
        "grounds": "not_attended",
        "theme": "on",
        "concern": "Nobody came.",
        "outcome_wanted": "A deputy.",
    }


def test_page_opens_with_danger_and_with_what_it_is_not_for(policy, signed_in, bob):
    page = words(signed_in(bob).get(RAISE))
    assert page.index("Immediate danger goes by referral or 999 today") < page.index(
        "About which agency?"
    )
    for where in ("dissent procedure", "LADO", "complaints procedure", "line management"):
        assert where in page


def test_raising_tells_reference_and_due_date_and_opens_the_case(
    policy, signed_in, bob, fields, rita
):
    done = signed_in(bob).post(RAISE, fields, follow=True)
    case = Escalation.objects.get()
    assert (case.raised_by, case.theme_case) == (bob, True)
    assert done.redirect_chain[-1][0] == reverse("escalation:detail", args=[case.reference])
    assert f"{case.reference} is raised. An answer is due by" in words(done)


def test_comes_from_a_meeting_with_it_ticked(policy, signed_in, bob, meeting, fields):
    page = (
        signed_in(bob).get(f"{RAISE}?meeting={meeting.reference}&partnership=NW").content.decode()
    )
    assert f'value="{meeting.pk}"' in page
    assert "checked" in page
    del fields["theme"]
    signed_in(bob).post(RAISE, fields | {"meetings": [meeting.pk]})
    assert list(Escalation.objects.get().meetings.all()) == [meeting]


def test_other_meetings_by_reference_and_one_out_of_reach_is_answered_like_a_missing_one(
    policy, signed_in, bob, meeting, fields, partnership
):
    hidden = make.MeetingFactory(partnership=partnership, reference="NW-77")
    del fields["theme"]
    answers = []
    for reference in (hidden.reference, "NW-99"):
        response = signed_in(bob).post(RAISE, fields | {"other_meetings": reference})
        assert response.status_code == 422
        answers.append(words(response).replace(reference, ""))
    assert answers[0] == answers[1]
    assert "There is no meeting" in answers[0]
    assert (
        signed_in(bob).post(RAISE, fields | {"other_meetings": meeting.reference}).status_code
        == 302
    )


def test_agency_out_of_reach_is_answered_like_a_missing_one(
    policy, signed_in, bob, fields, agency_c
):
    for name in ("about", "raised_for"):
        answers = []
        for key in (agency_c.pk, 999_999):
            response = signed_in(bob).post(RAISE, fields | {name: key})
            assert response.status_code == 422
            answers.append(words(response))
        assert answers[0] == answers[1]
        assert agency_c.name not in answers[0]
    assert not Escalation.objects.exists()


def test_about_oneself_or_about_nothing_is_sent_back(policy, signed_in, bob, fields, agency_a):
    assert signed_in(bob).post(RAISE, fields | {"about": agency_a.pk}).status_code == 422
    del fields["theme"]
    response = signed_in(bob).post(RAISE, fields)
    assert "Choose a meeting, or tick that it is about a theme." in words(response)
    assert "Nobody came." in words(response)
    assert not Escalation.objects.exists()


def test_guard_refuses_at_the_field_and_keeps_the_text(policy, signed_in, bob, fields):
    response = signed_in(bob).post(RAISE, fields | {"concern": "The boy of RG12 1AB was not seen."})
    assert response.status_code == 422
    assert "“RG12 1AB” looks like a postcode" in words(response)
    assert "The boy of RG12 1AB was not seen." in words(response)


def test_identity_needs_both_when_and_to_whom(policy, signed_in, bob, fields):
    response = signed_in(bob).post(RAISE, fields | {"identity_passed_on": LATELY})
    assert response.status_code == 422
    assert 'href="#id_identity_passed_to"' in response.content.decode()
    both = fields | {"identity_passed_on": LATELY, "identity_passed_to": "Duty team"}
    assert signed_in(bob).post(RAISE, both).status_code == 302


def test_conference_service_raises_for_the_partnership(policy, signed_in, dana, fields):
    signed_in(dana).post(RAISE, fields | {"raised_for": "service"})
    assert Escalation.objects.get().raised_for is None


@pytest.mark.parametrize("name", ["sam", "mo", "dee", "audrey", "tara"])
def test_only_those_who_may_raise_see_the_form(name, policy, people, signed_in, fields):
    client = signed_in(getattr(people, name))
    assert client.get(RAISE).status_code == client.post(RAISE, fields).status_code == 403
    assert not Escalation.objects.exists()


def test_several_partnerships_are_chosen_first_and_others_are_missing(
    policy, signed_in, bob, agency_a, elsewhere
):
    assert signed_in(bob).get(f"{RAISE}?partnership=SM").status_code == 404
    make.MembershipFactory(partnership=elsewhere, agency=agency_a, code="NWC")
    page = signed_in(bob).get(RAISE)
    assert "In which partnership?" in words(page)
    assert signed_in(bob).get(f"{RAISE}?partnership=SM").status_code == 200


def test_without_a_policy_the_page_says_whom_to_ask(partnership, signed_in, bob, fields):
    assert "has no escalation policy yet" in words(signed_in(bob).get(RAISE))
    assert signed_in(bob).post(RAISE, fields).status_code == 422


# --- Suggestions ----------------------------------------------------------------------------------


@pytest.fixture
def suggestion(partnership, meeting, agency_b):
    row = Suggestion.objects.create(
        partnership=partnership,
        about=agency_b,
        trigger="initial",
        key="initial:1",
        grounds="not_attended",
        sentence="Northwold Police was expected at NW-1, and nobody came.",
    )
    row.meetings.set([meeting])
    return row


@pytest.mark.parametrize(
    ("name", "status", "shown", "acts"),
    [
        ("alice", 200, True, True),
        ("dana", 200, True, True),
        ("mo", 200, True, False),
        ("charlie", 200, False, False),
        ("outsider", 200, False, False),
        ("bob", 403, False, False),
        ("sam", 403, False, False),
    ],
)
def test_who_sees_a_suggestion_and_a_lead_never_one_about_their_own_agency(
    name, status, shown, acts, suggestion, policy, people, signed_in
):
    client = signed_in(getattr(people, name))
    response = client.get(reverse("escalation:suggestion-list"))
    assert response.status_code == status
    assert (suggestion.sentence in words(response)) is shown
    assert ("Raise this" in words(response)) is acts
    for page in ("accept", "dismiss"):
        answer = client.get(reverse(f"escalation:suggestion-{page}", args=[suggestion.pk]))
        assert (answer.status_code == 404) is not acts


def test_accepting_opens_the_form_filled_in_and_raises(
    suggestion, policy, signed_in, alice, meeting, agency_b
):
    client = signed_in(alice)
    page = client.get(reverse("escalation:suggestion-accept", args=[suggestion.pk]), follow=True)
    assert suggestion.sentence in words(page)
    fields = {
        "raised_for": alice.grants.get().agency_id,
        "concern": "Nobody came.",
        "outcome_wanted": "A deputy.",
    }
    more = {"identity_passed_on": LATELY, "identity_passed_to": "Duty team"}
    client.post(f"{RAISE}?suggestion={suggestion.pk}", fields | more)
    case = Escalation.objects.get()
    suggestion.refresh_from_db()
    assert (suggestion.state, suggestion.escalation) == ("accepted", case)
    assert (case.about, list(case.meetings.all()), case.identity_passed_to) == (
        agency_b,
        [meeting],
        "Duty team",
    )


def test_suggestion_that_somebody_handled_meanwhile_keeps_the_text(
    suggestion, policy, signed_in, alice, dana
):
    signed_in(dana).post(
        reverse("escalation:suggestion-dismiss", args=[suggestion.pk]),
        {"reason": "They had moved."},
    )
    suggestion.refresh_from_db()
    assert (suggestion.state, suggestion.dismiss_reason) == ("dismissed", "They had moved.")
    fields = {
        "raised_for": alice.grants.get().agency_id,
        "concern": "Nobody came.",
        "outcome_wanted": "A deputy.",
    }
    response = signed_in(alice).post(f"{RAISE}?suggestion={suggestion.pk}", fields)
    assert response.status_code == 422
    assert "Already dismissed by the conference service" in words(response)
    assert "Nobody came." in words(response)
    late = signed_in(alice).post(
        reverse("escalation:suggestion-dismiss", args=[suggestion.pk]), {"reason": "Same."}
    )
    assert "Already dismissed by the conference service" in words(late)
    assert not Escalation.objects.exists()


def test_dismissing_needs_a_reason_without_a_child(suggestion, policy, signed_in, alice):
    address = reverse("escalation:suggestion-dismiss", args=[suggestion.pk])
    assert signed_in(alice).post(address, {"reason": ""}).status_code == 422
    assert signed_in(alice).post(address, {"reason": "Seen at RG12 1AB"}).status_code == 422
    assert signed_in(alice).post(address, {"reason": "They had moved."}).status_code == 302


def test_form_that_is_sent_twice_raises_one_case(policy, signed_in, bob, fields, rita):
    """Also after going back to a page that the browser kept."""
    client = signed_in(bob)
    client.post(RAISE, fields)
    again = client.post(RAISE, fields, follow=True)
    assert "You have raised this already: it is NW-" in words(again)
    client.post(RAISE, fields | {"concern": "Nobody came again."})
    assert Escalation.objects.count() == 2


def test_meeting_page_leads_to_raising_about_it(policy, signed_in, bob, meeting, mo):
    address = reverse("conferences:meeting-detail", args=["NW", meeting.reference])
    link = f"{RAISE}?partnership=NW&amp;meeting={meeting.reference}"
    assert link in signed_in(bob).get(address).content.decode()
    assert "Raise an escalation about" not in signed_in(mo).get(address).content.decode()
    page = signed_in(bob).get(link.replace("&amp;", "&"))
    assert page.context["form"]["meetings"].initial == [meeting.pk]


def test_agency_that_was_not_on_the_register_is_told_at_the_grounds(
    policy, signed_in, bob, fields, core_group, rita
):
    del fields["theme"]
    sent = fields | {"meetings": [core_group.pk]}
    refused = signed_in(bob).post(RAISE, sent)
    assert refused.status_code == 422 and "is not on the register of NW-2" in words(refused)
    assert refused.context["form"].errors.keys() == {"grounds"}
    assert signed_in(bob).post(RAISE, sent | {"grounds": "plan_drift"}).status_code == 302


def test_who_may_not_raise_by_the_policy_is_told_before_and_after(
    policy, signed_in, bob, alice, fields, rita
):
    policy.stages.filter(position=1).update(raised_by="line_manager")
    page = signed_in(bob).get(RAISE)
    assert "By the local policy the line manager raises." in words(page)
    refused = signed_in(bob).post(RAISE, fields)
    assert refused.status_code == 422 and not Escalation.objects.exists()
    assert "By the local policy" not in words(signed_in(alice).get(RAISE))
    assert signed_in(alice).post(RAISE, fields).status_code == 302


@pytest.mark.parametrize("number", ["9" * 41, "x" * 401, "NW-1, " * 80])
def test_overlong_meeting_reference_is_no_fault(policy, signed_in, bob, fields, number):
    del fields["theme"]
    assert signed_in(bob).post(RAISE, fields | {"other_meetings": number}).status_code == 422
    assert signed_in(bob).get(f"{RAISE}?meeting={number}").status_code == 200
