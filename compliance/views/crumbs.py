"""Where a page stands: the links above its heading."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse

from compliance.measures import Scope
from compliance.period import Period
from compliance.views.reaching import may
from partnership.roles import Permission


def crumbs(request: HttpRequest, scope: Scope, period: Period, *below: str) -> list[dict]:
    """Home, the partnership for those who may see it whole, the agency, and what is below them."""
    whole, query = Scope(scope.partnership), f"?period={period.slug}"
    found = [{"text": "Home", "href": reverse("compliance:home")}]
    if scope.membership is None or may(request, whole, Permission.VIEW_MEASURES):
        href = reverse("compliance:dashboard", args=[scope.partnership.code])
        found.append({"text": scope.partnership.name, "href": href + query})
    if scope.membership is not None:
        codes = [scope.partnership.code, scope.membership.code]
        href = reverse("compliance:agency", args=codes)
        found.append({"text": scope.membership.agency.name, "href": href + query})
    found += [{"text": text, "href": ""} for text in below]
    found[-1]["href"] = ""
    return found
