"""What the planning adds to a meeting's page: what a quorum still lacks, and what can be done next."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode

from conferences.choices import MeetingState
from conferences.models import Meeting
from conferences.rules import LocalRules
from conferences.views.checking import too_late
from conferences.views.planned import address, follow_up, page_of, plans, recordable
from conferences.views.planning import foreseen
from partnership.models import today
from partnership.templatetags.quorate import longdate


def planning_of(request: HttpRequest, meeting: Meeting) -> dict[str, Any]:
    """For everybody what is still missing; for those who plan the meeting its facts and the next steps."""
    mine = plans(request.user) and recordable(request.user).filter(pk=meeting.pk).exists()
    return {
        "foreseen": foreseen(meeting),
        "facts": facts(meeting) if mine else [],
        "too_late": too_late(meeting, LocalRules.of(meeting.partnership)) if mine and to_come(meeting) else "",
        "buttons": buttons(request, meeting) if mine else [],
    }


def facts(meeting: Meeting) -> list[dict[str, str]]:
    """Who chairs and leads it, for those who plan it; and what follows when it was stood down."""
    rows = [
        ("Strategy discussion", longdate(meeting.strategy_discussion_on)), ("Chair", meeting.chair),
        ("Lead", f"{meeting.lead.name}, {meeting.lead.job_title}" if meeting.lead_id else ""),
        ("Format", meeting.format), ("New date", longdate(meeting.new_date_on)),
    ]
    found = [{"key": key, "value": value} for key, value in rows if value]
    after = follow_up(meeting)
    if after:
        found[-1] |= {"action_href": page_of(after), "action_text": f"See {after.reference}"}
    return found


def to_come(meeting: Meeting) -> bool:
    return meeting.state == MeetingState.PLANNED and meeting.held_on >= today()


def buttons(request: HttpRequest, meeting: Meeting) -> list[dict[str, str]]:
    """What the planner can do with the meeting as it stands."""
    second = {"kind": "secondary"}
    found = []
    if waits_for_new_date(meeting):
        words = f"Convene the meeting on {longdate(meeting.new_date_on)}"
        found.append({"text": words, "href": address("meeting-stand-down", meeting)})
    if not meeting.closed_at and meeting.state != MeetingState.CANCELLED:
        found += [
            second | {"text": "Who is invited", "href": address("meeting-invite", meeting)},
            second | {"text": "Change the details", "href": address("meeting-change", meeting)},
        ]
    if not meeting.closed_at:
        found.append(second | {"text": "How it ended", "href": address("meeting-end", meeting)})
    if found and "kind" not in found[0]:
        return found  # first the meeting on the new date
    return [*found, {"kind": "link", "text": "Convene the next meeting", "href": next_one(meeting)}]


def waits_for_new_date(meeting: Meeting) -> bool:
    """Stood down with a new date on which nothing is convened for the family yet."""
    dated = meeting.state == MeetingState.STOOD_DOWN and meeting.new_date_on and meeting.family_ref
    return bool(dated) and follow_up(meeting) is None


def next_one(meeting: Meeting) -> str:
    asked = {"partnership": meeting.partnership.code, "follows": meeting.reference}
    return f"{reverse('conferences:convene')}?{urlencode(asked)}"
