"""Reports as files: PDF, CSV, XLSX and JSON of the very scorecard that the page shows."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from compliance import faces
from compliance.annual_words import name_of
from compliance.measures import Scope, score
from compliance.publishing import published_card
from compliance.scorecard import Edition, Scorecard
from compliance.suppression.family import NotCovered
from compliance.views.reaching import (
    across,
    agency_scope,
    asked_period,
    may,
    not_today,
    partnership_scope,
)
from compliance.views.waiting import waits
from partnership.exporting import XLSX
from partnership.history import record
from partnership.roles import Permission

CONTENT_TYPES = {
    "pdf": "application/pdf", "csv": "text/csv; charset=utf-8", "xlsx": XLSX, "json": "application/json",
}


@waits
def agency_report(request: HttpRequest, code: str, agency: str, form: str) -> HttpResponse:
    """One agency's report; with names in the agency's own copy only, and not where it is to be passed on."""
    scope = agency_scope(request, code, agency, Permission.PRINT_REPORT)
    names = may(request, scope, Permission.PRINT_NAMES) and request.GET.get("names") != "no"
    if request.GET.get("across") == "yes" and request.GET.get("edition") != Edition.PUBLISHED:
        scope = across(request, scope, Permission.PRINT_REPORT)
    return as_file(request, scope, form, names=names)


@waits
def partnership_report(request: HttpRequest, code: str, form: str) -> HttpResponse:
    """A partnership's figures, a row for each agency."""
    scope = partnership_scope(request, code, Permission.PRINT_REPORT)
    return as_file(request, scope, form, names=False)


def as_file(request: HttpRequest, scope: Scope, form: str, *, names: bool) -> HttpResponse:
    """The report of a scope and the period that was asked for."""
    period = asked_period(request, scope)
    edition = Edition.PUBLISHED if request.GET.get("edition") == Edition.PUBLISHED else Edition.INSIDE
    if edition is Edition.PUBLISHED:
        try:
            card, names = published_card(scope, period), False
        except NotCovered as error:
            return not_today(request, scope, period, error)
    else:
        card = score(scope, period, with_names=names)
    return card_file(request, scope, card, form, names=names)


def card_file(
    request: HttpRequest, scope: Scope, card: Scorecard, form: str, *, names: bool = False
) -> HttpResponse:
    """A report as a file under a name that tells it apart, and that it was printed in the history."""
    response = HttpResponse(
        faces.render(card, form, timezone.localtime()), content_type=CONTENT_TYPES[form]
    )
    codes = [place.code for place in scope.partnerships] + ([scope.membership.code] if scope.membership else [])
    told_apart = ["annual"] * card.annual
    told_apart += ["with-names"] if names and form == "pdf" else []  # lest the wrong one is passed on
    told_apart += [card.edition.value] if card.is_published else []
    name = "-".join(["quorate", *codes, card.period.slug, *told_apart])
    response["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    for place in scope.partnerships:
        record(
            request.user, "printed", scope.agency or place, partnership=place,
            agency=scope.agency, period=card.period.name, format=form, names=names,
            edition=card.edition.value, **({"report": name_of(card)} if card.annual else {}),
        )
    return response
