"""A row as a page saw it: so that nothing is overwritten that somebody changed meanwhile."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.crypto import salted_hmac


class ChangedSince(ValidationError):
    """Somebody else changed the row since it was looked at; nothing is overwritten."""


def fingerprint(row: models.Model, names: Iterable[str]) -> str:
    """What a page saw of some fields of a row, in a few letters: it differs when any of them does.

    Made with the installation's own key: whoever sees it, and not all of the fields, cannot try out
    what stands in the others.
    """
    values = "\x1f".join(str(getattr(row, name)) for name in names)
    return salted_hmac("partnership.stale", values, algorithm="sha256").hexdigest()[:20]


def refuse_when_changed(row: models.Model, seen: str, names: Iterable[str]) -> None:
    """Refuse when a row (read under its lock) is no longer as it was ``seen``; "" asks for no check."""
    if seen and seen != fingerprint(row, names):
        raise ChangedSince(f"Somebody changed {row} since you opened this page.")


def snapshot(row: models.Model, names: Iterable[str]) -> str:
    """What a page saw of some fields of a row, to be read again: for pages that change many rows."""
    return written(getattr(row, name) for name in names)


def written(values: Iterable[Any]) -> str:
    return json.dumps(list(values), default=str)


def touched(row: models.Model, seen: str, typed: Mapping[str, Any]) -> dict[str, Any]:
    """What was changed on the page: nothing where it was left as it was seen, or stands so already.

    Refused when it was changed both here and by somebody else, to different values. The names of
    ``typed`` are those of the snapshot, in its order.
    """
    now, ours = snapshot(row, typed), written(typed.values())
    if ours in (seen, now):
        return {}
    if seen != now:
        raise ChangedSince(f"Somebody changed {row} since you opened this page.")
    return dict(typed)
