"""The pages of meetings."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from conferences.choices import REPRESENTED, MissedKind
from conferences.models import Attendance, Meeting, MissedDuty
from partnership.roles import Permission

LINE_COLUMNS = ("Agency", "Interest", "Outcome", "How", "Report", "Notes")
MISSED_COLUMNS = ("Agency", "What", "Why", "Excused")


def meeting(request: HttpRequest, code: str, reference: str) -> HttpResponse:
    """A meeting's attendance by agency, with the judgement; names for those who may see them."""
    reach = Meeting.objects.visible_to(request.user).select_related("partnership", "quorum_rule")
    found = get_object_or_404(reach, partnership__code=code, reference=reference)
    named = Attendance.objects.within_reach(request.user, Permission.VIEW_MEETING_NAMES)
    names = set(named.filter(meeting=found).values_list("pk", flat=True))
    person = ["Person"] if names else []
    columns = [LINE_COLUMNS[0], *person, *LINE_COLUMNS[1:]]
    full = Meeting.objects.within_reach(request.user, Permission.RECORD_CONFERENCES)
    return render(request, "conferences/meeting_detail.html", {
        "meeting": found,
        "lines": attendance_rows(found, names),
        "missed": missed_rows(request, found),
        "line_columns": [{"text": text} for text in columns],
        "missed_columns": [{"text": text} for text in MISSED_COLUMNS],
        "shows_family": full.filter(pk=found.pk).exists(),
    })


def attendance_rows(meeting: Meeting, named: set[int]) -> list[list[dict]]:
    """A row for each line, the person named only where the reader may see it."""
    lines = meeting.lines.select_related("agency", "staff_member").order_by("agency__name", "pk")
    return [
        [
            {"text": line.agency.name, "header": True},
            *([{"text": who(line) if line.pk in named else "–"}] if named else []),
            {"text": "Involved" if line.involved else "For the quorum only"},
            {"text": line.get_outcome_display(), "tag_colour": colour(line)},
            {"text": line.get_mode_display() + (", part" if line.part else "") or "–"},
            {"text": line.get_report_display()},
            {"text": remarks(line)},
        ]
        for line in lines
    ]


def who(line: Attendance) -> str:
    return line.staff_member.name if line.staff_member else (line.job_title or "Nobody named")


def colour(line: Attendance) -> str:
    return "green" if line.outcome in REPRESENTED else "grey"


def remarks(line: Attendance) -> str:
    disputed = line.disputed_at and not line.settled_at
    parts = ["Disputed"] * bool(disputed) + ["Invited late"] * line.late_invitation
    return ", ".join(parts) or "–"


def missed_rows(request: HttpRequest, meeting: Meeting) -> list[list[dict]]:
    rows = MissedDuty.objects.visible_to(request.user).filter(meeting=meeting).select_related("agency")
    return [
        [
            {"text": row.agency.name, "header": True},
            {"text": MissedKind(row.kind).label},
            {"text": row.sentence},
            {"text": row.get_excused_reason_display() or "Not excused"},
        ]
        for row in rows
    ]
