"""What a request may ask about: a row out of reach answers like one that is missing."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from escalation.models import Escalation
from partnership.models import Partnership, User
from partnership.reach import can
from partnership.roles import Permission

RELATED = ("partnership", "policy", "raised_for", "about", "raised_by", "decider", "closed_by")


def visible_case(request: HttpRequest, reference: str) -> Escalation:
    """A case with its people, or 404."""
    rows = Escalation.objects.visible_to(request.user).select_related(*RELATED)
    rows = rows.prefetch_related("participants", "policy__stages")
    return get_object_or_404(rows, reference=reference)


def partnerships_with_cases(user: User) -> QuerySet[Partnership]:
    """Where the person may see cases, or raise one: their policies are theirs to read."""
    seen = Partnership.objects.within_reach(user, Permission.VIEW_ESCALATIONS)
    raised = Partnership.objects.within_reach(user, Permission.RAISE_ESCALATION)
    keys = Q(pk__in=seen.values("pk")) | Q(pk__in=raised.values("pk"))
    return Partnership.objects.filter(keys)  # unscoped: both halves are within reach


def managed_partnership(request: HttpRequest, code: str) -> Partnership:
    """A partnership whose rules the person keeps, or 404."""
    reach = Partnership.objects.within_reach_as_a_whole(request.user, Permission.MANAGE_RULES)
    return get_object_or_404(reach, code=code)


def may_open_queue(user: User) -> bool:
    return can(user, Permission.VIEW_ESCALATIONS)
