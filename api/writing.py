"""Changes: done once for a key of the client's, and only to the version that the client has seen."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

import orjson
from django.db import IntegrityError, transaction
from django.db.models import Model, QuerySet
from django.http import Http404
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import version
from api.errors import Problem
from api.models import IdempotentAnswer

KEY = re.compile(r"[\x21-\x7e]{1,80}\Z")
KEPT_HEADERS = ("ETag", "Location")
TAG = re.compile(r'(?:W/)?"[^"]*"|\*')


# --- Once -----------------------------------------------------------------------------------------


def once(act: Callable[..., Response]) -> Callable[..., Response]:
    """Do it for the first request with an Idempotency-Key; give the same answer to all others.

    What was refused wrote nothing and is not kept: the same key may be sent again.
    """

    @wraps(act)
    def asked(self: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = request.META.get("HTTP_IDEMPOTENCY_KEY", "")
        if not KEY.fullmatch(key):
            raise Problem(
                400, "no_idempotency_key",
                "Send an Idempotency-Key of 1 to 80 signs, such as a new UUID, so that sending the "
                "same twice writes once.", {"Idempotency-Key": ["It is missing, or is no such key."]},
            )
        digest = digest_of(request)
        with transaction.atomic():
            row, new = taken(request.user, key, digest)
            if not new:
                return given_again(row, digest)
            response = act(self, request, *args, **kwargs)
            keep(row, response)
        return response

    asked.idempotent = True
    return asked


def digest_of(request: Request) -> str:
    """What was asked for: method, address and body; and by which grants, so that no answer is given
    again to somebody who has lost the role in which they got it."""
    body = orjson.dumps(request.data, option=orjson.OPT_SORT_KEYS)
    grants = sorted(grant.pk for grant in request.user.grants_in_force())
    head = f"{request.method} {request.path}\n{grants}\n".encode()
    return hashlib.sha256(head + body).hexdigest()


def taken(client: Any, key: str, digest: str) -> tuple[IdempotentAnswer, bool]:
    """The row of a key, and whether it is new; who comes at the same moment waits for the first."""
    try:
        with transaction.atomic():
            # unscoped: the client's own
            return IdempotentAnswer.objects.create(client=client, key=key, asked=digest), True
    except IntegrityError:
        return IdempotentAnswer.objects.get(client=client, key=key), False  # unscoped: as above


def keep(row: IdempotentAnswer, response: Response) -> None:
    row.status, row.body = response.status_code, orjson.dumps(response.data, default=str)
    row.headers = {name: response[name] for name in KEPT_HEADERS if name in response}
    row.save(update_fields=["status", "body", "headers"])


def given_again(row: IdempotentAnswer, digest: str) -> Response:
    if row.asked != digest:
        raise Problem(
            422, "key_used",
            "That Idempotency-Key was used for something else, or in another role. Send a new key with a new request.",
        )
    headers = {**row.headers, "Idempotency-Replayed": "true"}
    return Response(orjson.loads(bytes(row.body)), status=row.status, headers=headers)


# --- As seen --------------------------------------------------------------------------------------


@contextmanager
def as_seen(request: Request, rows: QuerySet, pk: int, *, first: str = "") -> Iterator[Model]:
    """The row, locked, when it still is what the client has seen; the change happens inside.

    ``first`` is the row to be locked before it, where an action locks that first.
    """
    with transaction.atomic():
        model = rows.model
        if not rows.filter(pk=pk).exists():
            raise Http404
        if first:
            way = model._meta.get_field(first)
            parent = model._base_manager.values_list(way.attname, flat=True).get(pk=pk)  # unscoped: found above
            way.related_model._base_manager.select_for_update().get(pk=parent)  # unscoped: as above
        row = model._base_manager.select_for_update().get(pk=pk)  # unscoped: as above
        refuse_unseen(request, row)
        yield row


def refuse_unseen(request: Request, row: Model) -> None:
    """Refuse a change without the version it is for (428), or for an older one (412)."""
    sent, now = request.META.get("HTTP_IF_MATCH"), version(row)
    if sent is None:
        raise Problem(
            428, "no_version", "Send If-Match with the ETag of what you have read, so that nothing "
            "is overwritten that you have not seen.", {"If-Match": ["It is missing."]},
        )
    tags = TAG.findall(sent)
    if now not in tags and "*" not in tags:
        raise Problem(
            412, "changed_since", "Somebody changed it since you read it. Read it again.",
            {"If-Match": ["This is not its version now."]},
        )
