"""Which meetings a request may plan: one out of reach answers like one that is missing."""

from __future__ import annotations

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse

from conferences.choices import MeetingState
from conferences.models import Meeting
from conferences.querysets import MeetingQuerySet
from partnership.models import Agency, Partnership, User
from partnership.reach import can
from partnership.roles import Permission

HOME = {"text": "Home", "href": "/"}
PLANNING = (Permission.RECORD_CONFERENCES, Permission.RECORD_CORE_GROUPS)


def plans(user: User) -> bool:
    """Whether the user plans any meetings at all."""
    return any(can(user, permission) for permission in PLANNING)


def recordable(user: User) -> MeetingQuerySet:
    """The meetings that the user plans, records and closes."""
    # unscoped: by the permissions to record
    return Meeting.objects.recordable_by(user)


def planned(request: HttpRequest, code: str, reference: str) -> Meeting:
    """A meeting that the user plans, or 404."""
    rows = recordable(request.user).select_related("partnership", "lead")
    return get_object_or_404(rows, partnership__code=code, reference=reference)


def follow_up(meeting: Meeting) -> Meeting | None:
    """What is convened for the family on the new date of a conference that was stood down."""
    if meeting.state != MeetingState.STOOD_DOWN or not meeting.new_date_on or not meeting.family_ref:
        return None
    # unscoped: of the same family, for who plans it
    there = Meeting.objects.select_related("partnership").filter(
        partnership=meeting.partnership_id, family_ref=meeting.family_ref, held_on=meeting.new_date_on,
    )
    return there.conferences().exclude(state=MeetingState.CANCELLED).order_by("pk").first()


def page_of(meeting: Meeting) -> str:
    return address("meeting-detail", meeting)


def address(name: str, meeting: Meeting, *more: object) -> str:
    return reverse(f"conferences:{name}", args=[meeting.partnership.code, meeting.reference, *more])


def crumbs(title: str, meeting: Meeting | None = None) -> list[dict[str, str]]:
    """Home, the list of meetings, the meeting, and what is below."""
    found = [HOME, {"text": "Meetings", "href": reverse("conferences:meeting-list")}]
    if meeting:
        found.append({"text": meeting.reference, "href": page_of(meeting)})
    return [*found, {"text": title, "href": ""}]


def agencies_of(partnership: Partnership) -> dict[int, Agency]:
    """The agencies that can be invited, by their keys."""
    # unscoped: the agencies of a partnership in which the user plans are no secret to them
    rows = Agency.objects.filter(memberships__partnership=partnership).order_by("name")
    return {agency.pk: agency for agency in rows}
