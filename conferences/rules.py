"""The local rules of a partnership as they stood on any day, read once: four queries."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from conferences.choices import Expectation, MeetingKind, Timed, Unit
from conferences.models import ExpectationRule, QuorumRule, Timescale
from conferences.presets import EXPECTATION, TIMESCALES
from conferences.timescales import Limit
from partnership.models import BankHoliday, Partnership
from partnership.workdays import Calendar, working_days_between


@dataclass(frozen=True, slots=True)
class LocalRules:
    """Quorum, expectations, timescales and calendar of one partnership."""

    quorum_rules: list[QuorumRule]
    expectations: list[ExpectationRule]
    timescales: list[Timescale]
    calendar: Calendar

    @classmethod
    def of(cls, partnership: Partnership) -> LocalRules:
        return cls(
            list(partnership.quorum_rules.prefetch_related("units__agencies")),
            list(partnership.expectations.all()),
            list(partnership.timescales.all()),
            BankHoliday.objects.calendar(partnership.country),
        )

    def quorum(self, on: date) -> QuorumRule | None:
        return latest(self.quorum_rules, on)

    def limit(self, what: str, on: date) -> Limit:
        """The timescale in force on a day; the preset where the partnership set none."""
        row = latest((t for t in self.timescales if t.what == what), on)
        return row.limit if row else Limit(*TIMESCALES[Timed(what)])

    def expectation(self, agency_id: int, kind: str, on: date) -> str:
        """What is expected: the rule that names agency and kind before one that names fewer."""
        if kind in (MeetingKind.CORE_GROUP, MeetingKind.OUTSIDE):
            return Expectation.ATTEND
        rule = self.expectation_rule(agency_id, kind, on)
        return rule.expectation if rule else EXPECTATION

    def expectation_rule(self, agency_id: int, kind: str, on: date) -> ExpectationRule | None:
        """The rule about an agency at conferences of a kind, or None where the preset holds."""
        for wanted in ((agency_id, kind), (agency_id, ""), (None, kind), (None, "")):
            rule = latest((e for e in self.expectations if (e.agency_id, e.kind) == wanted), on)
            if rule:
                return rule
        return None

    def invited_late(self, invited_on: date | None, held_on: date) -> bool:
        """Fewer working days' notice than the local setting; an unknown invitation is not late."""
        notice = self.limit(Timed.NOTICE, held_on)
        return invited_on is not None and self.later_than(notice, invited_on, held_on)

    def later_than(self, notice: Limit, invited_on: date, held_on: date) -> bool:
        """Whether an invitation gave less than a notice."""
        if notice.unit == Unit.WORKING_DAYS:
            return working_days_between(invited_on, held_on, self.calendar) < notice.amount
        return notice.due(invited_on, self.calendar) > held_on


def latest(rows: Iterable[Any], on: date) -> Any:
    """The dated row in force on a day: of those that have begun and not ended, the newest."""
    in_force = [
        row for row in rows
        if row.effective_from <= on and (row.effective_until is None or on < row.effective_until)
    ]
    return max(in_force, key=lambda row: row.effective_from, default=None)
