"""Whether the people who are sent are trained for it: by agency and role group, without names.

The measure ``duty_trained`` and nothing else, from its own ledger.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from compliance.asking import default_period, periods_around
from compliance.measures import Ledger, Scope, open_ledger
from compliance.measures.definitions import DUTY_TRAINED
from compliance.measures.training import duty_rows, never_sent
from compliance.period import Period, PeriodError
from compliance.scorecard import percent, percent_text
from partnership.exporting import ListFile, as_file, download
from partnership.models import Membership, Partnership, RoleGroup
from partnership.roles import Permission
from training.views.areas import PAGE, asked_order, column, crumbs, index, must

P = Permission
ROUTE = "compliance:duty-list"
TEXT = "Trained for duty"


@dataclass(slots=True)
class Line:
    """An agency's people of one role group: how often they were sent, and whether trained."""

    membership: Membership
    role_group: RoleGroup
    met: int = 0
    total: int = 0
    beside: int = 0  # attendances to which no duty requirement applied
    never: int = 0

    @property
    def agency(self) -> str:
        return self.membership.agency.name


SORTS = {
    "agency": lambda line: (line.agency, line.role_group.title),
    "role_group": lambda line: (line.role_group.title, line.agency),
    "share": lambda line: (percent(line.met, line.total) if line.total else 101, line.agency),
    "not_trained": lambda line: (line.total - line.met, line.agency),
    "never": lambda line: (line.never, line.agency),
}


FILE = {
    "Agency": "agency", "Role group": "role_group.title", "Attendances by people trained": "met",
    "Attendances counted": "total", "Sent untrained": lambda line: line.total - line.met,
    "Nothing asked": "beside", "Never sent": "never",
}


class DutyFilter(forms.Form):
    role_group = forms.ModelChoiceField(
        label="Role group", queryset=RoleGroup.objects.all(), required=False, empty_label="Any"  # unscoped: the same for all
    )
    agency = forms.ChoiceField(label="Agency", required=False)

    def __init__(self, *args: Any, agencies: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["agency"].choices = [("", "Any"), *agencies]
        if len(agencies) < 2:
            del self.fields["agency"]


@dataclass
class Listing:
    """The lines that were asked for, in the order that was asked for."""

    request: HttpRequest

    def __post_init__(self) -> None:
        must(self.request, P.VIEW_MEASURES)
        self.places = list(Partnership.objects.visible_to(self.request.user).order_by("name"))
        self.partnership = chosen(self.request, self.places)
        self.period = asked_period(self.request, self.partnership)
        self.order = asked_order(self.request, SORTS, "agency")
        reach = Membership.objects.within_reach(self.request.user, P.VIEW_MEASURES)
        rows = reach.filter(partnership=self.partnership).select_related("agency")
        self.members = {row.agency_id: row for row in rows}
        agencies = sorted((m.code, m.agency.name) for m in self.members.values())
        self.filter = DutyFilter(self.request.GET, agencies=agencies)
        self.filter.is_valid()

    @property
    def lines(self) -> list[Line]:
        found = lines(open_ledger(Scope(self.partnership), self.period), self.members)
        name, down = self.order
        shown = (line for line in found if fits(line, self.filter.cleaned_data))
        return sorted(shown, key=SORTS[name], reverse=down)


def duty_list_file(request: HttpRequest, form: str) -> HttpResponseBase:
    """All lines of the page, as counts; a share is met of total."""
    listing = Listing(request)
    name = f"duty-{listing.partnership.code}-{listing.period.slug}"
    return as_file(form, ListFile(name, FILE, listing.lines))


def duty_list(request: HttpRequest) -> HttpResponse:
    listing = Listing(request)
    places, partnership, period = listing.places, listing.partnership, listing.period
    shown, narrow, order = listing.lines, listing.filter, listing.order
    page = Paginator(shown, PAGE).get_page(request.GET.get("page"))
    met, total = sum(line.met for line in shown), sum(line.total for line in shown)
    return render(request, "compliance/duty_list.html", {
        "index": index(request.user, ROUTE), "page": page, "period": period, "partnership": partnership,
        "columns": columns(request, order), "rows": [cells(line, period) for line in page],
        "filter": narrow, "narrowed": any(narrow.cleaned_data.values()),
        "printed": f"{percent_text(met, total)}%" if total else "none", "met": met, "total": total,
        "never": sum(line.never for line in shown), "sentence": DUTY_TRAINED.sentence,
        "periods": links(periods_around(period), period, partnership, places),
        "places": place_links(places, partnership, period), "crumbs": crumbs(TEXT),
        "clear": f"?{urlencode({'partnership': partnership.code, 'period': period.slug})}",
        "files": [download(request, "compliance:duty-list-file")],
        "kept": [("partnership", partnership.code), ("period", period.slug)],
    })


def chosen(request: HttpRequest, places: list[Partnership]) -> Partnership:
    """The partnership asked for, else the first; 404 for one out of reach."""
    asked = request.GET.get("partnership")
    found = [place for place in places if asked in (None, "", place.code)]
    if not found:
        raise Http404
    return found[0]


def asked_period(request: HttpRequest, partnership: Partnership) -> Period:
    """The period of the address, else the last year with meetings; 404 for what is no period."""
    try:
        asked = request.GET.get("period")
        return Period.parse(asked) if asked else default_period(partnership)
    except PeriodError as error:
        raise Http404 from error


def lines(ledger: Ledger, members: dict[int, Membership]) -> list[Line]:
    """The attendances and the people of the agencies that the reader may ask about."""
    found: dict[tuple[int, int], Line] = {}

    def line_of(person: Any) -> Line | None:
        if person.agency_id not in members:
            return None
        key = person.agency_id, person.role_group_id
        return found.setdefault(key, Line(members[person.agency_id], person.role_group))

    for row in duty_rows(ledger):
        if line := line_of(row.person):
            line.met += bool(row.trained)
            line.total += 1
    for row in ledger.attended:
        if row.trained is None and (line := line_of(row.person)):
            line.beside += 1
    for person in never_sent(ledger):
        if line := line_of(person):
            line.never += 1
    return list(found.values())


def fits(line: Line, asked: dict[str, Any]) -> bool:
    group, agency = asked.get("role_group"), asked.get("agency")
    return group in (None, line.role_group) and (not agency or agency == line.membership.code)


# --- In words -----------------------------------------------------------------------------------------


def columns(request: HttpRequest, order: tuple[str, bool]) -> list[dict[str, Any]]:
    return [
        column(request, "Agency", "agency", order, header=True),
        column(request, "Role group", "role_group", order),
        column(request, "Trained for duty", "share", order, numeric=True),
        column(request, "Sent untrained", "not_trained", order, numeric=True),
        {"text": "Nothing asked", "numeric": True},
        column(request, "Never sent", "never", order, numeric=True),
    ]


def cells(line: Line, period: Period) -> list[dict[str, Any]]:
    """A line; every number opens its rows, without names except for the agency's own lead."""
    codes = [line.membership.partnership.code, line.membership.code]
    rows, group = reverse("compliance:agency-rows", args=codes), line.role_group.code
    of_duty = {"period": period.slug, "measure": DUTY_TRAINED.key, "basis": str(DUTY_TRAINED.basis), "role_group": group}
    unmet = {**of_duty, "met": "no"}
    idle = {"period": period.slug, "count": "trained_never_sent", "role_group": group}

    def number(value: int, words: str, query: dict[str, str]) -> dict[str, Any]:
        if not value:
            return {"text": "none"}
        return {"text": value, "href": f"{rows}?{urlencode(query)}", "hidden": f"{words}, {line.agency}, {line.role_group}"}

    share = {"text": "none"}
    if line.total:
        share = number(line.total, "attendances", of_duty) | {
            "text": f"{percent_text(line.met, line.total)}%", "hint": f"{line.met} of {line.total}"
        }
    return [
        {"text": line.agency}, {"text": line.role_group.title}, share,
        number(line.total - line.met, "sent untrained", unmet), {"text": line.beside or "none"},
        number(line.never, "never sent", idle),
    ]


def links(
    periods: list[Period], now: Period, partnership: Partnership, places: list[Partnership]
) -> list[dict[str, Any]]:
    kept = {"partnership": partnership.code} if len(places) > 1 else {}
    return [
        {"text": p.name, "href": "?" + urlencode(kept | {"period": p.slug}), "current": p == now}
        for p in periods
    ]


def place_links(places: list[Partnership], now: Partnership, period: Period) -> list[dict[str, Any]]:
    if len(places) < 2:
        return []
    return [
        {"text": p.name, "href": "?" + urlencode({"partnership": p.code, "period": period.slug}), "current": p == now}
        for p in places
    ]
