"""The escalations and stages behind the figures of a scope."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from compliance.measures.scope import Scope
from escalation.choices import STATES
from escalation.models import Escalation, Stage
from escalation.stages import CaseState


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
    members = list(scope.members)
    rows = Escalation.objects.filter(
        Q(about__in=members) | Q(raised_for__in=members), Q(closed_at=None) | Q(closed_at__gte=start),
        partnership=scope.partnership, raised_at__lte=until,
    )
    found = rows.select_related("about", "raised_for", "policy").prefetch_related(
        "stages__policy_stage"
    )
    return list(found.order_by("raised_at", "pk"))


def is_open(case: Escalation, until: datetime) -> bool:
    """Whether it was still open at a moment; what was closed later was."""
    return case.closed_at is None or case.closed_at > until


def stood(case: Escalation, until: datetime) -> tuple[Stage, str]:
    """The stage that it had reached by a moment, and its state then, in words."""
    reached = [stage for stage in case.stages.all() if stage.entered_at <= until]
    state = dict(STATES)[CaseState.OPEN] if is_open(case, until) else case.get_state_display()
    return max(reached or case.stages.all(), key=lambda stage: stage.number), state
