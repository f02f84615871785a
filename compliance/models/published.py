"""Published editions as they were made: all reports of a partnership's year together, kept one by one."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from compliance.period import Period
from partnership.models import Partnership


class FamilyState(models.TextChoices):
    """How far the editions of a year have come."""

    MAKING = "making", "Being made"
    READY = "ready", "Ready"
    FAILED = "failed", "Failed"


class PublishedFamily(models.Model):
    """The published editions of a partnership's year: of the figures of a day, or of what was issued.

    They are made once and never anew, so that no two of them can be subtracted. Those of a day are kept
    for that day, those of issued reports for good.
    """

    partnership = models.ForeignKey(Partnership, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField(help_text="In which the financial year begins.")
    made_on = models.DateField(help_text="Asked for on this day, and made of its figures.")
    issued = models.CharField(
        max_length=64, blank=True,
        help_text="Fingerprint of the issued reports that they are made of; empty: of the figures of the day.",
    )
    state = models.CharField(max_length=12, choices=FamilyState.choices, default=FamilyState.MAKING)
    percent = models.PositiveSmallIntegerField(default=0, help_text="While it works.")
    tries = models.PositiveSmallIntegerField(default=0)
    heard_at = models.DateTimeField(default=timezone.now, help_text="When it last showed life.")
    problem = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering = ["-made_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "year", "made_on"], condition=Q(issued=""), name="publishedfamily_once_a_day",
            ),
            models.UniqueConstraint(
                fields=["partnership", "year", "issued"], condition=~Q(issued=""),
                name="publishedfamily_once_of_what_was_issued",
            ),
        ]

    def __str__(self) -> str:
        return f"Published editions of {self.partnership.code}, {Period(self.year).name}"


class PublishedCard(models.Model):
    """One of the editions: the figures that are shown, in a report's own place."""

    family = models.ForeignKey(PublishedFamily, models.CASCADE, related_name="cards")
    code = models.CharField(max_length=20, blank=True, help_text="Whose; empty: the whole partnership.")
    period = models.CharField(max_length=12, help_text="Such as 2014-15-H1.")
    figures = models.JSONField()

    class Meta:
        ordering = ["family", "code", "period"]
        constraints = [
            models.UniqueConstraint(fields=["family", "code", "period"], name="publishedcard_once"),
        ]

    def __str__(self) -> str:
        return f"{self.family}: {self.code or 'the whole'}, {self.period}"
