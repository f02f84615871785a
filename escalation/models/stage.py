"""The stages that a case has reached, their pauses and reminders."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from escalation import querysets
from escalation.choices import Ended, ReminderKind
from escalation.models.case import Escalation
from escalation.models.fields import line, narrative
from escalation.models.policy import PolicyStage
from escalation.stages import Limit, Pause, StageState
from partnership.models import User, by_needs_at, with_reason


class Stage(models.Model):
    """One stage that a case has reached, with its own due moment."""

    escalation = models.ForeignKey(Escalation, models.PROTECT, related_name="stages")
    policy_stage = models.ForeignKey(PolicyStage, models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    responder = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="stages_to_answer"
    )
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    due_at = models.DateTimeField(null=True, blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    answer = narrative(blank=True)
    skip_asked_at = models.DateTimeField(null=True, blank=True)
    skip_asked_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    skip_reason = line(400, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    ended = models.CharField(max_length=10, blank=True, choices=Ended.choices)
    last_words = narrative(blank=True, help_text="Why it moved up, or how the case ended here.")

    objects = querysets.StageQuerySet.as_manager()

    class Meta:
        ordering = ["escalation", "number"]
        constraints = [
            models.UniqueConstraint(fields=["escalation", "number"], name="stage_number_once"),
            models.UniqueConstraint(
                fields=["escalation"], condition=Q(closed_at__isnull=True), name="stage_one_open"
            ),
            models.CheckConstraint(name="stage_number_from_one", condition=Q(number__gte=1)),
            models.CheckConstraint(
                name="stage_due_after_entered",
                condition=Q(due_at__isnull=True) | Q(due_at__gt=F("entered_at")),
            ),
            by_needs_at("stage_acknowledged_pair", "acknowledged_at", "acknowledged_by"),
            by_needs_at("stage_answered_pair", "answered_at", "answered_by"),
            with_reason("stage_answered_text", "answered_at", "answer"),
            by_needs_at("stage_skip_asked_pair", "skip_asked_at", "skip_asked_by"),
            with_reason("stage_skip_asked_reason", "skip_asked_at", "skip_reason"),
            by_needs_at("stage_closed_pair", "closed_at", "closed_by"),
            with_reason("stage_closed_how", "closed_at", "ended"),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(closed_at__isnull=True, answered_at__isnull=True),
                name="stage_running",
            )
        ]

    def __str__(self) -> str:
        return f"Stage {self.policy_stage.position} of {self.escalation}"

    @property
    def limit(self) -> Limit:
        return self.policy_stage.limit(self.escalation.urgent)

    def overdue(self, at: datetime) -> bool:
        """Whether it stood unanswered past its due moment; what came later does not undo that."""
        if self.due_at is None or self.due_at >= at:
            return False
        return not any(ended and ended <= at for ended in (self.answered_at, self.closed_at))

    def state(self) -> StageState:
        """Where it stands: a question to its moments, never a stored state."""
        if self.closed_at:
            return StageState.CLOSED
        if any(pause.until_at is None for pause in self.pauses.all()):
            return StageState.PAUSED
        if self.answered_at:
            return StageState.ANSWERED
        return StageState.ACKNOWLEDGED if self.acknowledged_at else StageState.WAITING


class StagePause(models.Model):
    """A time in which the clock of a stage stood, with its reason."""

    stage = models.ForeignKey(Stage, models.CASCADE, related_name="pauses")
    from_at = models.DateTimeField()
    from_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    reason = line(200)
    until_at = models.DateTimeField(null=True, blank=True)
    until_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["from_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["stage"], condition=Q(until_at__isnull=True), name="stagepause_one_open"
            ),
            models.CheckConstraint(
                name="stagepause_in_order",
                condition=Q(until_at__isnull=True) | Q(until_at__gte=F("from_at")),
            ),
            by_needs_at("stagepause_until_pair", "until_at", "until_by"),
        ]

    def __str__(self) -> str:
        return f"Pause of {self.stage}"

    @property
    def pause(self) -> Pause:
        return Pause(self.from_at, self.until_at, self.reason)


class Reminder(models.Model):
    """That a stage's reminder of a kind was written: once, however often the job runs."""

    stage = models.ForeignKey(Stage, models.CASCADE, related_name="reminders")
    kind = models.CharField(max_length=12, choices=ReminderKind.choices)
    sent_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["sent_at"]
        constraints = [
            models.UniqueConstraint(fields=["stage", "kind"], name="reminder_once")
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.stage}"
