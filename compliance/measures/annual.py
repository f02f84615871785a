"""The annual conference report of a partnership: its scorecard, and what only this report counts.

Of a financial year or a half of one. What an agency raised, or was asked to answer, is not in it: it
is read by those who see the themes of escalations without agencies.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date

from compliance.measures import Scope, attendance, of_ledgers, open_ledger
from compliance.measures.counting import reading
from compliance.measures.definitions import REPORTS_IN_TIME, bases
from compliance.measures.facts import REPORTS, MeetingRow, Presence
from compliance.measures.ledger import Ledger
from compliance.measures.typed import typed_beside
from compliance.period import Period
from compliance.scorecard import By, Count, InquorateLine, MeasureResult, Reading, Scorecard
from conferences.choices import ChairDecision, MeetingKind, MeetingState, ReportState
from partnership.choices import Sector
from training.take_up import LABELS as TAKE_UP_WORDS
from training.take_up import Tally

GP = Sector.HEALTH_PRIMARY
OF_AGENCIES = ("escalations_raised_by", "escalations_raised_about")
TAKE_UP = tuple(TAKE_UP_WORDS)
FIXED = {
    ("sector", str(GP)): GP.label,
    **{("report", str(state)): state.label for state in ReportState},
    **{("decision", str(decision)): decision.label for decision in ChairDecision},
    ("decision", "none"): "Not written down",
}


def is_annual(period: Period) -> bool:
    """Whether a period can have the report: a year or a half of one."""
    return not period.part.startswith("Q")


def score_annual(
    scope: Scope, period: Period, *, on: date | None = None, before: bool = True
) -> Scorecard:
    """The report of a partnership for a year or a half, with the one before beside it."""
    ledger = open_ledger(scope, period, on)
    last = open_ledger(scope, period.previous, on) if before else None
    card = of_ledgers(ledger, last)
    previous = annual(card.previous, last) if card.previous and last else None
    typed = typed_beside(scope.partnership, card.as_at)
    return replace(annual(card, ledger), previous=previous, typed=typed)


def annual(card: Scorecard, ledger: Ledger) -> Scorecard:
    """A partnership's card with what this report adds, and without what it leaves out."""
    return replace(
        card, annual=True, inquorate=tuple(inquorate_lines(ledger)), practices=tuple(practices(ledger)),
        results=tuple(annual_result(result, ledger) for result in card.results),
        counts=(*(c for c in card.counts if c.key not in OF_AGENCIES), *counts(ledger)),
        labels=card.labels | FIXED | course_titles(card, ledger),
    )


def annual_result(result: MeasureResult, ledger: Ledger) -> MeasureResult:
    if result.measure is REPORTS_IN_TIME:
        return replace(result, readings=(*result.readings, *practice_readings(ledger)))
    if result.measure.key == "escalation_in_time":
        return replace(result, readings=tuple(r for r in result.readings if not about_agency(r)))
    return result


def about_agency(one: Reading) -> bool:
    return any(name == "agency" for name, _ in one.by)


# --- General practices ----------------------------------------------------------------------------


def practices(ledger: Ledger) -> list[str]:
    """The codes of the agencies that are general practices."""
    codes, members = ledger.scope.codes, ledger.scope.members
    return sorted(codes[agency] for agency, m in members.items() if m.agency.sector == GP)


def practice_rows(ledger: Ledger, basis) -> list[Presence]:
    """The reports that were expected of them."""
    members = ledger.scope.members
    found = attendance.rows(ledger, REPORTS_IN_TIME, basis)
    return [p for p in found if members[p.agency].agency.sector == GP]


def practice_readings(ledger: Ledger) -> list[Reading]:
    by: By = (("sector", str(GP)),)
    met = attendance.met(REPORTS_IN_TIME)
    if not practices(ledger):
        return []
    return [
        reading(REPORTS_IN_TIME, basis, practice_rows(ledger, basis), met, by)
        for basis in bases(REPORTS_IN_TIME)
    ]


def report_state(p: Presence) -> str:
    """What became of a report that was expected; where nobody wrote it down there was none."""
    return p.report if p.report in REPORTS else str(ReportState.NONE)


# --- Counts ---------------------------------------------------------------------------------------


def counts(ledger: Ledger) -> list[Count]:
    """What only this report counts."""
    return [*by_kind_and_half(ledger), *by_decision(ledger), *practice_counts(ledger), *take_up(ledger)]


def by_kind_and_half(ledger: Ledger) -> list[Count]:
    """Conferences held by kind and half-year, and the children whom they considered."""
    held = [m for m in ledger.conferences if m.state == MeetingState.HELD]
    kinds = [str(kind) for kind in MeetingKind if any(m.kind == kind for m in held)]
    halves = [half.name for half in ledger.period.halves]
    cuts: list[By] = [(("kind", kind),) for kind in kinds] + [(("half", half),) for half in halves]
    crossed = [(("kind", kind), ("half", half)) for kind in kinds for half in halves]
    words = "Children considered, summed over conferences"
    return [
        *(Count("conferences", "Conferences held", len(fitting(held, by)), by) for by in (*cuts, *crossed)),
        *(
            Count("children_considered", words, sum(m.children for m in fitting(held, by)), by)
            for by in cuts
        ),
    ]


def fitting(meetings: Iterable[MeetingRow], by: By) -> list[MeetingRow]:
    """The meetings of a kind, a half-year or a decision of the chair."""
    tests = [TESTS[name](value) for name, value in by]
    return [m for m in meetings if all(test(m) for test in tests)]


def in_half(value: str) -> Callable[[MeetingRow], bool]:
    half = Period.parse(value)
    return lambda m: m.held_on in half


TESTS: dict[str, Callable[[str], Callable[[MeetingRow], bool]]] = {
    "kind": lambda value: lambda m: m.kind == value,
    "half": in_half,
    "decision": lambda value: lambda m: (m.decision or "none") == value,
}


def inquorate(ledger: Ledger) -> list[MeetingRow]:
    return [m for m in ledger.conferences if not m.quorate]


def by_decision(ledger: Ledger) -> list[Count]:
    """What the chair decided where a conference was not quorate."""
    rows = inquorate(ledger)
    found = [(("decision", value),) for value in (*map(str, ChairDecision), "none")]
    counted = [(by, len(fitting(rows, by))) for by in found]
    words = "Conferences that were not quorate"
    return [Count("inquorate", words, number, by) for by, number in counted if number]


def inquorate_lines(ledger: Ledger) -> list[InquorateLine]:
    """Each of them, oldest first. The chair's own words stay with the conference service."""
    return [
        InquorateLine(
            m.reference, MeetingKind(m.kind).label, m.held_on, m.sentence,
            ChairDecision(m.decision).label if m.decision else "", m.new_date_on,
        )
        for m in inquorate(ledger)
    ]


def practice_counts(ledger: Ledger) -> list[Count]:
    """What became of the reports that general practices were asked for."""
    if not practices(ledger):
        return []
    rows = practice_rows(ledger, REPORTS_IN_TIME.basis)
    return [
        Count(
            "practice_reports", "Reports of general practices", sum(report_state(p) == state for p in rows),
            (("report", str(state)),),
        )
        for state in REPORTS
    ]


def take_up(ledger: Ledger) -> list[Count]:
    """Sessions whose register is closed: places, bookings and who came, whole and by course."""
    found, by_course = ledger.take_up, ledger.take_up.by(lambda session: session.course.code)
    return [
        *tallied(found.whole, ()),
        Count("take_up_open", "Sessions whose register is still open", found.beside["open"]),
        *(
            one for code, tally in sorted(by_course.items())
            for one in tallied(tally, (("course", str(code)),))
        ),
    ]


def tallied(tally: Tally, by: By) -> list[Count]:
    return [Count(f"take_up_{name}", TAKE_UP_WORDS[name], tally[name], by) for name in TAKE_UP]


def course_titles(card: Scorecard, ledger: Ledger) -> dict[tuple[str, str], str]:
    """The titles of the courses of the sessions, where the report does not have them already."""
    found = {("course", s.course.code): s.course.title for s in ledger.take_up.sessions}
    return {key: title for key, title in found.items() if key not in card.labels}
