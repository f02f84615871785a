"""So many calls a minute for each key and each person, counted apart from the shared cache."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.core.cache import caches
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

MINUTE = 60


class PerClient(BaseThrottle):
    """A window of a minute; what is left of it stands in the headers of each answer."""

    def allow_request(self, request: Request, view: Any) -> bool:
        now = time.time()
        window, self.left_seconds = int(now // MINUTE), MINUTE - int(now % MINUTE)
        key = f"{request.user.pk}-{window}"
        cache, limit = caches["throttle"], settings.API_CALLS_A_MINUTE
        cache.add(key, 0, timeout=2 * MINUTE)
        used = cache.incr(key)
        request.rate = {
            "RateLimit-Limit": limit, "RateLimit-Remaining": max(limit - used, 0),
            "RateLimit-Reset": self.left_seconds,
        }
        return used <= limit

    def wait(self) -> float:
        return self.left_seconds
