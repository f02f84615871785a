"""Agency A with a course that is asked of its front line, and A's people in each standing."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from compliance.demo import factories as make
from partnership.models import today
from partnership.roles import Role
from tests.conftest import person
from tests.reading import same, text

__all__ = ["same", "text"]


@pytest.fixture
def course(db):
    return make.CourseFactory(code="CPC", title="Conferences and core groups", valid_months=36, conference_duty=True)


@pytest.fixture
def town(partnership, elsewhere, agency_a, agency_b, agency_c, role_group, staff_a, staff_a2, staff_b, staff_c, course):
    """Bob was never trained, his colleague expired; the same course is asked everywhere."""
    for place in (partnership, elsewhere):
        make.RequirementFactory(partnership=place, role_group=role_group, courses=[course])
    for row, first, last in (
        (staff_a, "Bobina", "Alphason"), (staff_a2, "Siân", "Łukaszek"), (staff_b, "Bertha", "Betason"),
        (staff_c, "Cecil", "Gammason"),
    ):
        row.first_name, row.last_name = first, last
        row.save()
    record = make.TrainingRecordFactory(
        staff_member=staff_a2, course=course, completed_on=date(2012, 4, 1), expires_on=date(2015, 4, 1)
    )
    return SimpleNamespace(
        partnership=partnership, agency_a=agency_a, agency_b=agency_b, course=course, record=record,
        role_group=role_group, bob=staff_a, sian=staff_a2, bertha=staff_b, cecil=staff_c,
    )


@pytest.fixture
def second_lead(agency_a):
    """Another lead of agency A."""
    return person("Anna", Role.AGENCY_LEAD, agency=agency_a)


@pytest.fixture
def yesterday():
    return today() - timedelta(days=1)


def trained(town, who, days_left: int):
    """A record of somebody that expires in so many days."""
    expires = today() + timedelta(days=days_left)
    return make.TrainingRecordFactory(
        staff_member=who, course=town.course, completed_on=expires - timedelta(days=1095),
        expires_on=expires,
    )
