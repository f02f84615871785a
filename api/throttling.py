"""So many calls a minute for each key and each person, counted by all web processes together."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.db import connection
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from api.models import CallCount

MINUTE = 60
# One statement, so that two processes at the same moment count two. The ORM would need three.
COUNT = """
    INSERT INTO {table} (client_id, minute, used) VALUES (%s, %s, 1)
    ON CONFLICT (client_id) DO UPDATE SET
        used = CASE WHEN {table}.minute = excluded.minute THEN {table}.used + 1 ELSE 1 END,
        minute = excluded.minute
    RETURNING used
"""


class PerClient(BaseThrottle):
    """A window of a minute; what is left of it stands in the headers of each answer."""

    def allow_request(self, request: Request, view: Any) -> bool:
        now = time.time()
        self.left_seconds = MINUTE - int(now % MINUTE)
        used, limit = counted(request.user.pk, int(now // MINUTE)), settings.API_CALLS_A_MINUTE
        request.rate = {
            "RateLimit-Limit": limit, "RateLimit-Remaining": max(limit - used, 0),
            "RateLimit-Reset": self.left_seconds,
        }
        return used <= limit

    def wait(self) -> float:
        return self.left_seconds


def counted(client: int, minute: int) -> int:
    """The how-manieth call of a client in a minute this one is."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT.format(table=CallCount._meta.db_table), [client, minute])
        return cursor.fetchone()[0]
