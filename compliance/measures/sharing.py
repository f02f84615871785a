"""The parts of a year, counted from rows that were read once for the whole of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from compliance.measures.duty import DutyRow
from compliance.measures.facts import Line, MeetingRow, Presence
from compliance.measures.ledger import Ledger
from compliance.measures.scope import Scope
from compliance.period import Period
from conferences.models import MissedDuty
from training.standing import TrainingBook


class LongLedger(Ledger):
    """A ledger whose rows serve its parts as well."""

    @cached_property
    def folded(self) -> dict[tuple[int, int], Presence]:
        return {(one.meeting.pk, one.agency): one for one in self.presences}


@dataclass(frozen=True)
class PartLedger(Ledger):
    """A ledger within a longer one of the same scope, which has read the rows already."""

    longer: LongLedger

    @cached_property
    def history(self) -> list[MeetingRow]:
        first = self.period.first if self.scope.membership is not None else None
        return [
            m for m in self.longer.history
            if m.held_on <= self.as_at and (first is None or m.held_on >= first)
        ]

    @cached_property
    def lines(self) -> list[Line]:
        counted = {m.pk for m in self.meetings}
        return [line for line in self.longer.lines if line.meeting in counted]

    @cached_property
    def presences(self) -> list[Presence]:
        """The same as of the whole, of the agencies that count by themselves in this part."""
        seated = self.seated({line.agency for line in self.lines})
        folded = self.longer.folded
        return [folded[meeting.pk, agency] for meeting in self.meetings for agency in seated]

    @cached_property
    def attended(self) -> list[DutyRow]:
        counted = {m.pk for m in self.meetings}
        return [row for row in self.longer.attended if row.meeting.pk in counted]

    @cached_property
    def book(self) -> TrainingBook:
        return self.longer.book

    @cached_property
    def asked(self) -> dict[int, str]:
        return self.longer.asked

    @cached_property
    def missed(self) -> list[MissedDuty]:
        first, last = self.period.first, self.as_at
        return [row for row in self.longer.missed if first <= row.meeting.held_on <= last]


def open_year(scope: Scope, year: Period, on: date) -> Iterator[Ledger]:
    """The ledgers of a year, of its halves and of its quarters: read once."""
    whole = LongLedger(scope, year, year.as_at(on))
    yield whole
    for part in (*year.halves, *year.quarters):
        yield PartLedger(scope, part, part.as_at(on), whole)
