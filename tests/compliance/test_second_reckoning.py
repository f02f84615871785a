"""A second reckoning of every reading and count, by brute force over plain rows.

Nothing of the measures is used below: a small world of dicts is made up at random, written to the
database, closed by the product itself, and counted here again in the plainest way.
"""

from __future__ import annotations

import calendar as months
import random
from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest

from compliance.measures import Scope, score
from compliance.period import Period
from conferences.judging import judge_registers
from conferences.models import Attendance, Meeting, QuorumRule
from partnership.choices import Sector
from partnership.models import Agency, Membership, RoleGroup, StaffMember
from training.models import Course, Exemption, Requirement, TrainingRecord

NOW = datetime(2016, 1, 4, 12, tzinfo=UTC)
START, END = date(2014, 1, 6), date(2015, 9, 30)
CONFERENCES = (
    "initial_conference",
    "review_conference",
    "pre_birth_conference",
    "transfer_in_conference",
)
INITIALS = ("initial_conference", "pre_birth_conference")
FIRST = (*INITIALS, "transfer_in_conference")
THERE = ("attended", "deputy")
CATEGORIES = ("neg", "phy", "sab", "emo", "mul")
SEEDS = range(20)
PERIODS = (Period(2014), Period(2014, "H1"), Period(2014, "H2"), Period(2014, "Q3"), Period(2015))
DAYS = (date(2016, 1, 31), date(2015, 1, 20))  # today: long after, and in the middle of the year


# --- A world made up at random --------------------------------------------------------------------


def world(seed: int, on: date) -> dict[str, list[dict]]:
    """Two partnerships (0 and 1) with all that happens in them, as lists of dicts.

    Much of it begins or ends on the day on which standings are read, or the day after.
    """
    choose = random.Random(seed)
    edges = [date(2014, 2, 1), date(2014, 1, 31), *[date(2014, 8, 1), date(2014, 7, 31)] * 2]
    for years in (1, 2, 3):  # completions that expire within 91 days of it
        edges += [
            on.replace(year=on.year - years) + timedelta(n) for n in (0, 0, 0, 1, 30, 60, 90, 91)
        ]
    pick = choose.choice

    def day(first: date = START, last: date = END) -> date:
        return first + timedelta(choose.randrange((last - first).days))

    def often(share: float) -> bool:
        return choose.random() < share

    agencies = [
        {
            "id": n,
            "sector": "social_care_children" if n < 2 else pick(Sector.values),
            "parent": None,
            "codes": {0: f"A{n}"} if n < 4 else pick([{0: f"A{n}", 1: f"B{n}"}, {1: f"B{n}"}]),
        }
        for n in range(6)
    ]
    agencies[3]["parent"] = 2
    groups = [{"id": n} for n in range(2)]
    courses = [
        {"id": n, "months": pick([None, 12, 12, 24, 24, 36]), "duty": often(0.5), "covers": [],
         "from": pick([None, None, date(2014, 2, 1)]), "until": pick([None, date(2014, 8, 1)])}
        for n in range(5)
    ]
    courses[1]["covers"], courses[2]["covers"] = [0], [1]
    requirements = [
        {"id": n, "partnership": place, "agency": None if place is not None else pick([2, 4]),
         "group": pick([0, 1]), "courses": choose.sample(range(5), pick([1, 1, 2])),
         "within": pick([0, 30, 365]), "months": pick([None, None, 6, 24]),
         "from": pick([START, date(2014, 9, 1)]),
         "until": pick([None, None, date(2015, 2, 1)])}
        for n, place in enumerate([0, 0, 0, 1, None])
    ]
    people = [
        {
            "id": n,
            "agency": pick(range(6)),
            "group": pick([0, 1]),
            "works_for": pick([None, None, 0, 1]),
            "from": day(date(2012, 1, 1)),
            "until": day(END, date(2016, 1, 1)) if often(0.6) else None,
        }
        for n in range(16)
    ]
    for person in people:
        if often(0.2):
            person["until"] = person["from"] + timedelta(pick([1, 200, 900]))
        elif often(0.3):
            person["until"] = on + timedelta(pick([0, 1]))
            person["from"] = min(person["from"], person["until"] - timedelta(30))
        elif often(0.3):
            person["from"], person["until"] = on + timedelta(pick([0, 1])), None
    records = {
        (person["id"], pick(range(5)), pick(edges) if often(0.6) else day(date(2012, 1, 1))): {
            "confirmed": often(0.9), "replaced": often(0.1)
        }
        for person in people
        for _ in range(pick([0, 1, 1, 2, 5]))
    }
    exemptions = [
        {"person": pick(people)["id"], "requirement": pick([None, 0, 1]),
         "from": date(2014, 4, 1), "until": pick([date(2015, 3, 31), date(2015, 4, 1)])}
        for _ in range(2)
    ]
    meetings = []
    for n in range(40):
        kind = pick([*CONFERENCES, *CONFERENCES, "core_group", "core_group", "outside"])
        held_on, children = day(), pick([0, 2, 3, 5])
        on_plan = choose.randint(0, children) if kind in CONFERENCES else 0
        state = pick(["held"] * 6 + ["cancelled", "stood_down"])
        if kind not in CONFERENCES and state == "stood_down":
            state = "held"
        meetings.append({
            "id": n, "partnership": pick([0, 0, 0, 1]), "kind": kind, "state": state, "on": held_on,
            "closed": often(0.85), "family": pick(["", "F1", "F2", "F3", "F4", "F5"]),
            "children": children, "on_plan": on_plan, "category": pick(CATEGORIES),
            "discussed": held_on - timedelta(choose.randrange(60))
            if kind in INITIALS and often(0.8) else None,
            "exploitation": often(0.2),
        })
    days = {}
    for meeting in meetings:  # one conference of a family a day, so that an order is never a toss
        while (meeting["family"], meeting["on"]) in days and meeting["family"]:
            meeting["on"] += timedelta(1)
        days[meeting["family"], meeting["on"]] = True
    lines = []
    for meeting, agency in product(meetings, agencies):
        if meeting["partnership"] not in agency["codes"] or often(0.3):
            continue
        staff = [person["id"] for person in people if person["agency"] == agency["id"]]
        own = [number for number in staff if number % 3]  # some never go
        invited = choose.sample([None, *own], k=min(pick([1, 1, 2]), len(own) + 1))
        expected = pick(["attend", "report", "attend_and_report", "attend_or_report"])
        for person in invited:
            outcome = pick(["attended", "attended", "deputy", "apologies", "absent", "unknown"])
            walked_in = person is None and often(0.3)
            lines.append({
                "meeting": meeting["id"], "agency": agency["id"], "person": person,
                "job": "Locum" if walked_in else "", "involved": often(0.7),
                "invited_on": None if walked_in else meeting["on"] - timedelta(pick([1, 5, 8, 30])),
                "in_room": often(0.1), "changes": pick([0, 0, 0, 2]), "outcome": outcome,
                "expected": "attend" if meeting["kind"] == "core_group" else expected,
                "mode": pick(["in_person", "video", "phone", ""]) if outcome in THERE else "",
                "part": outcome in THERE and often(0.1),
                "report": pick(["not_required", "on_time", "on_the_day", "late", "none"]),
                "disputed": often(0.1), "settled": often(0.5),
            })
    return {
        "agencies": agencies, "groups": groups, "courses": courses, "requirements": requirements,
        "people": people, "exemptions": exemptions, "meetings": meetings, "lines": lines,
        "records": [
            {"person": person, "course": course, "on": on, **state}
            for (person, course, on), state in records.items()
        ],
    }


def write(made: dict[str, list[dict]], places: list) -> None:
    """The world as rows; the registers are closed and judged by the product's own rules."""
    agencies = Agency.objects.bulk_create(
        Agency(name=f"Agency {row['id']}", sector=row["sector"]) for row in made["agencies"]
    )
    agencies[3].parent = agencies[2]
    agencies[3].save()
    Membership.objects.bulk_create(
        Membership(partnership=places[place], agency=agencies[row["id"]], code=code)
        for row in made["agencies"]
        for place, code in row["codes"].items()
    )
    groups = RoleGroup.objects.bulk_create(
        RoleGroup(code=f"group_{row['id']}", title=f"Group {row['id']}") for row in made["groups"]
    )
    courses = Course.objects.bulk_create(
        Course(
            code=f"C{row['id']}", title=f"Course {row['id']}", hours=3, valid_months=row["months"],
            conference_duty=row["duty"], counts_from=row["from"], counts_until=row["until"],
        )
        for row in made["courses"]
    )
    for row in made["courses"]:
        courses[row["id"]].covers.set(courses[n] for n in row["covers"])
    requirements = Requirement.objects.bulk_create(
        Requirement(
            partnership=None if row["partnership"] is None else places[row["partnership"]],
            agency=None if row["agency"] is None else agencies[row["agency"]],
            role_group=groups[row["group"]], within_days=row["within"], valid_months=row["months"],
            effective_from=row["from"], effective_until=row["until"],
        )
        for row in made["requirements"]
    )
    for row in made["requirements"]:
        requirements[row["id"]].courses.set(courses[n] for n in row["courses"])
    people = StaffMember.objects.bulk_create(
        StaffMember(
            agency=agencies[row["agency"]], reference=f"S-{row['id']}", first_name="Siân",
            last_name=f"Llwyd {row['id']}", job_title="Nurse", role_group=groups[row["group"]],
            started_on=row["from"], left_on=row["until"],
            works_for=None if row["works_for"] is None else places[row["works_for"]],
        )
        for row in made["people"]
    )
    TrainingRecord.objects.bulk_create(
        TrainingRecord(
            staff_member=people[row["person"]],
            course=courses[row["course"]],
            completed_on=row["on"],
            expires_on=months_on(row["on"], made["courses"][row["course"]]["months"]),
            confirmed_at=NOW if row["confirmed"] else None,
            replaced_at=NOW if row["replaced"] else None,
            replaced_reason="Wrong day." if row["replaced"] else "",
        )
        for row in made["records"]
    )
    Exemption.objects.bulk_create(
        Exemption(
            staff_member=people[row["person"]], from_on=row["from"], until_on=row["until"],
            requirement=None if row["requirement"] is None else requirements[row["requirement"]],
            reason="unavailable",
        )
        for row in made["exemptions"]
    )
    meetings = Meeting.objects.bulk_create(
        Meeting(
            partnership=places[row["partnership"]],
            reference=f"M-{row['id']:03}",
            kind=row["kind"],
            state=row["state"],
            held_on=row["on"],
            strategy_discussion_on=row["discussed"],
            family_ref=row["family"],
            children=row["children"],
            children_on_plan_after=row["on_plan"],
            exploitation_concern=row["exploitation"],
            **{f"plan_{row['category']}": row["on_plan"]},
        )
        for row in made["meetings"]
    )
    Attendance.objects.bulk_create(
        Attendance(
            meeting=meetings[row["meeting"]],
            agency=agencies[row["agency"]],
            staff_member=None if row["person"] is None else people[row["person"]],
            job_title=row["job"],
            invited_on=row["invited_on"],
            in_room_when_dated=row["in_room"],
            involved=row["involved"],
            involved_changes=row["changes"],
            expectation=row["expected"],
            outcome=row["outcome"],
            mode=row["mode"],
            part=row["part"],
            report=row["report"],
            disputed_at=NOW if row["disputed"] else None,
            dispute="We came." if row["disputed"] else "",
            settled_at=NOW if row["disputed"] and row["settled"] else None,
            settlement="Put right." if row["disputed"] and row["settled"] else "",
        )
        for row in made["lines"]
    )
    for number, place in enumerate(places):
        to_close = [
            meetings[row["id"]] for row in made["meetings"]
            if row["closed"] and row["partnership"] == number
        ]
        for meeting in to_close:
            meeting.partnership, meeting.closed_at = place, NOW
        if to_close:
            judge_registers(by=None, meetings=to_close, verb="closed", tell=False)


# --- Counting it all again ------------------------------------------------------------------------


def months_on(day: date, number: int | None) -> date | None:
    """So many months later; a day that the month lacks becomes its last."""
    if number is None:
        return None
    year, month = divmod(day.year * 12 + day.month - 1 + number, 12)
    return date(year, month + 1, min(day.day, months.monthrange(year, month + 1)[1]))


class Reckoning:
    """One scope (a partnership, or one agency with its parts in it) and period, counted plainly."""

    def __init__(
        self,
        made,
        holidays,
        place: int,
        agency: int | None,
        first: date,
        period_last: date,
        today: date,
    ):
        self.made, self.holidays, self.place, self.agency = made, holidays, place, agency
        self.first, self.period_last = first, period_last
        last = self.last = min(period_last, today)
        self.readings: dict[tuple, tuple[int, int]] = {}
        self.counts: dict[str, int] = {}
        self.scope = [
            a["id"] for a in made["agencies"]
            if place in a["codes"] and (agency is None or agency in (a["id"], a["parent"]))
        ]
        self.code = {a["id"]: a["codes"].get(place) for a in made["agencies"]}
        self.meetings = sorted(
            (
                m for m in made["meetings"]
                if m["partnership"] == place and m["closed"] and m["kind"] != "outside"
                and m["state"] != "cancelled" and m["on"] <= last
            ),
            key=lambda m: (m["on"], m["id"]),
        )
        self.now = [m for m in self.meetings if m["on"] >= first]
        self.lines = {
            (m["id"], a): [x for x in made["lines"] if (x["meeting"], x["agency"]) == (m["id"], a)]
            for m in self.now for a in self.scope
        }
        self.training()
        self.attendance()
        self.duty()
        self.quality()
        if agency is None:
            self.quoracy()
            self.timeliness()
            self.plans()

    def put(self, measure: str, basis: str, met: int, total: int, **by: str) -> None:
        self.readings[measure, basis, tuple(by.items())] = (met, total)

    def put_each(self, measure: str, basis: str, rows: list[tuple[str, bool]], name: str) -> None:
        """A reading for each value that there is."""
        for value in {value for value, _ in rows}:
            of = [met for other, met in rows if other == value]
            self.put(measure, basis, sum(of), len(of), **{name: value})

    # Training

    def accepted(self, requirement: dict) -> frozenset[int]:
        """Its courses, and whichever covers one that is accepted."""
        found = set(requirement["courses"])
        for _ in self.made["courses"]:
            found |= {c["id"] for c in self.made["courses"] if found & set(c["covers"])}
        return frozenset(found)

    def expiry(self, person: int, requirement: dict, on: date) -> date | None:
        wanted, ends = self.accepted(requirement), []
        for record in self.made["records"]:
            course = self.made["courses"][record["course"]]
            if record["person"] != person or record["course"] not in wanted or record["on"] > on:
                continue
            if not record["confirmed"] or record["replaced"]:
                continue
            if course["from"] and record["on"] < course["from"]:
                continue
            if course["until"] and record["on"] >= course["until"]:
                continue
            limits = [months_on(record["on"], n) for n in (course["months"], requirement["months"])]
            ends.append(min([limit for limit in limits if limit], default=date.max))
        return max(ends, default=None)

    def asked(self, person: dict, on: date) -> list[dict]:
        """The requirements in force for a person, those that ask the same only once."""
        found = {}
        agency = self.made["agencies"][person["agency"]]
        for requirement in self.made["requirements"]:
            if requirement["group"] != person["group"]:
                continue
            if on < requirement["from"] or (requirement["until"] and on >= requirement["until"]):
                continue
            if requirement["agency"] is not None:
                mine = requirement["agency"] in (agency["id"], agency["parent"])
                member = self.place in self.made["agencies"][requirement["agency"]]["codes"]
                concerns = mine and member
            else:
                concerns = requirement["partnership"] == self.place and person["works_for"] in (
                    None, self.place
                )
            if concerns:
                alike = self.accepted(requirement), requirement["months"]
                found.setdefault(alike, []).append(requirement)
        # of those that ask alike, the one with the shortest window for starters
        return [min(alike, key=lambda r: (r["within"], r["id"])) for alike in found.values()]

    def in_post(self, person: dict) -> bool:
        here = person["agency"] in self.scope and person["works_for"] in (None, self.place)
        return here and person["from"] <= self.last and not (
            person["until"] and person["until"] <= self.last
        )

    def standing(self, person: dict, requirement: dict) -> str:
        for exemption in self.made["exemptions"]:
            same = exemption["requirement"] in (None, requirement["id"])
            holds = exemption["from"] <= self.last < exemption["until"]
            if exemption["person"] == person["id"] and same and holds:
                return "exempt"
        ends = self.expiry(person["id"], requirement, self.last)
        if ends is None:
            inside = self.last <= person["from"] + timedelta(requirement["within"])
            return "not_yet_due" if inside else "never"
        if ends <= self.last:
            return "expired"
        return "expiring" if ends - self.last <= timedelta(90) else "current"

    def training(self) -> None:
        rows = [
            (person, requirement, self.standing(person, requirement))
            for person in self.made["people"] if self.in_post(person)
            for requirement in self.asked(person, self.last)
        ]
        for standing in ("current", "expiring", "expired", "never", "not_yet_due", "exempt"):
            self.counts[f"training_{standing}"] = sum(s == standing for *_, s in rows)
        self.counts["staff_asked"] = len({person["id"] for person, *_ in rows})
        due = [
            (person, requirement, standing in ("current", "expiring"))
            for person, requirement, standing in rows
            if standing not in ("not_yet_due", "exempt")
        ]
        self.put("training_current", "due", sum(met for *_, met in due), len(due))
        people = {person["id"] for person, *_ in due}
        whole = [all(met for p, _, met in due if p["id"] == person) for person in people]
        self.put("training_current", "due", sum(whole), len(whole), unit="people")
        label = lambda r: " or ".join(sorted(f"C{c}" for c in r["courses"]))  # noqa: E731
        self.put_each("training_current", "due", [(label(r), met) for _, r, met in due], "course")
        grouped = [(f"group_{p['group']}", met) for p, _, met in due]
        self.put_each("training_current", "due", grouped, "role_group")
        if self.agency is None:
            of = [(self.code[p["agency"]], met) for p, _, met in due]
            self.put_each("training_current", "due", of, "agency")

    # Attendance

    def attendance(self) -> None:
        parents = {self.made["agencies"][a]["parent"] for a in self.scope} - {None}
        here = {a for (_, a), lines in self.lines.items() if lines}
        seats = [a for a in self.scope if a not in parents or a in here]
        pairs = [(m, a, self.lines[m["id"], a]) for m in self.now for a in seats]
        for basis in ("all", "invited", "involved", "known"):
            total = [pair for pair in pairs if self.on(basis, pair[2])]
            conferences = [pair for pair in total if pair[0]["kind"] in CONFERENCES]
            groups = [pair for pair in total if pair[0]["kind"] == "core_group"]
            self.put_all(
                "conference_attendance", basis, conferences, self.came, kinds=True, ways=True
            )
            self.put_all("core_group_attendance", basis, groups, self.came, ways=True)
            either = lambda lines: self.came(lines) or self.sent(lines)  # noqa: E731
            self.put_all("contribution", basis, conferences, either, kinds=True)
            if basis in ("invited", "involved"):
                asked = [pair for pair in conferences if self.report_asked(pair[2])]
                self.put_all("reports_in_time", basis, asked, self.sent, kinds=True)

    def put_all(self, measure, basis, pairs, met, *, kinds=False, ways=False) -> None:
        self.put(measure, basis, sum(met(lines) for *_, lines in pairs), len(pairs))
        if self.agency is None:
            self.put_each(measure, basis, [(self.code[a], met(x)) for _, a, x in pairs], "agency")
        if kinds:
            self.put_each(measure, basis, [(m["kind"], met(x)) for m, _, x in pairs], "kind")
        if ways:
            for mode in ("in_person", "video", "phone"):
                by_mode = sum(self.way(lines) == mode for *_, lines in pairs)
                self.put(measure, basis, by_mode, len(pairs), mode=mode)
            members = sum(any(x["outcome"] == "attended" for x in lines) for *_, lines in pairs)
            came = sum(self.came(lines) for *_, lines in pairs)
            self.put(measure, basis, members, len(pairs), who="member")
            self.put(measure, basis, came - members, len(pairs), who="deputy")

    def on(self, basis: str, lines: list[dict]) -> bool:
        if basis == "all":
            return True
        if basis == "invited":
            return any(not x["job"] or x["invited_on"] for x in lines)
        involved = any(x["involved"] for x in lines)
        return involved and (basis == "involved" or any(x["outcome"] != "unknown" for x in lines))

    def came(self, lines: list[dict]) -> bool:
        return any(x["outcome"] in THERE for x in lines)

    def sent(self, lines: list[dict]) -> bool:
        return any(x["report"] == "on_time" for x in lines)

    def way(self, lines: list[dict]) -> str:
        modes = [x["mode"] for x in lines if x["outcome"] in THERE]
        return next((mode for mode in ("in_person", "video", "phone") if mode in modes), "")

    def report_asked(self, lines: list[dict]) -> bool:
        for line in lines:
            if line["report"] != "not_required":
                if line["expected"] in ("report", "attend_and_report"):
                    return True
                if line["expected"] == "attend_or_report" and not self.came(lines):
                    return True
        return False

    def duty(self) -> None:
        rows, sent, unnamed, beside = [], set(), 0, 0
        for meeting in self.now:
            for agency in self.scope:
                for line in self.lines[meeting["id"], agency]:
                    if line["outcome"] not in THERE:
                        continue
                    if line["person"] is None:
                        unnamed += 1
                        continue
                    sent.add(line["person"])
                    trained = self.trained(self.made["people"][line["person"]], meeting["on"])
                    beside += trained is None
                    if trained is not None:
                        rows.append((meeting, agency, trained))
        self.put("duty_trained", "all", sum(t for *_, t in rows), len(rows))
        self.put_each("duty_trained", "all", [(m["kind"], t) for m, _, t in rows], "kind")
        if self.agency is None:
            self.put_each("duty_trained", "all", [(self.code[a], t) for _, a, t in rows], "agency")
        ready = {
            p["id"] for p in self.made["people"] if self.in_post(p) and self.trained(p, self.last)
        }
        self.counts |= {
            "attendances_unnamed": unnamed, "attendances_without_requirement": beside,
            "trained_never_sent": len(ready - sent),
        }

    def trained(self, person: dict, on: date) -> bool | None:
        duties = [
            r for r in self.asked(person, on)
            if any(self.made["courses"][c]["duty"] for c in r["courses"])
        ]
        if not duties:
            return None
        ends = [self.expiry(person["id"], r, on) for r in duties]
        return all(end is not None and end > on for end in ends)

    def quality(self) -> None:
        pairs = [(m, a, lines) for (m, a), lines in self.lines.items() if lines]
        held = [m for m in self.now if m["kind"] in CONFERENCES and m["state"] == "held"]
        kinds = [m["kind"] for m in held]
        missed = [row for m, a, lines in pairs for row in self.missed(m, lines)]
        self.counts |= {
            "unknown_outcomes": sum(
                any(x["involved"] for x in lines) and all(x["outcome"] == "unknown" for x in lines)
                for *_, lines in pairs
            ),
            "disputed_lines": sum(
                x["disputed"] and not x["settled"] for *_, lines in pairs for x in lines
            ),
            "late_invitations": sum(all(self.late(m, x) for x in lines) for m, _, lines in pairs),
            "involvement_changes": sum(x["changes"] for *_, lines in pairs for x in lines),
            "open_registers": sum(
                self.first <= m["on"] <= self.last
                and not m["closed"]
                and m["state"] != "cancelled"
                and m["partnership"] == self.place
                and (
                    self.agency is None
                    or any(
                        x["meeting"] == m["id"] and x["agency"] in self.scope
                        for x in self.made["lines"]
                    )
                )
                for m in self.made["meetings"]
            ),
            "missed_attendances": missed.count(("attendance", False)),
            "missed_reports": missed.count(("report", False)),
            "missed_excused": sum(excused for _, excused in missed),
            "conferences": len(held),
            "initial": sum(kind in INITIALS for kind in kinds),
            "review": kinds.count("review_conference"),
            "transfer_in": kinds.count("transfer_in_conference"),
            "stood_down": sum(m["state"] == "stood_down" for m in self.now),
            "core_groups": sum(m["kind"] == "core_group" for m in self.now),
        }

    def late(self, meeting: int, line: dict) -> bool:
        """Fewer than five working days' notice, and not in the room when the date was set."""
        if line["in_room"] or line["invited_on"] is None:
            return False
        held_on = self.made["meetings"][meeting]["on"]
        notice = [line["invited_on"] + timedelta(n) for n in range(1, 60)]
        return sum(self.worked(day) for day in notice if day <= held_on) < 5

    def worked(self, day: date) -> bool:
        return day.weekday() < 5 and day not in self.holidays

    def missed(self, meeting: int, lines: list[dict]) -> list[tuple[str, bool]]:
        """What an agency missed at a meeting, and whether a late invitation excuses it."""
        if not any(x["involved"] for x in lines):
            return []
        expected, found = lines[0]["expected"], []
        lacks_report = not self.sent(lines)
        asked = any(x["report"] != "not_required" for x in lines)
        if not self.came(lines) and (
            expected in ("attend", "attend_and_report")
            or (expected == "attend_or_report" and lacks_report)
        ):
            found.append("attendance")
        if expected in ("report", "attend_and_report") and asked and lacks_report:
            found.append("report")
        return [(kind, all(self.late(meeting, x) for x in lines)) for kind in found]

    # The partnership as a whole

    def quorate(self, meeting: dict) -> bool:
        """Children's social care and two other involved agencies, there for the whole meeting."""
        if meeting["state"] == "stood_down":
            return False
        there = [
            x for x in self.made["lines"]
            if x["meeting"] == meeting["id"] and x["outcome"] in THERE and not x["part"]
        ]
        sector = {a["id"]: a["sector"] for a in self.made["agencies"]}
        social_care = any(sector[x["agency"]] == "social_care_children" for x in there)
        others = {
            x["agency"]
            for x in there
            if x["involved"] and sector[x["agency"]] != "social_care_children"
        }
        return social_care and len(others) >= 2

    def quoracy(self) -> None:
        rows = [(m, self.quorate(m)) for m in self.now if m["kind"] in CONFERENCES]
        self.put("quoracy", "all", sum(q for _, q in rows), len(rows))
        self.put_each("quoracy", "all", [(m["kind"], q) for m, q in rows], "kind")
        self.counts["inquorate"] = sum(not q for _, q in rows)
        self.parts(rows)

    def parts(self, rows: list[tuple[dict, bool]]) -> None:
        """Halves and quarters of the financial year, as many as fit into the period."""
        year = self.first.year - (self.first.month < 4)
        quarter_starts = [
            date(year, 4, 1),
            date(year, 7, 1),
            date(year, 10, 1),
            date(year + 1, 1, 1),
        ]
        ends = [*quarter_starts[1:], date(year + 1, 4, 1)]
        named = f"{year}-{(year + 1) % 100:02}"
        quarters = [
            (f"{named} Q{n}", s, e)
            for n, (s, e) in enumerate(zip(quarter_starts, ends, strict=True), 1)
        ]
        halves = [
            (f"{named} H1", quarter_starts[0], ends[1]),
            (f"{named} H2", quarter_starts[2], ends[3]),
        ]
        wide = (self.period_last - self.first).days
        for dimension, parts, longer in (("half", halves, 300), ("quarter", quarters, 150)):
            for name, start, end in parts:
                if wide > longer and self.first <= start and end <= self.period_last + timedelta(1):
                    of = [q for m, q in rows if start <= m["on"] < end]
                    self.put("quoracy", "all", sum(of), len(of), **{dimension: name})

    def working_days_on(self, day: date, number: int) -> date:
        while number:
            day += timedelta(1)
            number -= self.worked(day)
        return day

    def timeliness(self) -> None:
        due = []  # what, due on, in time, children
        for m in self.made["meetings"]:
            counted = m in self.meetings or (m["on"] > self.last and m["state"] != "cancelled")
            if (
                m["partnership"] == self.place
                and m["kind"] in INITIALS
                and m["discussed"]
                and counted
            ):
                by = self.working_days_on(m["discussed"], 15)
                in_time = m["state"] == "held" and m["on"] <= min(by, self.last)
                due.append(("initial", by, in_time, m["children"]))
        held = [m for m in self.meetings if m["state"] == "held" and m["family"]]
        for m in held:
            if m["kind"] not in CONFERENCES or not m["on_plan"]:
                continue
            later = [
                x for x in [*held, *self.unwritten()]
                if x["family"] == m["family"] and x["on"] > m["on"]
            ]
            by = months_on(m["on"], 3 if m["kind"] in FIRST else 6)
            nexts = [x for x in later if x["kind"] in CONFERENCES]
            due.append(("review", by, self.met(nexts, by), m["on_plan"]))
            if m["kind"] in FIRST:
                by = self.working_days_on(m["on"], 10)
                groups = [x for x in later if x["kind"] == "core_group"]
                due.append(("first_core_group", by, self.met(groups, by), m["on_plan"]))
        due = [row for row in due if self.first <= row[1] <= self.last]
        self.counts["timing_register_open"] = sum(row[2] is None for row in due)
        due = [row for row in due if row[2] is not None]
        for what in (None, "initial", "review", "first_core_group"):
            rows = [row for row in due if what in (None, row[0])]
            by = {"what": what} if what else {}
            self.put("timeliness", "all", sum(r[2] for r in rows), len(rows), **by)
            children = sum(r[3] for r in rows if r[2]), sum(r[3] for r in rows)
            self.put("timeliness", "all", *children, **by, unit="child")

    def unwritten(self) -> list[dict]:
        """Meetings that have had their day, and whose register is still open."""
        return [
            m for m in self.made["meetings"]
            if m["partnership"] == self.place and not m["closed"] and m["on"] <= self.last
            and m["state"] not in ("cancelled", "stood_down")
        ]

    def met(self, later: list[dict], by: date) -> bool | None:
        """Whether the first of these was by a day; None when its register is still open."""
        first = min(later, key=lambda m: m["on"], default=None)
        if first is None:
            return False
        return first["on"] <= by if first["closed"] else None

    def plans(self) -> None:
        held = [m for m in self.meetings if m["kind"] in CONFERENCES and m["state"] == "held"]
        now = [m for m in held if m["on"] >= self.first]
        last = [
            m
            for m in held
            if m["family"]
            and not any(x["family"] == m["family"] and x["on"] > m["on"] for x in held)
        ]
        first_seen = [
            m
            for m in held
            if not m["family"]
            or not any(x["family"] == m["family"] and x["on"] < m["on"] for x in held)
        ]
        self.counts |= {
            "children_considered": sum(m["children"] for m in now),
            "exploitation_concerns": sum(m["exploitation"] for m in now),
            "children_on_plan": sum(m["on_plan"] for m in last),
            "families_on_plan": sum(m["on_plan"] > 0 for m in last),
            "reviews_without_predecessor": sum(
                m["kind"] not in FIRST and m["on"] >= self.first for m in first_seen
            ),
            "initials_without_strategy_discussion": sum(
                m["kind"] in INITIALS and not m["discussed"] for m in self.now
            ),
        }
        for category in CATEGORIES:
            self.counts[f"on_plan_{category.upper()}"] = sum(
                m["on_plan"] for m in last if m["category"] == category
            )


# --- The two held against each other --------------------------------------------------------------


@pytest.fixture
def places(partnership, elsewhere):
    """Two partnerships with the default rules; other quorum rules may come later."""
    assert QuorumRule.objects.count() == 2
    return [partnership, elsewhere]


@pytest.mark.parametrize("seed", SEEDS)
def test_every_reading_and_count_is_reckoned_alike_a_second_time(places, calendar, seed):
    made, period, today = drawn(seed)
    write(made, places)
    for place, agency in ((0, None), (1, None), (0, 2), (0, seed % 4)):
        membership = agency is not None and Membership.objects.select_related("agency").get(
            partnership=places[place], code=made["agencies"][agency]["codes"][place]
        )
        card = score(Scope(places[place], membership or None), period, on=today)
        again = second(made, calendar, place, agency, period, today)
        counted = {(r.measure, str(r.basis), r.by): (r.met, r.total) for r in card.readings}
        assert differences(counted, again.readings) == {}
        plain = {count.key: count.value for count in card.counts if not count.by}
        escalations = {
            key for key in plain if key.startswith("escalations_")
        }  # there are none here
        assert plain == again.counts | dict.fromkeys(escalations, 0)
        before = second(made, calendar, place, agency, period.previous, today)
        counted = {
            (r.measure, str(r.basis), r.by): (r.met, r.total) for r in card.previous.readings
        }
        assert differences(counted, before.readings) == {}


def drawn(seed: int) -> tuple[dict, Period, date]:
    """A world with the period that is asked about, and the day on which."""
    choose = random.Random(seed)
    period, today = choose.choice(PERIODS), choose.choice(DAYS)
    return world(seed, period.as_at(today)), period, today


def second(made, calendar, place, agency, period, today) -> Reckoning:
    return Reckoning(made, calendar.holidays, place, agency, period.first, period.last, today)


def differences(counted: dict, again: dict) -> dict:
    """What the two do not read alike; a breakdown of nothing may be left out."""
    keys = counted.keys() | again.keys()
    pairs = {key: (counted.get(key, (0, 0)), again.get(key, (0, 0))) for key in keys}
    return {key: pair for key, pair in pairs.items() if pair[0] != pair[1]}


def test_the_worlds_hold_enough_of_everything(places, calendar):
    """The test above would prove little if its worlds were empty."""
    seen: dict[tuple, int] = {}
    for seed in SEEDS:
        made, period, today = drawn(seed)
        again = second(made, calendar, 0, None, period, today)
        for (measure, basis, by), (met, total) in again.readings.items():
            key = (measure, basis, tuple(name for name, _ in by))
            seen[key] = seen.get(key, 0) + (0 < met < total)
        for key, value in again.counts.items():
            seen[key] = seen.get(key, 0) + (value > 0)
    rare = {key for key, number in seen.items() if number < 2}
    assert rare == set()
