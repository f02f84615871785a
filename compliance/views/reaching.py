"""What a request may ask about: a row out of reach answers like one that is missing."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

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


def across(request: HttpRequest, scope: Scope, permission: Permission) -> Scope:
    """The same agency over every partnership that it serves, as far as the permission reaches it there."""
    reach = Membership.objects.within_reach(request.user, permission).filter(agency=scope.agency)
    rows = reach.select_related("partnership").order_by("partnership__name")
    return scope.together(row.partnership for row in rows)


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


def not_today(
    request: HttpRequest, scope: Scope, period: Period, error: LookupError, *, annual: bool = False
) -> HttpResponse:
    """No published edition today: why, on the page of the figures."""
    messages.info(request, str(error))
    codes = [scope.partnership.code, *([scope.membership.code] if scope.membership else [])]
    name = "annual" if annual else "agency" if scope.membership else "dashboard"
    return redirect(f"{reverse(f'compliance:{name}', args=codes)}?period={period.slug}")
