"""What the tests of these pages share: reading them, and a trust above agency A."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from compliance.demo import factories as make
from partnership.models import Membership, User, today
from partnership.roles import Role
from tests.conftest import person
from tests.reading import same, text

__all__ = ["same", "text"]


@pytest.fixture
def max_(elsewhere):
    """Manager of Southmere."""
    return person("Max", Role.PARTNERSHIP_MANAGER, partnership=elsewhere)


@pytest.fixture
def second_manager(partnership):
    """Another manager of Northwold."""
    return person("Mary", Role.PARTNERSHIP_MANAGER, partnership=partnership)


@pytest.fixture
def trust(partnership, agency_a, agency_b):
    """An agency above A and B, of Northwold too; Tess leads it, and so its parts."""
    found = make.AgencyFactory(name="Northwold Trust")
    make.MembershipFactory(partnership=partnership, agency=found, code="TRU")
    for part in (agency_a, agency_b):
        part.parent = found
        part.save()
    found.lead = person("Tess", Role.AGENCY_LEAD, agency=found)
    return found


@pytest.fixture
def tomorrow():
    return today() + timedelta(days=1)


def membership(agency, partnership=None) -> Membership:
    rows = Membership.objects.filter(agency=agency)
    return rows.get(partnership=partnership) if partnership else rows.get()


def typed(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def fresh(user: User) -> User:
    """The account as it is read on the next request."""
    return User.objects.get(pk=user.pk)


def names(answer) -> list[str]:
    """The first words of each row of the list."""
    return [row[0]["text"] if isinstance(row[0], dict) else row[0] for row in answer.context["rows"]]
