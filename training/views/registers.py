"""A session's register: the day's list, walk-ins, closing, and corrections afterwards."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Case, When
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from partnership.forms import NUMBER, posted
from partnership.models import today
from partnership.roles import Permission
from partnership.templatetags.quorate import longdate
from partnership.views.editing import tried
from training import actions
from training.choices import CAME, HAD_A_PLACE, BookingState
from training.forms import FindForm, LineForm
from training.models import Booking, Session
from training.views.areas import crumbs, must, named, runs
from training.views.finding import find
from training.views.sessions import LIST, crumb, facts, page_of, within

S = BookingState
MOST_LINES = 100  # of a register on one page
CHOICES = {  # what can be ticked: of who has a place, and of who walked in
    False: ((S.ATTENDED, "Was there"), (S.NO_SHOW, "No-show")),
    True: ((S.WALK_IN, "Was there"), (S.MISTAKE, "Not there: a mistake")),
}


def kept(request: HttpRequest, number: int) -> Session:
    """A session whose register the reader keeps, or 404."""
    must(request, Permission.MANAGE_COURSES)
    session = within(request, number)
    if not runs(request.user, session):
        raise Http404
    return session


def register(request: HttpRequest, number: int) -> HttpResponse:
    """Who was there: a click for each, saved as often as needed until it is closed."""
    session = kept(request, number)
    if not_now(request, session):
        return redirect(page_of(session))
    everybody = on_list(request, session)
    page = Paginator(everybody, MOST_LINES).get_page(request.GET.get("page"))
    rows = list(page)
    errors = []
    if request.method == "POST":
        try:
            number = actions.mark_register(by=request.user, session=session, marks=marks(request, rows))
        except actions.MarkedSince as error:
            return marked_since(request, session, error.rows)
        except ValidationError as error:
            errors = [{"text": sentence} for sentence in error.messages]
        else:
            return go_on(request, session, number)
    return render(request, "training/session_register.html", {
        "session": session, "errors": errors, "crumbs": crumbs(LIST, crumb(session), "Register"),
        "rows": [line(request, row) for row in rows if row.state != S.WALK_IN],
        "walked": [line(request, row) for row in rows if row.state == S.WALK_IN],
        "undecided": everybody.filter(state=S.BOOKED).count(), "page": page, "links": links(request),
    }, status=422 if errors else 200)


def not_now(request: HttpRequest, session: Session) -> str:
    """Why the register cannot be marked now, said on the next page; nothing where it can."""
    why = ""
    if session.cancelled_at:
        why = "This session has been cancelled. It has no register."
    elif session.closed_at:
        why = "The register is closed. Choose “Correct” beside a name, and give the reason."
    elif not session.takes_register(today()):
        why = f"The register can be taken from {longdate(session.held_on)} on."
    if why:
        lost = " Nothing of what you ticked was saved." if request.method == "POST" else ""
        messages.info(request, f"{why}{lost}")
    return why


def links(request: HttpRequest) -> list[dict[str, Any]]:
    """Ticking without script: most often nearly everybody was there."""
    page = {"page": request.GET["page"]} if "page" in request.GET else {}
    now = request.GET.get("tick", "")
    words = {"": "As saved", "there": "Everybody else was there"}
    return [
        {"text": text, "href": "?" + urlencode(page | ({"tick": key} if key else {})), "current": key == now}
        for key, text in words.items()
    ]


def on_list(request: HttpRequest, session: Session) -> Any:
    rows = named(request).filter(session=session, state__in=sorted(HAD_A_PLACE | {S.WALK_IN}))
    walked = Case(When(state=S.WALK_IN, then=1), default=0)
    return rows.select_related("staff_member", "agency").order_by(
        walked, "staff_member__last_name", "staff_member__first_name", "pk"
    )


def marks(request: HttpRequest, rows: list[Booking]) -> dict[int, tuple[str, str]]:
    """By booking what was seen and what is ticked now; what is not ticked stays."""
    return {
        row.pk: (request.POST.get(f"was-{row.pk}", ""), request.POST[f"state-{row.pk}"])
        for row in rows
        if f"state-{row.pk}" in request.POST
    }


def line(request: HttpRequest, row: Booking) -> dict[str, Any]:
    """A person with what can be ticked for them; what was sent stays ticked."""
    person = row.staff_member
    usual = S.ATTENDED if row.state == S.BOOKED and request.GET.get("tick") == "there" else row.state
    ticked = request.POST.get(f"state-{row.pk}", usual)
    return {
        "pk": row.pk, "name": f"{person.last_name}, {person.first_name}", "was": row.state,
        "hint": f"{person.job_title}, {person.reference}, {row.agency}",
        "choices": [
            {"value": str(state), "text": words, "checked": ticked == state}
            for state, words in CHOICES[row.state == S.WALK_IN]
        ],
    }


def go_on(request: HttpRequest, session: Session, number: int) -> HttpResponse:
    if "close" in request.POST:
        return redirect("training:register-close", session.pk)
    words = f"{number} {'person' if number == 1 else 'people'} marked" if number else "Nothing differs"
    messages.success(request, f"{words}. The register stays open until you close it.")
    page = request.GET.get("page", "")
    there = reverse("training:register", args=[session.pk])
    return redirect(f"{there}?page={page}" if NUMBER.fullmatch(page) else there)


def marked_since(request: HttpRequest, session: Session, rows: list[Booking]) -> HttpResponse:
    """409: what stands now beside what was ticked; nothing of it was written."""
    return render(request, "training/session_register_changed.html", {
        "session": session, "crumbs": crumbs(LIST, crumb(session), "Changed since"),
        "columns": [{"text": text} for text in ("Name", "In Quorate now", "What you ticked")],
        "rows": [
            [{"text": row.staff_member.name, "header": True}, S(row.state).label,
             dict(S.choices).get(request.POST.get(f"state-{row.pk}") or request.POST.get("state", ""), "–")]
            for row in rows
        ],
        "back": reverse("training:register", args=[session.pk]) if not session.closed_at else page_of(session),
    }, status=409)


def close(request: HttpRequest, number: int) -> HttpResponse:
    """What closing does, then the closing."""
    session = kept(request, number)
    if session.closed_at:
        messages.info(request, "The register is closed already.")
        return redirect(page_of(session))
    if not session.takes_register(today()):
        not_now(request, session)
        return redirect(page_of(session))
    errors = []
    if request.method == "POST":
        try:
            logged = actions.close_session(by=request.user, session=session)
        except ValidationError as error:
            errors = [{"text": sentence} for sentence in error.messages]
        else:
            messages.success(request, closed_words(session, logged))
            return redirect(page_of(session))
    rows = list(on_list(request, session))
    return render(request, "training/session_close.html", {
        "session": session, "errors": errors, "crumbs": crumbs(LIST, crumb(session), "Close the register"),
        "undecided": sum(row.state == S.BOOKED for row in rows), "counts": counts(session, rows),
        "came": sum(row.state in CAME for row in rows),
    }, status=422 if errors else 200)


def counts(session: Session, rows: list[Booking]) -> list[dict[str, Any]]:
    found = [facts(session)[0] | {"href": ""}, facts(session)[1]]
    for state, words in ((S.ATTENDED, "Booked and came"), (S.WALK_IN, "Walk-ins"), (S.NO_SHOW, "No-shows")):
        found.append({"key": words, "value": sum(row.state == state for row in rows) or "none"})
    return found


def closed_words(session: Session, logged: list[Booking]) -> str:
    came = session.bookings.filter(state__in=sorted(CAME)).count()
    had = came - len(logged)
    words = f"The register is closed. Training logged for {len(logged)}"
    return f"{words}; {had} had the record already." if had else f"{words}."


# --- Walk-ins and corrections -----------------------------------------------------------------------------


def walk_in(request: HttpRequest, number: int) -> HttpResponse:
    """Somebody who came without a place."""
    session = kept(request, number)
    if not session.takes_register(today()):
        not_now(request, session)
        return redirect(page_of(session))
    form = FindForm(posted(request), session=session, corrects=bool(session.closed_at))
    if request.method == "POST" and form.is_valid():
        person = find(request, form, session)
        reason = form.cleaned_data.get("reason", "")
        if person and tried(form, lambda: actions.add_walk_in(
            by=request.user, session=session, staff_member=person, reason=reason
        ), f"{person} is on the list already."):
            messages.success(request, f"{person.name}, {person.agency}, is on the list as a walk-in.")
            return redirect(page_of(session) if session.closed_at else reverse("training:register", args=[session.pk]))
    return render(request, "training/session_find.html", {
        "form": form, "session": session, "title": "Add a walk-in", "submit": "Add to the list",
        "text": "Somebody who came without a place. It is counted apart from bookings.",
        "crumbs": crumbs(LIST, crumb(session), "Add a walk-in"),
    }, status=422 if form.errors else 200)


def correct(request: HttpRequest, number: int) -> HttpResponse:
    """A line of a closed register, with a reason; the training record follows."""
    must(request, Permission.MANAGE_COURSES)
    rows = named(request).select_related(
        "staff_member", "agency", "session__course", "session__partnership"
    )
    booking = get_object_or_404(rows, pk=number)
    session = booking.session
    if not runs(request.user, session) or booking.state not in actions.CORRECTABLE:
        raise Http404
    form = LineForm(
        posted(request), walked_in=booking.state in (S.WALK_IN, S.MISTAKE), initial={"state": booking.state}
    )
    if request.method == "POST" and form.is_valid():
        seen = request.POST.get("seen") or "none"
        try:
            done = tried(form, lambda: actions.correct_booking(
                by=request.user, booking=booking, seen=seen, **form.cleaned_data
            ))
        except actions.MarkedSince as error:
            return marked_since(request, session, error.rows)
        if done is not None:
            if done:
                messages.success(request, corrected(booking, form))
            else:
                messages.info(request, "It says so already: nothing was written.")
            return redirect(page_of(session))
    return render(request, "training/booking_correct.html", {
        "form": form, "booking": booking, "session": session, "state": S(booking.state).label,
        "crumbs": crumbs(LIST, crumb(session), "Correct a line"),
    }, status=422 if form.errors else 200)


def corrected(booking: Booking, form: LineForm) -> str:
    came = form.cleaned_data["state"] in CAME
    what = "the training is logged" if came else "the training record that it logged is withdrawn"
    return f"Corrected for {booking.staff_member.name}: {what}."
