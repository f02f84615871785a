"""Adding, changing and leaving: one line of a staff list at a time."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from partnership.actions import STAFF_SEEN, add_staff, change_staff
from partnership.forms import LeaveForm, StaffForm, posted
from partnership.models import StaffMember
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
            messages.success(request, "Saved." if done else "Nothing differs: nothing was written.")
            return redirect("compliance:person", person.pk)
    return page(request, "partnership/staff_change.html", form, person, "Change details")


def leave(request: HttpRequest, number: int) -> HttpResponse:
    """Note when a person leaves; their records and attendances are kept."""
    person = managed(request, number)
    form = LeaveForm(posted(request), person=person, initial={"left_on": person.left_on})
    if request.method == "POST" and form.is_valid():
        day = form.cleaned_data["left_on"]
        done = tried(form, lambda: change_staff(by=request.user, staff_member=person, left_on=day))
        if done is not None:
            said = f"is out of post from {longdate(day)}" if day else "is in post"
            messages.success(request, f"{person.name} {said}.")
            return redirect("compliance:person", person.pk)
    return page(request, "partnership/staff_leave.html", form, person, "Leaving")
