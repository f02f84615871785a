"""The targets of a partnership: all versions, for its page and as a file."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

from compliance.measures import MEASURES
from compliance.models import Target
from partnership.exporting import ListFile, as_file, dated
from partnership.models import Partnership, today
from partnership.views.dated import state_of, until_of


def asked_place(request: HttpRequest) -> tuple[Partnership, list[Partnership]]:
    """The partnership that was asked for, and all those whose figures the person sees."""
    places = list(Partnership.objects.visible_to(request.user).order_by("name"))
    if not places:
        raise PermissionDenied
    asked = request.GET.get("partnership") or places[0].code
    place = next((p for p in places if p.code == asked), None)
    if place is None:
        raise Http404
    return place, places


def versions(place: Partnership) -> list[Target]:
    """All versions, measure by measure, the newest of each first."""
    order = list(MEASURES)
    return sorted(place.targets.order_by("-effective_from"), key=lambda row: order.index(row.measure))


def target_list(request: HttpRequest, form: str) -> HttpResponseBase:
    place, _ = asked_place(request)
    rows = versions(place)

    def same(row: Target) -> list[Target]:
        return [other for other in rows if other.measure == row.measure]

    columns = {
        "Measure": lambda row: MEASURES[row.measure].title, "Good from (%)": "good_from",
        "Watch from (%)": "watch_from", "State": lambda row: state_of(row, same(row), today())[0],
        "From": "effective_from", "Until": lambda row: until_of(row, same(row)),
    }
    return as_file(form, ListFile(dated(f"targets-{place.code}"), columns, rows))
