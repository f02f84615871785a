"""Take-up: how the places of sessions were used, as counts. Totals are sums of counts.

Counted are sessions whose register is closed; those still open, still to come or called off stand
beside. Three shares are told apart, because they are often mixed up:

- places used: all who came, walk-ins too, of the places offered;
- of those booked: who came with a booking, of all who ever held one (cancelled or not);
- of those expected: who came with a booking, of those who held one and did not cancel.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from django.db.models import Count

from training.choices import CAME, REGISTRATIONS, BookingState
from training.models import Session
from training.querysets import BookingQuerySet, SessionQuerySet

S = BookingState
COUNTED: dict[str, frozenset[BookingState]] = {  # each number, and the bookings that it counts
    "registered": REGISTRATIONS,
    "cancelled": frozenset({S.CANCELLED}),
    "cancelled_late": frozenset({S.CANCELLED_LATE}),
    "no_show": frozenset({S.NO_SHOW}),
    "attended": frozenset({S.ATTENDED}),
    "walk_in": frozenset({S.WALK_IN}),
    "came": CAME,
    "waiting": frozenset({S.WAITING}),
}
LABELS = {
    "sessions": "Sessions held", "places": "Places", "registered": "Booked",
    "cancelled": "Cancelled in time", "cancelled_late": "Cancelled late", "no_show": "No-shows",
    "attended": "Booked and came", "walk_in": "Walk-ins", "came": "Came in all",
    "waiting": "Left waiting",
}
EXPECTED = frozenset({S.ATTENDED, S.NO_SHOW})


# --- Periods ----------------------------------------------------------------------------------------

SPAN = re.compile(r"(?P<start>\d{4})-(?P<end>\d{2})(?:-Q(?P<quarter>[1-4])|-H(?P<half>[12]))?")


@dataclass(frozen=True, slots=True)
class Span:
    """A financial year (from 1 April), or a half or a quarter of one."""

    year: int
    quarter: int = 0
    half: int = 0

    @classmethod
    def parse(cls, text: str) -> Span | None:
        """"2014-15", "2014-15-H2" or "2014-15-Q3"; None for what is none of these."""
        found = SPAN.fullmatch(text)
        if not found or not 1990 <= int(found["start"]) <= 2199:
            return None
        year = int(found["start"])
        right = f"{(year + 1) % 100:02}" == found["end"]
        return cls(year, int(found["quarter"] or 0), int(found["half"] or 0)) if right else None

    @classmethod
    def year_of(cls, day: date) -> Span:
        return cls(day.year if day.month >= 4 else day.year - 1)

    @property
    def first(self) -> date:
        return self._month(3 * max(self.quarter - 1, 0) + 6 * max(self.half - 1, 0))

    @property
    def last(self) -> date:
        return self._month(3 * self.quarter or 6 * self.half or 12) - timedelta(days=1)

    def _month(self, after_april: int) -> date:
        years, month = divmod(3 + after_april, 12)
        return date(self.year + years, month + 1, 1)

    @property
    def name(self) -> str:
        year = f"{self.year}-{(self.year + 1) % 100:02}"
        part = f"Q{self.quarter}" if self.quarter else f"H{self.half}" if self.half else ""
        return f"{year} {part}".strip()

    @property
    def slug(self) -> str:
        return self.name.replace(" ", "-")

    @property
    def quarters(self) -> tuple[Span, ...]:
        """Those of the whole year, or of the half."""
        numbers = range(2 * self.half - 1, 2 * self.half + 1) if self.half else range(1, 5)
        return tuple(Span(self.year, n) for n in numbers)

    @property
    def halves(self) -> tuple[Span, ...]:
        return Span(self.year, half=1), Span(self.year, half=2)

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


# --- Counts ---------------------------------------------------------------------------------------


class Share(NamedTuple):
    """Met of total; nothing to count is "none", never 0% and never 100%."""

    met: int
    total: int

    @property
    def printed(self) -> str:
        if not self.total:
            return "none"
        share = Decimal(self.met) * 100 / Decimal(self.total)
        return f"{share.quantize(Decimal('0.1'), ROUND_HALF_UP)}%"

    @property
    def working(self) -> str:
        return f"{self.met} of {self.total}"


@dataclass(slots=True)
class Tally:
    """The numbers of some sessions."""

    sessions: int = 0
    places: int = 0
    states: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def __getitem__(self, name: str) -> int:
        if name in ("sessions", "places"):
            return getattr(self, name)
        return sum(self.states[state] for state in COUNTED[name])

    @property
    def of_places(self) -> Share:
        return Share(self["came"], self.places)

    @property
    def of_booked(self) -> Share:
        return Share(self["attended"], self["registered"])

    @property
    def of_expected(self) -> Share:
        return Share(self["attended"], sum(self.states[state] for state in EXPECTED))


class Line(NamedTuple):
    """How many bookings of an agency at a session are in a state."""

    session: Session
    agency_id: int
    state: str
    number: int


@dataclass(frozen=True)
class TakeUp:
    """The closed sessions of a period, and their bookings as far as they are asked about."""

    sessions: list[Session]
    lines: list[Line]
    beside: dict[str, int]  # sessions that are not counted: open, to_come, cancelled

    @property
    def whole(self) -> Tally:
        return self.by(lambda session: 0).get(0, Tally())

    def by(self, key: Callable[[Session], Hashable]) -> dict[Hashable, Tally]:
        """The numbers by something about the session: its course, its quarter."""
        found: dict[Hashable, Tally] = defaultdict(Tally)
        for session in self.sessions:
            found[key(session)].sessions += 1
            found[key(session)].places += session.places
        for line in self.lines:
            found[key(line.session)].states[line.state] += line.number
        return found

    def by_agency(self) -> dict[int, Tally]:
        """The numbers of each agency; sessions and places are nobody's own."""
        found: dict[int, Tally] = defaultdict(Tally)
        for line in self.lines:
            found[line.agency_id].states[line.state] += line.number
        return found


def take_up(
    sessions: SessionQuerySet, bookings: BookingQuerySet, span: Span, on: date
) -> TakeUp:
    """Read the take-up of a period in two queries. Who may ask is decided by who gives the rows."""
    rows = list(
        sessions.filter(held_on__range=(span.first, span.last)).select_related("course")
        .order_by("held_on", "start_time", "pk")
    )
    counted = {row.pk: row for row in rows if row.closed_at}
    numbers = bookings.filter(session__in=list(counted)).order_by().values_list(
        "session_id", "agency_id", "state"
    ).annotate(number=Count("pk"))
    lines = [Line(counted[session], *rest) for session, *rest in numbers]
    return TakeUp(list(counted.values()), lines, beside(rows, on))


def beside(rows: Iterable[Session], on: date) -> dict[str, int]:
    found = {"open": 0, "to_come": 0, "cancelled": 0}
    for row in rows:
        if row.cancelled_at:
            found["cancelled"] += 1
        elif not row.closed_at:
            found["open" if row.held_on <= on else "to_come"] += 1
    return found
