"""Policies in versions, the people whom they name, and the triggers of suggestions."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from escalation.choices import UNITS, Contact, PartnershipPart, Tell, TriggerKind
from escalation.querysets import PolicyQuerySet
from escalation.stages import Limit, LimitUnit
from partnership.models import Agency, Partnership, User, dates_in_order
from partnership.querysets import LocalRuleQuerySet


def known_tells(value: list) -> None:
    if not isinstance(value, list) or set(value) - set(Tell.values):
        raise ValidationError("Choose whom to tell from the list.")


class Policy(models.Model):
    """A version of a partnership's escalation policy, in force from a day; never changed once used."""

    partnership = models.ForeignKey(Partnership, models.PROTECT, related_name="policies")
    version = models.PositiveIntegerField()
    name = models.CharField(max_length=120)
    effective_from = models.DateField()
    themes_allowed = models.BooleanField(
        default=True, help_text="A case may be about a theme, not tied to a meeting."
    )
    nearly_days = models.PositiveSmallIntegerField(
        default=1, help_text="Working days before the due day on which a stage is nearly due."
    )
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = PolicyQuerySet.as_manager()

    class Meta:
        ordering = ["partnership", "-version"]
        verbose_name_plural = "policies"
        constraints = [
            models.UniqueConstraint(fields=["partnership", "version"], name="policy_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.name}, version {self.version}"


class PolicyStage(models.Model):
    """One step of a policy: who raises, who answers, by when, and who is told."""

    policy = models.ForeignKey(Policy, models.CASCADE, related_name="stages")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=80)
    formal = models.BooleanField(default=True)
    raised_by = models.CharField(max_length=20, choices=Contact.choices)
    answered_by = models.CharField(max_length=20, choices=Contact.choices)
    limit_amount = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(999)])
    limit_unit = models.CharField(max_length=14, choices=UNITS, default=LimitUnit.NONE)
    urgent_amount = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(999)])
    urgent_unit = models.CharField(max_length=14, choices=UNITS, default=LimitUnit.NONE)
    tell_entering = models.JSONField(default=list, blank=True, validators=[known_tells])
    tell_nearly_due = models.JSONField(default=list, blank=True, validators=[known_tells])
    tell_overdue = models.JSONField(default=list, blank=True, validators=[known_tells])
    tell_resolved = models.JSONField(default=list, blank=True, validators=[known_tells])
    partnership_part = models.CharField(
        max_length=8, choices=PartnershipPart.choices, default=PartnershipPart.NONE
    )

    class Meta:
        ordering = ["policy", "position"]
        constraints = [
            models.UniqueConstraint(fields=["policy", "position"], name="policystage_position_once"),
            models.CheckConstraint(name="policystage_position_from_one", condition=Q(position__gte=1)),
            *(
                models.CheckConstraint(
                    name=f"policystage_{kind}_has_amount",
                    condition=Q(**{f"{kind}_unit": LimitUnit.NONE, f"{kind}_amount": 0})
                    | (~Q(**{f"{kind}_unit": LimitUnit.NONE}) & Q(**{f"{kind}_amount__gte": 1})),
                    violation_error_message="Give a number with the limit, or choose no limit.",
                )
                for kind in ("limit", "urgent")
            ),
        ]

    def __str__(self) -> str:
        return f"Stage {self.position}: {self.title}"

    def limit(self, urgent: bool) -> Limit:
        """The limit that applies; an urgent case falls back on the ordinary one."""
        if urgent and self.urgent_unit != LimitUnit.NONE:
            return Limit(self.urgent_amount, LimitUnit(self.urgent_unit))
        return Limit(self.limit_amount, LimitUnit(self.limit_unit))


class AgencyContact(models.Model):
    """Who an agency's people are for the policy's roles, with an alternate for when one is party."""

    agency = models.ForeignKey(Agency, models.CASCADE, related_name="contacts")
    role = models.CharField(max_length=20, choices=Contact.choices)
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    alternate = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["agency", "role"]
        constraints = [
            models.UniqueConstraint(fields=["agency", "role"], name="agencycontact_once"),
            models.CheckConstraint(
                name="agencycontact_alternate_is_another",
                condition=Q(alternate__isnull=True) | ~Q(alternate=F("user")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} of {self.agency}"


class Trigger(models.Model):
    """The local setting of one trigger, from a day on."""

    partnership = models.ForeignKey(Partnership, models.PROTECT, related_name="triggers")
    kind = models.CharField(max_length=14, choices=TriggerKind.choices)
    on = models.BooleanField(default=True)
    number = models.PositiveSmallIntegerField(
        default=0, help_text="How many in a row; how many expected at least for a rate."
    )
    threshold = models.PositiveSmallIntegerField(
        default=0, validators=[MaxValueValidator(100)], help_text="The percentage of a rate."
    )
    effective_from = models.DateField()
    effective_until = models.DateField(null=True, blank=True)

    objects = LocalRuleQuerySet.as_manager()

    class Meta:
        ordering = ["partnership", "kind", "-effective_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "kind", "effective_from"], name="trigger_once_a_day"
            ),
            dates_in_order("trigger_dates_in_order", "effective_from", "effective_until"),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()

    def clean(self) -> None:
        counted = {TriggerKind.TWO_RUNNING: "How many in a row?", TriggerKind.RATE: "Of how many at least?"}
        if self.on and self.kind in counted and not self.number:
            raise ValidationError({"number": f"{counted[self.kind]} Write a number above nought."})
