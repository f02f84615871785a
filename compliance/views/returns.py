"""Agency returns: the rounds of a partnership, a lead's own returns, and asking for them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, F, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from compliance import actions
from compliance.forms.returns import ReturnFilter, RoundFilter, RoundForm
from compliance.models import MISSING, AgencyReturn, ReturnRound, ReturnState
from compliance.views.report_areas import index, report_crumbs
from partnership.exporting import ListFile, as_file, dated, download
from partnership.filters import Narrowed
from partnership.forms import posted
from partnership.models import Partnership, today
from partnership.reach import can, held
from partnership.roles import Permission
from partnership.templatetags.quorate import longdate
from partnership.views.editing import tried
from partnership.views.listing import chosen_sort, headings, page_of

P = Permission
LIST = "compliance:return-list"
COLOURS = {
    ReturnState.RETURNED: "green", ReturnState.NIL: "blue", ReturnState.SENT_BACK: "yellow",
    ReturnState.WAITING: "grey",
}
ROUND_COLUMNS = {"term": "Term", "state": "State", "made": "Returned", "due": "Due on"}
ROUND_SORTS = {"term": F("period"), "due": F("due_on")}
OWN_COLUMNS = {"agency": "Agency", "state": "State", "due": "Due on", "term": "Term"}
OWN_SORTS = {
    "agency": F("membership__agency__name"), "term": F("round__period"), "due": F("round__due_on"),
    "state": F("state"),
}
ROUND_FILE = {
    "Partnership": "partnership.name", "Term": "term_name", "Period": "period", "Due on": "due_on",
    "Asked": "asked_number", "Returned": "made_number", "Opened at": "opened_at", "Closed at": "closed_at",
    "Withdrawn because": "withdrawn_reason",
}
OWN_FILE = {
    "Partnership": "round.partnership.name", "Agency": "membership.agency.name", "Term": "round.term_name",
    "Period": "round.period", "Due on": "round.due_on",
    "State": lambda row: state_cell(row, today())["text"],
    "Signed on": lambda row: row.last_signed_on if row.state not in MISSING else "",
}


def crumbs(*below: tuple[str, str]) -> list[dict[str, str]]:
    return report_crumbs(("Agency returns", reverse(LIST)), *below)


# --- Rounds, and one's own ------------------------------------------------------------------------


def whole_places(request: HttpRequest) -> QuerySet[Partnership]:
    """The partnerships whose rounds the person sees as a whole."""
    return Partnership.objects.within_reach_as_a_whole(request.user, P.PRINT_REPORT)


def is_own(request: HttpRequest) -> tuple[bool, bool]:
    """Whether one's own returns are shown, and whether one may choose between them and the rounds."""
    reach = held(request.user, P.PRINT_REPORT)
    if not reach:
        raise PermissionDenied
    signs, whole = can(request.user, P.SIGN_OFF_REPORT), bool(reach.partnerships)
    return signs and (not whole or request.GET.get("whose") == "own"), signs and whole


def return_list(request: HttpRequest) -> HttpResponse:
    """The rounds of one's partnerships; for a lead the returns of their agencies."""
    own, chooses = is_own(request)
    narrowed, now, rows = own_returns(request) if own else rounds(request)
    page = page_of(request, rows)
    names, sorts = (OWN_COLUMNS, OWN_SORTS) if own else (ROUND_COLUMNS, ROUND_SORTS)
    return render(request, "compliance/return_list.html", {
        "own": own, "manages": can(request.user, P.MANAGE_AGENCIES), "filter": narrowed.form,
        "narrowed": narrowed.narrowed, "page": page, "columns": headings(request, names, sorts, now),
        "rows": [own_cells(row) if own else round_cells(row) for row in page],
        "files": [download(request, "compliance:return-list-file")],
        "switch": [
            {"text": "Rounds of the partnership", "href": "?", "current": not own},
            {"text": "Your agency’s returns", "href": "?whose=own", "current": own},
        ] if chooses else [],
        "index": index(request.user, LIST), "crumbs": crumbs(),
    }, status=422 if narrowed.form.errors else 200)


def return_list_file(request: HttpRequest, form: str) -> HttpResponseBase:
    """The filtered list as a file."""
    own = is_own(request)[0]
    rows = (own_returns(request) if own else rounds(request))[2]
    return as_file(form, ListFile(dated("returns"), OWN_FILE if own else ROUND_FILE, rows))


Listed = tuple[Narrowed, tuple[str, bool], QuerySet]


def rounds(request: HttpRequest) -> Listed:
    reach = ReturnRound.objects.visible_to(request.user).filter(partnership__in=whole_places(request))
    narrowed = RoundFilter(request.GET, queryset=reach.select_related("partnership"))
    now = chosen_sort(request.GET.get("sort") or "-due", ROUND_SORTS, "due")
    stands = Q(returns__sign_offs__ended_at=None)
    rows = narrowed.qs.annotate(
        asked_number=Count("returns", distinct=True),
        made_number=Count("returns__sign_offs", filter=stands, distinct=True),
    )
    return narrowed, now, rows.order_by(ordered(ROUND_SORTS, now), "-pk")


def own_returns(request: HttpRequest) -> Listed:
    reach = AgencyReturn.objects.within_reach(request.user, P.SIGN_OFF_REPORT).with_state()
    reach = reach.select_related("round__partnership", "membership__agency")
    narrowed = ReturnFilter(request.GET, queryset=reach, on=today())
    now = chosen_sort(request.GET.get("sort") or "-due", OWN_SORTS, "due")
    return narrowed, now, narrowed.qs.order_by(ordered(OWN_SORTS, now), "-pk")


def ordered(sorts: dict[str, F], now: tuple[str, bool]) -> Any:
    name, down = now
    return sorts[name].desc(nulls_last=True) if down else sorts[name].asc(nulls_last=True)


def round_cells(row: ReturnRound) -> list[Any]:
    missing = row.asked_number - row.made_number
    return [
        {
            "text": row.term_name, "hint": row.partnership.name,
            "href": reverse("compliance:return-detail", args=[row.pk]),
        },
        round_state(row, missing),
        f"{row.made_number} of {row.asked_number}",
        longdate(row.due_on),
    ]


def round_state(row: ReturnRound, missing: int) -> dict[str, str]:
    if row.withdrawn_reason:
        return {"text": "Withdrawn"}
    if row.closed_at:
        return {"text": "Closed", "hint": f"{missing} made none" if missing else "All returned"}
    if missing and row.is_late(today()):
        return {"text": f"{missing} late", "tag_colour": "red"}
    return {"text": f"{missing} waiting" if missing else "All returned"}


def own_cells(row: AgencyReturn) -> list[Any]:
    return [
        {"text": row.membership.agency.name, "href": address_of(row)},
        state_cell(row, today()),
        longdate(row.round.due_on),
        {"text": row.round.term_name, "hint": row.round.partnership.name},
    ]


def address_of(row: AgencyReturn) -> str:
    return reverse("compliance:return-agency", args=[row.round_id, row.membership.code])


def state_cell(row: AgencyReturn, on: date, late: int = 0) -> dict[str, str]:
    """Where a return is, and whether it is late; ``late`` in working days, where they were counted."""
    state = ReturnState(row.state)
    if row.round.withdrawn_reason:
        return {"text": "Withdrawn", "tag_colour": "grey"}
    if state in MISSING and row.round.closed_at:
        return {"text": "No return", "tag_colour": "red"}
    cell = {"text": state.label, "tag_colour": COLOURS[state]}
    if state in MISSING and row.round.is_late(on):
        days = f"Late by {late} working day{'' if late == 1 else 's'}" if late else "Late"
        return cell | {"tag_colour": "red", "hint": days}
    if state not in MISSING and row.last_signed_on > row.round.due_on:
        return cell | {"hint": "After the due date"}
    return cell


# --- Asking ---------------------------------------------------------------------------------------


def return_new(request: HttpRequest) -> HttpResponse:
    """Ask every agency of a partnership for its return of a term."""
    if not can(request.user, P.MANAGE_AGENCIES):
        raise PermissionDenied
    on = today()
    form = RoundForm(posted(request), user=request.user, on=on)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        asked = tried(form, lambda: actions.open_round(
            by=request.user, partnership=form.place, period=data["period"], due_on=data["due_on"]
        ), "Returns for that term were asked for in this very moment.")
        if asked:
            number = asked.returns.count()
            who = "1 agency is asked for its return" if number == 1 else f"{number} agencies are asked for their return"
            messages.success(
                request, f"{who} for {asked.term_name}, by {longdate(asked.due_on)}. The leads get a mail; "
                "which agency has none stands in the table."
            )
            return redirect("compliance:return-detail", asked.pk)
    return render(request, "partnership/plain_form.html", {
        "form": form, "title": "Ask for returns", "submit": "Ask every agency",
        "caption": form.places[0].name if len(form.places) == 1 else "",
        "lede": "Every agency of the partnership is asked to confirm its data for the term, or to say that "
        "it has nothing to report. Their leads get a mail now, 5 working days before the due date, and "
        "when they are late.",
        "back": reverse("compliance:return-list"), "crumbs": crumbs(("Ask for returns", "")),
    }, status=422 if form.errors else 200)
