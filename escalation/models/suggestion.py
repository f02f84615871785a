"""Escalations that missed duties suggest."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from conferences.models import Meeting
from escalation import querysets
from escalation.choices import Grounds, SuggestionState, TriggerKind
from escalation.models.case import Escalation
from escalation.models.fields import line
from partnership.models import Agency, Partnership, User, by_needs_at


class Suggestion(models.Model):
    """An escalation that missed duties suggest. A person accepts or dismisses it."""

    partnership = models.ForeignKey(Partnership, models.PROTECT, related_name="suggestions")
    about = models.ForeignKey(Agency, models.PROTECT, related_name="suggestions")
    trigger = models.CharField(max_length=14, choices=TriggerKind.choices)
    key = models.CharField(max_length=60)
    sentence = models.CharField(max_length=1000)
    grounds = models.CharField(max_length=16, choices=Grounds.choices)
    meetings = models.ManyToManyField(Meeting, related_name="suggestions")
    found_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(
        max_length=10, choices=SuggestionState.choices, default=SuggestionState.OPEN
    )
    handled_at = models.DateTimeField(null=True, blank=True)
    handled_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    dismiss_reason = line(400, blank=True)
    escalation = models.OneToOneField(
        Escalation, models.PROTECT, null=True, blank=True, related_name="suggestion"
    )

    objects = querysets.SuggestionQuerySet.as_manager()

    class Meta:
        ordering = ["-found_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["partnership", "about", "key"], name="suggestion_once"),
            by_needs_at("suggestion_handled_pair", "handled_at", "handled_by"),
            models.CheckConstraint(
                name="suggestion_handled_whole",
                condition=Q(
                    state=SuggestionState.OPEN, handled_at__isnull=True, dismiss_reason="",
                    escalation__isnull=True,
                )
                | Q(
                    state=SuggestionState.ACCEPTED, handled_at__isnull=False, dismiss_reason="",
                    escalation__isnull=False,
                )
                | (
                    Q(state=SuggestionState.DISMISSED, handled_at__isnull=False, escalation__isnull=True)
                    & ~Q(dismiss_reason="")
                ),
                violation_error_message="Say why it is dismissed.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_trigger_display()}: {self.about}"
