"""Data quality: what is missing, open, disputed or late, by agency, each number opening its rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from compliance.asking import periods_around
from compliance.measures import Ledger, Scope, open_ledger
from compliance.rows import OpenedRow
from compliance.rows.quality import KINDS, Kind, totals
from compliance.rows.seats import Numbers, Seats
from compliance.views.reaching import asked_period, partnership_scope
from compliance.views.rows import THESE, laid_out
from partnership.exporting import ListFile, as_file, download, in_places
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
        "rows": [kind_row(KINDS[key], ledger, number) for key, number in totals(ledger).items()],
        "files": [download(
            request, "compliance:data-quality-file", place.code, text="Download the numbers by agency"
        )],
        "crumbs": set_up_crumbs(request.user, ("Data quality", "")),
    })


def kind_row(kind: Kind, ledger: Ledger, number: int) -> list[dict[str, Any]]:
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


@dataclass
class Listing:
    """The rows of one kind of defect, of one agency where that is asked, in the order that is asked."""

    request: HttpRequest
    code: str
    what: str

    def __post_init__(self) -> None:
        self.kind = asked_kind(self.what)
        self.ledger = asked_ledger(self.request, self.code)
        self.member = asked_member(self.request, self.ledger)
        narrow = self.member is not None and self.kind.by_agency is not None
        self.found = self.kind.opened(self.ledger, frozenset({self.member.agency_id}) if narrow else None)
        self.names = {str(place): text for place, text in enumerate(self.found.columns)}
        self.sort = chosen_sort(self.request.GET.get("sort", ""), self.names, "")

    @property
    def numbers(self) -> Numbers:
        """How many each agency has; nothing once one is chosen, or where it is of no agency."""
        if self.member is not None or self.kind.by_agency is None:
            return Numbers()
        rows = self.rows
        return rows.numbers if isinstance(rows, Seats) else self.kind.by_agency(self.ledger)

    @cached_property
    def rows(self) -> Sequence[OpenedRow]:
        return ordered(self.found.rows, self.sort)

    def laid_out(self, rows: Iterable[OpenedRow]) -> list[list[dict[str, Any]]]:
        return laid_out(self.request, self.ledger.scope, self.found, rows)


def quality_rows(request: HttpRequest, code: str, what: str) -> HttpResponse:
    """One kind of defect: how many each agency has, and the rows."""
    listing = Listing(request, code, what)
    kind, ledger, member = listing.kind, listing.ledger, listing.member
    page = Paginator(listing.rows, PAGE).get_page(request.GET.get("page"))
    index = reverse("compliance:data-quality")
    kept = {"partnership": code, "period": ledger.period.slug}
    return render(request, "compliance/quality_rows.html", {
        "kind": kind,
        "place": ledger.scope.partnership,
        "period": ledger.period,
        "member": member,
        "agencies": agency_rows(kind, ledger, listing.numbers),
        "agency_columns": AGENCY_COLUMNS,
        "all_href": rows_of(kind, ledger),
        "columns": headings(request, listing.names, listing.names, listing.sort),
        "rows": listing.laid_out(page),
        "page": page,
        "files": [download(
            request, "compliance:quality-rows-file", code, what, text=THESE, rows=page.paginator.count,
        )],
        "crumbs": set_up_crumbs(
            request.user, ("Data quality", f"{index}?{urlencode(kept)}"), (kind.title, "")
        ),
    })


def ordered(rows: Sequence[OpenedRow], sort: tuple[str, bool]) -> Sequence[OpenedRow]:
    """The rows by one of their cells; without one in their own order, the oldest first."""
    place, down = sort
    if not place:
        return rows
    if isinstance(rows, Seats):
        return rows.by(int(place), down)
    return sorted(rows, key=lambda row: key_of(row.cells[int(place)]), reverse=down)


def key_of(cell: object) -> tuple[bool, str]:
    """Days as they follow one another, words by their letters, what is missing first."""
    return isinstance(cell, date), cell.isoformat() if isinstance(cell, date) else str(cell).casefold()


def agency_rows(kind: Kind, ledger: Ledger, numbers: Numbers) -> list[list[dict[str, Any]]]:
    """Each agency that has any, the most first."""
    members = [m for m in ledger.scope.members.values() if numbers[m.agency_id]]
    members.sort(key=lambda m: (-numbers[m.agency_id], m.agency.name))
    return [
        [{"text": m.agency.name},
         {"text": numbers[m.agency_id], "href": rows_of(kind, ledger, agency=m.code),
          "hidden": f"of {m.agency.name}"}]
        for m in members
    ]


# --- Files ----------------------------------------------------------------------------------------


def data_quality_file(request: HttpRequest, code: str, form: str) -> HttpResponseBase:
    """Every kind by agency, as a file."""
    ledger = asked_ledger(request, code)
    rows: list[tuple[object, ...]] = []
    for kind in KINDS.values():
        if kind.by_agency is None:
            rows.append((kind.title, "", kind.total(ledger)))
            continue
        numbers = kind.by_agency(ledger)
        members = sorted(ledger.scope.members.values(), key=lambda m: m.agency.name)
        rows += [(kind.title, m.agency.name, numbers[m.agency_id]) for m in members]
    columns = in_places(("What", "Agency", "How many"))
    return as_file(form, ListFile(f"data-quality-{code}-{ledger.period.slug}", columns, rows))


def quality_rows_file(request: HttpRequest, code: str, what: str, form: str) -> HttpResponseBase:
    """The rows of one kind, all of them, in the order of the page."""
    listing = Listing(request, code, what)
    rows = [[cell.get("day", cell["text"]) for cell in row] for row in listing.laid_out(listing.rows)]
    name = f"{what}-{code}-{listing.ledger.period.slug}"
    return as_file(form, ListFile(name, in_places(listing.found.columns), rows))
