"""Cases, the people who take part in them, what was agreed and which documents belong."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from conferences.models import Meeting
from escalation import querysets
from escalation.choices import STATES, Grounds, Theme
from escalation.models.fields import line, narrative, no_child
from escalation.models.policy import Policy
from escalation.stages import CaseState
from partnership.models import Agency, Partnership, User


class Escalation(models.Model):
    """A disagreement between agencies, taken up formally. Which child it concerns is passed outside."""

    partnership = models.ForeignKey(Partnership, models.PROTECT, related_name="escalations")
    reference = models.CharField(max_length=24, unique=True)
    policy = models.ForeignKey(Policy, models.PROTECT, related_name="escalations")
    raised_by = models.ForeignKey(User, models.PROTECT, related_name="escalations_raised")
    raised_at = models.DateTimeField(default=timezone.now)
    raised_for = models.ForeignKey(
        Agency, models.PROTECT, null=True, blank=True, related_name="escalations_raised",
        help_text="Empty: raised by the conference service for the partnership.",
    )
    about = models.ForeignKey(Agency, models.PROTECT, related_name="escalations_about")
    grounds = models.CharField(max_length=16, choices=Grounds.choices)
    meetings = models.ManyToManyField(Meeting, blank=True, related_name="escalations")
    theme_case = models.BooleanField(default=False, help_text="About a theme, not about meetings.")
    urgent = models.BooleanField(default=False)
    concern = narrative(help_text="What happened, without naming a child.")
    outcome_wanted = narrative()
    identity_passed_on = models.DateField(
        null=True, blank=True, help_text="When it was said outside Quorate which child it concerns."
    )
    identity_passed_to = line(120, blank=True, help_text="To whom: a role or a team.")
    file_noted = models.BooleanField(default=False, help_text="The child's file notes the escalation.")
    decider = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="escalations_to_decide"
    )
    state = models.CharField(max_length=10, choices=STATES, default=CaseState.OPEN)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    resolution = narrative(blank=True)
    learning_theme = models.CharField(max_length=16, blank=True, choices=Theme.choices)
    training_need = line(200, blank=True)

    objects = querysets.EscalationQuerySet.as_manager()

    class Meta:
        ordering = ["-raised_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="escalation_two_sides",
                condition=Q(raised_for__isnull=True) | ~Q(raised_for=F("about")),
                violation_error_message="An agency cannot raise an escalation about itself.",
            ),
            models.CheckConstraint(
                name="escalation_closed_whole",
                condition=Q(
                    state=CaseState.OPEN, closed_at__isnull=True, closed_by__isnull=True, resolution=""
                )
                | (
                    ~Q(state=CaseState.OPEN)
                    & Q(closed_at__isnull=False, closed_by__isnull=False)
                    & ~Q(resolution="")
                ),
                violation_error_message="A closed case has an outcome, a moment and a person.",
            ),
            models.CheckConstraint(
                name="escalation_identity_whole",
                condition=Q(identity_passed_on__isnull=True, identity_passed_to="")
                | (Q(identity_passed_on__isnull=False) & ~Q(identity_passed_to="")),
                violation_error_message="Say both when and to whom it was passed.",
            ),
        ]
        indexes = [
            models.Index(fields=["partnership", "state", "-raised_at"]),
            models.Index(fields=["about", "state"]),
            models.Index(fields=["raised_for", "state"]),
        ]

    def __str__(self) -> str:
        return self.reference


class Participant(models.Model):
    """A person who takes part in a case: reads its narrative, and moves it for their side."""

    escalation = models.ForeignKey(Escalation, models.CASCADE, related_name="participants")
    user = models.ForeignKey(User, models.PROTECT, related_name="participations")
    raising = models.BooleanField(help_text="On the raising side; else on the side it is about.")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["escalation", "user"], name="participant_once")
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.escalation}"


class AgreedAction(models.Model):
    """Something agreed in a case, with its owner and day."""

    escalation = models.ForeignKey(Escalation, models.CASCADE, related_name="actions")
    text = line(300)
    owner = models.CharField(max_length=120, help_text="A role or a team.", validators=[no_child])
    due_on = models.DateField()
    done_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["due_on", "pk"]

    def __str__(self) -> str:
        return f"Action of {self.escalation}"

    def overdue(self, on: date) -> bool:
        """Not done, and its day has passed."""
        return self.done_on is None and self.due_on < on


class Document(models.Model):
    """A document that belongs to a case, by its reference in the agency's own system."""

    escalation = models.ForeignKey(Escalation, models.CASCADE, related_name="documents")
    reference = line(120)
    title = line(120)
    added_at = models.DateTimeField(default=timezone.now)
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.reference
