"""Sessions: one to come with few places, one of last week with a register to take."""

from __future__ import annotations

from datetime import timedelta

import pytest

from compliance.demo import factories as make
from partnership.models import today
from training.choices import BookingState


@pytest.fixture
def days():
    """A day so many days from today."""
    return lambda number: today() + timedelta(days=number)


@pytest.fixture
def taught(db):
    return make.CourseFactory(code="CPC", title="Conferences and core groups", conference_duty=True)


@pytest.fixture
def session(partnership, taught):
    """Two places in a fortnight; booking closes the week before."""
    return make.SessionFactory(partnership=partnership, course=taught, places=2, place="Town Hall")


@pytest.fixture
def session_elsewhere(elsewhere, taught):
    return make.SessionFactory(partnership=elsewhere, course=taught, places=2, place="Far Hall")


@pytest.fixture
def staff(agency_a, role_group, staff_a, staff_a2):
    """Bob, his colleague and three more of A."""
    return [staff_a, staff_a2, *make.StaffMemberFactory.create_batch(3, agency=agency_a, role_group=role_group)]


@pytest.fixture
def held(partnership, taught, days):
    """A session of last week: its register is open."""
    return make.SessionFactory(partnership=partnership, course=taught, held_on=days(-7), place="Town Hall")


@pytest.fixture
def booked(held, staff_a, staff_a2, staff_b):
    """Bob, his colleague and one of B had a place at it."""
    return [
        make.BookingFactory(session=held, staff_member=person, state=BookingState.BOOKED)
        for person in (staff_a, staff_a2, staff_b)
    ]
