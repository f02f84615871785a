"""What every page knows without asking the database."""

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from partnership.models import User
from partnership.reach import can, held
from partnership.roles import Permission

ESCALATIONS = "/escalations/"
PEOPLE = "/people/"
PLACES = [("Home", "/"), ("People and training", PEOPLE), ("Escalations", ESCALATIONS)]
SEE_ESCALATIONS = (Permission.VIEW_ESCALATIONS, Permission.VIEW_ESCALATION_THEMES)


def service(request: HttpRequest) -> dict[str, object]:
    """The product's name and, for a signed-in user, the links across the top of the page.

    The links are worked out only when a page shows them, so that a page without a menu never
    loads the session.
    """
    return {"service_name": "Quorate", "nav": SimpleLazyObject(lambda: navigation(request))}


def navigation(request: HttpRequest) -> list[dict[str, object]]:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return []
    return [
        {"text": text, "href": href, "active": is_active(request.path, href)}
        for text, href in PLACES
        if (href != ESCALATIONS or may_go(user)) and (href != PEOPLE or sees_people(user))
    ]


def may_go(user: User) -> bool:
    """Whether to show the way to the escalations. A page that has read no grants makes no query for
    it: then the way is shown, and the place itself answers."""
    if not hasattr(user, "_grants_in_force"):
        return True
    return any(can(user, permission) for permission in SEE_ESCALATIONS)


def sees_people(user: User) -> bool:
    """Whether to show the way to the staff list: for those who see others than themselves. A page that
    has read no grants makes no query for it, and shows no way."""
    return hasattr(user, "_grants_in_force") and bool(held(user, Permission.VIEW_STAFF).agencies)


def is_active(path: str, href: str) -> bool:
    """Home only on the home page itself; any other place on all the pages below it."""
    return path == href if href == "/" else path.startswith(href)
