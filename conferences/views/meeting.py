"""A meeting as those see it who may: its facts, its lines, its judgement."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from conferences.choices import MeetingState, MissedKind
from conferences.models import Attendance, Meeting, MissedDuty
from conferences.querysets import MissedDutyQuerySet
from conferences.views.acts import acts_on, alarm_of, ending_link, excuse_cells, register_link
from conferences.views.beside import planning_of
from conferences.views.saying import SOMEBODY, outcome_cell, report_in_words
from partnership.models import Partnership
from partnership.roles import Permission
from partnership.templatetags.quorate import longdate

LINE_COLUMNS = ("Agency", "Outcome", "Report", "Notes")
MISSED_COLUMNS = ("Agency", "What", "Why", "Excused")


def meeting(request: HttpRequest, code: str, reference: str) -> HttpResponse:
    """A meeting's attendance by agency, with the judgement; names for those who may see them."""
    reach = Meeting.objects.visible_to(request.user).select_related("partnership")
    found = get_object_or_404(reach, partnership__code=code, reference=reference)
    lines = list(found.lines.select_related("agency", "staff_member").order_by("agency__name", "pk"))
    reach = Attendance.objects.within_reach(request.user, Permission.VIEW_MEETING_NAMES)
    named = set(reach.filter(meeting=found).values_list("pk", flat=True))
    acts = acts_on(request, found, lines)
    columns = [LINE_COLUMNS[0], *(["Person"] if named else []), *LINE_COLUMNS[1:]]
    columns += ["What you can do"] if acts else []
    rows = list(missed(request, found))
    excuses = excuse_cells(request, rows)
    return render(request, "conferences/meeting_detail.html", {
        "meeting": found,
        "crumbs": crumbs(request, found),
        "details": details(request, found),
        "whose_names": whose_names(lines, named),
        "lines": [attendance_row(line, named, acts) for line in lines],
        "missed": [missed_row(row, excuses[row.pk]) for row in rows],
        "planning": planning_of(request, found),
        "register": register_link(request, found),
        "alarm": alarm_of(found),
        "line_columns": [{"text": text} for text in columns],
        "missed_columns": [{"text": text} for text in MISSED_COLUMNS],
    })


def crumbs(request: HttpRequest, meeting: Meeting) -> list[dict]:
    """Home, the partnership for those who see its figures, and the meeting."""
    partnership = meeting.partnership
    whole = Partnership.objects.within_reach_as_a_whole(request.user, Permission.VIEW_MEASURES)
    found = [{"text": "Home", "href": "/"}]
    if whole.filter(pk=partnership.pk).exists():
        href = reverse("compliance:dashboard", args=[partnership.code])
        found.append({"text": partnership.name, "href": href})
    found.append({"text": "Meetings", "href": reverse("conferences:meeting-list")})
    return [*found, {"text": meeting.reference}]


def details(request: HttpRequest, meeting: Meeting) -> list[dict]:
    """The facts of the meeting; the family's reference for the conference service only."""
    children = str(meeting.children)
    if meeting.is_conference and meeting.closed_at:
        children += f", {meeting.children_on_plan_after} on a plan afterwards"
    closed = f"Closed on {longdate(meeting.closed_at)}" if meeting.closed_at else (
        "None is needed: a cancelled meeting counts for nobody"
        if meeting.state == MeetingState.CANCELLED else "Open: counted in no figure yet"
    )
    rows = [
        {"key": "Date", "value": f"{longdate(meeting.held_on)}, {meeting.get_state_display().lower()}"},
        {"key": "Children considered", "value": children},
        {"key": "Register", "value": closed} | register_action(request, meeting),
    ]
    # Answering disputes is for the conference service, at every kind of meeting.
    service = Meeting.objects.within_reach(request.user, Permission.SETTLE_LINES)
    if meeting.family_ref and service.filter(pk=meeting.pk).exists():
        rows.insert(2, {"key": "Family reference", "value": meeting.family_ref})
    if meeting.quorate is not None:
        rows.append(verdict(meeting))
    if meeting.chair_decision:
        rows.append({"key": "The chair's decision", "value": meeting.get_chair_decision_display()})
    return rows


def register_action(request: HttpRequest, meeting: Meeting) -> dict:
    """The way to correct how a closed conference ended."""
    href = ending_link(request, meeting)
    return {"action_href": href, "action_text": "Correct how it ended"} if href else {}


def verdict(meeting: Meeting) -> dict:
    """The judgement with its sentence: who sees the attendance sees why."""
    word, colour = ("Quorate", "green") if meeting.quorate else ("Not quorate", "red")
    sentence = meeting.quorum_sentence
    return {"key": "Quoracy", "value": word, "tag_colour": colour, "hint": sentence}


def whose_names(lines: list[Attendance], named: set[int]) -> str:
    """A sentence that says why some or all names are not shown."""
    if not lines or len(named) == len(lines):
        return ""
    if named:
        return "People are named on your own lines only."
    return "People are named to those who were there, to their own agency's lead and to the conference service."


def attendance_row(line: Attendance, named: set[int], acts: dict[int, dict]) -> list[dict]:
    """A line, the person named only where the reader may see it."""
    return [
        {
            "text": line.agency.name, "header": True,
            "hint": "" if line.involved else "For the quorum only",
        },
        *([{"text": who(line) if line.pk in named else "–"}] if named else []),
        outcome_cell(line),
        {"text": report_in_words(line)},
        {"text": remarks(line)},
        *([acts.get(line.pk, {"text": "–"})] if acts else []),
    ]


def who(line: Attendance, named: bool = True) -> str:
    """Who is on a line; ``named`` is whether the reader may see whom it names."""
    if line.staff_member and not named:
        return SOMEBODY
    if line.deputy_unnamed and line.staff_member:
        return f"Not named, for {line.staff_member.name}"
    return line.staff_member.name if line.staff_member else (line.job_title or "Nobody named")


def remarks(line: Attendance) -> str:
    disputed = line.disputed_at and not line.settled_at
    parts = ["Disputed"] * bool(disputed) + ["Invited late"] * line.late_invitation
    return ", ".join(parts) or "–"


def missed(request: HttpRequest, meeting: Meeting) -> MissedDutyQuerySet:
    """What was missed, for those who see the figures and for those who excuse it."""
    seen = MissedDuty.objects.visible_to(request.user)
    excusable = MissedDuty.objects.within_reach(request.user, Permission.SETTLE_LINES)
    return (seen | excusable).filter(meeting=meeting).select_related("agency")


def missed_row(row: MissedDuty, excused: dict) -> list[dict]:
    return [
        {"text": row.agency.name, "header": True},
        {"text": MissedKind(row.kind).label},
        {"text": row.sentence},
        excused,
    ]
