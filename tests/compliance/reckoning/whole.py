"""Quoracy, timeliness, children and plans of a whole partnership, counted plainly."""

from __future__ import annotations

from datetime import date

from tests.compliance.reckoning.plain import (
    CATEGORIES,
    CONFERENCES,
    FIRST,
    INITIALS,
    THERE,
    Plain,
    months_on,
)


class Whole(Plain):
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
        rows = [(m, self.quorate(m)) for m in self.conferences]
        self.put("quoracy", "all", sum(q for _, q in rows), len(rows))
        self.put_each("quoracy", "all", [(m["kind"], q) for m, q in rows], "kind")
        self.count(inquorate=sum(not q for _, q in rows))
        self.follow("quoracy", rows, lambda row: row[1])
        for dimension, parts in self.parts().items():
            for name, (start, end) in parts.items():
                of = [q for m, q in rows if start <= m["on"] <= end]
                self.put("quoracy", "all", sum(of), len(of), **{dimension: name})

    def timeliness(self) -> None:
        due = [*self.initials(), *self.followers()]
        due = [row for row in due if self.first <= row[1] <= self.last]
        self.count(timing_register_open=sum(row[2] is None for row in due))
        due = [row for row in due if row[2] is not None]
        for what in (None, "initial", "review", "first_core_group"):
            rows = [row for row in due if what in (None, row[0])]
            by = {"what": what} if what else {}
            self.put("timeliness", "all", sum(r[2] for r in rows), len(rows), **by)
            children = sum(r[3] for r in rows if r[2]), sum(r[3] for r in rows)
            self.put("timeliness", "all", *children, **by, unit="child")

    def initials(self) -> list[tuple]:
        """What was due of initial conferences: what, by which day, whether in time, how many children."""
        found = []
        for m in self.made["meetings"]:
            counted = m in self.meetings or (m["on"] > self.last and m["state"] != "cancelled")
            here = m["partnership"] == self.place and m["kind"] in INITIALS
            if here and m["discussed"] and counted:
                by = self.working_days_on(m["discussed"], 15)
                in_time = m["state"] == "held" and m["on"] <= min(by, self.last)
                found.append(("initial", by, in_time, m["children"]))
        return found

    def followers(self) -> list[tuple]:
        """The same of what follows a conference: the next review, and the first core group."""
        found = []
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
            found.append(("review", by, self.met(nexts, by), m["on_plan"]))
            if m["kind"] in FIRST:
                by = self.working_days_on(m["on"], 10)
                groups = [x for x in later if x["kind"] == "core_group"]
                found.append(("first_core_group", by, self.met(groups, by), m["on_plan"]))
        return found

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
        last = [m for m in held if m["family"] and not self.another(held, m, after=True)]
        first = [m for m in held if not m["family"] or not self.another(held, m, after=False)]
        self.count(
            children_considered=sum(m["children"] for m in now),
            exploitation_concerns=sum(m["exploitation"] for m in now),
            children_on_plan=sum(m["on_plan"] for m in last),
            families_on_plan=sum(m["on_plan"] > 0 for m in last),
            reviews_without_predecessor=sum(
                m["kind"] not in FIRST and m["on"] >= self.first for m in first
            ),
            initials_without_strategy_discussion=sum(
                m["kind"] in INITIALS and not m["discussed"] for m in self.now
            ),
        )
        for category in CATEGORIES:
            of = sum(m["on_plan"] for m in last if m["category"] == category)
            self.count(**{f"on_plan_{category.upper()}": of})

    def another(self, held: list[dict], meeting: dict, *, after: bool) -> bool:
        """Whether the family had another conference held, after this one or before."""
        days = [m["on"] for m in held if m["family"] == meeting["family"]]
        return any(day > meeting["on"] if after else day < meeting["on"] for day in days)
