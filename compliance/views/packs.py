"""Packs of reports: the list of one's own, choosing and checking a new one, and one of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.http import urlencode

from compliance.actions import ask_pack, cancel_pack, delete_pack
from compliance.asking import default_period
from compliance.forms.packs import PackFilter, PackForm
from compliance.measures.returned import asked, without_return
from compliance.models import IssuedReport, Pack, PackState
from compliance.packs.files import plain
from compliance.period import Period, PeriodError
from compliance.tasks import have_made
from compliance.views.report_areas import index, report_crumbs
from conferences.models import Meeting
from partnership.exporting import ListFile, as_file, dated, download
from partnership.forms import posted, put_errors
from partnership.history import record
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
TYPES = {"pdf": "application/pdf", "zip": "application/zip"}
TEXTS = {"pdf": "Download the pack as one PDF", "zip": "Download as a ZIP, a file for each agency"}


def makers_only(user: User) -> None:
    if not can(user, Permission.ISSUE_REPORT):
        raise PermissionDenied


def own(request: HttpRequest, number: int) -> Pack:
    """What the person asked for themselves, or 404."""
    return get_object_or_404(Pack.objects.visible_to(request.user), pk=number)


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


# --- One of them ------------------------------------------------------------------------------------


def detail(request: HttpRequest, number: int) -> HttpResponse:
    """Where it stands: being made, ready to be taken, or what became of it."""
    pack = own(request, number)
    places = list(pack.partnerships.order_by("name"))
    query = urlencode([*(("partnership", place.code) for place in places), ("period", pack.period)])
    context = {
        "pack": pack, "crumbs": crumbs((pack.about.name, "")), "colour": COLOURS[pack.state],
        "names": ", ".join(place.name for place in places), "again": f"{reverse(NEW)}?{query}",
        "refresh": reverse("compliance:pack-detail", args=[pack.pk]),
    }
    if pack.working:
        return render(request, "compliance/pack_making.html", context | {
            "percent": round(100 * min(pack.done, pack.steps) / max(pack.steps, 1)),
            "doing": doing(pack),
        })
    return render(request, "compliance/pack_detail.html", context | {
        "facts": facts(pack, context["names"]), "files": files(pack),
    })


def doing(pack: Pack) -> str:
    """What the worker is at."""
    third = pack.steps // 3
    if not pack.done:
        return "Waiting for its turn." if not pack.tries else "It was interrupted, and begins anew."
    if pack.done < third:
        return f"Figures of {pack.done} of {third} agencies read."
    if pack.done < 2 * third:
        return f"{pack.done - third} of {third} reports put into the PDF."
    return f"{pack.done - 2 * third} of {third} reports put into the ZIP."


def facts(pack: Pack, names: str) -> list[dict[str, Any]]:
    rows = [
        {"key": "Partnerships", "value": names},
        {"key": "Period", "value": pack.about.name},
        {"key": "State", "value": pack.get_state_display(), "tag_colour": COLOURS[pack.state]},
        {"key": "Asked for", "value": longmoment(pack.asked_at)},
    ]
    if pack.state == PackState.READY:
        rows += [
            {"key": "Agencies", "value": pack.agencies},
            {"key": "Kept until", "value": longdate(pack.expires_on),
             "hint": "On this day its files are deleted. Download what you need before."},
        ]
    return rows


def files(pack: Pack) -> list[dict[str, str]]:
    if pack.state != PackState.READY:
        return []
    return [
        {"text": f"{text} ({filesizeformat(pack.sizes.get(form, 0))})", "kind": "" if form == "pdf" else "secondary",
         "href": reverse("compliance:pack-file", args=[pack.pk, form])}
        for form, text in TEXTS.items()
    ]


def pack_file(request: HttpRequest, number: int, file: str) -> HttpResponseBase:
    """One of its files, a piece at a time; that it was printed is in the history of each partnership."""
    pack = own(request, number)
    if pack.state != PackState.READY:
        return redirect("compliance:pack-detail", pack.pk)
    name = f"quorate-pack-{plain(pack.places)}-{pack.period}.{file}"
    for place in pack.partnerships.all():
        record(request.user, "printed", pack, partnership=place, period=pack.about.name, format=file)
    return StreamingHttpResponse(pieces(pack, file), content_type=TYPES[file], headers={
        "Content-Disposition": f'attachment; filename="{name}"', "Content-Length": str(pack.sizes[file]),
    })


def pieces(pack: Pack, form: str) -> Iterator[bytes]:
    for number in pack.pieces.filter(form=form).order_by("number").values_list("pk", flat=True):
        yield bytes(pack.pieces.values_list("content", flat=True).get(pk=number))


def cancel(request: HttpRequest, number: int) -> HttpResponse:
    """Stop the making."""
    pack = own(request, number)
    if request.method == "POST" and cancel_pack(by=request.user, pack=pack):
        messages.success(request, "Stopped. Nothing of the pack is kept.")
    return redirect("compliance:pack-detail", pack.pk)


def delete(request: HttpRequest, number: int) -> HttpResponse:
    """Take it away before its day, after a question."""
    pack = own(request, number)
    back = reverse("compliance:pack-detail", args=[pack.pk])
    if pack.working:
        return redirect(back)
    form = forms.Form(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            if delete_pack(by=request.user, pack=pack):
                messages.success(request, f"{pack} is deleted.")
            return redirect(LIST)
        except ValidationError as error:
            put_errors(form, error)
    return render(request, "compliance/pack_delete.html", {
        "form": form, "pack": pack, "back": back, "crumbs": crumbs(("Delete the pack", "")),
    }, status=409 if form.errors else 200)
