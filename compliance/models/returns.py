"""Agency returns: a term for which each agency confirms its data, who signed, and who was reminded."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.db import models
from django.db.models import Case, OuterRef, Q, Subquery, Value, When
from django.utils import timezone

from compliance.period import Period
from partnership.models import Membership, Partnership, User, by_needs_at
from partnership.reach import ReachQuerySet
from partnership.roles import Permission


class NilReason(models.TextChoices):
    """Why an agency has nothing to report."""

    NO_STAFF = "no_staff", "We have no staff who go to conferences or core groups"
    NOT_INVITED = "not_invited", "We were invited to no meeting, and no training is asked of us"
    ENDED = "ended", "The service has ended, or had not begun"
    ELSEWHERE = "elsewhere", "Our people are in the return of another agency of ours"


class EndedHow(models.TextChoices):
    """How a sign-off ceased to stand."""

    SENT_BACK = "sent_back", "Sent back"
    TAKEN_BACK = "taken_back", "Taken back"


class ReturnState(models.TextChoices):
    """Where an agency's return is; late is a question about the due day, never a state."""

    RETURNED = "returned", "Returned"
    NIL = "nil", "Nil return"
    SENT_BACK = "sent_back", "Sent back"
    WAITING = "waiting", "Waiting"


class ReminderStep(models.TextChoices):
    """What a reminder says."""

    OPENED = "opened", "Asked for"
    NEARLY_DUE = "nearly_due", "Nearly due"
    LATE = "late", "Late"
    NOW = "now", "Reminded by the manager"


MADE = (ReturnState.RETURNED, ReturnState.NIL)
MISSING = (ReturnState.WAITING, ReturnState.SENT_BACK)


class ReturnRoundQuerySet(ReachQuerySet):
    agency_lookups = ("returns__membership__agency",)
    partnership_lookups = ("partnership",)
    view_permission = Permission.PRINT_REPORT


class ReturnRound(models.Model):
    """That a partnership asks its agencies to confirm their data for a term, until a day."""

    partnership = models.ForeignKey(Partnership, models.PROTECT, related_name="return_rounds")
    period = models.CharField(max_length=12, help_text="As figures name it: 2026-27-H1.")
    due_on = models.DateField()
    opened_at = models.DateTimeField(default=timezone.now)
    opened_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    late_told_on = models.DateField(
        null=True, blank=True, help_text="When the manager was told who is late for this due date."
    )
    withdrawn_reason = models.CharField(
        max_length=400, blank=True, help_text="Why it was closed as if nobody had been asked."
    )

    objects = ReturnRoundQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "period"], condition=Q(withdrawn_reason=""),
                name="returnround_term_once",
                violation_error_message="Returns for that term were asked for already.",
            ),
            by_needs_at("returnround_closed_pair", "closed_at", "closed_by"),
            models.CheckConstraint(
                name="returnround_withdrawn_is_closed",
                condition=Q(withdrawn_reason="") | Q(closed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"Returns of {self.partnership} for {self.term_name}"

    @property
    def term(self) -> Period:
        return Period.parse(self.period)

    @property
    def term_name(self) -> str:
        return months(self.term)

    def is_late(self, on: date) -> bool:
        """Whether what is missing on a day is late."""
        return self.closed_at is None and self.due_on < on


def months(period: Period) -> str:
    """A period by its months: "April to September 2026"."""
    first, last = period.first, period.last
    year = "" if first.year == last.year else f" {first.year}"
    return f"{first:%B}{year} to {last:%B} {last.year}"


class AgencyReturnQuerySet(ReachQuerySet):
    agency_lookups = ("membership__agency",)
    partnership_lookups = ("round__partnership",)
    view_permission = Permission.PRINT_REPORT

    def with_state(self) -> Self:
        """With where each return is, by its last sign-off; and on which day that was, and whose."""
        last = ReturnSignOff.objects.filter(agency_return=OuterRef("pk")).order_by("-pk")
        found = self.annotate(
            last_ended=Subquery(last.values("ended_how")[:1]),
            last_nil=Subquery(last.values("nil_reason")[:1]),
            last_signed_on=Subquery(last.values("signed_on")[:1]),
            last_name=Subquery(last.values("name")[:1]),
            last_role=Subquery(last.values("role")[:1]),
        )
        return found.annotate(state=Case(
            When(last_ended="", last_nil="", then=Value(ReturnState.RETURNED.value)),
            When(last_ended="", then=Value(ReturnState.NIL.value)),
            When(last_ended=EndedHow.SENT_BACK, then=Value(ReturnState.SENT_BACK.value)),
            default=Value(ReturnState.WAITING.value),
            output_field=models.CharField(),
        ))

    def missing(self) -> Self:
        """Those of which no sign-off stands."""
        standing = ReturnSignOff.objects.standing().filter(agency_return=OuterRef("pk"))
        return self.filter(~models.Exists(standing))

    def late(self, on: date) -> Self:
        """Missing in an open round whose due day is over."""
        return self.filter(round__closed_at=None, round__due_on__lt=on).missing()


class AgencyReturn(models.Model):
    """That one agency is asked in a round: what it signs, and every reminder, hangs on this."""

    round = models.ForeignKey(ReturnRound, models.PROTECT, related_name="returns")
    membership = models.ForeignKey(Membership, models.PROTECT, related_name="returns")

    objects = AgencyReturnQuerySet.as_manager()

    class Meta:
        ordering = ["round", "membership__agency__name"]
        constraints = [
            models.UniqueConstraint(fields=["round", "membership"], name="agencyreturn_asked_once")
        ]

    def __str__(self) -> str:
        return f"Return of {self.membership.agency} for {self.round.term_name}"


class ReturnSignOffQuerySet(models.QuerySet):
    def standing(self) -> Self:
        return self.filter(ended_at=None)


class ReturnSignOff(models.Model):
    """What an agency signed: its data with the numbers as they were, or that it has nothing to report.

    A row is kept for good. One that is sent back or taken back is ended, and the next is a new row.
    """

    agency_return = models.ForeignKey(AgencyReturn, models.PROTECT, related_name="sign_offs")
    nil_reason = models.CharField(max_length=20, choices=NilReason.choices, blank=True)
    staff_complete_on = models.DateField(
        null=True, blank=True, help_text="The day up to which the staff list is complete."
    )
    name = models.CharField(max_length=120)
    role = models.CharField(max_length=120)
    signed_on = models.DateField()
    signed_at = models.DateTimeField(default=timezone.now)
    signed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    numbers = models.JSONField(default=dict, blank=True, help_text="As they were when it was signed.")
    ended_how = models.CharField(max_length=12, choices=EndedHow.choices, blank=True)
    ended_reason = models.CharField(max_length=400, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = ReturnSignOffQuerySet.as_manager()

    class Meta:
        ordering = ["-signed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["agency_return"], condition=Q(ended_at__isnull=True),
                name="returnsignoff_stands_once",
                violation_error_message="This return is signed already.",
            ),
            models.CheckConstraint(
                name="returnsignoff_data_or_nil",
                condition=Q(nil_reason="", staff_complete_on__isnull=False)
                | (~Q(nil_reason="") & Q(staff_complete_on__isnull=True)),
            ),
            models.CheckConstraint(
                name="returnsignoff_ended_whole",
                condition=Q(ended_at__isnull=True, ended_how="")
                | (Q(ended_at__isnull=False) & ~Q(ended_how="")),
            ),
            models.CheckConstraint(
                name="returnsignoff_sent_back_with_reason",
                condition=~Q(ended_how="sent_back") | ~Q(ended_reason=""),
            ),
            by_needs_at("returnsignoff_ended_pair", "ended_at", "ended_by"),
        ]

    def __str__(self) -> str:
        return f"Sign-off of {self.agency_return}"


class ReturnReminder(models.Model):
    """That the leads of an agency were written to: each step once for a due day, however often the
    work runs; ``number`` counts the reminders after the due day."""

    agency_return = models.ForeignKey(AgencyReturn, models.PROTECT, related_name="reminders")
    step = models.CharField(max_length=12, choices=ReminderStep.choices)
    number = models.PositiveSmallIntegerField(default=0)
    due_on = models.DateField()
    sent_on = models.DateField()
    sent_at = models.DateTimeField(default=timezone.now)
    sent_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-sent_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["agency_return", "step", "number", "due_on"], condition=~Q(step="now"),
                name="returnreminder_step_once",
            ),
            models.UniqueConstraint(
                fields=["agency_return", "sent_on"], condition=Q(step="now"),
                name="returnreminder_now_once_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_step_display()}: {self.agency_return}"
