"""Secrets of machines and calendars: long enough that a plain hash of them is enough."""

from __future__ import annotations

import hashlib
import re
import secrets

PREFIX, SECRET = 8, 43
SHAPE = re.compile(r"qk_([a-z0-9]{8})_([A-Za-z0-9_-]{43})\Z")
LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"


def new_key() -> tuple[str, str]:
    """A key as it is shown once, and its prefix: 256 random bits, so no slow hash is needed."""
    prefix = "".join(secrets.choice(LETTERS) for _ in range(PREFIX))
    return f"qk_{prefix}_{secrets.token_urlsafe(32)}", prefix


def new_address() -> str:
    return secrets.token_urlsafe(32)


def hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def prefix_of(key: str) -> str:
    """The part by which a key is found; "" for what has not the shape of one."""
    found = SHAPE.fullmatch(key)
    return found.group(1) if found else ""
