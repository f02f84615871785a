"""How long a person stays signed in: so long after they last did something, and so long at most."""

from __future__ import annotations

import time
from math import ceil
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest

from partnership import kept

BEGAN, SEEN = "signed_in_at", "seen_at"  # in the session
EVERY = 60  # seconds after which it is written again that somebody is there


def begin(request: HttpRequest, **_: Any) -> None:
    """Somebody signed in: the clocks start, and what was kept for anybody else is forgotten."""
    now = int(time.time())
    request.session[BEGAN] = request.session[SEEN] = now
    request.session.set_expiry(None)
    kept.kept_for(request)


def until(session: SessionBase) -> int:
    """The second at which the person is signed out, if they do nothing more."""
    now = int(time.time())
    began, seen = session.get(BEGAN, now), session.get(SEEN, now)
    return min(began + settings.SESSION_COOKIE_AGE, seen + settings.SESSION_IDLE_AGE)


def has_ended(session: SessionBase) -> bool:
    return time.time() >= until(session)


def go_on(request: HttpRequest) -> None:
    """They are still there. A session from before there were clocks starts them now."""
    now, session = int(time.time()), request.session
    session.setdefault(BEGAN, now)
    if now - session.get(SEEN, 0) >= EVERY:
        session[SEEN] = now
    # Whole minutes from now, not a time of day: the clocks of people's machines go wrong.
    request.signed_in_minutes = max(ceil((until(session) - now) / 60) - 1, 0)
    request.signed_in_can_stay = until(session) < session[BEGAN] + settings.SESSION_COOKIE_AGE
