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
from compliance.publishing import BeingMade, start_again
from compliance.tasks import have_published

View = Callable[..., HttpResponse]
AGAIN = "again"  # in the address: somebody asks to try again what had failed


def waits(view: View) -> View:
    """Shows that the edition is being made until it is there; for the files of one, too."""
    @wraps(view)
    def waiting(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except BeingMade as found:
            if found.new or (AGAIN in request.GET and start_again(found.family)):
                have_published(found.family)
                found.family.refresh_from_db()
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


def page(request: HttpRequest, found: BeingMade) -> HttpResponse:
    """How far it is, or why it failed; without script it looks again by itself."""
    family = found.family
    asked = request.GET.copy()
    asked.pop(AGAIN, None)
    address = f"{request.path}?{asked.urlencode()}"
    return render(request, "compliance/published_waiting.html", {
        "family": family, "failed": family.state == FamilyState.FAILED,
        "year": Period(family.year).name, "refresh": address, "again": f"{address}&{AGAIN}=yes",
        "crumbs": [{"text": "Home", "href": "/"}, {"text": "Published edition"}],
    })
