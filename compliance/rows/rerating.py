"""What a proposed target would change: the headlines of a partnership and its agencies, rated anew."""

from __future__ import annotations

from dataclasses import dataclass

from compliance.measures import Ledger, Scope, attendance, conferences, escalation, training
from compliance.measures.definitions import (
    DUTY_TRAINED,
    ESCALATION_IN_TIME,
    MEASURES,
    QUORACY,
    TIMELINESS,
    TRAINING_CURRENT,
)
from compliance.scorecard import MeasureResult, Rating, Reading, TargetLine
from partnership.models import Membership


@dataclass(frozen=True, slots=True)
class Rerated:
    """One headline with its rating by the target that holds and by the proposed one."""

    name: str
    code: str  # of the agency; "" for the whole partnership
    reading: Reading
    before: Rating | None
    after: Rating | None


def rerated(
    ledger: Ledger, key: str, before: TargetLine | None, after: TargetLine | None
) -> list[Rerated]:
    """Every headline of a measure: the partnership's, then each agency's as on its own page."""
    measure, scope = MEASURES[key], ledger.scope
    result = MeasureResult(measure, tuple(readings_of(ledger, key)))
    found = [(scope.partnership.name, "", result.headline)]
    if key not in (QUORACY.key, TIMELINESS.key):  # no agency's card has them
        members = sorted(scope.members.values(), key=lambda m: m.agency.name)
        found += [(m.agency.name, m.code, of_agency(result, scope, m)) for m in members]
    return [
        Rerated(name, code, reading, rate(before, reading), rate(after, reading))
        for name, code, reading in found
    ]


def rate(target: TargetLine | None, reading: Reading) -> Rating | None:
    return target.rate(reading) if target else None


def of_agency(result: MeasureResult, scope: Scope, member: Membership) -> Reading:
    """An agency's headline, its parts counted in."""
    codes = [
        m.code for m in scope.members.values()
        if member.agency_id in (m.agency_id, m.agency.parent_id)
    ]
    parts = [result.reading(result.measure.basis, agency=code) for code in codes]
    return Reading(
        result.measure.key, result.measure.basis, sum(p.met for p in parts),
        sum(p.total for p in parts), (("agency", member.code),),
    )


def readings_of(ledger: Ledger, key: str) -> list[Reading]:
    """The readings of one measure, and of no other."""
    if key == QUORACY.key:
        return conferences.quoracy_readings(ledger)
    if key == TIMELINESS.key:
        return conferences.timeliness_readings(conferences.dues(ledger))
    if key == TRAINING_CURRENT.key:
        return training.readings(ledger)
    if key == DUTY_TRAINED.key:
        return training.duty_readings(ledger)
    if key == ESCALATION_IN_TIME.key:
        return escalation.readings(ledger)
    return attendance.readings(ledger, MEASURES[key])
