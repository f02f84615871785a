"""Forms that came after their session had ended: kept for the one person who had them open.

A form carries a signed marker of that person. What arrives without one, from elsewhere, or too big
is not kept; what is kept lives in the browser's new session for an hour and is shown to nobody
but that person. Nothing is done with it until they send it themselves.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from django.core.signing import BadSignature, TimestampSigner, b62_encode
from django.http import HttpRequest
from django.urls import Resolver404, resolve
from django.utils.http import url_has_allowed_host_and_scheme

MARKER = "opened_by"  # the hidden field of every form
SHELF = "kept_forms"  # in the session
LASTS = 60 * 60  # seconds for which a form is kept
OPEN_FOR = 3 * 24 * 60 * 60  # seconds for which a form may have been open: a weekend
MOST_FORMS, MOST_CHARACTERS = 5, 200_000
NEVER_KEPT = ("password", "csrf", "token", "secret", MARKER)


class HourSigner(TimestampSigner):
    """By the hour, so that a page looks the same when it is opened again."""

    def timestamp(self) -> str:
        return b62_encode(int(time.time()) // 3600 * 3600)


SIGNER = HourSigner(salt="quorate.form-opened-by")


def marker_for(user: Any) -> str:
    """Who has a form open, signed; nothing for a visitor."""
    return SIGNER.sign(str(user.pk)) if user.is_authenticated else ""


def opened_by(request: HttpRequest) -> int | None:
    """The person whose page a form came from, or None where that cannot be shown."""
    try:
        return int(SIGNER.unsign(request.POST.get(MARKER, ""), max_age=OPEN_FOR))
    except (BadSignature, ValueError):
        return None


def from_this_site(request: HttpRequest) -> bool:
    """What a browser says about where a form stood; one that says nothing has its marker alone."""
    origin = request.headers.get("Origin")
    if origin and urlsplit(origin).netloc != request.get_host():
        return False
    return request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin"


def can_keep(request: HttpRequest) -> bool:
    """Whether a form is one of ours, and was open in the hands of a known person."""
    return (
        request.method == "POST"
        and not request.path.startswith(("/accounts/", "/api/"))
        and from_this_site(request)
        and opened_by(request) is not None
    )


def keep(request: HttpRequest) -> bool:
    """Put the form on the session's shelf; False when it is too big to keep."""
    lines = [
        [name, values] for name, values in request.POST.lists()
        if not any(word in name.lower() for word in NEVER_KEPT)
    ]
    size = sum(len(name) + sum(map(len, values)) for name, values in lines)
    shelf = [form for form in request.session.get(SHELF, []) if form["of"] == opened_by(request)]
    if size + sum(form["size"] for form in shelf) > MOST_CHARACTERS or len(shelf) >= MOST_FORMS:
        return False
    form = {
        "id": secrets.token_hex(4), "of": opened_by(request), "to": request.get_full_path(),
        "lines": lines, "size": size, "at": int(time.time()), "files": bool(request.FILES),
    }
    same = [one for one in shelf if (one["to"], one["lines"]) == (form["to"], lines)]
    request.session[SHELF] = [one for one in shelf if one not in same] + [form]
    return True


def kept_for(request: HttpRequest) -> list[dict[str, Any]]:
    """The forms of this very person that have not grown too old; all others are forgotten."""
    shelf = request.session.get(SHELF, [])
    fit = [form for form in shelf if form["of"] == request.user.pk and fresh(form)]
    if len(fit) != len(shelf):
        put_back(request, fit)
    return fit


def fresh(form: dict[str, Any]) -> bool:
    return time.time() - form["at"] < LASTS and leads_somewhere(form["to"])


def leads_somewhere(address: str) -> bool:
    """An address of this site that has a page."""
    if not address.startswith("/") or not url_has_allowed_host_and_scheme(address, None):
        return False
    try:
        resolve(urlsplit(address).path)
    except (Resolver404, ValueError):
        return False
    return True


def forget(request: HttpRequest, which: str = "") -> None:
    """One form, or those that were kept for the address of this request: it has come again."""
    shelf = request.session.get(SHELF, [])
    here = request.get_full_path()
    left = [form for form in shelf if (form["id"] != which if which else form["to"] != here)]
    if len(left) != len(shelf):
        put_back(request, left)


def put_back(request: HttpRequest, shelf: list[dict[str, Any]]) -> None:
    if shelf:
        request.session[SHELF] = shelf
    else:
        request.session.pop(SHELF, None)


def fields_of(form: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Each name with each of its values, in the order in which they came."""
    return ((name, value) for name, values in form["lines"] for value in values)
