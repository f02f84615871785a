"""Packs of reports: the list of one's own, choosing and checking a new one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from compliance.actions import ask_pack
from compliance.asking import default_period
from compliance.forms.packs import PackFilter, PackForm
from compliance.measures.returned import asked, without_return
from compliance.models import IssuedReport, Pack, PackState
from compliance.period import Period, PeriodError
from compliance.tasks import have_made
from compliance.views.report_areas import index, report_crumbs
from conferences.models import Meeting
from partnership.exporting import ListFile, as_file, dated, download
from partnership.forms import posted, put_errors
from partnership.models import Membership, Partnership, User, today
from partnership.reach import can
from partnership.roles import Permission
from partnership.templatetags.quorate import longdate, longmoment
from partnership.views.listing import chosen_sort, headings, page_of

LIST, NEW = "compliance:pack-list", "compliance:pack-new"
COLUMNS = {"about": "Pack", "state": "State", "asked": "Asked for", "agencies": "Agencies", "kept": "Kept until"}
SORTS = {"about": ("places", "period"), "asked": ("asked_at",), "agencies": ("agencies",)}
COLOURS = {
    PackState.MAKING: "blue", PackState.READY: "green", PackState.FAILED: "red",
    PackState.CANCELLED: "grey", PackState.LAPSED: "grey",
}
FILE = {
    "Partnerships": lambda row: row.places.replace("+", ", "), "Period": "about.name", "State": "get_state_display",
    "Asked for": "asked_at", "Agencies": "agencies", "Not kept from": "expires_on",
}


def makers_only(user: User) -> None:
    if not can(user, Permission.ISSUE_REPORT):
        raise PermissionDenied


def crumbs(*below: tuple[str, str]) -> list[dict[str, str]]:
    return report_crumbs(("Packs", reverse(LIST)), *below)


# --- All of them ----------------------------------------------------------------------------------


def listed(request: HttpRequest) -> tuple[PackFilter, QuerySet[Pack], tuple[str, bool]]:
    makers_only(request.user)
    found = PackFilter(request.GET, queryset=Pack.objects.visible_to(request.user))
    asked = request.GET.get("sort", "")
    name, down = chosen_sort(asked, SORTS, "asked") if asked else ("asked", True)
    rows = found.qs if found.form.is_valid() else found.queryset.none()
    ordered = rows.order_by(*(f"-{field}" if down else field for field in SORTS[name]), "-pk")
    return found, ordered, (name, down)


def pack_list(request: HttpRequest) -> HttpResponse:
    """One's own packs, the newest first."""
    found, rows, now = listed(request)
    page = page_of(request, rows)
    return render(request, "compliance/pack_list.html", {
        "index": index(request.user, LIST), "crumbs": crumbs(), "page": page,
        "filter": found.form, "narrowed": found.narrowed,
        "columns": headings(request, COLUMNS, SORTS, now, numeric=["agencies"]),
        "rows": [cells(pack) for pack in page], "new": reverse(NEW),
        "files": [download(request, "compliance:pack-list-file")],
    }, status=200 if found.form.is_valid() else 422)


def pack_list_file(request: HttpRequest, form: str) -> HttpResponseBase:
    """The list as a file."""
    _, rows, _ = listed(request)
    return as_file(form, ListFile(dated("packs"), FILE, rows))


def cells(pack: Pack) -> list[dict[str, Any]]:
    return [
        {"text": f"{pack.places.replace('+', ', ')}, {pack.about.name}", "header": True,
         "href": reverse("compliance:pack-detail", args=[pack.pk])},
        {"text": pack.get_state_display(), "tag_colour": COLOURS[pack.state]},
        {"text": longmoment(pack.asked_at)},
        {"text": pack.agencies or "–"},
        {"text": longdate(pack.expires_on) if pack.state == PackState.READY else "–"},
    ]


# --- A new one --------------------------------------------------------------------------------------


def new(request: HttpRequest) -> HttpResponse:
    """Choose the partnerships and the period, see what the pack would hold, have it made."""
    makers_only(request.user)
    places = list(
        Partnership.objects.within_reach_as_a_whole(request.user, Permission.ISSUE_REPORT).order_by("name")
    )
    form = PackForm(posted(request), places=places, periods=periods_of(request, places), initial=first(request, places))
    if request.method == "POST" and "back" not in request.POST and form.is_valid():
        if "save" not in request.POST:
            return checking(request, form)
        return asking(request, form)
    return choosing(request, form)


def choosing(request: HttpRequest, form: PackForm) -> HttpResponse:
    wrong = bool(form.errors) and "back" not in request.POST
    if "back" in request.POST:
        form = PackForm(
            None, places=list(form.places.values()), periods=form.periods,
            initial={"partnerships": request.POST.getlist("partnerships"), "period": request.POST.get("period")},
        )
    return render(request, "compliance/pack_new.html", {
        "form": form, "crumbs": crumbs(("Make a pack", "")), "back": reverse(LIST),
        "place": next(iter(form.places.values())) if len(form.places) == 1 else None,
    }, status=422 if wrong else 200)


def first(request: HttpRequest, places: Sequence[Partnership]) -> dict[str, Any]:
    """What an address that leads here has chosen, else all of them and the last year with meetings."""
    asked = [place.code for place in places if place.code in request.GET.getlist("partnership")]
    period = request.GET.get("period") or default_period(places[0]).slug
    return {"partnerships": asked or [place.code for place in places], "period": period}


def periods_of(request: HttpRequest, places: Sequence[Partnership]) -> list[Period]:
    """The years with meetings and this one, the newest first, the halves and quarters of each after it."""
    # unscoped: only years come of it, of partnerships within reach
    days = Meeting.objects.filter(partnership__in=places).dates("held_on", "month")
    years = {Period.year_of(day) for day in (*days, today())} | asked_year(request)
    return [
        one for year in sorted(years, reverse=True) for one in (year, *year.halves, *year.quarters)
        if one.first <= today()
    ]


def asked_year(request: HttpRequest) -> set[Period]:
    try:
        return {Period(Period.parse(request.GET.get("period", "")).year)}
    except PeriodError:
        return set()


def checking(request: HttpRequest, form: PackForm) -> HttpResponse:
    """What would be in it: how many reports, which as issued."""
    return render(request, "compliance/pack_check.html", {
        "form": form, "period": form.about, "crumbs": crumbs(("Make a pack", reverse(NEW)), ("Check", "")),
        "columns": [
            {"text": "Partnership", "header": True}, {"text": "Agencies", "numeric": True},
            {"text": "As issued", "numeric": True}, {"text": "As they stand", "numeric": True},
            {"text": "Returned nothing", "numeric": True},
        ],
        "rows": [content(request, place, form.about) for place in form.chosen],
        "kept": [(name, value) for name in ("partnerships", "period") for value in request.POST.getlist(name)],
    }, status=422 if form.errors else 200)


def content(request: HttpRequest, place: Partnership, period: Period) -> list[dict[str, Any]]:
    members = Membership.objects.within_reach(request.user, Permission.ISSUE_REPORT).filter(partnership=place)
    agencies = set(members.values_list("agency", flat=True))
    reports = IssuedReport.objects.within_reach(request.user, Permission.ISSUE_REPORT)
    reports = reports.filter(partnership=place, period=period.slug, kind="agency", agency__in=agencies)
    issued = reports.order_by().values("agency").distinct().count()
    numbers = (len(agencies), issued, len(agencies) - issued, returned_nothing(place, period))
    return [{"text": place.name, "header": True}, *({"text": number, "numeric": True} for number in numbers)]


def returned_nothing(place: Partnership, period: Period) -> int | str:
    return len(without_return(place, period)) if asked(place, period).exists() else "not asked"


def asking(request: HttpRequest, form: PackForm) -> HttpResponse:
    try:
        with transaction.atomic():
            before = set(Pack.objects.visible_to(request.user).values_list("pk", flat=True))
            pack = ask_pack(by=request.user, partnerships=form.chosen, period=form.about)
            if pack.pk not in before:
                have_made(pack)
    except ValidationError as error:
        put_errors(form, error)
        return choosing(request, form)
    return redirect("compliance:pack-detail", pack.pk)
