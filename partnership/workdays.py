"""Working days: Monday to Friday less bank holidays. Pure: the holidays come in as data.

The day of the event is day 0; a limit of N working days ends with the Nth working day after it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

SATURDAY = 5


class NoCalendar(ValueError):
    """The holidays of a year that a reckoning runs into are not known."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """Bank holidays with their titles, and the years whose holidays are known."""

    holidays: Mapping[date, str]
    years: frozenset[int]

    @classmethod
    def of(cls, holidays: Mapping[date, str]) -> Calendar:
        return cls(holidays, frozenset(day.year for day in holidays))

    def why_skipped(self, day: date) -> str:
        """Why a day is not a working day, or "" when it is one."""
        if day.year not in self.years:
            raise NoCalendar(
                f"No bank holidays are known for {day.year}. Ask your partnership manager to add "
                "that year's holidays first."
            )
        if day.weekday() >= SATURDAY:
            return "weekend"
        return f"bank holiday: {self.holidays[day]}" if day in self.holidays else ""


@dataclass(frozen=True, slots=True)
class Reckoning:
    """A due day with its working: every day counted, and every day skipped with the reason."""

    start: date
    due: date
    counted: tuple[date, ...]
    skipped: tuple[tuple[date, str], ...]


def due_after(start: date, days: int, calendar: Calendar) -> Reckoning:
    """The last working day of a limit of so many working days after a start (day 0)."""
    counted, skipped, day = [], [], start
    while len(counted) < days:
        day += timedelta(days=1)
        reason = calendar.why_skipped(day)
        if reason:
            skipped.append((day, reason))
        else:
            counted.append(day)
    return Reckoning(start, day, tuple(counted), tuple(skipped))


def working_days_between(start: date, end: date, calendar: Calendar) -> int:
    """Working days after a start, up to and with an end: the notice that was given. Never negative."""
    days = (end - start).days
    return sum(
        not calendar.why_skipped(start + timedelta(days=step)) for step in range(1, days + 1)
    )
