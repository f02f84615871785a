"""Meetings, attendance lines, what was missed; and the local rules they are judged by."""
# long: tables with their constraints, one list to look things up in

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from conferences import querysets
from conferences.choices import (
    CONFERENCES,
    REPRESENTED,
    ChairDecision,
    ExcuseReason,
    Expectation,
    MeetingKind,
    MeetingState,
    MissedKind,
    Mode,
    Outcome,
    ReportState,
    Timed,
    Unit,
)
from conferences.quorum import Terms
from conferences.timescales import Limit
from partnership.choices import Sector
from partnership.models import (
    Agency,
    Partnership,
    StaffMember,
    User,
    by_needs_at,
    dates_in_order,
    with_reason,
)
from partnership.querysets import LocalRuleQuerySet

REFERENCE = RegexValidator(
    r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}\Z",
    "Write a reference of letters, figures, hyphens, full stops or underlines, up to 40 long.",
)
SENT_AS = RegexValidator(
    r"^[A-Za-z0-9][A-Za-z0-9 ._/-]{0,39}\Z",
    "Write letters, figures, spaces, hyphens, full stops, underlines or strokes, up to 40.",
)


class QuorumRule(models.Model):
    """A partnership's quorum, from a day on."""

    partnership = models.ForeignKey(Partnership, models.PROTECT, related_name="quorum_rules")
    effective_from = models.DateField()
    effective_until = models.DateField(null=True, blank=True)
    required_sectors = models.JSONField(
        default=list, blank=True, help_text="Sectors that must be there."
    )
    others = models.PositiveSmallIntegerField(default=2)
    others_involved = models.BooleanField(
        default=True, help_text="Only agencies with direct contact count as others."
    )
    video_counts = models.BooleanField(default=True)
    phone_counts = models.BooleanField(default=True)
    deputy_counts = models.BooleanField(default=True)
    part_counts = models.BooleanField(default=False, help_text="Being there for a part counts.")
    report_counts = models.BooleanField(default=False, help_text="A report in time counts.")

    objects = LocalRuleQuerySet.as_manager()

    class Meta:
        ordering = ["partnership", "-effective_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "effective_from"], name="quorumrule_once_a_day"
            ),
            dates_in_order("quorumrule_dates_in_order", "effective_from", "effective_until"),
        ]

    def __str__(self) -> str:
        return f"Quorum of {self.partnership} from {self.effective_from}"

    def clean(self) -> None:
        if set(self.required_sectors) - set(Sector.values):
            raise ValidationError({"required_sectors": "Choose sectors from the list."})

    def beside(self) -> list[tuple[str, list[int]]]:
        """The agencies that count as one, as a page saw them."""
        units = ((unit.title, sorted(one.pk for one in unit.agencies.all())) for unit in self.units.all())
        return sorted(units)

    def terms(self) -> Terms:
        """The rule as the judgement takes it."""
        return Terms(
            required_sectors={sector: Sector(sector).label for sector in self.required_sectors},
            others=self.others,
            others_involved=self.others_involved,
            video=self.video_counts,
            phone=self.phone_counts,
            deputy=self.deputy_counts,
            part=self.part_counts,
            report=self.report_counts,
            counted_as={
                agency.pk: unit.title for unit in self.units.all() for agency in unit.agencies.all()
            },
        )


class QuorumUnit(models.Model):
    """Agencies that count as one for a quorum (all health services, say)."""

    rule = models.ForeignKey(QuorumRule, models.CASCADE, related_name="units")
    title = models.CharField(max_length=80)
    agencies = models.ManyToManyField(Agency, related_name="+")

    class Meta:
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title


class ExpectationRule(models.Model):
    """What is expected of an agency at conferences, from a day on. At core groups: to attend."""

    partnership = models.ForeignKey(Partnership, models.PROTECT, related_name="expectations")
    agency = models.ForeignKey(
        Agency, models.PROTECT, null=True, blank=True, related_name="+", help_text="Empty: every agency."
    )
    kind = models.CharField(
        max_length=24, blank=True, choices=[(k, MeetingKind(k).label) for k in sorted(CONFERENCES)],
        help_text="Empty: every kind of conference.",
    )
    expectation = models.CharField(max_length=20, choices=Expectation.choices)
    effective_from = models.DateField()
    effective_until = models.DateField(null=True, blank=True)

    objects = LocalRuleQuerySet.as_manager()

    class Meta:
        ordering = ["partnership", "agency", "kind", "-effective_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "agency", "kind", "effective_from"],
                name="expectationrule_once_a_day",
            ),
            models.UniqueConstraint(
                fields=["partnership", "kind", "effective_from"],
                condition=Q(agency__isnull=True),
                name="expectationrule_for_all_once_a_day",
            ),
            dates_in_order("expectationrule_dates_in_order", "effective_from", "effective_until"),
        ]

    def __str__(self) -> str:
        return f"{self.agency or 'Every agency'}: {self.get_expectation_display().lower()}"


class Timescale(models.Model):
    """A local limit, from a day on: 15 working days from strategy discussion to initial conference."""

    partnership = models.ForeignKey(Partnership, models.PROTECT, related_name="timescales")
    what = models.CharField(max_length=20, choices=Timed.choices)
    amount = models.PositiveSmallIntegerField()
    unit = models.CharField(max_length=20, choices=Unit.choices)
    effective_from = models.DateField()
    effective_until = models.DateField(null=True, blank=True)

    objects = LocalRuleQuerySet.as_manager()

    class Meta:
        ordering = ["partnership", "what", "-effective_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "what", "effective_from"], name="timescale_once_a_day"
            ),
            dates_in_order("timescale_dates_in_order", "effective_from", "effective_until"),
            models.CheckConstraint(name="timescale_amount_positive", condition=Q(amount__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.get_what_display()}: {self.amount} {self.get_unit_display()}"

    @property
    def limit(self) -> Limit:
        return Limit(self.amount, self.unit)


def categories_fit() -> models.CheckConstraint:
    total = F("plan_neg") + F("plan_phy") + F("plan_sab") + F("plan_emo") + F("plan_mul")
    return models.CheckConstraint(
        name="meeting_categories_within_plans",
        condition=Q(children_on_plan_after__gte=total),
        violation_error_message="More children are counted by category than are on a plan.",
    )


class Meeting(models.Model):
    """A conference, a core group, or a meeting outside the process. Counts of children, never a child.

    The register of attendance is open until ``closed_at``; closing judges quoracy.
    """

    partnership = models.ForeignKey(Partnership, models.PROTECT, related_name="meetings")
    reference = models.CharField(max_length=40, validators=[REFERENCE])
    kind = models.CharField(max_length=24, choices=MeetingKind.choices)
    state = models.CharField(
        max_length=12, choices=MeetingState.choices, default=MeetingState.PLANNED
    )
    held_on = models.DateField(help_text="The day it was, or is to be, held.")
    strategy_discussion_on = models.DateField(null=True, blank=True)
    chair = models.CharField(max_length=120, blank=True)
    lead = models.ForeignKey(
        StaffMember, models.PROTECT, null=True, blank=True, related_name="meetings_led"
    )
    format = models.CharField(max_length=60, blank=True, help_text="Such as Signs of Safety.")
    family_ref = models.CharField(
        max_length=40, blank=True, help_text="Opaque; seen by the conference service only."
    )
    children = models.PositiveSmallIntegerField(default=0)
    children_on_plan_after = models.PositiveSmallIntegerField(default=0)
    plan_neg = models.PositiveSmallIntegerField("on a plan: neglect", default=0)
    plan_phy = models.PositiveSmallIntegerField("on a plan: physical abuse", default=0)
    plan_sab = models.PositiveSmallIntegerField("on a plan: sexual abuse", default=0)
    plan_emo = models.PositiveSmallIntegerField("on a plan: emotional abuse", default=0)
    plan_mul = models.PositiveSmallIntegerField("on a plan: multiple", default=0)
    exploitation_concern = models.BooleanField(default=False)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    quorate = models.BooleanField(null=True, blank=True)
    quorum_sentence = models.CharField(max_length=1000, blank=True)
    quorum_rule = models.ForeignKey(
        QuorumRule, models.PROTECT, null=True, blank=True, related_name="+"
    )
    chair_decision = models.CharField(max_length=12, blank=True, choices=ChairDecision.choices)
    chair_reason = models.CharField(max_length=400, blank=True)
    new_date_on = models.DateField(null=True, blank=True)

    objects = querysets.MeetingQuerySet.as_manager()

    class Meta:
        ordering = ["held_on", "reference"]
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "reference"],
                name="meeting_reference_once",
                violation_error_message="Another meeting of this partnership has that reference.",
            ),
            models.CheckConstraint(
                name="meeting_plans_within_children",
                condition=Q(children_on_plan_after__lte=F("children")),
                violation_error_message="More children are on a plan than were considered.",
            ),
            categories_fit(),
            models.CheckConstraint(
                name="meeting_strategy_discussion_before",
                condition=Q(strategy_discussion_on__isnull=True)
                | Q(strategy_discussion_on__lte=F("held_on")),
                violation_error_message="The strategy discussion is after the conference.",
            ),
            by_needs_at("meeting_closed_pair", "closed_at", "closed_by"),
            models.CheckConstraint(
                name="meeting_judged_when_closed",
                condition=Q(quorate__isnull=True, quorum_sentence="")
                | (Q(quorate__isnull=False, closed_at__isnull=False) & ~Q(quorum_sentence="")),
            ),
            models.CheckConstraint(
                name="meeting_closed_is_over",
                condition=Q(closed_at__isnull=True) | ~Q(state=MeetingState.PLANNED),
            ),
            models.CheckConstraint(
                name="meeting_stood_down_is_inquorate",
                condition=~Q(state=MeetingState.STOOD_DOWN, quorate=True),
            ),
        ]
        indexes = [
            models.Index(fields=["partnership", "held_on", "kind"]),
            models.Index(fields=["partnership", "family_ref", "held_on"]),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_conference(self) -> bool:
        return self.kind in CONFERENCES

    @property
    def register_open(self) -> bool:
        return self.closed_at is None


class Attendance(models.Model):
    """One line of a register: an agency and a person invited (or who came), and what they did."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="lines")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="attendance")
    staff_member = models.ForeignKey(
        StaffMember, models.PROTECT, null=True, blank=True, related_name="attendance"
    )
    deputy_for = models.ForeignKey(
        StaffMember, models.PROTECT, null=True, blank=True, related_name="+",
        help_text="Who was expected, where a deputy was named in their place.",
    )
    deputy_unnamed = models.BooleanField(
        default=False, help_text="A deputy came whom nobody named, for the person who stands on the line."
    )
    job_title = models.CharField(
        max_length=80, blank=True, help_text="Of a person who is on no staff list."
    )
    invited_on = models.DateField(null=True, blank=True)
    in_room_when_dated = models.BooleanField(
        default=False, help_text="The agency was there when the date was set."
    )
    late_invitation = models.BooleanField(default=False)
    involved = models.BooleanField(
        default=True, help_text="An active interest in the family; else asked for the quorum only."
    )
    involved_changes = models.PositiveSmallIntegerField(default=0)
    expectation = models.CharField(max_length=20, choices=Expectation.choices)
    outcome = models.CharField(max_length=12, choices=Outcome.choices, default=Outcome.UNKNOWN)
    mode = models.CharField(max_length=12, blank=True, choices=Mode.choices)
    part = models.BooleanField(default=False, help_text="There for a part only.")
    report = models.CharField(
        max_length=14, choices=ReportState.choices, default=ReportState.NOT_REQUIRED
    )
    disputed_at = models.DateTimeField(null=True, blank=True)
    disputed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    dispute = models.CharField(max_length=400, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    settlement = models.CharField(max_length=400, blank=True)

    objects = querysets.AttendanceQuerySet.as_manager()

    class Meta:
        ordering = ["meeting", "agency__name", "pk"]
        verbose_name = "attendance line"
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "agency", "staff_member"],
                name="attendance_person_once",
                violation_error_message="This person is already on the register.",
            ),
            models.UniqueConstraint(
                fields=["meeting", "agency", "job_title"],
                condition=Q(staff_member__isnull=True),
                name="attendance_unnamed_once",
                violation_error_message="This agency is already on the register.",
            ),
            models.CheckConstraint(
                name="attendance_mode_when_there",
                condition=(Q(mode="", part=False) | Q(outcome__in=sorted(REPRESENTED))),
                violation_error_message="Only those who were there were there in some way.",
            ),
            by_needs_at("attendance_disputed_pair", "disputed_at", "disputed_by"),
            with_reason("attendance_disputed_reason", "disputed_at", "dispute"),
            by_needs_at("attendance_settled_pair", "settled_at", "settled_by"),
            with_reason("attendance_settled_answer", "settled_at", "settlement"),
            models.CheckConstraint(
                name="attendance_settled_after_dispute",
                condition=Q(settled_at__isnull=True) | Q(disputed_at__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["agency", "meeting", "involved", "outcome"])]

    def __str__(self) -> str:
        return f"{self.agency} at {self.meeting}"

    @property
    def represented(self) -> bool:
        return self.outcome in REPRESENTED

    def clean(self) -> None:
        if self.staff_member_id and self.staff_member.agency_id != self.agency_id:
            raise ValidationError({"staff_member": "This person belongs to another agency."})
        if self.deputy_for_id and self.deputy_for_id == self.staff_member_id:
            raise ValidationError({"staff_member": "Nobody is a deputy for themselves."})


class MissedDuty(models.Model):
    """A missed attendance or a missed report of one agency at one meeting, found at closing."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="missed")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="missed")
    kind = models.CharField(max_length=12, choices=MissedKind.choices)
    sentence = models.CharField(max_length=400)
    found_at = models.DateTimeField(default=timezone.now)
    excused_reason = models.CharField(max_length=24, blank=True, choices=ExcuseReason.choices)
    excused_at = models.DateTimeField(null=True, blank=True)
    excused_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = querysets.MissedDutyQuerySet.as_manager()

    class Meta:
        ordering = ["meeting__held_on", "agency__name", "kind"]
        verbose_name_plural = "missed duties"
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "agency", "kind"], name="missedduty_once"
            ),
            with_reason("missedduty_excused_reason", "excused_at", "excused_reason"),
            by_needs_at("missedduty_excused_pair", "excused_at", "excused_by"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.agency} at {self.meeting}"


class ExtractLine(models.Model):
    """A conference as the authority's national extract has it. Beside our judgement, never instead of it.

    It is set against the meeting of the same reference when somebody looks, so that either may come
    first. The extract's rows are one for each child: here they are one, and no child is in it.
    """

    partnership = models.ForeignKey(Partnership, models.PROTECT, related_name="extract_lines")
    reference = models.CharField(max_length=40, validators=[REFERENCE])
    kind = models.CharField(
        max_length=24, choices=[(k, MeetingKind(k).label) for k in sorted(CONFERENCES)]
    )
    held_on = models.DateField()
    quorate = models.BooleanField(
        null=True, blank=True, help_text="The authority's flag; empty where the extract has none."
    )
    sent_as = models.CharField(
        max_length=40, blank=True, validators=[SENT_AS],
        help_text="How the extract writes the reference, where somebody answered that it means this one.",
    )
    imported_at = models.DateTimeField(default=timezone.now)
    imported_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = querysets.ExtractLineQuerySet.as_manager()

    class Meta:
        ordering = ["held_on", "reference"]
        verbose_name = "line of the national extract"
        verbose_name_plural = "lines of the national extract"
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "reference"], name="extractline_reference_once"
            ),
        ]
        indexes = [models.Index(fields=["partnership", "held_on"])]

    def __str__(self) -> str:
        return self.reference
