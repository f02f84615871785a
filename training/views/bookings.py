"""Booking: a lead for their people, a practitioner for themselves, the training administrator for
whom they can name exactly or know from the sessions; and giving a place back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import urlencode

from partnership.forms import posted
from partnership.models import StaffMember, today
from partnership.reach import held
from partnership.roles import Permission
from partnership.templatetags.quorate import longdate
from partnership.views.editing import tried
from training import actions
from training.choices import BookingState
from training.due import PersonDue, who_is_due, worst_first
from training.forms import FindForm, PlacesForm
from training.models import Session
from training.shortlist import shortlist
from training.standing import open_book
from training.views.areas import crumbs, must, named, runs
from training.views.finding import find
from training.views.sessions import LIST, crumb, own_only, page_of, within

P = Permission
MOST_SHOWN = 300  # ticks on one page


def book(request: HttpRequest, number: int) -> HttpResponse:
    """Book places: each kind of reader in their own way."""
    must(request, P.VIEW_SESSION_NAMES)
    session = within(request, number)
    if request.method != "POST" and not session.open_to_book(today()):
        messages.info(request, actions.why_closed(session))
        return redirect(page_of(session))
    if own_only(request):
        return book_own(request, session)
    if held(request.user, P.VIEW_SESSION_NAMES).agencies:
        return book_people(request, session)
    return book_found(request, session)


def said(done: actions.Booked) -> str:
    """What became of a booking, in a sentence."""
    parts = []
    if done.placed:
        parts.append(f"{len(done.placed)} place{'' if len(done.placed) == 1 else 's'} booked")
    if done.waiting:
        parts.append(f"{len(done.waiting)} on the waiting list: they move up by themselves, and are told by mail")
    if done.had:
        parts.append(f"{len(done.had)} on the list already")
    words = "; ".join(parts)
    return f"{words[:1].upper()}{words[1:]}."


def said_to_oneself(done: actions.Booked) -> str:
    if done.placed:
        return "You have a place."
    if done.waiting:
        return "You are on the waiting list. You move up by yourself, and are told by mail."
    return "You are on the list already. Nothing was booked twice."


def put(request: HttpRequest, session: Session, people: Any, form: Any) -> HttpResponse | None:
    done = tried(form, lambda: actions.book(by=request.user, session=session, people=people))
    if done is None:
        return None
    messages.success(request, said_to_oneself(done) if own_only(request) else said(done))
    return redirect(page_of(session))


# --- For oneself ----------------------------------------------------------------------------------------


def book_own(request: HttpRequest, session: Session) -> HttpResponse:
    """One button: a place for the reader."""
    people = bookable(request, session)
    form = PlacesForm({"people": [str(p.pk) for p in people]}, people=people)
    if request.method == "POST" and form.is_valid():
        answer = put(request, session, people, form)
        if answer:
            return answer
    return render(request, "training/session_book_own.html", {
        "form": form if request.method == "POST" else None, "session": session,
        "full": session.waiting or session.taken >= session.places, "can": bool(people),
        "crumbs": crumbs(LIST, crumb(session), "Book"),
    }, status=422 if request.method == "POST" else 200)


def bookable(request: HttpRequest, session: Session) -> Any:
    """The reader's own people to whom the session is open."""
    mine = StaffMember.objects.within_reach(request.user, P.VIEW_STAFF)
    return mine.filter(pk__in=actions.who_may_come(session).values("pk"))


# --- For one's people -----------------------------------------------------------------------------------


def book_people(request: HttpRequest, session: Session) -> HttpResponse:
    """Tick who is to go: those due for the course first, in the order in which places are given."""
    form = PlacesForm(posted(request), people=bookable(request, session))
    if request.method == "POST" and form.is_valid():
        people = form.cleaned_data["people"].select_related("agency", "role_group")
        ordered = [row.person for row in by_need(people, session)]
        answer = put(request, session, ordered, form)
        if answer:
            return answer
    return choosing(request, session, form)


def by_need(people: Any, session: Session) -> list[PersonDue]:
    return worst_first(who_is_due(open_book(people), today(), session.course_id))


def needing_most(people: Any, session: Session) -> list[PersonDue]:
    """The first of many people by need: ranked by what is kept, and reckoned anew for those shown."""
    first = shortlist(people, session.course_id, today(), MOST_SHOWN)
    return by_need(first.select_related("agency", "role_group"), session)


def choosing(request: HttpRequest, session: Session, form: PlacesForm) -> HttpResponse:
    mine = bookable(request, session)
    there = session.bookings.live().filter(staff_member__in=mine.values("pk"))
    left = mine.exclude(pk__in=there.values("staff_member"))
    shown = needing_most(left, session)
    asked = request.GET.get("tick")
    chosen = set(request.POST.getlist("people")) or {
        str(row.person.pk) for row in shown if row.due and asked == "due"
    }
    several = len({row.person.agency_id for row in shown}) > 1
    groups = {
        "Due for it": [row for row in shown if row.due],
        "Asked of them, not due": [row for row in shown if row.standing and not row.due],
        "Not asked of them": [row for row in shown if not row.standing],
    }
    return render(request, "training/session_book.html", {
        "form": form, "session": session, "cut": len(shown) == MOST_SHOWN,
        "groups": [
            {"title": title, "rows": [tick(row, chosen, several) for row in group]}
            for title, group in groups.items() if group
        ],
        "had": [f"{row.staff_member.name}: {BookingState(row.state).label.lower()}"
                for row in there.select_related("staff_member")],
        "free": max(session.places - session.taken - session.waiting, 0),
        "errors": errors_of(form), "links": links(request),
        "crumbs": crumbs(LIST, crumb(session), "Book places"),
    }, status=422 if form.errors else 200)


def errors_of(form: PlacesForm) -> list[dict[str, str]]:
    """What is wrong, each leading to the ticks."""
    return [{"text": text, "href": "#people"} for field in form.errors.values() for text in field]


def links(request: HttpRequest) -> list[dict[str, Any]]:
    """Ticking without script."""
    now = request.GET.get("tick", "")
    words = {"": "Nobody", "due": "All who are due"}
    return [
        {"text": text, "href": "?" + urlencode({"tick": key} if key else {}), "current": key == now}
        for key, text in words.items()
    ]


def tick(row: PersonDue, chosen: set[str], several: bool) -> dict[str, Any]:
    """One person to tick, with what helps to know them and whether they need it."""
    person = row.person
    words = [person.job_title, person.reference, *([person.agency.name] if several else [])]
    return {
        "value": person.pk, "name": f"{person.last_name}, {person.first_name}",
        "ticked": str(person.pk) in chosen, "hint": ", ".join(words),
        "standing": row.standing.label if row.standing else "", "expires_on": longdate(row.expires_on),
    }


# --- For whoever asks the training administrator ----------------------------------------------------------


def book_found(request: HttpRequest, session: Session) -> HttpResponse:
    """The training administrator books somebody by their reference, or known from a session before."""
    if not runs(request.user, session):
        raise Http404
    form = FindForm(posted(request), session=session)
    if request.method == "POST" and form.is_valid():
        person = find(request, form, session)
        answer = put(request, session, [person], form) if person else None
        if answer:
            return answer
    return render(request, "training/session_find.html", {
        "form": form, "session": session, "title": "Book a place", "submit": "Book a place",
        "text": "For somebody who asks you for a place. Leads book their people themselves, and "
        "practitioners book for themselves.",
        "crumbs": crumbs(LIST, crumb(session), "Book a place"),
    }, status=422 if form.errors else 200)


# --- Giving a place back ----------------------------------------------------------------------------------


def cancel(request: HttpRequest, number: int) -> HttpResponse:
    """Give a place back; the first on the waiting list moves up."""
    rows = named(request).select_related("staff_member", "agency", "session__course", "session__partnership")
    booking = get_object_or_404(rows, pk=number)
    session = booking.session
    if request.method != "POST" and booking.state not in (BookingState.BOOKED, BookingState.WAITING):
        messages.info(request, f"{booking.staff_member.name}: {BookingState(booking.state).label.lower()}. "
                      "There is nothing to cancel.")
        return redirect(page_of(session))
    errors = []
    if request.method == "POST":
        try:
            done = actions.cancel_booking(by=request.user, booking=booking)
        except ValidationError as error:
            errors = [{"text": sentence} for sentence in error.messages]
        else:
            late = " It counts as late." if done.state == BookingState.CANCELLED_LATE else ""
            messages.success(request, f"The booking of {booking.staff_member.name} is cancelled.{late}")
            return redirect(page_of(session))
    return render(request, "training/booking_cancel.html", {
        "booking": booking, "session": session, "errors": errors,
        "late": booking.state == BookingState.BOOKED and today() > session.booking_closes_on,
        "waits": booking.state == BookingState.WAITING,
        "crumbs": crumbs(LIST, crumb(session), "Cancel a booking"),
    }, status=422 if errors else 200)
