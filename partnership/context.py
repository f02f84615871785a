"""What every page knows: the product's name, and the way to the places that are for this person."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from partnership.models import User
from partnership.reach import can, held
from partnership.roles import Permission as P


@dataclass(frozen=True, slots=True)
class Place:
    """A part of Quorate in the menu: for those whom one of its permissions reaches."""

    text: str
    href: str
    permissions: tuple[P, ...] = ()
    of_others: tuple[P, ...] = ()  # for those whom it reaches beyond themselves
    parts: tuple[str, ...] = ()  # what belongs to it below the address of a partnership

    def is_for(self, user: User) -> bool:
        if not (self.permissions or self.of_others):
            return True
        return any(can(user, one) for one in self.permissions) or any(
            held(user, one).agencies or held(user, one).partnerships for one in self.of_others
        )


PLACES = [
    Place("Home", "/"),
    Place("People and training", "/people/", of_others=(P.VIEW_STAFF,)),
    Place("Meetings", "/meetings/", (P.VIEW_MEETINGS,), parts=("meetings",)),
    Place("Courses", "/courses/", (P.VIEW_SESSION_NAMES, P.VIEW_SESSION_TAKE_UP)),
    Place("Escalations", "/escalations/", (P.VIEW_ESCALATIONS, P.VIEW_ESCALATION_THEMES),
          parts=("escalation-policy", "suggestion-triggers")),
    Place("Reports", "/reports/", (P.ISSUE_REPORT, P.PRINT_REPORT, P.SIGN_OFF_REPORT)),
    Place("Set-up", "/set-up/",
          (P.MANAGE_AGENCIES, P.MANAGE_RULES, P.MANAGE_OWN_USERS, P.RECORD_CONFERENCES)),
    Place("History", "/history/", of_others=(P.VIEW_HISTORY,)),
]


def service(request: HttpRequest) -> dict[str, object]:
    """The product's name and, for a signed-in user, the links across the top of the page.

    The links are worked out only when a page shows them, so that a page without a menu never
    loads the session.
    """
    return {"service_name": "Quorate", "nav": SimpleLazyObject(lambda: navigation(request))}


def navigation(request: HttpRequest) -> list[dict[str, object]]:
    """The places for a person, by their grants in force: read once for each request."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return []
    return [
        {"text": place.text, "href": place.href, "active": is_active(request.path, place)}
        for place in PLACES
        if place.is_for(user)
    ]


def is_active(path: str, place: Place) -> bool:
    """Home only on the home page itself; any other place on all the pages below it."""
    if place.href == "/":
        return path == "/"
    below = path.split("/")[3:4] if path.startswith("/partnerships/") else []
    return path.startswith(place.href) or (bool(below) and below[0] in place.parts)
