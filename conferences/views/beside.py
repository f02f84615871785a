"""What the planning adds to a meeting's page: what a quorum still lacks, and what can be done next."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode

from conferences.choices import MeetingState
from conferences.models import Meeting
from conferences.views.planned import address, plans, recordable
from conferences.views.planning import foreseen
from partnership.templatetags.quorate import longdate


def planning_of(request: HttpRequest, meeting: Meeting) -> dict[str, Any]:
    """For everybody what is still missing; for those who plan the meeting its facts and the next steps."""
    mine = plans(request.user) and recordable(request.user).filter(pk=meeting.pk).exists()
    return {
        "foreseen": foreseen(meeting),
        "facts": facts(meeting) if mine else [],
        "buttons": buttons(request, meeting) if mine else [],
    }


def facts(meeting: Meeting) -> list[dict[str, str]]:
    """Who chairs and leads it, for those who plan it."""
    rows = [
        ("Strategy discussion", longdate(meeting.strategy_discussion_on)), ("Chair", meeting.chair),
        ("Lead", f"{meeting.lead.name}, {meeting.lead.job_title}" if meeting.lead_id else ""),
        ("Format", meeting.format), ("New date", longdate(meeting.new_date_on)),
    ]
    return [{"key": key, "value": value} for key, value in rows if value]


def buttons(request: HttpRequest, meeting: Meeting) -> list[dict[str, str]]:
    """What the planner can do with the meeting as it stands."""
    second = {"kind": "secondary"}
    found = []
    if waits_for_new_date(meeting):
        words = f"Convene the meeting on {longdate(meeting.new_date_on)}"
        found.append({"text": words, "href": address("meeting-stand-down", meeting)})
    if not meeting.closed_at:
        found += [
            second | {"text": "Who is invited", "href": address("meeting-invite", meeting)},
            second | {"text": "Change the details", "href": address("meeting-change", meeting)},
            second | {"text": "How it ended", "href": address("meeting-end", meeting)},
        ]
    return [*found, {"kind": "link", "text": "Convene the next meeting", "href": next_one(meeting)}]


def waits_for_new_date(meeting: Meeting) -> bool:
    """Stood down with a new date on which nothing is convened for the family yet."""
    if meeting.state != MeetingState.STOOD_DOWN or not meeting.new_date_on or not meeting.family_ref:
        return False
    # unscoped: whether there is one, for who plans it
    there = Meeting.objects.filter(
        partnership=meeting.partnership_id, family_ref=meeting.family_ref, held_on=meeting.new_date_on,
    )
    return not there.exclude(state=MeetingState.CANCELLED).exists()


def next_one(meeting: Meeting) -> str:
    asked = {"partnership": meeting.partnership.code, "follows": meeting.reference}
    return f"{reverse('conferences:convene')}?{urlencode(asked)}"
