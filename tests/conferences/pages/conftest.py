"""The lines of NW-1, and a second conference administrator."""

from __future__ import annotations

import pytest

from partnership.roles import Role
from tests.conftest import person


@pytest.fixture
def ours(meeting, agency_a):
    return meeting.lines.get(agency=agency_a)


@pytest.fixture
def theirs(meeting, agency_b):
    return meeting.lines.get(agency=agency_b)


@pytest.fixture
def second_admin(partnership):
    return person("Dilys", Role.CONFERENCE_ADMIN, partnership=partnership)
