"""Who may open which page, and what of a case it shows them."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from escalation import actions
from escalation.casebook import Reader
from partnership.spreadsheets import spoken
from tests.escalation.conftest import CONCERN, WANTED
from tests.escalation.pages.conftest import LATELY, case_page, move_page, same_body, words

pytestmark = pytest.mark.django_db
DANGER = "Immediate danger goes by referral or 999 today; no stage clock holds that up."


@pytest.fixture
def everybody(people, rita, anna, ben):
    return {**vars(people), "rita": rita, "anna": anna, "ben": ben}


SEES = {"alice", "bob", "charlie", "rita", "mo", "dee", "audrey"}
READS = {"alice", "bob", "charlie", "rita"}
NAMES = (
    "alice",
    "bob",
    "charlie",
    "dana",
    "tara",
    "sam",
    "mo",
    "dee",
    "audrey",
    "outsider",
    "rita",
    "anna",
    "ben",
)


@pytest.mark.parametrize("name", NAMES)
def test_case_page_opens_for_those_who_may_see_it_and_narrative_for_those_who_take_part(
    name, everybody, running, signed_in
):
    response = signed_in(everybody[name]).get(case_page(running))
    assert response.status_code == (200 if name in SEES else 404)
    if name in SEES:
        assert DANGER in words(response)
        assert (CONCERN in words(response)) is (name in READS)
        assert (WANTED in words(response)) is (name in READS)
        assert (everybody["rita"].name in words(response).replace("Rita Sign out", "")) is (
            name in READS
        )


@pytest.mark.parametrize("name", sorted(set(NAMES) - SEES))
def test_another_partys_case_answers_exactly_like_a_missing_one(
    name, everybody, running, signed_in
):
    client = signed_in(everybody[name])
    for address in (
        case_page(running),
        move_page(running, "answer"),
        reverse("compliance:case-summary", args=[running.reference]),
        reverse("escalation:document", args=[running.reference]),
    ):
        there = client.get(address)
        missing = client.get(address.replace(running.reference, "NW-2026-9999"))
        assert (there.status_code, missing.status_code) == (404, 404)
        assert same_body(there) == same_body(missing)


def test_pause_reason_and_answer_are_for_the_parties(running, signed_in, bob, rita, mo, audrey):
    reason, answer = "Half term in every school", "A deputy is named from Monday."
    actions.pause(by=bob, case=running, stage_number=1, reason=reason)
    actions.resume(by=bob, case=running, stage_number=1)
    actions.answer(by=rita, case=running, stage_number=1, text=answer)
    for user, reads in ((bob, True), (rita, True), (mo, False), (audrey, False)):
        page = words(signed_in(user).get(case_page(running)))
        assert (reason in page, answer in page) == (reads, reads), user
        assert "Paused" in page


def test_agreed_action_is_for_the_parties_and_the_manager_and_the_theme_for_all(
    running, signed_in, bob, rita, mo, dee, audrey
):
    actions.answer(by=rita, case=running, stage_number=1, text="A deputy.")
    agreed = {"text": "Put dates on the rota", "owner": "Duty team", "due_on": timezone.localdate()}
    actions.accept(
        by=bob,
        case=running,
        stage_number=1,
        resolution="Settled by phone.",
        learning_theme="invitations",
        actions=[agreed],
    )
    for user, sees in ((bob, True), (mo, True), (dee, False), (audrey, False)):
        page = words(signed_in(user).get(case_page(running)))
        assert ("Put dates on the rota" in page) is sees, user
        assert "Invitations and diaries" in page
        assert ("Settled by phone." in page) is (user == bob)


def test_unassigned_decider_reads_no_narrative_and_the_assigned_one_does(
    at_last_stage, dee, signed_in
):
    assert Reader.of(dee, at_last_stage) == Reader(True, True)
    at_last_stage.decider = None
    at_last_stage.save()
    assert Reader.of(dee, at_last_stage) == Reader(False, False)
    assert CONCERN not in words(signed_in(dee).get(case_page(at_last_stage)))


def test_meeting_is_a_link_only_for_those_who_may_open_it(
    raised, meeting, signed_in, bob, rita, charlie, mo
):
    case = raised(meetings=[meeting], now=timezone.now())
    link = reverse("conferences:meeting-detail", args=["NW", meeting.reference])
    for user, opens in ((bob, True), (charlie, True), (mo, True), (rita, False)):
        response = signed_in(user).get(case_page(case))
        assert (link in response.content.decode()) is opens, user
        assert meeting.reference in words(response)


def test_what_may_be_done_stands_on_the_page_and_nothing_else(
    running, signed_in, bob, rita, mo, audrey
):
    shown = {
        user.name: {
            slug
            for slug in (
                "acknowledge",
                "answer",
                "pause",
                "withdraw",
                "ask-skip",
                "accept",
                "decide",
            )
            if move_page(running, slug) in signed_in(user).get(case_page(running)).content.decode()
        }
        for user in (bob, rita, mo, audrey)
    }
    assert shown == {
        "Bob": {"pause", "withdraw", "ask-skip"},
        "Rita": {"acknowledge", "answer"},
        "Mo": set(),
        "Audrey": set(),
    }


def test_documents_and_identity_are_for_those_who_take_part(running, signed_in, bob, mo):
    for name, fields in (
        ("document", {"reference": "DOC-7", "title": "Minutes"}),
        ("identity", {"on": LATELY, "to": "Duty team", "file_noted": "on"}),
    ):
        address = reverse(f"escalation:{name}", args=[running.reference])
        assert signed_in(mo).get(address).status_code == 404
        assert signed_in(mo).post(address, fields).status_code == 404
        seen = signed_in(bob).get(address).context["seen"]
        assert signed_in(bob).post(address, fields | {"seen": seen}).status_code == 302
    page = words(signed_in(bob).get(case_page(running)))
    assert "DOC-7" in page
    running.refresh_from_db()
    day = spoken(running.identity_passed_on)
    assert f"Passed on outside Quorate on {day} to Duty team" in page
    other = words(signed_in(mo).get(case_page(running)))
    assert "DOC-7" not in other
    assert "Duty team" not in other
    assert day in other


def test_subgroup_sees_themes_only(running, signed_in, sam, mo, agency_a, agency_b):
    assert signed_in(sam).get("/escalations/").url == reverse("escalation:themes")
    page = words(signed_in(sam).get(reverse("escalation:themes")))
    assert "A conference or core group was not attended 1 0" in page
    for hidden in (running.reference, agency_a.name, agency_b.name, CONCERN):
        assert hidden not in page
    assert signed_in(mo).get(reverse("escalation:themes")).status_code == 403


def test_training_administrator_has_no_way_there(signed_in, tara):
    assert signed_in(tara).get("/escalations/").status_code == 403
    assert 'href="/escalations/"' not in signed_in(tara).get("/").content.decode()


@pytest.mark.parametrize(
    ("name", "there"), [("bob", True), ("sam", True), ("audrey", True), ("tara", False)]
)
def test_menu_leads_there_for_those_who_may(name, there, people, signed_in):
    page = signed_in(getattr(people, name)).get("/").content.decode()
    assert ('href="/escalations/"' in page) is there


def test_case_page_asks_as_often_with_few_events_as_with_many(
    running, signed_in, bob, rita, django_assert_num_queries, django_assert_max_num_queries
):
    def more():
        actions.pause(by=bob, case=running, stage_number=1, reason="Half term")
        actions.resume(by=bob, case=running, stage_number=1)
        actions.add_document(by=bob, case=running, reference="D", title="Minutes")

    more()
    client = signed_in(bob)
    client.get(case_page(running))
    with django_assert_max_num_queries(20) as few:
        client.get(case_page(running))
    more()
    more()
    actions.answer(by=rita, case=running, stage_number=1, text="A deputy.")
    actions.move_up(by=bob, case=running, stage_number=1)
    with django_assert_num_queries(len(few)):
        client.get(case_page(running))
