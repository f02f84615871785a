"""Agencies above others: which stand under which."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from partnership.actions import change_group, group_agencies, group_seen
from partnership.forms import posted
from partnership.forms.places import GroupForm
from partnership.models import Agency
from partnership.stale import ChangedSince
from partnership.views.agencies import TAKEN, crumbs, must_manage, shown
from partnership.views.editing import changed_since, tried


def add(request: HttpRequest) -> HttpResponse:
    """An agency above others: a trust above its services."""
    must_manage(request)
    form = GroupForm(posted(request), user=request.user)
    if request.method == "POST" and form.is_valid():
        made = tried(form, lambda: group_agencies(by=request.user, **form.cleaned_data), TAKEN)
        if made:
            parts = made.parts.count()
            messages.success(request, f"{made} stands above {parts} {'agency' if parts == 1 else 'agencies'}.")
            return redirect("partnership:agency-list")
    return shown(
        request, "partnership/group.html", form, "Group agencies under one", submit="Make the group",
    )


def change(request: HttpRequest, number: int) -> HttpResponse:
    """Another name, or other parts."""
    group = get_object_or_404(Agency.objects.managed_by(request.user).filter(memberships=None), pk=number)
    there = {"name": group.name, "sector": group.sector, "parts": list(group.parts.all())}
    form = GroupForm(posted(request), user=request.user, group=group, initial=there)
    if request.method == "POST" and form.is_valid():
        seen = request.POST.get("seen") or "none"
        try:
            done = tried(form, lambda: change_group(
                by=request.user, group=group, seen=seen, **form.cleaned_data
            ), TAKEN)
        except ChangedSince:
            now = get_object_or_404(Agency.objects.managed_by(request.user), pk=number)
            return changed_since(
                request, form, now, name=str(now), seen=group_seen(now),
                back=reverse("partnership:agency-list"),
                crumbs=crumbs({"text": "Changed since", "href": ""}),
                values={"sector": now.sector, "parts": list(now.parts.all())},
            )
        if done is not None:
            messages.success(request, f"{group} is saved." if done else "Nothing differs: nothing was written.")
            return redirect("partnership:agency-list")
    return shown(
        request, "partnership/group.html", form, "Change a group", caption=group.name,
        seen=request.POST.get("seen") or group_seen(group),
    )
