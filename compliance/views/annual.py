"""The annual conference report of a partnership: its page, its published edition and its files."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from compliance.annual_words import name_of
from compliance.asking import periods_around
from compliance.faces import context
from compliance.measures import Scope
from compliance.measures.annual import is_annual, score_annual
from compliance.period import Period
from compliance.presenting import Links
from compliance.publishing import published_annual
from compliance.scorecard import PUBLISHED_WORDS, Edition, Scorecard
from compliance.suppression.family import NotCovered
from compliance.views.crumbs import crumbs
from compliance.views.pages import FORMS
from compliance.views.reaching import asked_period, may, not_today, partnership_scope
from compliance.views.reports import card_file
from compliance.views.waiting import waits
from partnership.roles import Permission
from partnership.templatetags.quorate import longdate

PUBLISHED = "Published edition"


def asked(request: HttpRequest, code: str) -> tuple[Scope, Period]:
    """The partnership and the year or half; 404 for a quarter, which has no such report."""
    scope = partnership_scope(request, code, Permission.PRINT_REPORT)
    period = asked_period(request, scope)
    if not is_annual(period):
        raise Http404
    return scope, period


def annual(request: HttpRequest, code: str) -> HttpResponse:
    """The report as it stands today, every number opening its rows."""
    scope, period = asked(request, code)
    card = score_annual(scope, period)
    rows = reverse("compliance:partnership-rows", args=[code])
    page = context(card, Links(rows, {"period": period.slug}))
    return render(request, "compliance/annual.html", page | around(request, scope, period, name_of(card)) | {
        "downloads": [*files(code, period), published_link(code, period)],
        "issued": issued_address(scope),
        "issue": issue_address(scope, period) if may(request, scope, Permission.ISSUE_REPORT) else "",
        "typing": typing(request, scope, card),
    })


@waits
def annual_published(request: HttpRequest, code: str) -> HttpResponse:
    """For readers outside the partnership."""
    scope, period = asked(request, code)
    try:
        card = published_annual(scope.partnership, period)
    except NotCovered as error:
        return not_today(request, scope, period, error, annual=True)
    text = f"{name_of(card)}: published edition"
    return render(request, "compliance/annual.html", context(card, Links()) | around(request, scope, period, text) | {
        "downloads": files(code, period, Edition.PUBLISHED), "words": PUBLISHED_WORDS,
    })


@waits
def annual_report(request: HttpRequest, code: str, form: str) -> HttpResponse:
    """The report as a file."""
    scope, period = asked(request, code)
    published = request.GET.get("edition") == Edition.PUBLISHED
    try:
        card = published_annual(scope.partnership, period) if published else score_annual(scope, period)
    except NotCovered as error:
        return not_today(request, scope, period, error, annual=True)
    return card_file(request, scope, card, form)


def around(request: HttpRequest, scope: Scope, period: Period, text: str) -> dict[str, Any]:
    """What stands around the figures: the years and halves to choose from."""
    return {
        "name": text,
        "crumbs": crumbs(request, scope, period, text),
        "periods": [
            {"text": p.name, "href": f"{request.path}?period={p.slug}", "current": p == period}
            for p in periods_around(period) if is_annual(p)
        ],
    }


def files(code: str, period: Period, edition: Edition = Edition.INSIDE) -> list[dict[str, str]]:
    query = {"period": period.slug}
    if edition is Edition.PUBLISHED:
        query["edition"] = edition.value
    return [
        {
            "text": text, "kind": "" if form == "pdf" else "secondary",
            "href": f"{reverse('compliance:annual-report', args=[code, form])}?{urlencode(query)}",
        }
        for form, text in FORMS.items()
    ]


def published_link(code: str, period: Period) -> dict[str, str]:
    href = f"{reverse('compliance:annual-published', args=[code])}?period={period.slug}"
    return {"text": PUBLISHED, "href": href, "kind": "link"}


def typing(request: HttpRequest, scope: Scope, card: Scorecard) -> dict[str, str]:
    """The way to the counts from the case system: to type that of the day, or to those that are there."""
    of_the_day = card.typed and card.typed.counted_on == card.as_at
    if not of_the_day and may(request, scope, Permission.TYPE_COUNTS):
        query = urlencode({"partnership": scope.partnership.code, "on": card.as_at.strftime("%d/%m/%Y")})
        text = f"Type the count of {longdate(card.as_at)} from the case system"
        return {"text": text, "href": f"{reverse('compliance:typed-new')}?{query}"}
    if card.typed and may(request, scope, Permission.VIEW_MEETINGS):
        return {"text": "All counts from the case system", "href": reverse("compliance:typed-list")}
    return {}


def issued_address(scope: Scope) -> str:
    """Where the reports stand that were issued of the partnership."""
    return f"{reverse('compliance:report-list')}?{urlencode({'partnership': scope.partnership.code})}"


def issue_address(scope: Scope, period: Period) -> str:
    query = urlencode({"partnership": scope.partnership.code, "period": period.slug})
    return f"{reverse('compliance:report-issue')}?{query}"
