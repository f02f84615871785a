"""Adding, changing and leaving: one line of a staff list at a time."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from partnership.actions import LEAVING_SEEN, STAFF_SEEN, add_staff, change_staff, move_staff
from partnership.actions import leave as note_leaving
from partnership.forms import LeaveForm, MoveForm, StaffForm, posted
from partnership.models import Agency, Grant, StaffMember, today
from partnership.reach import can
from partnership.roles import Permission
from partnership.stale import ChangedSince, fingerprint
from partnership.templatetags.quorate import longdate
from partnership.views.editing import changed_since, tried

KEPT = (
    "first_name", "last_name", "reference", "job_title", "role_group", "work_email", "started_on",
    "works_for",
)
TAKEN = "Another person of this agency has that reference or that work e-mail."


def add(request: HttpRequest) -> HttpResponse:
    """Put a person on the staff list of one of the lead's agencies."""
    if not can(request.user, Permission.MANAGE_STAFF):
        raise Http404
    form = StaffForm(posted(request), user=request.user)
    if request.method == "POST" and form.is_valid():
        fields = {"agency": form.agency, **form.cleaned_data}
        person = tried(form, lambda: add_staff(by=request.user, **fields), TAKEN)
        if person:
            messages.success(request, f"{person.name} is on the staff list of {person.agency}.")
            return redirect("compliance:person", person.pk)
    return page(request, "partnership/staff_add.html", form, None, "Add a person")


def page(
    request: HttpRequest, template: str, form: forms.Form, person: StaffMember | None, title: str,
    **more: Any,
) -> HttpResponse:
    status = more.pop("status", 422 if form.errors else 200)
    return render(request, template, {
        "form": form, "person": person, "crumbs": crumbs(person, title),
        "seen": fingerprint(person, STAFF_SEEN) if person else "", **more,
    }, status=status)


def crumbs(person: StaffMember | None, title: str) -> list[dict[str, str]]:
    found = [
        {"text": "Home", "href": "/"},
        {"text": "People and training", "href": reverse("training:person-list")},
    ]
    if person:
        found.append({"text": person.name, "href": reverse("compliance:person", args=[person.pk])})
    return [*found, {"text": title, "href": ""}]


def managed(request: HttpRequest, number: int) -> StaffMember:
    """A person whose line the lead keeps, or 404."""
    rows = StaffMember.objects.within_reach(request.user, Permission.MANAGE_STAFF)
    return get_object_or_404(rows.select_related("agency", "role_group", "works_for"), pk=number)


def change(request: HttpRequest, number: int) -> HttpResponse:
    """Change a person's details; what somebody else changed meanwhile is not overwritten."""
    person = managed(request, number)
    there = {name: getattr(person, name) for name in KEPT}
    form = StaffForm(posted(request), user=request.user, person=person, initial=there)
    if request.method == "POST" and form.is_valid():
        seen = request.POST.get("seen") or "none"
        try:
            done = tried(form, lambda: change_staff(
                by=request.user, staff_member=person, seen=seen, **form.cleaned_data
            ), TAKEN)
        except ChangedSince:
            now = managed(request, number)
            return changed_since(
                request, form, now, name=f"{now.name}, {now.agency}", seen=fingerprint(now, STAFF_SEEN),
                crumbs=crumbs(now, "Changed since"), back=reverse("compliance:person", args=[now.pk]),
            )
        if done is not None:
            name = "{first_name} {last_name}".format(**form.cleaned_data)
            messages.success(
                request, f"The details of {name} are saved." if done else "Nothing differs: nothing was written."
            )
            return redirect("compliance:person", person.pk)
    return page(request, "partnership/staff_change.html", form, person, "Change details")


def roles_of(request: HttpRequest, person: StaffMember) -> list[Grant]:
    """The roles of a person's account that the lead may end, in force or to come; never one's own."""
    account = getattr(person, "user", None)
    if account is None or account.pk == request.user.pk:
        return []
    rows = Grant.objects.within_reach(request.user, Permission.MANAGE_OWN_USERS)
    return list(rows.filter(user=account).not_ended(today()).select_related("agency", "user"))


def leave(request: HttpRequest, number: int) -> HttpResponse:
    """Note when a person leaves; records and attendances are kept, roles end where that is wished."""
    person = managed(request, number)
    roles = roles_of(request, person)
    form = LeaveForm(posted(request), person=person, grants=roles, initial={"left_on": person.left_on})
    if request.method == "POST" and form.is_valid():
        day, ending = form.cleaned_data["left_on"], form.cleaned_data.get("roles_too")
        try:
            done = tried(form, lambda: note_leaving(
                by=request.user, staff_member=person, left_on=day, grants=roles if ending else (),
                seen=request.POST.get("seen") or "none",
            ))
        except ChangedSince:
            return leaving_changed_since(request, form, number)
        if done is not None:
            said = f"is out of post from {longdate(day)}" if day else "is in post"
            more = " Their roles in Quorate end on that day." if day and ending else ""
            messages.success(request, f"{person.name} {said}.{more}")
            return redirect("compliance:person", person.pk)
    seen = request.POST.get("seen") or fingerprint(person, LEAVING_SEEN)
    return page(request, "partnership/staff_leave.html", form, person, "Leaving", seen=seen)


def leaving_changed_since(request: HttpRequest, form: LeaveForm, number: int) -> HttpResponse:
    now = managed(request, number)
    return changed_since(
        request, form, now, name=f"{now.name}, {now.agency}", seen=fingerprint(now, LEAVING_SEEN),
        crumbs=crumbs(now, "Changed since"), back=reverse("compliance:person", args=[now.pk]),
        values={"roles_too": False},
    )


def move(request: HttpRequest, number: int) -> HttpResponse:
    """Another agency of the lead's from a day on: what was before stays where it was."""
    person = managed(request, number)
    moved = getattr(person, "moved_to", None)
    elsewhere = Agency.objects.within_reach(request.user, Permission.MANAGE_STAFF).exclude(
        pk=person.agency_id
    )
    roles = [grant for grant in roles_of(request, person) if grant.agency_id == person.agency_id]
    there = {name: getattr(person, name) for name in ("job_title", "role_group", "reference", "work_email")}
    form = MoveForm(posted(request), user=request.user, person=person, grants=roles, initial=there)
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        grants = roles if data.pop("roles_too", False) else ()
        line = tried(form, lambda: move_staff(
            by=request.user, staff_member=person, grants=grants, **data
        ), "Another person of that agency has that reference or that work e-mail.")
        if line:
            messages.success(
                request, f"{line.name} is at {line.agency} from {longdate(line.started_on)}. What was before "
                f"stays with {person.agency}."
            )
            return redirect("compliance:person", line.pk)
    return page(
        request, "partnership/staff_move.html", form, person, "Move to another agency",
        moved=moved, somewhere=elsewhere.exists(),
    )
