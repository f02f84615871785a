"""What is due when, and was it in time. Pure: the local timescale and the calendar come in.

Sources of the default values: initial conference within 15 working days of the strategy discussion,
first review within 3 months and later ones within 6, first core group within 10 working days
(Working Together to Safeguard Children; the procedures of most partnerships).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from conferences.choices import CONFERENCES, FIRST, INITIALS, MeetingKind, Timed, Unit
from partnership.workdays import Calendar, due_after


@dataclass(frozen=True, slots=True)
class Limit:
    """A local timescale: an amount of working days, weeks or months."""

    amount: int
    unit: str

    def due(self, start: date, calendar: Calendar) -> date:
        """The last day that is in time; the start is day 0."""
        if self.unit == Unit.WORKING_DAYS:
            return due_after(start, self.amount, calendar).due
        if self.unit == Unit.WEEKS:
            return start + relativedelta(weeks=self.amount)
        return start + relativedelta(months=self.amount)


@dataclass(frozen=True, slots=True)
class Event:
    """One meeting of a family, as far as timescales ask."""

    meeting_id: int
    family: str
    kind: str
    held_on: date
    held: bool
    children: int
    on_plan_after: int
    strategy_discussion_on: date | None = None
    register_open: bool = False  # its day has passed; what came of it is not written down yet

    @property
    def took_place(self) -> bool:
        return self.held or self.register_open


@dataclass(frozen=True, slots=True)
class Due:
    """A meeting that was due: by when, when it came (None: not yet, or never), for how many children."""

    what: str  # initial, review, first_core_group
    after: int  # the meeting that made it due
    due_on: date
    held_on: date | None
    children: int
    meeting_id: int | None
    register_open: bool = False  # the meeting has a day, and its register is still open: not judged

    @property
    def in_time(self) -> bool:
        return self.held_on is not None and self.held_on <= self.due_on


def initials_due(events: Iterable[Event], limits, calendar: Calendar) -> list[Due]:
    """Initial conferences against their strategy discussions; without one it is unknown, not due."""
    found = []
    for event in events:
        if event.kind in INITIALS and event.strategy_discussion_on:
            limit: Limit = limits(Timed.INITIAL, event.strategy_discussion_on)
            due_on = limit.due(event.strategy_discussion_on, calendar)
            held_on = event.held_on if event.held else None
            found.append(
                Due("initial", event.meeting_id, due_on, held_on, event.children, event.meeting_id)
            )
    return found


def reviews_due(family: list[Event], limits, calendar: Calendar) -> list[Due]:
    """Reviews of one family, each due after the conference before while children are on a plan."""
    held = [event for event in family if event.kind in CONFERENCES and event.took_place]
    found = []
    for place, event in enumerate(held):
        if event.held and event.on_plan_after:
            what = Timed.FIRST_REVIEW if event.kind in FIRST else Timed.LATER_REVIEW
            due_on = limits(what, event.held_on).due(event.held_on, calendar)
            after = next((e for e in held[place + 1 :]), None)
            found.append(due_from(event, "review", due_on, after))
    return found


def first_core_groups_due(family: list[Event], limits, calendar: Calendar) -> list[Due]:
    """The first core group of one family after each first conference that made a plan."""
    found = []
    for event in family:
        if event.kind in FIRST and event.held and event.on_plan_after:
            due_on = limits(Timed.FIRST_CORE_GROUP, event.held_on).due(event.held_on, calendar)
            after = next(
                (
                    e for e in family
                    if e.kind == MeetingKind.CORE_GROUP and e.took_place
                    and e.held_on >= event.held_on
                ),
                None,
            )
            found.append(due_from(event, "first_core_group", due_on, after))
    return found


def due_from(event: Event, what: str, due_on: date, after: Event | None) -> Due:
    return Due(
        what, event.meeting_id, due_on, after and after.held_on, event.on_plan_after,
        after and after.meeting_id, bool(after and after.register_open),
    )


ANSWER_WITHIN = 10  # working days in which the conference service answers a dispute


def answer_due(disputed_on: date, calendar: Calendar) -> date:
    """The last day on which a dispute is answered in time; the day of the dispute is day 0."""
    return due_after(disputed_on, ANSWER_WITHIN, calendar).due


def last_late_dispute(on: date, calendar: Calendar) -> date:
    """The latest day of a dispute whose answer is overdue on a day."""
    day = on - timedelta(days=ANSWER_WITHIN)
    while answer_due(day, calendar) >= on:
        day -= timedelta(days=1)
    return day
