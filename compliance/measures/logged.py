"""The board's actions behind a report: as they stood at its day, in one query."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from compliance.measures.ledger import Ledger
from compliance.models import Action, ActionState, ActionStep, StepKind
from compliance.scorecard import ActionLine

SAID = (StepKind.PROGRESS, StepKind.DONE, StepKind.REOPENED)


def lines(ledger: Ledger) -> tuple[ActionLine, ...]:
    """Those of the agencies in scope that were open at the end of the period or closed within it."""
    return tuple(line for part in ledger.parts for line in lines_of(part))


def lines_of(ledger: Ledger) -> tuple[ActionLine, ...]:
    # unscoped: who may ask was decided by the caller of the scope
    rows = Action.objects.filter(
        Q(closed_at=None) | Q(closed_at__gte=ledger.start), partnership=ledger.scope.partnership,
        owner__in=list(ledger.scope.members), logged_at__lte=ledger.until,
    )
    found = as_they_stood(rows, ledger.until).select_related("owner").order_by("due_then", "pk")
    return tuple(line_of(row, ledger) for row in found)


def as_they_stood(rows: QuerySet[Action], until: datetime) -> QuerySet[Action]:
    """Each with the date that it had at a moment, how often that was moved, and what was said last."""
    # unscoped: the steps of those rows
    steps = ActionStep.objects.filter(action=OuterRef("pk")).order_by("taken_at", "pk")
    moved_after = steps.filter(kind=StepKind.MOVED, taken_at__gt=until)
    said = steps.filter(kind__in=SAID, taken_at__lte=until).reverse()
    carried = Q(
        steps__kind=StepKind.MOVED, steps__to_on__gt=F("steps__from_on"), steps__taken_at__lte=until
    )
    return rows.annotate(
        due_then=Coalesce(Subquery(moved_after.values("from_on")[:1]), "due_on"),
        said=Subquery(said.values("text")[:1]),
        carried=Count("steps", filter=carried),
    )


def line_of(row: Action, ledger: Ledger) -> ActionLine:
    state = state_then(row, ledger)
    closed = state is ActionState.CLOSED
    return ActionLine(
        number=row.number,
        what=row.asked,
        owner=", ".join(filter(None, [row.owner.name, row.owner_title])),
        due_on=row.due_then,
        state=state.label,
        carried=row.carried,
        from_before=row.logged_at < ledger.start,
        progress=row.said or "",
        closed_on=timezone.localdate(row.closed_at) if closed else None,
        outcome=row.outcome if closed else "",
    )


def state_then(row: Action, ledger: Ledger) -> ActionState:
    """Where it stood at the end of the period; what was closed or done later was still open."""
    if row.closed_at and row.closed_at <= ledger.until:
        return ActionState.CLOSED
    if row.done_at and row.done_at <= ledger.until:
        return ActionState.DONE
    return ActionState.OVERDUE if row.due_then < ledger.as_at else ActionState.OPEN
