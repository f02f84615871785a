"""Each move on its page: done, refused with 409, or sent back with 422, and nothing typed is lost."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from escalation import actions
from escalation.models import Escalation
from partnership.actions import add_bank_holidays
from partnership.models import OutboxMessage
from tests.escalation.pages.conftest import case_page, move_page, words

pytestmark = pytest.mark.django_db
ANSWER = "A deputy is named from Monday."
NHS = "943 476 5919"


def test_answer_is_written_and_the_raiser_accepts_it_with_what_was_agreed(
    running, signed_in, bob, rita
):
    assert signed_in(rita).post(move_page(running, "acknowledge"), {"stage": 1}).status_code == 302
    done = signed_in(rita).post(
        move_page(running, "answer"), {"stage": 1, "text": ANSWER}, follow=True
    )
    assert "Your answer is with the raising side." in words(done)
    page = words(signed_in(bob).get(move_page(running, "accept")))
    assert ANSWER in page
    signed_in(bob).post(
        move_page(running, "accept"),
        {
            "stage": 1,
            "resolution": "Settled.",
            "learning_theme": "roles",
            "training_need": "Deputies",
            "action_1": "Rota",
            "owner_1": "Duty team",
            "due_1": "31 March 2026",
        },
    )
    running.refresh_from_db()
    assert (running.state, running.learning_theme, running.training_need) == (
        "resolved",
        "roles",
        "Deputies",
    )
    assert [(a.text, a.owner, a.due_on.isoformat()) for a in running.actions.all()] == [
        ("Rota", "Duty team", "2026-03-31")
    ]


def test_half_an_action_is_sent_back_at_its_field_and_nothing_is_written(
    running, signed_in, bob, rita
):
    actions.answer(by=rita, case=running, stage_number=1, text=ANSWER)
    typed = {
        "stage": 1,
        "resolution": "Settled.",
        "learning_theme": "roles",
        "action_2": "Rota",
        "due_2": "32/13/2026",
    }
    response = signed_in(bob).post(move_page(running, "accept"), typed)
    assert response.status_code == 422
    assert "Settled." in words(response)
    assert 'value="32/13/2026"' in response.content.decode()
    assert 'href="#id_owner_2"' in response.content.decode()
    running.refresh_from_db()
    assert (running.state, running.actions.count()) == ("open", 0)


def test_guard_says_where_and_keeps_what_was_typed(running, signed_in, rita):
    text = f"We spoke about {NHS} on 3 March."
    response = signed_in(rita).post(move_page(running, "answer"), {"stage": 1, "text": text})
    assert response.status_code == 422
    assert f"“{NHS}” looks like an NHS number" in words(response)
    assert text in words(response)
    assert 'href="#id_text"' in response.content.decode()
    assert running.stages.get().answered_at is None
    assert (
        signed_in(rita)
        .post(move_page(running, "answer"), {"stage": 1, "text": text.replace(NHS, "BF-1")})
        .status_code
        == 302
    )


def test_form_says_do_not_name_a_child(running, signed_in, rita):
    assert "Do not name a child" in words(signed_in(rita).get(move_page(running, "answer")))


def test_answer_that_comes_too_late_is_refused_with_who_and_when_and_kept_to_copy(
    running, signed_in, bob, rita, charlie
):
    client = signed_in(rita)
    client.get(move_page(running, "answer"))
    actions.withdraw(by=bob, case=running, stage_number=1, reason="Settled meanwhile.")
    response = client.post(move_page(running, "answer"), {"stage": 1, "text": ANSWER})
    page = response.content.decode()
    assert response.status_code == 409
    assert "Already withdrawn by Bob at" in words(response)
    assert "readonly" in page
    assert ANSWER in page
    assert Escalation.objects.get(pk=running.pk).stages.get().answered_at is None


def test_move_that_is_still_possible_at_the_new_stage_keeps_its_text_in_the_form(
    running, signed_in, alice, bob, rita
):
    actions.answer(by=rita, case=running, stage_number=1, text=ANSWER)
    actions.move_up(by=bob, case=running, stage_number=1)
    typed = {"stage": 1, "reason": "It is settled by phone."}
    response = signed_in(alice).post(move_page(running, "withdraw"), typed)
    page = response.content.decode()
    assert response.status_code == 409
    assert "Already moved up by Bob" in words(response)
    assert "readonly" not in page
    assert 'name="stage" value="2"' in page
    again = signed_in(alice).post(move_page(running, "withdraw"), typed | {"stage": 2})
    assert again.status_code == 302


def test_form_that_is_wrong_and_too_late_is_told_that_it_is_too_late(running, signed_in, bob, rita):
    actions.withdraw(by=bob, case=running, stage_number=1, reason="Settled.")
    response = signed_in(rita).post(move_page(running, "answer"), {"stage": 1, "text": NHS})
    assert response.status_code == 409
    assert NHS in words(response)


@pytest.mark.parametrize(
    ("slug", "name"),
    [
        ("answer", "bob"),
        ("acknowledge", "audrey"),
        ("withdraw", "rita"),
        ("decide", "dee"),
        ("approve-skip", "mo"),
        ("move-up", "bob"),
        ("reopen", "dee"),
        ("accept", "bob"),
        ("resume", "bob"),
    ],
)
def test_move_that_is_not_theirs_or_not_now_is_refused_both_ways(
    slug, name, running, people, rita, signed_in
):
    client = signed_in({**vars(people), "rita": rita}[name])
    fields = {
        "stage": 1,
        "text": "x",
        "reason": "x",
        "resolution": "x",
        "learning_theme": "none",
        "position": "2",
    }
    for response in (
        client.get(move_page(running, slug)),
        client.post(move_page(running, slug), fields),
    ):
        assert response.status_code == 409
        assert "This was not done" in words(response)
    assert running.stages.get().closed_at is None


def test_unknown_move_is_missing(running, signed_in, bob):
    assert signed_in(bob).get(move_page(running, "explode")).status_code == 404


def test_form_without_its_stage_is_sent_back(running, signed_in, rita):
    for stage in ("", "x", "0", "99999999999999999999"):
        response = signed_in(rita).post(
            move_page(running, "answer"), {"stage": stage, "text": ANSWER}
        )
        assert response.status_code in (409, 422), stage
        assert ANSWER in words(response)


def test_pause_and_resume_explain_the_date(running, signed_in, bob, mo):
    signed_in(bob).post(move_page(running, "pause"), {"stage": 1, "reason": "Half term"})
    assert "The clock stands while the case is paused." in words(
        signed_in(bob).get(case_page(running))
    )
    signed_in(bob).post(move_page(running, "resume"), {"stage": 1})
    page = words(signed_in(mo).get(case_page(running)))
    assert "Why this date?" in page
    assert "day 5" in page
    assert "not counted: weekend" in page


def test_bank_holiday_is_named_in_the_working(raised, rita, signed_in, bob):
    case = raised(now=timezone.make_aware(timezone.datetime(2025, 12, 23, 10)))
    page = words(signed_in(bob).get(case_page(case)))
    assert "Thursday 25 December 2025: not counted: bank holiday: Christmas Day" in page
    assert "Friday 2 January 2026: day 5" in page


def test_skip_is_asked_for_by_one_and_approved_by_another(running, signed_in, bob, alice, mo):
    signed_in(bob).post(move_page(running, "ask-skip"), {"stage": 1, "reason": "The lead is away."})
    assert "The lead is away." in words(signed_in(alice).get(move_page(running, "approve-skip")))
    assert "The lead is away." not in words(signed_in(mo).get(move_page(running, "approve-skip")))
    assert (
        signed_in(mo)
        .post(move_page(running, "approve-skip"), {"stage": 1, "position": "9"})
        .status_code
        == 422
    )
    assert (
        signed_in(mo)
        .post(move_page(running, "approve-skip"), {"stage": 1, "position": "3"})
        .status_code
        == 302
    )
    assert [s.policy_stage.position for s in running.stages.order_by("number")] == [1, 3]
    assert "Skipped over" in words(signed_in(bob).get(case_page(running)))


def test_reopened_case_keeps_the_words_with_which_it_had_ended(at_last_stage, dee, bob, signed_in):
    actions.decide(by=dee, case=at_last_stage, stage_number=4, decision="A deputy comes each time.")
    signed_in(dee).post(
        move_page(at_last_stage, "reopen"), {"stage": 4, "reason": "Nobody came again."}
    )
    page = words(signed_in(bob).get(case_page(at_last_stage)))
    assert "A deputy comes each time." in page
    assert "Reopened: stage 4 began" in page


def test_moves_need_the_form_of_the_page(running, rita, settings):
    from django.test import Client  # with its own check of the token

    client = Client(enforce_csrf_checks=True)
    client.force_login(rita)
    assert (
        client.post(move_page(running, "answer"), {"stage": 1, "text": ANSWER}).status_code == 403
    )


def test_anonymous_people_are_asked_to_sign_in(running, client):
    for address in (
        "/escalations/",
        case_page(running),
        move_page(running, "answer"),
        reverse("escalation:raise"),
    ):
        assert client.get(address).status_code == 302


def test_due_date_that_moved_with_the_bank_holidays_is_in_the_timeline(running, signed_in, mo):
    due = timezone.localdate(running.stages.get().due_at)
    add_bank_holidays(by=None, country="ENG", days={due: "A day of mourning"})
    page = words(signed_in(mo).get(case_page(running)))
    assert "The bank holidays changed: due by" in page
    assert "not counted: bank holiday: A day of mourning" in page


def test_form_that_is_wrong_and_not_theirs_is_told_that_it_is_not_theirs(running, signed_in, audrey):
    """Of a form that is not filled in well, that the move is not theirs matters more than the fields."""
    answer = signed_in(audrey).post(move_page(running, "withdraw"), {"stage": 1, "reason": ""})
    assert answer.status_code == 409
    assert "is not yours to do in this case" in words(answer)
    assert "Already" not in words(answer)


def test_stage_has_the_number_of_the_policy_on_every_page_and_in_the_mail(at_last_stage, dee, bob, signed_in):
    """Reopened, it is the policy's fourth stage again, whatever number its row has."""
    actions.decide(by=dee, case=at_last_stage, stage_number=4, decision="A deputy comes each time.")
    actions.reopen(by=dee, case=at_last_stage, stage_number=4, reason="Nobody came again.")
    page = words(signed_in(bob).get(case_page(at_last_stage)))
    assert "Now: stage 4" in page and "stage 5" not in page.lower()
    mail = OutboxMessage.objects.latest("pk")
    assert "stage 4 has begun" in mail.subject
    assert "the case is with its final decision-maker" in mail.body
