"""The names used on screen: what they are, and how they will read before they are saved."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from partnership import actions
from partnership.actions.labels import LABELS
from partnership.forms import posted
from partnership.forms.rules import LabelsForm
from partnership.models import Partnership
from partnership.stale import ChangedSince, fingerprint
from partnership.views.dated import kept_place, rehearsed, set_up_crumbs
from partnership.views.editing import changed_since, tried

TAKEN = "Another partnership has that name."
TITLE = "Names used on screen"


def labels(request: HttpRequest, code: str) -> HttpResponse:
    """Change the partnership's name and labels; a preview stands between typing and saving."""
    place = kept_place(request, code)
    there = {name: getattr(place, name) for name in LABELS}
    form = LabelsForm(posted(request), initial=there)
    if request.method != "POST" or not form.is_valid():
        return page(request, place, form)

    def act(seen: str = "") -> bool:
        return actions.change_labels(by=request.user, partnership=place, seen=seen, **form.cleaned_data)

    if "save" not in request.POST:
        fine = tried(form, lambda: rehearsed(act), TAKEN) is not None
        return page(request, kept_place(request, code), form, preview=fine)
    try:
        done = tried(form, lambda: act(request.POST.get("seen") or "none"), TAKEN)
    except ChangedSince:
        now = kept_place(request, code)
        return changed_since(
            request, form, now, name=now.name, seen=fingerprint(now, LABELS),
            crumbs=crumbs(request, now), back=reverse("compliance:set-up"),
        )
    if done is None:
        return page(request, place, form)
    messages.success(request, "The names are changed." if done else "Nothing differs: nothing was written.")
    return redirect("partnership:labels", place.code)


def page(
    request: HttpRequest, place: Partnership, form: forms.Form, *, preview: bool = False
) -> HttpResponse:
    return render(request, "partnership/labels.html", {
        "form": form,
        "place": place,
        "seen": request.POST.get("seen") or fingerprint(place, LABELS),
        "preview": shown_as(form) if preview else [],
        "crumbs": crumbs(request, place),
    }, status=422 if form.errors else 200)


def shown_as(form: LabelsForm) -> list[dict[str, str]]:
    """Where the names stand, with what was typed."""
    name, label, group = (form.cleaned_data[part] for part in LABELS)
    whole = name if label.casefold() in name.casefold() else f"{name} {label}"
    return [
        {"key": "In lists and menus", "value": name},
        {"key": "On covers and above figures", "value": whole},
        {"key": "“Made for” on reports", "value": group},
    ]


def crumbs(request: HttpRequest, place: Partnership) -> list[dict[str, str]]:
    return set_up_crumbs(request.user, (f"{TITLE} in {place}", ""))
