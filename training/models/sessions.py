"""A course on a day: its places, who booked one, and what became of each booking."""

from __future__ import annotations

from datetime import date, time

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from partnership.models import (
    Agency,
    Partnership,
    StaffMember,
    User,
    by_needs_at,
    with_reason,
)
from training import querysets
from training.choices import CALLED_OFF, LIVE, BookingState, Provider
from training.models.courses import Course
from training.models.records import TrainingRecord


class Session(models.Model):
    """A course on a day, offered by a partnership to the people of its agencies."""

    partnership = models.ForeignKey(Partnership, models.PROTECT, related_name="sessions")
    course = models.ForeignKey(Course, models.PROTECT, related_name="sessions")
    held_on = models.DateField()
    start_time = models.TimeField(null=True, blank=True)
    end_time = models.TimeField(null=True, blank=True)
    place = models.CharField(max_length=120, blank=True)
    provider = models.CharField(
        max_length=20, choices=Provider.choices, default=Provider.PARTNERSHIP
    )
    places = models.PositiveSmallIntegerField(validators=[MinValueValidator(1)])
    booking_closes_on = models.DateField(
        help_text="The last day to book, and to cancel in time."
    )
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    cancelled_reason = models.CharField(max_length=200, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = querysets.SessionQuerySet.as_manager()

    class Meta:
        ordering = ["held_on", "start_time", "pk"]
        constraints = [
            models.UniqueConstraint(
                "partnership", "course", "held_on", Coalesce("start_time", Value(time.min)), "place",
                condition=Q(cancelled_at__isnull=True),
                name="session_once",
                violation_error_message="That session is there already: the same course, day, time "
                "and place.",
            ),
            models.CheckConstraint(name="session_has_places", condition=Q(places__gte=1)),
            models.CheckConstraint(
                name="session_times_in_order",
                condition=Q(end_time__isnull=True) | Q(end_time__gt=F("start_time")),
                violation_error_message="The end must be after the start.",
            ),
            models.CheckConstraint(
                name="session_booking_closes_before",
                condition=Q(booking_closes_on__lte=F("held_on")),
                violation_error_message="Booking cannot close after the day of the session.",
            ),
            models.CheckConstraint(
                name="session_cancelled_or_closed",
                condition=Q(cancelled_at__isnull=True) | Q(closed_at__isnull=True),
            ),
            with_reason("session_cancelled_with_reason", "cancelled_at", "cancelled_reason"),
            by_needs_at("session_cancelled_pair", "cancelled_at", "cancelled_by"),
            by_needs_at("session_closed_pair", "closed_at", "closed_by"),
        ]
        indexes = [models.Index(fields=["partnership", "held_on"], name="session_by_day")]

    def __str__(self) -> str:
        return f"{self.course}, {self.held_on:%d/%m/%Y}"

    def clean(self) -> None:
        wrong = {}
        if self.end_time and not self.start_time:
            wrong["start_time"] = "Give the start as well as the end."
        elif self.end_time and self.end_time <= self.start_time:
            wrong["end_time"] = "The end must be after the start."
        if self.held_on and self.booking_closes_on and self.booking_closes_on > self.held_on:
            wrong["booking_closes_on"] = "Booking cannot close after the day of the session."
        if self.course_id and self.held_on and not self.course.counts_on(self.held_on):
            wrong["held_on"] = "The course does not count on that day. See its dates."
        if wrong:  # all at once, each at its field
            raise ValidationError(wrong)

    @property
    def live(self) -> bool:
        """Neither cancelled nor with a closed register: what is in it can still change."""
        return not (self.cancelled_at or self.closed_at)

    def open_to_book(self, on: date) -> bool:
        return self.live and on <= self.booking_closes_on

    def takes_register(self, on: date) -> bool:
        """Whether who came can be noted: from the day itself on."""
        return self.cancelled_at is None and on >= self.held_on


class Booking(models.Model):
    """A person's place at a session, or their way to it; and what became of it.

    One row counts in exactly one way. Who cancels and books again has two: the cancellation stays.
    The agency is the one they were booked for, also when they move to another.
    """

    session = models.ForeignKey(Session, models.PROTECT, related_name="bookings")
    staff_member = models.ForeignKey(StaffMember, models.PROTECT, related_name="bookings")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="bookings")
    state = models.CharField(max_length=20, choices=BookingState.choices)
    booked_at = models.DateTimeField(default=timezone.now)
    booked_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    record = models.OneToOneField(
        TrainingRecord, models.PROTECT, null=True, blank=True, related_name="booking",
        help_text="The record that closing the register logged.",
    )

    objects = querysets.BookingQuerySet.as_manager()

    class Meta:
        ordering = ["booked_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "staff_member"],
                condition=Q(state__in=sorted(LIVE)),
                name="booking_once",
                violation_error_message="This person is on the list of that session already.",
            ),
            models.CheckConstraint(
                name="booking_cancelled_with_moment",
                condition=Q(state__in=sorted(CALLED_OFF), cancelled_at__isnull=False)
                | (~Q(state__in=sorted(CALLED_OFF)) & Q(cancelled_at__isnull=True)),
            ),
            by_needs_at("booking_cancelled_pair", "cancelled_at", "cancelled_by"),
        ]
        indexes = [models.Index(fields=["session", "state"], name="booking_by_state")]

    def __str__(self) -> str:
        return f"{self.staff_member} at {self.session}"
