"""Counts typed from the authority's case system, to stand beside what is reckoned from conferences."""

from __future__ import annotations

from datetime import date
from typing import Self

from dateutil.relativedelta import relativedelta
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from escalation.models.fields import line
from partnership.models import Partnership, User, by_needs_at
from partnership.reach import ReachQuerySet
from partnership.roles import Permission

MOST_CHILDREN, MOST_SOURCE = 99_999, 200
NEAR = relativedelta(months=1)  # a count of an earlier day than this stands beside nothing


class TypedCountQuerySet(ReachQuerySet):
    partnership_lookups = ("partnership",)
    view_permission = Permission.VIEW_MEETINGS

    def nearest(self, on: date) -> Self:
        """Those of a day or of the month before it, the nearest first."""
        return self.filter(counted_on__lte=on, counted_on__gte=on - NEAR).order_by("-counted_on")


class TypedCount(models.Model):
    """How many children, and families, the case system says were on a plan on a day. One for a day."""

    partnership = models.ForeignKey(Partnership, models.PROTECT, related_name="typed_counts")
    counted_on = models.DateField()
    children = models.PositiveIntegerField()
    families = models.PositiveIntegerField(null=True, blank=True)
    source = line(MOST_SOURCE, help_text="Where it comes from; printed beside the count.")
    typed_at = models.DateTimeField(default=timezone.now)
    typed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = TypedCountQuerySet.as_manager()

    class Meta:
        ordering = ["partnership", "-counted_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "counted_on"], name="typedcount_once_a_day",
                violation_error_message="A count of that day is typed already: correct that one.",
            ),
            models.CheckConstraint(
                name="typedcount_families_have_children",
                condition=Q(families__isnull=True)
                | Q(families__lte=F("children"), families__gt=0)
                | Q(families=0, children=0),
                violation_error_message=(
                    "Each family on a plan has at least one child on it, and each child a family. "
                    "Check both numbers."
                ),
            ),
            by_needs_at("typedcount_typed_pair", "typed_at", "typed_by"),
        ]

    def __str__(self) -> str:
        return f"Count of {self.partnership} on {self.counted_on:%d/%m/%Y}"
