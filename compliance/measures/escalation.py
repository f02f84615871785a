"""Escalations: stages answered in time, how many at which stage, and what is to be learned."""

from __future__ import annotations

from collections import Counter

from django.utils import timezone

from compliance.measures.cases import is_open, stood
from compliance.measures.counting import reading, readings_by
from compliance.measures.definitions import ESCALATION_IN_TIME
from compliance.measures.ledger import Ledger
from compliance.scorecard import Basis, CaseLine, Count, Reading
from escalation.choices import Theme
from escalation.models import Escalation, Stage
from escalation.stages import CaseState


def in_time(stage: Stage) -> bool:
    return stage.answered_at is not None and stage.answered_at <= stage.due_at


def readings(ledger: Ledger) -> list[Reading]:
    rows, codes = ledger.stages_due, ledger.scope.codes
    found = [reading(ESCALATION_IN_TIME, Basis.ALL, rows, in_time)]
    found += readings_by(
        ESCALATION_IN_TIME, Basis.ALL, rows, in_time, "stage", lambda s: str(s.policy_stage.position)
    )
    if ledger.scope.membership is None:
        found += readings_by(
            ESCALATION_IN_TIME, Basis.ALL, rows, in_time, "agency",
            lambda s: codes[s.escalation.about_id],
        )
    return found


SIDES = {"raised_by": "Escalations raised by the agency", "raised_about": "Escalations raised about the agency"}


def counted(ledger: Ledger) -> dict[str, list[Escalation]]:
    """The cases behind each plain count: by side, and by where they stand."""
    found, scope = ledger.cases, set(ledger.scope.members)
    until, start = ledger.until, ledger.start
    raised = [c for c in found if c.raised_at >= start]
    open_ones = [c for c in found if is_open(c, until)]
    ended = [c for c in found if not is_open(c, until)]
    sides = {"raised": raised} if ledger.scope.membership is None else {
        "raised_by": side(raised, "raised_for_id", scope), "raised_about": side(raised, "about_id", scope),
    }
    return sides | {
        "open": open_ones,
        "overdue": [c for c in open_ones if any(s.overdue(until) for s in c.stages.all())],
        **{
            state.value: [c for c in ended if c.state == state]
            for state in CaseState if state is not CaseState.OPEN
        },
    }


def counts(ledger: Ledger) -> list[Count]:
    """By side, by where they stand, by the stage at which they ended, and by theme."""
    found = counted(ledger)
    words = {
        "raised": "Escalations raised", **SIDES, "open": "Escalations open at the end",
        "overdue": "Of these with an overdue stage",
    }
    whole = [
        Count(f"escalations_{key}", words.get(key, f"Escalations {key}"), len(cases))
        for key, cases in found.items()
    ]
    ended = [c for c in ledger.cases if not is_open(c, ledger.until)]
    by_side = [] if ledger.scope.membership else by_agency(ledger, found["raised"])
    return whole + by_side + by_stage(ended) + by_theme(ended)


def side(cases: list[Escalation], field: str, scope: set[int]) -> list[Escalation]:
    return [case for case in cases if getattr(case, field) in scope]


def by_agency(ledger: Ledger, raised: list[Escalation]) -> list[Count]:
    """How many each agency raised, and how many were raised about it."""
    found = []
    for agency, code in sorted(ledger.scope.codes.items(), key=lambda item: item[1]):
        by, about = (len(side(raised, name, {agency})) for name in ("raised_for_id", "about_id"))
        where = (("agency", code),)
        found += [Count("escalations_raised_by", "Escalations raised by the agency", by, where)] * bool(by)
        found += [Count("escalations_raised_about", "Raised about the agency", about, where)] * bool(about)
    return found


def by_stage(ended: list[Escalation]) -> list[Count]:
    """At which stage they ended, and how many days the stages took."""
    last = Counter(str(max(s.policy_stage.position for s in c.stages.all())) for c in ended)
    days: Counter[str] = Counter()
    for case in ended:
        for stage in case.stages.all():
            if stage.closed_at:
                days[str(stage.policy_stage.position)] += (stage.closed_at - stage.entered_at).days
    return [
        *(Count("escalations_ended", "Ended at this stage", n, (("stage", s),)) for s, n in sorted(last.items())),
        *(Count("escalations_days", "Days taken, summed", n, (("stage", s),)) for s, n in sorted(days.items())),
    ]


def by_theme(ended: list[Escalation]) -> list[Count]:
    themes = Counter(case.learning_theme for case in ended if case.learning_theme)
    return [
        Count("escalations_theme", "Cases with this theme", themes[theme], (("theme", str(theme)),))
        for theme in Theme if themes[theme]
    ]


def lines(ledger: Ledger) -> tuple[CaseLine, ...]:
    """The agency's own cases as they stood at the end, one line each, without narrative."""
    return tuple(line(case, ledger) for case in ledger.cases)


def line(case: Escalation, ledger: Ledger) -> CaseLine:
    last, state = stood(case, ledger.until)
    until = ledger.until if is_open(case, ledger.until) else case.closed_at
    about = case.about_id in ledger.scope.members
    other = case.raised_for if about else case.about
    return CaseLine(
        case.reference,
        "About us" if about else "Raised by us",
        other.name if other else "The conference service",
        case.get_grounds_display(),
        f"{last.policy_stage.position}: {last.policy_stage.title}",
        timezone.localdate(last.due_at) if last.due_at else None,
        (until - case.raised_at).days,
        state,
    )
