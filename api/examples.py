"""An example of each thing that is sent or answered. Everybody in them is invented."""

from __future__ import annotations

from typing import Any

MADE_AT = "2015-03-31T16:05:00+00:00"
WHO = {
    "name": "Nightly push of the learning system", "machine": True, "agencies": [12], "partnerships": [],
    "may": ["Read the staff list and training records, by name", "Log training"],
    "expires_on": "2016-03-01",
}
PARTNERSHIP = {
    "id": 1, "code": "BF", "name": "Bracknell Forest", "label": "Local Safeguarding Children Board",
    "country": "ENG",
}
AGENCY = {
    "id": 12, "name": "Health visiting", "sector": "health_community", "parent": 11,
    "staff_list_on": "2015-03-01", "places": [{"partnership": "BF", "code": "HV"}],
}
MEMBERSHIP = {"id": 31, "agency": 12, "code": "HV", "name": "Health visiting", "sector": "health_community"}
ROLE_GROUP = {"id": 3, "code": "front_line", "title": "Front line"}
STAFF = {
    "id": 407, "agency": 12, "agency_name": "Health visiting", "reference": "HV-0107",
    "first_name": "Siân", "last_name": "Okafor", "work_email": "sian.okafor@example.org",
    "job_title": "Health visitor", "role_group": "front_line", "started_on": "2012-09-03",
    "left_on": None, "works_for": None,
}
DETAILS = {
    name: STAFF[name] for name in
    ("first_name", "last_name", "work_email", "job_title", "role_group", "started_on", "left_on", "works_for")
}
COURSE = {
    "id": 5, "code": "CPC", "title": "Taking part in child protection conferences", "hours": "3.50",
    "delivery": "taught", "valid_months": 36, "counts_from": None, "counts_until": None,
    "conference_duty": True, "covers": ["L2"],
}
REQUIREMENT = {
    "id": 8, "partnership": "BF", "agency": None, "role_group": "front_line", "courses": ["CPC"],
    "hours": None, "over_months": None, "within_days": 180, "valid_months": None,
    "effective_from": "2014-04-01", "effective_until": None,
}
COMPLETION = {
    "course": "CPC", "completed_on": "2015-03-31", "provider": "agency", "evidence": "Certificate 2291",
}
RECORD = {
    "id": 90113, "agency": 12, "staff_member": 407, "staff_reference": "HV-0107", **COMPLETION,
    "expires_on": "2018-03-31", "logged_at": MADE_AT, "confirmed_at": MADE_AT, "replaced_at": None,
    "corrects": None,
}
BULK = {
    "agency": 12, "good_rows_only": False, "reason": "Corrected in the learning system",
    "records": [{"staff_reference": "HV-0107", **COMPLETION}],
}
BULK_ANSWER = {
    "counts": {"created": 1}, "results": [{"row": 0, "result": "created", "record": 90113, "errors": {}}],
}
SESSION = {
    "id": 44, "partnership": "BF", "course": "CPC", "held_on": "2015-05-12", "start_time": "09:30:00",
    "end_time": "13:00:00", "place": "Council offices, room 2", "provider": "partnership", "places": 20,
    "taken": 17, "waiting": 0, "booking_closes_on": "2015-05-05", "cancelled_at": None, "closed_at": None,
}
BOOKING = {
    "id": 7102, "session": 44, "course": "CPC", "held_on": "2015-05-12", "agency": 12, "staff_member": 407,
    "staff_reference": "HV-0107", "state": "booked", "booked_at": MADE_AT, "cancelled_at": None,
}
MEETING = {
    "id": 2204, "partnership": "BF", "reference": "BF15-0042", "kind": "initial_conference",
    "state": "held", "held_on": "2015-03-12", "format": "Signs of Safety", "children": 2,
    "children_on_plan_after": 2, "closed_at": MADE_AT, "quorate": True,
    "quorum_sentence": "Quorate: children's social care and three other agencies were there.",
    "chair_decision": "quorate", "new_date_on": None,
}
MEETING_DETAILS = {
    "reference": "BF15-0042", "kind": "initial_conference", "held_on": "2015-03-12",
    "strategy_discussion_on": "2015-02-23", "chair": "Conference chair 3", "lead": None,
    "format": "Signs of Safety", "family_ref": "F-7731", "children": 2,
}
INVITATION = {
    "agency": 12, "staff_member": 407, "invited_on": "2015-03-02", "involved": True,
    "in_room_when_dated": False,
}
LINE = {
    "id": 9917, "meeting": 2204, "agency": 12, "invited_on": "2015-03-02", "late_invitation": False,
    "involved": True, "expectation": "attend_and_report", "outcome": "attended", "mode": "in_person",
    "part": False, "report": "on_time", "disputed_at": None, "settled_at": None,
}
NAMED_LINE = {
    **LINE, "staff_member": 407, "staff_reference": "HV-0107", "first_name": "Siân",
    "last_name": "Okafor", "job_title": "",
}
MISSED = {
    "id": 318, "meeting": 2204, "agency": 14, "kind": "report", "found_at": MADE_AT,
    "sentence": "A report was expected, and none came in time.", "excused_reason": "", "excused_at": None,
}
ESCALATION = {
    "id": 51, "reference": "BF-2015-0007", "partnership": "BF", "raised_at": MADE_AT, "raised_for": 12,
    "about": 14, "grounds": "no_report", "theme_case": False, "urgent": False, "state": "open",
    "closed_at": None, "learning_theme": "", "stages": [{
        "number": 1, "title": "Practitioner to practitioner", "entered_at": MADE_AT,
        "due_at": "2015-04-09T22:59:59+00:00", "acknowledged_at": None, "answered_at": None,
        "closed_at": None, "ended": "",
    }],
}
ENTRY = {
    "id": 77120, "at": MADE_AT, "who": "Nightly push of the learning system", "verb": "logged",
    "kind": "Training record", "subject": "", "agency": 12,
    "changes": [{"label": "Completed", "before": "", "after": "31 March 2015", "hidden": False}],
}
SCORECARD = {
    "subject": {"code": "HV", "title": "Health visiting"},
    "partnership": {"code": "BF", "title": "Bracknell Forest"},
    "period": {"name": "2014-15", "first": "2014-04-01", "last": "2015-03-31"}, "as_at": "2015-03-31",
    "readings": [{
        "measure": "training_current", "basis": "due", "by": {}, "met": 38, "total": 46, "percent": "82.6",
    }],
    "counts": {"training_expired": 8}, "counts_by": [],
    "measures": {"training_current": {
        "title": "Training in date", "sentence": "Requirements in date, of the requirements that were due.",
        "counted_over": [{"basis": "due", "unit": "", "label": "Requirements due"}],
    }},
    "actions": [{
        "number": "BF-A-007", "what": "Name a deputy for every conference.", "owner": "Thames Valley Police",
        "due_on": "2015-04-30", "state": "Open", "carried": 1, "from_before": False,
        "progress": "A rota is being drawn up.", "closed_on": None, "outcome": "",
    }],
}
PROBLEM = {
    "type": "urn:quorate:problem:refused", "title": "Bad Request", "status": 400, "code": "refused",
    "detail": "Some of what was sent cannot be taken.",
    "fields": {"completed_on": ["This day is before 1950-01-01 or after 2015-04-01. Check the year."]},
}
EXAMPLES: dict[str, Any] = {
    "Who": WHO, "Partnership": PARTNERSHIP, "Agency": AGENCY, "Membership": MEMBERSHIP,
    "RoleGroup": ROLE_GROUP, "Staff": STAFF, "Course": COURSE, "Requirement": REQUIREMENT,
    "Record": RECORD, "Session": SESSION, "Booking": BOOKING, "Meeting": MEETING, "Line": LINE, "NamedLine": NAMED_LINE,
    "Missed": MISSED, "Escalation": ESCALATION, "Entry": ENTRY, "Scorecard": SCORECARD,
    "BulkAnswer": BULK_ANSWER, "Problem": PROBLEM,
    "StaffNewRequest": {"agency": 12, "reference": "HV-0107", **DETAILS}, "StaffDetailsRequest": DETAILS,
    "PatchedStaffChangeRequest": {"left_on": "2015-06-30"},
    "RecordNewRequest": {"staff_member": 407, **COMPLETION},
    "RecordCorrectionRequest": {"reason": "The wrong day was sent", "completed_on": "2015-03-30"},
    "BulkRecordsRequest": BULK,
    "StaffMoveRequest": {"agency": 13, "on": "2015-06-01", "reference": "SN-0042"},
    "BookingNewRequest": {"session": 44, "staff_member": 407},
    "PatchedBookingChangeRequest": {"state": "cancelled"},
    "MeetingNewRequest": {
        "partnership": "BF", **MEETING_DETAILS, "follows": 2107, "invitations": [INVITATION],
    },
    "CancellingRequest": {"why": "moved"},
    "StandingDownRequest": {
        "reference": "BF15-0051", "new_date_on": "2015-03-26", "there": [9917],
        "reason": "Only children's social care had come.",
    },
    "PatchedMeetingChangeRequest": {"held_on": "2015-03-19"}, "InvitationRequest": INVITATION,
    "PatchedEndingRequest": {
        "children_on_plan_after": 2, "plan_neg": 1, "plan_emo": 1, "chair_decision": "quorate",
    },
    "ClosingRequest": {"held": True},
    "PatchedLineChangeRequest": {"outcome": "attended", "mode": "video", "report": "on_time"},
}


def example_of(schema: dict[str, Any]) -> Any:
    """The example of a named schema; a page of rows holds one."""
    name = schema.get("$ref", "").rsplit("/", 1)[-1]
    if name.startswith("Paginated"):
        row = EXAMPLES[name.removeprefix("Paginated").removesuffix("List")]
        return {"results": [row], "next": None}
    return EXAMPLES.get(name)
