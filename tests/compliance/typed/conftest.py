"""Northwold's year: two families with five children on a plan at its end, by its conferences."""

from __future__ import annotations

from datetime import date

import pytest

from compliance import actions
from compliance.demo import factories as make
from compliance.measures import Scope
from compliance.models import TypedCount
from compliance.period import Period
from tests.compliance.annual.conftest import conference

YEAR = Period(2014)
LAST = date(2015, 3, 31)
SOURCE = "Case system, monthly return."


@pytest.fixture
def scope(partnership) -> Scope:
    return Scope(partnership)


@pytest.fixture
def plans(partnership):
    """Three children of one family, two of another; a third family has none on a plan any more."""
    for number, (on_plan, month) in enumerate(((3, 5), (2, 6), (0, 7)), start=1):
        conference(
            partnership, f"NW-4{number}", date(2014, month, 12), family_ref=f"FAM-{number}", children=3,
            children_on_plan_after=on_plan, plan_neg=on_plan,
        )


@pytest.fixture
def typed(partnership, dana):
    """Type a count of Northwold: seven children in two families on the last day, unless told otherwise."""

    def type_one(counted_on: date = LAST, **fields) -> TypedCount:
        usual = {"by": dana, "partnership": partnership, "children": 7, "families": 2, "source": SOURCE}
        return actions.type_count(counted_on=counted_on, **usual | fields)

    return type_one


@pytest.fixture
def far(elsewhere) -> TypedCount:
    """A count of Southmere."""
    return make.TypedCountFactory(partnership=elsewhere, children=9, families=4)
