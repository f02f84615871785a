"""Agencies, people, roles, bank holidays, history and the outbox."""
# long: tables with their constraints, one list to look things up in

from __future__ import annotations

from datetime import date

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower, Now
from django.utils import timezone

from partnership import querysets
from partnership.choices import Sector
from partnership.roles import AGENCY_ROLES, Role
from partnership.workdays import Calendar

MACHINES = "@machines.invalid"  # ends the address of a machine's account: no person can have one
CODE = RegexValidator(
    r"^[A-Z][A-Z0-9-]{0,11}\Z",
    "Write a code of up to 12 capital letters, figures or hyphens that begins with a letter.",
)


def dates_in_order(name: str, start: str, end: str) -> models.CheckConstraint:
    """The end, where there is one, is after the start."""
    return models.CheckConstraint(
        name=name,
        condition=Q(**{f"{end}__isnull": True}) | Q(**{f"{end}__gt": F(start)}),
        violation_error_message="The end must be after the start.",
    )


def by_needs_at(name: str, at: str, by: str) -> models.CheckConstraint:
    """A person only with a moment. A moment without a person is an act of the operator's command."""
    return models.CheckConstraint(
        name=name, condition=Q(**{f"{at}__isnull": False}) | Q(**{f"{by}__isnull": True})
    )


def with_reason(name: str, at: str, reason: str) -> models.CheckConstraint:
    """A moment and a reason: both or neither."""
    return models.CheckConstraint(
        name=name,
        condition=Q(**{f"{at}__isnull": True, reason: ""})
        | (Q(**{f"{at}__isnull": False}) & ~Q(**{reason: ""})),
        violation_error_message="Give the reason.",
    )


class Partnership(models.Model):
    """A safeguarding partnership (a Local Safeguarding Children Board until 2019)."""

    code = models.CharField(max_length=12, unique=True, validators=[CODE])
    name = models.CharField(max_length=120, unique=True)
    label = models.CharField(max_length=80, default="Safeguarding Children Partnership")
    subgroup_label = models.CharField(max_length=80, default="Training sub-group")
    country = models.CharField(max_length=3, default="ENG", help_text="Whose bank holidays count.")

    objects = querysets.PartnershipQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Agency(models.Model):
    """A service that is invited and counted as one. A part belongs to a parent agency."""

    name = models.CharField(max_length=120, unique=True)
    sector = models.CharField(max_length=30, choices=Sector.choices)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="parts"
    )
    partnerships = models.ManyToManyField(
        Partnership, through="Membership", related_name="agencies"
    )
    staff_list_on = models.DateField(
        null=True, blank=True, help_text="The date of the last full staff list."
    )

    objects = querysets.AgencyQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                name="agency_not_its_own_parent", condition=~Q(parent=F("pk"))
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if self.parent_id and (self.parent.parent_id or (self.pk and self.parts.exists())):
            raise ValidationError({"parent": "A parent agency cannot be a part of another agency."})


class Membership(models.Model):
    """An agency's place in one partnership, under the code it has there."""

    partnership = models.ForeignKey(Partnership, models.PROTECT, related_name="memberships")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="memberships")
    code = models.CharField(max_length=12, validators=[CODE])

    objects = querysets.MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["partnership", "agency__name"]
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "code"],
                name="membership_code_once",
                violation_error_message="Another agency of this partnership has that code.",
            ),
            models.UniqueConstraint(
                fields=["partnership", "agency"],
                name="membership_agency_once",
                violation_error_message="That agency is already in this partnership.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agency} in {self.partnership}"


class RoleGroup(models.Model):
    """A group of jobs that must hold the same training."""

    code = models.SlugField(max_length=40, unique=True)
    title = models.CharField(max_length=80)

    class Meta:
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title


class StaffMember(models.Model):
    """A person whom an agency employs, perhaps without an account."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="staff")
    reference = models.CharField(max_length=40)
    first_name = models.CharField(max_length=80)
    last_name = models.CharField(max_length=80)
    work_email = models.EmailField(blank=True)
    job_title = models.CharField(max_length=80)
    role_group = models.ForeignKey(RoleGroup, models.PROTECT, related_name="staff")
    started_on = models.DateField()
    left_on = models.DateField(null=True, blank=True, help_text="The first day out of post.")
    line_manager = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="reports"
    )
    works_for = models.ForeignKey(
        Partnership, models.PROTECT, null=True, blank=True, related_name="staff",
        help_text="The one partnership they work for; empty: each of the agency's.",
    )
    moved_from = models.OneToOneField(
        "self", models.SET_NULL, null=True, blank=True, related_name="moved_to",
        help_text="The line of the same person at the agency from which they moved.",
    )

    objects = querysets.StaffQuerySet.as_manager()

    class Meta:
        ordering = ["last_name", "first_name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "reference"],
                name="staffmember_reference_once",
                violation_error_message="Another person of this agency has that reference.",
            ),
            models.UniqueConstraint(
                "agency",
                Lower("work_email"),
                condition=~Q(work_email=""),
                name="staffmember_email_once",
                violation_error_message="Another person of this agency has that work e-mail.",
            ),
            dates_in_order("staffmember_left_after_start", "started_on", "left_on"),
        ]
        indexes = [models.Index(fields=["agency", "role_group", "started_on"])]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"


class UserManager(BaseUserManager):
    def get_by_natural_key(self, email: str) -> User:
        return self.get(email__iexact=email)

    def create_user(self, email: str, password: str | None = None, **fields) -> User:
        user = self.model(email=email.lower(), **fields)
        user.set_password(password)
        user.full_clean()
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """An account with grants; signs in by e-mail. What it may do comes from its grants alone."""

    email = models.EmailField(
        unique=True, error_messages={"unique": "Someone already signs in with that e-mail."}
    )
    name = models.CharField(max_length=160)
    staff_member = models.OneToOneField(
        StaffMember, models.SET_NULL, null=True, blank=True, related_name="user"
    )
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(default=timezone.now)
    signed_out_at = models.DateTimeField(
        null=True, blank=True, help_text="What was signed in before is signed out everywhere."
    )

    USERNAME_FIELD = EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
    objects = UserManager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_once",
                violation_error_message="Someone already signs in with that e-mail.",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name

    def grants_in_force(self) -> list[Grant]:
        """The grants in force today, read once for this object: a lost grant acts on the next request."""
        if not hasattr(self, "_grants_in_force"):
            self._grants_in_force = list(
                Grant.objects.filter(user=self).in_force(timezone.localdate())
            )
        return self._grants_in_force

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a session must hold: another password or a signing out everywhere ends them all."""
        kept = super()._get_session_auth_hash(secret=secret)
        return f"{kept}{self.signed_out_at.timestamp()}" if self.signed_out_at else kept

    @property
    def is_machine(self) -> bool:
        """The technical account behind a machine's key: it can never sign in."""
        return self.email.endswith(MACHINES)

    def has_role(self, *roles: Role) -> bool:
        return any(grant.role in roles for grant in self.grants_in_force())


class Grant(models.Model):
    """A role in one agency or one partnership, from a day until a day (the first day without it)."""

    user = models.ForeignKey(User, models.CASCADE, related_name="grants")
    role = models.CharField(max_length=30, choices=[(r.value, r.label) for r in Role])
    agency = models.ForeignKey(
        Agency, models.CASCADE, null=True, blank=True, related_name="grants"
    )
    partnership = models.ForeignKey(
        Partnership, models.CASCADE, null=True, blank=True, related_name="grants"
    )
    from_on = models.DateField(default=timezone.localdate)
    until_on = models.DateField(null=True, blank=True)

    objects = querysets.GrantQuerySet.as_manager()

    class Meta:
        ordering = ["user", "role", "pk"]
        constraints = [
            models.CheckConstraint(
                name="grant_where_role_sits",
                condition=Q(role__in=sorted(AGENCY_ROLES), agency__isnull=False, partnership__isnull=True)
                | Q(~Q(role__in=sorted(AGENCY_ROLES)), agency__isnull=True, partnership__isnull=False),
                violation_error_message="Practitioners and agency leads are granted in an agency, "
                "every other role in a partnership.",
            ),
            # Ended on its first day it stays as a row that was in force on no day.
            models.CheckConstraint(
                name="grant_dates_in_order",
                condition=Q(until_on__isnull=True) | Q(until_on__gte=F("from_on")),
                violation_error_message="The end must not be before the start.",
            ),
        ]
        indexes = [models.Index(fields=["user", "from_on", "until_on"])]

    def __str__(self) -> str:
        return f"{Role(self.role).label}, {self.agency or self.partnership}"


class AgencyOffer(models.Model):
    """An agency that one partnership offers to another: shared when that one accepts it."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="offers")
    giver = models.ForeignKey(Partnership, models.PROTECT, related_name="offers_made")
    taker = models.ForeignKey(Partnership, models.PROTECT, related_name="offers_received")
    offered_at = models.DateTimeField(default=timezone.now)
    offered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    accepted = models.BooleanField(null=True, blank=True)

    objects = querysets.AgencyOfferQuerySet.as_manager()

    class Meta:
        ordering = ["-offered_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "taker"],
                condition=Q(answered_at__isnull=True),
                name="agencyoffer_open_once",
                violation_error_message="That agency is already offered to that partnership.",
            ),
            models.CheckConstraint(
                name="agencyoffer_to_another", condition=~Q(giver=F("taker"))
            ),
            models.CheckConstraint(
                name="agencyoffer_answered_whole",
                condition=Q(answered_at__isnull=True, accepted__isnull=True)
                | Q(answered_at__isnull=False, accepted__isnull=False),
            ),
            by_needs_at("agencyoffer_answered_pair", "answered_at", "answered_by"),
        ]

    def __str__(self) -> str:
        return f"{self.agency} offered to {self.taker}"


class UserCheck(models.Model):
    """That somebody looked through an agency's users, and those who remained still belong there."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="user_checks")
    confirmed_at = models.DateTimeField(default=timezone.now)
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    users = models.PositiveIntegerField(help_text="How many remained.")

    objects = querysets.UserCheckQuerySet.as_manager()

    class Meta:
        ordering = ["-confirmed_at", "-pk"]
        indexes = [models.Index(fields=["agency", "-confirmed_at"])]

    def __str__(self) -> str:
        return f"The users of {self.agency}"


class BankHolidayQuerySet(models.QuerySet):
    def calendar(self, country: str) -> Calendar:
        """All holidays of a country as the calendar that reckonings take."""
        return Calendar.of(dict(self.filter(country=country).values_list("on", "title")))


class BankHoliday(models.Model):
    """A day that is not worked in a country, on top of weekends."""

    country = models.CharField(max_length=3, default="ENG")
    on = models.DateField()
    title = models.CharField(max_length=80)

    objects = BankHolidayQuerySet.as_manager()

    class Meta:
        ordering = ["country", "on"]
        constraints = [
            models.UniqueConstraint(
                fields=["country", "on"],
                name="bankholiday_once",
                violation_error_message="That day is already a bank holiday.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.title}, {self.on}"


class HistoryEntry(models.Model):
    """Who did what, when, with before and after. Written by actions, never edited."""

    at = models.DateTimeField(db_default=Now())
    user = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", help_text="Empty: a command of the operator."
    )
    verb = models.CharField(max_length=40)
    subject_type = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    subject = models.CharField(max_length=200)
    changes = models.JSONField(default=dict)
    partnership = models.ForeignKey(Partnership, models.PROTECT, null=True, related_name="+")
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, related_name="+")
    staff_member = models.ForeignKey(StaffMember, models.PROTECT, null=True, related_name="+")

    objects = querysets.HistoryQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["subject_type", "subject_id"]),
            models.Index(fields=["partnership", "-at"]),
            models.Index(fields=["agency", "-at"]),
            models.Index(fields=["staff_member", "-at"]),
            models.Index(fields=["-at", "-id"]),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject}"


class OutboxQuerySet(models.QuerySet):
    def due(self, now) -> OutboxQuerySet:
        """Unsent messages whose next try has come, oldest first."""
        return self.filter(sent_at=None, gave_up_at=None, next_try_at__lte=now).order_by("pk")


class OutboxMessage(models.Model):
    """A mail to send: written with the change that caused it, sent afterwards by the worker."""

    to = models.EmailField()
    subject = models.CharField(max_length=200)
    body = models.TextField()
    created_at = models.DateTimeField(default=timezone.now)
    next_try_at = models.DateTimeField(default=timezone.now)
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    gave_up_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=200, blank=True)

    objects = OutboxQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="outboxmessage_sent_or_given_up",
                condition=Q(sent_at__isnull=True) | Q(gave_up_at__isnull=True),
            )
        ]
        indexes = [
            models.Index(
                fields=["next_try_at"],
                condition=Q(sent_at__isnull=True, gave_up_at__isnull=True),
                name="outboxmessage_unsent",
            )
        ]

    def __str__(self) -> str:
        return f"{self.subject} to {self.to}"


class ScheduledRun(models.Model):
    """That the work of an hour was begun: one row an hour, so two clocks do it once."""

    slot = models.DateTimeField(unique=True)
    begun_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-slot"]

    def __str__(self) -> str:
        return f"{self.slot:%Y-%m-%d %H:%M}"


def today() -> date:
    """The local day, for pages and commands; rules take their day as an argument."""
    return timezone.localdate()
