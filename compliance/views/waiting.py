"""Published editions that are still to be made: the worker is told, and a page waits for it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from compliance.models import FamilyState
from compliance.period import Period
from compliance.publishing import READ, BeingMade, start_again
from compliance.tasks import have_published

View = Callable[..., HttpResponse]
DOING = ((1, "Waiting for its turn."), (READ, "The figures are being read."),
         (101, "It is being worked out what must be held back."))  # up to so many percent


def waits(view: View) -> View:
    """Shows that the edition is being made until it is there; for the files of one, too. A POST to the
    page takes up what had failed."""
    @wraps(view)
    def waiting(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        posted = request.method == "POST" and "form" not in kwargs  # somebody asks to try again
        try:
            answer = view(request, *args, **kwargs)
            return redirect(address_of(request)) if posted else answer
        except BeingMade as found:
            if found.new or (posted and start_again(found.family)):
                have_published(found.family)
                found.family.refresh_from_db()
            if posted:
                return redirect(address_of(request))
            if found.family.state == FamilyState.READY:  # where work is done at once
                return view(request, *args, **kwargs)
            if "form" in kwargs:  # a file: its page waits, and offers it then
                return redirect(page_of(request, kwargs))
            return page(request, found)
    return waiting


def page_of(request: HttpRequest, kwargs: dict[str, Any]) -> str:
    """The page of the published edition that a file belongs to."""
    name = request.resolver_match.view_name.replace("-report", "-published").removesuffix("-file")
    path = reverse(name, kwargs={key: value for key, value in kwargs.items() if key != "form"})
    return f"{path}?{urlencode({key: request.GET[key] for key in ('period',) if key in request.GET})}"


def address_of(request: HttpRequest) -> str:
    """The page's own, with what was asked for and nothing of how one waits."""
    asked = {key: request.GET[key] for key in ("period",) if key in request.GET}
    return f"{request.path}?{urlencode(asked)}" if asked else request.path


def page(request: HttpRequest, found: BeingMade) -> HttpResponse:
    """How far it is, or why it failed."""
    family = found.family
    name = "failed" if family.state == FamilyState.FAILED else "waiting"
    return render(request, f"compliance/published_{name}.html", {
        "family": family, "year": Period(family.year).name, "refresh": address_of(request),
        "percent": family.percent, "doing": next(words for until, words in DOING if family.percent < until),
        "crumbs": [{"text": "Home", "href": "/"}, {"text": "Published edition"}],
    })
