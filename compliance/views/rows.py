"""The rows behind a number."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from compliance.measures import Ledger, Scope, open_ledger
from compliance.measures.annual import FIXED
from compliance.measures.labels import labels
from compliance.measures.quality import long
from compliance.presenting import BY_WORDS
from compliance.rows import NoSuchRows, Opened, OpenedRow, opened, opened_count
from compliance.views.crumbs import crumbs
from compliance.views.reaching import agency_scope, asked_period, may, partnership_scope
from conferences.models import Meeting
from partnership.exporting import ListFile, as_file, dated, download, in_places
from partnership.history import record
from partnership.roles import Permission

ROWS_ON_A_PAGE = 100
THESE = "Download these rows"
SENTENCE = 60  # characters: on a phone the cell then keeps a width at which it can be read
BREAKDOWNS = frozenset(
    {"course", "role_group", "kind", "mode", "who", "half", "quarter", "what", "unit", "agency", "stage",
     "sector", "report", "decision"}
)
NARROWING = ("role_group", "course", "kind", "half", "report", "decision")  # of plain counts
TAGS = {True: ("Yes", "green"), False: ("No", "grey"), None: ("", "")}


@dataclass
class Listing:
    """The rows behind the number that the address names, met or not met where that is asked."""

    request: HttpRequest
    scope: Scope
    names: bool  # of people, for the agency's own lead only

    def __post_init__(self) -> None:
        self.period = asked_period(self.request, self.scope)
        self.ledger = open_ledger(self.scope, self.period)
        self.found = asked_rows(self.request, self.ledger, self.names)

    @property
    def chosen(self) -> str:
        asked = self.request.GET.get("met", "")
        return asked if asked in ("yes", "no") else ""

    @property
    def rows(self) -> list[OpenedRow]:
        return [row for row in self.found.rows if not self.chosen or row.met is (self.chosen == "yes")]


def of_agency(request: HttpRequest, code: str, agency: str) -> Listing:
    scope = agency_scope(request, code, agency, Permission.VIEW_MEASURES)
    return Listing(request, scope, may(request, scope, Permission.VIEW_MEASURE_NAMES))


def of_partnership(request: HttpRequest, code: str) -> Listing:
    """Without names."""
    return Listing(request, partnership_scope(request, code, Permission.VIEW_MEASURES), names=False)


def agency_rows(request: HttpRequest, code: str, agency: str) -> HttpResponse:
    listing = of_agency(request, code, agency)
    return page_of(listing, "compliance:agency-rows-file", code, agency)


def partnership_rows(request: HttpRequest, code: str) -> HttpResponse:
    listing = of_partnership(request, code)
    return page_of(listing, "compliance:partnership-rows-file", code)


def agency_rows_file(request: HttpRequest, code: str, agency: str, form: str) -> HttpResponseBase:
    return file_of(of_agency(request, code, agency), form)


def partnership_rows_file(request: HttpRequest, code: str, form: str) -> HttpResponseBase:
    return file_of(of_partnership(request, code), form)


def page_of(listing: Listing, route: str, *args: str) -> HttpResponse:
    request, scope, found = listing.request, listing.scope, listing.found
    page = Paginator(listing.rows, ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "compliance/rows.html", {
        "found": found,
        "scope": scope,
        "period": listing.period,
        "page": page,
        "met": found.met,
        "not_met": found.total - found.met,
        "columns": [{"text": text} for text in columns(found)],
        "rows": laid_out(request, scope, found, page),
        "chosen": listing.chosen,
        "narrowed": narrowed(request, listing.ledger),
        "files": [download(request, route, *args, text=THESE, rows=page.paginator.count)],
        "crumbs": crumbs(request, scope, listing.period, "Rows"),
    })


def file_of(listing: Listing, form: str) -> HttpResponseBase:
    """The rows of the page, all of them, for a spreadsheet; that they were taken is in the history."""
    request, scope, found = listing.request, listing.scope, listing.found
    laid = laid_out(request, scope, found, listing.rows)
    rows = [[cell.get("day", cell["text"]) for cell in row] for row in laid]
    record(
        request.user, "took rows", scope.agency or scope.partnership, partnership=scope.partnership,
        agency=scope.agency, period=listing.period.name, names=listing.names,
    )
    return as_file(form, ListFile(dated("rows"), in_places(columns(found)), rows))


def columns(found: Opened) -> list[str]:
    """Whether it is met stands second, where a phone shows it."""
    met = [found.met_label] if found.met_label else []
    return [found.columns[0], *met, *(text for text in found.columns[1:] if text not in met)]


def asked_rows(request: HttpRequest, ledger: Ledger, names: bool) -> Opened:
    """The rows that the address names; 404 when it names no number."""
    asked = request.GET.dict()
    try:
        if "count" in asked:
            by = {name: asked[name] for name in NARROWING if name in asked}
            return opened_count(ledger, asked["count"], names=names, **by)
        by = breakdown(request)
        return opened(ledger, asked.get("measure", ""), asked.get("basis", ""), by, names=names)
    except (NoSuchRows, ValueError) as error:
        raise Http404 from error


def breakdown(request: HttpRequest) -> dict[str, str]:
    return {name: value for name, value in request.GET.items() if name in BREAKDOWNS}


def narrowed(request: HttpRequest, ledger: Ledger) -> list[str]:
    """What the rows are narrowed to, in words: "Role group: Manager"."""
    by = breakdown(request)
    known = labels(ledger) | FIXED if by else {}
    return [
        f"{BY_WORDS[name]}: {known.get((name, value), value)}"
        for name, value in by.items()
        if name in BY_WORDS
    ]


def laid_out(request: HttpRequest, scope: Scope, found: Opened, page: Iterable[OpenedRow]) -> list[list[dict]]:
    """The page's rows as cells, leading to the meetings that the reader may open."""
    references = {row.reference for row in page if row.reference}
    reach = Meeting.objects.visible_to(request.user).filter(partnership=scope.partnership)
    seen = set()
    if references:
        seen = set(reach.filter(reference__in=references).values_list("reference", flat=True))
    whole = may(request, Scope(scope.partnership), Permission.VIEW_MEASURES)
    shown = (row if whole or row.reference in {"", *seen} else unnamed(row) for row in page)
    return [cells(row, found, scope, seen) for row in shown]


def unnamed(row: OpenedRow) -> OpenedRow:
    """A meeting to which the reader's agency was not invited: it counts, and stays unnamed."""
    rest = ("–" if isinstance(cell, date) else cell for cell in row.cells[1:])
    return OpenedRow(("Another meeting", *rest), row.met, "", row.counts)


def cells(row: OpenedRow, found: Opened, scope: Scope, seen: set[str]) -> list[dict]:
    laid = [as_cell(cell) for cell in row.cells]
    laid[0]["header"] = True
    if row.reference in seen:
        laid[0]["href"] = reverse(
            "conferences:meeting-detail", args=[scope.partnership.code, row.reference]
        )
    if found.met_label:
        text, colour = TAGS[row.met]
        laid = [cell for cell, name in zip(laid, found.columns, strict=True) if name != found.met_label]
        laid.insert(1, {"text": text, "tag_colour": colour})
    return laid


def as_cell(value: object) -> dict:
    """A value in words, and a day as a day too, for the file."""
    day = {"day": value} if isinstance(value, date) else {}
    return {"text": in_words(value), "wide": len(str(value)) > SENTENCE, **day}


def in_words(cell: object) -> object:
    return long(cell) if isinstance(cell, date) else cell
