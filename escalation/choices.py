"""Coded values of the escalation floor, with the words that are printed for them."""

from django.db import models

from escalation.stages import CaseState, LimitUnit


class Grounds(models.TextChoices):
    """Why it was raised: codes, so that themes can be counted."""

    NOT_ATTENDED = "not_attended", "A conference or core group was not attended"
    NO_REPORT = "no_report", "A report for a conference did not come in time"
    INQUORATE = "inquorate", "A conference was not quorate"
    PLAN_DRIFT = "plan_drift", "The plan or the core group's work is drifting"
    INFORMATION = "information", "Information was not shared"
    THRESHOLD = "threshold", "Disagreement about the threshold or the next step"
    CAPACITY = "capacity", "Resources or capacity of a service"
    OTHER = "other", "Another disagreement between agencies"


class Contact(models.TextChoices):
    """The roles by which a policy names who raises and who answers; each agency names its people."""

    PRACTITIONER = "practitioner", "Practitioner"
    LINE_MANAGER = "line_manager", "Line manager"
    SAFEGUARDING_LEAD = "safeguarding_lead", "Safeguarding lead"
    SENIOR_MANAGER = "senior_manager", "Head of service or senior manager"
    BOARD_MEMBER = "board_member", "Board member"
    CHIEF_OFFICER = "chief_officer", "Chief officer"
    CONFERENCE_CHAIR = "conference_chair", "Conference chair"
    PARTNERSHIP = "partnership", "Partnership chair or executive"


class Tell(models.TextChoices):
    """Who is told by mail at a moment of a stage."""

    RAISER = "raiser", "The person who raised it"
    RAISING_LEAD = "raising_lead", "The lead of the raising agency"
    RESPONDER = "responder", "The person who is to answer"
    RESPONDING_LEAD = "responding_lead", "The lead of the agency it is about"
    MANAGER = "manager", "The partnership manager"
    DECIDER = "decider", "The final decision-maker"


class PartnershipPart(models.TextChoices):
    NONE = "none", "Not told"
    TOLD = "told", "Told"
    DECIDES = "decides", "Decides"


class Ended(models.TextChoices):
    """How a stage ended."""

    ACCEPTED = "accepted", "Answer accepted"
    MOVED_UP = "moved_up", "Moved up"
    SKIPPED = "skipped", "Skipped"
    WITHDRAWN = "withdrawn", "Withdrawn"
    DECIDED = "decided", "Decided"


class Theme(models.TextChoices):
    """What is to be learned."""

    COMMUNICATION = "communication", "Communication between agencies"
    INVITATIONS = "invitations", "Invitations and diaries"
    REPORTS = "reports", "Reports for conferences"
    ROLES = "roles", "Knowing one's role at conferences and core groups"
    CAPACITY = "capacity", "Capacity"
    THRESHOLDS = "thresholds", "Thresholds"
    PROCEDURE = "procedure", "A local procedure needs changing"
    NONE = "none", "Nothing new"


class ReminderKind(models.TextChoices):
    NEARLY_DUE = "nearly_due", "Nearly due"
    DUE = "due", "Due today"
    OVERDUE = "overdue", "Overdue"


class TriggerKind(models.TextChoices):
    INITIAL = "initial", "A missed attendance at an initial conference"
    TWO_RUNNING = "two_running", "Two missed in a row for one family"
    RATE = "rate", "Attendance under a threshold over a quarter"
    INQUORATE = "inquorate", "The absence made a conference inquorate"


class SuggestionState(models.TextChoices):
    OPEN = "open", "Open"
    ACCEPTED = "accepted", "Accepted"
    DISMISSED = "dismissed", "Dismissed"


UNITS = [(unit.value, unit.label) for unit in LimitUnit]
STATES = [(state.value, state.value.capitalize()) for state in CaseState]
