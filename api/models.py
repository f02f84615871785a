"""Machines' keys, the answers that were given once, and the secret addresses of calendars."""

from __future__ import annotations

from datetime import date
from functools import cached_property

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from api.querysets import MachineKeyQuerySet
from api.scopes import Scope, held_by, may_give, scopes_for
from partnership.models import Agency, Partnership, StaffMember, User, by_needs_at
from partnership.reach import Held, Reach
from partnership.roles import Permission

NAME_TAKEN = "There is a key with that name already. Give this one another name."
LONGEST = 366  # days that a key may last
HASH = RegexValidator(r"^[0-9a-f]{64}\Z", "A hash is 64 hexadecimal figures.")


class MachineKey(models.Model):
    """The key of another system, for one agency or one partnership. Only its hash is kept.

    It acts as a technical account of its own that can never sign in, so that whatever it does says
    in the history which key did it. Whoever made it knows the secret, so it does what they may do
    there today, and opens nothing once they may do none of it.
    """

    user = models.OneToOneField(User, models.PROTECT, related_name="machine_key")
    name = models.CharField(max_length=80, help_text="Which system has it.")
    agency = models.ForeignKey(
        Agency, models.PROTECT, null=True, blank=True, related_name="machine_keys"
    )
    partnership = models.ForeignKey(
        Partnership, models.PROTECT, null=True, blank=True, related_name="machine_keys"
    )
    scopes = models.JSONField(default=list)
    prefix = models.CharField(max_length=12, unique=True, help_text="By which it is found; no secret.")
    hashed = models.CharField(max_length=64, unique=True, validators=[HASH])
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    expires_on = models.DateField(help_text="The first day on which it opens nothing.")
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    used_at = models.DateTimeField(null=True, blank=True, help_text="When it was last used.")

    objects = MachineKeyQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="machinekey_of_agency_or_partnership",
                condition=Q(agency__isnull=False, partnership__isnull=True)
                | Q(agency__isnull=True, partnership__isnull=False),
                violation_error_message="A key is for one agency or for one partnership.",
            ),
            by_needs_at("machinekey_revoked_pair", "revoked_at", "revoked_by"),
            models.UniqueConstraint(
                fields=["agency", "name"], condition=Q(revoked_at__isnull=True),
                name="machinekey_name_once_in_agency", violation_error_message=NAME_TAKEN,
            ),
            models.UniqueConstraint(
                fields=["partnership", "name"], condition=Q(revoked_at__isnull=True),
                name="machinekey_name_once_in_partnership", violation_error_message=NAME_TAKEN,
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        far = Reach.AGENCY if self.agency_id else Reach.PARTNERSHIP
        known = [scope.value for scope in scopes_for(far)]
        if not self.scopes or [one for one in self.scopes if one not in known]:
            raise ValidationError({"scopes": "Choose at least one thing that the key may do there."})
        made_on = timezone.localdate(self.made_at)
        if self.expires_on and not 0 < (self.expires_on - made_on).days <= LONGEST:
            raise ValidationError({"expires_on": "Choose a day after today and within a year."})

    @property
    def place(self) -> Agency | Partnership:
        return self.agency or self.partnership

    def opens(self, on: date) -> bool:
        return self.in_force(on) and bool(self.scopes_now)

    def in_force(self, on: date) -> bool:
        return self.revoked_at is None and on < self.expires_on

    @cached_property
    def scopes_now(self) -> list[Scope]:
        """What it may do of its scopes: as far as its maker may today. The operator's keys have no such bound."""
        asked = [one for one in Scope if one in self.scopes]
        return asked if self.made_by is None else [one for one in asked if may_give(self.made_by, one, self.place)]

    def held(self, permission: Permission) -> Held:
        """What it holds of a permission, as a person's grants would."""
        return held_by(
            self.scopes_now, permission, agency=self.agency_id, partnership=self.partnership_id
        )

    @property
    def sentences(self) -> list[str]:
        return [one.label for one in self.scopes_now]


class IdempotentAnswer(models.Model):
    """What was answered to a client's request with an Idempotency-Key: given again, not done again."""

    client = models.ForeignKey(User, models.CASCADE, related_name="+")
    key = models.CharField(max_length=80)
    asked = models.CharField(max_length=64, validators=[HASH], help_text="Of method, address and body.")
    at = models.DateTimeField(default=timezone.now)
    status = models.PositiveSmallIntegerField(default=0)
    headers = models.JSONField(default=dict, blank=True)
    body = models.BinaryField(default=bytes, blank=True)

    class Meta:
        ordering = ["at"]
        constraints = [
            models.UniqueConstraint(fields=["client", "key"], name="idempotentanswer_once"),
        ]
        indexes = [models.Index(fields=["at"], name="idempotentanswer_by_age")]

    def __str__(self) -> str:
        return f"{self.key} of {self.client}"


class CallCount(models.Model):
    """How often a client called in the latest minute in which it did: one row that all web processes count in."""

    client = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="+")
    minute = models.PositiveBigIntegerField(help_text="Since 1970.")
    used = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.used} calls of {self.client}"


class CalendarFeed(models.Model):
    """The secret address at which a person's calendar can be read by a calendar program."""

    user = models.ForeignKey(User, models.CASCADE, related_name="calendar_feeds")
    hashed = models.CharField(max_length=64, unique=True, validators=[HASH])
    made_at = models.DateTimeField(default=timezone.now)
    revoked_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-made_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(revoked_at__isnull=True), name="calendarfeed_one_address"
            ),
            models.CheckConstraint(
                name="calendarfeed_revoked_after_made",
                condition=Q(revoked_at__isnull=True) | Q(revoked_at__gte=F("made_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"Calendar of {self.user}"

    @property
    def staff_member(self) -> StaffMember | None:
        return self.user.staff_member
