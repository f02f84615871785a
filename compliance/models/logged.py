"""The board's actions: its challenge log, numbered, each owned by an agency until it is signed off."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Count, F, Q
from django.utils import timezone

from compliance.models.issued import IssuedReport
from compliance.period import Period, PeriodError
from escalation.models import Escalation
from escalation.models.fields import line, no_child
from partnership.models import Agency, Partnership, User, by_needs_at, with_reason
from partnership.reach import ReachQuerySet
from partnership.roles import Permission

MOST_ASKED, MOST_SAID, MOST_REASON = 600, 1000, 400


class ActionSource(models.TextChoices):
    """Where an action comes from."""

    REPORT = "report", "An agency’s report"
    MEETING = "meeting", "A meeting of the board"
    MEASURE = "measure", "A measure"
    ESCALATION = "escalation", "An escalation"


class ActionState(models.TextChoices):
    """Where an action stands on a day; worked out from its moments, never stored."""

    OPEN = "open", "Open"
    OVERDUE = "overdue", "Overdue"
    DONE = "done", "Reported done"
    CLOSED = "closed", "Closed"


# What stands beside each source, and nothing of the others.
BESIDE = {
    ActionSource.REPORT: ("about", "period"),
    ActionSource.MEETING: ("met_on",),
    ActionSource.MEASURE: ("measure",),
    ActionSource.ESCALATION: ("escalation",),
}
EMPTY = {
    "about": Q(about__isnull=True), "period": Q(period=""), "met_on": Q(met_on__isnull=True),
    "measure": Q(measure=""), "escalation": Q(escalation__isnull=True),
}


def from_source(source: ActionSource) -> Q:
    """A source with its own fields filled in, and those of the others empty."""
    found = Q(source=source)
    for name, empty in EMPTY.items():
        found &= ~empty if name in BESIDE[source] else empty
    return found


class ActionQuerySet(ReachQuerySet):
    """Read by whoever may see the owner's figures: the actions stand in its report."""

    agency_lookups = ("owner",)
    partnership_lookups = ("partnership",)
    view_permission = Permission.VIEW_MEASURES

    def not_closed(self) -> Self:
        return self.filter(closed_at=None)

    def to_do(self) -> Self:
        """Neither reported done nor closed."""
        return self.filter(closed_at=None, done_at=None)

    def overdue(self, on: date) -> Self:
        return self.to_do().filter(due_on__lt=on)

    def in_state(self, state: str, on: date) -> Self:
        """Those in a state on a day; what is overdue is open as well."""
        if state == ActionState.OVERDUE:
            return self.overdue(on)
        if state == ActionState.DONE:
            return self.filter(closed_at=None, done_at__isnull=False)
        return self.exclude(closed_at=None) if state == ActionState.CLOSED else self.to_do()

    def with_carried(self) -> Self:
        """Each with how often its date was moved to a later one."""
        return self.annotate(carried=Count("steps", filter=CARRIED))


class Action(models.Model):
    """Something that the board asks of an agency, under a number that it keeps.

    It names no child. Who does it stands there as a job or a team: the board knows no names of an
    agency's people. What happened to it stands in its steps.
    """

    partnership = models.ForeignKey(Partnership, models.PROTECT, related_name="actions")
    number = models.CharField(max_length=24, unique=True)
    asked = models.TextField(max_length=MOST_ASKED, validators=[no_child])
    owner = models.ForeignKey(Agency, models.PROTECT, related_name="actions")
    owner_title = line(120, blank=True, help_text="The job or team that does it.")
    due_on = models.DateField()
    source = models.CharField(max_length=12, choices=ActionSource.choices)
    about = models.ForeignKey(
        Agency, models.PROTECT, null=True, blank=True, related_name="+", help_text="Whose report."
    )
    period = models.CharField(max_length=10, blank=True, help_text="Of that report.")
    report = models.ForeignKey(
        IssuedReport, models.PROTECT, null=True, blank=True, related_name="actions",
        help_text="The version that was issued when the action was logged.",
    )
    met_on = models.DateField(null=True, blank=True, help_text="When the board met.")
    measure = models.CharField(max_length=40, blank=True)
    escalation = models.ForeignKey(
        Escalation, models.PROTECT, null=True, blank=True, related_name="board_actions"
    )
    logged_at = models.DateTimeField(default=timezone.now)
    logged_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True, help_text="When the owner said so.")
    done_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    outcome = models.TextField(max_length=MOST_SAID, blank=True, validators=[no_child])

    objects = ActionQuerySet.as_manager()

    class Meta:
        ordering = ["partnership", "pk"]
        constraints = [
            by_needs_at("action_done_pair", "done_at", "done_by"),
            by_needs_at("action_closed_pair", "closed_at", "closed_by"),
            with_reason("action_closed_with_outcome", "closed_at", "outcome"),
            models.CheckConstraint(
                name="action_from_one_source",
                condition=from_source(ActionSource.REPORT)
                | from_source(ActionSource.MEETING)
                | from_source(ActionSource.MEASURE)
                | from_source(ActionSource.ESCALATION),
                violation_error_message="Say where the action comes from, and nothing else beside it.",
            ),
            models.CheckConstraint(
                name="action_issued_report_of_a_report",
                condition=Q(report__isnull=True) | Q(source=ActionSource.REPORT),
            ),
        ]
        indexes = [
            models.Index(fields=["partnership", "due_on"]),
            models.Index(
                fields=["due_on"], name="action_to_do",
                condition=Q(closed_at__isnull=True, done_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def clean(self) -> None:
        if not self.period:
            return
        try:
            self.period = Period.parse(self.period).slug
        except PeriodError as error:
            raise ValidationError({"period": str(error)}) from None

    def state(self, on: date) -> ActionState:
        if self.closed_at:
            return ActionState.CLOSED
        if self.done_at:
            return ActionState.DONE
        return ActionState.OVERDUE if self.due_on < on else ActionState.OPEN


class StepKind(models.TextChoices):
    """What was written beside an action."""

    PROGRESS = "progress", "Progress"
    DONE = "done", "Reported done"
    MOVED = "moved", "Date moved"
    CLOSED = "closed", "Closed"
    REOPENED = "reopened", "Opened again"


CARRIED = Q(steps__kind=StepKind.MOVED, steps__to_on__gt=F("steps__from_on"))


class ActionStep(models.Model):
    """What happened to an action, in the order in which it did: by the owner, or for the board."""

    action = models.ForeignKey(Action, models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=10, choices=StepKind.choices)
    taken_at = models.DateTimeField(default=timezone.now)
    taken_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    by_owner = models.BooleanField(default=False, help_text="Said for the owner, not for the board.")
    text = models.TextField(max_length=MOST_SAID, validators=[no_child])
    from_on = models.DateField(null=True, blank=True)
    to_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["taken_at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="actionstep_dates_when_moved",
                condition=Q(kind=StepKind.MOVED, from_on__isnull=False, to_on__isnull=False)
                | (~Q(kind=StepKind.MOVED) & Q(from_on__isnull=True, to_on__isnull=True)),
            ),
        ]
        indexes = [models.Index(fields=["action", "kind", "taken_at"])]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.action}"


class ActionReminderKind(models.TextChoices):
    NEARLY_DUE = "nearly_due", "Nearly due"
    OVERDUE = "overdue", "Overdue"


class ActionReminder(models.Model):
    """That the owner was reminded of a due day: once for each kind, however often the job runs."""

    action = models.ForeignKey(Action, models.CASCADE, related_name="reminders")
    kind = models.CharField(max_length=12, choices=ActionReminderKind.choices)
    due_on = models.DateField()
    sent_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["sent_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["action", "kind", "due_on"], name="actionreminder_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.action}"

