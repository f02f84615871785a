"""What each measure counts, in one sentence. docs/measures.md is made from these."""

from compliance.scorecard import MEETING_BASES, Basis, Measure, Over

TRAINING_CURRENT = Measure(
    "training_current",
    "Training in date",
    "Of the training requirements due from people in post on the day, those that are in date; people "
    "still inside their starting window and people who are exempt are not in the total and stand beside.",
    Basis.DUE,
    "In date",
    "Requirements due",
    (
        Over("Requirements due", "Requirements that were due on the day; not yet due and exempt stand beside."),
        Over("People with something due", "People in post of whom something was due on the day.", "people"),
    ),
)
CONFERENCE_ATTENDANCE = Measure(
    "conference_attendance",
    "Attendance at conferences",
    "Of the conferences on the basis, those at which the agency was represented by a member or a "
    "deputy, in person, by video or by phone; an unknown outcome is not met.",
    Basis.INVOLVED,
    "Represented",
    "Conferences",
)
CORE_GROUP_ATTENDANCE = Measure(
    "core_group_attendance",
    "Attendance at core groups",
    "Of the core groups on the basis, those at which the agency was represented by a member or a "
    "deputy, in person, by video or by phone; an unknown outcome is not met.",
    Basis.INVOLVED,
    "Represented",
    "Core groups",
)
CONTRIBUTION = Measure(
    "contribution",
    "Contribution to conferences",
    "Of the conferences on the basis, those at which the agency was represented or to which its report "
    "came on time; a report on the day or later is not in time.",
    Basis.INVOLVED,
    "Contributed",
    "Conferences",
)
REPORTS_IN_TIME = Measure(
    "reports_in_time",
    "Reports in time",
    "Of the reports that were expected from the agency for conferences, those that came on time; a "
    "report on the day or later is not in time.",
    Basis.INVOLVED,
    "On time",
    "Reports expected",
)
DUTY_TRAINED = Measure(
    "duty_trained",
    "Trained for the duty",
    "Of the attendances at conferences and core groups by named people to whom a requirement for that "
    "duty applied, those by people whose training was in date on the day of the meeting.",
    Basis.ALL,
    "By trained people",
    "Attendances",
    (
        Over(
            "Attendances by named people with a duty requirement",
            "Attendances at conferences and core groups by named people to whom a requirement for that duty "
            "applied on the day of the meeting.",
        ),
    ),
)
QUORACY = Measure(
    "quoracy",
    "Quoracy of conferences",
    "Of the conferences held, or stood down for want of a quorum, those that were quorate under the "
    "local rule of their day.",
    Basis.ALL,
    "Quorate",
    "Conferences",
)
TIMELINESS = Measure(
    "timeliness",
    "Held in time",
    "Of the initial conferences, reviews and first core groups that fell due in the period, those held "
    "by their due day; one that was never held is late. One that has met with its register still open "
    "stands beside.",
    Basis.ALL,
    "In time",
    "Due in the period",
    (
        Over("Due in the period", "Initial conferences, reviews and first core groups that fell due in it."),
        Over("Children of what was due", "The children of these conferences and core groups.", "child"),
    ),
)
ESCALATION_IN_TIME = Measure(
    "escalation_in_time",
    "Escalations answered in time",
    "Of the stages of escalations that the agency had to answer by a moment in the period, those "
    "answered by then; a stage that ended earlier without an answer was never due.",
    Basis.ALL,
    "Answered in time",
    "Stages due",
    (Over("Stages due", "Stages of escalations that an agency had to answer by a moment in the period."),),
)

AGENCY_MEASURES = (
    TRAINING_CURRENT, CONFERENCE_ATTENDANCE, CONTRIBUTION, REPORTS_IN_TIME, CORE_GROUP_ATTENDANCE,
    DUTY_TRAINED, ESCALATION_IN_TIME,
)
PARTNERSHIP_MEASURES = (QUORACY, TIMELINESS, *AGENCY_MEASURES)
MEASURES = {measure.key: measure for measure in PARTNERSHIP_MEASURES}


def bases(measure: Measure) -> tuple[Basis, ...]:
    """The bases on which a measure is read."""
    if measure is REPORTS_IN_TIME:
        return Basis.INVOLVED, Basis.INVITED
    return MEETING_BASES if measure.basis is Basis.INVOLVED else (measure.basis,)
