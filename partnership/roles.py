"""Who people are and what may be done: two enums, each value with its plain sentence.

Codes are stored in rows: add to them, never rename one.
"""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What a grant makes of a user, in one agency or in one partnership."""

    PRACTITIONER = "practitioner"
    AGENCY_LEAD = "agency_lead"
    CONFERENCE_ADMIN = "conference_admin"
    TRAINING_ADMIN = "training_admin"
    TRAINING_SUBGROUP = "training_subgroup"
    PARTNERSHIP_MANAGER = "partnership_manager"
    DECISION_MAKER = "decision_maker"
    AUDITOR = "auditor"

    @property
    def label(self) -> str:
        return ROLE_LABELS[self]

    @property
    def in_agency(self) -> bool:
        """Granted in an agency; the others are granted in a partnership."""
        return self in AGENCY_ROLES


AGENCY_ROLES = frozenset({Role.PRACTITIONER, Role.AGENCY_LEAD})
ROLE_LABELS = {
    Role.PRACTITIONER: "Practitioner",
    Role.AGENCY_LEAD: "Agency lead",
    Role.CONFERENCE_ADMIN: "Conference administrator",
    Role.TRAINING_ADMIN: "Training administrator",
    Role.TRAINING_SUBGROUP: "Training sub-group member",
    Role.PARTNERSHIP_MANAGER: "Partnership manager",
    Role.DECISION_MAKER: "Final decision-maker",
    Role.AUDITOR: "Auditor",
}


class Permission(StrEnum):
    """One line of the access table; ``PERMISSION_SENTENCES`` says each in plain words."""

    VIEW_STAFF = "view_staff"
    LOG_TRAINING = "log_training"
    MANAGE_STAFF = "manage_staff"
    MANAGE_COURSES = "manage_courses"
    MANAGE_AGENCY_REQUIREMENTS = "manage_agency_requirements"
    VIEW_SESSION_NAMES = "view_session_names"
    VIEW_SESSION_TAKE_UP = "view_session_take_up"
    PICK_INVITEES = "pick_invitees"
    VIEW_MEETINGS = "view_meetings"
    VIEW_MEETING_NAMES = "view_meeting_names"
    RECORD_CONFERENCES = "record_conferences"
    RECORD_CORE_GROUPS = "record_core_groups"
    DISPUTE_LINES = "dispute_lines"
    SETTLE_LINES = "settle_lines"
    TYPE_COUNTS = "type_counts"
    VIEW_SUGGESTIONS = "view_suggestions"
    ACT_ON_SUGGESTIONS = "act_on_suggestions"
    RAISE_ESCALATION = "raise_escalation"
    MOVE_ESCALATION = "move_escalation"
    ASK_SKIP = "ask_skip"
    APPROVE_SKIP = "approve_skip"
    DECIDE_ESCALATION = "decide_escalation"
    READ_NARRATIVE = "read_narrative"
    VIEW_ESCALATIONS = "view_escalations"
    VIEW_ESCALATION_THEMES = "view_escalation_themes"
    VIEW_MEASURES = "view_measures"
    VIEW_MEASURE_NAMES = "view_measure_names"
    PRINT_REPORT = "print_report"
    PRINT_NAMES = "print_names"
    ISSUE_REPORT = "issue_report"
    SIGN_OFF_REPORT = "sign_off_report"
    MANAGE_AGENCIES = "manage_agencies"
    MANAGE_OWN_USERS = "manage_own_users"
    MANAGE_RULES = "manage_rules"
    VIEW_HISTORY = "view_history"

    @property
    def sentence(self) -> str:
        return PERMISSION_SENTENCES[self]


PERMISSION_SENTENCES = {
    Permission.VIEW_STAFF: "See staff and their training by name",
    Permission.LOG_TRAINING: "Log training",
    Permission.MANAGE_STAFF: "Confirm, correct, exempt and import staff and training",
    Permission.MANAGE_COURSES: "Change courses, the partnership's requirements and sessions",
    Permission.MANAGE_AGENCY_REQUIREMENTS: "Change the agency's own requirements",
    Permission.VIEW_SESSION_NAMES: "See session bookings and registers by name",
    Permission.VIEW_SESSION_TAKE_UP: "See session take-up without names",
    Permission.PICK_INVITEES: "Pick people to invite, by name, job and agency",
    Permission.VIEW_MEETINGS: "See a meeting's attendance by agency, with the quoracy sentence",
    Permission.VIEW_MEETING_NAMES: "See who came by name, the reasons and the family reference",
    Permission.RECORD_CONFERENCES: "Convene, record, close and correct conferences; import meetings",
    Permission.RECORD_CORE_GROUPS: "Convene, record and close core groups",
    Permission.DISPUTE_LINES: "Dispute an attendance line, name a deputy",
    Permission.SETTLE_LINES: "Excuse an absence, answer a dispute",
    Permission.TYPE_COUNTS: "Type the count of children on a plan from the case system",
    Permission.VIEW_SUGGESTIONS: "See suggested escalations",
    Permission.ACT_ON_SUGGESTIONS: "Accept or dismiss suggested escalations",
    Permission.RAISE_ESCALATION: "Raise an escalation",
    Permission.MOVE_ESCALATION: "Acknowledge, answer, accept, move up, withdraw, pause and resume",
    Permission.ASK_SKIP: "Ask to skip a stage",
    Permission.APPROVE_SKIP: "Approve skipping a stage",
    Permission.DECIDE_ESCALATION: "Decide or reopen an escalation",
    Permission.READ_NARRATIVE: "Read an escalation's narrative",
    Permission.VIEW_ESCALATIONS: "See an escalation's reference, agencies, grounds, stage, deadlines and outcome",
    Permission.VIEW_ESCALATION_THEMES: "See themes of escalations without agencies",
    Permission.VIEW_MEASURES: "See exact measures and open their rows",
    Permission.VIEW_MEASURE_NAMES: "See names in the rows behind a measure",
    Permission.PRINT_REPORT: "Print an agency's report",
    Permission.PRINT_NAMES: "Print an agency's report with names",
    Permission.ISSUE_REPORT: "Issue a report, a pack or the annual report; keep the actions",
    Permission.SIGN_OFF_REPORT: "Sign off a report, return the agency's data",
    Permission.MANAGE_AGENCIES: "Change agencies, grants and machine keys",
    Permission.MANAGE_OWN_USERS: "Change the agency's own users and machine keys",
    Permission.MANAGE_RULES: "Change local rules, policies, triggers, targets, holidays and labels",
    Permission.VIEW_HISTORY: "Read the history, in the fields that one may see elsewhere",
}
