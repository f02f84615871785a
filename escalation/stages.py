"""Clocks and moves of an escalation. Pure: policy, calendar and case come in as arguments.

Clocks: the day of the event is day 0; a limit of working days ends with its last working day, in
local time; a limit of clock hours runs through weekends. Pauses stop both.

Moves: one table says who may do what when. Only a person moves a case, and nobody decides their own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from partnership.workdays import Calendar

LOCAL = ZoneInfo("Europe/London")
END_OF_DAY = time.max


class LimitUnit(StrEnum):
    WORKING_DAYS = "working_days"
    CLOCK_HOURS = "clock_hours"
    NONE = "none"

    @property
    def label(self) -> str:
        return {"working_days": "working days", "clock_hours": "hours", "none": "no limit"}[self]


@dataclass(frozen=True, slots=True)
class Limit:
    """How long a stage may take."""

    amount: int
    unit: LimitUnit

    def __str__(self) -> str:
        if self.unit == LimitUnit.NONE:
            return "no limit"
        words = LimitUnit(self.unit).label
        return f"{self.amount} {words[:-1] if self.amount == 1 else words}"


@dataclass(frozen=True, slots=True)
class Pause:
    """A time in which the clock stood; open while it still does."""

    start: datetime
    end: datetime | None
    reason: str

    def holds(self, day: date) -> bool:
        """The days from the pausing up to the day before the resuming are not counted."""
        ended = local_day(self.end) if self.end else date.max
        return local_day(self.start) <= day < ended


@dataclass(frozen=True, slots=True)
class Deadline:
    """A due moment with its working; none while the clock stands, or where there is no limit."""

    due_at: datetime | None
    sentence: str
    counted: tuple[date, ...] = ()
    skipped: tuple[tuple[date, str], ...] = ()


def local_day(moment: datetime) -> date:
    return moment.astimezone(LOCAL).date()


def end_of(day: date) -> datetime:
    """The last moment of a local day."""
    return datetime.combine(day, END_OF_DAY, LOCAL)


def deadline(
    limit: Limit, entered_at: datetime, calendar: Calendar, pauses: Iterable[Pause] = ()
) -> Deadline:
    """When a stage is due, and why then."""
    pauses = list(pauses)
    if limit.unit == LimitUnit.NONE:
        return Deadline(None, "This stage has no limit.")
    if any(pause.end is None for pause in pauses):
        return Deadline(None, "The clock stands while the case is paused.")
    if limit.unit == LimitUnit.CLOCK_HOURS:
        return by_the_clock(limit, entered_at, pauses)
    return by_working_days(limit, entered_at, calendar, pauses)


def by_the_clock(limit: Limit, entered_at: datetime, pauses: list[Pause]) -> Deadline:
    # In UTC: adding hours to a local moment would turn the clock's hands, not pass the time.
    stood, runs_out = timedelta(), entered_at.astimezone(UTC) + timedelta(hours=limit.amount)
    for pause in sorted(pauses, key=lambda one: one.start):
        if pause.start < runs_out + stood:  # a clock that has run out is stopped no more
            stood += pause.end.astimezone(UTC) - pause.start.astimezone(UTC)
    due_at = runs_out + stood
    more = " and the time for which the case was paused" if stood else ""
    return Deadline(due_at, f"{limit} by the clock after the stage began{more}; weekends count.")


def by_working_days(
    limit: Limit, entered_at: datetime, calendar: Calendar, pauses: list[Pause]
) -> Deadline:
    counted, skipped, day = [], [], local_day(entered_at)
    while len(counted) < limit.amount:
        day += timedelta(days=1)
        reason = calendar.why_skipped(day) or paused_on(day, pauses)
        if reason:
            skipped.append((day, reason))
        else:
            counted.append(day)
    sentence = f"{limit} after the day on which the stage began, which is day 0; due at the end of the last."
    return Deadline(end_of(day), sentence, tuple(counted), tuple(skipped))


def paused_on(day: date, pauses: Iterable[Pause]) -> str:
    return next((f"paused: {pause.reason}" for pause in pauses if pause.holds(day)), "")


# --- Moves --------------------------------------------------------------------------------------


class CaseState(StrEnum):
    OPEN = "open"
    RESOLVED = "resolved"
    WITHDRAWN = "withdrawn"
    DECIDED = "decided"


class StageState(StrEnum):
    """Where the open stage stands; ``CLOSED`` when no stage is open."""

    WAITING = "waiting"
    ACKNOWLEDGED = "acknowledged"
    ANSWERED = "answered"
    PAUSED = "paused"
    CLOSED = "closed"


class Side(StrEnum):
    """What a person is in a case. A person may be several."""

    RAISER = "raiser"  # raised it
    RAISING_LEAD = "raising_lead"  # leads the agency that it was raised for
    RESPONDER = "responder"  # named to answer the open stage
    RESPONDING_LEAD = "responding_lead"  # leads the agency that it is about
    DECIDER = "decider"  # assigned to decide
    MANAGER = "manager"  # manages the partnership


class Move(StrEnum):
    ACKNOWLEDGE = "acknowledge"
    ANSWER = "answer"
    ACCEPT = "accept"
    MOVE_UP = "move_up"
    ASK_SKIP = "ask_skip"
    APPROVE_SKIP = "approve_skip"
    PAUSE = "pause"
    RESUME = "resume"
    WITHDRAW = "withdraw"
    DECIDE = "decide"
    REOPEN = "reopen"

    @property
    def label(self) -> str:
        return MOVE_LABELS[self]


MOVE_LABELS = {
    Move.ACKNOWLEDGE: "Acknowledge",
    Move.ANSWER: "Answer",
    Move.ACCEPT: "Accept the answer and resolve",
    Move.MOVE_UP: "Move up to the next stage",
    Move.ASK_SKIP: "Ask to skip a stage",
    Move.APPROVE_SKIP: "Approve skipping a stage",
    Move.PAUSE: "Pause",
    Move.RESUME: "Resume",
    Move.WITHDRAW: "Withdraw",
    Move.DECIDE: "Decide",
    Move.REOPEN: "Reopen",
}

RAISING = frozenset({Side.RAISER, Side.RAISING_LEAD})
RESPONDING = frozenset({Side.RESPONDER, Side.RESPONDING_LEAD})
S = StageState


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may make a move, and where the open stage must stand for it."""

    sides: frozenset[Side]
    stages: frozenset[StageState]


MOVES: dict[Move, Rule] = {
    Move.ACKNOWLEDGE: Rule(RESPONDING, frozenset({S.WAITING})),
    Move.ANSWER: Rule(RESPONDING, frozenset({S.WAITING, S.ACKNOWLEDGED})),
    Move.ACCEPT: Rule(RAISING, frozenset({S.ANSWERED})),
    # Without an answer, only once the stage is overdue: see allowed_moves.
    Move.MOVE_UP: Rule(RAISING, frozenset({S.WAITING, S.ACKNOWLEDGED, S.ANSWERED})),
    Move.ASK_SKIP: Rule(frozenset({Side.RAISER}), frozenset({S.WAITING, S.ACKNOWLEDGED, S.ANSWERED})),
    Move.APPROVE_SKIP: Rule(
        frozenset({Side.RAISING_LEAD, Side.MANAGER}),
        frozenset({S.WAITING, S.ACKNOWLEDGED, S.ANSWERED}),
    ),
    Move.PAUSE: Rule(RAISING, frozenset({S.WAITING, S.ACKNOWLEDGED, S.ANSWERED})),
    Move.RESUME: Rule(RAISING, frozenset({S.PAUSED})),
    Move.WITHDRAW: Rule(RAISING, frozenset({S.WAITING, S.ACKNOWLEDGED, S.ANSWERED, S.PAUSED})),
    Move.DECIDE: Rule(
        frozenset({Side.DECIDER}), frozenset({S.WAITING, S.ACKNOWLEDGED, S.ANSWERED})
    ),
    Move.REOPEN: Rule(frozenset({Side.DECIDER}), frozenset({S.CLOSED})),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a case stands, as far as moves ask."""

    stage: StageState
    overdue: bool = False  # its time is up, or it has no limit to wait for
    has_next: bool = True  # a stage above the open one
    partnership_decides: bool = False  # at the open stage
    skip_asked: bool = False
    asked_by_self: bool = False  # the person asked for the skip themselves


def allowed_moves(standing: Standing, sides: Iterable[Side]) -> list[Move]:
    """The moves open to a person of these sides, in the order in which they are offered."""
    sides = frozenset(sides)
    if (sides & RESPONDING and Side.DECIDER in sides) or (sides & RAISING and Side.DECIDER in sides):
        sides -= {Side.DECIDER}  # nobody decides their own
    return [
        move for move, rule in MOVES.items()
        if sides & rule.sides and standing.stage in rule.stages and possible(move, standing)
    ]


def possible(move: Move, standing: Standing) -> bool:
    """What a move asks beyond sides and stage."""
    if move is Move.MOVE_UP:
        return standing.has_next and (standing.stage is S.ANSWERED or standing.overdue)
    if move is Move.ASK_SKIP:
        return standing.has_next and not standing.skip_asked
    if move is Move.APPROVE_SKIP:
        return standing.has_next and standing.skip_asked and not standing.asked_by_self
    if move is Move.DECIDE:
        return standing.partnership_decides
    return True


def why_not(move: Move, standing: Standing, sides: Iterable[Side]) -> str:
    """The sentence for a move that is not allowed now."""
    sides = frozenset(sides)
    if not sides & MOVES[move].sides:
        return f"“{move.label}” is not yours to do in this case."
    if standing.stage not in MOVES[move].stages:
        return f"“{move.label}” is not possible now: the stage is {standing.stage.value}."
    if move is Move.MOVE_UP and standing.has_next:
        return "The stage has not been answered and its time is not up: it cannot move up yet."
    if move is Move.MOVE_UP:
        return "This is the last stage: there is none to move up to."
    if move is Move.APPROVE_SKIP and standing.asked_by_self:
        return "You asked for the skip yourself: somebody else must approve it."
    if move is Move.DECIDE and standing.partnership_decides:
        return "You take part in this case: somebody else must decide it."
    return f"“{move.label}” is not possible now."
