"""Who is told by mail, and in which words: agencies and days, never a person or a narrative."""

from __future__ import annotations

import pytest

from escalation.choices import Tell
from escalation.models import Escalation
from escalation.stages import Move
from escalation.telling import people, tell
from partnership.models import Grant, OutboxMessage
from partnership.roles import Role
from tests.conftest import person
from tests.escalation.acting import act, open_stage
from tests.escalation.conftest import CONCERN

pytestmark = pytest.mark.django_db


def told(case, word) -> list[str]:
    row = Escalation.objects.get(pk=case.pk)
    stage = row.stages.order_by("number").last()
    stage.escalation = row
    return [user.name for user in people(row, stage, [word])]


@pytest.mark.parametrize(
    ("word", "name", "instead"),
    [(Tell.RAISER, "Bob", ["Alice"]), (Tell.RESPONDER, "Rita", ["Charlie"])],
)
def test_one_who_left_their_side_is_told_nothing_more_but_their_lead_is(
    case, agency_a, agency_b, word, name, instead
):
    assert told(case, word) == [name]
    grants = Grant.objects.filter(user__name=name)
    grants.update(agency=agency_b if name == "Bob" else agency_a)
    assert told(case, word) == instead


def test_a_case_of_the_service_is_told_to_those_who_are_of_it(raised, dana, rita, partnership):
    case = raised(by=dana, raised_for=None)
    person("Delia", Role.CONFERENCE_ADMIN, partnership=partnership)
    assert told(case, Tell.RAISER) == ["Dana"]
    Grant.objects.filter(user=dana).delete()
    assert told(case, Tell.RAISER) == ["Delia"]


def test_a_decision_maker_out_of_office_is_told_nothing(at_last_stage, dee):
    assert told(at_last_stage, Tell.DECIDER) == ["Dee"]
    Grant.objects.filter(user=dee).delete()
    assert told(at_last_stage, Tell.DECIDER) == []


def test_mail_says_which_agencies_and_until_when_and_names_nobody(case, rita, bob):
    mail = OutboxMessage.objects.get(to=rita.email)
    assert mail.body.splitlines()[:5] == [
        "NW-2026-0001: stage 1 has begun.", "",
        "Raised for Northwold Social Care about Northwold Police. "
        "Stage 1: Practitioner to line manager.", "",
        "An answer is due by the end of 8 June 2026.",
    ]
    assert "/escalations/NW-2026-0001/" in mail.body
    for user in ("Bob", "Rita", CONCERN):
        assert user not in mail.body
    act(Move.ANSWER, rita, case)
    answered = OutboxMessage.objects.filter(to=bob.email).last()
    assert "about Northwold Police" in answered.body and "due" not in answered.body


def test_mail_of_a_case_of_the_service_says_so(raised, dana, rita):
    raised(by=dana, raised_for=None)
    mail = OutboxMessage.objects.filter(to=rita.email).last()
    assert "Raised for the conference service of Northwold about Northwold Police." in mail.body


def test_nobody_is_told_twice(case, alice):
    stage = open_stage(case)
    stage.escalation = case
    OutboxMessage.objects.all().delete()
    tell(case, stage, [Tell.RAISING_LEAD, Tell.RAISING_LEAD], "it is noted")
    assert OutboxMessage.objects.get().to == alice.email
