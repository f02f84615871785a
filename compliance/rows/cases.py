"""The rows behind the counts of escalations: by reference for the agency itself, else only how far they came."""

from __future__ import annotations

from collections.abc import Callable

from django.utils import timezone

from compliance.measures import Ledger, escalation
from compliance.measures.cases import stood
from compliance.rows.tables import Opened, OpenedRow
from escalation.models import Escalation
from escalation.stages import CaseState

CASE_TITLES = {
    "escalations_raised": "Escalations raised",
    "escalations_raised_by": "Escalations raised by the agency",
    "escalations_raised_about": "Escalations raised about the agency",
    "escalations_open": "Escalations open at the end",
    "escalations_overdue": "Escalations open with an overdue stage",
    **{f"escalations_{s}": f"Escalations {s.value}" for s in CaseState if s is not CaseState.OPEN},
}


def opened_cases(ledger: Ledger, key: str, *, names: bool) -> Opened:
    """The cases of a count."""
    rows = [
        OpenedRow(cells(case, ledger, names), None)
        for case in escalation.counted(ledger)[key.removeprefix("escalations_")]
    ]
    columns = ("Reference", "Raised on", "Grounds", "Stage", "State") if names else ("Stage", "State")
    return Opened(CASE_TITLES[key], "", columns, rows)


def cells(case: Escalation, ledger: Ledger, names: bool) -> tuple[object, ...]:
    last, state = stood(case, ledger.until)
    end = (f"{last.policy_stage.position}: {last.policy_stage.title}", state)
    if not names:
        return end
    raised_on = timezone.localdate(case.raised_at)
    return (case.reference, raised_on, case.get_grounds_display(), *end)


CASE_COUNTS: dict[str, Callable[..., Opened]] = dict.fromkeys(CASE_TITLES, opened_cases)
