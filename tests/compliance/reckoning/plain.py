"""Days and moments counted one by one, and what is counted of a scope and period."""

from __future__ import annotations

import calendar as months
from collections.abc import Callable, Collection, Iterable
from datetime import UTC, date, datetime, time, timedelta

from tests.compliance.reckoning.dice import LOCAL

CONFERENCES = (
    "initial_conference", "review_conference", "pre_birth_conference", "transfer_in_conference",
)
INITIALS = ("initial_conference", "pre_birth_conference")
FIRST = (*INITIALS, "transfer_in_conference")
THERE = ("attended", "deputy")
CATEGORIES = ("neg", "phy", "sab", "emo", "mul")
DAY = timedelta(1)


def months_on(day: date, number: int | None) -> date | None:
    """So many months later; a day that the month lacks becomes its last."""
    if number is None:
        return None
    year, month = divmod(day.year * 12 + day.month - 1 + number, 12)
    return date(year, month + 1, min(day.day, months.monthrange(year, month + 1)[1]))


def worked(day: date, holidays: Collection[date]) -> bool:
    return day.weekday() < 5 and day not in holidays


def end_of(day: date) -> datetime:
    return datetime.combine(day, time.max, LOCAL)


def local_day(moment: datetime) -> date:
    return moment.astimezone(LOCAL).date()


def due_at(stage: dict, limit: tuple[int, str], holidays: Collection[date]) -> datetime | None:
    """When an answer is due: no limit has no due moment, nor has a clock that stands."""
    amount, unit = limit
    pauses = stage["pauses"]
    if unit == "none" or any(until is None for _, until in pauses):
        return None
    if unit == "clock_hours":
        found = stage["entered"].astimezone(UTC) + timedelta(hours=amount)
        for start, until in sorted(pauses):
            if start < found:  # what has run out stands no more
                found += until.astimezone(UTC) - start.astimezone(UTC)
        return found
    day = local_day(stage["entered"])
    while amount:
        day += DAY
        stands = any(local_day(start) <= day < local_day(until) for start, until in pauses)
        amount -= worked(day, holidays) and not stands
    return end_of(day)


class Plain:
    """One scope (a partnership, or one agency with its parts in it) and period."""

    def __init__(
        self, made: dict, holidays: Collection[date], place: int, agency: int | None, first: date,
        period_last: date, today: date,
    ):
        self.made, self.holidays, self.place, self.agency = made, holidays, place, agency
        self.first, self.period_last = first, period_last
        self.last = min(period_last, today)
        self.readings: dict[tuple, tuple[int, int]] = {}
        self.counts: dict[tuple, int] = {}
        self.trend: dict[tuple, tuple[int, int]] = {}
        self.scope = [
            a["id"] for a in made["agencies"]
            if place in a["codes"] and (agency is None or agency in (a["id"], a["parent"]))
        ]
        self.code = {a["id"]: a["codes"].get(place) for a in made["agencies"]}
        self.meetings = sorted(filter(self.counted, made["meetings"]), key=lambda m: (m["on"], m["id"]))
        self.now = [m for m in self.meetings if m["on"] >= first]
        self.conferences = [m for m in self.now if m["kind"] in CONFERENCES]
        self.lines: dict[tuple[int, int], list[dict]] = {
            (m["id"], a): [] for m in self.now for a in self.scope
        }
        for line in made["lines"]:
            self.lines.get((line["meeting"], line["agency"]), []).append(line)

    def counted(self, meeting: dict) -> bool:
        return (
            meeting["partnership"] == self.place and meeting["closed"]
            and meeting["kind"] != "outside" and meeting["state"] != "cancelled"
            and meeting["on"] <= self.last
        )

    def put(self, measure: str, basis: str, met: int, total: int, **by: str) -> None:
        self.readings[measure, basis, tuple(by.items())] = (met, total)

    def put_each(
        self, measure: str, basis: str, rows: Collection[tuple[str, bool]], name: str
    ) -> None:
        """A reading for each value that there is."""
        for value in {value for value, _ in rows}:
            of = [met for other, met in rows if other == value]
            self.put(measure, basis, sum(of), len(of), **{name: value})

    def count(self, **values: int) -> None:
        self.counts |= {(key, ()): value for key, value in values.items()}

    def count_each(self, key: str, values: Iterable[str], name: str, many: int = 1) -> None:
        """So many more for each value."""
        for value in values:
            by = key, ((name, value),)
            self.counts[by] = self.counts.get(by, 0) + many

    def worked(self, day: date) -> bool:
        return worked(day, self.holidays)

    def working_days_on(self, day: date, number: int) -> date:
        while number:
            day += DAY
            number -= self.worked(day)
        return day

    def parts(self) -> dict[str, dict[str, tuple[date, date]]]:
        """Halves and quarters of the financial year that the period is made of, with their days."""
        year = self.first.year - (self.first.month < 4)
        starts = [date(year, 4, 1), date(year, 7, 1), date(year, 10, 1), date(year + 1, 1, 1)]
        lasts = [start - DAY for start in (*starts[1:], date(year + 1, 4, 1))]
        named = f"{year}-{(year + 1) % 100:02}"
        quarters = {
            f"{named} Q{n}": days for n, days in enumerate(zip(starts, lasts, strict=True), 1)
        }
        halves = {f"{named} H1": (starts[0], lasts[1]), f"{named} H2": (starts[2], lasts[3])}
        long = (self.period_last - self.first).days
        return {"half": self.within(halves, long > 300), "quarter": self.within(quarters, long > 150)}

    def within(self, parts: dict[str, tuple[date, date]], shorter: bool) -> dict:
        return {
            name: days for name, days in parts.items()
            if shorter and self.first <= days[0] and days[1] <= self.period_last
        }

    def follow(self, measure: str, pairs: list, met: Callable) -> None:
        """The headline of each quarter that has begun, from the rows of the period."""
        for name, (start, end) in self.parts()["quarter"].items():
            if start <= self.last:
                of = [met(pair) for pair in pairs if start <= pair[0]["on"] <= end]
                self.trend[name, measure] = (sum(of), len(of))
