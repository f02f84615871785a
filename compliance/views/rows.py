"""The rows behind a number."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from compliance.measures import Ledger, Scope, open_ledger
from compliance.measures.labels import labels
from compliance.measures.quality import long
from compliance.presenting import BY_WORDS
from compliance.rows import NoSuchRows, Opened, OpenedRow, opened, opened_count
from compliance.views.crumbs import crumbs
from compliance.views.reaching import agency_scope, asked_period, may, partnership_scope
from conferences.models import Meeting
from partnership.exporting import as_csv
from partnership.history import record
from partnership.roles import Permission

ROWS_ON_A_PAGE = 100
SENTENCE = 60  # characters: on a phone the cell then keeps a width at which it can be read
BREAKDOWNS = frozenset(
    {"course", "role_group", "kind", "mode", "who", "half", "quarter", "what", "unit", "agency", "stage"}
)
TAGS = {True: ("Yes", "green"), False: ("No", "grey"), None: ("", "")}


def agency_rows(request: HttpRequest, code: str, agency: str) -> HttpResponse:
    """The rows behind one number of an agency; names for its own lead only."""
    scope = agency_scope(request, code, agency, Permission.VIEW_MEASURES)
    names = may(request, scope, Permission.VIEW_MEASURE_NAMES)
    return rows(request, scope, names)


def partnership_rows(request: HttpRequest, code: str) -> HttpResponse:
    """The rows behind one number of a partnership, without names."""
    scope = partnership_scope(request, code, Permission.VIEW_MEASURES)
    return rows(request, scope, names=False)


def rows(request: HttpRequest, scope: Scope, names: bool) -> HttpResponse:
    period = asked_period(request, scope)
    ledger = open_ledger(scope, period)
    found = asked_rows(request, ledger, names)
    chosen = request.GET.get("met", "")
    shown = [row for row in found.rows if chosen not in ("yes", "no") or row.met is (chosen == "yes")]
    if "csv" in request.GET:
        return as_file(request, scope, found, shown, names=names)
    page = Paginator(shown, ROWS_ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "compliance/rows.html", {
        "found": found,
        "scope": scope,
        "period": period,
        "page": page,
        "met": found.met,
        "not_met": found.total - found.met,
        "columns": [{"text": text} for text in columns(found)],
        "rows": laid_out(request, scope, found, page),
        "chosen": chosen,
        "narrowed": narrowed(request, ledger),
        "crumbs": crumbs(request, scope, period, "Rows"),
    })


def as_file(
    request: HttpRequest, scope: Scope, found: Opened, shown: list[OpenedRow], *, names: bool
) -> HttpResponse:
    """The rows of the page, all of them, for a spreadsheet; that they were taken is in the history."""
    laid = [[cell["text"] for cell in row] for row in laid_out(request, scope, found, shown)]
    response = HttpResponse(as_csv([columns(found), *laid]), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="quorate-rows.csv"'
    record(
        request.user, "took rows", scope.agency or scope.partnership, partnership=scope.partnership,
        agency=scope.agency, period=asked_period(request, scope).name, names=names,
    )
    return response


def columns(found: Opened) -> list[str]:
    """Whether it is met stands second, where a phone shows it."""
    met = [found.met_label] if found.met_label else []
    return [found.columns[0], *met, *(text for text in found.columns[1:] if text not in met)]


def asked_rows(request: HttpRequest, ledger: Ledger, names: bool) -> Opened:
    """The rows that the address names; 404 when it names no number."""
    asked = request.GET.dict()
    try:
        if "count" in asked:
            by = {name: asked[name] for name in ("role_group", "course") if name in asked}
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
    known = labels(ledger) if by else {}
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
    laid = [{"text": in_words(cell), "wide": len(str(cell)) > SENTENCE} for cell in row.cells]
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


def in_words(cell: object) -> object:
    return long(cell) if isinstance(cell, date) else cell
