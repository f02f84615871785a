"""The authority's quorate flag set against ours: where they differ, and what only one of them has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from compliance.asking import periods_around
from compliance.measures import Scope
from compliance.period import Period
from compliance.views.reaching import asked_period
from conferences.choices import CONFERENCES, MeetingKind
from conferences.comparing import (
    AGREE,
    DIFFER,
    NOT_HERE,
    NOT_THERE,
    TITLES,
    UNKNOWN,
    Compared,
    compare,
)
from conferences.models import ExtractLine
from partnership.exporting import ListFile, as_file, download
from partnership.models import Partnership
from partnership.reach import can
from partnership.roles import Permission
from partnership.templatetags.quorate import longdate
from partnership.views.listing import chosen_sort, headings

PAGE = 25
SAID = {True: "Quorate", False: "Not quorate", None: "–"}
COLUMNS = {"reference": "Meeting", "held_on": "Date", "verdict": "Compared",
           "theirs": "The authority says", "ours": "Quorate says"}
SORTS: dict[str, Callable[[Compared], tuple]] = {
    "reference": lambda one: (one.known.reference,), "held_on": lambda one: (one.known.held_on,),
    "verdict": lambda one: (TITLES[one.verdict],),
}
FILE: dict[str, Any] = {
    "Meeting": "known.reference", "Date": "known.held_on", "Kind": "known.get_kind_display",
    "Compared": lambda one: TITLES[one.verdict], "The authority says": lambda one: SAID[one.theirs],
    "Quorate says": lambda one: SAID[one.ours], "Why": lambda one: reason(one),
    "In the extract as": "line.sent_as",
}
COLOURS = {DIFFER: "red", AGREE: "green", NOT_HERE: "yellow", NOT_THERE: "yellow", UNKNOWN: "grey"}
IN_LINE = {NOT_HERE: "not in Quorate", NOT_THERE: "not in the extract", UNKNOWN: "cannot be compared"}
BESIDE = tuple(IN_LINE)


class ExtractFilter(forms.Form):
    """What became of the comparison, the kind, and the reference."""

    verdict = forms.ChoiceField(label="Compared", required=False, choices=[("", "All"), *TITLES.items()])
    kind = forms.ChoiceField(
        label="Kind", required=False,
        choices=[("", "Any"), *((kind, MeetingKind(kind).label) for kind in sorted(CONFERENCES))],
    )
    q = forms.CharField(label="Reference", required=False, max_length=40)

    def fits(self, one: Compared) -> bool:
        asked = self.cleaned_data
        return (
            asked.get("verdict") in ("", None, one.verdict) and asked.get("kind") in ("", None, one.known.kind)
            and (asked.get("q") or "").casefold() in one.known.reference.casefold()
        )


def asked_place(request: HttpRequest) -> tuple[Partnership, list[Partnership]]:
    """The partnership that was asked for, of those all of whose meetings the person may see."""
    reach = Partnership.objects.within_reach_as_a_whole(request.user, Permission.VIEW_MEETINGS)
    places = list(reach.order_by("name"))
    asked = request.GET.get("partnership")
    found = next((place for place in places if asked in (None, "", place.code)), None)
    if found is None:
        raise Http404
    return found, places


@dataclass
class Asked:
    """What the address asks for: whose conferences, of which period, which of them, in which order."""

    request: HttpRequest

    def __post_init__(self) -> None:
        self.place, self.places = asked_place(self.request)
        self.period = asked_period(self.request, Scope(self.place))
        self.filter = ExtractFilter(self.request.GET)
        self.filter.is_valid()
        self.sort = chosen_sort(self.request.GET.get("sort", ""), SORTS, "")

    @cached_property
    def found(self) -> list[Compared]:
        return compare(self.place, self.period.first, self.period.last)

    @property
    def shown(self) -> list[Compared]:
        name, down = self.sort
        fitting = [one for one in self.found if self.filter.fits(one)]
        return sorted(fitting, key=SORTS.get(name, differences_first), reverse=down)


def extract_list_file(request: HttpRequest, form: str) -> HttpResponseBase:
    """The filtered list as a file."""
    asked = Asked(request)
    name = f"extract-{asked.place.code}-{asked.period.slug}"
    return as_file(form, ListFile(name, FILE, asked.shown))


def extract_list(request: HttpRequest) -> HttpResponse:
    """Every conference of the period that the extract or Quorate has, the differences first."""
    asked = Asked(request)
    place, period, narrow = asked.place, asked.period, asked.filter
    page = Paginator(asked.shown, PAGE).get_page(request.GET.get("page"))
    numbers = Counter(one.verdict for one in asked.found)
    return render(request, "compliance/extract_list.html", {
        "place": place, "period": period, "page": page, "filter": narrow,
        "narrowed": any(narrow.cleaned_data.values()), "rows": [cells(one, place) for one in page],
        "columns": headings(request, COLUMNS, SORTS, asked.sort), "agree": numbers[AGREE],
        "compared": numbers[AGREE] + numbers[DIFFER], "differ": numbers[DIFFER],
        "differences": opens(place, period, DIFFER),
        "beside": [
            {"number": numbers[verdict], "text": IN_LINE[verdict], "href": opens(place, period, verdict)}
            for verdict in BESIDE if numbers[verdict]
        ],
        # unscoped: of the partnership that the person was just found to see as a whole
        "any": bool(asked.found) and ExtractLine.objects.filter(partnership=place).exists(),
        "imports": can(request.user, Permission.RECORD_CONFERENCES),
        "places": [link(each.name, each, period, each == place) for each in asked.places if len(asked.places) > 1],
        "periods": [link(each.name, place, each, each == period) for each in periods_around(period)],
        "files": [download(request, "compliance:extract-list-file")],
        "kept": [("partnership", place.code), ("period", period.slug)],
        "clear": f"?{urlencode({'partnership': place.code, 'period': period.slug})}",
        "crumbs": [
            {"text": "Home", "href": "/"}, {"text": "Meetings", "href": reverse("conferences:meeting-list")},
            {"text": "National extract", "href": ""},
        ],
    })


def differences_first(one: Compared) -> tuple:
    return one.verdict != DIFFER, one.known.held_on, one.known.reference


def link(text: str, place: Partnership, period: Period, current: bool) -> dict[str, Any]:
    query = urlencode({"partnership": place.code, "period": period.slug})
    return {"text": text, "href": f"?{query}", "current": current}


def opens(place: Partnership, period: Period, verdict: str) -> str:
    """The rows behind a number."""
    return f"?{urlencode({'partnership': place.code, 'period': period.slug, 'verdict': verdict})}"


def cells(one: Compared, place: Partnership) -> list[dict[str, Any]]:
    page = one.meeting and reverse("conferences:meeting-detail", args=[place.code, one.meeting.reference])
    sent_as = f", “{one.line.sent_as}” in the extract" if one.line and one.line.sent_as else ""
    return [
        {"text": one.known.reference, "header": True, "hint": one.known.get_kind_display() + sent_as,
         **({"href": page} if page else {})},
        {"text": longdate(one.known.held_on)},
        {"text": TITLES[one.verdict], "tag_colour": COLOURS[one.verdict]},
        {"text": SAID[one.theirs]},
        {"text": SAID[one.ours], "hint": reason(one), "wide": bool(reason(one))},
    ]


def reason(one: Compared) -> str:
    """Why we judged as we did, where the authority says otherwise; or why nothing can be compared."""
    return one.meeting.quorum_sentence if one.verdict == DIFFER else one.why
