"""A line, and how a conference ended, as the pages of a register say it."""

from __future__ import annotations

from conferences.choices import REPRESENTED, Expectation, MeetingState, Mode, Outcome, ReportState
from conferences.models import Attendance, Meeting
from partnership.models import today
from partnership.templatetags.quorate import longdate

SOMEBODY = "Somebody named by the agency"
ASKED_TO_REPORT = frozenset({Expectation.REPORT, Expectation.BOTH})


def notes(line: Attendance, named: bool = True) -> list[str]:
    """What is known of a line before anybody came; ``named`` is whether the reader may see whom it names."""
    asked = Expectation(line.expectation).label.lower()
    found = [f"Expected to {asked}" if line.involved else "Asked for the quorum only"]
    if line.invited_on:
        late = ", late" if line.late_invitation else ""
        found.append(f"invited on {longdate(line.invited_on)}{late}")
    else:
        found.append("not invited")
    if line.deputy_for:
        found.append(f"deputy named for {line.deputy_for.name}" if named else "a deputy is named")
    if line.disputed_at and not line.settled_at:
        found.append("disputed")
    return found


def report_in_words(line: Attendance) -> str:
    """The report's state; expected, while the register is open and nothing is written down of it."""
    to_come = line.meeting.register_open and line.involved and line.expectation in ASKED_TO_REPORT
    if to_come and line.meeting.state != MeetingState.CANCELLED and line.report == ReportState.NOT_REQUIRED:
        return "Expected"
    return ReportState(line.report).label


def outcome_cell(line: Attendance) -> dict:
    """The outcome in words, and how; of a meeting to come that it is to come."""
    if line.meeting.state == MeetingState.CANCELLED:
        return {"text": "Cancelled", "tag_colour": "grey"}
    if line.outcome == Outcome.UNKNOWN:
        to_come = line.meeting.held_on >= today()
        return {"text": "To come" if to_come else "Not known", "tag_colour": "blue" if to_come else "yellow"}
    how = line.get_mode_display() + (", for a part" if line.part else "")
    return {
        "text": line.get_outcome_display(), "hint": how,
        "tag_colour": "green" if line.outcome in REPRESENTED else "grey",
    }


def line_in_words(line: Attendance) -> str:
    """A line as it stands in Quorate."""
    how = [Mode(line.mode).label.lower()] if line.mode else []
    how += ["for a part only"] * line.part
    parts = [
        Outcome(line.outcome).label + (f" ({', '.join(how)})" if how else ""),
        f"report: {report_in_words(line).lower()}",
        "involved" if line.involved else "for the quorum only",
    ]
    return "; ".join(parts)


def ending_in_words(meeting: Meeting) -> str:
    """Decision and counts as they stand in Quorate."""
    parts = [meeting.get_chair_decision_display() or "No decision", meeting.chair_reason]
    parts.append(f"new date {longdate(meeting.new_date_on)}" if meeting.new_date_on else "")
    parts.append(f"{meeting.children} considered, {meeting.children_on_plan_after} on a plan afterwards")
    parts.append(categories_in_words(meeting))
    parts.append("concern about exploitation" if meeting.exploitation_concern else "")
    return "; ".join(filter(None, parts))


def categories_in_words(meeting: Meeting) -> str:
    names = {"neg": "neglect", "phy": "physical", "sab": "sexual", "emo": "emotional", "mul": "multiple"}
    counts = ((getattr(meeting, f"plan_{code}"), words) for code, words in names.items())
    return ", ".join(f"{number} {words}" for number, words in counts if number)
