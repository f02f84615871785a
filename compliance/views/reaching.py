"""What a request may ask about: a row out of reach answers like one that is missing."""

from __future__ import annotations

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from compliance.asking import default_period
from compliance.measures import Scope
from compliance.period import Period, PeriodError
from partnership.models import Membership, Partnership
from partnership.roles import Permission


def partnership_scope(request: HttpRequest, code: str, permission: Permission) -> Scope:
    """A partnership as a whole: for roles in it, never for a role in one of its agencies."""
    reach = Partnership.objects.within_reach_as_a_whole(request.user, permission)
    return Scope(get_object_or_404(reach, code=code))


def agency_scope(
    request: HttpRequest, code: str, agency: str, permission: Permission
) -> Scope:
    """One agency in one partnership."""
    reach = Membership.objects.within_reach(request.user, permission)
    rows = reach.select_related("agency", "partnership")
    membership = get_object_or_404(rows, partnership__code=code, code=agency)
    return Scope(membership.partnership, membership)


def may(request: HttpRequest, scope: Scope, permission: Permission) -> bool:
    """Whether a permission reaches a scope: names, say, are for the agency's own lead."""
    if scope.membership is None:
        whole = Partnership.objects.within_reach_as_a_whole(request.user, permission)
        return whole.filter(pk=scope.partnership.pk).exists()
    reach = Membership.objects.within_reach(request.user, permission)
    return reach.filter(pk=scope.membership.pk).exists()


def asked_period(request: HttpRequest, scope: Scope) -> Period:
    """The period of the address, else the last year with meetings; 404 for what is no period."""
    text = request.GET.get("period")
    if not text:
        return default_period(scope.partnership)
    try:
        return Period.parse(text)
    except PeriodError as error:
        raise Http404 from error
