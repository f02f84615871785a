"""Data quality: what is missing, open, disputed or late, by agency, each number opening its rows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from compliance.asking import periods_around
from compliance.measures import Ledger, Scope, open_ledger
from compliance.rows import OpenedRow
from compliance.rows.quality import KINDS, Kind, Numbers
from compliance.views.reaching import asked_period, partnership_scope
from compliance.views.rows import in_words, laid_out
from partnership.exporting import as_csv
from partnership.models import Membership, Partnership
from partnership.roles import Permission
from partnership.views.dated import set_up_crumbs
from partnership.views.listing import chosen_sort, headings

PAGE = 25
KIND_COLUMNS = [{"text": "What", "header": True}, {"text": "How many", "numeric": True}]
AGENCY_COLUMNS = [{"text": "Agency", "header": True}, {"text": "How many", "numeric": True}]


def asked_ledger(request: HttpRequest, code: str) -> Ledger:
    scope = partnership_scope(request, code, Permission.VIEW_MEASURES)
    return open_ledger(scope, asked_period(request, scope))


def chosen_place(request: HttpRequest) -> tuple[Partnership, list[Partnership]]:
    """The partnership that was asked for, else the first of those whose figures the person sees."""
    reach = Partnership.objects.within_reach_as_a_whole(request.user, Permission.VIEW_MEASURES)
    places = list(reach.order_by("name"))
    if not places:
        raise PermissionDenied
    asked = request.GET.get("partnership") or places[0].code
    found = next((place for place in places if place.code == asked), None)
    if found is None:
        raise Http404
    return found, places


def data_quality(request: HttpRequest) -> HttpResponse:
    """Every kind of defect with its number."""
    place, places = chosen_place(request)
    scope = Scope(place)
    ledger = open_ledger(scope, asked_period(request, scope))
    period = ledger.period
    return render(request, "compliance/data_quality.html", {
        "place": place,
        "places": [
            {"text": p.name, "href": f"?partnership={p.code}", "current": p == place} for p in places
        ],
        "period": period,
        "periods": [
            {"text": p.name, "href": "?" + urlencode({"partnership": place.code, "period": p.slug}),
             "current": p == period}
            for p in periods_around(period)
        ],
        "columns": KIND_COLUMNS,
        "rows": [kind_row(kind, ledger) for kind in KINDS.values()],
        "csv": reverse("compliance:data-quality-csv", args=[place.code]) + f"?period={period.slug}",
        "crumbs": set_up_crumbs(request.user, ("Data quality", "")),
    })


def kind_row(kind: Kind, ledger: Ledger) -> list[dict[str, Any]]:
    number = kind.total(ledger)
    link = {"href": rows_of(kind, ledger), "hidden": kind.title.lower()} if number else {}
    return [
        {"text": kind.title, "hint": f"{kind.sentence} {kind.mends}"},
        {"text": number, **link},
    ]


def rows_of(kind: Kind, ledger: Ledger, **more: str) -> str:
    address = reverse("compliance:quality-rows", args=[ledger.scope.partnership.code, kind.key])
    return f"{address}?{urlencode({'period': ledger.period.slug, **more})}"


def asked_kind(what: str) -> Kind:
    if what not in KINDS:
        raise Http404
    return KINDS[what]


def asked_member(request: HttpRequest, ledger: Ledger) -> Membership | None:
    """The agency that the rows are narrowed to; 404 for what is none of the partnership."""
    code = request.GET.get("agency")
    if not code:
        return None
    found = next((m for m in ledger.scope.members.values() if m.code == code), None)
    if found is None:
        raise Http404
    return found


def quality_rows(request: HttpRequest, code: str, what: str) -> HttpResponse:
    """One kind of defect: how many each agency has, and the rows."""
    kind = asked_kind(what)
    ledger = asked_ledger(request, code)
    member = asked_member(request, ledger)
    numbers = kind.by_agency(ledger) if kind.by_agency else None
    found = kind.opened(ledger, frozenset({member.agency_id}) if member and numbers is not None else None)
    names = {str(place): text for place, text in enumerate(found.columns)}
    sort = chosen_sort(request.GET.get("sort", ""), names, "")
    page = Paginator(ordered(found.rows, sort), PAGE).get_page(request.GET.get("page"))
    index = reverse("compliance:data-quality")
    kept = {"partnership": code, "period": ledger.period.slug}
    return render(request, "compliance/quality_rows.html", {
        "kind": kind,
        "place": ledger.scope.partnership,
        "period": ledger.period,
        "member": member,
        "agencies": agency_rows(kind, ledger, numbers, member),
        "agency_columns": AGENCY_COLUMNS,
        "all_href": rows_of(kind, ledger),
        "columns": headings(request, names, names, sort),
        "rows": laid_out(request, ledger.scope, found, page),
        "page": page,
        "csv": csv_address(request, code, what),
        "crumbs": set_up_crumbs(
            request.user, ("Data quality", f"{index}?{urlencode(kept)}"), (kind.title, "")
        ),
    })


def ordered(rows: list[OpenedRow], sort: tuple[str, bool]) -> list[OpenedRow]:
    """The rows by one of their cells; without one in their own order, the oldest first."""
    place, down = sort
    if not place:
        return rows
    return sorted(rows, key=lambda row: key_of(row.cells[int(place)]), reverse=down)


def key_of(cell: object) -> tuple[bool, str]:
    """Days as they follow one another, words by their letters, what is missing first."""
    return isinstance(cell, date), cell.isoformat() if isinstance(cell, date) else str(cell).casefold()


def csv_address(request: HttpRequest, code: str, what: str) -> str:
    kept = {name: value for name, value in request.GET.items() if name in ("period", "agency")}
    return f"{reverse('compliance:quality-rows-csv', args=[code, what])}?{urlencode(kept)}"


def agency_rows(
    kind: Kind, ledger: Ledger, numbers: Numbers | None, member: Membership | None
) -> list[list[dict[str, Any]]]:
    """Each agency that has any, the most first; nothing once one is chosen."""
    if numbers is None or member is not None:
        return []
    members = [m for m in ledger.scope.members.values() if numbers[m.agency_id]]
    members.sort(key=lambda m: (-numbers[m.agency_id], m.agency.name))
    return [
        [{"text": m.agency.name},
         {"text": numbers[m.agency_id], "href": rows_of(kind, ledger, agency=m.code),
          "hidden": f"of {m.agency.name}"}]
        for m in members
    ]


# --- Files ----------------------------------------------------------------------------------------


def as_file(rows: Iterable[Iterable[object]], name: str) -> HttpResponse:
    response = HttpResponse("\ufeff" + as_csv(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def data_quality_csv(request: HttpRequest, code: str) -> HttpResponse:
    """Every kind by agency, as a file."""
    ledger = asked_ledger(request, code)
    rows: list[tuple[object, ...]] = [("What", "Agency", "How many")]
    for kind in KINDS.values():
        if kind.by_agency is None:
            rows.append((kind.title, "", kind.total(ledger)))
            continue
        numbers = kind.by_agency(ledger)
        members = sorted(ledger.scope.members.values(), key=lambda m: m.agency.name)
        rows += [(kind.title, m.agency.name, numbers[m.agency_id]) for m in members]
    return as_file(rows, f"quorate-data-quality-{code}-{ledger.period.slug}.csv")


def quality_rows_csv(request: HttpRequest, code: str, what: str) -> HttpResponse:
    """The rows of one kind, all of them, as a file."""
    kind = asked_kind(what)
    ledger = asked_ledger(request, code)
    member = asked_member(request, ledger)
    agencies = frozenset({member.agency_id}) if member and kind.by_agency else None
    found = kind.opened(ledger, agencies)
    return as_file(
        [found.columns, *([in_words(cell) for cell in row.cells] for row in found.rows)],
        f"quorate-{what}-{code}-{ledger.period.slug}.csv",
    )
