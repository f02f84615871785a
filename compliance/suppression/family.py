"""The published edition of a report, for readers outside the partnership. Pure.

It is made of a report *and its whole family*: what one report holds back no other report, period or
breakdown of the same partnership and year gives away. It holds counts only: no lines of single
meetings, no cases, no names, no actions, and no checksum of the exact figures, by which a guess could
be checked.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from compliance.period import Period
from compliance.scorecard import (
    Edition,
    Held,
    MeasureResult,
    Number,
    Reading,
    Scorecard,
)
from compliance.suppression.hiding import Hiding, decide, is_small
from compliance.suppression.relations import relations
from compliance.suppression.sums import (
    EACH,
    UNPUBLISHED,
    WHOLE,
    Counted,
    Place,
    place_of_count,
    place_of_reading,
)

CHILD = ("unit", "child")


class NotCovered(LookupError):
    """The report, or the period beside it, is none of its family's."""


@dataclass(frozen=True)
class Family:
    """Every scorecard of a partnership's financial year: the whole, and each agency, in each period.

    Reports are told by the code of their agency, the partnership's by ``WHOLE``, and their period.
    """

    cards: Mapping[tuple[str, Period], Scorecard]
    parts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # the agencies within an agency
    annual: Mapping[Period, Scorecard] = field(default_factory=dict)  # the partnership's annual reports

    @cached_property
    def counted(self) -> Counted:
        return Counted(self.cards, self.parts, self.annual)

    @cached_property
    def held(self) -> dict[Place, Held]:
        """What no published edition of the family shows."""
        return self.hiding.held()

    @cached_property
    def hiding(self) -> Hiding:
        values = self.counted.values
        return decide(
            values, relations(self.counted), sensitive=frozenset(sensitive(self.counted)),
            tables=sparse(self.counted),
            prices={place: price(place, value) for place, value in values.items()},
        )

    def shown(self, place: Place, value: int) -> Number:
        kept = self.counted.get(place)
        if kept is None:
            if value:
                raise NotCovered(f"{place} is in no report of its family.")
            return value
        return self.held.get(kept, value)


def price(place: Place, value: int) -> int:
    """How much a reader would miss a count: the partnership's most, then an agency's headlines of the
    year, then what is not broken down, and quarters and breakdowns of an agency least."""
    part = place.period.part[:1] if isinstance(place.period, Period) else "day"
    level = {"": 4, "day": 3, "H": 2, "Q": 1}[part] * (1 if place.by else 3)
    if place.scope in (WHOLE, EACH):
        level *= 8
    elif not part and not place.by:
        level *= 4
    return level + (place.part == "total") * level + value.bit_length() // 3


def sensitive(counted: Counted) -> Iterator[Place]:
    """Children of few families or conferences are hidden like these, however many they are."""
    for place, kept in counted.at.items():
        if CHILD in place.by and few(counted, place.at(by=tuple(p for p in place.by if p != CHILD))):
            yield kept
        beside = {"children_considered": "conferences", "children_on_plan": "families_on_plan"}
        if place.subject.startswith("on_plan_"):
            beside[place.subject] = "families_on_plan"
        if place.subject in beside and is_small(counted.value(place.at(subject=beside[place.subject]))):
            yield kept


def sparse(counted: Counted) -> set[Place]:
    """Breakdowns of an agency's quarter or half-year that hold a small count: held back as a whole.

    Nearly all of their counts would be hidden one by one, and the few that stood would tell of them.
    """
    tables: dict[Place, set[Place]] = defaultdict(set)
    for place, kept in counted.at.items():
        parted = isinstance(kept.period, Period) and kept.period.part
        if place.by and parted and kept.scope not in (WHOLE, EACH) and kept.by:
            dimensions = tuple((name, "") for name, _ in place.by)
            tables[place.at(by=dimensions, part="")].add(kept)
    small = (t for t in tables.values() if any(is_small(counted.values[kept]) for kept in t))
    return {kept for table in small for kept in table}


def few(counted: Counted, meetings: Place) -> bool:
    """Whether the meetings met, not met, or all of them are few."""
    met, total = (counted.value(meetings.at(part=part)) for part in ("met", "total"))
    return is_small(met) or is_small(total) or is_small(total - met)


def published(card: Scorecard, family: Family) -> Scorecard:
    """The published edition of one of the family's reports."""
    code = card.code if card.for_agency else WHOLE
    if card.period not in family.annual if card.annual else (code, card.period) not in family.cards:
        raise NotCovered(f"{card.title}, {card.period.name}, is none of the reports that were looked at.")
    return replace(
        bare(card, family, code),
        trend=tuple(bare(part, family, code) for part in card.trend),
        previous=before(card, family, code),
    )


def before(card: Scorecard, family: Family, code: str) -> Scorecard | None:
    """The period before, where it is of the same year; another year's has a family of its own."""
    if card.previous is None:
        return None
    there = family.annual if card.annual else {period for whose, period in family.cards if whose == code}
    if card.previous.period not in there:
        return None
    return bare(card.previous, family, code)


def bare(card: Scorecard, family: Family, code: str) -> Scorecard:
    """The card with what may be shown, and with nothing but counts."""
    return replace(
        card,
        edition=Edition.PUBLISHED,
        results=tuple(
            MeasureResult(result.measure, tuple(shown(reading, card.period, family, code) for reading in result.readings))
            for result in card.results
        ),
        counts=tuple(
            replace(count, value=family.shown(place_of_count(code, card.period, count), count.value))
            for count in card.counts if count.key not in UNPUBLISHED
        ),
        notes=tuple(note for note in card.notes if not has_count(note)),
        missed=(), people_due=None, cases=None, actions=(), inquorate=(), trend=(), previous=None,
        typed=None,  # near what was reckoned, so that what is held back could be guessed from it
        stamp=card.stamp and replace(card.stamp, checksum="", reason="", changes=(), note=""),
    )


def has_count(note: str) -> bool:
    """Whether a sentence says a number that is no date."""
    return bool(re.search(r"\d", re.sub(r"\b\d{1,2} [A-Z][a-z]+ \d{4}\b", "", note)))


def shown(reading: Reading, period: Period, family: Family, code: str) -> Reading:
    met, total = (
        family.shown(place_of_reading(code, period, reading, part), getattr(reading, part))
        for part in ("met", "total")
    )
    return replace(reading, met=met, total=total)
