"""What every page knows without asking the database."""

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

PLACES = [("Home", "/")]


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
    ]


def is_active(path: str, href: str) -> bool:
    """Home only on the home page itself; any other place on all the pages below it."""
    return path == href if href == "/" else path.startswith(href)
