"""A line, and how a conference ended, as the pages of a register say it."""

from __future__ import annotations

from conferences.choices import Expectation, Mode, Outcome, ReportState
from conferences.models import Attendance, Meeting
from partnership.templatetags.quorate import longdate


def notes(line: Attendance) -> list[str]:
    """What is known of a line before anybody came."""
    asked = Expectation(line.expectation).label.lower()
    found = [f"Expected to {asked}" if line.involved else "Asked for the quorum only"]
    if line.invited_on:
        late = ", late" if line.late_invitation else ""
        found.append(f"invited on {longdate(line.invited_on)}{late}")
    else:
        found.append("not invited")
    if line.deputy_for:
        found.append(f"deputy named for {line.deputy_for.name}")
    if line.disputed_at and not line.settled_at:
        found.append("disputed")
    return found


def line_in_words(line: Attendance) -> str:
    """A line as it stands in Quorate."""
    how = [Mode(line.mode).label.lower()] if line.mode else []
    how += ["for a part only"] * line.part
    parts = [
        Outcome(line.outcome).label + (f" ({', '.join(how)})" if how else ""),
        f"report: {ReportState(line.report).label.lower()}",
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
