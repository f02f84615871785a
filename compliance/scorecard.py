"""What every face of the figures shows: readings, each *met of total on a named basis*.

Pure data. The page, the PDF, the CSV and the JSON are all drawn from one ``Scorecard``.
"""
# long: the whole vocabulary of figures, read as one

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from functools import lru_cache

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


class Edition(StrEnum):
    """For whom the figures are: exact inside the partnership, small counts held back outside it."""

    INSIDE = "inside"
    PUBLISHED = "published"


PUBLISHED_WORDS = "Published edition: counts of 1 to 4 are held back"
HELD_TERMS = (
    (
        "Fewer than 5",
        "A count of 1 to 4. It is not shown, because whoever is counted could be known by it. A count of "
        "nothing is shown as 0.",
    ),
    (
        "Held back",
        "A count that is not shown because a small one could be worked out from it: from this report, "
        "from another agency, period or breakdown. It may be small or large. In a table where most "
        "counts are small all are held back.",
    ),
)


class Held(StrEnum):
    """What stands in the place of a count that a published edition does not show."""

    SMALL = "fewer than 5"
    BACK = "held back"


Number = int | Held


@lru_cache(maxsize=4096)
def percent(met: Number, total: Number) -> Decimal | None:
    """Met of total as a percentage to one decimal, half rounded up; None when there is nothing to count
    or either is not shown."""
    if not total or isinstance(met, Held) or isinstance(total, Held):
        return None
    return (Decimal(met) * 100 / Decimal(total)).quantize(Decimal("0.1"), ROUND_HALF_UP)


def percent_text(met: Number, total: Number) -> str:
    """The percentage as printed without its sign: "15.4", or "none" when there is nothing to count."""
    value = percent(met, total)
    if value is None:
        return str(Held.BACK) if total else "none"
    return str(value)


@dataclass(frozen=True, slots=True)
class Reading:
    """Met of total on a basis; ``by`` names the breakdown and is empty for the whole."""

    measure: str
    basis: Basis
    met: Number
    total: Number
    by: By = ()

    @property
    def is_held(self) -> bool:
        """Whether a published edition keeps any of it back: then it has no percentage, bar or rating."""
        return isinstance(self.met, Held) or isinstance(self.total, Held)

    @property
    def percent(self) -> Decimal | None:
        return percent(self.met, self.total)

    @property
    def percent_text(self) -> str:
        return percent_text(self.met, self.total)

    @property
    def printed(self) -> str:
        """The percentage with its sign, "held back" or "none"."""
        return self.percent_text if self.percent is None else f"{self.percent_text}%"

    @property
    def working(self) -> str:
        """What the percentage was made of: "10 of 65", "fewer than 5 of 65"."""
        if self.met == self.total == Held.BACK:
            return str(Held.BACK)
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
class Over:
    """What a measure that is not about meetings is counted over, in its own words."""

    label: str
    sentence: str
    unit: str = ""  # of its readings by another unit: "people", "child"


@dataclass(frozen=True, slots=True)
class Measure:
    """The definition of a measure: its title and the sentence that stands under its figures."""

    key: str
    title: str
    sentence: str
    basis: Basis  # the one that headlines use
    met_label: str  # what "met" counts, for column headings: "Represented"
    total_label: str  # what the total counts: "Conferences"
    over: tuple[Over, ...] = ()  # empty: its bases say it; so it is in figures kept before there were any

    def basis_label(self, basis: Basis | None = None, by: By = ()) -> str:
        """What the total of a reading counts, as every face prints it: "Stages due", "Involved"."""
        own, unit = {one.unit: one.label for one in self.over}, dict(by).get("unit", "")
        return own.get(unit) or own.get("") or (basis or self.basis).label


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
    value: Number
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
        if reading.percent is None or reading.total < SMALLEST_RATED_TOTAL:  # None: held back, too
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
    person: int = 0  # tells two people of one name and job apart


EXCUSED, OVERDUE = "Excused", "Overdue"


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
class InquorateLine:
    """A conference that was not quorate: why, and what its chair decided, in coded words.

    Without the family's reference, without the chair's name and without their own words.
    """

    reference: str
    kind: str
    held_on: date
    why: str  # the sentence of the judgement
    decision: str  # in words; "" where none is written down
    new_date_on: date | None = None

    @property
    def decided(self) -> str:
        return self.decision or UNDECIDED

    def as_json(self) -> dict:
        return {
            "reference": self.reference, "kind": self.kind, "held_on": self.held_on.isoformat(),
            "why": self.why, "decision": self.decision,
            "new_date_on": self.new_date_on.isoformat() if self.new_date_on else None,
        }


UNDECIDED = "Not written down"


@dataclass(frozen=True, slots=True)
class TypedLine:
    """How many children and families were on a plan on a day, as the authority's case system counts them."""

    counted_on: date
    children: int
    families: int | None  # None: nobody typed it
    source: str

    @property
    def counts(self) -> dict[str, int]:
        """By the keys of the counts that were reckoned from conferences."""
        found = {"families_on_plan": self.families, "children_on_plan": self.children}
        return {key: number for key, number in found.items() if number is not None}


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
class ActionLine:
    """An action of the board as it stood at the end of the period: open then, or closed within it."""

    number: str
    what: str
    owner: str  # the agency, and the job or team that does it
    due_on: date
    state: str  # in words: "Open", "Overdue", "Reported done", "Closed"
    carried: int = 0  # how often its date was moved to a later one
    from_before: bool = False  # logged before the period began
    progress: str = ""  # the latest that was said of it
    closed_on: date | None = None
    outcome: str = ""

    @property
    def is_open(self) -> bool:
        return self.closed_on is None

    @property
    def carried_words(self) -> str:
        """How often its date was moved, or ""."""
        times = {1: "once", 2: "twice"}.get(self.carried, f"{self.carried} times")
        return f"Carried over {times}" if self.carried else ""

    def as_json(self) -> dict:
        return {
            "number": self.number, "what": self.what, "owner": self.owner,
            "due_on": self.due_on.isoformat(), "state": self.state, "carried": self.carried,
            "from_before": self.from_before, "progress": self.progress,
            "closed_on": self.closed_on.isoformat() if self.closed_on else None,
            "outcome": self.outcome,
        }


def actions_in_words(lines: tuple[ActionLine, ...]) -> str:
    """How many there are of each, in one sentence: what was carried over is said."""
    there = [line for line in lines if line.is_open]
    beside = {
        "overdue": sum(line.state == OVERDUE for line in there),
        "from before the period": sum(line.from_before for line in there),
        "carried over to a later date": sum(bool(line.carried) for line in there),
    }
    of_these = ", ".join(f"{number} {words}" for words, number in beside.items() if number)
    more = f", of these {of_these}" if of_these else ""
    return f"Open at the end of the period: {len(there)}{more}. Closed in it: {len(lines) - len(there)}."


@dataclass(frozen=True, slots=True)
class Change:
    """A figure that a correction changed: as it was in the version before, and as it is."""

    what: str
    detail: str  # the breakdown in words, or ""
    basis: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class IssueStamp:
    """That a scorecard was issued: under which number, by whom, what it corrects, who signed it off."""

    number: str
    version: int
    issued_at: datetime
    issued_by: str
    checksum: str  # of the figures, shortened to be read out
    reason: str = ""  # of the correction
    changes: tuple[Change, ...] = ()  # since the version before
    answer: str = ""  # a sentence: signed off, not agreed, or not yet; "" where nobody is asked
    note: str = ""  # why the agency does not agree

    def as_json(self) -> dict:
        return {
            "number": self.number, "version": self.version, "issued_at": self.issued_at.isoformat(),
            "issued_by": self.issued_by, "checksum": self.checksum, "reason": self.reason,
            "changes": [
                {"what": c.what, "detail": c.detail, "basis": c.basis, "before": c.before, "after": c.after}
                for c in self.changes
            ],
            "answer": self.answer, "note": self.note,
        }

    @property
    def lines(self) -> Iterator[tuple[str, str]]:
        """What a sheet says of the issue, each under its name; what is not there is left out."""
        found = [
            ("Report number", self.number), ("Version", str(self.version)),
            ("Issued", f"{self.issued_at:%Y-%m-%d %H:%M}"), ("Issued by", self.issued_by),
            ("Checksum", self.checksum), ("Reason of the correction", self.reason),
            ("The agency’s answer", self.answer), ("What the agency does not agree with", self.note),
        ]
        yield from ((name, text) for name, text in found if text)
        for change in self.changes:
            where = ", ".join(part for part in (change.what, change.detail, change.basis) if part)
            yield "Corrected", f"{where}: was {change.before}, is {change.after}"


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
    actions: tuple[ActionLine, ...] = ()  # the board's, of this agency or of all
    notes: tuple[str, ...] = ()  # data quality in sentences
    trend: tuple[Scorecard, ...] = ()  # the parts of the period, oldest first
    previous: Scorecard | None = None
    for_agency: bool = True  # False: the whole partnership, one row per agency
    stamp: IssueStamp | None = None  # None: figures as they stand, not issued
    edition: Edition = Edition.INSIDE
    annual: bool = False  # the annual conference report of a partnership
    inquorate: tuple[InquorateLine, ...] = ()  # of the annual report
    practices: tuple[str, ...] = ()  # of the annual report: the agencies that are general practices
    typed: TypedLine | None = None  # of the annual report, and of no published edition

    def result(self, key: str) -> MeasureResult:
        return next(r for r in self.results if r.measure.key == key)

    def __contains__(self, key: str) -> bool:
        return any(r.measure.key == key for r in self.results)

    @property
    def is_published(self) -> bool:
        return self.edition is Edition.PUBLISHED

    def count(self, key: str) -> Number:
        return self.count_by(key)

    def count_by(self, key: str, **by: str) -> Number:
        """The count of a breakdown; what was not counted is 0."""
        wanted = tuple(by.items())
        return next((c.value for c in self.counts if c.key == key and c.by == wanted), 0)

    @property
    def beside_typed(self) -> Iterator[tuple[Count, int, int]]:
        """What was reckoned, what the case system counts, and by how many that is more."""
        for key, number in (self.typed.counts if self.typed else {}).items():
            count = next((c for c in self.counts if c.key == key and not c.by), None)
            if count is not None and isinstance(count.value, int):
                yield count, number, number - count.value

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

    def basis_label(self, reading: Reading) -> str:
        return self.result(reading.measure).measure.basis_label(reading.basis, reading.by)

    def counted_over(self, reading: Reading) -> str:
        """What its total counts, and by what it is broken down: the name of a row among wholes."""
        label, part = self.basis_label(reading), ", ".join(self.label(*pair) for pair in reading.by)
        return f"{label}: {part.lower()}" if part and not label.startswith(part) else label

    def terms(self, bases: Container[Basis] = tuple(Basis)) -> Iterator[tuple[str, str]]:
        """The bases in words, and what is counted over by the measures that have words of their own."""
        own = [r.measure for r in self.results if r.measure.over]
        others = {x.basis for r in self.results if not r.measure.over for x in (r.measure, *r.readings)}
        only_own = {measure.basis for measure in own} - others
        yield from ((b.label, b.sentence) for b in Basis if b in bases and b not in only_own)
        yield from ((one.label, one.sentence) for measure in own for one in measure.over)

    def defined(self, result: MeasureResult) -> dict:
        """A measure for machines, with what each of its bases is called."""
        measure = result.measure
        read = dict.fromkeys((x.basis, dict(x.by).get("unit", "")) for x in result.readings)
        return {"title": measure.title, "sentence": measure.sentence, "counted_over": [
            {"basis": str(basis), "unit": unit, "label": measure.basis_label(basis, (("unit", unit),))}
            for basis, unit in read
        ]}

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
            "measures": {r.measure.key: self.defined(r) for r in self.results},
            "actions": [action.as_json() for action in self.actions],
        } | ({"issued": self.stamp.as_json()} if self.stamp else {}) | (
            {"inquorate": [line.as_json() for line in self.inquorate]} if self.annual else {}
        ) | ({"case_system": self.typed_as_json()} if self.typed else {}) | (
            {"edition": PUBLISHED_WORDS} if self.is_published else {}
        )

    def typed_as_json(self) -> dict:
        return {
            "counted_on": self.typed.counted_on.isoformat(), "source": self.typed.source,
            "counts": {
                count.key: {"typed": typed, "reckoned": count.value, "difference": more}
                for count, typed, more in self.beside_typed
            },
        }
