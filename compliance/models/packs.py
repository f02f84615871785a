"""Packs: the reports of all agencies of one or several partnerships, made once and kept for some days."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from compliance.period import Period
from partnership.models import Partnership, User
from partnership.reach import held
from partnership.roles import Permission


class PackState(models.TextChoices):
    """How far a pack has come."""

    MAKING = "making", "Being made"
    READY = "ready", "Ready"
    CANCELLED = "cancelled", "Cancelled"
    FAILED = "failed", "Failed"
    LAPSED = "lapsed", "No longer kept"


class PackForm(models.TextChoices):
    """The files of a pack."""

    PDF = "pdf", "One PDF"
    ZIP = "zip", "ZIP"


class PackQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> Self:
        """What the user asked for themselves, as long as they may issue reports in all of its partnerships."""
        if not user.is_authenticated:
            return self.none()
        here = held(user, Permission.ISSUE_REPORT).partnerships
        # unscoped: the partnerships of the user's own packs
        beyond = Pack.partnerships.through.objects.filter(pack=OuterRef("pk")).exclude(partnership__in=here)
        return self.filter(~Exists(beyond), asked_by=user.pk)


class Pack(models.Model):
    """A pack as it was asked for, and what became of it; its files are kept beside it, in pieces."""

    asked_by = models.ForeignKey(User, models.PROTECT, related_name="packs")
    asked_at = models.DateTimeField(default=timezone.now)
    partnerships = models.ManyToManyField(Partnership, related_name="+")
    places = models.CharField(max_length=400, help_text="Their codes, in the order of their names.")
    period = models.CharField(max_length=12, help_text="Such as 2014-15-H1.")
    state = models.CharField(max_length=12, choices=PackState.choices, default=PackState.MAKING)
    steps = models.PositiveIntegerField(default=0, help_text="How many there are in all.")
    done = models.PositiveIntegerField(default=0, help_text="Of these, while it works.")
    tries = models.PositiveSmallIntegerField(default=0)
    heard_at = models.DateTimeField(default=timezone.now, help_text="When it last showed life.")
    problem = models.CharField(max_length=400, blank=True)
    agencies = models.PositiveIntegerField(default=0)
    sizes = models.JSONField(default=dict, blank=True, help_text="Of its files, by form.")
    finished_at = models.DateTimeField(null=True, blank=True)
    expires_on = models.DateField(null=True, blank=True, help_text="The first day on which it is not kept.")

    objects = PackQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["asked_by", "places", "period"], condition=Q(state=PackState.MAKING),
                name="pack_made_once_at_a_time",
            ),
            models.CheckConstraint(
                name="pack_ready_is_kept_until",
                condition=~Q(state=PackState.READY) | Q(expires_on__isnull=False, finished_at__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["asked_by", "-asked_at"])]

    def __str__(self) -> str:
        return f"Pack of {self.places.replace('+', ', ')}, {self.about.name}"

    @property
    def about(self) -> Period:
        return Period.parse(self.period)

    @property
    def working(self) -> bool:
        return self.state == PackState.MAKING


class PackPiece(models.Model):
    """A piece of a pack's file: files may be large, and are never held whole."""

    pack = models.ForeignKey(Pack, models.CASCADE, related_name="pieces")
    form = models.CharField(max_length=4, choices=PackForm.choices)
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        ordering = ["pack", "form", "number"]
        constraints = [
            models.UniqueConstraint(fields=["pack", "form", "number"], name="packpiece_once"),
        ]

    def __str__(self) -> str:
        return f"{self.pack}: {self.form} {self.number}"
