"""What every face of the figures shows: readings, each *met of total on a named basis*.

Pure data. The page, the PDF, the CSV and the JSON are all drawn from one ``Scorecard``.
"""
# long: the whole vocabulary of figures, read as one

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from compliance.period import Period


class Basis(StrEnum):
    """What the total of a reading counts."""

    ALL = "all"
    INVITED = "invited"
    INVOLVED = "involved"
    KNOWN = "known"
    DUE = "due"

    @property
    def label(self) -> str:
        return BASIS_LABELS[self]

    @property
    def sentence(self) -> str:
        return BASIS_SENTENCES[self]


BASIS_LABELS = {
    Basis.ALL: "All held",
    Basis.INVITED: "Invited",
    Basis.INVOLVED: "Involved",
    Basis.KNOWN: "Involved, outcome known",
    Basis.DUE: "Due",
}
BASIS_SENTENCES = {
    Basis.ALL: "Every meeting of the partnership in the period that was held, or stood down for want of a "
    "quorum; the agency need not have been invited.",
    Basis.INVITED: "Meetings that the agency was invited to.",
    Basis.INVOLVED: "Meetings at which the agency had an active interest in the family.",
    Basis.KNOWN: "Meetings at which the agency was involved and its attendance was written down.",
    Basis.DUE: "Requirements that were due on the day; not yet due and exempt stand beside.",
}

MEETING_BASES = (Basis.INVOLVED, Basis.KNOWN, Basis.INVITED, Basis.ALL)

By = tuple[tuple[str, str], ...]


def percent(met: int, total: int) -> Decimal | None:
    """Met of total as a percentage to one decimal, half rounded up; None when there is nothing to count."""
    if not total:
        return None
    return (Decimal(met) * 100 / Decimal(total)).quantize(Decimal("0.1"), ROUND_HALF_UP)


def percent_text(met: int, total: int) -> str:
    """The percentage as printed without its sign: "15.4", or "none" when there is nothing to count."""
    value = percent(met, total)
    return "none" if value is None else str(value)


@dataclass(frozen=True, slots=True)
class Reading:
    """Met of total on a basis; ``by`` names the breakdown and is empty for the whole."""

    measure: str
    basis: Basis
    met: int
    total: int
    by: By = ()

    @property
    def percent(self) -> Decimal | None:
        return percent(self.met, self.total)

    @property
    def percent_text(self) -> str:
        return percent_text(self.met, self.total)

    @property
    def printed(self) -> str:
        """The percentage with its sign, or "none"."""
        return f"{self.percent_text}%" if self.total else "none"

    @property
    def working(self) -> str:
        """What the percentage was made of: "10 of 65"."""
        return f"{self.met} of {self.total}"

    def as_json(self) -> dict:
        return {
            "measure": self.measure,
            "basis": str(self.basis),
            "by": dict(self.by),
            "met": self.met,
            "total": self.total,
            "percent": self.percent_text,
        }


@dataclass(frozen=True, slots=True)
class Measure:
    """The definition of a measure: its title and the sentence that stands under its figures."""

    key: str
    title: str
    sentence: str
    basis: Basis  # the one that headlines use
    met_label: str  # what "met" counts, for column headings: "Represented"
    total_label: str  # what the total counts: "Conferences"


@dataclass(frozen=True, slots=True)
class MeasureResult:
    """All readings of one measure."""

    measure: Measure
    readings: tuple[Reading, ...]

    @property
    def headline(self) -> Reading:
        """The whole, on the measure's own basis."""
        return self.whole(self.measure.basis)

    def whole(self, basis: Basis) -> Reading:
        return self.reading(basis)

    def reading(self, basis: Basis, **by: str) -> Reading:
        """The reading of a basis and breakdown; nothing counted reads 0 of 0."""
        wanted = tuple(by.items())
        for reading in self.readings:
            if reading.basis == basis and reading.by == wanted:
                return reading
        return Reading(self.measure.key, basis, 0, 0, wanted)

    def broken_down(self, dimension: str, basis: Basis | None = None) -> tuple[Reading, ...]:
        """Readings broken down by just that dimension, on the measure's basis unless told."""
        basis = basis or self.measure.basis
        return tuple(
            r for r in self.readings
            if r.basis == basis and len(r.by) == 1 and r.by[0][0] == dimension
        )


@dataclass(frozen=True, slots=True)
class Count:
    """A plain number that stands beside the readings."""

    key: str
    label: str
    value: int
    by: By = ()


class Rating(StrEnum):
    """How a reading stands against its target: a word first, a colour second."""

    GOOD = "good"
    WATCH = "watch"
    ACT = "act"

    @property
    def label(self) -> str:
        return {"good": "Good", "watch": "Watch", "act": "Act"}[self]


SMALLEST_RATED_TOTAL = 5


@dataclass(frozen=True, slots=True)
class TargetLine:
    """A local target: good from one percentage, watch from a lower one, act below."""

    measure: str
    good_from: Decimal
    watch_from: Decimal

    def rate(self, reading: Reading) -> Rating | None:
        """No rating where there is nothing, or too little, to judge: a total under five."""
        if reading.percent is None or reading.total < SMALLEST_RATED_TOTAL:
            return None
        exact = Decimal(reading.met) * 100 / Decimal(reading.total)
        if exact >= self.good_from:
            return Rating.GOOD
        return Rating.WATCH if exact >= self.watch_from else Rating.ACT


@dataclass(frozen=True, slots=True)
class PersonDue:
    """A person with a requirement that is expired, never met or expiring: the agency's own copy only."""

    name: str
    job_title: str
    role_group: str
    course: str
    standing: str  # "Expired", "Never", "Expiring"
    expires_on: date | None


EXCUSED = "Excused"


@dataclass(frozen=True, slots=True)
class MissedLine:
    """A duty that was missed at one meeting, without names and without the family's reference."""

    reference: str
    kind: str
    held_on: date
    what: str
    excused: str  # why it is excused, or just EXCUSED to those who may not know why; or ""

    @property
    def excuse(self) -> str:
        """Whether it is excused, in words."""
        if self.excused in ("", EXCUSED):
            return self.excused or "Not excused"
        return f"{EXCUSED}: {self.excused}"


@dataclass(frozen=True, slots=True)
class CaseLine:
    """An escalation in one line, without narrative: the agency's own copy only."""

    reference: str
    side: str  # "About us" or "Raised by us"
    other: str  # the other agency, or the conference service
    grounds: str
    stage: str
    due_on: date | None
    days: int  # since it was raised, until it was closed or the end of the period
    state: str


@dataclass(frozen=True, slots=True)
class Scorecard:
    """All readings and counts of one agency, or of a whole partnership, for one period."""

    title: str
    code: str
    partnership: str
    partnership_code: str
    partnership_label: str  # what the partnership calls itself: "Local Safeguarding Children Board"
    subgroup_label: str
    period: Period
    as_at: date
    results: tuple[MeasureResult, ...]
    counts: tuple[Count, ...] = ()
    labels: dict[tuple[str, str], str] = field(default_factory=dict)
    targets: tuple[TargetLine, ...] = ()
    missed: tuple[MissedLine, ...] = ()
    people_due: tuple[PersonDue, ...] | None = None  # None: a copy without names
    cases: tuple[CaseLine, ...] | None = None  # None: as above
    notes: tuple[str, ...] = ()  # data quality in sentences
    trend: tuple[Scorecard, ...] = ()  # the parts of the period, oldest first
    previous: Scorecard | None = None
    for_agency: bool = True  # False: the whole partnership, one row per agency

    def result(self, key: str) -> MeasureResult:
        return next(r for r in self.results if r.measure.key == key)

    def __contains__(self, key: str) -> bool:
        return any(r.measure.key == key for r in self.results)

    def count(self, key: str) -> int:
        return self.count_by(key)

    def count_by(self, key: str, **by: str) -> int:
        """The count of a breakdown; what was not counted is 0."""
        wanted = tuple(by.items())
        return next((c.value for c in self.counts if c.key == key and c.by == wanted), 0)

    def label(self, dimension: str, value: str) -> str:
        """How a breakdown's value is printed: ("mode", "phone") is "Phone"."""
        return self.labels.get((dimension, value), value)

    def rating(self, reading: Reading) -> Rating | None:
        """The rating of a headline against the target in force, if there is one."""
        for target in self.targets:
            if target.measure == reading.measure:
                return target.rate(reading)
        return None

    def target(self, key: str) -> TargetLine | None:
        return next((t for t in self.targets if t.measure == key), None)

    @property
    def readings(self) -> Iterator[Reading]:
        for result in self.results:
            yield from result.readings

    def as_json(self) -> dict:
        """The scorecard for machines: header, readings and plain counts."""
        return {
            "subject": {"code": self.code, "title": self.title},
            "partnership": {"code": self.partnership_code, "title": self.partnership},
            "period": {
                "name": self.period.name,
                "first": self.period.first.isoformat(),
                "last": self.period.last.isoformat(),
            },
            "as_at": self.as_at.isoformat(),
            "readings": [reading.as_json() for reading in self.readings],
            "counts": {count.key: count.value for count in self.counts if not count.by},
            "counts_by": [
                {"count": count.key, "by": dict(count.by), "value": count.value}
                for count in self.counts
                if count.by
            ],
            "measures": {
                r.measure.key: {"title": r.measure.title, "sentence": r.measure.sentence}
                for r in self.results
            },
        }
