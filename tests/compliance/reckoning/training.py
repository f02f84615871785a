"""Training in date, and who was trained for the duty, counted plainly."""

from __future__ import annotations

from datetime import date, timedelta

from tests.compliance.reckoning.plain import THERE, Plain, months_on

STANDINGS = ("current", "expiring", "expired", "never", "not_yet_due", "exempt")


def label(requirement: dict) -> str:
    return " or ".join(sorted(f"C{course}" for course in requirement["courses"]))


class Training(Plain):
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
        self.count(staff_asked=len({person["id"] for person, *_ in rows}))
        for wanted in STANDINGS:
            here = [requirement for _, requirement, standing in rows if standing == wanted]
            self.count(**{f"training_{wanted}": len(here)})
            self.count_each(f"training_{wanted}", map(label, here), "course")
        due = [
            (person, requirement, standing in ("current", "expiring"))
            for person, requirement, standing in rows
            if standing not in ("not_yet_due", "exempt")
        ]
        self.put("training_current", "due", sum(met for *_, met in due), len(due))
        people = {person["id"] for person, *_ in due}
        whole = [all(met for p, _, met in due if p["id"] == person) for person in people]
        self.put("training_current", "due", sum(whole), len(whole), unit="people")
        self.put_each("training_current", "due", [(label(r), met) for _, r, met in due], "course")
        grouped = [(f"group_{p['group']}", met) for p, _, met in due]
        self.put_each("training_current", "due", grouped, "role_group")
        if self.agency is None:
            of = [(self.code[p["agency"]], met) for p, _, met in due]
            self.put_each("training_current", "due", of, "agency")

    def duty(self) -> None:
        rows, sent, unnamed, beside = [], set(), 0, 0
        for meeting in self.now:
            for agency in self.scope:
                for line in self.lines[meeting["id"], agency]:
                    if line["outcome"] not in THERE:
                        continue
                    if line["person"] is None or line["nobody_knows_who"]:
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
        self.count(
            attendances_unnamed=unnamed, attendances_without_requirement=beside,
            trained_never_sent=len(ready - sent),
        )

    def trained(self, person: dict, on: date) -> bool | None:
        duties = [
            r for r in self.asked(person, on)
            if any(self.made["courses"][c]["duty"] for c in r["courses"])
        ]
        if not duties:
            return None
        ends = [self.expiry(person["id"], r, on) for r in duties]
        return all(end is not None and end > on for end in ends)

    # What an agency looks at before it confirms its data

    def in_post_here(self) -> int:
        return sum(map(self.in_post, self.made["people"]))

    def to_confirm(self) -> int:
        """Records not confirmed yet, of everybody of the agencies who counts here, in post or not."""
        people = self.made["people"]
        return sum(
            not record["confirmed"] and not record["replaced"]
            and people[record["person"]]["agency"] in self.scope
            and people[record["person"]]["works_for"] in (None, self.place)
            for record in self.made["records"]
        )
