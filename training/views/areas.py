"""The courses' own part of Quorate: the short index on top of its pages, and who is let in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.http import urlencode

from partnership.models import User
from partnership.reach import can, held
from partnership.roles import Permission
from training.models import Booking, Session
from training.querysets import BookingQuerySet, SessionQuerySet

P = Permission
PAGE = 25
COURSES = {"text": "Courses", "href": "/courses/"}
INDEX = (  # text, route, for whom one of these reaches anything
    ("Courses", "training:course-list", (P.VIEW_SESSION_NAMES, P.VIEW_SESSION_TAKE_UP)),
    ("Who must hold what", "training:requirement-list", (P.VIEW_MEASURES,)),
    ("Sessions", "training:session-list", (P.VIEW_SESSION_NAMES, P.VIEW_SESSION_TAKE_UP)),
    ("Take-up", "training:take-up", (P.VIEW_SESSION_TAKE_UP,)),
    ("Trained for duty", "compliance:duty-list", (P.VIEW_MEASURES,)),
)


def index(user: User, current: str) -> list[dict[str, Any]]:
    """The pages about courses that are for this person."""
    return [
        {"text": text, "href": reverse(route), "current": route == current}
        for text, route, permissions in INDEX
        if any(can(user, one) for one in permissions)
    ]


def crumbs(*below: dict[str, str] | str) -> list[dict[str, str]]:
    """Home, the courses, and what is below; the last is the page itself."""
    rows = [
        {"text": "Home", "href": "/"}, COURSES,
        *({"text": one, "href": ""} if isinstance(one, str) else one for one in below),
    ]
    return [*rows[:-1], rows[-1] | {"href": ""}]


def must_see_courses(request: HttpRequest) -> None:
    """404 for those whom nothing about courses reaches."""
    if not (can(request.user, P.VIEW_SESSION_NAMES) or can(request.user, P.VIEW_SESSION_TAKE_UP)):
        raise Http404


def must(request: HttpRequest, *permissions: Permission) -> None:
    """404 for those whom none of the permissions reaches."""
    if not any(can(request.user, one) for one in permissions):
        raise Http404


def sessions_within(request: HttpRequest) -> SessionQuerySet:
    """The sessions offered to the person's people, or counted by them."""
    named = Session.objects.within_reach(request.user, P.VIEW_SESSION_NAMES)
    return named | Session.objects.within_reach(request.user, P.VIEW_SESSION_TAKE_UP)


def named(request: HttpRequest) -> BookingQuerySet:
    """The bookings that the person may see by name."""
    return Booking.objects.visible_to(request.user)


def runs(user: User, session: Session) -> bool:
    """Whether the person keeps the session's register: courses and names, for its partnership."""
    return all(
        session.partnership_id in held(user, one).partnerships
        for one in (P.MANAGE_COURSES, P.VIEW_SESSION_NAMES)
    )


def manages(user: User, session: Session) -> bool:
    return session.partnership_id in held(user, P.MANAGE_COURSES).partnerships


# --- Lists ------------------------------------------------------------------------------------------


def asked_order(request: HttpRequest, allowed: Iterable[str], usual: str) -> tuple[str, bool]:
    """By which column the list is asked for, and whether downwards."""
    asked = request.GET.get("sort", "")
    name = asked.removeprefix("-")
    return (name, asked.startswith("-")) if name in allowed else (usual.removeprefix("-"), usual[0] == "-")


def column(
    request: HttpRequest, text: str, name: str, order: tuple[str, bool], **more: Any
) -> dict[str, Any]:
    """A heading that leads to the list in its order."""
    now, down = order
    found = {"text": text, **more}
    if name == now:
        found["sort_dir"] = "desc" if down else "asc"
    kept = {key: value for key, value in request.GET.items() if key not in ("page", "sort")}
    sort = f"-{name}" if name == now and not down else name
    return found | {"sort_href": "?" + urlencode(kept | {"sort": sort})}


def narrowed(form: Any) -> bool:
    return any(value for name, value in form.cleaned_data.items() if name != "sort")
