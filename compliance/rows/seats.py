"""Agencies at meetings that show a sign of doubtful data: counted, found and ordered in the database.

There may be thousands, so the lines are read only of those that stand on the page.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Any

from django.db.models import (
    Aggregate,
    BooleanField,
    Count,
    Exists,
    ExpressionWrapper,
    OuterRef,
    Q,
    QuerySet,
    Sum,
)

from compliance.measures import Ledger
from compliance.measures.facts import MEETING_FIELDS, Line, MeetingRow, Presence, presence
from compliance.measures.ledger import read_lines
from compliance.rows.lacking import counted_meetings
from compliance.rows.tables import OpenedRow, involvement, outcome, presence_row, remarks, report
from conferences.choices import MeetingKind, Outcome
from conferences.models import Attendance, Meeting

Numbers = Counter[int]  # by agency
Pair = tuple[int, int]  # a meeting and an agency
PRESENCE_COLUMNS = ("Meeting", "Kind", "Date", "Agency", "Involved", "Outcome", "Report", "Notes")
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Sign:
    """What the lines of an agency at a meeting show: each of them, or one at least.

    ``summed`` is the field that says how many one line stands for, where that is not one.
    """

    each: Q | None = None
    some: Q | None = None
    summed: str = ""

    def lines(self, rows: QuerySet[Attendance]) -> QuerySet[Attendance]:
        """Of the agencies that show it, at the meetings where they do, all their lines."""
        # unscoped: only whether a line stands beside one of the caller's, of the same agency and meeting
        beside = Attendance.objects.filter(meeting=OuterRef("meeting"), agency=OuterRef("agency"))
        if self.each:
            rows = rows.filter(self.each).exclude(Exists(beside.exclude(self.each)))
        return rows.filter(Exists(beside.filter(self.some))) if self.some else rows

    def found(self, rows: QuerySet[Attendance]) -> QuerySet[Attendance]:
        """Of each of them one line at least."""
        return self.lines(rows) if self.each else rows.filter(self.some)

    @property
    def how_many(self) -> Aggregate:
        """How many there are among the lines of one agency."""
        if self.summed:
            return Sum(self.summed, default=0)
        beside = Attendance.objects.filter(meeting=OuterRef("meeting"), agency=OuterRef("agency"))  # unscoped: as above
        shown = self.each & ~Exists(beside.exclude(self.each))
        shown = shown & Exists(beside.filter(self.some)) if self.some else shown
        return Count("meeting", distinct=True, filter=shown)

UNKNOWN = Sign(each=Q(outcome=Outcome.UNKNOWN), some=Q(involved=True))
LATE = Sign(each=Q(late_invitation=True))
CHANGED = Sign(some=Q(involved_changes__gt=0), summed="involved_changes")


def by_agency(rows: QuerySet[Attendance], *signs: Sign) -> list[Numbers]:
    """How many of each sign each agency has: one question for all of them."""
    names = [f"sign{place}" for place, _ in enumerate(signs)]
    asked = dict(zip(names, (sign.how_many for sign in signs), strict=True))
    found = list(rows.order_by().values("agency_id").annotate(**asked))
    return [Counter({row["agency_id"]: row[name] for row in found if row[name]}) for name in names]


# --- In order -------------------------------------------------------------------------------------


def flag(found: Q) -> ExpressionWrapper:
    return ExpressionWrapper(found, BooleanField())


OF_MEETINGS: dict[str, tuple[str, Callable[[Any], Any]]] = {  # a column, its field, and as what it is ordered
    "Meeting": ("reference", str.casefold),
    "Kind": ("kind", lambda kind: MeetingKind(kind).label.casefold()),
    "Date": ("held_on", lambda day: day),
}
WORDED: dict[str, Callable[[Presence], str]] = {
    "Involved": involvement, "Outcome": outcome, "Report": report, "Notes": remarks,
}
SHOWN = (  # of a line, as ``Line`` has them after its person
    "was_invited", "involved", "expectation", "outcome", "mode", "report", "late_invitation",
    "involved_changes", "in_dispute",
)
FLAGS = {
    "was_invited": flag(~(~Q(job_title="") & Q(invited_on=None))),
    "in_dispute": flag(Q(disputed_at__isnull=False, settled_at=None)),
}
NOWHERE = MeetingRow(*[None] * len(MEETING_FIELDS))  # the words of a seat do not tell its meeting


@dataclass(frozen=True)
class Seats(Sequence[OpenedRow]):
    """Rows of agencies at meetings, of some agencies or of all, that are read when they are asked for."""

    ledger: Ledger
    sign: Sign
    agencies: frozenset[int] | None
    column: str = ""
    down: bool = False

    def by(self, place: int, down: bool) -> Seats:
        return replace(self, column=PRESENCE_COLUMNS[place], down=down)

    @property
    def attendance(self) -> QuerySet[Attendance]:
        rows = self.ledger.counted_attendance.order_by("agency_id")  # so they are taken by the index that has all
        return rows if self.agencies is None else rows.filter(agency__in=self.agencies)

    @property
    def numbers(self) -> Numbers:
        """How many each agency has: of the pairs, where each is one."""
        if self.sign.summed:
            return by_agency(self.attendance, self.sign)[0]
        return Counter(agency for _, agency in self.pairs)

    @cached_property
    def pairs(self) -> list[Pair]:
        """All of them in order, by their numbers alone: the meetings as they followed, the agencies by name."""
        meetings = counted_meetings(self.ledger).order_by("held_on", "reference").values_list("pk", flat=True)
        place = {meeting: number for number, meeting in enumerate(meetings)}
        seat = {agency: number for number, agency in enumerate(self.ledger.scope.members)}
        worded = self.column in WORDED
        rows = self.sign.found(self.attendance).values_list("meeting_id", "agency_id")
        in_order = sorted(set(self.by_words if worded else rows), key=lambda pair: (place[pair[0]], seat[pair[1]]))
        return sorted(in_order, key=self.key, reverse=self.down) if self.column else in_order

    @cached_property
    def key(self) -> Callable[[Pair], Any]:
        """By what a column is ordered."""
        if self.column in WORDED:
            return self.by_words.__getitem__
        if self.column == "Agency":
            names = {a: m.agency.name.casefold() for a, m in self.ledger.scope.members.items()}
            return lambda pair: names[pair[1]]
        field, value = OF_MEETINGS[self.column]
        known = {pk: value(found) for pk, found in counted_meetings(self.ledger).values_list("pk", field)}
        return lambda pair: known[pair[0]]

    @cached_property
    def by_words(self) -> dict[Pair, str]:
        """Words that come of all lines together; few lines differ in more than their place."""
        shapes: dict[Pair, tuple] = defaultdict(tuple)
        rows = self.sign.lines(self.attendance).annotate(**FLAGS)
        for meeting, agency, *line in rows.values_list("meeting_id", "agency_id", *SHOWN):
            shapes[meeting, agency] += (tuple(line),)

        @cache
        def words(shape: tuple) -> str:
            lines = [Line(0, 0, None, *line) for line in shape]
            return WORDED[self.column](presence(NOWHERE, 0, lines)).casefold()

        return {pair: words(shape) for pair, shape in shapes.items()}

    def __len__(self) -> int:
        return len(self.pairs)

    def __getitem__(self, wanted):
        if isinstance(wanted, slice):
            return self.read(self.pairs[wanted])
        return self.read([self.pairs[wanted]])[0]

    def __iter__(self) -> Iterator[OpenedRow]:
        for start in range(0, len(self), AT_ONCE):
            yield from self[start : start + AT_ONCE]

    def read(self, pairs: list[Pair]) -> list[OpenedRow]:
        """The rows of some, each from its own lines."""
        wanted, agencies = {meeting for meeting, _ in pairs}, {agency for _, agency in pairs}
        # unscoped: of the caller's lines, as the pairs are
        lines = Attendance.objects.filter(meeting__in=wanted, agency__in=agencies)
        found = Meeting.objects.filter(pk__in=wanted).values_list(*MEETING_FIELDS)  # unscoped: as above
        meetings = {row[0]: MeetingRow(*row) for row in found}
        groups: dict[Pair, list[Line]] = defaultdict(list)
        for line in read_lines(lines, wanted):
            groups[line.meeting, line.agency].append(line)
        seats = [presence(meetings[meeting], agency, groups[meeting, agency]) for meeting, agency in pairs]
        return [presence_row(seat, self.ledger, None, agency=True) for seat in seats]
