"""What every answer to a signed-in person carries."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import urlencode
from django.views.defaults import page_not_found

from partnership import kept, signed_in

SIGN_IN_AGAIN = (
    "You were signed out. Sign in again and the form comes back as you left it. "
    "Nothing has been saved yet."
)
FORM = "application/x-www-form-urlencoded"
TOO_BIG = (
    "You were signed out, and nothing was saved: the form was too big to be kept. Your browser may "
    "still show it when you go back."
)


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
    """An address with a NUL in it leads nowhere; PostgreSQL would refuse it with a fault.

    A form in letters other than UTF-8 cannot be read, not even for its token, by the library's own
    page about that either: it is answered here.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Signing in looks at its addresses itself, and goes on to the home page.
        # So does the interface for machines, which answers with a problem document.
        looks_itself = request.path_info.startswith(("/accounts/", "/api/"))
        asked = "" if looks_itself else request.META.get("QUERY_STRING", "")
        strange = "\0" in request.path_info and not request.path_info.startswith("/api/")
        if strange or "%00" in asked:
            return page_not_found(request, Http404())
        if unreadable(request):
            return HttpResponseBadRequest(render_to_string("400.html"))
        return self.get_response(request)


def unreadable(request: HttpRequest) -> bool:
    letters = request.encoding or "utf-8"
    return request.content_type == FORM and letters.lower() != "utf-8"


class SignedInMiddleware:
    """Who did nothing for hours is signed out; a form that comes after that is not lost."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            if signed_in.has_ended(request.session):
                logout(request)
            else:
                signed_in.go_on(request)
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable, args: tuple, kwargs: dict
    ) -> HttpResponse | None:
        if request.method != "POST":
            return None
        if request.user.is_authenticated:
            kept.forget(request)
            return None
        if getattr(view, "login_required", True) and kept.can_keep(request):
            return sign_in_again(request)
        return None


def sign_in_again(request: HttpRequest) -> HttpResponse:
    """To the sign-in with the form on the shelf, and from there back to it."""
    if not kept.keep(request):
        messages.error(request, TOO_BIG)
        return redirect("account_login")
    request.session.set_expiry(kept.LASTS)
    messages.info(request, SIGN_IN_AGAIN)
    query = urlencode({"next": reverse("partnership:unsaved")})
    return redirect(f"{reverse('account_login')}?{query}")
