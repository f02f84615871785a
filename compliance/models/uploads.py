"""Spreadsheets that were sent, from their headings to what they wrote."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from partnership.models import Partnership, User, by_needs_at
from partnership.reach import held
from partnership.roles import Permission


class UploadKind(models.TextChoices):
    """What a spreadsheet is a list of."""

    STAFF = "staff", "Staff list"
    TRAINING = "training", "Training records"
    MEETINGS = "meetings", "Meetings"
    ATTENDANCE = "attendance", "Attendance"
    EXTRACT = "extract", "National extract"
    COURSES = "courses", "Courses"
    REQUIREMENTS = "requirements", "Requirements"
    AGENCIES = "agencies", "Agencies"

    @property
    def area(self) -> str:
        """Under which part of the menu it stands."""
        return AREAS.get(self, "meetings")

    @property
    def permission(self) -> Permission:
        return PERMISSIONS[self.area]


AREAS = {
    UploadKind.STAFF: "people", UploadKind.TRAINING: "people", UploadKind.COURSES: "courses",
    UploadKind.REQUIREMENTS: "courses", UploadKind.AGENCIES: "set-up",
}
WITHOUT_PLACE = (UploadKind.STAFF, UploadKind.TRAINING)  # of agencies, not of a partnership
PERMISSIONS = {
    "people": Permission.MANAGE_STAFF, "meetings": Permission.RECORD_CONFERENCES,
    "courses": Permission.MANAGE_COURSES, "set-up": Permission.MANAGE_AGENCIES,
}


class UploadState(models.TextChoices):
    """How far a spreadsheet has come."""

    READ = "read", "Headings to confirm"
    PLANNING = "planning", "Being checked"
    PLANNED = "planned", "Waiting for you"
    WRITING = "writing", "Being written"
    DONE = "done", "Written"
    UNDOING = "undoing", "Being taken back"
    UNDONE = "undone", "Taken back"
    CANCELLED = "cancelled", "Cancelled"
    LAPSED = "lapsed", "Lapsed"
    FAILED = "failed", "Failed"


WORKING = (UploadState.PLANNING, UploadState.WRITING, UploadState.UNDOING)
WAITING = (UploadState.READ, UploadState.PLANNING, UploadState.PLANNED)


class UploadQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> Self:
        """What the user sent themselves, as long as they may still bring in what it holds, there."""
        if not user.is_authenticated:
            return self.none()
        found = Q(pk__in=())
        for permission in set(PERMISSIONS.values()):
            reach = held(user, permission)
            kinds = [kind for kind in UploadKind if kind.permission is permission and reach]
            found |= Q(kind__in=kinds, partnership__in=reach.partnerships)
            found |= Q(kind__in=[kind for kind in kinds if kind in WITHOUT_PLACE])
        return self.filter(found, sent_by=user.pk)


class Upload(models.Model):
    """A spreadsheet that somebody sent, from its headings to what it wrote.

    The file itself is never kept: only its cells, until they are written or given up, and the rows
    that were refused, for a day. What was written is remembered by number, to be taken back as one.
    """

    sent_by = models.ForeignKey(User, models.PROTECT, related_name="uploads")
    sent_at = models.DateTimeField(default=timezone.now)
    kind = models.CharField(max_length=12, choices=UploadKind.choices)
    partnership = models.ForeignKey(
        Partnership, models.PROTECT, null=True, blank=True, related_name="uploads",
        help_text="Whose list it is; empty for staff and training.",
    )
    name = models.CharField(max_length=80, help_text="What the file was called.")
    full_list = models.BooleanField(default=False, help_text="Everybody in post is on it.")
    closes = models.BooleanField(
        default=False, help_text="The registers of its meetings are closed when it is written."
    )
    state = models.CharField(
        max_length=12, choices=UploadState.choices, default=UploadState.READ
    )
    rows = models.PositiveIntegerField(default=0)
    looked_at = models.PositiveIntegerField(default=0, help_text="How many rows, while it works.")
    heard_at = models.DateTimeField(default=timezone.now, help_text="When it last showed life.")
    tries = models.PositiveSmallIntegerField(default=0)
    columns = models.JSONField(default=dict, blank=True)
    answers = models.JSONField(default=dict, blank=True)
    leavers = models.JSONField(default=list, blank=True)
    left_on = models.DateField(null=True, blank=True)
    good_only = models.BooleanField(default=False, help_text="The good rows only.")
    counts = models.JSONField(default=dict, blank=True)
    fingerprint = models.CharField(max_length=64, blank=True, help_text="Of the plan as previewed.")
    problem = models.CharField(max_length=400, blank=True)
    cells = models.BinaryField(default=bytes, blank=True)
    preview = models.BinaryField(default=bytes, blank=True)
    written = models.BinaryField(default=bytes, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = UploadQuerySet.as_manager()

    class Meta:
        ordering = ["-sent_at", "-pk"]
        constraints = [by_needs_at("upload_undone_pair", "undone_at", "undone_by")]
        indexes = [models.Index(fields=["sent_by", "-sent_at"])]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.name}"

    @property
    def working(self) -> bool:
        return self.state in WORKING

    @property
    def area(self) -> str:
        return UploadKind(self.kind).area
