"""The short lists on a home: one's own training and meetings, and the first of what waits."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from conferences.choices import MeetingState
from conferences.models import Attendance, Meeting
from conferences.querysets import AttendanceQuerySet, MeetingQuerySet
from escalation.casebook import CASE_COLOURS, due_words
from escalation.models import Escalation, Stage
from escalation.stages import CaseState
from partnership.models import StaffMember, User, today
from partnership.reach import can
from partnership.roles import Permission
from partnership.templatetags.quorate import longdate
from training.due import COLOURS, RANK, in_words
from training.standing import open_book

FIRST, MEETINGS = 5, 10


def columns(*texts: str) -> list[dict]:
    return [{"text": text} for text in texts]


# --- One's own ------------------------------------------------------------------------------------


def my_standings(user: User) -> list[list[dict]]:
    """The person's own training, what most needs something done on top."""
    if not user.staff_member_id:
        return []
    own = StaffMember.objects.within_reach(user, Permission.VIEW_STAFF).filter(pk=user.staff_member_id)
    rows = sorted(open_book(own).standings(today()), key=lambda row: RANK[row.standing])
    return [
        [
            {"text": in_words(row.requirement), "header": True},
            {
                "text": row.standing.label, "tag_colour": COLOURS[row.standing],
                "hint": longdate(row.expires_on),
            },
        ]
        for row in rows
    ]


def my_meetings(user: User) -> list[list[dict]]:
    """The meetings that the person was invited to: those ahead first, the next one on top."""
    if not user.staff_member_id:
        return []
    # The person's own invitations, which every role may see.
    rows = Attendance.objects.within_reach(user, Permission.DISPUTE_LINES).filter(
        staff_member=user.staff_member_id
    ).select_related("meeting__partnership")
    ahead = Q(meeting__held_on__gte=today()) & ~Q(meeting__state=MeetingState.CANCELLED)
    coming = rows.filter(ahead).order_by("meeting__held_on", "meeting__pk")[:MEETINGS]
    past = rows.exclude(ahead).order_by("-meeting__held_on", "-meeting__pk")[:MEETINGS]
    found = [*coming, *past][:MEETINGS]
    return [[meeting_cell(line.meeting), outcome_cell(line)] for line in found]


def outcome_cell(line: Attendance) -> dict:
    """What became of it; ahead, that it is to come."""
    if line.meeting.held_on > today() and line.meeting.state == MeetingState.PLANNED:
        return {"text": "To come", "tag_colour": "blue"}
    return {"text": line.get_outcome_display()}


def meeting_cell(meeting: Meeting) -> dict:
    """A meeting in one cell, as narrow tables need it."""
    name, kind, held = meeting_cells(meeting)
    return name | {"hint": f"{kind['text']}, {held['text']}"}


def meeting_cells(meeting: Meeting) -> list[dict]:
    codes = [meeting.partnership.code, meeting.reference]
    return [
        {
            "text": meeting.reference, "header": True,
            "href": reverse("conferences:meeting-detail", args=codes),
        },
        {"text": meeting.get_kind_display()},
        {"text": longdate(meeting.held_on)},
    ]


# --- The first of what waits ----------------------------------------------------------------------


def registers(user: User) -> dict:
    """Registers still open after their day, oldest first, for those who close them."""
    rows = Meeting.objects.recordable_by(user).open_registers(today()).distinct()
    rows = rows.select_related("partnership").order_by("held_on", "reference")
    return oldest(rows, meeting_cells, columns("Meeting", "Kind", "Date"))


def disputes(user: User) -> dict:
    """Disputed lines that wait for an answer, oldest first, for those who answer them."""
    rows = Attendance.objects.within_reach(user, Permission.SETTLE_LINES).disputed()
    rows = rows.select_related("meeting__partnership", "agency").order_by("disputed_at", "pk")
    return oldest(rows, dispute_cells, columns("Meeting", "Agency", "Disputed on"))


def dispute_cells(line: Attendance) -> list[dict]:
    return [
        meeting_cell(line.meeting),
        {"text": line.agency.name},
        {"text": longdate(timezone.localdate(line.disputed_at))},
    ]


def oldest(
    rows: MeetingQuerySet | AttendanceQuerySet, cells: Callable[..., list[dict]], columns: list[dict]
) -> dict:
    """The first rows as a table, and whether there are more."""
    found = list(rows[: FIRST + 1])
    return {
        "rows": [cells(row) for row in found[:FIRST]], "columns": columns, "cut": len(found) > FIRST,
    }


# --- Deciding -------------------------------------------------------------------------------------


def decisions(user: User) -> dict | None:
    """The cases given to a person to decide, soonest due first; and what they decided."""
    if not can(user, Permission.DECIDE_ESCALATION):
        return None
    given = Escalation.objects.within_reach(user, Permission.DECIDE_ESCALATION)
    # unscoped: the open stages of those cases
    stages = Stage.objects.filter(closed_at=None, escalation__in=given)
    stages = stages.select_related("escalation__about", "policy_stage").order_by("due_at", "pk")
    closed = given.exclude(state=CaseState.OPEN).select_related("about").order_by("-closed_at")
    return {
        "open": [open_cells(stage) for stage in stages[:MEETINGS]],
        "open_columns": columns("Case", "About", "At which stage", "Due"),
        "closed": [closed_cells(case) for case in closed[:FIRST]],
        "closed_columns": columns("Case", "About", "How it ended"),
    }


def case_cell(case: Escalation) -> dict:
    return {
        "text": case.reference, "header": True, "nowrap": True,
        "href": reverse("escalation:detail", args=[case.reference]),
        "hint": "Urgent" if case.urgent else "",
    }


def open_cells(stage: Stage) -> list[dict]:
    case, step = stage.escalation, stage.policy_stage
    return [
        case_cell(case), {"text": case.about.name},
        {"text": f"{step.position}. {step.title}"}, due_cell(stage),
    ]


def due_cell(stage: Stage) -> dict:
    if stage.overdue(timezone.now()):
        return {"text": "Overdue", "tag_colour": "red", "hint": f"since {longdate(stage.due_at)}"}
    return {"text": due_words(stage) or "No clock runs"}


def closed_cells(case: Escalation) -> list[dict]:
    return [
        case_cell(case), {"text": case.about.name},
        {
            "text": case.get_state_display(), "tag_colour": CASE_COLOURS[CaseState(case.state)],
            "hint": longdate(case.closed_at),
        },
    ]
