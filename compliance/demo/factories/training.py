"""Courses, requirements, records, exemptions; sessions and their bookings."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from compliance.demo.factories.floor import (
    SINCE,
    PartnershipFactory,
    RoleGroupFactory,
    StaffMemberFactory,
)
from training.choices import CALLED_OFF, BookingState, Delivery, ExemptionReason, Provider
from training.models import (
    Booking,
    Course,
    Exemption,
    KeptStanding,
    Requirement,
    Session,
    TrainingRecord,
)


class CourseFactory(DjangoModelFactory):
    """A course of three hours that counts for three years; ``covers`` takes courses."""

    class Meta:
        model = Course
        skip_postgeneration_save = True

    code = factory.Sequence(lambda n: f"C{n}")
    title = factory.Sequence(lambda n: f"Course {n}")
    hours = Decimal("3")
    delivery = Delivery.TAUGHT
    valid_months = 36

    @factory.post_generation
    def covers(self, create, courses, **kwargs):
        if create and courses:
            self.covers.set(courses)


class RequirementFactory(DjangoModelFactory):
    """A partnership's requirement; an agency's own with ``agency=…, partnership=None``."""

    class Meta:
        model = Requirement
        skip_postgeneration_save = True

    partnership = factory.SubFactory(PartnershipFactory)
    role_group = factory.SubFactory(RoleGroupFactory)
    effective_from = SINCE

    @factory.post_generation
    def courses(self, create, courses, **kwargs):
        if create:
            self.courses.set(courses if courses is not None else [CourseFactory()])


class TrainingRecordFactory(DjangoModelFactory):
    """A confirmed record, its expiry worked out by the course; unconfirmed: ``confirmed_at=None``."""

    class Meta:
        model = TrainingRecord

    staff_member = factory.SubFactory(StaffMemberFactory)
    course = factory.SubFactory(CourseFactory)
    completed_on = date(2014, 4, 1)
    expires_on = factory.LazyAttribute(lambda record: record.course.expiry(record.completed_on))
    provider = Provider.PARTNERSHIP
    confirmed_at = factory.LazyFunction(timezone.now)


class ExemptionFactory(DjangoModelFactory):
    class Meta:
        model = Exemption

    staff_member = factory.SubFactory(StaffMemberFactory)
    reason = ExemptionReason.UNAVAILABLE
    from_on = date(2014, 4, 1)
    until_on = date(2015, 4, 1)


class SessionFactory(DjangoModelFactory):
    """A session of ten places in a fortnight, booking open until the week before."""

    class Meta:
        model = Session

    partnership = factory.SubFactory(PartnershipFactory)
    course = factory.SubFactory(CourseFactory)
    held_on = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=14))
    place = factory.Sequence(lambda n: f"Room {n}")
    provider = Provider.PARTNERSHIP
    places = 10
    booking_closes_on = factory.LazyAttribute(lambda row: row.held_on - timedelta(days=7))


class BookingFactory(DjangoModelFactory):
    """A place for somebody; who called it off did so now."""

    class Meta:
        model = Booking

    session = factory.SubFactory(SessionFactory)
    staff_member = factory.SubFactory(StaffMemberFactory)
    agency = factory.SelfAttribute("staff_member.agency")
    state = BookingState.BOOKED
    cancelled_at = factory.LazyAttribute(
        lambda row: timezone.now() if row.state in CALLED_OFF else None
    )


class KeptStandingFactory(DjangoModelFactory):
    """A row that has not been reckoned yet."""

    class Meta:
        model = KeptStanding

    staff_member = factory.SubFactory(StaffMemberFactory)
