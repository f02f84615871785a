"""The ways to the reports that are made anew each time: the annual report and the Section 11 extract."""

from __future__ import annotations

from django.urls import reverse
from django.utils.http import urlencode

from partnership.models import Membership, Partnership, User
from partnership.roles import Permission

Ways = dict[str, str]


def for_partnership(partnership: Partnership, period: str = "") -> Ways:
    """Of a partnership as a whole, for those who may print it whole; a quarter has no annual report."""
    whole = period.partition("-Q")[0]
    annual = reverse("compliance:annual", args=[partnership.code])
    return {"annual": annual + asked(whole), **sheets("compliance:section-11", period, partnership.code)}


def for_agency(membership: Membership, period: str = "") -> Ways:
    """Of one agency, for those who may print its report."""
    return sheets("compliance:agency-section-11", period, membership.partnership.code, membership.code)


def sheets(route: str, period: str, *place: str) -> Ways:
    return {form: reverse(route, args=[*place, form]) + asked(period) for form in ("csv", "xlsx")}


def asked(period: str) -> str:
    return f"?{urlencode({'period': period})}" if period else ""


def for_user(user: User) -> list[Ways]:
    """Those that somebody may print: of whole partnerships, and of agencies of others."""
    places = list(Partnership.objects.within_reach_as_a_whole(user, Permission.PRINT_REPORT).order_by("name"))
    reach = Membership.objects.within_reach(user, Permission.PRINT_REPORT).exclude(partnership__in=places)
    rows = reach.select_related("agency", "partnership").order_by("agency__name", "partnership__name")
    found = [{"name": place.name, **for_partnership(place)} for place in places]
    return found + [
        {"name": f"{row.agency.name} in {row.partnership.name}", **for_agency(row)} for row in rows
    ]
