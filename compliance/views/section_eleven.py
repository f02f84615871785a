"""The Section 11 extract as a sheet: of a partnership, or of one agency for its own audit."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from compliance.measures import Scope
from compliance.measures.section_eleven import COLUMNS, extract
from compliance.views.reaching import agency_scope, asked_period, partnership_scope
from partnership.exporting import ListFile, as_file, in_places
from partnership.history import record
from partnership.roles import Permission

REPORT = "Section 11 extract"


def partnership_extract(request: HttpRequest, code: str, form: str) -> HttpResponseBase:
    """Every agency of a partnership."""
    return sheet(request, partnership_scope(request, code, Permission.PRINT_REPORT), form)


def agency_extract(request: HttpRequest, code: str, agency: str, form: str) -> HttpResponseBase:
    """One agency, with its parts."""
    return sheet(request, agency_scope(request, code, agency, Permission.PRINT_REPORT), form)


def sheet(request: HttpRequest, scope: Scope, form: str) -> HttpResponseBase:
    """The file, and that it was taken in the history."""
    period = asked_period(request, scope)
    rows = list(extract(scope, period).rows)
    codes = [scope.partnership.code] + ([scope.membership.code] if scope.membership else [])
    name = "-".join(["section-11", *codes, period.slug])
    record(
        request.user, "printed", scope.agency or scope.partnership, partnership=scope.partnership,
        agency=scope.agency, period=period.name, format=form, report=REPORT,
    )
    return as_file(form, ListFile(name, in_places(COLUMNS), rows))
