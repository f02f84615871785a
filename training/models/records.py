"""That somebody completed a course, and who need not."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from partnership.models import StaffMember, User, by_needs_at, dates_in_order, with_reason
from partnership.spreadsheets import spoken
from training import querysets
from training.choices import ExemptionReason, Provider
from training.models.courses import Course, Requirement


class TrainingRecord(models.Model):
    """That someone completed a course. Kept for ever: a renewal is another record.

    Unconfirmed (logged by the person themselves) or replaced (by a correction) it does not count.
    """

    staff_member = models.ForeignKey(StaffMember, models.PROTECT, related_name="records")
    course = models.ForeignKey(Course, models.PROTECT, related_name="records")
    completed_on = models.DateField()
    expires_on = models.DateField(
        null=True, blank=True, help_text="The first day on which it no longer counts."
    )
    provider = models.CharField(max_length=20, choices=Provider.choices, blank=True)
    evidence = models.CharField(max_length=200, blank=True)
    logged_at = models.DateTimeField(default=timezone.now)
    logged_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    replaced_at = models.DateTimeField(null=True, blank=True)
    replaced_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    replaced_reason = models.CharField(max_length=200, blank=True)
    corrects = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="correction"
    )

    objects = querysets.TrainingRecordQuerySet.as_manager()

    class Meta:
        ordering = ["-completed_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["staff_member", "course", "completed_on"],
                condition=Q(replaced_at__isnull=True),
                name="trainingrecord_completion_once",
                violation_error_message="This person already has a record of that course on that day.",
            ),
            models.CheckConstraint(
                name="trainingrecord_expires_after_completion",
                condition=Q(expires_on__isnull=True) | Q(expires_on__gt=F("completed_on")),
            ),
            with_reason("trainingrecord_replaced_with_reason", "replaced_at", "replaced_reason"),
            by_needs_at("trainingrecord_replaced_pair", "replaced_at", "replaced_by"),
            by_needs_at("trainingrecord_confirmed_pair", "confirmed_at", "confirmed_by"),
        ]
        indexes = [
            models.Index(
                fields=["staff_member", "course", "-expires_on"], name="trainingrecord_latest"
            ),
            models.Index(fields=["completed_on", "id"], name="trainingrecord_by_day"),  # long lists
        ]

    def __str__(self) -> str:
        return f"{self.course} by {self.staff_member}, {spoken(self.completed_on)}"

    def clean(self) -> None:
        if self.completed_on and self.completed_on > timezone.localdate():
            raise ValidationError({"completed_on": "The completion date is in the future."})


class Exemption(models.Model):
    """A person who need not meet a requirement (or any) from a day until a day."""

    staff_member = models.ForeignKey(StaffMember, models.PROTECT, related_name="exemptions")
    requirement = models.ForeignKey(
        Requirement, models.PROTECT, null=True, blank=True, related_name="exemptions",
        help_text="Empty: every requirement.",
    )
    reason = models.CharField(max_length=20, choices=ExemptionReason.choices)
    from_on = models.DateField()
    until_on = models.DateField(help_text="The first day on which it no longer holds.")
    granted_at = models.DateTimeField(default=timezone.now)
    granted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = querysets.ExemptionQuerySet.as_manager()

    class Meta:
        ordering = ["-from_on"]
        constraints = [dates_in_order("exemption_dates_in_order", "from_on", "until_on")]

    def __str__(self) -> str:
        return f"{self.staff_member} exempt until {spoken(self.until_on)}"

    def holds_on(self, on: date) -> bool:
        return self.from_on <= on < self.until_on
