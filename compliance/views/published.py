"""The published edition of a report as a page, for those who may print it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from compliance.asking import periods_around
from compliance.faces import context
from compliance.measures import Scope
from compliance.presenting import Links
from compliance.publishing import published_card
from compliance.scorecard import PUBLISHED_WORDS
from compliance.suppression.family import NotCovered
from compliance.views.crumbs import crumbs
from compliance.views.reaching import agency_scope, asked_period, not_today, partnership_scope
from compliance.views.waiting import waits
from partnership.roles import Permission

FORMS = {
    "pdf": "Print as PDF", "csv": "Download as CSV", "xlsx": "Download as XLSX", "json": "Download as JSON",
}
TEXT = "Published edition"


@waits
def published_agency(request: HttpRequest, code: str, agency: str) -> HttpResponse:
    """One agency's, for readers outside the partnership."""
    scope = agency_scope(request, code, agency, Permission.PRINT_REPORT)
    return page(request, scope, "compliance:agency-report", [code, agency])


@waits
def published_partnership(request: HttpRequest, code: str) -> HttpResponse:
    """The partnership's, a row for each agency."""
    scope = partnership_scope(request, code, Permission.PRINT_REPORT)
    return page(request, scope, "compliance:partnership-report", [code])


def page(request: HttpRequest, scope: Scope, report: str, args: list[str]) -> HttpResponse:
    period = asked_period(request, scope)
    try:
        card = published_card(scope, period)
    except NotCovered as error:
        return not_today(request, scope, period, error)
    return render(request, "compliance/published.html", {
        **context(card, Links()),
        "words": PUBLISHED_WORDS,
        "crumbs": crumbs(request, scope, period, TEXT),
        "periods": [
            {"text": p.name, "href": f"{request.path}?period={p.slug}", "current": p == period}
            for p in periods_around(period)
        ],
        "downloads": [
            {
                "text": text, "kind": "" if form == "pdf" else "secondary",
                "href": f"{reverse(report, args=[*args, form])}?period={period.slug}&edition=published",
            }
            for form, text in FORMS.items()
        ],
    })
