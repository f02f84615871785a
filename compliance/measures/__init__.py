"""The measures: defined once, counted once, shown as one ``Scorecard`` by every face.

``score`` takes a scope, never a user: the view or the command decides who may ask.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from compliance.measures import (
    attendance,
    conferences,
    escalation,
    logged,
    quality,
    returned,
    training,
)
from compliance.measures.definitions import (
    CONFERENCE_ATTENDANCE,
    CONTRIBUTION,
    CORE_GROUP_ATTENDANCE,
    DUTY_TRAINED,
    ESCALATION_IN_TIME,
    MEASURES,
    QUORACY,
    REPORTS_IN_TIME,
    TIMELINESS,
    TRAINING_CURRENT,
)
from compliance.measures.joint import JointLedger
from compliance.measures.labels import labels
from compliance.measures.ledger import Ledger
from compliance.measures.scope import Scope
from compliance.models import Target
from compliance.period import Period
from compliance.scorecard import Measure, MeasureResult, Reading, Scorecard, TargetLine
from partnership.models import Partnership, today

__all__ = ["MEASURES", "Ledger", "Scope", "of_ledgers", "open_ledger", "score", "trend_over"]

ATTENDANCE = (CONFERENCE_ATTENDANCE, CONTRIBUTION, REPORTS_IN_TIME, CORE_GROUP_ATTENDANCE)


def open_ledger(scope: Scope, period: Period, on: date | None = None) -> Ledger:
    """The rows of a scope and period; standings are read on its last day, or today when earlier."""
    kind = JointLedger if scope.beside else Ledger
    return kind(scope, period, period.as_at(on or today()))


def score(
    scope: Scope, period: Period, *, with_names: bool = False, on: date | None = None, before: bool = True
) -> Scorecard:
    """All readings and counts of a scope for a period, with the trend and the period before beside."""
    last = open_ledger(scope, period.previous, on) if before else None
    return of_ledgers(open_ledger(scope, period, on), last, with_names=with_names)


def of_ledgers(ledger: Ledger, last: Ledger | None, *, with_names: bool = False) -> Scorecard:
    """The same from rows that were asked for already, those of the period before if they are wanted."""
    targets = targets_of(ledger.scope, ledger.as_at)
    previous = scorecard(last, results(last), targets) if last else None
    return scorecard(
        ledger, results(ledger), targets, reasons=with_names, previous=previous, trend=trend(ledger, targets),
        people_due=training.people_due(ledger) if with_names else None,
        cases=escalation.lines(ledger) if with_names else None,
        actions=logged.lines(ledger),
        notes=(*quality.notes(ledger), *returned.notes(ledger, names=with_names)),
    )


def results(ledger: Ledger) -> tuple[MeasureResult, ...]:
    """Every measure that the scope has."""
    found = [
        MeasureResult(TRAINING_CURRENT, tuple(training.readings(ledger))),
        *(MeasureResult(m, tuple(attendance.readings(ledger, m))) for m in ATTENDANCE),
        MeasureResult(DUTY_TRAINED, tuple(training.duty_readings(ledger))),
        MeasureResult(ESCALATION_IN_TIME, tuple(escalation.readings(ledger))),
    ]
    if ledger.scope.membership is None:
        timeliness = conferences.timeliness_readings(conferences.dues(ledger))
        found[:0] = [
            MeasureResult(QUORACY, tuple(conferences.quoracy_readings(ledger))),
            MeasureResult(TIMELINESS, tuple(timeliness)),
        ]
    return tuple(found)


def scorecard(
    ledger: Ledger, found: tuple[MeasureResult, ...], targets: tuple[TargetLine, ...], *,
    reasons: bool = False, **more,
) -> Scorecard:
    """The whole card of a ledger; reasons for excusing are for the agency's own copy."""
    agency = ledger.scope.membership is not None
    return card(
        ledger.scope, ledger.period, ledger.as_at, found, targets,
        counts=(
            *conferences.counts(ledger), *training.counts(ledger), *training.duty_counts(ledger),
            *escalation.counts(ledger),
            *quality.counts(ledger),
        ),
        labels=labels(ledger),
        missed=quality.missed_lines(ledger, reasons=reasons) if agency else (),
        **more,
    )


def card(
    scope: Scope, period: Period, as_at: date, found: tuple[MeasureResult, ...],
    targets: tuple[TargetLine, ...], **more,
) -> Scorecard:
    """A card under the heading of its scope and period."""
    partnership, membership = scope.partnership, scope.membership
    names = in_a_row([place.name for place in scope.partnerships])
    codes = "+".join(place.code for place in scope.partnerships)
    return Scorecard(
        title=membership.agency.name if membership else names,
        code=membership.code if membership else codes,
        partnership=names,
        partnership_code=codes,
        partnership_label="" if scope.beside else partnership.label,
        subgroup_label=partnership.subgroup_label,
        period=period,
        as_at=as_at,
        results=found,
        targets=targets,
        for_agency=membership is not None,
        **more,
    )


def in_a_row(names: Sequence[str]) -> str:
    """ "Bracknell Forest, Slough and Reading"."""
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def targets_of(scope: Scope, on: date) -> tuple[TargetLine, ...]:
    """The targets in force on a day; of several partnerships those that all of them have alike."""
    first, *others = [targets_in(place, on) for place in scope.partnerships]
    return tuple(line for line in first if all(line in other for other in others))


def targets_in(partnership: Partnership, on: date) -> list[TargetLine]:
    """A partnership's targets in force on a day, the newest of each measure."""
    # unscoped: the caller decided on the scope
    rows = Target.objects.in_force(on).filter(partnership=partnership)
    newest = {row.measure: row for row in rows.order_by("effective_from")}
    return [TargetLine(t.measure, t.good_from, t.watch_from) for t in newest.values()]


TREND = {
    True: (CONFERENCE_ATTENDANCE, CONTRIBUTION, CORE_GROUP_ATTENDANCE),
    False: (QUORACY, CONFERENCE_ATTENDANCE, CONTRIBUTION, CORE_GROUP_ATTENDANCE),
}


def trend(ledger: Ledger, targets: tuple[TargetLine, ...]) -> tuple[Scorecard, ...]:
    """The headlines of each quarter of the period, from the rows that are read already."""
    shown = {m: headline_rows(ledger, m) for m in TREND[ledger.scope.membership is not None]}
    return tuple(
        card(
            ledger.scope, part, min(part.last, ledger.as_at),
            tuple(MeasureResult(m, (within(part, m, rows),)) for m, rows in shown.items()), targets,
        )
        for part in ledger.period.quarters
        if part.first <= ledger.as_at
    )


def trend_over(scope: Scope, parts: Sequence[Period], on: date | None = None) -> tuple[Scorecard, ...]:
    """The same over parts of any years, each year read once."""
    found: list[Scorecard] = []
    for year in sorted({part.year for part in parts}):
        ledger = open_ledger(scope, Period(year), on)
        shown = {m: headline_rows(ledger, m) for m in TREND[scope.membership is not None]}
        found += [
            card(
                scope, part, min(part.last, ledger.as_at),
                tuple(MeasureResult(m, (within(part, m, rows),)) for m, rows in shown.items()), (),
            )
            for part in parts if part.year == year
        ]
    return tuple(found)


def headline_rows(ledger: Ledger, measure: Measure) -> list[tuple[date, bool]]:
    """The day of each row of a measure's headline, and whether it is met."""
    if measure is QUORACY:
        return [(m.held_on, bool(m.quorate)) for m in ledger.conferences]
    met = attendance.met(measure)
    return [(p.meeting.held_on, met(p)) for p in attendance.rows(ledger, measure, measure.basis)]


def within(part: Period, measure: Measure, rows: list[tuple[date, bool]]) -> Reading:
    """A headline over the meetings of a part of the period."""
    first, last = part.first, part.last
    found = [met for day, met in rows if first <= day <= last]
    return Reading(measure.key, measure.basis, sum(found), len(found))
