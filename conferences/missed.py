"""What an agency was expected to do at a meeting and did not. Pure.

An agency may have several lines (several people invited); the duty is the agency's, once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from conferences.choices import Expectation, MissedKind, ReportState


@dataclass(frozen=True, slots=True)
class Duty:
    """One agency at one meeting: what was expected of it and what it did."""

    agency_id: int
    agency: str
    involved: bool
    expectation: str
    represented: bool
    report_required: bool
    report_in_time: bool
    report_state: str
    invited_late: bool  # and not in the room when the date was set


@dataclass(frozen=True, slots=True)
class Missed:
    """A missed duty, with its sentence; a late invitation excuses it."""

    agency_id: int
    kind: MissedKind
    sentence: str
    excused_by_late_invitation: bool


def find_missed(duties: Iterable[Duty]) -> list[Missed]:
    """Missed attendance and missed reports, each against its expectation and apart.

    With *attend or report*, only when both are lacking, and then as a missed attendance.
    """
    found = []
    for duty in duties:
        if missed_attendance(duty):
            found.append(missed(duty, MissedKind.ATTENDANCE))
        if missed_report(duty):
            found.append(missed(duty, MissedKind.REPORT))
    return found


def missed_attendance(duty: Duty) -> bool:
    """Expected to attend, involved, and nobody there."""
    if duty.represented or not duty.involved:
        return False
    if duty.expectation == Expectation.EITHER:
        return not duty.report_in_time
    return duty.expectation in (Expectation.ATTEND, Expectation.BOTH)


def missed_report(duty: Duty) -> bool:
    """Expected to report, and none or not in time."""
    expected = duty.expectation in (Expectation.REPORT, Expectation.BOTH)
    return expected and duty.involved and duty.report_required and not duty.report_in_time


def missed(duty: Duty, kind: MissedKind) -> Missed:
    return Missed(duty.agency_id, kind, sentence(duty, kind), duty.invited_late)


def sentence(duty: Duty, kind: MissedKind) -> str:
    """Why this is a missed duty."""
    late = " The invitation came too late, which excuses it." if duty.invited_late else ""
    if kind is MissedKind.REPORT:
        state = "was late" if duty.report_state == ReportState.LATE else (
            "came only on the day" if duty.report_state == ReportState.ON_THE_DAY else "was not sent"
        )
        return f"{duty.agency} was expected to report, and its report {state}.{late}"
    if duty.expectation == Expectation.EITHER:
        return (
            f"{duty.agency} was expected to attend or report; nobody was there and no report came "
            f"in time.{late}"
        )
    return f"{duty.agency} was expected to attend and nobody was there.{late}"


