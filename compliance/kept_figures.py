"""A scorecard as it is kept when a report is issued, and back again: the same to the last figure.

Without names: people, an agency's own cases and the reasons behind an excuse stay out. What is
written goes by the fields of the scorecard themselves, and a field at its default is left out, so
that a field added later reads from figures that were kept before it. Pure.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import MISSING, Field, fields, is_dataclass, replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import Enum
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from compliance.period import Period, PeriodError
from compliance.scorecard import EXCUSED, MissedLine, Scorecard

FORMAT = 1


class KeptError(ValueError):
    """The figures cannot be read back; the message is a sentence that says why."""


def as_kept(card: Scorecard) -> dict:
    """The scorecard without names, as JSON holds it."""
    return {"format": FORMAT, "scorecard": plain(without_names(card))}


def from_kept(kept: Any) -> Scorecard:
    """The scorecard that was kept; a KeptError for what this version of Quorate cannot read."""
    found = kept.get("format") if isinstance(kept, dict) else None
    if found != FORMAT:
        raise KeptError(
            f"These figures were kept in format {found}, which this version of Quorate does not know. "
            "Ask whoever runs Quorate to bring it up to date."
        )
    try:
        return built(Scorecard, kept["scorecard"])
    except (KeyError, TypeError, ValueError, InvalidOperation, PeriodError) as error:
        raise KeptError(
            "The figures that were kept are damaged and cannot be read. Ask whoever runs Quorate to "
            "bring them back from a backup."
        ) from error


def checksum(kept: dict) -> str:
    """SHA-256 over the kept figures, written in one way only."""
    text = json.dumps(kept, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def in_short(full: str) -> str:
    """The first sixteen signs of a checksum, in fours, to be read out and compared."""
    return " ".join(full[start : start + 4] for start in range(0, 16, 4))


def without_names(card: Scorecard) -> Scorecard:
    """The copy that may be passed on: no people, no cases, no reasons, nor in the periods beside it."""
    return replace(
        card, people_due=None, cases=None, stamp=None,
        missed=tuple(map(without_reason, card.missed)),
        trend=tuple(map(without_names, card.trend)),
        previous=without_names(card.previous) if card.previous else None,
    )


def without_reason(line: MissedLine) -> MissedLine:
    return replace(line, excused=EXCUSED if line.excused else "")


# --- There ----------------------------------------------------------------------------------------


def plain(value: Any) -> Any:
    """A value in what JSON knows; a mapping becomes pairs, as some databases forget its order."""
    if isinstance(value, Period):
        return value.slug
    if is_dataclass(value):
        return {f.name: plain(v) for f in fields(value) if (v := getattr(value, f.name)) != default(f)}
    if isinstance(value, dict):
        return [[plain(key), plain(item)] for key, item in value.items()]
    if isinstance(value, (tuple, list)):
        return [plain(item) for item in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value.isoformat() if isinstance(value, date) else value


def default(field: Field) -> Any:
    return field.default_factory() if field.default_factory is not MISSING else field.default


# --- And back -------------------------------------------------------------------------------------


@cache
def kinds_of(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def built(kind: Any, value: Any) -> Any:
    """A value of a kind from what JSON holds."""
    origin, parts = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return either([part for part in parts if part is not type(None)], value)
    if origin is tuple:
        each = (parts[0],) * len(value) if parts[-1] is Ellipsis else parts
        return tuple(built(part, item) for part, item in zip(each, value, strict=True))
    if origin is dict:
        return {built(parts[0], key): built(parts[1], item) for key, item in value}
    return one(kind, value)


def either(kinds: list[Any], value: Any) -> Any:
    """The first of several kinds that the value fits."""
    if value is None:
        return None
    for kind in kinds[:-1]:
        try:
            return built(kind, value)
        except (TypeError, ValueError):
            continue
    return built(kinds[-1], value)


def one(kind: Any, value: Any) -> Any:
    if kind is Period:
        return Period.kept(value)
    if is_dataclass(kind):
        kinds = kinds_of(kind)
        return kind(**{name: built(kinds[name], item) for name, item in value.items()})
    if issubclass(kind, (date, datetime)):
        return kind.fromisoformat(value)
    if issubclass(kind, (Enum, Decimal)):
        return kind(value)
    if not isinstance(value, kind):
        raise TypeError(f"{value!r} is no {kind.__name__}")
    return value
