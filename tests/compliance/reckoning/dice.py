"""Chances of a world: always the same for a seed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Europe/London")
START, END = date(2014, 1, 6), date(2015, 9, 30)
HOURS = (time.min, time(0, 0, 1), time(9, 30), time(16, 59), time.max)


class Dice:
    def __init__(self, seed: int):
        self.random = random.Random(seed)
        self.pick, self.some = self.random.choice, self.random.sample
        self.number = self.random.randint

    def day(self, first: date = START, last: date = END) -> date:
        return first + timedelta(self.random.randrange((last - first).days))

    def often(self, share: float) -> bool:
        return self.random.random() < share

    def one_of(self, share: float, values: Sequence) -> Any:
        """One of them, or None."""
        return self.pick(values) if self.often(share) else None

    def moment(self, day: date) -> datetime:
        """A moment of a local day: its first and last among them."""
        return datetime.combine(day, self.pick(HOURS), LOCAL)
