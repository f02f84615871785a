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
    """Give a case to a decision-maker without an interest: the first has left, or takes part.

    Of a closed case they may only say whether it is opened again.
    """
    now = now or timezone.now()
    case = locked_case(case)
    if not manages(by, case):
        raise MoveRefused("Only the partnership's manager assigns who decides.")
    if decider not in free_deciders(case):
        raise ValidationError({"decider": f"{decider} may not decide this case."})
    before, case.decider = case.decider, decider
    case.save(update_fields=["decider"])
    where = {"partnership": case.partnership, "agency": case.about}
    record(by, "assigned", case, **where, decider=[before and before.pk, decider.pk])
    stage = case.stages.select_related("policy_stage", "responder").order_by("number").last()
    what = "you may open it again" if case.closed_at else "it is given to you to decide"
    tell(case, stage, [Tell.DECIDER], what)
    return case


def free_deciders(case: Escalation) -> list[User]:
    """The decision-makers in office who have no interest in the case."""
    return [user for user in holders(Role.DECISION_MAKER, case) if not has_interest(user, case)]
