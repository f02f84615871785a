"""What the database itself refuses on the training floor, whoever writes."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from django.utils import timezone

from compliance.demo import factories as make
from tests.partnership.constraints import constraints_of, refused

pytestmark = pytest.mark.django_db
DAY = date(2014, 4, 1)


def course(**broken):
    return make.CourseFactory, {}, broken


def requirement(**broken):
    return make.RequirementFactory, {
        "partnership": make.PartnershipFactory(), "role_group": make.RoleGroupFactory(),
        "courses": None,
    }, broken


def record(**broken):
    fixed = {"staff_member": make.StaffMemberFactory(), "course": make.CourseFactory()}
    return make.TrainingRecordFactory, fixed, broken


def same_record():
    old = make.TrainingRecordFactory()
    fixed = {"staff_member": old.staff_member, "course": old.course, "completed_on": DAY - DAYS}
    return make.TrainingRecordFactory, fixed, {"completed_on": old.completed_on}


def exemption(**broken):
    return make.ExemptionFactory, {"staff_member": make.StaffMemberFactory()}, broken


def session(**broken):
    fixed = {
        "partnership": make.PartnershipFactory(), "course": make.CourseFactory(), "held_on": DAY,
        "booking_closes_on": DAY,
    }
    return make.SessionFactory, fixed, broken


def same_session():
    old = make.SessionFactory(held_on=DAY, booking_closes_on=DAY, place="Hall")
    fixed = {
        "partnership": old.partnership, "course": old.course, "held_on": DAY, "place": "Hall",
        "booking_closes_on": DAY, "start_time": time(9),
    }
    return make.SessionFactory, fixed, {"start_time": None}


def booking(**broken):
    fixed = {"session": make.SessionFactory(), "staff_member": make.StaffMemberFactory()}
    return make.BookingFactory, fixed, broken


def same_booking():
    old = make.BookingFactory()
    fixed = {
        "session": old.session, "staff_member": old.staff_member, "state": "cancelled",
        "cancelled_at": timezone.now(),
    }
    return make.BookingFactory, fixed, {"state": "waiting", "cancelled_at": None}


DAYS = timedelta(days=1)
# Constraint: a factory, the fields of a good row, and what breaks it.
CASES = {
    "course_hours_not_negative": lambda: course(hours=-1),
    "course_valid_months_positive": lambda: course(valid_months=0),
    "course_counting_dates_in_order": lambda: course(counts_from=DAY, counts_until=DAY),
    "requirement_of_partnership_or_agency": lambda: requirement(agency=make.AgencyFactory()),
    "requirement_hours_with_period": lambda: requirement(hours=3),
    "requirement_dates_in_order": lambda: requirement(effective_from=DAY, effective_until=DAY),
    "trainingrecord_completion_once": same_record,
    "trainingrecord_expires_after_completion": lambda: record(expires_on=DAY, completed_on=DAY),
    "trainingrecord_replaced_with_reason": lambda: record(replaced_at=timezone.now()),
    "trainingrecord_replaced_pair": lambda: record(replaced_by=make.UserFactory()),
    "trainingrecord_confirmed_pair": lambda: record(
        confirmed_at=None, confirmed_by=make.UserFactory()
    ),
    "exemption_dates_in_order": lambda: exemption(from_on=DAY, until_on=DAY),
    "session_once": same_session,
    "session_has_places": lambda: session(places=0),
    "session_times_in_order": lambda: session(start_time=time(9), end_time=time(9)),
    "session_booking_closes_before": lambda: session(booking_closes_on=DAY + DAYS),
    "session_cancelled_or_closed": lambda: session(
        cancelled_at=timezone.now(), cancelled_reason="Off", closed_at=timezone.now()
    ),
    "session_cancelled_with_reason": lambda: session(cancelled_at=timezone.now()),
    "session_cancelled_pair": lambda: session(cancelled_by=make.UserFactory()),
    "session_closed_pair": lambda: session(closed_by=make.UserFactory()),
    "booking_once": same_booking,
    "booking_cancelled_with_moment": lambda: booking(cancelled_at=timezone.now()),
    "booking_cancelled_pair": lambda: booking(cancelled_by=make.UserFactory()),
}


def test_every_constraint_is_tried():
    assert set(CASES) == constraints_of("training")


@pytest.mark.parametrize("name", CASES)
def test_the_database_refuses(name):
    made_by, fixed, broken = CASES[name]()
    assert refused(name, made_by, fixed | broken)
    assert not refused(name, made_by, fixed)


def test_a_requirement_of_nobody_is_refused():
    made_by, fixed, _ = requirement()
    name = "requirement_of_partnership_or_agency"
    assert refused(name, made_by, fixed | {"partnership": None})
    assert not refused(name, made_by, fixed | {"partnership": None, "agency": make.AgencyFactory()})


def test_a_replaced_record_does_not_stand_in_the_way_of_its_correction():
    old = make.TrainingRecordFactory(replaced_at=timezone.now(), replaced_reason="A slip.")
    same = {"staff_member": old.staff_member, "course": old.course}
    assert not refused("trainingrecord_completion_once", make.TrainingRecordFactory, same)
