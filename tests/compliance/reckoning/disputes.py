"""Cases between agencies, and what the board asked of them, made up at random for a world."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta

from tests.compliance.reckoning.dice import END, START, Dice
from tests.compliance.reckoning.plain import DAY, due_at, end_of, local_day

LIMITS = ((5, "working_days"), (2, "working_days"), (48, "clock_hours"), (240, "clock_hours"), (0, "none"))
THEMES = ("communication", "reports", "capacity", "none", "")
CASES, ACTIONS = 9, 5
SECOND = timedelta(seconds=1)


def add_disputes(made: dict, seed: int, on: date, holidays: Collection[date]) -> dict:
    """A world with its policies, cases and actions."""
    dice = Dice(seed + 1000)
    made["limits"] = {  # of each stage of a partnership's policy: ordinary and urgent
        place: [(dice.pick(LIMITS), dice.pick(LIMITS)) for _ in range(3)] for place in (0, 1)
    }
    made["cases"] = [case_of(dice, made, n, on, holidays) for n in range(CASES)]
    made["actions"] = [action_of(dice, made, n, on) for n in range(ACTIONS)]
    return made


def limit_of(made: dict, case: dict, stage: dict) -> tuple[int, str]:
    """The limit of a stage; an urgent case falls back on the ordinary one."""
    ordinary, urgent = made["limits"][case["partnership"]][stage["position"] - 1]
    return urgent if case["urgent"] and urgent[1] != "none" else ordinary


def agencies_in(made: dict, place: int) -> list[int]:
    return [agency["id"] for agency in made["agencies"] if place in agency["codes"]]


def near(dice: Dice, on: date) -> date:
    """A day of the two years, or one within a fortnight before or just after the day."""
    return on - dice.number(-1, 14) * DAY if dice.often(0.4) else dice.day(START, END)


def case_of(
    dice: Dice, made: dict, number: int, on: date, holidays: Collection[date]
) -> dict:
    place = dice.pick([0, 0, 0, 1])
    agencies = agencies_in(made, place)
    about = dice.pick(agencies)
    others = [agency for agency in agencies if agency != about]
    case = {
        "id": number, "partnership": place, "about": about,
        "for": dice.one_of(0.85, others) if others else None, "urgent": dice.often(0.4),
        "raised": dice.moment(near(dice, on)), "stages": [], "state": "open", "closed": None,
        "theme": "",
    }
    entered, ends = case["raised"], dice.pick([False, True, True])
    positions = dice.pick([[1], [1, 2], [1, 2, 3], [1, 3]])
    for position in positions:
        last = position == positions[-1]
        stage = stage_of(dice, made, case, position, entered, holidays, closes=ends or not last)
        case["stages"].append(stage)
        entered = stage["closed"]
    if ends:
        state = dice.pick(["resolved", "withdrawn", "decided"])
        case |= {"state": state, "closed": entered, "theme": dice.pick(THEMES)}
    return case


def stage_of(
    dice: Dice, made: dict, case: dict, position: int, entered: datetime,
    holidays: Collection[date], *, closes: bool,
) -> dict:
    """One stage; answers come before, at and a second after the due moment, and never."""
    stage = {"position": position, "entered": entered, "pauses": [], "answered": None, "closed": None}
    after = entered + dice.number(0, 4) * DAY
    for _ in range(dice.pick([0, 0, 1, 2])):
        until = dice.moment(local_day(after) + dice.number(1, 6) * DAY)
        stage["pauses"].append((after, until))
        after = until + SECOND
    stage["due"] = due = due_at(stage, limit_of(made, case, stage), holidays)
    if due and dice.often(0.6):
        moments = [due - DAY, due - SECOND, due, due, due + SECOND, due + 5 * DAY]
        stage["answered"] = max(dice.pick(moments), after)
    last = max(after, stage["answered"] or after)
    if closes:
        ends = [last, last + DAY, last + 30 * DAY, *([due, due + SECOND] if due and due >= last else [])]
        stage["closed"] = dice.pick(ends)
    elif dice.often(0.2):  # its clock stands
        stage["pauses"].append((last, None))
        stage["due"] = None
    return stage


# --- What the board asked -------------------------------------------------------------------------


def action_of(dice: Dice, made: dict, number: int, on: date) -> dict:
    """An action whose date was moved, that was worked on, done and closed, now or later."""
    place = dice.pick([0, 0, 0, 1])
    logged = dice.moment(near(dice, on))
    due = local_day(logged) + dice.number(1, 60) * DAY
    action = {
        "id": number, "partnership": place, "owner": dice.pick(agencies_in(made, place)),
        "logged": logged, "steps": [], "done": None, "closed": None,
    }
    at = logged
    for _ in range(dice.pick([0, 1, 1, 2, 3])):
        at += dice.number(1, 40) * DAY
        kind = dice.pick(["progress", "moved", "moved"])
        step = {"kind": kind, "at": at, "text": f"Said on {at:%d %m}.", "from": None, "to": None}
        if kind == "moved":
            moved = dice.pick([on, on + DAY, due + 20 * DAY, due - DAY])
            step |= {"from": due, "to": moved}
            due = moved
        action["steps"].append(step)
    if dice.often(0.4):
        at = action["done"] = dice.pick([at, end_of(local_day(at)), at + 9 * DAY])
    if dice.often(0.4):
        action["closed"] = dice.pick([at, max(at, end_of(on)), max(at, end_of(on) + SECOND)])
    return action | {"due": due}
