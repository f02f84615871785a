"""A half-year of Northwold that is over, with a conference that A and B were invited to."""

from __future__ import annotations

import pytest

from compliance.actions import issue_report
from compliance.period import Period
from conferences.actions import close_registers
from partnership.models import Membership

HALF = Period(2014, "H2")


@pytest.fixture
def member_a(partnership, agency_a) -> Membership:
    return partnership.memberships.select_related("agency", "partnership").get(agency=agency_a)


@pytest.fixture
def member_b(partnership, agency_b) -> Membership:
    return partnership.memberships.select_related("agency", "partnership").get(agency=agency_b)


@pytest.fixture
def issue(partnership, sam):
    """Sam issues a report of Northwold."""

    def run(membership=None, **told):
        told = {"by": sam, "period": HALF} | told
        return issue_report(partnership=partnership, membership=membership, **told)

    return run


@pytest.fixture
def correct_figures(meeting, dana):
    """Something that changes the figures of the half-year: the register is closed."""
    return lambda: close_registers(by=dana, meetings=[meeting], tell=False)
