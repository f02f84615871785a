"""Coded values of the conferences floor, with the words that are printed for them."""

from django.db import models


class MeetingKind(models.TextChoices):
    INITIAL = "initial_conference", "Initial conference"
    REVIEW = "review_conference", "Review conference"
    PRE_BIRTH = "pre_birth_conference", "Pre-birth conference"
    TRANSFER_IN = "transfer_in_conference", "Transfer-in conference"
    CORE_GROUP = "core_group", "Core group"
    OUTSIDE = "outside", "Outside the process"


CONFERENCES = frozenset(
    {MeetingKind.INITIAL, MeetingKind.REVIEW, MeetingKind.PRE_BIRTH, MeetingKind.TRANSFER_IN}
)
INITIALS = frozenset({MeetingKind.INITIAL, MeetingKind.PRE_BIRTH})  # pre-birth counts as initial
FIRST = INITIALS | {MeetingKind.TRANSFER_IN}  # a family's first conference here
COUNTED = CONFERENCES | {MeetingKind.CORE_GROUP}
LED = frozenset({MeetingKind.CORE_GROUP, MeetingKind.OUTSIDE})  # recorded by the team of their lead


class MeetingState(models.TextChoices):
    PLANNED = "planned", "Planned"
    HELD = "held", "Held"
    STOOD_DOWN = "stood_down", "Stood down for want of a quorum"
    CANCELLED = "cancelled", "Cancelled"


class ChairDecision(models.TextChoices):
    QUORATE = "quorate", "Proceeded quorate"
    DISCRETION = "discretion", "Proceeded by the chair's discretion"
    STOOD_DOWN = "stood_down", "Stood down"


class Outcome(models.TextChoices):
    ATTENDED = "attended", "Attended"
    DEPUTY = "deputy", "Deputy attended"
    APOLOGIES = "apologies", "Apologies"
    ABSENT = "absent", "Absent"
    UNKNOWN = "unknown", "Not known"


REPRESENTED = frozenset({Outcome.ATTENDED, Outcome.DEPUTY})


class Mode(models.TextChoices):
    IN_PERSON = "in_person", "In person"
    VIDEO = "video", "Video"
    PHONE = "phone", "Phone"


class ReportState(models.TextChoices):
    NOT_REQUIRED = "not_required", "Not required"
    ON_TIME = "on_time", "On time"
    ON_THE_DAY = "on_the_day", "On the day"
    LATE = "late", "Late"
    NONE = "none", "None"


class Expectation(models.TextChoices):
    ATTEND = "attend", "Attend"
    REPORT = "report", "Report"
    BOTH = "attend_and_report", "Attend and report"
    EITHER = "attend_or_report", "Attend or report"


REPORTING = frozenset({Expectation.REPORT, Expectation.BOTH, Expectation.EITHER})  # a report may be due


class MissedKind(models.TextChoices):
    ATTENDANCE = "attendance", "Missed attendance"
    REPORT = "report", "Missed report"


class ExcuseReason(models.TextChoices):
    """Codes only: never anybody's health or family."""

    LATE_INVITATION = "late_invitation", "Invited too late"
    CANCELLED_BY_CONVENOR = "cancelled_by_convenor", "Moved or cancelled by the convenor"
    DIARY_CLASH = "diary_clash", "Clash with another conference"
    NOT_INVITED = "not_invited", "The invitation did not arrive"
    UNAVAILABLE = "unavailable", "Nobody available"


class Category(models.TextChoices):
    """Categories of abuse under which a child is on a plan (children in need census codes)."""

    NEGLECT = "NEG", "Neglect"
    PHYSICAL = "PHY", "Physical abuse"
    SEXUAL = "SAB", "Sexual abuse"
    EMOTIONAL = "EMO", "Emotional abuse"
    MULTIPLE = "MUL", "Multiple"


class Timed(models.TextChoices):
    """What a local timescale is about."""

    INITIAL = "initial", "Initial conference after the strategy discussion"
    FIRST_REVIEW = "first_review", "First review after the initial conference"
    LATER_REVIEW = "later_review", "Later reviews after the one before"
    FIRST_CORE_GROUP = "first_core_group", "First core group after a conference that made a plan"
    NEXT_CORE_GROUP = "next_core_group", "Later core groups after the one before"
    NOTICE = "notice", "Notice below which an invitation is late"


class Unit(models.TextChoices):
    WORKING_DAYS = "working_days", "working days"
    WEEKS = "weeks", "weeks"
    MONTHS = "months", "months"
