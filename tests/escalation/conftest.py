"""A case of Northwold: Bob of agency A raised it about agency B, where Rita is named to answer."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from escalation import actions
from escalation.choices import Contact, Grounds
from escalation.stages import Move
from partnership.roles import Role
from tests.conftest import person
from tests.escalation.acting import START, act

SINCE = date(2000, 1, 1)
CONCERN = "Nobody came and no word was sent."
WANTED = "A deputy at the next conference."


@pytest.fixture
def policy(partnership):
    return actions.adopt_preset(
        by=None, partnership=partnership, preset="default", effective_from=SINCE
    )


@pytest.fixture
def anna(agency_a):
    """A practitioner of A who has no part in the case."""
    return person("Anna", Role.PRACTITIONER, agency=agency_a)


@pytest.fixture
def ben(agency_b):
    """A practitioner of B who has no part in the case."""
    return person("Ben", Role.PRACTITIONER, agency=agency_b)


@pytest.fixture
def rita(agency_b):
    """A practitioner of B, named as its line manager: she answers the first stage."""
    user = person("Rita", Role.PRACTITIONER, agency=agency_b)
    actions.name_contact(by=None, agency=agency_b, role=Contact.LINE_MANAGER, user=user)
    return user


@pytest.fixture
def raised(partnership, policy, agency_a, agency_b, alice, bob, charlie, mo):
    """Raise a case: by Bob for A about B at the start, unless the test says otherwise."""

    def make_one(**fields):
        about = {"grounds": Grounds.NOT_ATTENDED, "concern": CONCERN, "outcome_wanted": WANTED}
        people = {"by": bob, "partnership": partnership, "raised_for": agency_a, "about": agency_b}
        return actions.raise_escalation(**people | about | {"now": START} | fields)

    return make_one


@pytest.fixture
def case(raised, rita):
    """In its first of four stages, due at the end of 8 June 2026."""
    return raised()


@pytest.fixture
def at_last_stage(case, bob, dee):
    """The same case moved up to the stage at which the partnership decides; Dee is assigned."""
    for number in (1, 2, 3):
        act(Move.MOVE_UP, bob, case, START + number * timedelta(days=60))
    case.refresh_from_db()
    assert (case.stages.count(), case.decider) == (4, dee)
    return case
