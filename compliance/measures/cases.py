"""The escalations and stages behind the figures of a scope."""

from __future__ import annotations

from datetime import datetime

from compliance.measures.scope import Scope
from escalation.models import Escalation, Stage


def stages_due(scope: Scope, start: datetime, until: datetime) -> list[Stage]:
    """Stages that the agencies in scope had to answer by a moment in the period.

    One that was closed before it was due without an answer (withdrawn, skipped) was never due.
    """
    # unscoped: who may ask was decided by the caller of the scope
    rows = Stage.objects.filter(
        escalation__partnership=scope.partnership, escalation__about__in=list(scope.members),
        due_at__gte=start, due_at__lte=until,
    ).select_related("escalation", "policy_stage")
    return [
        stage for stage in rows.order_by("due_at", "pk")
        if stage.answered_at or not stage.closed_at or stage.closed_at > stage.due_at
    ]


def cases_open(scope: Scope, start: datetime, until: datetime) -> list[Escalation]:
    """Cases raised by the end of the period and open in it: for or about the agencies in scope."""
    # unscoped: as above
    rows = Escalation.objects.filter(partnership=scope.partnership, raised_at__lte=until)
    found = rows.select_related("about", "raised_for", "policy").prefetch_related(
        "stages__policy_stage"
    )
    return [
        case for case in found.order_by("raised_at", "pk")
        if {case.about_id, case.raised_for_id} & set(scope.members)
        and (case.closed_at is None or case.closed_at >= start)
    ]
