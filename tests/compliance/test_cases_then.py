"""Escalations in a report of a period that is over: as they stood at its end, whatever came later."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.utils import timezone

from compliance.demo import factories as make
from compliance.measures import Scope, open_ledger, score
from compliance.period import Period
from compliance.rows import opened_count
from escalation.choices import Ended
from escalation.stages import CaseState

pytestmark = pytest.mark.django_db
HALF, NEXT = Period(2014, "H2"), Period(2015, "H1")


def at(*day: int) -> datetime:
    return timezone.make_aware(datetime(*day, 12))


@pytest.fixture
def scope(partnership, agency_a, agency_b) -> Scope:
    """A's: B raised a case about it on 20 March, which moved up in April and was settled in June."""
    case = make.EscalationFactory(
        partnership=partnership, about=agency_a, raised_for=agency_b, raised_at=at(2015, 3, 20)
    )
    first, second = (
        make.PolicyStageFactory(policy=case.policy, position=n, title=title)
        for n, title in enumerate(("Line managers", "Service managers"), start=1)
    )
    make.StageFactory(
        escalation=case, policy_stage=first, number=1, entered_at=at(2015, 3, 20), due_at=at(2015, 3, 27),
        closed_at=at(2015, 4, 10), ended=Ended.MOVED_UP,
    )
    make.StageFactory(
        escalation=case, policy_stage=second, number=2, entered_at=at(2015, 4, 10), due_at=at(2015, 4, 20)
    )
    type(case).objects.filter(pk=case.pk).update(
        closed_at=at(2015, 6, 2), state=CaseState.RESOLVED, closed_by=case.raised_by, resolution="Settled."
    )
    return Scope(partnership, partnership.memberships.get(agency=agency_a))


def test_what_was_closed_later_was_open_at_its_stage_then(scope):
    card = score(scope, HALF, with_names=True)
    assert card.count("escalations_open") == 1
    (line,) = card.cases
    assert (line.stage, line.days, line.state) == ("1: Line managers", 11, "Open")
    (row,) = opened_count(open_ledger(scope, HALF), "escalations_open", names=True).rows
    assert row.cells[-2:] == ("1: Line managers", "Open")


def test_what_was_closed_in_the_period_says_how(scope):
    card = score(scope, NEXT, with_names=True)
    (line,) = card.cases
    assert (line.stage, line.days, line.state) == ("2: Service managers", 73, "Resolved")
    assert score(scope, Period(2015, "H2"), with_names=True).cases == ()
