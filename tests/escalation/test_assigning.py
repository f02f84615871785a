"""Giving a case to another decision-maker: by the manager, to one without an interest."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from compliance.demo import factories as make
from escalation import actions
from escalation.stages import Move
from partnership.models import Grant, HistoryEntry, OutboxMessage
from partnership.roles import Role
from tests.conftest import person
from tests.escalation.acting import AT_LAST, LATE, START, act, anew, may

pytestmark = pytest.mark.django_db

NOW = AT_LAST + timedelta(days=1)


@pytest.fixture
def dora(partnership):
    """A second decision-maker."""
    return person("Dora", Role.DECISION_MAKER, partnership=partnership)


def assign(by, case, decider):
    return actions.assign_decider(by=anew(by), case=case, decider=decider, now=NOW)


def test_a_case_whose_decision_maker_left_is_given_to_another(at_last_stage, mo, dee, dora):
    Grant.objects.filter(user=dee).delete()
    assert not may(Move.DECIDE, dora, at_last_stage, NOW)
    OutboxMessage.objects.all().delete()
    before = HistoryEntry.objects.count()
    assign(mo, at_last_stage, dora)
    assert may(Move.DECIDE, dora, at_last_stage, NOW)
    assert list(OutboxMessage.objects.values_list("to", flat=True)) == [dora.email]
    [entry] = HistoryEntry.objects.order_by("-pk")[: HistoryEntry.objects.count() - before]
    assert (entry.verb, entry.user) == ("assigned", mo)
    assert entry.changes == {"decider": [dee.pk, dora.pk]}


def test_only_the_manager_of_the_partnership_assigns(case, people, rita, dora, elsewhere):
    others = {**vars(people), "rita": rita, "dora": dora}
    del others["mo"]
    others["manfred"] = person("Manfred", Role.PARTNERSHIP_MANAGER, partnership=elsewhere)
    for user in others.values():
        with pytest.raises(actions.MoveRefused, match="Only the partnership's manager"):
            assign(user, case, dora)
    assert assign(people.mo, case, dora).decider == dora


@pytest.mark.parametrize("how", ["interest", "no office", "office elsewhere", "free"])
def test_only_one_in_office_without_an_interest_is_assigned(
    case, mo, dora, agency_a, elsewhere, how
):
    if how == "interest":
        make.GrantFactory(user=dora, role=Role.PRACTITIONER, agency=agency_a)
    elif how != "free":
        place = {"no office": None, "office elsewhere": elsewhere}[how]
        rows = Grant.objects.filter(user=dora)
        rows.update(partnership=place) if place else rows.delete()
    if how == "free":
        assert assign(mo, case, dora).decider == dora
        return
    with pytest.raises(ValidationError, match="Dora may not decide this case"):
        assign(mo, case, dora)
    case.refresh_from_db()
    assert case.decider is None


def test_a_closed_case_is_given_to_one_who_may_open_it_again(case, bob, mo, dora, dee):
    """Also where the first has left, and where the case never came to the stage that is decided."""
    act(Move.WITHDRAW, bob, case)
    assert not any(may(Move.REOPEN, user, case, NOW) for user in (dora, dee, mo))
    OutboxMessage.objects.all().delete()
    assign(mo, case, dora)
    mail = OutboxMessage.objects.get()
    assert (mail.to, "you may open it again" in mail.subject) == (dora.email, True)
    assert not may(Move.DECIDE, dora, case, NOW)
    act(Move.REOPEN, dora, case, NOW)
    case.refresh_from_db()
    assert case.state == "open"


def test_one_who_was_assigned_early_stays_when_the_last_stage_begins(case, bob, mo, dee, dora):
    assign(mo, case, dora)
    for number in (1, 2, 3):
        act(Move.MOVE_UP, bob, case, START + number * (LATE - START))
    case.refresh_from_db()
    assert (case.stages.count(), case.decider) == (4, dora)


def test_an_assignment_that_is_undone_leaves_nothing(case, mo, dora):
    counts = [HistoryEntry.objects.count(), OutboxMessage.objects.count()]
    with pytest.raises(RuntimeError), transaction.atomic():
        assign(mo, case, dora)
        raise RuntimeError
    assert [HistoryEntry.objects.count(), OutboxMessage.objects.count()] == counts
    case.refresh_from_db()
    assert case.decider is None
