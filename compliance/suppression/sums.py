"""The counts of a partnership's reports for a year, each once, wherever it is printed. Pure.

One count stands in several reports: an agency's attendance on its own page and in the partnership's
table, a quarter's in its report and in the trend of the year. What is the same count has one place
here, so that it is shown or held back everywhere alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from compliance.period import Period
from compliance.scorecard import Basis, By, Count, Reading, Scorecard

WHOLE = ""  # stands for the partnership among the codes of its agencies
EACH = "*"  # a count that is the same for every agency
Cards = Mapping[tuple[str, Period], Scorecard]

ATTENDANCE = ("conference_attendance", "core_group_attendance")
AT_MEETINGS = (*ATTENDANCE, "contribution")
SHARES = ("mode", "who")  # met in that way, of the whole total
STANDINGS = ("training_", "staff_asked")
OF_THE_DAY = (*STANDINGS, "on_plan_", "children_on_plan", "families_on_plan", "escalations_open", "escalations_overdue")
OF_THE_PARTNERSHIP = ("conferences", "initial", "review", "transfer_in", "stood_down", "core_groups")
UNPUBLISHED = ("escalations_days",)  # a sum of days tells of single cases


@dataclass(frozen=True, slots=True)
class Place:
    """Where a count stands: whose, when, of what, broken down how, and which part of a reading."""

    scope: str
    period: Period | str  # the day, for what is counted on a day
    subject: str  # a measure and its basis, or a plain count
    by: By = ()
    part: str = "count"  # or "met", "total"

    def at(self, **new: object) -> Place:
        found = {name: getattr(self, name) for name in self.__slots__} | new
        return Place(**found)


def subject(measure: str, basis: Basis) -> str:
    return f"{measure} {basis}"


def places_of(code: str, card: Scorecard) -> Iterator[tuple[Place, int]]:
    """Every count of a scorecard where it is printed."""
    for reading in card.readings:
        for part in ("met", "total"):
            yield place_of_reading(code, card.period, reading, part), getattr(reading, part)
    for count in card.counts:
        if count.key not in UNPUBLISHED:
            yield place_of_count(code, card.period, count), count.value


def place_of_reading(code: str, period: Period, reading: Reading, part: str) -> Place:
    return Place(code, period, subject(reading.measure, reading.basis), reading.by, part)


def place_of_count(code: str, period: Period, count: Count) -> Place:
    return Place(code, period, count.key, count.by)


class Counted:
    """All counts of the reports, each in one place."""

    def __init__(
        self, cards: Cards, parts: Mapping[str, tuple[str, ...]],
        annual: Mapping[Period, Scorecard] | None = None,
    ) -> None:
        self.cards, self.parts, self.annual = cards, parts, annual or {}
        self.values: dict[Place, int] = {}
        self.at: dict[Place, Place] = {}
        ordered = sorted(cards, key=lambda key: (key[0] == WHOLE, -len(key[1].quarters), key))
        for code, period in ordered:
            card = cards[code, period]
            for part in card.trend:
                if (code, part.period) not in cards:  # printed in the trend only
                    self.put_all(code, part)
            self.put_all(code, card)
        for card in self.annual.values():
            self.put_all(WHOLE, card)

    def put_all(self, code: str, card: Scorecard) -> None:
        for place, value in places_of(code, card):
            self.put(place, value)

    def put(self, place: Place, value: int) -> None:
        """The count at the place that it shares, unless it differs from what stands there."""
        shared = self.shared(place)
        if self.values.setdefault(shared, value) != value:
            shared = place
            self.values[shared] = value
        self.at[place] = shared

    def get(self, place: Place) -> Place | None:
        """Where a printed count is kept; None for what is printed nowhere: it is nothing."""
        return self.at.get(place)

    def value(self, place: Place) -> int:
        return self.values[self.at[place]] if place in self.at else 0

    def shared(self, place: Place) -> Place:
        """The one place of a count that is printed in several."""
        measure, _, basis = place.subject.partition(" ")
        names = [name for name, _ in place.by]
        if names == ["agency"] and (place.by[0][1], place.period) in self.cards:
            place = place.at(scope=place.by[0][1], by=())
        part = next((pair for pair in place.by if pair[0] in ("half", "quarter")), None)
        if part is not None:
            rest = tuple(pair for pair in place.by if pair != part)
            place = place.at(period=Period.parse(part[1]), by=rest)
        if measure in AT_MEETINGS:
            place = self.at_meetings(place, measure, basis)
        if not basis and place.subject in OF_THE_PARTNERSHIP:
            place = place.at(scope=WHOLE)
        return self.on_the_day(place)

    def at_meetings(self, place: Place, measure: str, basis: str) -> Place:
        """Shares have the whole total, contribution the conferences of attendance; who was there is known."""
        if place.part == "total":
            if place.by and place.by[0][0] in SHARES:
                place = place.at(by=())
            if measure == "contribution":
                place = place.at(subject=subject("conference_attendance", Basis(basis)))
            if basis == Basis.ALL and place.scope != WHOLE:
                place = place.at(scope=EACH)
        elif basis == Basis.KNOWN and measure in ATTENDANCE:
            place = place.at(subject=subject(measure, Basis.INVOLVED))
        return place

    def on_the_day(self, place: Place) -> Place:
        """What is counted on a day is the same in each period that ends with it."""
        card = self.cards.get((place.scope, place.period))
        if card is not None and place.subject.startswith(OF_THE_DAY):
            return place.at(period=card.as_at.isoformat())
        return place
