"""A home for each role, a partnership's dashboard and an agency's page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from compliance.asking import periods_around
from compliance.faces import context
from compliance.home import for_user
from compliance.measures import Scope, score, trend_over
from compliance.period import Period
from compliance.presenting import Links, agencies_section
from compliance.presenting.parts import Section
from compliance.presenting.trends import BY, parts_of, trend_section
from compliance.scorecard import Scorecard
from compliance.views.crumbs import crumbs
from compliance.views.linking import link_rows
from compliance.views.other_reports import for_agency, for_partnership
from compliance.views.reaching import across, agency_scope, asked_period, may, partnership_scope
from partnership.history import record
from partnership.roles import Permission

FORMS = {
    "pdf": "Print as PDF", "xlsx": "Download as XLSX", "csv": "Download as CSV",
    "json": "Download as JSON",
}
WITH_NAMES, WITHOUT_NAMES = "Print as PDF, with names", "Print as PDF, without names"


def home(request: HttpRequest) -> HttpResponse:
    """What each of the person's roles needs first."""
    return render(request, "compliance/home.html", for_user(request.user))


def dashboard(request: HttpRequest, code: str) -> HttpResponse:
    """A partnership: its headlines, and a row for each agency."""
    scope = partnership_scope(request, code, Permission.VIEW_MEASURES)
    period = asked_period(request, scope)
    card = score(scope, period)
    links = Links(reverse("compliance:partnership-rows", args=[code]), {"period": period.slug})
    page = context(card, links)
    page["sections"][0] = agencies_section(card, links, agency_hrefs(card, period))
    page |= trends(request, scope, card, links, page["sections"])
    page |= furniture(request, scope, period, "compliance:partnership-report", [code])
    if page["downloads"]:
        page["others"] = [for_partnership(scope.partnership, period.slug)]
    return render(request, "compliance/dashboard.html", page)


def agency_hrefs(card: Scorecard, period: Period) -> dict[str, str]:
    """Where the row of each agency leads."""
    codes = [value for dimension, value in card.labels if dimension == "agency"]
    page = {c: reverse("compliance:agency", args=[card.partnership_code, c]) for c in codes}
    return {c: f"{address}?period={period.slug}" for c, address in page.items()}


def agency(request: HttpRequest, code: str, agency: str) -> HttpResponse:
    """One agency: headlines, charts with their tables, every number opening its rows."""
    scope = agency_scope(request, code, agency, Permission.VIEW_MEASURES)
    period = asked_period(request, scope)
    names = may(request, scope, Permission.VIEW_MEASURE_NAMES)
    card = score(scope, period, with_names=names)
    links = Links(reverse("compliance:agency-rows", args=[code, agency]), {"period": period.slug})
    page = context(card, links)
    page |= trends(request, scope, card, links, page["sections"])
    link_rows(request, scope, page["sections"])
    page["agency_number"] = scope.agency.pk
    page["log_action"] = log_address(request, scope, period)
    page["issued"] = issued_address(request, scope)
    if page["issued"]:
        page["others"] = [for_agency(scope.membership, period.slug)]
    page |= furniture(request, scope, period, "compliance:agency-report", [code, agency])
    if names:
        note_names_read(request, scope, period)
    return render(request, "compliance/agency.html", page)


def issued_address(request: HttpRequest, scope: Scope) -> str:
    """Where the reports stand that were issued about an agency, for those who may print them; else ""."""
    if not may(request, scope, Permission.PRINT_REPORT):
        return ""
    about = {"partnership": scope.partnership.code, "agency": scope.agency.pk}
    return f"{reverse('compliance:report-list')}?{urlencode(about)}"


def log_address(request: HttpRequest, scope: Scope, period: Period) -> str:
    """Where an action about this report is logged, for those who keep the board's actions; else ""."""
    if not may(request, scope, Permission.ISSUE_REPORT):
        return ""
    about = {
        "partnership": scope.partnership.code, "source": "report", "agency": scope.membership.code,
        "period": period.slug,
    }
    return f"{reverse('compliance:action-new')}?{urlencode(about)}"


def trends(
    request: HttpRequest, scope: Scope, card: Scorecard, links: Links, sections: list[Section]
) -> dict:
    """Put the trend that was asked for in its place: by quarter, half-year or financial year."""
    asked = request.GET.get("trend", "")
    by = asked if asked in BY else "quarter"
    at = next((n for n, one in enumerate(sections) if one.id == "trend"), None)
    quarters = by == "quarter" and at is not None
    parts = card.trend if quarters else trend_over(scope, parts_of(card.period, by))
    section = trend_section(parts, links, by)
    if at is None:
        sections.append(section)
    else:
        sections[at] = section
    query = f"?period={card.period.slug}&trend="
    choices = [
        {"text": text, "href": f"{query}{key}#trend", "current": key == by}
        for key, text in BY.items()
    ]
    return {"trends": choices}


def note_names_read(request: HttpRequest, scope: Scope, period: Period) -> None:
    """That a list of names was read is in the history."""
    where = {"partnership": scope.partnership, "agency": scope.agency}
    record(request.user, "read names", scope.agency, **where, period=period.name)


def furniture(
    request: HttpRequest, scope: Scope, period: Period, report: str, args: list[str]
) -> dict:
    """What stands around the figures: the periods to choose, the buttons for paper and file."""
    periods = [
        {"text": p.name, "href": f"{request.path}?period={p.slug}", "current": p == period}
        for p in periods_around(period)
    ]
    downloads = [
        {
            "text": text, "href": f"{reverse(report, args=[*args, form])}?period={period.slug}",
            "kind": "" if form == "pdf" else "secondary",
        }
        for form, text in FORMS.items()
    ]
    if may(request, scope, Permission.PRINT_NAMES):
        downloads[0]["text"] = WITH_NAMES
        href = f"{downloads[0]['href']}&names=no"
        downloads.insert(1, {"text": WITHOUT_NAMES, "href": href, "kind": "secondary"})
    printing = may(request, scope, Permission.PRINT_REPORT)
    downloads += of_several(request, scope, period, report, args)
    edition = reverse(report.replace("-report", "-published"), args=args)
    downloads.append({"text": "Published edition", "href": f"{edition}?period={period.slug}", "kind": "link"})
    return {
        "crumbs": crumbs(request, scope, period),
        "periods": periods,
        "downloads": downloads if printing else [],
    }


def of_several(
    request: HttpRequest, scope: Scope, period: Period, report: str, args: list[str]
) -> list[dict[str, str]]:
    """All agencies as one pack; or an agency over every partnership that it serves."""
    if scope.membership is None:
        if not may(request, scope, Permission.ISSUE_REPORT):
            return []
        query = urlencode({"partnership": scope.partnership.code, "period": period.slug})
        href, text = f"{reverse('compliance:pack-new')}?{query}", "All agencies as one pack"
    else:
        several = across(request, scope, Permission.PRINT_REPORT)
        if not several.beside:
            return []
        href = f"{reverse(report, args=[*args, 'pdf'])}?period={period.slug}&across=yes&names=no"
        text = f"Print as PDF over {len(several.partnerships)} partnerships together, without names"
    return [{"text": text, "href": href, "kind": "link"}]
