"""Offering a session, changing it, calling it off."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from partnership.forms import posted
from partnership.roles import Permission
from partnership.stale import ChangedSince, fingerprint
from partnership.templatetags.quorate import longdate
from partnership.views.editing import changed_since, tried
from training import actions
from training.actions import SESSION_FIELDS, SESSION_SEEN, WHEN_AND_WHERE, AlreadyThere
from training.choices import BookingState
from training.forms import CallOffForm, OfferForm
from training.models import Session
from training.views.areas import crumbs, must
from training.views.sessions import LIST, ROUTE, crumb, page_of

P = Permission
TAKEN = "That session is there already: the same course, day, time and place."


def add(request: HttpRequest) -> HttpResponse:
    must(request, P.MANAGE_COURSES)
    asked = request.GET.get("course", "")
    form = OfferForm(posted(request), user=request.user, initial={"course": asked if asked.isdecimal() else ""})
    if request.method == "POST" and form.is_valid():
        made = tried(form, lambda: once(lambda: actions.add_session(by=request.user, **form.offered())), TAKEN)
        if isinstance(made, AlreadyThere):
            messages.info(request, " ".join(made.messages))
            return redirect(ROUTE)
        if made:
            messages.success(
                request, f"{made.course} on {longdate(made.held_on)} is offered to all agencies of {made.partnership}."
            )
            return redirect(page_of(made))
    return render(request, "training/session_form.html", {
        "form": form, "title": "Offer a session", "crumbs": crumbs(LIST, "Offer a session"),
    }, status=422 if form.errors else 200)


def once(act: Any) -> Any:
    """What the act gives; that it was done already, by a second click, is no fault."""
    try:
        return act()
    except AlreadyThere as there:
        return there


def managed(request: HttpRequest, number: int) -> Session:
    rows = Session.objects.within_reach(request.user, P.MANAGE_COURSES)
    return get_object_or_404(rows.select_related("course", "partnership"), pk=number)


def change(request: HttpRequest, number: int) -> HttpResponse:
    """Change a session; what somebody else changed meanwhile is not overwritten."""
    row = managed(request, number)
    if request.method != "POST" and not row.live:
        messages.info(request, f"{actions.why_closed(row)} It cannot be changed any more.")
        return redirect(page_of(row))
    there = {name: getattr(row, name) for name in SESSION_FIELDS}
    form = OfferForm(posted(request), user=request.user, session=row, initial=there)
    if request.method == "POST" and form.is_valid():
        seen = request.POST.get("seen") or "none"
        before = waiting(row)
        try:
            done = tried(form, lambda: actions.change_session(
                by=request.user, session=row, seen=seen, **form.cleaned_data
            ), TAKEN)
        except ChangedSince:
            return stale(request, managed(request, number), form)
        if done is not None:
            if done:
                messages.success(request, saved(row, there, form, before))
            else:
                messages.info(request, "Nothing differs: nothing was written.")
            return redirect(page_of(row))
    return render(request, "training/session_form.html", {
        "form": form, "session": row, "title": "Change a session", "seen": fingerprint(row, SESSION_SEEN),
        "crumbs": crumbs(LIST, crumb(row), "Change"),
    }, status=422 if form.errors else 200)


def waiting(row: Session) -> int:
    return row.bookings.filter(state=BookingState.WAITING).count()


def saved(row: Session, there: dict[str, Any], form: OfferForm, waited: int) -> str:
    """What a change did, in sentences: who was told, and who moved up."""
    found = ["Saved."]
    moved = any(form.cleaned_data.get(name) != there[name] for name in WHEN_AND_WHERE)
    if moved and row.bookings.live().exists():
        found.append("Everybody on the list is told by mail.")
    up = waited - waiting(row)
    if up:
        found.append(f"{up} {'person' if up == 1 else 'people'} moved up from the waiting list.")
    return " ".join(found)


def stale(request: HttpRequest, row: Session, form: Any) -> HttpResponse:
    return changed_since(
        request, form, row, name=f"{row.course}, {longdate(row.held_on)}", seen=fingerprint(row, SESSION_SEEN),
        crumbs=crumbs(LIST, crumb(row), "Changed since"), back=page_of(row),
    )


def call_off(request: HttpRequest, number: int) -> HttpResponse:
    """Cancel the whole session: everybody on its list is told."""
    row = managed(request, number)
    if row.cancelled_at:
        messages.info(request, "This session is cancelled already.")
        return redirect(page_of(row))
    form = CallOffForm(posted(request))
    if request.method == "POST" and form.is_valid():
        def act() -> bool:
            actions.cancel_session(by=request.user, session=row, **form.cleaned_data)
            return True

        if tried(form, act):
            messages.success(request, "The session is cancelled. Everybody on its list is told by mail.")
            return redirect(page_of(row))
    return render(request, "training/session_call_off.html", {
        "form": form, "session": row, "number": row.bookings.live().count(),
        "crumbs": crumbs(LIST, crumb(row), "Cancel the session"),
    }, status=422 if form.errors else 200)
