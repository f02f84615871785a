"""Local targets: what the readings are held against."""

from __future__ import annotations

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q

from partnership.models import Partnership, dates_in_order
from partnership.querysets import LocalRuleQuerySet

PERCENT = [MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))]


class Target(models.Model):
    """From when a reading of a measure is good, watch or act in a partnership, from a day on."""

    partnership = models.ForeignKey(Partnership, models.PROTECT, related_name="targets")
    measure = models.CharField(max_length=40)
    good_from = models.DecimalField(max_digits=4, decimal_places=1, validators=PERCENT)
    watch_from = models.DecimalField(max_digits=4, decimal_places=1, validators=PERCENT)
    effective_from = models.DateField()
    effective_until = models.DateField(null=True, blank=True)

    objects = LocalRuleQuerySet.as_manager()

    class Meta:
        ordering = ["partnership", "measure", "-effective_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "measure", "effective_from"], name="target_once_a_day"
            ),
            models.CheckConstraint(
                name="target_watch_below_good", condition=Q(watch_from__lte=F("good_from"))
            ),
            models.CheckConstraint(
                name="target_within_percent",
                condition=Q(good_from__gte=0, good_from__lte=100, watch_from__gte=0),
            ),
            dates_in_order("target_dates_in_order", "effective_from", "effective_until"),
        ]

    def __str__(self) -> str:
        return f"{self.measure}: good from {self.good_from}%"
