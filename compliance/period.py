"""Reporting periods: quarters, halves and financial years, each with its first and last day.

A financial year starts on 1 April and is named by both its years: 2014-15.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

FINANCIAL_YEAR_STARTS = 4  # April
EARLIEST, LATEST = 1990, 2199  # the years that can be asked for
PATTERN = re.compile(r"^(?P<start>\d{4})-(?P<end>\d{2})(?:[ -]?(?P<part>H[12]|Q[1-4]))?$", re.I)


class PeriodError(ValueError):
    """The text names no period; the message says what would."""


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A financial year, or a half (H1, H2) or quarter (Q1 to Q4) of one.

    ``year`` is the calendar year in which the financial year starts; ``part`` is "" for the whole.
    """

    year: int
    part: str = ""

    @classmethod
    def parse(cls, text: str) -> Period:
        """Read "2014-15", "2014-15 H1" or "2014-15-Q3"; anything else is a PeriodError."""
        return cls.read(text, EARLIEST)

    @classmethod
    def kept(cls, text: str) -> Period:
        """The same of what was kept: the one before the earliest stands beside that."""
        return cls.read(text, EARLIEST - 1)

    @classmethod
    def read(cls, text: str, earliest: int) -> Period:
        found = PATTERN.match(text.strip())
        if not found:
            raise PeriodError(
                f"“{text}” is not a period. Write a financial year such as 2014-15, "
                "a half such as 2014-15-H1 or a quarter such as 2014-15-Q3."
            )
        year = int(found["start"])
        if f"{(year + 1) % 100:02}" != found["end"] or not earliest <= year <= LATEST:
            raise PeriodError(
                f"“{text}” is not a financial year. One starts on 1 April and is named by "
                "both its years, such as 2014-15."
            )
        return cls(year, (found["part"] or "").upper())

    @classmethod
    def year_of(cls, day: date) -> Period:
        """The financial year that holds a day."""
        return cls(day.year if day.month >= FINANCIAL_YEAR_STARTS else day.year - 1)

    @classmethod
    def half_of(cls, day: date) -> Period:
        """The half-year that holds a day."""
        year = cls.year_of(day)
        return next(half for half in year.halves if day in half)

    @property
    def _months(self) -> tuple[int, int]:
        """Months after 1 April at which the period starts, and how many it lasts."""
        if not self.part:
            return 0, 12
        length = 6 if self.part[0] == "H" else 3
        return (int(self.part[1]) - 1) * length, length

    def _month_start(self, months: int) -> date:
        years, month = divmod(FINANCIAL_YEAR_STARTS - 1 + months, 12)
        return date(self.year + years, month + 1, 1)

    @property
    def first(self) -> date:
        return self._month_start(self._months[0])

    @property
    def last(self) -> date:
        start, length = self._months
        return self._month_start(start + length) - timedelta(days=1)

    @property
    def name(self) -> str:
        """As it is printed: "2014-15", "2014-15 H1"."""
        year = f"{self.year}-{(self.year + 1) % 100:02}"
        return f"{year} {self.part}" if self.part else year

    @property
    def slug(self) -> str:
        """As it stands in an address: "2014-15-H1"."""
        return self.name.replace(" ", "-")

    @property
    def halves(self) -> tuple[Period, ...]:
        """The halves of a year; a shorter period has none."""
        return () if self.part else (Period(self.year, "H1"), Period(self.year, "H2"))

    @property
    def quarters(self) -> tuple[Period, ...]:
        """The quarters that a year or a half is made of; a quarter has none."""
        if not self.part:
            return tuple(Period(self.year, f"Q{n}") for n in range(1, 5))
        if self.part[0] == "H":
            first = 1 if self.part == "H1" else 3
            return Period(self.year, f"Q{first}"), Period(self.year, f"Q{first + 1}")
        return ()

    @property
    def previous(self) -> Period:
        """The period of the same length that ends the day before this one starts."""
        if not self.part:
            return Period(self.year - 1)
        number, last = int(self.part[1]), 2 if self.part[0] == "H" else 4
        if number > 1:
            return Period(self.year, f"{self.part[0]}{number - 1}")
        return Period(self.year - 1, f"{self.part[0]}{last}")

    def as_at(self, today: date) -> date:
        """The day on which standings are read: the last day, or today when that is earlier."""
        return min(self.last, today)

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def __str__(self) -> str:
        return self.name
