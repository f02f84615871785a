"""What a reader may do with a register and its lines, for the pages that show them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from conferences.choices import MeetingState, Outcome
from conferences.judging import alarm, runs_of
from conferences.models import Attendance, Meeting, MissedDuty
from partnership.models import today
from partnership.roles import Permission

NOTHING = {"text": "–"}


def may_name_deputy(line: Attendance) -> bool:
    """Before the meeting, while nobody wrote down who came."""
    meeting = line.meeting
    to_come = meeting.closed_at is None and meeting.held_on >= today()
    return to_come and line.outcome == Outcome.UNKNOWN and meeting.state == MeetingState.PLANNED


def act_cell(line: Attendance) -> dict[str, Any]:
    """What the agency or the person may do with the line now."""
    if may_name_deputy(line):
        return link("Name a deputy", "line-deputy", line)
    if line.meeting.held_on > today():
        return NOTHING
    return link("See both sides" if line.disputed_at else "Dispute", "line-dispute", line)


def service_cell(line: Attendance) -> dict[str, Any]:
    """What the conference service may do with the line now."""
    if line.disputed_at and not line.settled_at:
        return link("Answer the dispute", "line-settle", line)
    return link("Correct", "line-correct", line) if line.meeting.closed_at else NOTHING


def link(text: str, name: str, line: Attendance) -> dict[str, Any]:
    href = reverse(f"conferences:{name}", args=[line.pk])
    return {"text": text, "href": href, "hidden": f"for {line.agency.name} at {line.meeting}"}


def acts_on(
    request: HttpRequest, meeting: Meeting, lines: Iterable[Attendance]
) -> dict[int, dict[str, Any]]:
    """A cell for each line with which the reader may do something now; two queries."""
    found = {}
    own = Attendance.objects.within_reach(request.user, Permission.DISPUTE_LINES)
    service = Attendance.objects.within_reach(request.user, Permission.RECORD_CONFERENCES)
    for rows, cell in ((own, act_cell), (service, service_cell)):
        keys = set(rows.filter(meeting=meeting).values_list("pk", flat=True))
        found |= {line.pk: cell(line) for line in lines if line.pk in keys}
    return {key: cell for key, cell in found.items() if cell is not NOTHING}


def register_link(request: HttpRequest, meeting: Meeting) -> str:
    """The way to the open register of a meeting whose day has come, for who keeps it."""
    if meeting.closed_at or meeting.held_on > today() or meeting.state == MeetingState.CANCELLED:
        return ""
    if not Meeting.objects.recordable_by(request.user).filter(pk=meeting.pk).exists():
        return ""
    return reverse("conferences:register", args=[meeting.partnership.code, meeting.reference])


def ending_link(request: HttpRequest, meeting: Meeting) -> str:
    """The way to correct how a closed conference ended, for the conference service."""
    if not (meeting.closed_at and meeting.is_conference):
        return ""
    if not Meeting.objects.within_reach(
        request.user, Permission.RECORD_CONFERENCES
    ).filter(pk=meeting.pk).exists():
        return ""
    return reverse("conferences:register-ending", args=[meeting.partnership.code, meeting.reference])


def alarm_of(meeting: Meeting) -> str:
    """The sentence about several conferences in a row without a quorum, where it is so."""
    if meeting.quorate is not False:
        return ""
    in_a_row, _ = runs_of([meeting]).get(meeting.pk, (0, 0))
    return alarm(in_a_row)


def excuse_cells(request: HttpRequest, rows: Iterable[MissedDuty]) -> dict[int, dict[str, Any]]:
    """Whether each missed duty is excused; why, for the conference service and the agency's lead only."""
    reach = MissedDuty.objects.filter(pk__in=[row.pk for row in rows])  # unscoped: rows the reader sees
    service = set(reach.within_reach(request.user, Permission.SETTLE_LINES).values_list("pk", flat=True))
    lead = set(reach.within_reach(request.user, Permission.DISPUTE_LINES).values_list("pk", flat=True))
    return {row.pk: excuse_cell(row, row.pk in service, row.pk in service | lead) for row in rows}


def excuse_cell(row: MissedDuty, may_excuse: bool, may_know: bool) -> dict[str, Any]:
    href = reverse("conferences:missed-excuse", args=[row.pk])
    if row.excused_at:
        found = {"text": "Excused", "hint": row.get_excused_reason_display() if may_know else ""}
        given = {"href": href, "hidden": f"what {row.agency} missed: see, or take back"}
        return found | (given if may_excuse and row.excused_by_id else {})
    if may_excuse:
        return {"text": "Excuse", "href": href, "hidden": f"what {row.agency} missed"}
    return {"text": "Not excused"}
