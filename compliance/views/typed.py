"""Counts typed from the case system: the list with its file, a new one, and putting one right."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import F, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from compliance import actions
from compliance.actions.typed import TYPED_SEEN
from compliance.forms.typed import CorrectForm, CountFilter, TypeForm
from compliance.models import TypedCount
from partnership.exporting import ListFile, as_file, dated, download
from partnership.forms import posted
from partnership.models import Partnership, User
from partnership.reading import known_people
from partnership.roles import Permission
from partnership.stale import ChangedSince, fingerprint
from partnership.templatetags.quorate import longdate
from partnership.views.editing import changed_since, tried
from partnership.views.listing import chosen_sort, headings, page_of

P = Permission
LIST = "compliance:typed-list"
TITLE = "Counts from the case system"
NEW, CORRECT = "Type a count", "Correct a count"
TAKEN = "Somebody typed a count of that day in the same moment. Correct that one."
COLUMNS = {
    "day": "Day", "children": "Children on a plan", "families": "Families", "source": "Where it comes from",
    "typed": "Typed",
}
SORTS = {
    "day": ("counted_on", "partnership__name"), "children": ("children", "counted_on", "pk"),
    "typed": ("typed_at", "pk"),
}
NEWEST = "-day"
FILE = {
    "Partnership": "partnership.name", "Day": "counted_on", "Children on a plan": "children",
    "Families with a child on a plan": "families", "Where it comes from": "source",
    "Typed on": lambda row: timezone.localdate(row.typed_at),
}


# --- The list ---------------------------------------------------------------------------------------


def listed(request: HttpRequest) -> tuple[CountFilter, QuerySet[TypedCount], tuple[str, bool]]:
    """The counts within reach as they were asked for, in their order."""
    places = Partnership.objects.within_reach_as_a_whole(request.user, P.VIEW_MEETINGS).order_by("name")
    if not places:
        raise Http404
    narrowed = CountFilter(request.GET, queryset=TypedCount.objects.visible_to(request.user), places=places)
    name, down = chosen_sort(request.GET.get("sort") or NEWEST, SORTS, "day")
    order = [F(field).desc() if down else F(field).asc() for field in SORTS[name]]
    return narrowed, narrowed.qs.select_related("partnership", "typed_by").order_by(*order), (name, down)


def typed_list(request: HttpRequest) -> HttpResponse:
    """What was typed, the newest day first."""
    narrowed, rows, now = listed(request)
    page, types = page_of(request, rows), typing_places(request.user).exists()
    columns = headings(request, COLUMNS, SORTS, now, numeric=["children", "families"])
    return render(request, "compliance/typed_list.html", {
        "title": TITLE, "filter": narrowed.form, "narrowed": narrowed.narrowed, "page": page, "types": types,
        "columns": [*columns, *([{"text": "Change"}] if types else [])],
        "rows": cells(request.user, list(page), types=types, several=narrowed.several),
        "files": [download(request, "compliance:typed-list-file")], "crumbs": crumbs(),
        "reports": annual_reports(request.user),
    }, status=422 if narrowed.form.errors else 200)


def annual_reports(user: User) -> list[dict[str, str]]:
    """Where the counts are shown, for those who print it."""
    places = Partnership.objects.within_reach_as_a_whole(user, P.PRINT_REPORT).order_by("name")
    return [
        {"text": f"Annual report of {place}", "href": reverse("compliance:annual", args=[place.code])}
        for place in places
    ]


def cells(user: User, rows: list[TypedCount], *, types: bool, several: bool) -> list[list[dict[str, Any]]]:
    keys = [row.pk for row in rows]
    mine = set(TypedCount.objects.within_reach(user, P.TYPE_COUNTS).filter(pk__in=keys).values_list("pk", flat=True))
    doers = {row.typed_by_id for row in rows} - {None}
    # unscoped: the names that this very reader may read
    known = set(known_people(user).filter(pk__in=doers).values_list("pk", flat=True))
    return [
        [
            {
                "text": longdate(row.counted_on), "header": True, "nowrap": True,
                "hint": row.partnership.name if several else "",
            },
            {"text": row.children, "numeric": True},
            {"text": "–" if row.families is None else row.families, "numeric": True},
            {"text": row.source, "wide": True},
            {"text": longdate(row.typed_at), "nowrap": True, "hint": f"by {doer(row, known)}" if doer(row, known) else ""},
            *([act_of(row, mine)] if types else []),
        ]
        for row in rows
    ]


def doer(row: TypedCount, known: set[int]) -> str:
    if row.typed_by is None:
        return "the operator"
    return row.typed_by.name if row.typed_by_id in known else ""


def act_of(row: TypedCount, mine: set[int]) -> dict[str, str]:
    if row.pk not in mine:
        return {"text": ""}
    href = reverse("compliance:typed-correct", args=[row.pk])
    return {"text": "Correct", "href": href, "hidden": f"the count of {longdate(row.counted_on)}"}


def typed_list_file(request: HttpRequest, form: str) -> HttpResponseBase:
    """The filtered list as a file, every row of it."""
    _, rows, _ = listed(request)
    return as_file(form, ListFile(dated("case-system-counts"), FILE, rows))


# --- A new one --------------------------------------------------------------------------------------


def typing_places(user: User) -> QuerySet[Partnership]:
    """Where the person types the counts."""
    return Partnership.objects.within_reach_as_a_whole(user, P.TYPE_COUNTS).order_by("name")


def new(request: HttpRequest) -> HttpResponse:
    """Type the count of a day."""
    places = typing_places(request.user)
    if not places:
        raise Http404
    known = {"partnership": request.GET.get("partnership"), "counted_on": request.GET.get("on")}
    form, other = TypeForm(posted(request), places=places, initial=known), None
    if request.method == "POST" and form.is_valid():
        place, what = form.place, form.what
        row = tried(form, lambda: actions.type_count(by=request.user, partnership=place, **what), TAKEN)
        if row:
            messages.success(request, f"{in_words(row)} The annual report shows it beside the count from conferences.")
            return redirect(LIST)
        other = there(request, place, what["counted_on"])
    return page(request, form, NEW, "Save the count", other=other)


def there(request: HttpRequest, place: Partnership, day: date) -> TypedCount | None:
    """The count that stands for the day already, to be corrected instead."""
    rows = TypedCount.objects.within_reach(request.user, P.TYPE_COUNTS)
    return rows.filter(partnership=place, counted_on=day).first()


def in_words(row: TypedCount) -> str:
    of = "" if row.families is None else f" in {row.families} {'family' if row.families == 1 else 'families'}"
    number = f"{row.children} {'child' if row.children == 1 else 'children'}"
    return f"The count of {longdate(row.counted_on)} is kept: {number}{of} on a plan."


# --- Putting one right ------------------------------------------------------------------------------


def kept(request: HttpRequest, number: int) -> TypedCount:
    """A count that the person may put right, or 404."""
    rows = TypedCount.objects.within_reach(request.user, P.TYPE_COUNTS)
    return get_object_or_404(rows.select_related("partnership"), pk=number)


def correct(request: HttpRequest, number: int) -> HttpResponse:
    """Put a count right, with the reason; what somebody changed meanwhile is not overwritten."""
    row = kept(request, number)
    form = CorrectForm(posted(request), initial={name: getattr(row, name) for name in TYPED_SEEN})
    if request.method == "POST" and form.is_valid():
        seen = request.POST.get("seen") or "none"
        try:
            done = tried(form, lambda: actions.correct_count(
                by=request.user, count=row, seen=seen, **form.cleaned_data
            ), TAKEN)
        except ChangedSince:
            return changed(request, form, kept(request, number))
        if done is not None:
            now = kept(request, number)
            messages.success(request, in_words(now) if done else "Nothing differs: nothing was written.")
            return redirect(LIST)
    return page(request, form, CORRECT, "Save the correction", row=row, seen=fingerprint(row, TYPED_SEEN))


def changed(request: HttpRequest, form: CorrectForm, now: TypedCount) -> HttpResponse:
    return changed_since(
        request, form, now, name=f"The count of {longdate(now.counted_on)}, {now.partnership}",
        seen=fingerprint(now, TYPED_SEEN), crumbs=crumbs("Changed since"), back=reverse(LIST),
    )


def page(request: HttpRequest, form: forms.Form, title: str, submit: str, **more: Any) -> HttpResponse:
    row = more.get("row")
    return render(request, "compliance/typed_form.html", {
        "form": form, "title": title, "submit": submit, "crumbs": crumbs(title), "back": reverse(LIST),
        "caption": f"{row.partnership}, {longdate(row.counted_on)}" if row else "From the case system", **more,
    }, status=422 if form.errors else 200)


def crumbs(*below: str) -> list[dict[str, str]]:
    found = [
        {"text": "Home", "href": "/"}, {"text": "Meetings", "href": reverse("conferences:meeting-list")},
        {"text": TITLE, "href": reverse(LIST)}, *({"text": text, "href": ""} for text in below),
    ]
    return [*found[:-1], found[-1] | {"href": ""}]
