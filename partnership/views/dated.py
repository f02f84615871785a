"""The pages of dated rules, alike on every floor: versions in words, and a change in three steps.

First the form; then what it would change, with nothing written; then the new version. What somebody
else changed meanwhile is shown beside what was typed, and nothing is overwritten.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.paginator import Page, Paginator
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from partnership.models import Partnership, User
from partnership.roles import Permission
from partnership.stale import ChangedSince
from partnership.templatetags.quorate import longdate
from partnership.views.editing import tried

PAGE = 25
BUTTONS = frozenset({"csrfmiddlewaretoken", "seen", "save", "back", "check", "more", "page"})
IN_FORCE, TO_COME, OVER = ("In force", "green"), ("To come", "blue"), ("Over", "grey")
MEANWHILE = "Somebody else saved in the same moment. Look at what stands there now and try again."
VERSION_COLUMNS = [{"text": text} for text in ("State", "From", "Until")]
STATES = {"now": IN_FORCE, "to-come": TO_COME, "over": OVER}
CHANGES = [{"text": text, "hidden": True} for text in ("Correct", "End or remove")]


# --- Whose rules ----------------------------------------------------------------------------------


def readable_places(user: User) -> QuerySet[Partnership]:
    """The partnerships whose local rules a person may read: where they see meetings or figures."""
    found = Q(pk__in=())
    for permission in (Permission.VIEW_MEETINGS, Permission.VIEW_MEASURES, Permission.MANAGE_RULES):
        found |= Q(pk__in=Partnership.objects.within_reach(user, permission).values("pk"))
    return Partnership.objects.filter(found)  # unscoped: each part is within reach


def kept_places(user: User) -> QuerySet[Partnership]:
    """The partnerships whose local rules a person keeps."""
    return Partnership.objects.within_reach_as_a_whole(user, Permission.MANAGE_RULES)


def readable_place(request: HttpRequest, code: str) -> Partnership:
    return get_object_or_404(readable_places(request.user), code=code)


def kept_place(request: HttpRequest, code: str) -> Partnership:
    return get_object_or_404(kept_places(request.user), code=code)


def keeps(user: User, place: Partnership) -> bool:
    return kept_places(user).filter(pk=place.pk).exists()


def set_up_crumbs(user: User, *below: tuple[str, str]) -> list[dict[str, str]]:
    """Home, the set-up for those who have one, and what is below it; the last leads nowhere."""
    found = [{"text": "Home", "href": reverse("compliance:home")}]
    if kept_places(user).exists():
        found.append({"text": "Set-up", "href": reverse("compliance:set-up")})
    found += [{"text": text, "href": href} for text, href in below]
    found[-1]["href"] = ""
    return found


# --- Versions in words ----------------------------------------------------------------------------


def state_of(row: Any, versions: Iterable[Any], on: date) -> tuple[str, str]:
    """Whether a version is in force, to come or over: of those that run, the newest holds."""
    if row.effective_from > on:
        return TO_COME
    newest = max(
        (v for v in versions if v.effective_from <= on), key=lambda v: v.effective_from
    )
    runs = row.effective_until is None or row.effective_until > on
    return IN_FORCE if runs and row == newest else OVER


def version_cells(row: Any, versions: Iterable[Any], on: date) -> list[dict]:
    """Whether a version holds, from when and until when: the end of its row of the table."""
    versions = list(versions)
    text, colour = state_of(row, versions, on)
    until = until_of(row, versions)
    return [
        {"text": text, "tag_colour": colour},
        {"text": longdate(row.effective_from), "nowrap": True},
        {"text": longdate(until) if until else "–", "nowrap": True},
    ]


def until_of(row: Any, versions: Iterable[Any]) -> date | None:
    """An older version without an end ended when the next one began."""
    ends = [v.effective_from for v in versions if v.effective_from > row.effective_from]
    return min([*ends, *([row.effective_until] if row.effective_until else [])], default=None)


# --- A change in three steps ----------------------------------------------------------------------


@dataclass
class Proposal:
    """What a change would do, as its page says it."""

    title: str
    name: str  # whose rule it is
    crumbs: list[dict[str, str]]
    back: str  # where Cancel leads
    seen: str  # the versions that were looked at
    now: str  # the heading over what holds now
    then: str  # the heading over what is proposed
    rows: list[list[Any]]  # each detail, now and then
    said: list[str]  # what changes, in sentences
    save: str  # the words of the button
    caption: str = ""
    columns: list[dict[str, Any]] = field(default_factory=list)
    differ: list[Any] = field(default_factory=list)  # the rows that change
    cells: Callable[[Any], list[Any]] = list
    more_text: str = ""
    warning: bool = False  # a red button


class Undone(Exception):
    """Takes back what a rehearsal wrote."""


def rehearsed(act: Callable[[], Any]) -> Any:
    """Do an act and take it back: what it would refuse is known before, and nothing is written."""
    found = []
    try:
        with transaction.atomic():
            found.append(act())
            raise Undone
    except Undone:
        return found[0]


def steps(
    request: HttpRequest, form: forms.Form, *, ok: bool, act: Callable[[str], Any],
    show: Callable[[], HttpResponse], propose: Callable[[], Proposal],
    saved: Callable[[Any], HttpResponse],
) -> HttpResponse:
    """The form, what changes, the change. ``act`` takes what the page saw of the versions."""
    if not ok or {"back", "more"} & set(request.POST):
        return show()
    late = False
    try:
        if "save" in request.POST:
            seen = request.POST.get("seen") or "none"
            done = tried(form, lambda: act(seen), MEANWHILE)
            return saved(done) if done is not None else show()
        if tried(form, lambda: rehearsed(lambda: act("")), MEANWHILE) is None:
            return show()
    except ChangedSince:
        late = True
    try:
        return what_changes(request, propose(), late=late)
    except ValidationError as error:  # it cannot be weighed: a year without bank holidays, say
        form.add_error(None, error)
        return show()


def confirmed(
    request: HttpRequest, proposal: Proposal, *, act: Callable[[str], Any],
    saved: Callable[[Any], HttpResponse],
) -> HttpResponse:
    """An act without a form: what it does, and on being asked again the act."""
    form = forms.Form(request.POST)
    if request.method != "POST":
        tried(form, lambda: rehearsed(lambda: act("")))
        return what_changes(request, proposal, form=form)
    try:
        done = tried(form, lambda: act(request.POST.get("seen") or "none"), MEANWHILE)
    except ChangedSince:
        return what_changes(request, proposal, late=True)
    return what_changes(request, proposal, form=form) if done is None else saved(done)


def what_changes(
    request: HttpRequest, proposal: Proposal, *, late: bool = False, form: forms.Form | None = None
) -> HttpResponse:
    """What a change would do; 409 when somebody changed the rule meanwhile, 422 when it is refused."""
    page = Paginator(proposal.differ, PAGE).get_page(request.POST.get("page"))
    refused = bool(form and form.errors)
    return render(request, "partnership/what_changes.html", {
        "proposal": proposal,
        "late": late,
        "form": form,
        "refused": refused,
        "same": bool(proposal.rows) and all(is_same(row) for row in proposal.rows),
        "kept": kept(request),
        "columns": [{"text": "Detail"}, {"text": proposal.now}, {"text": proposal.then}],
        "page": page,
        "rows": [proposal.cells(row) for row in page],
    }, status=409 if late else 422 if refused else 200)


def is_same(row: list[Any]) -> bool:
    """A version equal to the one in force would only make the list longer: it is not offered."""
    return isinstance(row[2], dict) and row[2].get("hint") == ""


def kept(request: HttpRequest) -> list[tuple[str, str]]:
    """What was typed, to be sent again."""
    return [
        (name, value)
        for name, values in request.POST.lists() for value in values if name not in BUTTONS
    ]


def both(details: Iterable[tuple[str, Any, Any]]) -> list[list[Any]]:
    """A row for each detail: what stands now, what is proposed, and a mark where they differ."""
    return [
        [{"text": name, "header": True}, before or "–",
         {"text": after or "–", "hint": "" if before == after else "Differs"}]
        for name, before, after in details
    ]


def one_page(rows: Iterable[Any], request: HttpRequest) -> Page:
    return Paginator(list(rows), PAGE).get_page(request.GET.get("page"))
