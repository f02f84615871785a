"""What is reckoned once and kept: never the truth, always made anew from it."""

from __future__ import annotations

from django.db import models

from partnership.models import StaffMember


class KeptStanding(models.Model):
    """A person's standings as reckoned on a day, and until which day they hold (see ``keeping.py``)."""

    staff_member = models.OneToOneField(
        StaffMember, models.CASCADE, primary_key=True, related_name="kept"
    )
    version = models.PositiveIntegerField(default=0, help_text="Raised by every act that concerns it.")
    reckoned = models.PositiveIntegerField(null=True, blank=True, help_text="For which version.")
    good_from = models.DateField(null=True, blank=True)
    good_until = models.DateField(null=True, blank=True, help_text="The first day it may be another.")
    urgency = models.PositiveIntegerField(default=0, help_text="Of the worst standing; small is bad.")
    standings = models.JSONField(
        default=list, blank=True, help_text="Each requirement with its urgency."
    )

    def __str__(self) -> str:
        return f"Standings of {self.staff_member}"
