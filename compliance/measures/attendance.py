"""Attendance, contribution and reports: agencies at meetings, on each of the four bases."""

from __future__ import annotations

from collections.abc import Callable

from compliance.measures.counting import reading, readings_by, shares
from compliance.measures.definitions import (
    CONFERENCE_ATTENDANCE,
    CONTRIBUTION,
    CORE_GROUP_ATTENDANCE,
    REPORTS_IN_TIME,
    bases,
)
from compliance.measures.facts import MODES, Presence
from compliance.measures.ledger import Ledger
from compliance.scorecard import Basis, Measure, Reading
from conferences.choices import MeetingKind

KINDS = [str(kind) for kind in MeetingKind]
WHO = ("member", "deputy")


def met(measure: Measure) -> Callable[[Presence], bool]:
    """What counts as met."""
    if measure is CONTRIBUTION:
        return lambda p: p.contributed
    if measure is REPORTS_IN_TIME:
        return lambda p: p.report_in_time
    return lambda p: p.represented


def rows(ledger: Ledger, measure: Measure, basis: Basis) -> list[Presence]:
    """The agencies at meetings that are the total of a measure on a basis."""
    found = ledger.seats[basis, measure is not CORE_GROUP_ATTENDANCE]
    return [p for p in found if p.report_expected] if measure is REPORTS_IN_TIME else found


def readings(ledger: Ledger, measure: Measure) -> list[Reading]:
    """Whole and broken down, on every basis of the measure."""
    found = []
    for basis in bases(measure):
        on_basis = rows(ledger, measure, basis)
        found.append(reading(measure, basis, on_basis, met(measure)))
        if ledger.scope.membership is None:
            found += by_agency(ledger, measure, basis, on_basis)
        found += breakdowns(measure, basis, on_basis)
    return found


def breakdowns(measure: Measure, basis: Basis, on_basis: list[Presence]) -> list[Reading]:
    """By kind of conference; and for attendance by mode and by who came, over the whole total."""
    found = []
    if measure is not CORE_GROUP_ATTENDANCE:
        found += readings_by(
            measure, basis, on_basis, met(measure), "kind", lambda p: p.meeting.kind, KINDS
        )
    if measure in (CONFERENCE_ATTENDANCE, CORE_GROUP_ATTENDANCE):
        modes = [str(mode) for mode in MODES]
        found += shares(measure, basis, on_basis, "mode", lambda p: p.mode, modes)
        found += shares(measure, basis, on_basis, "who", lambda p: p.who, WHO)
    return found


def by_agency(
    ledger: Ledger, measure: Measure, basis: Basis, on_basis: list[Presence]
) -> list[Reading]:
    codes = ledger.scope.codes
    return readings_by(
        measure, basis, on_basis, met(measure), "agency", lambda p: codes[p.agency]
    )
