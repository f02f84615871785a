"""Adding, changing and leaving: one line of a staff list at a time."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from partnership.actions import ChangedSince, add_staff, change_staff, fingerprint
from partnership.forms import LeaveForm, StaffForm, posted, put_errors
from partnership.models import HistoryEntry, StaffMember
from partnership.reach import can
from partnership.roles import Permission
from partnership.templatetags.quorate import longdate, longmoment

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
        person = tried(form, lambda: add_staff(by=request.user, **fields))
        if person:
            messages.success(request, f"{person.name} is on the staff list of {person.agency}.")
            return redirect("compliance:person", person.pk)
    return page(request, "partnership/staff_add.html", form, None, "Add a person")


def tried(form: forms.Form, act) -> Any:
    """What the action gives; None with the errors in the form when it refused."""
    try:
        return act()
    except ChangedSince:
        raise
    except ValidationError as error:
        put_errors(form, error)
    except IntegrityError:  # somebody took the reference at the same moment
        form.add_error(None, TAKEN)
    return None


def page(
    request: HttpRequest, template: str, form: forms.Form, person: StaffMember | None, title: str,
    **more: Any,
) -> HttpResponse:
    crumbs = [
        {"text": "Home", "href": "/"},
        {"text": "People and training", "href": reverse("training:person-list")},
    ]
    if person:
        crumbs.append({"text": person.name, "href": reverse("compliance:person", args=[person.pk])})
    status = more.pop("status", 422 if form.errors else 200)
    return render(request, template, {
        "form": form, "person": person, "crumbs": [*crumbs, {"text": title, "href": ""}],
        "seen": fingerprint(person) if person else "", **more,
    }, status=status)


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
            ))
        except ChangedSince:
            return changed_since(request, managed(request, number), form)
        if done is not None:
            messages.success(request, "Saved." if done else "Nothing differs: nothing was written.")
            return redirect("compliance:person", person.pk)
    return page(request, "partnership/staff_change.html", form, person, "Change details")


def changed_since(request: HttpRequest, person: StaffMember, form: StaffForm) -> HttpResponse:
    """409: what stands now beside what was typed; saving again is then a choice with open eyes."""
    rows = [
        [
            {"text": field.label, "header": True},
            words(getattr(person, field.name)), words(form.cleaned_data[field.name]),
            {"text": "Differs", "tag_colour": "yellow"}
            if getattr(person, field.name) != form.cleaned_data[field.name] else {"text": ""},
        ]
        for field in form.visible_fields()
    ]
    columns = [{"text": text} for text in ("Detail", "In Quorate now", "What you typed", "Differs")]
    return page(
        request, "partnership/staff_changed.html", form, person, "Changed since", status=409,
        rows=rows, columns=columns, who=last_change(request, person),
    )


def words(value: Any) -> str:
    return longdate(value) if hasattr(value, "year") else str(value or "–")


def last_change(request: HttpRequest, person: StaffMember) -> str:
    """By whom and when, as far as the reader may know."""
    reach = HistoryEntry.objects.visible_to(request.user).filter(
        subject_type="partnership.staffmember", subject_id=person.pk
    )
    found = reach.select_related("user").first()
    return f"by {found.user or 'the operator'} on {longmoment(found.at)}" if found else ""


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
