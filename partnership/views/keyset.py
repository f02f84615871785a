"""Pages of a long list that cost the same wherever they are: each begins at a key, none skips rows.

A list is a row of segments, each with an order of its own that an index holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

from django.db.models import Q, QuerySet

END = "end"


@dataclass(frozen=True, slots=True)
class Segment:
    """Rows ordered by a moment and their number; ``newest`` first or oldest first."""

    letter: str
    rows: QuerySet
    key: str
    newest: bool = False

    def ordered(self, backwards: bool) -> QuerySet:
        sign = "-" if self.newest != backwards else ""
        return self.rows.order_by(f"{sign}{self.key}", f"{sign}pk")

    def beyond(self, place: Place, backwards: bool) -> QuerySet:
        """The rows after a place, or before it."""
        way = "lt" if self.newest != backwards else "gt"
        near = {f"{self.key}__{way}e": place.at}  # for the index
        further = Q(**{f"{self.key}__{way}": place.at}) | Q(**{f"pk__{way}": place.pk})
        return self.ordered(backwards).filter(further, **near)

    def places(self, rows: QuerySet, most: int) -> list[Place]:
        """The first places of some rows: keys only, so that a database sorts little."""
        found = rows.values_list(self.key, "pk")[:most]
        return [Place(self.letter, at, pk) for at, pk in found]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row stands in the list."""

    letter: str
    at: datetime
    pk: int

    def __str__(self) -> str:
        return f"{self.letter}~{self.at.isoformat()}~{self.pk}"

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """A place from an address, or None for what is none."""
        try:
            letter, at, pk = text.split("~")
            moment = datetime.fromisoformat(at)
            if not moment.tzinfo or abs(int(pk)) >= 2**62:
                return None
            return cls(letter, moment.astimezone(UTC), int(pk))
        except (ValueError, OverflowError):
            return None


@dataclass(frozen=True, slots=True)
class KeyPage:
    """The places of a page, and those from which its neighbours begin."""

    rows: list[Place]
    before: Place | None = None  # the page before ends before this place
    after: Place | None = None  # the page after begins after it


def page(segments: Sequence[Segment], size: int, *, after: str = "", before: str = "") -> KeyPage:
    """The page after a place, before one, the last one (before "end"), or the first."""
    known = {segment.letter for segment in segments}
    place = Place.parse(before or after)
    if before == END:
        return backwards(segments, size, None)
    if place is None or place.letter not in known:
        return forwards(segments, size, None)
    return backwards(segments, size, place) if before else forwards(segments, size, place)


def forwards(segments: Sequence[Segment], size: int, place: Place | None) -> KeyPage:
    found = walk(segments, size, place, backwards=False)
    rows = found[:size]
    if not rows:
        return backwards(segments, size, place) if place else KeyPage([])
    return KeyPage(rows, rows[0] if place else None, rows[-1] if len(found) > size else None)


def backwards(segments: Sequence[Segment], size: int, place: Place | None) -> KeyPage:
    found = walk(segments, size, place, backwards=True)
    rows = found[:size][::-1]
    if not rows:
        return forwards(segments, size, None)
    return KeyPage(rows, rows[0] if len(found) > size else None, rows[-1] if place else None)


def walk(
    segments: Sequence[Segment], size: int, place: Place | None, *, backwards: bool
) -> list[Place]:
    """The places from a place on, one more than the page holds; each segment is asked, so that the
    number of queries says nothing about the number of rows."""
    found: list[Place] = []
    begun = place is None
    for segment in reversed(segments) if backwards else segments:
        here = place is not None and segment.letter == place.letter
        if not (begun or here):
            continue
        rows = segment.beyond(place, backwards) if here else segment.ordered(backwards)
        found += segment.places(rows, max(size - len(found), 0) + 1)
        begun = True
    return found[: size + 1]
