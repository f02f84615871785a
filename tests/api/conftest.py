"""The year with figures, and keys of other systems."""

from __future__ import annotations

import pytest

from compliance.demo import factories as make
from tests import filled as world
from tests.api.machines import machine

filled = world.filled


@pytest.fixture
def of_a(agency_a):
    """A key of agency A with every scope that an agency's key can have."""
    return machine(agency=agency_a)


@pytest.fixture
def of_northwold(partnership):
    """A key of Northwold with every scope that a partnership's key can have."""
    return machine(partnership=partnership)


@pytest.fixture
def course(db):
    return make.CourseFactory(code="CPC", valid_months=36)
