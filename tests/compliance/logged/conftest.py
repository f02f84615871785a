"""An action of Northwold's board, owned by A; one of B; one of Southmere."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from compliance import actions
from compliance.models import Action, ActionSource
from partnership.models import OutboxMessage, today

ASKED = "Put every conference date on the duty rota."
MET = {"source": ActionSource.MEETING, "met_on": date(2026, 5, 1)}


def soon(days: int = 30) -> date:
    return today() + timedelta(days=days)


@pytest.fixture
def log(partnership, agency_a, sam):
    """Log an action: by Sam for agency A, due in thirty days, unless the test says otherwise."""

    def log_one(**fields) -> Action:
        usual = {
            "by": sam, "partnership": partnership, "asked": ASKED, "owner": agency_a, "due_on": soon(),
        }
        source = {} if "source" in fields else MET
        return actions.log_action(**usual | source | fields)

    return log_one


@pytest.fixture
def action(log, alice):
    """NW-A-001, owned by A; nothing in the outbox."""
    row = log()
    OutboxMessage.objects.all().delete()
    return row


@pytest.fixture
def everywhere(action, log, agency_b, agency_c, elsewhere, people):
    """The same, with an action of B, and one of Southmere."""
    return SimpleNamespace(
        a=action, b=log(owner=agency_b, by=None),
        far=log(partnership=elsewhere, owner=agency_c, by=None),
    )
