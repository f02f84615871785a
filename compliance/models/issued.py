"""Reports that were issued: the figures as they were, who signed them off, and what was printed.

None of these rows is ever changed: not here, and not in the database, which refuses it (see the
migration that made them). What was wrong is corrected by the next version.
"""

from __future__ import annotations

from typing import Any, NoReturn, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from compliance.kept_figures import KeptError, checksum, from_kept
from compliance.period import Period
from compliance.scorecard import Scorecard
from escalation.models.fields import no_child
from partnership.models import Agency, Partnership, User
from partnership.reach import ReachQuerySet
from partnership.roles import Permission

STAYS = "What was issued is never changed: issue the next version instead."


class ReportKind(models.TextChoices):
    """What a report is about."""

    AGENCY = "agency", "Agency report"
    PARTNERSHIP = "partnership", "Partnership report"
    ANNUAL = "annual", "Annual conference report"  # of a partnership, for a year or a half


class ReportState(models.TextChoices):
    """Where a report stands; worked out, never stored."""

    WAITING = "waiting", "Waits for sign-off"
    SIGNED = "signed", "Signed off"
    DISAGREED = "disagreed", "Not agreed"
    ISSUED = "issued", "Issued"  # of a whole partnership: nobody is asked
    REPLACED = "replaced", "Replaced"


def kind_of(agency: Agency | None) -> ReportKind:
    return ReportKind.AGENCY if agency else ReportKind.PARTNERSHIP


class Lasting(models.Model):
    """A row that is written once."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **options: Any) -> None:
        if not self._state.adding:
            raise TypeError(STAYS)
        super().save(*args, **options)


class LastingQuerySet(models.QuerySet):
    def update(self, **values: Any) -> NoReturn:
        raise TypeError(STAYS)


class IssuedReportQuerySet(LastingQuerySet, ReachQuerySet):
    agency_lookups = ("agency",)
    partnership_lookups = ("partnership",)
    view_permission = Permission.PRINT_REPORT

    def of(
        self, partnership: Partnership, agency: Agency | None, period: Period,
        kind: ReportKind | None = None,
    ) -> Self:
        """The versions of the report of an agency, or of a partnership as a whole, or of another kind."""
        return self.filter(
            partnership=partnership, agency=agency, kind=kind or kind_of(agency), period=period.slug
        )

    def with_replaced(self) -> Self:
        """Each with whether a later version of it was issued."""
        # unscoped: whether there is one, of a row that the caller decided on
        later = self.model._base_manager.filter(
            Q(agency=OuterRef("agency")) | Q(agency=None), version__gt=OuterRef("version"),
            **{name: OuterRef(name) for name in ("partnership", "kind", "period")},
        )
        return self.annotate(replaced=Exists(later))

    def newest(self) -> Self:
        """The versions that no later one replaced."""
        return self.with_replaced().filter(replaced=False)

    def waiting(self) -> Self:
        """Those that an agency has still to answer."""
        return self.newest().filter(kind=ReportKind.AGENCY, sign_off=None)

    def light(self) -> Self:
        """Without the figures: for lists."""
        return self.defer("figures", "changes")


class IssuedReport(Lasting):
    """A report as it was issued: its figures without names, under a number, once and for all."""

    partnership = models.ForeignKey(Partnership, models.PROTECT, related_name="issued_reports")
    agency = models.ForeignKey(
        Agency, models.PROTECT, null=True, blank=True, related_name="issued_reports",
        help_text="Empty: the partnership as a whole.",
    )
    kind = models.CharField(max_length=12, choices=ReportKind.choices)
    period = models.CharField(max_length=12, help_text="Such as 2014-15-H1.")
    version = models.PositiveSmallIntegerField(default=1)
    number = models.CharField(max_length=60, unique=True)
    checksum = models.CharField(max_length=64, help_text="SHA-256 over the figures.")
    issued_at = models.DateTimeField(default=timezone.now)
    issued_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    issued_name = models.CharField(max_length=160, help_text="Who issued it, as they were called then.")
    reason = models.CharField(
        max_length=400, blank=True, validators=[no_child], help_text="Why it was corrected."
    )
    # Last in the table: SQLite would walk through them to what stands behind.
    changes = models.JSONField(default=list, blank=True)
    figures = models.JSONField()

    objects = IssuedReportQuerySet.as_manager()

    class Meta:
        ordering = ["-issued_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "agency", "kind", "period", "version"],
                condition=Q(agency__isnull=False), name="issuedreport_version_once",
            ),
            models.UniqueConstraint(
                fields=["partnership", "kind", "period", "version"],
                condition=Q(agency__isnull=True), name="issuedreport_whole_version_once",
            ),
            models.CheckConstraint(
                name="issuedreport_agency_of_its_kind",
                condition=Q(kind=ReportKind.AGENCY, agency__isnull=False)
                | (~Q(kind=ReportKind.AGENCY) & Q(agency__isnull=True)),
            ),
            models.CheckConstraint(
                name="issuedreport_correction_has_reason",
                condition=Q(version=1, reason="") | (Q(version__gt=1) & ~Q(reason="")),
            ),
        ]
        indexes = [models.Index(fields=["partnership", "period", "kind"])]

    def __str__(self) -> str:
        return self.number

    @property
    def subject(self) -> str:
        """Whose figures they are."""
        return str(self.agency or self.partnership)

    @property
    def kept(self) -> Scorecard:
        """The scorecard as it was issued; a KeptError where it cannot be relied on."""
        if checksum(self.figures) != self.checksum:
            raise KeptError(
                f"The figures kept for {self.number} do not fit their checksum: somebody or something "
                "changed them after they were issued. Do not rely on them. Ask whoever runs Quorate to bring "
                "them back from a backup."
            )
        return from_kept(self.figures)

    @property
    def about(self) -> Period:
        return Period.parse(self.period)

    @property
    def answer(self) -> SignOff | None:
        return getattr(self, "sign_off", None)

    @property
    def state(self) -> ReportState:
        """Where it stands; a row that was asked for with ``with_replaced`` knows of later versions."""
        if getattr(self, "replaced", False):
            return ReportState.REPLACED
        return self.answered

    @property
    def answered(self) -> ReportState:
        """What the agency said, whatever was issued since."""
        if self.agency_id is None:
            return ReportState.ISSUED
        if self.answer is None:
            return ReportState.WAITING
        return ReportState.SIGNED if self.answer.agreed else ReportState.DISAGREED


class SignOff(Lasting):
    """What an agency said to a version of its report: signed off, or not agreed and why."""

    report = models.OneToOneField(IssuedReport, models.PROTECT, related_name="sign_off")
    agreed = models.BooleanField()
    name = models.CharField(max_length=160)
    role = models.CharField(max_length=80, validators=[no_child])
    note = models.CharField(
        max_length=1000, blank=True, validators=[no_child], help_text="Why it is not agreed."
    )
    answered_at = models.DateTimeField(default=timezone.now)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = LastingQuerySet.as_manager()

    class Meta:
        ordering = ["-answered_at"]
        constraints = [
            models.CheckConstraint(
                name="signoff_note_when_not_agreed",
                condition=Q(agreed=True, note="") | (Q(agreed=False) & ~Q(note="")),
                violation_error_message="Write what you do not agree with.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report}: {'signed off' if self.agreed else 'not agreed'}"


class IssuedPrint(Lasting):
    """The PDF of a version as it was first printed: a later Quorate gives out these very bytes."""

    report = models.ForeignKey(IssuedReport, models.PROTECT, related_name="prints")
    state = models.CharField(max_length=12, choices=ReportState.choices)
    made_at = models.DateTimeField(default=timezone.now)
    content = models.BinaryField()

    objects = LastingQuerySet.as_manager()

    class Meta:
        ordering = ["report", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["report", "state"], name="issuedprint_state_once"),
        ]

    def __str__(self) -> str:
        return f"{self.report} as printed"
