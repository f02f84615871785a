"""A round of returns of Northwold for a term that is over: A and B are asked; one of Southmere."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from compliance import actions
from compliance.demo import factories as make
from compliance.period import Period
from partnership.models import OutboxMessage, today

TERM = Period.parse("2014-15-H2")
CONFIRMED = {
    "name": "Jane Doe", "role": "Head of service", "staff_complete_on": date(2015, 3, 31),
    "training_logged": True, "attendance_checked": True,
}


def in_days(days: int) -> date:
    return today() + timedelta(days=days)


@pytest.fixture
def asked(partnership, agency_a, agency_b, mo):
    """Asked for by Mo, due in 30 days; nothing in the outbox."""
    row = actions.open_round(by=mo, partnership=partnership, period=TERM, due_on=in_days(30))
    OutboxMessage.objects.all().delete()
    return row


@pytest.fixture
def of_a(asked, agency_a):
    return asked.returns.get(membership__agency=agency_a)


@pytest.fixture
def of_b(asked, agency_b):
    return asked.returns.get(membership__agency=agency_b)


@pytest.fixture
def far(elsewhere, agency_c):
    """Southmere's."""
    row = make.ReturnRoundFactory(partnership=elsewhere, period=TERM.slug, due_on=in_days(30))
    return make.AgencyReturnFactory(round=row, membership=agency_c.memberships.get())


def sign(row, **changes):
    return actions.sign_return(**{"by": None, "row": row, **CONFIRMED, **changes})


def make_late(asked, days: int = 10):
    """Its due day is over since so many days."""
    type(asked).objects.filter(pk=asked.pk).update(due_on=in_days(-days))
    asked.refresh_from_db()
    return asked
