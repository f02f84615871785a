"""What every answer to a signed-in person carries."""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.views.defaults import page_not_found


class NeverStoredMiddleware:
    """Answers to signed-in people are kept by no browser and no proxy: machines are shared."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.user.is_authenticated:
            response["Cache-Control"] = "no-store, private"
        return response


class NoNulMiddleware:
    """An address with a NUL in it leads nowhere; PostgreSQL would refuse it with a fault."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Signing in looks at its addresses itself, and goes on to the home page.
        looks_itself = request.path_info.startswith("/accounts/")
        asked = "" if looks_itself else request.META.get("QUERY_STRING", "")
        if "\0" in request.path_info or "%00" in asked:
            return page_not_found(request, Http404())
        return self.get_response(request)
