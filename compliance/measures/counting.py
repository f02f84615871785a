"""From rows to readings: count what is met of what is in the total."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from compliance.scorecard import Basis, By, Measure, Reading

T = TypeVar("T")


def reading(
    measure: Measure, basis: Basis, rows: Iterable[T], met: Callable[[T], Any], by: By = ()
) -> Reading:
    """Met of total over rows that are already those of the basis."""
    found = [bool(met(row)) for row in rows]
    return Reading(measure.key, basis, sum(found), len(found), by)


def readings_by(
    measure: Measure, basis: Basis, rows: Iterable[T], met: Callable[[T], Any], dimension: str,
    value: Callable[[T], str], order: Iterable[str] = (),
) -> list[Reading]:
    """A reading for each value of a dimension: in the order given, else sorted."""
    groups: dict[str, list[T]] = defaultdict(list)
    for row in rows:
        groups[value(row)].append(row)
    wanted = [v for v in order if v in groups] or sorted(groups)
    return [reading(measure, basis, groups[v], met, ((dimension, v),)) for v in wanted]


def shares(
    measure: Measure, basis: Basis, rows: Iterable[T], dimension: str, value: Callable[[T], str],
    values: Iterable[str],
) -> list[Reading]:
    """Met by each value over the whole total: what part of all was met in that way."""
    rows = list(rows)
    return [
        Reading(measure.key, basis, sum(value(row) == v for row in rows), len(rows), ((dimension, v),))
        for v in values
    ]
