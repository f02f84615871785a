"""A small world made up at random: two partnerships (0 and 1) with all that happens in them.

Lists of dicts. Much of it begins or ends on the day on which standings are read, or the day after.
"""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product

from partnership.choices import Sector
from tests.compliance.reckoning.dice import END, START, Dice
from tests.compliance.reckoning.plain import CATEGORIES, CONFERENCES, DAY, INITIALS, THERE

PEOPLE, MEETINGS = 14, 26


def world(seed: int, on: date) -> dict[str, list[dict]]:
    """All of it; ``on`` is the day on which standings are read."""
    dice = Dice(seed)
    agencies, groups = agencies_of(dice), [{"id": n} for n in range(2)]
    courses, requirements = courses_of(dice), requirements_of(dice)
    people = people_of(dice, on)
    meetings = meetings_of(dice)
    return {
        "agencies": agencies, "groups": groups, "courses": courses, "requirements": requirements,
        "people": people, "records": records_of(dice, people, on),
        "exemptions": exemptions_of(dice, people), "meetings": meetings,
        "lines": [
            line
            for meeting, agency in product(meetings, agencies)
            if meeting["partnership"] in agency["codes"] and not dice.often(0.3)
            for line in lines_of(dice, meeting, agency, people)
        ],
    }


def agencies_of(dice: Dice) -> list[dict]:
    """Six: two of children's social care, one that is part of another, some in both places."""
    found = [
        {
            "id": n,
            "sector": "social_care_children" if n < 2 else dice.pick(Sector.values),
            "parent": 2 if n == 3 else None,
            "codes": {0: f"A{n}"} if n < 4 else dice.pick([{0: f"A{n}", 1: f"B{n}"}, {1: f"B{n}"}]),
        }
        for n in range(6)
    ]
    if not any(1 in agency["codes"] and 0 in agency["codes"] for agency in found):
        found[4]["codes"] = {0: "A4", 1: "B4"}
    return found


def courses_of(dice: Dice) -> list[dict]:
    found = [
        {
            "id": n, "months": dice.pick([None, 12, 12, 24, 24, 36]), "duty": dice.often(0.5),
            "covers": [], "from": dice.pick([None, None, date(2014, 2, 1)]),
            "until": dice.pick([None, date(2014, 8, 1)]),
        }
        for n in range(5)
    ]
    found[1]["covers"], found[2]["covers"] = [0], [1]
    return found


def requirements_of(dice: Dice) -> list[dict]:
    return [
        {
            "id": n, "partnership": place, "agency": None if place is not None else dice.pick([2, 4]),
            "group": dice.pick([0, 1]), "courses": dice.some(range(5), dice.pick([1, 1, 2])),
            "within": dice.pick([0, 30, 365]), "months": dice.pick([None, None, 6, 24]),
            "from": dice.pick([START, date(2014, 9, 1)]),
            "until": dice.pick([None, None, date(2015, 2, 1)]),
        }
        for n, place in enumerate([0, 0, 0, 1, None])
    ]


def people_of(dice: Dice, on: date) -> list[dict]:
    """Some leave or start on the day or the day after; some work for one partnership only."""
    found = [
        {
            "id": n, "agency": dice.pick(range(6)), "group": dice.pick([0, 1]),
            "works_for": dice.pick([None, None, 0, 1]), "from": dice.day(date(2012, 1, 1)),
            "until": dice.day(END, date(2016, 1, 1)) if dice.often(0.6) else None,
        }
        for n in range(PEOPLE)
    ]
    for person in found:
        if dice.often(0.2):
            person["until"] = person["from"] + timedelta(dice.pick([1, 200, 900]))
        elif dice.often(0.3):
            person["until"] = on + timedelta(dice.pick([0, 1]))
            person["from"] = min(person["from"], person["until"] - timedelta(30))
        elif dice.often(0.3):
            person["from"], person["until"] = on + timedelta(dice.pick([0, 1])), None
    return found


def records_of(dice: Dice, people: list[dict], on: date) -> list[dict]:
    """Completions: many that expire within 91 days of the day, or near the edge of a course."""
    edges = [date(2014, 2, 1), date(2014, 1, 31), *[date(2014, 8, 1), date(2014, 7, 31)] * 2]
    for years in (1, 2, 3):
        edges += [on.replace(year=on.year - years) + n * DAY for n in (0, 0, 0, 1, 30, 60, 90, 91)]
    found = {
        (
            person["id"], dice.pick(range(5)),
            dice.pick(edges) if dice.often(0.6) else dice.day(date(2012, 1, 1)),
        ): {"confirmed": dice.often(0.9), "replaced": dice.often(0.1)}
        for person in people
        for _ in range(dice.pick([0, 1, 1, 2, 5]))
    }
    return [
        {"person": person, "course": course, "on": day, **state}
        for (person, course, day), state in found.items()
    ]


def exemptions_of(dice: Dice, people: list[dict]) -> list[dict]:
    return [
        {
            "person": dice.pick(people)["id"], "requirement": dice.pick([None, 0, 1]),
            "from": date(2014, 4, 1), "until": dice.pick([date(2015, 3, 31), date(2015, 4, 1)]),
        }
        for _ in range(2)
    ]


def meetings_of(dice: Dice) -> list[dict]:
    found = [meeting_of(dice, n) for n in range(MEETINGS)]
    days = {}
    for meeting in found:  # one conference of a family a day, so that an order is never a toss
        while (meeting["family"], meeting["on"]) in days and meeting["family"]:
            meeting["on"] += DAY
        days[meeting["family"], meeting["on"]] = True
    return found


def meeting_of(dice: Dice, number: int) -> dict:
    kind = dice.pick([*CONFERENCES, *CONFERENCES, "core_group", "core_group", "outside"])
    held_on, children = dice.day(), dice.pick([0, 2, 3, 5])
    state = dice.pick(["held"] * 6 + ["cancelled", "stood_down"])
    if kind not in CONFERENCES and state == "stood_down":
        state = "held"
    return {
        "id": number, "partnership": dice.pick([0, 0, 0, 1]), "kind": kind, "state": state,
        "on": held_on, "closed": dice.often(0.85),
        "family": dice.pick(["", "F1", "F2", "F3", "F4"]), "children": children,
        "on_plan": dice.number(0, children) if kind in CONFERENCES else 0,
        "category": dice.pick(CATEGORIES),
        "discussed": held_on - dice.number(0, 59) * DAY
        if kind in INITIALS and dice.often(0.8) else None,
        "exploitation": dice.often(0.2),
    }


def lines_of(dice: Dice, meeting: dict, agency: dict, people: list[dict]) -> list[dict]:
    """The lines of one agency at one meeting."""
    staff = [person["id"] for person in people if person["agency"] == agency["id"]]
    own = [number for number in staff if number % 3]  # some never go
    invited = dice.some([None, *own], min(dice.pick([1, 1, 2]), len(own) + 1))
    expected = dice.pick(["attend", "report", "attend_and_report", "attend_or_report"])
    return [line_of(dice, meeting, agency["id"], person, expected) for person in invited]


def line_of(dice: Dice, meeting: dict, agency: int, person: int | None, expected: str) -> dict:
    outcome = dice.pick(["attended", "attended", "deputy", "apologies", "absent", "unknown"])
    walked_in = person is None and dice.often(0.3)
    return {
        "meeting": meeting["id"], "agency": agency, "person": person,
        "job": "Locum" if walked_in else "", "involved": dice.often(0.7),
        "invited_on": None if walked_in else meeting["on"] - dice.pick([1, 5, 8, 30]) * DAY,
        "in_room": dice.often(0.1), "changes": dice.pick([0, 0, 0, 2]), "outcome": outcome,
        "expected": "attend" if meeting["kind"] == "core_group" else expected,
        "mode": dice.pick(["in_person", "video", "phone", ""]) if outcome in THERE else "",
        "part": outcome in THERE and dice.often(0.1),
        "report": dice.pick(["not_required", "on_time", "on_the_day", "late", "none"]),
        "disputed": dice.often(0.1), "settled": dice.often(0.5),
        # whom the deputy came for is known, who the deputy was is not
        "nobody_knows_who": outcome == "deputy" and person is not None and dice.often(0.3),
    }
