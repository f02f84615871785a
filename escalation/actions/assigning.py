"""Giving a case to the person who is to decide it."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from escalation.actions.raising import MoveRefused, locked_case
from escalation.choices import Tell
from escalation.models import Escalation
from escalation.sides import has_interest, holders, manages
from escalation.telling import tell
from partnership.history import record
from partnership.models import User
from partnership.roles import Role


@transaction.atomic
def assign_decider(
    *, by: User, case: Escalation, decider: User, now: datetime | None = None
) -> Escalation:
    """Give an open case to a decision-maker without an interest: the first has left, or takes part."""
    now = now or timezone.now()
    case = locked_case(case)
    if not manages(by, case):
        raise MoveRefused("Only the partnership's manager assigns who decides.")
    if case.closed_at:
        raise MoveRefused(f"{case.reference} is closed: there is nothing to decide.")
    if decider not in free_deciders(case):
        raise ValidationError({"decider": f"{decider} may not decide this case."})
    before, case.decider = case.decider, decider
    case.save(update_fields=["decider"])
    where = {"partnership": case.partnership, "agency": case.about}
    record(by, "assigned", case, **where, decider=[before and before.pk, decider.pk])
    stage = case.stages.select_related("policy_stage", "responder").get(closed_at=None)
    tell(case, stage, [Tell.DECIDER], "it is given to you to decide")
    return case


def free_deciders(case: Escalation) -> list[User]:
    """The decision-makers in office who have no interest in the case."""
    return [user for user in holders(Role.DECISION_MAKER, case) if not has_interest(user, case)]
