"""The lists of courses, of what is asked and of sessions as files: the pages' rows, all of them."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from partnership.exporting import ListFile, as_file, dated, in_chunks
from partnership.roles import Permission
from training.due import in_words
from training.models import Session
from training.views.areas import must
from training.views.confirming import waiting
from training.views.courses import listed as courses_listed
from training.views.reaching import must_reach_others
from training.views.requirements import listed as requirements_listed
from training.views.sessions import bookings_of, own_people, places_of, where, within
from training.views.sessions import listed as sessions_listed

COURSES = {
    "Course": "title", "Code": "code", "Hours": "hours", "Taught": "get_delivery_display",
    "Counts for (months)": "valid_months", "Counts from": "counts_from",
    "Counts no more from": "counts_until", "Conference duty": "conference_duty",
    "Sessions to come": "upcoming",
}
REQUIREMENTS = {
    "Role group": "role_group.title", "What": in_words,
    "Asked by": lambda row: row.partnership or row.agency, "Within days of starting": "within_days",
    "Over (months)": "over_months", "At most (months) old": "valid_months",
    "From": "effective_from", "Until": "effective_until",
}
SESSIONS = {
    "Course": "course.title", "Day": "held_on", "From": "start_time", "Until": "end_time",
    "Places": "places", "Taken": "taken", "Waiting": "waiting",
    "Where it stands": lambda row: where(row)["text"], "Place": "place",
    "Offered by": "partnership.name",
}
BOOKINGS = {
    "Reference": "staff_member.reference", "First name": "staff_member.first_name",
    "Last name": "staff_member.last_name", "Job title": "staff_member.job_title",
    "Agency": "agency.name", "Booking": "get_state_display",
}
TO_CONFIRM = {
    "Reference": "staff_member.reference", "First name": "staff_member.first_name",
    "Last name": "staff_member.last_name", "Agency": "staff_member.agency.name",
    "Course": "course.title", "Completed on": "completed_on", "Provider": "get_provider_display",
    "Evidence": "evidence", "Logged on": "logged_at", "Logged by": "logged_by",
}


def course_list(request: HttpRequest, form: str) -> HttpResponseBase:
    return as_file(form, ListFile(dated("courses"), COURSES, courses_listed(request)[2]))


def requirement_list(request: HttpRequest, form: str) -> HttpResponseBase:
    return as_file(form, ListFile(dated("requirements"), REQUIREMENTS, requirements_listed(request)[2]))


def session_list(request: HttpRequest, form: str) -> HttpResponseBase:
    """With how many are the reader's, where they have people to send."""
    listing, _, rows = sessions_listed(request)
    columns = {name: of for name, of in SESSIONS.items() if listing.several or name != "Offered by"}
    if own_people(request):
        return as_file(form, ListFile(dated("sessions"), columns | {"Yours": "yours"}, with_own(request, rows)))
    return as_file(form, ListFile(dated("sessions"), columns, rows))


def with_own(request: HttpRequest, rows: QuerySet[Session]) -> Iterator[Session]:
    for chunk in in_chunks(rows):
        own = places_of(request, chunk)
        for row in chunk:
            row.yours = own.get(row.pk, 0)
            yield row


def session_bookings(request: HttpRequest, number: int, form: str) -> HttpResponseBase:
    """Who is on a session's list, as far as the reader may see them by name."""
    session = within(request, number)
    must(request, Permission.VIEW_SESSION_NAMES)
    rows = bookings_of(request, session)
    return as_file(form, ListFile(f"session-{session.held_on:%Y-%m-%d}", BOOKINGS, rows))


def to_confirm(request: HttpRequest, form: str) -> HttpResponseBase:
    must_reach_others(request, Permission.MANAGE_STAFF)
    return as_file(form, ListFile(dated("to-confirm"), TO_CONFIRM, waiting(request)))
