"""Sessions: the list, and one session with what the reader may see of its bookings."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from partnership.exporting import download
from partnership.models import today
from partnership.reach import can, held
from partnership.roles import Permission
from partnership.templatetags.quorate import longdate
from training import actions
from training.choices import CALLED_OFF, BookingState
from training.forms import SessionFilter
from training.models import Booking, Session
from training.querysets import BookingQuerySet
from training.views.areas import (
    PAGE,
    asked_order,
    column,
    crumbs,
    index,
    manages,
    must_see_courses,
    named,
    narrowed,
    runs,
    sessions_within,
)

P = Permission
ROUTE = "training:session-list"
LIST = {"text": "Sessions", "href": "/courses/sessions/"}
SORTS = {
    "day": ("held_on", "start_time"), "course": ("course__title", "held_on"), "free": ("free", "held_on"),
    "place": ("place", "held_on"),
}
MOST_LINES = 100  # of a session's list on one page
STATES = {  # how a booking is shown
    BookingState.BOOKED: "blue", BookingState.WAITING: "yellow", BookingState.CANCELLED: "grey",
    BookingState.CANCELLED_LATE: "grey", BookingState.LEFT_LIST: "grey", BookingState.ATTENDED: "green",
    BookingState.WALK_IN: "green", BookingState.NO_SHOW: "red", BookingState.MISTAKE: "grey",
}


def listed(request: HttpRequest) -> tuple[SessionFilter, tuple[str, bool], QuerySet[Session]]:
    """The sessions that were asked for, in the order that was asked for."""
    must_see_courses(request)
    rows = sessions_within(request).with_places().annotate(free=F("places") - F("taken") - F("waiting"))
    listing = SessionFilter(request.GET, queryset=rows)
    rows = listing.qs  # asks the filters, which decide the usual order
    past = listing.form.cleaned_data.get("when") in ("past", "all")
    order = asked_order(request, SORTS, "-day" if past else "day")
    names = [("-" if order[1] else "") + name for name in SORTS[order[0]]]
    return listing, order, rows.select_related("course", "partnership").order_by(*names, "pk")


def session_list(request: HttpRequest) -> HttpResponse:
    """What is offered: upcoming first, past ones when asked."""
    listing, order, rows = listed(request)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    own = places_of(request, list(page)) if own_people(request) else None
    return render(request, "training/session_list.html", {
        "index": index(request.user, ROUTE), "filter": listing.form, "page": page,
        "narrowed": narrowed(listing.form), "columns": columns(request, order, listing.several, own is not None),
        "rows": [cells(row, own, listing.several) for row in page],
        "manages": can(request.user, P.MANAGE_COURSES), "crumbs": crumbs(LIST["text"]),
        "files": [download(request, "training:session-list-file")],
    })


def own_people(request: HttpRequest) -> bool:
    """Whether the reader has people to send, or goes themselves."""
    reach = held(request.user, P.VIEW_SESSION_NAMES)
    return reach.own or bool(reach.agencies)


def columns(
    request: HttpRequest, order: tuple[str, bool], several: bool, own: bool
) -> list[dict[str, Any]]:
    found = [
        column(request, "Course", "course", order, header=True), column(request, "Day", "day", order),
        column(request, "Free places", "free", order, numeric=True), {"text": "Where it stands"},
        column(request, "Place", "place", order),
    ]
    if own:
        found.append({"text": "Yours", "numeric": True})
    return [*found, {"text": "Offered by"}] if several else found


def cells(row: Session, own: dict[int, int] | None, several: bool) -> list[dict[str, Any]]:
    found = [
        {"text": row.course.title, "href": page_of(row)},
        {"text": longdate(row.held_on), "hint": hours(row), "nowrap": True},
        {"text": free_words(row)}, where(row), {"text": row.place or "–"},
    ]
    if own is not None:
        found.append({"text": own.get(row.pk, "–")})
    return [*found, {"text": row.partnership.name}] if several else found


def places_of(request: HttpRequest, sessions: list[Session]) -> dict[int, int]:
    """How many bookings of each session the reader may see by name."""
    rows = named(request).live().filter(session__in=sessions).values_list("session_id", "pk")
    found: dict[int, int] = {}
    for session_id, _ in rows.order_by():
        found[session_id] = found.get(session_id, 0) + 1
    return found


def page_of(session: Session) -> str:
    return reverse("training:session-detail", args=[session.pk])


def crumb(row: Session) -> dict[str, str]:
    return {"text": row.course.title, "href": page_of(row)}


def hours(row: Session) -> str:
    if not row.start_time:
        return ""
    until = f" to {row.end_time:%H:%M}" if row.end_time else ""
    return f"{row.start_time:%H:%M}{until}"


def free_words(row: Session) -> str:
    """Of a session with its places counted: free of all, or how many wait."""
    if not row.live:
        return "–"
    if row.waiting:
        return f"none, {row.waiting} waiting"
    return f"{max(row.places - row.taken, 0) or 'none'} of {row.places}"


def where(row: Session) -> dict[str, str]:
    """Where a session stands, in a word."""
    if row.cancelled_at:
        return {"text": "Cancelled", "tag_colour": "grey"}
    if row.closed_at:
        return {"text": "Register closed", "tag_colour": "green"}
    if row.held_on <= today():
        return {"text": "Register open", "tag_colour": "yellow"}
    if not row.open_to_book(today()):
        return {"text": "Booking closed", "tag_colour": "grey"}
    full = row.waiting or row.taken >= row.places
    return {"text": "Full", "tag_colour": "yellow"} if full else {"text": "Open to book", "tag_colour": "blue"}


# --- One session --------------------------------------------------------------------------------------


def within(request: HttpRequest, number: int) -> Session:
    rows = sessions_within(request).with_places().select_related("course", "partnership")
    return get_object_or_404(rows, pk=number)


def session_detail(request: HttpRequest, number: int) -> HttpResponse:
    """When, where and how full; by name only those whom the reader may see."""
    row = within(request, number)
    bookings = list(bookings_of(request, row))
    keeps = runs(request.user, row)
    several = keeps or len({booking.agency_id for booking in bookings}) > 1
    page = Paginator(bookings, MOST_LINES).get_page(request.GET.get("page"))
    return render(request, "training/session_detail.html", {
        "session": row, "facts": facts(row), "state": where(row), "keeps": keeps,
        "manages": manages(request.user, row), "books": row.open_to_book(today()) and can(request.user, P.VIEW_SESSION_NAMES),
        "registers": keeps and row.takes_register(today()),
        "rows": [line(request, booking, row, several) for booking in page], "page": page,
        "nobody": nobody(row),
        "columns": line_columns(several), "mine": own_place(request, bookings),
        "personal": own_only(request), "crumbs": crumbs(LIST, row.course.title),
        "sees": can(request.user, P.VIEW_SESSION_NAMES),
        "files": [download(request, "training:session-bookings-file", number)],
    })


def bookings_of(request: HttpRequest, session: Session) -> BookingQuerySet:
    """The bookings that the reader may see by name, in the order in which they were made."""
    rows = named(request).filter(session=session).exclude(state=BookingState.MISTAKE)
    return rows.select_related("staff_member__agency", "agency").order_by("booked_at", "pk")


def own_only(request: HttpRequest) -> bool:
    """A person who books for themselves and for nobody else."""
    reach = held(request.user, P.VIEW_SESSION_NAMES)
    return reach.own and not (reach.agencies or reach.partnerships)


def own_place(request: HttpRequest, bookings: list[Booking]) -> Booking | None:
    """The reader's own booking, the last of several."""
    own = request.user.staff_member_id
    mine = [b for b in bookings if own and b.staff_member_id == own and b.state not in CALLED_OFF]
    return mine[-1] if mine else None


def facts(row: Session) -> list[dict[str, Any]]:
    found = [
        {"key": "Course", "value": row.course.title, "href": reverse("training:course-detail", args=[row.course_id])},
        {"key": "Day", "value": longdate(row.held_on), "hint": hours(row)},
        {"key": "Place", "value": row.place or "Not said yet"},
        {"key": "Who gives it", "value": row.get_provider_display()},
        {"key": "Offered by", "value": row.partnership.name, "hint": "Open to the people of all its agencies"},
        {"key": "Places", "value": f"{row.places}, of which {row.taken} taken",
         "hint": f"{row.waiting} on the waiting list" if row.waiting else ""},
        closing(row),
    ]
    if row.cancelled_at:
        found.append({"key": "Cancelled", "value": row.cancelled_reason, "hint": longdate(row.cancelled_at)})
    return found


def closing(row: Session) -> dict[str, Any]:
    """The last day to book, and what comes after it."""
    day = longdate(row.booking_closes_on)
    if today() > row.booking_closes_on:
        return {"key": "Booking closed on", "value": day, "hint": "Cancelled later: counted as late"}
    return {"key": "Booking closes on", "value": day, "hint": "Cancelling later counts as late"}


def nobody(row: Session) -> str:
    """What to say to whoever keeps it when nobody is on the list."""
    if row.cancelled_at:
        return "Nobody was booked."
    if row.open_to_book(today()):
        return (
            "Nobody is booked yet. The leads of the agencies book their people; you can book somebody "
            "by their staff reference or work e-mail."
        )
    if row.takes_register(today()):
        return "Nobody was booked. Take the register, and add those who came as walk-ins."
    return (
        "Nobody is booked, and booking is closed. Change the session to set a later day on "
        "which it closes, or add those who come as walk-ins on the day."
    )


def line_columns(several: bool) -> list[dict[str, Any]]:
    agency = [{"text": "Agency"}] if several else []
    return [{"text": "Name", "header": True}, *agency, {"text": "Booking"}, {"text": "What to do"}]


def line(request: HttpRequest, booking: Booking, session: Session, several: bool) -> list[dict[str, Any]]:
    person, state = booking.staff_member, BookingState(booking.state)
    agency = [{"text": booking.agency.name}] if several else []
    return [
        {"text": f"{person.last_name}, {person.first_name}", "hint": f"{person.job_title}, {person.reference}"},
        *agency, {"text": state.label, "tag_colour": STATES[state]}, to_do(request, booking, session),
    ]


def to_do(request: HttpRequest, booking: Booking, session: Session) -> dict[str, Any]:
    """Cancelling before the day; correcting once the register is closed."""
    waits = booking.state in (BookingState.BOOKED, BookingState.WAITING)
    if waits and session.live and today() <= session.held_on:
        href = reverse("training:booking-cancel", args=[booking.pk])
        return {"text": "Cancel", "href": href, "hidden": f"the booking of {booking.staff_member.name}"}
    corrects = booking.state in actions.CORRECTABLE and session.closed_at and runs(request.user, session)
    if corrects:
        href = reverse("training:booking-correct", args=[booking.pk])
        return {"text": "Correct", "href": href, "hidden": booking.staff_member.name}
    return {"text": "–"}
