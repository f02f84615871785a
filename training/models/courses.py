"""Courses, and who must hold them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache

from dateutil.relativedelta import relativedelta
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q

from partnership.models import CODE, Agency, Partnership, RoleGroup, dates_in_order
from training import querysets
from training.choices import Delivery


@lru_cache(maxsize=5_000)
def months_after(day: date, months: int) -> date:
    """Lists name few days many times."""
    return day + relativedelta(months=months)


class Course(models.Model):
    """What is taught: one catalogue for the whole installation."""

    code = models.CharField(max_length=12, unique=True, validators=[CODE])
    title = models.CharField(max_length=160)
    hours = models.DecimalField(
        max_digits=5, decimal_places=2, validators=[MinValueValidator(Decimal("0"))]
    )
    delivery = models.CharField(max_length=20, choices=Delivery.choices)
    valid_months = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1)], help_text="Empty: never expires."
    )
    counts_from = models.DateField(null=True, blank=True)
    counts_until = models.DateField(null=True, blank=True, help_text="The first day it counts no more.")
    conference_duty = models.BooleanField(
        default=False, help_text="Covers the duties at conferences and core groups."
    )
    covers = models.ManyToManyField(
        "self", symmetrical=False, blank=True, related_name="covered_by",
        help_text="Courses that this one stands for (level 3 covers level 2).",
    )

    class Meta:
        ordering = ["title"]
        constraints = [
            models.CheckConstraint(name="course_hours_not_negative", condition=Q(hours__gte=0)),
            models.CheckConstraint(
                name="course_valid_months_positive",
                condition=Q(valid_months__isnull=True) | Q(valid_months__gte=1),
            ),
            models.CheckConstraint(
                name="course_counting_dates_in_order",
                condition=Q(counts_from__isnull=True) | Q(counts_until__isnull=True)
                | Q(counts_until__gt=F("counts_from")),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def expiry(self, completed_on: date) -> date | None:
        """The first day on which a completion counts no more; None: it never expires.

        1 April 2012 and 36 months: counts on 31 March 2015, not on 1 April. A day that the month
        of expiry lacks becomes that month's last (29 February and 12 months: 28 February).
        """
        return self.valid_months and months_after(completed_on, self.valid_months)

    @property
    def covered_codes(self) -> str:
        """The codes of the courses that it stands for, for the history and for a page's memory."""
        return ", ".join(sorted(course.code for course in self.covers.all()))

    def counts_on(self, completed_on: date) -> bool:
        """Whether a completion on that day counts at all."""
        started = self.counts_from is None or completed_on >= self.counts_from
        return started and (self.counts_until is None or completed_on < self.counts_until)


class Requirement(models.Model):
    """Who must hold what: any one of some courses, or so many hours over a rolling period."""

    partnership = models.ForeignKey(
        Partnership, models.PROTECT, null=True, blank=True, related_name="requirements"
    )
    agency = models.ForeignKey(
        Agency, models.PROTECT, null=True, blank=True, related_name="requirements"
    )
    role_group = models.ForeignKey(RoleGroup, models.PROTECT, related_name="requirements")
    courses = models.ManyToManyField(
        Course, related_name="requirements",
        help_text="Any one of these meets it; with hours, these are the courses whose hours count.",
    )
    hours = models.DecimalField(
        max_digits=5, decimal_places=2, null=True, blank=True,
        help_text="So many hours instead of one course.",
    )
    over_months = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="The rolling period of the hours."
    )
    within_days = models.PositiveSmallIntegerField(
        default=0, help_text="Due within so many days of starting."
    )
    valid_months = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Shortens the course's own validity; never lengthens it."
    )
    effective_from = models.DateField()
    effective_until = models.DateField(null=True, blank=True)

    objects = querysets.RequirementQuerySet.as_manager()

    class Meta:
        ordering = ["role_group", "effective_from", "pk"]
        constraints = [
            models.CheckConstraint(
                name="requirement_of_partnership_or_agency",
                condition=Q(partnership__isnull=False, agency__isnull=True)
                | Q(partnership__isnull=True, agency__isnull=False),
                violation_error_message="A requirement is a partnership's or an agency's own.",
            ),
            models.CheckConstraint(
                name="requirement_hours_with_period",
                condition=Q(hours__isnull=True, over_months__isnull=True)
                | Q(hours__gt=0, hours__isnull=False, over_months__gte=1, over_months__isnull=False),
                violation_error_message="Give the hours and the months together.",
            ),
            dates_in_order("requirement_dates_in_order", "effective_from", "effective_until"),
        ]

    def __str__(self) -> str:
        return f"{self.label} for {self.role_group}"

    @property
    def label(self) -> str:
        """The codes of its courses: "CPC", "L3 or L3U", "12 hours of L3 or L3U"."""
        codes = " or ".join(sorted(course.code for course in self.courses.all())) or "any course"
        return f"{self.hours.normalize():f} hours of {codes}" if self.hours else codes

    def asked_on(self, on: date) -> bool:
        """Whether it is in force on a day."""
        return self.effective_from <= on and (
            self.effective_until is None or on < self.effective_until
        )


def last_day_to_start(started_on: date, within_days: int) -> date:
    """The last day of a starter's window: started on 1 October and 180 days, 30 March."""
    return started_on + timedelta(days=within_days)
