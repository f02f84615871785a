"""What happened in a case, the oldest first, as far as its reader may see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from escalation.casebook import Casebook
from escalation.choices import Ended
from escalation.models import Stage
from partnership.models import HistoryEntry
from partnership.templatetags.quorate import longdate

ENDS_CASE = frozenset({Ended.ACCEPTED, Ended.WITHDRAWN, Ended.DECIDED})


@dataclass(frozen=True, slots=True)
class Event:
    at: datetime
    words: str
    who: str = ""


def timeline(book: Casebook) -> list[Event]:
    """All events; names and reasons for those who read the narrative."""
    found = [Event(book.case.raised_at, "Raised", book.name(book.case.raised_by))]
    before: Stage | None = None
    for stage in book.stages:
        found += stage_events(book, stage, before)
        before = stage
    found += reckoned_anew(book)
    return sorted(found, key=lambda event: event.at)


def stage_events(book: Casebook, stage: Stage, before: Stage | None) -> list[Event]:
    again = "Reopened: stage" if before and before.ended in ENDS_CASE else "Stage"
    began = f"{again} {stage.policy_stage.position} began: {stage.policy_stage.title}"
    ended = f"Stage {stage.policy_stage.position} ended: {stage.get_ended_display().lower()}"
    asked = "Skipping a stage asked for" + why(book, stage.skip_reason)
    moments = (
        (stage.entered_at, began, stage.entered_by if before else None),
        (stage.acknowledged_at, "Acknowledged", stage.acknowledged_by),
        (stage.answered_at, "Answered", stage.answered_by),
        (stage.skip_asked_at, asked, stage.skip_asked_by),
        (stage.closed_at, ended, stage.closed_by),
    )
    found = [Event(at, words, book.name(who)) for at, words, who in moments if at]
    return found + pause_events(book, stage) + reminders(stage)


def pause_events(book: Casebook, stage: Stage) -> list[Event]:
    found = []
    for row in stage.pauses.all():
        paused = f"Paused{why(book, row.reason)}"
        found.append(Event(row.from_at, paused, book.name(row.from_by)))
        ended_with_stage = stage.closed_at and row.until_at and row.until_at >= stage.closed_at
        if row.until_at and not ended_with_stage:
            found.append(Event(row.until_at, "Resumed", book.name(row.until_by)))
    return found


def reckoned_anew(book: Casebook) -> list[Event]:
    """Due moments that moved because the bank holidays changed: from the history."""
    rows = HistoryEntry.objects.filter(
        subject_type=Stage._meta.label_lower,
        subject_id__in=[stage.pk for stage in book.stages],
        verb="reckoned anew",
    )
    return [Event(row.at, moved(*row.changes["due_at"])) for row in rows]


def moved(before: str, after: str) -> str:
    days = [longdate(datetime.fromisoformat(moment)) for moment in (before, after)]
    return "The bank holidays changed: due by {1} instead of {0}".format(*days)


def reminders(stage: Stage) -> list[Event]:
    return [
        Event(row.sent_at, f"Reminder sent: {row.get_kind_display().lower()}")
        for row in stage.reminders.all()
    ]


def why(book: Casebook, reason: str) -> str:
    return f": {reason}" if reason and book.reader.narrative else ""
