"""A client that comes with a key, as another system does."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from api.actions import make_key
from api.models import MachineKey
from api.scopes import Scope, may_give, scopes_for
from partnership.reach import Reach

API = "/api/v1/"
PROBLEM = "application/problem+json"


class Machine:
    """Speaks JSON with a key. Each POST has an Idempotency-Key of its own unless one is given."""

    def __init__(self, key: MachineKey | None, secret: str) -> None:
        self.key, self.secret, self.client = key, secret, Client()

    def ask(self, method: str, address: str, body: Any = None, *, headers: Any = None, **options: Any):
        heads = {"Authorization": f"Bearer {self.secret}"} if self.secret else {}
        if method == "post":
            heads["Idempotency-Key"] = str(uuid.uuid4())
        heads |= headers or {}
        heads = {name: value for name, value in heads.items() if value is not None}
        address = address if address.startswith("/") else API + address
        data = body if isinstance(body, (str, bytes)) else json.dumps(body)
        if method == "get":
            return self.client.get(address, headers=heads, **options)
        kind = options.pop("content_type", "application/json")
        return self.client.generic(
            method.upper(), address, data, content_type=kind, headers=heads, **options
        )

    def get(self, address: str, **options: Any):
        return self.ask("get", address, **options)

    def post(self, address: str, body: Any, **options: Any):
        return self.ask("post", address, body, **options)

    def patch(self, address: str, body: Any, seen: str | None = None, **options: Any):
        return self.ask("patch", address, body, headers={"If-Match": seen}, **options)

    def etag(self, address: str) -> str:
        return self.get(address)["ETag"]


def machine(by: Any = None, scopes: Any = None, name: str = "Nightly push", **where: Any) -> Machine:
    """A key with all scopes that its maker can give in that place (the operator all), or with some."""
    far, [place] = Reach.AGENCY if where.get("agency") else Reach.PARTNERSHIP, where.values()
    can_give = [one for one in scopes_for(far) if by is None or may_give(by, one, place)]
    scopes = can_give if scopes is None else [Scope(one) for one in scopes]
    key, secret = make_key(
        by=by, name=name, scopes=[one.value for one in scopes],
        expires_on=timezone.localdate() + timedelta(days=90), **where,
    )
    return Machine(key, secret)


def problem(answer: Any, status: int, code: str = "") -> dict[str, Any]:
    """The problem document of an answer, checked for its shape."""
    assert answer.status_code == status, (answer.status_code, answer.content[:600])
    assert answer["Content-Type"] == PROBLEM
    found = json.loads(answer.content)
    assert {"type", "title", "status", "code", "detail", "fields"} <= set(found)
    assert found["status"] == status and found["detail"].endswith((".", "none")), found
    if code:
        assert found["code"] == code, found
    return found
