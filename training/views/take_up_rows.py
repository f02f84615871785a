"""The rows behind a number of the take-up."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from partnership.exporting import ListFile, as_file, download, in_places
from partnership.forms import NUMBER
from partnership.history import record
from partnership.models import Agency
from partnership.roles import Permission
from partnership.templatetags.quorate import longdate
from training.choices import BookingState
from training.models import Course, Session
from training.take_up import COUNTED, LABELS, Span
from training.views.areas import PAGE, crumbs, must, named
from training.views.sessions import STATES, page_of
from training.views.take_up import HERE, OF_SESSIONS, Asked, quarter_of

P = Permission


def rows(request: HttpRequest) -> HttpResponse:
    """The sessions or bookings that a number counts; names only of those the reader may see."""
    asked, count = Asked(request), request.GET.get("count", "")
    found, columns = counted(asked, count)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    return render(request, "training/take_up_rows.html", {
        "title": LABELS[count], "span": asked.span, "page": page, "rows": list(page),
        "columns": [{"text": text, "header": n == 0} for n, text in enumerate(columns)],
        "files": [download(
            request, "training:take-up-rows-file", text="Download these rows", rows=page.paginator.count,
        )],
        "words": words_of(asked), "crumbs": crumbs(HERE | {"href": HERE["href"] + asked.link()}, LABELS[count]),
    })


def counted(asked: Asked, count: str) -> tuple[list[list[dict[str, Any]]], list[str]]:
    """The rows behind a number with their headings; 404 when the address names no number."""
    must(asked.request, P.VIEW_SESSION_TAKE_UP)
    if count not in LABELS:
        raise Http404
    sessions = [s for s in asked.found.sessions if fits(asked, s)]
    if count in OF_SESSIONS:
        return session_rows(asked, sessions), ["Course", "Day", "Place", "Places"]
    return booking_rows(asked, count, sessions)


def rows_file(request: HttpRequest, form: str) -> HttpResponseBase:
    """The rows of the page, all of them, for a spreadsheet; that they were taken is in the history."""
    asked = Asked(request)
    found, columns = counted(asked, request.GET.get("count", ""))
    laid = ([cell.get("day", cell["text"]) for cell in row] for row in found)
    for place in asked.chosen:
        record(
            asked.request.user, "took rows", place, partnership=place, period=asked.span.name,
            names="Name" in columns,
        )
    return as_file(form, ListFile(f"take-up-rows-{asked.span.slug}", in_places(columns), laid))


def asked_number(request: HttpRequest, name: str) -> int | None:
    asked = request.GET.get(name)
    if asked is None:
        return None
    if not NUMBER.fullmatch(asked):
        raise Http404
    return int(asked)


def fits(asked: Asked, session: Session) -> bool:
    course, quarter, agency = (asked_number(asked.request, name) for name in ("course", "quarter", "agency"))
    if course is not None and session.course_id != course:
        return False
    if quarter is not None and (asked.span.quarter or quarter_of(asked.span, session) != quarter):
        return False
    return agency is None or any(
        line.session.pk == session.pk and line.agency_id == agency for line in asked.found.lines
    )


def day_cell(session: Session) -> dict[str, Any]:
    """The day in words, and as a day for the file."""
    return {"text": longdate(session.held_on), "day": session.held_on, "nowrap": True}


def session_rows(asked: Asked, sessions: list[Session]) -> list[list[dict[str, Any]]]:
    return [
        [{"text": s.course.title, "href": page_of(s)}, day_cell(s),
         {"text": s.place or "–"}, {"text": s.places}]
        for s in sessions
    ]


def booking_rows(
    asked: Asked, count: str, sessions: list[Session]
) -> tuple[list[list[dict[str, Any]]], list[str]]:
    bookings = asked.bookings.filter(session__in=sessions, state__in=sorted(COUNTED[count]))
    agency = asked_number(asked.request, "agency")
    if agency is not None:
        bookings = bookings.filter(agency=agency)
    seen = set(named(asked.request).filter(pk__in=bookings.values("pk")).values_list("pk", flat=True))
    ordered = bookings.select_related("session__course", "agency", "staff_member").order_by(
        "session__held_on", "agency__name", "pk"
    )
    names = ["Name"] if seen else []
    found = [
        [{"text": b.session.course.title, "href": page_of(b.session)}, day_cell(b.session),
         {"text": b.agency.name},
         *([{"text": b.staff_member.name if b.pk in seen else "–"}] if seen else []),
         {"text": BookingState(b.state).label, "tag_colour": STATES[BookingState(b.state)]}]
        for b in ordered
    ]
    return found, ["Course", "Day", "Agency", *names, "Booking"]


def words_of(asked: Asked) -> list[str]:
    """What the rows are narrowed to, in words."""
    found = []
    course, agency, quarter = (asked_number(asked.request, name) for name in ("course", "agency", "quarter"))
    if course is not None:
        found += [str(row) for row in Course.objects.filter(pk=course)]  # unscoped: the catalogue
    if agency is not None:
        reach = Agency.objects.within_reach(asked.request.user, P.VIEW_SESSION_TAKE_UP)
        found += [str(row) for row in reach.filter(pk=agency)]
    if quarter is not None and 1 <= quarter <= 4:
        found.append(Span(asked.span.year, quarter).name)
    return found
