"""A report while it is written: its blocks in order, and which readings it has printed.

Whatever no section asked for is printed at the end, so that no reading of a scorecard is ever
missing from its report.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from reportlab.platypus import Flowable

from compliance import charts
from compliance.report.bars import Bars
from compliance.report.blocks import BODY, NOTE, PART, SECTION, Chart, Look, Text, together
from compliance.report.grid import NAME, Grid, Row
from compliance.scorecard import Basis, By, Count, MeasureResult, Reading, Scorecard

ROOM = 493.0
MOST_BARS = 24  # of one chart: even with two-line names it fits a page
BASES = (Basis.ALL, Basis.INVITED, Basis.INVOLVED, Basis.KNOWN, Basis.DUE)
NOTHING = "There was nothing to count in this period: none."
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
ORDER = {
    "kind": (
        "initial_conference", "pre_birth_conference", "review_conference",
        "transfer_in_conference", "conference", "core_group",
    ),
    "mode": ("in_person", "video", "phone"),
    "who": ("member", "deputy"),
    "what": ("initial", "first_review", "review", "later_review", "first_core_group"),
}  # fmt: skip
DIMENSIONS = {
    "course": "course",
    "role_group": "role group",
    "kind": "kind of meeting",
    "half": "half year",
    "what": "what was due",
    "agency": "agency",
    "mode": "way of taking part",
    "who": "member or deputy",
    "unit": "what is counted",
    "stage": "stage",
    "theme": "theme",
    "sector": "sector",
    "report": "report",
    "decision": "the chair’s decision",
}


def in_words(day: date) -> str:
    """31 March 2015, whatever the machine's language."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def is_counted(reading: Reading) -> bool:
    """Whether there was anything to count."""
    return reading.printed != "none"


def plain(number: Decimal) -> str:
    """A target as it was typed: 90, 82.5."""
    return f"{number.normalize():f}"


class Book:
    """Collects the blocks of one report."""

    def __init__(self, scorecard: Scorecard) -> None:
        self.scorecard = scorecard
        self.blocks: list[Flowable] = []
        self.printed: set[Reading] = set()
        self.counted: set[Count] = set()
        self.defined: set[str] = set()  # measures whose sentence is printed

    # words

    def label(self, dimension: str, value: str) -> str:
        return self.scorecard.label(dimension, value)

    def name(self, by: By) -> str:
        """What a breakdown's row is called: "Initial conference – Phone"."""
        return " – ".join(self.label(*pair) for pair in by)

    def figures(self, reading: Reading, between: str = " ") -> str:
        """ "119 of 191 (62.3%)", remembered as printed."""
        self.printed.add(reading)
        if reading.is_held:
            return reading.working
        return f"{charts.unbroken(reading.working)}{between}({reading.printed})"

    # blocks

    def heading(self, text: str, look: Look = SECTION) -> None:
        self.blocks.append(Text(text, look))

    def part(self, text: str) -> None:
        self.heading(text, PART)

    def text(self, text: str, look: Look = BODY) -> None:
        self.blocks.append(Text(text, look))

    def note(self, text: str) -> None:
        self.text(text, NOTE)

    def table(
        self,
        head: Sequence[str],
        rows: Iterable[Row],
        widths: Sequence[float],
        right: Sequence[int] = (),
        name: Look = NAME,
        *,
        bars: Bars | None = None,
        dense: bool = False,
    ) -> None:
        grid = Grid(head, list(rows), widths, ROOM, right, name, bars=bars, dense=dense)
        self.blocks.append(grid)

    def bars(self, share: float, readings: Iterable[Reading | None], rated: bool = True) -> Bars:
        """A bar for each reading in a share of the room, with the targets of the measures."""
        return Bars(share * ROOM, [self._bar(reading, rated) for reading in readings])

    def _bar(self, reading: Reading | None, rated: bool) -> tuple[Decimal | None, Decimal | None]:
        if reading is None or reading.percent is None:
            return None, None
        return reading.percent, self.good_from(reading.measure) if rated else None

    def chart(self, title: str, readings: Sequence[Reading], target: Decimal | None = None) -> None:
        """Bars of readings; left out where none of them counts anything."""
        rows = [(self.name(reading.by), reading) for reading in readings]
        if not any(map(is_counted, readings)):
            return
        for start in range(0, len(rows), MOST_BARS):
            part = rows[start : start + MOST_BARS]
            drawing = charts.bars(part, across=ROOM, good_from=target)
            self.blocks.append(Chart(drawing, charts.describe(title, part)))

    def good_from(self, key: str) -> Decimal | None:
        target = self.scorecard.target(key)
        return target.good_from if target else None

    # readings

    def result(self, key: str) -> MeasureResult | None:
        """The result of a measure, if the scorecard has readings of it."""
        found = self.scorecard.result(key) if key in self.scorecard else None
        return found if found and found.readings else None

    def ordered(self, readings: Iterable[Reading]) -> list[Reading]:
        """Readings in the order of the field where it has one, else by name."""
        return sorted(readings, key=lambda r: (self._places(r.by), r.basis))

    def in_order(self, breakdowns: Iterable[By]) -> list[By]:
        return sorted(breakdowns, key=self._places)

    def _places(self, by: By) -> list[tuple[int, str, str]]:
        return [self._place(*pair) for pair in by]

    def _place(self, dimension: str, value: str) -> tuple[int, str, str]:
        known = ORDER.get(dimension, ())
        place = known.index(value) if value in known else len(known)
        return place, self.label(dimension, value).casefold(), value

    def remaining(self) -> list[Reading]:
        return [reading for reading in self.scorecard.readings if reading not in self.printed]

    def story(self) -> list[Flowable]:
        return together(self.blocks, ROOM)
