"""The groups of jobs that must hold the same training."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from partnership.actions import ROLE_GROUP_SEEN, add_role_group, rename_role_group
from partnership.exporting import download
from partnership.forms import posted
from partnership.forms.places import RoleGroupForm
from partnership.models import RoleGroup, today
from partnership.querysets import on_day
from partnership.reach import can
from partnership.roles import Permission
from partnership.stale import ChangedSince, fingerprint
from partnership.views.agencies import SET_UP
from partnership.views.editing import changed_since, tried
from partnership.views.listing import chosen_sort, headings, page_of

COLUMNS = {"title": "Role group", "code": "Code", "people": "People in post", "change": "Change"}
SORTS = {"title": "title", "code": "code", "people": "people"}
TAKEN = "There is a role group with that code already."


def must_keep(request: HttpRequest) -> None:
    """Role groups are the same for all partnerships; those who look after one keep them."""
    if not can(request.user, Permission.MANAGE_AGENCIES):
        raise PermissionDenied


def crumbs(title: str = "") -> list[dict[str, str]]:
    here = {"text": "Role groups", "href": reverse("partnership:role-group-list") if title else ""}
    found = [{"text": "Home", "href": "/"}, SET_UP, here]
    return [*found, {"text": title, "href": ""}] if title else found


def listed(request: HttpRequest) -> tuple[tuple[str, bool], QuerySet[RoleGroup]]:
    """The role groups in the order that was asked for, with how many people each has."""
    must_keep(request)
    now = chosen_sort(request.GET.get("sort", ""), SORTS, "title")
    people = Count("staff", filter=on_day(today(), "staff__started_on", "staff__left_on"))
    # unscoped: the same for all, with counts and no names
    rows = RoleGroup.objects.annotate(people=people)
    return now, rows.order_by(f"{'-' if now[1] else ''}{SORTS[now[0]]}", "pk")


def role_group_list(request: HttpRequest) -> HttpResponse:
    """Every role group, with how many people it has."""
    now, rows = listed(request)
    page = page_of(request, rows)
    columns = headings(request, COLUMNS, SORTS, now, ("people",))
    columns[-1]["hidden"] = True
    return render(request, "partnership/role_group_list.html", {
        "page": page, "columns": columns, "crumbs": crumbs(),
        "files": [download(request, "partnership:role-group-list-file")],
        "rows": [
            [row.title, row.code, row.people, {
                "text": "Rename", "hidden": row.title,
                "href": reverse("partnership:role-group-rename", args=[row.pk]),
            }]
            for row in page
        ],
    })


def shown(request: HttpRequest, form: forms.Form, title: str, **more: str) -> HttpResponse:
    return render(request, "partnership/plain_form.html", {
        "form": form, "title": title, "crumbs": crumbs(title),
        "back": reverse("partnership:role-group-list"), **more,
    }, status=422 if form.errors else 200)


def add(request: HttpRequest) -> HttpResponse:
    must_keep(request)
    form = RoleGroupForm(posted(request))
    if request.method == "POST" and form.is_valid():
        row = tried(form, lambda: add_role_group(by=request.user, **form.cleaned_data), TAKEN)
        if row:
            messages.success(request, f"{row} is a role group. Next: say which training it must hold.")
            return redirect("partnership:role-group-list")
    return shown(request, form, "Add a role group", submit="Add the role group")


def rename(request: HttpRequest, number: int) -> HttpResponse:
    """Other words for a group; stale words are not overwritten."""
    if not can(request.user, Permission.MANAGE_AGENCIES):
        raise Http404
    row = get_object_or_404(RoleGroup, pk=number)
    form = RoleGroupForm(posted(request), role_group=row, initial={"title": row.title})
    back = reverse("partnership:role-group-list")
    if request.method == "POST" and form.is_valid():
        seen = request.POST.get("seen") or "none"
        try:
            done = tried(form, lambda: rename_role_group(
                by=request.user, role_group=row, seen=seen, **form.cleaned_data
            ))
        except ChangedSince:
            row.refresh_from_db()
            return changed_since(
                request, form, row, name=row.title, seen=fingerprint(row, ROLE_GROUP_SEEN),
                crumbs=crumbs("Changed since"), back=back,
            )
        if done is not None:
            messages.success(request, "Saved." if done else "Nothing differs: nothing was written.")
            return redirect(back)
    seen = request.POST.get("seen") or fingerprint(row, ROLE_GROUP_SEEN)
    return shown(request, form, "Rename a role group", caption=row.title, seen=seen)
