"""Every route × every role: the answer that the access table gives. A route that is not listed fails.

To add a page: a line in PAGES (its route, which rows it is asked about, and the answer to each
role), or for a page without sign-in in PUBLIC, with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.urls import get_resolver, reverse
from django.utils import timezone
from django.utils.html import escape

from compliance.demo import factories as make
from conferences.choices import Outcome
from escalation.models import AgreedAction
from partnership.models import Agency, Grant, User, today
from partnership.roles import Role
from partnership.uploads.tables import Table, packed

# --- The table ------------------------------------------------------------------------------------

# Which rows an address names. A and Bob are Northwold's; what stands in Southmere is out of reach of
# everybody in the table, and "missing" does not exist: both must answer alike.
ROWS = {
    "-": {},
    "here": {"code": "NW"},
    "here.json": {"code": "NW", "form": "json"},
    "A": {"code": "NW", "agency": "CSC"},
    "B": {"code": "NW", "agency": "POL"},
    "A.json": {"code": "NW", "agency": "CSC", "form": "json"},
    "B.json": {"code": "NW", "agency": "POL", "form": "json"},
    "with A": {"code": "NW", "reference": "NW-1"},
    "without A": {"code": "NW", "reference": "NW-B"},
    "A's core group": {"code": "NW", "reference": "NW-2"},
    "A's invitation": {"code": "NW", "reference": "NW-1", "number": "line A"},
    "A's line": {"number": "line A"},
    "B's line": {"number": "line B"},
    "missed by A": {"number": "missed A"},
    "case of A": {"reference": "ES-A"},
    "case of B": {"reference": "ES-B"},
    "withdraw A's": {"reference": "ES-A", "slug": "withdraw"},
    "agreed in A's": {"reference": "ES-A", "number": "agreed A"},
    "agreed in B's": {"reference": "ES-B", "number": "agreed B"},
    # Numbers are known only when the rows are made: they stand here by name.
    "suggestion": {"number": "suggestion A"},
    "Bob": {"number": "person Bob"},
    "A's person": {"number": "person A"},
    "B's person": {"number": "person B"},
    "Bob, csv": {"number": "person Bob", "form": "csv"},
    "A's person, csv": {"number": "person A", "form": "csv"},
    "B's person, csv": {"number": "person B", "form": "csv"},
    "Bob's record": {"number": "record Bob"},
    "A's record": {"number": "record A"},
    "B's record": {"number": "record B"},
    "A's exemption": {"number": "exemption A"},
    "B's exemption": {"number": "exemption B"},
    "A's membership": {"number": "membership A"},
    "A's key": {"number": "key A"},
    "our key": {"number": "key here"},
    "our group": {"number": "group here"},
    "offered to us": {"number": "offered here"},
    "offered by us": {"number": "given here"},
    "Bob's account": {"number": "account Bob"},
    "Bob's grant": {"number": "grant Bob"},
    "role group": {"number": "group-of-jobs here"},
    "course": {"number": "course here"},
    "session": {"number": "session here"},
    "past session": {"number": "past here"},
    "requirement": {"number": "requirement here"},
    "A's requirement": {"number": "requirement A"},
    "A's booking": {"number": "booking A"},
    "B's booking": {"number": "booking B"},
    "Bob's booking": {"number": "booking Bob"},
    "A's mark": {"number": "mark A"},
    "late here": {"code": "NW", "what": "late-invitations"},
    "rule": {"code": "NW", "kind": "quorum", "number": "rule here"},
    "expectation": {"code": "NW", "number": "expectation here"},
    "target": {"number": "target here"},
    "target to come": {"number": "coming here"},
    "bank holiday": {"number": "holiday here"},
    "people's lists": {"area": "people"},
    "meetings' lists": {"area": "meetings"},
    "courses' lists": {"area": "courses"},
    "agencies' list": {"area": "set-up"},
    "extract's file": {"form": "csv"},
    "our count": {"number": "count here"},
    "courses template": {"area": "courses", "kind": "courses"},
    "staff template": {"area": "people", "kind": "staff"},
    "meetings template": {"area": "meetings", "kind": "meetings"},
    "A's upload": {"area": "people", "number": "upload A"},
    "our upload": {"area": "meetings", "number": "upload here"},
    "returns' file": {"form": "csv"},
    "our round": {"number": "round here"},
    "our round's file": {"number": "round here", "form": "csv"},
    "A's return": {"number": "round here", "agency": "CSC"},
    "B's return": {"number": "round here", "agency": "POL"},
    "issued list": {"form": "csv"},
    "actions' file": {"form": "csv"},
    "A's action": {"number": "action A"},
    "B's action": {"number": "action B"},
    "A's report": {"number": "report A"},
    "B's report": {"number": "report B"},
    "our report": {"number": "report here"},
    "sam's pack": {"number": "pack ready"},
    "sam's pack, being made": {"number": "pack making"},
    "sam's pack.pdf": {"number": "pack ready", "file": "pdf"},
    "A's report.json": {"number": "report A", "form": "json"},
    "B's report.json": {"number": "report B", "form": "json"},
}
ROWS |= {  # as files
    "list.csv": {"form": "csv"}, "here.csv": {"code": "NW", "form": "csv"},
    "A.csv": {"code": "NW", "agency": "CSC", "form": "csv"},
    "B.csv": {"code": "NW", "agency": "POL", "form": "csv"},
    "late here.csv": {"code": "NW", "what": "late-invitations", "form": "csv"},
    "session.csv": {"number": "session here", "form": "csv"},
    "staff.csv": {"kind": "staff", "form": "csv"}, "training.csv": {"kind": "training", "form": "csv"},
    "here, meetings.csv": {"code": "NW", "kind": "meetings", "form": "csv"},
    "here, attendance.csv": {"code": "NW", "kind": "attendance", "form": "csv"},
    "people's list.csv": {"area": "people", "form": "csv"},
    "meetings' list.csv": {"area": "meetings", "form": "csv"},
    "A's upload.csv": {"area": "people", "number": "upload A", "form": "csv"},
    "our upload.csv": {"area": "meetings", "number": "upload here", "form": "csv"},
}
# Instead of those: rows of Southmere, and what is nowhere.
FAR = {"code": "SM", "reference": "ES-FAR"}
NOWHERE = {"code": "XX", "reference": "ES-NONE", "number": 999_999_999}
MEASURE = "?measure=training_current&basis=due"  # a number that has rows
# Answers in the order of the roles: practitioner and lead of A, conference administrator, training
# administrator, sub-group, manager, decision-maker, auditor. y: 200, n: 404 as if it were missing, f: 403
# (a page without rows that is not for the role), r: sent on to another page, c: 409 with a sentence
# (the case may be read, and not moved).
# Route, rows, answers, and what is asked for.
PAGES = [
    ("compliance:home", "-", "yyyyyyyy", ""),
    ("compliance:components", "-", "yyyyyyyy", ""),
    ("compliance:upload-new", "people's lists", "fyffffff", ""),
    ("compliance:upload-new", "meetings' lists", "ffyfffff", ""),
    ("compliance:upload-new", "courses' lists", "fffyfyff", ""),
    ("compliance:upload-new", "agencies' list", "fffffyff", ""),
    ("compliance:upload-template", "courses template", "nnnynynn", ""),
    ("compliance:upload-template", "staff template", "nynnnnnn", ""),
    ("compliance:upload-template", "meetings template", "nnynnnnn", ""),
    ("compliance:upload-detail", "A's upload", "nynnnnnn", ""),
    ("compliance:upload-detail", "our upload", "nnynnnnn", ""),
    ("compliance:upload-columns", "A's upload", "nynnnnnn", ""),
    ("compliance:upload-columns", "our upload", "nnynnnnn", ""),
    ("compliance:upload-questions", "A's upload", "nynnnnnn", ""),
    ("compliance:upload-questions", "our upload", "nnynnnnn", ""),
    ("compliance:upload-leavers", "A's upload", "nynnnnnn", ""),
    ("compliance:upload-leavers", "our upload", "nnrnnnnn", ""),  # of meetings nobody is missing
    ("compliance:upload-refused", "A's upload.csv", "nynnnnnn", ""),
    ("compliance:upload-refused", "our upload.csv", "nnynnnnn", ""),
    ("compliance:upload-undo", "A's upload", "nrnnnnnn", ""),  # not written yet: on to the preview
    ("compliance:upload-undo", "our upload", "nnrnnnnn", ""),
    ("compliance:upload-accept", "A's upload", "nrnnnnnn", ""),  # an address for changes only
    ("compliance:upload-accept", "our upload", "nnrnnnnn", ""),
    ("compliance:upload-cancel", "A's upload", "nrnnnnnn", ""),
    ("compliance:upload-cancel", "our upload", "nnrnnnnn", ""),
    ("compliance:report-list", "-", "fyffyyfy", ""),
    ("compliance:report-list-file", "issued list", "fyffyyfy", ""),
    ("compliance:report-issue", "-", "ffffyyff", ""),
    ("compliance:issued-report", "A's report", "nynnyyny", ""),
    ("compliance:issued-report", "B's report", "nnnnyyny", ""),
    ("compliance:issued-report", "our report", "nnnnyyny", ""),
    ("compliance:issued-file", "A's report.json", "nynnyyny", ""),
    ("compliance:issued-file", "B's report.json", "nnnnyyny", ""),
    ("compliance:issued-published", "A's report", "nrnnrrnr", ""),  # not all are issued: on to the report
    ("compliance:issued-published", "B's report", "nnnnrrnr", ""),
    ("compliance:issued-published-file", "A's report.json", "nrnnrrnr", ""),
    ("compliance:issued-published-file", "B's report.json", "nnnnrrnr", ""),
    ("compliance:issued-sign-off", "A's report", "nynnnnnn", ""),
    ("compliance:issued-sign-off", "B's report", "nnnnnnnn", ""),
    ("compliance:pack-list", "-", "ffffyyff", ""),
    ("compliance:pack-list-file", "list.csv", "ffffyyff", ""),
    ("compliance:pack-new", "-", "ffffyyff", ""),
    ("compliance:pack-detail", "sam's pack", "nnnnynnn", ""),  # others' packs are nobody else's
    ("compliance:pack-detail", "sam's pack, being made", "nnnnynnn", ""),
    ("compliance:pack-file", "sam's pack.pdf", "nnnnynnn", ""),
    ("compliance:pack-cancel", "sam's pack, being made", "nnnnrnnn", ""),
    ("compliance:pack-delete", "sam's pack", "nnnnynnn", ""),
    ("compliance:return-list", "-", "fyffyyfy", ""),
    ("compliance:return-list-file", "returns' file", "fyffyyfy", ""),
    ("compliance:return-new", "-", "fffffyff", ""),
    ("compliance:return-detail", "our round", "nnnnyyny", ""),
    ("compliance:return-detail-file", "our round's file", "nnnnyyny", ""),
    ("compliance:return-due", "our round", "nnnnnynn", ""),
    ("compliance:return-close", "our round", "nnnnnynn", ""),
    ("compliance:return-withdraw", "our round", "nnnnnrnn", ""),  # somebody has signed
    ("compliance:return-remind", "our round", "nnnnnrnn", ""),  # an address for changes only
    ("compliance:return-agency", "A's return", "nynnyyny", ""),
    ("compliance:return-agency", "B's return", "nnnnyyny", ""),
    ("compliance:return-nil", "A's return", "nynnnnnn", ""),
    ("compliance:return-nil", "B's return", "nnnnnnnn", ""),
    ("compliance:return-take-back", "A's return", "nrnnnnnn", ""),  # an address for changes only
    ("compliance:return-send-back", "A's return", "nnnnnrnn", ""),  # not signed yet
    ("compliance:return-send-back", "B's return", "nnnnnynn", ""),
    ("partnership:history", "-", "yyyffyfy", ""),
    ("compliance:upload-list-file", "people's list.csv", "fyffffff", ""),
    ("compliance:upload-list-file", "meetings' list.csv", "ffyfffff", ""),
    ("partnership:history-file", "list.csv", "yyyffyfy", ""),
    ("partnership:unsaved", "-", "yyyyyyyy", ""),
    ("partnership:stay", "-", "yyyyyyyy", ""),
    ("compliance:dashboard", "here", "nnnyyyyy", ""),
    ("compliance:partnership-rows", "here", "nnnyyyyy", MEASURE),
    ("compliance:partnership-rows-file", "here.csv", "nnnyyyyy", MEASURE),
    ("compliance:partnership-report", "here.json", "nnnnyyny", ""),
    ("compliance:partnership-published", "here", "nnnnyyny", ""),
    ("compliance:annual", "here", "nnnnyyny", ""),
    ("compliance:annual-published", "here", "nnnnyyny", ""),
    ("compliance:annual-report", "here.json", "nnnnyyny", ""),
    ("compliance:section-11", "here.csv", "nnnnyyny", ""),
    ("compliance:agency-section-11", "A.csv", "nynnyyny", ""),
    ("compliance:agency-section-11", "B.csv", "nnnnyyny", ""),
    ("compliance:agency", "A", "nynyyyyy", ""),
    ("compliance:agency", "B", "nnnyyyyy", ""),
    ("compliance:agency-rows", "A", "nynyyyyy", MEASURE),
    ("compliance:agency-rows-file", "A.csv", "nynyyyyy", MEASURE),
    ("compliance:agency-rows", "B", "nnnyyyyy", MEASURE),
    ("compliance:agency-rows-file", "B.csv", "nnnyyyyy", MEASURE),
    ("compliance:agency-report", "A.json", "nynnyyny", ""),
    ("compliance:agency-report", "B.json", "nnnnyyny", ""),
    ("compliance:agency-published", "A", "nynnyyny", ""),
    ("compliance:agency-published", "B", "nnnnyyny", ""),
    ("conferences:meeting-list", "-", "yyynyyyy", ""),
    ("conferences:meeting-list-file", "list.csv", "yyynyyyy", ""),
    ("compliance:sending-back-meetings", "here, meetings.csv", "nnynnnnn", ""),
    ("compliance:sending-back-meetings", "here, attendance.csv", "nnynnnnn", ""),
    ("conferences:calendar", "-", "yyynyyyy", ""),
    ("conferences:due-list", "-", "yyynnnnn", ""),
    ("conferences:due-list-file", "list.csv", "yyynnnnn", ""),
    ("conferences:convene", "-", "yyynnnnn", ""),
    ("conferences:meeting-change", "with A", "nnynnnnn", ""),
    ("conferences:meeting-change", "without A", "nnynnnnn", ""),
    ("conferences:meeting-invite", "with A", "nnynnnnn", ""),
    ("conferences:meeting-invite", "without A", "nnynnnnn", ""),
    ("conferences:meeting-end", "with A", "nnynnnnn", ""),
    ("conferences:meeting-end", "without A", "nnynnnnn", ""),
    ("conferences:meeting-stand-down", "with A", "nnynnnnn", ""),
    ("conferences:meeting-stand-down", "without A", "nnynnnnn", ""),
    ("conferences:meeting-change", "A's core group", "yyynnnnn", ""),
    ("conferences:meeting-invite", "A's core group", "yyynnnnn", ""),
    ("conferences:meeting-end", "A's core group", "yyynnnnn", ""),
    ("conferences:meeting-stand-down", "A's core group", "rrrnnnnn", ""),
    ("conferences:meeting-invitation", "A's invitation", "nnynnnnn", ""),
    ("conferences:meeting-detail", "with A", "yyynyyyy", ""),
    ("conferences:meeting-detail", "without A", "nnynyyyy", ""),
    ("conferences:register", "with A", "nnynnnnn", ""),
    ("conferences:register", "A's core group", "yyynnnnn", ""),
    ("conferences:register-quorum", "with A", "nnynnnnn", ""),
    ("conferences:register-quorum", "A's core group", "yyynnnnn", ""),
    ("conferences:register-close", "with A", "nnynnnnn", ""),
    ("conferences:register-close", "A's core group", "yyynnnnn", ""),
    ("conferences:register-ending", "with A", "nnrnnnnn", ""),
    ("conferences:attendance-list", "-", "nynnnnnn", ""),
    ("conferences:attendance-list-file", "list.csv", "nynnnnnn", ""),
    ("conferences:my-meetings", "-", "yynnnnnn", ""),
    ("conferences:my-meetings-file", "list.csv", "yynnnnnn", ""),
    ("conferences:open-registers", "-", "yyynnnnn", ""),
    ("conferences:open-registers-file", "list.csv", "yyynnnnn", ""),
    ("conferences:dispute-list", "-", "yyynnnnn", ""),
    ("conferences:dispute-list-file", "list.csv", "yyynnnnn", ""),
    ("conferences:line-correct", "A's line", "nnrnnnnn", ""),
    ("conferences:line-deputy", "A's line", "yynnnnnn", ""),
    ("conferences:line-deputy", "B's line", "nnnnnnnn", ""),
    ("conferences:line-dispute", "A's line", "yyynnnnn", ""),
    ("conferences:line-dispute", "B's line", "nnynnnnn", ""),
    ("conferences:line-settle", "A's line", "nnynnnnn", ""),
    ("conferences:missed-excuse", "missed by A", "nnynnnnn", ""),
    ("escalation:queue", "-", "yyyfryyy", ""),
    ("escalation:queue-file", "list.csv", "yyyffyyy", ""),
    ("escalation:raise", "-", "yyyfffff", ""),
    ("escalation:themes", "-", "ffffyfff", ""),
    ("escalation:themes-file", "list.csv", "ffffyfff", ""),
    ("escalation:contacts", "-", "fyffffff", ""),
    ("escalation:suggestion-list", "-", "fyyffyff", ""),
    ("escalation:suggestion-list-file", "list.csv", "fyyffyff", ""),
    ("escalation:suggestions-dismiss", "-", "frrfffff", ""),
    ("escalation:suggestion-accept", "suggestion", "nrrnnnnn", ""),
    ("escalation:suggestion-dismiss", "suggestion", "nyynnnnn", ""),
    ("escalation:detail", "case of A", "yynnnyyy", ""),
    ("escalation:detail", "case of B", "nnnnnyyy", ""),
    ("escalation:decider", "case of A", "nnnnnynn", ""),
    ("escalation:decider", "case of B", "nnnnnynn", ""),
    ("escalation:identity", "case of A", "yynnnnnn", ""),
    ("escalation:identity", "case of B", "nnnnnnnn", ""),
    ("escalation:document", "case of A", "yynnnnnn", ""),
    ("escalation:document", "case of B", "nnnnnnnn", ""),
    ("escalation:action", "agreed in A's", "yynnnnnn", ""),
    ("escalation:action", "agreed in B's", "nnnnnnnn", ""),
    ("escalation:move", "withdraw A's", "yynnnccc", ""),
    ("escalation:policy", "here", "yyynnyyy", ""),
    ("escalation:policy-edit", "here", "nnnnnynn", ""),
    ("escalation:triggers", "here", "nnnnnynn", ""),
    ("compliance:case-summary", "case of A", "yynnnyyy", ""),
    ("compliance:case-summary", "case of B", "nnnnnyyy", ""),
    ("compliance:person", "Bob", "yynnnnnn", ""),
    ("compliance:person", "A's person", "nynnnnnn", ""),
    ("compliance:person", "B's person", "nnnnnnnn", ""),
    ("compliance:person-records-file", "Bob, csv", "yynnnnnn", ""),
    ("compliance:person-records-file", "A's person, csv", "nynnnnnn", ""),
    ("compliance:person-records-file", "B's person, csv", "nnnnnnnn", ""),
    ("partnership:staff-add", "-", "nynnnnnn", ""),
    ("partnership:staff-change", "A's person", "nynnnnnn", ""),
    ("partnership:staff-change", "Bob", "nynnnnnn", ""),
    ("partnership:staff-change", "B's person", "nnnnnnnn", ""),
    ("partnership:staff-leave", "A's person", "nynnnnnn", ""),
    ("partnership:staff-leave", "B's person", "nnnnnnnn", ""),
    ("partnership:staff-move", "A's person", "nynnnnnn", ""),
    ("partnership:staff-move", "B's person", "nnnnnnnn", ""),
    ("partnership:agency-list", "-", "fffffyff", ""),
    ("partnership:agency-list-file", "list.csv", "fffffyff", ""),
    ("partnership:agency-add", "-", "fffffyff", ""),
    ("partnership:agency-detail", "A's membership", "nnnnnynn", ""),
    ("partnership:agency-change", "A's membership", "nnnnnynn", ""),
    ("partnership:agency-offer", "A's membership", "nnnnnynn", ""),
    ("partnership:group-add", "-", "fffffyff", ""),
    ("partnership:group-change", "our group", "nnnnnynn", ""),
    ("partnership:offer-accept", "offered to us", "nnnnnynn", ""),
    ("partnership:offer-decline", "offered to us", "nnnnnrnn", ""),
    ("partnership:offer-withdraw", "offered by us", "nnnnnrnn", ""),
    ("partnership:role-group-list", "-", "fffffyff", ""),
    ("partnership:role-group-list-file", "list.csv", "fffffyff", ""),
    ("partnership:role-group-add", "-", "fffffyff", ""),
    ("partnership:role-group-rename", "role group", "nnnnnynn", ""),
    ("partnership:user-list", "-", "fyfffyff", ""),
    ("partnership:user-list-file", "list.csv", "fyfffyff", ""),
    ("partnership:user-invite", "-", "fyfffyff", ""),
    ("partnership:user-check", "-", "fyffffff", ""),
    ("partnership:user-detail", "Bob's account", "nynnnynn", ""),
    ("partnership:user-grant", "Bob's account", "nynnnynn", ""),
    ("partnership:user-link", "Bob's account", "nynnnnnn", ""),
    ("partnership:user-send-again", "Bob's account", "nrnnnrnn", ""),
    ("partnership:grant-end", "Bob's grant", "nynnnynn", ""),
    ("training:person-list", "-", "nynnnnnn", ""),
    ("training:person-list-file", "list.csv", "nynnnnnn", ""),
    ("compliance:sending-back-people", "staff.csv", "nynnnnnn", ""),
    ("compliance:sending-back-people", "training.csv", "nynnnnnn", ""),
    ("training:session", "-", "nynnnnnn", ""),
    ("training:session-done", "-", "nynnnnnn", ""),
    ("training:record-confirm", "-", "nynnnnnn", ""),
    ("training:record-confirm-file", "list.csv", "nynnnnnn", ""),
    ("training:record-log", "Bob", "yynnnnnn", ""),
    ("training:record-log", "A's person", "nynnnnnn", ""),
    ("training:record-log", "B's person", "nnnnnnnn", ""),
    ("training:exempt", "A's person", "nynnnnnn", ""),
    ("training:exempt", "Bob", "nynnnnnn", ""),
    ("training:exempt", "B's person", "nnnnnnnn", ""),
    ("training:record-correct", "Bob's record", "nynnnnnn", ""),
    ("training:record-correct", "A's record", "nynnnnnn", ""),
    ("training:record-correct", "B's record", "nnnnnnnn", ""),
    ("training:record-withdraw", "A's record", "nynnnnnn", ""),
    ("training:record-withdraw", "B's record", "nnnnnnnn", ""),
    ("training:exemption-end", "A's exemption", "nynnnnnn", ""),
    ("training:exemption-end", "B's exemption", "nnnnnnnn", ""),
    ("training:course-list", "-", "yynyyyny", ""),
    ("training:course-list-file", "list.csv", "yynyyyny", ""),
    ("training:course-add", "-", "nnnynynn", ""),
    ("training:course-detail", "course", "yynyyyny", ""),
    ("training:course-change", "course", "nnnynynn", ""),
    ("training:requirement-list", "-", "nynyyyyy", ""),
    ("training:requirement-list-file", "list.csv", "nynyyyyy", ""),
    ("training:requirement-add", "-", "nynynynn", ""),
    ("training:requirement-change", "requirement", "nnnynynn", ""),
    ("training:requirement-change", "A's requirement", "nynnnnnn", ""),
    ("training:requirement-end", "requirement", "nnnynynn", ""),
    ("training:requirement-end", "A's requirement", "nynnnnnn", ""),
    ("training:session-list", "-", "yynyyyny", ""),
    ("training:session-list-file", "list.csv", "yynyyyny", ""),
    ("training:session-add", "-", "nnnynynn", ""),
    ("training:session-detail", "session", "yynyyyny", ""),
    ("training:session-bookings-file", "session.csv", "yynynnnn", ""),
    ("training:session-change", "session", "nnnynynn", ""),
    ("training:session-cancel", "session", "nnnynynn", ""),
    ("training:session-book", "session", "yynynnnn", ""),
    ("training:register", "past session", "nnnynnnn", ""),
    ("training:register-close", "past session", "nnnynnnn", ""),
    ("training:walk-in", "past session", "nnnynnnn", ""),
    ("training:booking-cancel", "Bob's booking", "yynynnnn", ""),
    ("training:booking-cancel", "A's booking", "nynynnnn", ""),
    ("training:booking-cancel", "B's booking", "nnnynnnn", ""),
    ("training:booking-correct", "A's mark", "nnnynnnn", ""),
    ("training:take-up", "-", "nynyyyny", ""),
    ("training:take-up-rows", "-", "nynyyyny", "?count=came"),
    ("training:take-up-file", "list.csv", "nynyyyny", ""),
    ("training:take-up-rows-file", "list.csv", "nynyyyny", "?count=came"),
    ("compliance:duty-list", "-", "nynyyyyy", ""),
    ("compliance:duty-list-file", "list.csv", "nynyyyyy", ""),
    ("compliance:action-list", "-", "fyfyyyyy", ""),
    ("compliance:action-list-file", "actions' file", "fyfyyyyy", ""),
    ("compliance:action-new", "-", "ffffyyff", ""),
    ("compliance:action-new", "-", "ffffyyff", "?source=meeting"),
    ("compliance:action-detail", "A's action", "nynyyyyy", ""),
    ("compliance:action-detail", "B's action", "nnnyyyyy", ""),
    ("compliance:action-change", "A's action", "nnnnyynn", ""),
    ("compliance:action-date", "A's action", "nnnnyynn", ""),
    ("compliance:action-progress", "A's action", "nynnyynn", ""),
    ("compliance:action-progress", "B's action", "nnnnyynn", ""),
    ("compliance:action-done", "A's action", "nynnnnnn", ""),
    ("compliance:action-done", "B's action", "nnnnnnnn", ""),
    ("compliance:action-close", "A's action", "nnnnyynn", ""),
    ("compliance:action-reopen", "A's action", "nnnnrrnn", ""),  # it is open
    ("compliance:set-up", "-", "fyyffyff", ""),
    ("compliance:target-list", "-", "fyfyyyyy", ""),
    ("compliance:target-list-file", "list.csv", "fyfyyyyy", ""),
    ("compliance:target-new", "here", "nnnnnynn", ""),
    ("compliance:target-correct", "target to come", "nnnnnynn", ""),
    ("compliance:target-end", "target", "nnnnnynn", ""),
    ("compliance:target-remove", "target to come", "nnnnnynn", ""),
    ("compliance:extract-list", "-", "nnynyyyy", ""),
    ("compliance:extract-list-file", "extract's file", "nnynyyyy", ""),
    ("compliance:typed-list", "-", "nnynyyyy", ""),
    ("compliance:typed-list-file", "list.csv", "nnynyyyy", ""),
    ("compliance:typed-new", "-", "nnynnynn", ""),
    ("compliance:typed-correct", "our count", "nnynnynn", ""),
    ("compliance:data-quality", "-", "fffyyyyy", ""),
    ("compliance:data-quality-file", "here.csv", "nnnyyyyy", ""),
    ("compliance:quality-rows", "late here", "nnnyyyyy", ""),
    ("compliance:quality-rows-file", "late here.csv", "nnnyyyyy", ""),
    ("conferences:rules", "-", "yyyyyyyy", ""),
    ("conferences:quorum-rule", "here", "yyyyyyyy", ""),
    ("conferences:quorum-rule-new", "here", "nnnnnynn", ""),
    ("conferences:expectation-list", "here", "yyyyyyyy", ""),
    ("conferences:expectation-list-file", "here.csv", "yyyyyyyy", ""),
    ("conferences:expectation-new", "here", "nnnnnynn", ""),
    ("conferences:expectation-end", "expectation", "nnnnnynn", ""),
    ("conferences:timescale-list", "here", "yyyyyyyy", ""),
    ("conferences:timescale-list-file", "here.csv", "yyyyyyyy", ""),
    ("conferences:timescale-new", "here", "nnnnnynn", ""),
    ("conferences:rule-correct", "rule", "nnnnnynn", ""),
    ("conferences:rule-remove", "rule", "nnnnnynn", ""),
    ("partnership:holiday-list", "-", "yyyyyyyy", ""),
    ("partnership:holiday-list-file", "list.csv", "yyyyyyyy", ""),
    ("partnership:holiday-publish", "-", "nnnnnynn", ""),
    ("partnership:holiday-add", "-", "nnnnnynn", ""),
    ("partnership:holiday-remove", "bank holiday", "nnnnnynn", ""),
    ("partnership:labels", "here", "nnnnnynn", ""),
    ("machines:docs", "-", "yyyyyyyy", ""),
    ("machines:key-list", "-", "fyyffyff", ""),
    ("machines:key-list-file", "list.csv", "fyyffyff", ""),
    ("machines:key-make", "-", "fyyffyff", ""),
    ("machines:key-detail", "A's key", "nynnnnnn", ""),
    ("machines:key-detail", "our key", "nnnnnynn", ""),
    ("machines:key-revoke", "A's key", "nynnnnnn", ""),
    ("machines:key-revoke", "our key", "nnnnnynn", ""),
    ("api:who", "-", "yyyyyyyy", ""),
    ("api:document", "-", "yyyyyyyy", ""),
    ("api:nothing", "-", "nnnnnnnn", ""),
    ("api:partnerships-list", "-", "yyyyyyyy", ""),
    ("api:agencies-list", "-", "yyyyyyyy", ""),
    ("api:role-groups-list", "-", "yyyyyyyy", ""),
    ("api:staff-list", "-", "yyffffff", ""),
    ("api:records-list", "-", "yyffffff", ""),
    ("api:courses-list", "-", "yyyyyyyy", ""),
    ("api:requirements-list", "-", "fyfyyyyy", ""),
    ("api:sessions-list", "-", "yyfyyyfy", ""),
    ("api:bookings-list", "-", "yyfyffff", ""),
    ("api:meetings-list", "-", "yyyfyyyy", ""),
    ("api:attendance-list", "-", "yyyfyyyy", ""),
    ("api:attendance-names-list", "-", "yyyfffff", ""),
    ("api:missed-duties-list", "-", "yyyfyyyy", ""),
    ("api:escalations-list", "-", "yyyffyyy", ""),
    ("api:history-list", "-", "yyyffyfy", ""),
    ("api:members", "here", "nynyyyyy", ""),
    ("api:partnership-pdf", "here", "nnnnyyny", ""),
    ("api:partnership-csv", "here", "nnnnyyny", ""),
    ("api:agency-pdf", "A", "nynnyyny", ""),
    ("api:agency-csv", "A", "nynnyyny", ""),
    ("api:agency-csv", "B", "nnnnyyny", ""),
    ("api:partnership-scorecard", "here", "nnnyyyyy", ""),
    ("api:agency-scorecard", "A", "nynyyyyy", ""),
    ("api:agency-scorecard", "B", "nnnyyyyy", ""),
]
LETTERS = {200: "y", 404: "n", 403: "f", 302: "r", 409: "c"}
# Routes that answer without a sign-in, and why.
PUBLIC = {
    "account_login": "the way in",
    "account_signup": "says that accounts are by invitation; makes none",
    "account_inactive": "says that an account is switched off",
    "account_logout": "sends people without a session to the sign-in",
    "account_reset_password": "a forgotten password",
    "account_reset_password_done": "a forgotten password",
    "account_reset_password_from_key": "a forgotten password, by the mailed link",
    "account_reset_password_from_key_done": "a forgotten password",
    "account_confirm_email": "the library's; asks for a key from a mail",
    "account_email_verification_sent": "the library's; a sentence",
    "account_confirm_login_code": "the library's; sends people to the sign-in",
    "machines:calendar-feed": "calendar programs cannot sign in: the address itself is the secret",
}
# Addresses of one row, and those that only take changes: worked out from the serializers and tried
# with keys of both kinds and with people in tests/api (test_leaks.py, test_roles.py).
ROWS_OF_API = re.compile(r"api:(?!partnership-|agency-)[a-z-]+-(detail|bulk|correction|lines|close|ending|by-reference|move|cancel|stand-down)")
# Pages about one's own account: each person sees their own, so there is no reach to be tested.
OWN_ACCOUNT = {
    "machines:calendar", "machines:calendar-make", "machines:calendar-revoke",
    "account_email", "account_change_password", "account_set_password", "account_reauthenticate",
    "partnership:account", "partnership:account-sign-out",
}


# --- Walking --------------------------------------------------------------------------------------


def routes(resolver=None, above=()) -> Iterator[tuple[str, object]]:
    """Each route's whole name with its pattern."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if hasattr(pattern, "url_patterns"):
            space = (pattern.namespace,) if pattern.namespace else ()
            yield from routes(pattern, (*above, *space))
        else:
            yield ":".join((*above, pattern.name or str(pattern.pattern))), pattern


def address(route: str, rows: dict, query: str = "") -> str:
    return reverse(route, kwargs=rows) + query


def rows_of(name: str, places) -> dict:
    """The parts of an address for some rows, their numbers looked up."""
    parts = dict(ROWS[name])
    if "number" in parts:
        parts["number"] = places.numbers[parts["number"]]
    return parts


def far_from(name: str, places) -> tuple[str, object]:
    """Which part of an address to change, and to what, to ask for the same in Southmere."""
    key = next(part for part in ("code", "reference", "number") if part in ROWS[name])
    if key != "number":
        return key, FAR[key]
    return key, places.numbers[ROWS[name]["number"].split()[0] + " far"]


def anything(pattern) -> dict:
    """Some value for each part of an address."""
    known = {
        "form": "csv", "code": "NW", "agency": "CSC", "reference": "NW-1", "uidb36": "1",
        "slug": "withdraw", "area": "people", "file": "pdf",
    }
    parts = pattern.pattern.converters or pattern.pattern.regex.groupindex
    return {name: known.get(name, "1") for name in parts}


def test_every_route_is_listed_once():
    names = [name for name, _ in routes()]
    assert len(names) == len(set(names))
    listed = {name for name, *_ in PAGES}
    names = [name for name in names if not ROWS_OF_API.fullmatch(name)]
    assert set(names) == listed | set(PUBLIC) | OWN_ACCOUNT
    assert not (listed & set(PUBLIC) or listed & OWN_ACCOUNT or set(PUBLIC) & OWN_ACCOUNT)


def test_every_public_route_has_its_reason():
    assert all(PUBLIC.values())
    assert all(name.startswith("account_") for name in set(PUBLIC) - {"machines:calendar-feed"})


@pytest.fixture
def places(people, cases, meetings, lists):
    """Everybody, and the numbers of rows here and in Southmere."""
    people.numbers = lists | accounts(people) | agreed() | uploads(people) | reports(people)
    people.numbers |= board_actions(people) | returns(people) | packs(people)
    return people


def accounts(people) -> dict[str, int]:
    """Accounts, roles, agencies and offers of each side; role groups are the same for all."""
    here, far = people.alice.grants.get().agency, people.outsider.grants.get().agency
    north, south = here.partnerships.get(), far.partnerships.get()
    found = {"group-of-jobs here": make.RoleGroupFactory().pk, "group-of-jobs far": 999_999_998}
    for side, user, part, place, other in (
        ("here", people.bob, people.charlie.grants.get().agency, north, south),
        ("far", people.outsider, far, south, make.PartnershipFactory()),
    ):
        group = make.AgencyFactory()
        Agency.objects.filter(pk=part.pk).update(parent=group)
        whose = "Bob" if side == "here" else "far"
        found |= {
            f"group {side}": group.pk, f"account {whose}": user.pk, f"grant {whose}": user.grants.get().pk,
            f"offered {side}": make.AgencyOfferFactory(giver=other, taker=place).pk,
            f"given {side}": make.AgencyOfferFactory(giver=place, taker=other).pk,
        }
    for name, place in (("A", {"agency": here}), ("here", {"agency": None, "partnership": north}), ("far", {"agency": far})):
        scopes = ["read_staff"] if place["agency"] else ["read_figures"]
        found[f"key {name}"] = make.MachineKeyFactory(scopes=scopes, **place).pk
    return found | {"membership A": here.memberships.get().pk, "membership far": far.memberships.get().pk}


@pytest.fixture
def meetings(partnership, agency_b, staff_b, meeting, core_group, meeting_elsewhere):
    """Conferences with and without agency A, here and in Southmere."""
    without = make.MeetingFactory(partnership=partnership, reference="NW-B")
    make.AttendanceFactory(
        meeting=without, agency=agency_b, staff_member=staff_b, outcome=Outcome.ATTENDED
    )


@pytest.fixture
def cases(people, partnership, elsewhere, agency_a, agency_b, agency_c):
    """Cases with and without agency A, here and in Southmere."""
    other = make.AgencyFactory(name="Northwold Housing")
    make.MembershipFactory(partnership=partnership, agency=other, code="HOU")
    for reference, place, raised_by, raised_for, about in (
        ("ES-A", partnership, people.bob, agency_a, agency_b),
        ("ES-B", partnership, people.charlie, agency_b, other),
        ("ES-FAR", elsewhere, people.outsider, agency_c, make.AgencyFactory()),
    ):
        case = make.EscalationFactory(
            partnership=place, reference=reference, raised_by=raised_by, raised_for=raised_for,
            about=about,
        )
        make.StageFactory(escalation=case)
        make.AgreedActionFactory(escalation=case)


def uploads(people) -> dict[str, int]:
    """What a lead and the conference service sent, with something to ask, to refuse and to miss."""
    table = Table(["Staff ref"], [(2, ["A-1"]), (3, ["A-2"])])
    option = [1, "Siân Llwyd, A-1", "Nurse, Northwold"]
    shown = [[3, "refused", "", [["Agency", "x", "It is not known here."]]]]
    asked = [["key", "Sian Llwyd", [2], True, [option]]]
    found = {}
    for name, user, kind, missing in (
        ("A", people.alice, "staff", [option]), ("here", people.dana, "meetings", []),
        ("far", people.outsider, "staff", [option]),
    ):
        found[f"upload {name}"] = make.UploadFactory(
            sent_by=user, kind=kind, state="planned", rows=2, cells=table.packed(),
            counts={"refused": 1, "asked": 1}, preview=packed([shown, asked, missing]),
            partnership=user.grants.get().partnership,
        ).pk
    return found


def reports(people) -> dict[str, int]:
    """Issued reports of each side: of agencies that have still to answer, and of the partnership."""
    found = {}
    for name, user in (("A", people.alice), ("B", people.charlie), ("far", people.outsider)):
        agency = user.grants.get().agency
        place = agency.partnerships.get()
        found[f"report {name}"] = make.IssuedReportFactory(partnership=place, agency=agency).pk
    whole = make.IssuedReportFactory(partnership=people.mo.grants.get().partnership, agency=None)
    return found | {"report here": whole.pk}


def packs(people) -> dict[str, int]:
    """Packs that the sub-group's member asked for; one of somebody elsewhere."""
    north, south = (user.grants.get().agency.partnerships.get() for user in (people.alice, people.outsider))
    found = {}
    for name, user, place, state in (
        ("ready", people.sam, north, "ready"), ("making", people.sam, north, "making"),
        ("far", people.outsider, south, "ready"),
    ):
        ready = {"finished_at": timezone.now(), "expires_on": today(), "sizes": {"pdf": 5, "zip": 5}}
        pack = make.PackFactory(
            asked_by=user, places=place.code, places_of=[place], state=state, **(ready if state == "ready" else {})
        )
        make.PackPieceFactory(pack=pack)
        found[f"pack {name}"] = pack.pk
    return found


def board_actions(people) -> dict[str, str]:
    """Actions of the board of each side, by their numbers."""
    found = {}
    for name, user in (("A", people.alice), ("B", people.charlie), ("far", people.outsider)):
        agency = user.grants.get().agency
        row = make.ActionFactory(partnership=agency.partnerships.get(), owner=agency)
        found[f"action {name}"] = row.number
    return found


def returns(people) -> dict[str, int]:
    """Returns that were asked for on each side; B has signed."""
    found = {}
    for name, users in (("here", (people.alice, people.charlie)), ("far", (people.outsider,))):
        agencies = [user.grants.get().agency for user in users]
        asked = make.ReturnRoundFactory(partnership=agencies[0].partnerships.get(), due_on=today())
        for agency in agencies:
            row = make.AgencyReturnFactory(round=asked, membership=agency.memberships.get())
            if name == "here" and agency != agencies[0]:
                make.ReturnSignOffFactory(agency_return=row)
        found[f"round {name}"] = asked.pk
    return found


def agreed() -> dict[str, int]:
    """What was agreed in each case, by its side."""
    rows = AgreedAction.objects.values_list("escalation__reference", "pk")
    return {f"agreed {reference.removeprefix('ES-').replace('FAR', 'far')}": pk for reference, pk in rows}


@pytest.fixture
def lists(
    partnership, elsewhere, agency_b, agency_c, meeting, meeting_elsewhere, staff_a, staff_a2,
    staff_b, staff_c,
):
    """A person, a record, an exemption and a suggestion of each side, by name."""
    course, found = make.CourseFactory(), {}
    for name, person in (("Bob", staff_a), ("A", staff_a2), ("B", staff_b), ("far", staff_c)):
        made = make.TrainingRecordFactory(staff_member=person, course=course)
        found[f"person {name}"], found[f"record {name}"] = person.pk, made.pk
        found[f"exemption {name}"] = make.ExemptionFactory(staff_member=person).pk
    for name, place, about, held in (
        ("A", partnership, agency_b, meeting), ("far", elsewhere, agency_c, meeting_elsewhere)
    ):
        for line in held.lines.select_related("agency"):
            side = {agency_b: "B", agency_c: "far"}.get(line.agency, "A")
            found[f"line {side}"] = line.pk
        missed = held.lines.exclude(agency=agency_b).get().agency
        found[f"missed {name}"] = make.MissedDutyFactory(meeting=held, agency=missed).pk
        row = make.SuggestionFactory(partnership=place, about=about, meetings=[held])
        found[f"suggestion {name}"] = row.pk
    return found | sessions(partnership, elsewhere, staff_a, staff_a2, staff_b, staff_c) | local_rules(partnership, elsewhere)


def local_rules(partnership, elsewhere) -> dict[str, int]:
    """Dated rules of each side, some of them to come, and a bank holiday of two countries."""
    found, soon = {}, today() + timedelta(days=30)
    for name, place, country in (("here", partnership, "ENG"), ("far", elsewhere, "NIR")):
        rule = make.QuorumRuleFactory(partnership=place, effective_from=soon)
        expectation = make.ExpectationRuleFactory(partnership=place, kind="review_conference")
        coming = make.TargetFactory(partnership=place, effective_from=soon)
        found |= {
            f"rule {name}": rule.pk, f"expectation {name}": expectation.pk,
            f"count {name}": make.TypedCountFactory(partnership=place).pk,
            f"target {name}": make.TargetFactory(partnership=place).pk, f"coming {name}": coming.pk,
            f"holiday {name}": make.BankHolidayFactory(country=country, on=soon).pk,
        }
    return found


def sessions(partnership, elsewhere, staff_a, staff_a2, staff_b, staff_c) -> dict[str, int]:
    """What is asked, and sessions to come and past with a booking of each side, by name."""
    found, gone = {}, today() - timedelta(days=7)
    for name, place, own in (("here", partnership, staff_a2), ("far", elsewhere, staff_c)):
        coming = make.SessionFactory(partnership=place)
        past = make.SessionFactory(partnership=place, held_on=gone)
        side = "A" if name == "here" else "far"
        mark = make.BookingFactory(session=past, staff_member=own, state="attended")
        found |= {
            f"session {name}": coming.pk, f"past {name}": past.pk, f"mark {side}": mark.pk,
            f"booking {side}": make.BookingFactory(session=coming, staff_member=own).pk,
            f"requirement {name}": make.RequirementFactory(partnership=place).pk,
        }
        if name == "here":
            for who, person in (("Bob", staff_a), ("B", staff_b)):
                row = make.BookingFactory(session=coming, staff_member=person)
                found[f"booking {who}"] = row.pk
    asked = make.RequirementFactory(partnership=None, agency=staff_a.agency)
    # The catalogue is one for all partnerships: there is no course of elsewhere.
    return found | {
        "requirement A": asked.pk, "course here": coming.course_id, "course far": 888_888_888,
    }


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "pattern"), [
    pytest.param(name, pattern, id=name) for name, pattern in routes() if name not in PUBLIC
])
def test_without_sign_in_a_route_gives_nothing(client, name, pattern):
    answer = client.get(address(name, anything(pattern)))
    if name.startswith("api:"):
        assert answer.status_code in (401, 403)
        assert answer["Content-Type"] == "application/problem+json"
        assert set(answer.json()) == {"type", "title", "status", "code", "detail", "fields"}
    else:
        assert answer.status_code == 302
        assert answer.url.startswith("/accounts/login/")


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_public_routes_show_nobody_and_make_nobody(client, name, people):
    pattern = dict(routes())[name]
    answer = client.get(address(name, anything(pattern)))
    assert answer.status_code in ((404,) if name == "machines:calendar-feed" else (200, 302))
    words = re.findall(r"\w+", re.sub(r"<[^>]*>", " ", answer.content.decode()))
    assert not [p.name for p in User.objects.all() if p.name in words]
    before = User.objects.count()
    client.post(address(name, anything(pattern)), {
        "email": "new@example.org", "password1": "a long enough word", "password2": "a long enough word",
    })
    assert User.objects.count() == before


# --- Roles ----------------------------------------------------------------------------------------


def answers_of(role: Role) -> dict[tuple[str, str, str], str]:
    """What the table says for a role: route, rows and query, and the letter of the answer."""
    place = list(Role).index(role)
    return {(name, rows, query): answers[place] for name, rows, answers, query in PAGES}


def get(client, places, name, rows, query):
    return client.get(address(name, rows_of(rows, places), query))


def test_the_table_has_an_answer_for_every_role():
    for name, rows, answers, _ in PAGES:
        assert len(answers) == len(Role), (name, rows)
        assert set(answers) <= set(LETTERS.values()), (name, rows)
        assert rows in ROWS, (name, rows)


OPEN_TO_ALL = {  # there for everybody who is signed in, and empty without a role
    "compliance:home", "api:who", "api:document", "api:partnerships-list", "api:agencies-list",
    "api:role-groups-list", "api:courses-list", "machines:docs", "compliance:components",
    "partnership:unsaved", "partnership:stay",
}


@pytest.mark.django_db
@pytest.mark.parametrize("role", Role)
def test_each_role_gets_the_answers_of_the_table_and_nothing_once_its_grant_is_lost(
    client, places, by_role, role
):
    client.force_login(by_role[role])
    got = {}
    for page in answers_of(role):
        answer = get(client, places, *page)
        got[page] = LETTERS.get(answer.status_code, answer.status_code)
        if answer.status_code in (200, 302):
            assert_safe(answer)
    assert got == answers_of(role)
    Grant.objects.filter(user=by_role[role]).delete()
    for page in (page for page, letter in got.items() if letter in "yr"):
        if page[0] not in OPEN_TO_ALL:
            assert get(client, places, *page).status_code in (403, 404), page


def shown(answer) -> str:
    """The page without the token that differs each time."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())


@pytest.mark.django_db
@pytest.mark.parametrize("role", Role)
def test_what_is_elsewhere_answers_as_if_it_were_missing(client, places, by_role, role):
    """Who is let in here is not let in there, and cannot tell that there is anything."""
    client.force_login(by_role[role])
    tried = 0
    for (name, rows, query), letter in answers_of(role).items():
        if ROWS[rows].keys() & NOWHERE.keys() and letter != "n":
            key, value = far_from(rows, places)
            there = {**rows_of(rows, places), key: value}
            far = client.get(address(name, there, query))
            none = client.get(address(name, {**there, key: NOWHERE[key]}, query))
            assert (far.status_code, none.status_code) == (404, 404), (name, rows)
            assert shown(far).replace(f"/{value}/", f"/{NOWHERE[key]}/") == shown(none), (name, rows)
            tried += 1
    assert tried >= 2


def assert_safe(answer) -> None:
    """What every answer to a signed-in person carries."""
    assert answer["Cache-Control"] == "no-store, private"
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "rows", "query"), [
        ("compliance:agency", {"code": "SM", "agency": "CSC"}, ""),
        ("compliance:agency-report", {"code": "SM", "agency": "CSC", "form": "csv"}, ""),
        ("conferences:meeting-detail", {"code": "SM", "reference": "NW-1"}, ""),
        ("escalation:detail", {"reference": "ES-FAR"}, ""),
    ],
)
def test_what_is_elsewhere_is_there_for_its_own_people(client, places, name, rows, query):
    """The twin: the row that nobody here can reach does exist."""
    client.force_login(places.outsider)
    assert client.get(address(name, rows, query)).status_code == 200
    here = {"code": "NW"} if "code" in rows else {"reference": "ES-A"}
    assert client.get(address(name, rows | here, query)).status_code == 404


@pytest.mark.django_db
def test_an_inactive_person_is_signed_out_on_the_next_request(client, alice, meeting):
    client.force_login(alice)
    page = address("conferences:meeting-detail", ROWS["with A"])
    assert client.get(page).status_code == 200
    User.objects.filter(pk=alice.pk).update(is_active=False)
    answer = client.get(page)
    assert answer.status_code == 302
    assert answer.url.startswith("/accounts/login/")


@pytest.mark.django_db
def test_names_on_a_meetings_page_are_for_those_who_were_there(client, places, meeting, staff_a, staff_b):
    page = address("conferences:meeting-detail", ROWS["with A"])
    seen = {}
    for name in ("alice", "bob", "charlie", "dana", "sam", "mo", "dee", "audrey"):
        client.force_login(getattr(places, name))
        text = client.get(page).content.decode()
        assert "Northwold Police" in text
        seen[name] = {str(p.reference) for p in (staff_a, staff_b) if escape(p.last_name) in text}
        assert (meeting.family_ref in text) is (name == "dana"), name
    assert seen == {
        "alice": {"A-1"}, "charlie": {"B-1"}, "bob": {"A-1", "B-1"}, "dana": {"A-1", "B-1"},
        "sam": set(), "mo": set(), "dee": set(), "audrey": set(),
    }
