"""Escalations and the board's actions, counted plainly."""

from __future__ import annotations

from datetime import UTC, datetime, time

from tests.compliance.reckoning.dice import LOCAL
from tests.compliance.reckoning.disputes import limit_of
from tests.compliance.reckoning.plain import Plain, due_at, end_of, local_day


class Disputed(Plain):
    def came_due(self, moment: datetime | None) -> bool:
        return moment is not None and self.start <= moment <= self.until

    def over(self, moment: datetime | None) -> bool:
        """Whether it had come by the end of the day."""
        return moment is not None and moment <= self.until

    def disputes(self) -> None:
        self.start = datetime.combine(self.first, time.min, LOCAL)
        self.until = end_of(self.last)
        mine = [case for case in self.made["cases"] if case["partnership"] == self.place]
        self.answers([case for case in mine if case["about"] in self.scope])
        self.cases([
            case for case in mine
            if case["raised"] <= self.until
            and (case["about"] in self.scope or case["for"] in self.scope)
            and not (case["closed"] and case["closed"] < self.start)
        ])

    def answers(self, cases: list[dict]) -> None:
        """Stages that were due in the period, but for those that ended before without an answer."""
        rows = []
        for case in cases:
            for stage in case["stages"]:
                due = due_at(stage, limit_of(self.made, case, stage), self.holidays)
                if not self.came_due(due):
                    continue
                if stage["answered"] is None and stage["closed"] and stage["closed"] <= due:
                    continue
                met = stage["answered"] is not None and stage["answered"] <= due
                rows.append((str(stage["position"]), self.code[case["about"]], met))
        self.put("escalation_in_time", "all", sum(met for *_, met in rows), len(rows))
        stages = [(position, met) for position, _, met in rows]
        self.put_each("escalation_in_time", "all", stages, "stage")
        if self.agency is None:
            agencies = [(code, met) for _, code, met in rows]
            self.put_each("escalation_in_time", "all", agencies, "agency")

    def cases(self, cases: list[dict]) -> None:
        raised = [case for case in cases if case["raised"] >= self.start]
        ended = [case for case in cases if self.over(case["closed"])]
        still = [case for case in cases if not self.over(case["closed"])]
        self.count(
            escalations_open=len(still), escalations_overdue=sum(map(self.overdue, still)),
            **{
                f"escalations_{state}": sum(case["state"] == state for case in ended)
                for state in ("resolved", "withdrawn", "decided")
            },
        )
        by = [case["for"] for case in raised if case["for"] in self.scope]
        about = [case["about"] for case in raised if case["about"] in self.scope]
        if self.agency is None:
            self.count(escalations_raised=len(raised))
            self.count_each("escalations_raised_by", [self.code[a] for a in by], "agency")
            self.count_each("escalations_raised_about", [self.code[a] for a in about], "agency")
        else:
            self.count(escalations_raised_by=len(by), escalations_raised_about=len(about))
        for case in ended:
            self.count_each("escalations_ended", [str(case["stages"][-1]["position"])], "stage")
            self.count_each("escalations_theme", filter(None, [case["theme"]]), "theme")
            for stage in case["stages"]:
                # in UTC: two local moments would be compared by the hands of the clock
                days = (stage["closed"].astimezone(UTC) - stage["entered"].astimezone(UTC)).days
                self.count_each("escalations_days", [str(stage["position"])], "stage", days)

    def overdue(self, case: dict) -> bool:
        """Whether a stage stood unanswered past its moment at the end of the day."""
        for stage in case["stages"]:
            due = due_at(stage, limit_of(self.made, case, stage), self.holidays)
            ended = self.over(stage["answered"]) or self.over(stage["closed"])
            if due and due < self.until and not ended:
                return True
        return False

    # What the board asked

    def actions(self) -> dict[str, tuple]:
        """Of each action of the scope: when it was due, how it stood, how often it was put off, ..."""
        return {
            f"X-{action['id']}": self.action(action)
            for action in self.made["actions"]
            if action["partnership"] == self.place and action["owner"] in self.scope
            and action["logged"] <= self.until
            and not (action["closed"] and action["closed"] < self.start)
        }

    def action(self, action: dict) -> tuple:
        moves = [step for step in action["steps"] if step["kind"] == "moved"]
        later = [step["from"] for step in moves if step["at"] > self.until]
        due = [*later, action["due"]][0]
        put_off = sum(step["to"] > step["from"] for step in moves if step["at"] <= self.until)
        said = [
            step["text"] for step in action["steps"]
            if step["kind"] == "progress" and step["at"] <= self.until
        ]
        closed = self.over(action["closed"])
        state = "Overdue" if due < self.last else "Open"
        if self.over(action["done"]):
            state = "Reported done"
        if closed:
            state = "Closed"
        closed_on = local_day(action["closed"]) if closed else None
        return due, state, put_off, action["logged"] < self.start, (["", *said])[-1], closed_on
