"""A reader who adds and subtracts: solves for hidden counts from all that is shown and known.

Written without the code that hides: whole numbers within what the words in their place say, every sum
kept, by an integer programme. A count is found out when no other number fits. Where the publisher has
other numbers as a proof they are reckoned through instead, which is as exact and quicker.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from compliance.scorecard import Held

Key = Hashable
Terms = Mapping[Key, int]
LOTS = 10_000


def unproved(
    counts: Mapping[Key, int], sums: Iterable[tuple[Terms, int, int]], held: Mapping[Key, Held],
    secrets: Iterable[Terms], others: Iterable[Mapping[Key, int]],
) -> list[Terms]:
    """The secrets that are the same in all other numbers which the publisher says would fit as well:
    each is reckoned through here, and does not count when it breaks a sum or a word."""
    where: dict[Key, list[tuple[Terms, int, int]]] = defaultdict(list)
    for one in sums:
        for key in one[0]:
            where[key].append(one)
    fitting = [other for other in others if fits(counts, where, held, other)]
    return [
        terms for terms in secrets
        if not any(sum(factor * other.get(key, 0) for key, factor in terms.items()) for other in fitting)
    ]


def fits(
    counts: Mapping[Key, int], where: Mapping[Key, list[tuple[Terms, int, int]]], held: Mapping[Key, Held],
    other: Mapping[Key, int],
) -> bool:
    """Whether other numbers fit what is shown, the words in place of the rest, and every sum."""
    for key, by in other.items():
        if key not in held or counts[key] + by < 0 or (held[key] is Held.SMALL and not 1 <= counts[key] + by <= 4):
            return False
    touched = (one for key in other for one in where.get(key, ()))
    return all(
        low <= sum(factor * (counts[key] + other.get(key, 0)) for key, factor in terms.items()) <= high
        for terms, low, high in touched
    )


def found_out(
    counts: Mapping[Key, int], sums: Iterable[tuple[Terms, int, int]], held: Mapping[Key, Held],
    secrets: Iterable[Terms],
) -> list[Terms]:
    """The secrets (sums of counts) that can have one value only; ``counts`` are the true numbers."""
    places = {key: number for number, key in enumerate(held)}
    truth = np.array([counts[key] for key in held], dtype=float)
    left = [(terms, vector(terms, places)) for terms in secrets]
    found = [terms for terms, wanted in left if not wanted.any()]  # no part of it is hidden
    left = [(terms, wanted) for terms, wanted in left if wanted.any()]
    if not left:
        return found
    within = Bounds(
        [1 if why is Held.SMALL else 0 for why in held.values()],
        [4 if why is Held.SMALL else LOTS for why in held.values()],
    )
    kept = unknown(counts, sums, places)
    for way in (1, -1):  # all at once: what is different in another world is safe
        left = unlike(left, solve(way * sum(wanted for _, wanted in left), kept, within), truth) if left else []
    while left:
        terms, wanted = left[-1]
        others = [solve(way * wanted, kept, within) for way in (1, -1)]
        still = unlike(unlike(left, others[0], truth), others[1], truth)
        if len(still) and still[-1][0] is terms:
            found.append(terms)
            still = still[:-1]
        left = still
    return found


def unlike(left: list, other: np.ndarray, truth: np.ndarray) -> list:
    """Those whose sum is the true one in another world, too."""
    return [(terms, wanted) for terms, wanted in left if abs(wanted @ (other - truth)) < 0.5]


def unknown(counts: Mapping[Key, int], sums: Iterable[tuple[Terms, int, int]], places: Mapping[Key, int]):
    """The sums with something hidden in them, less what is shown of them."""
    rows, lows, highs = [], [], []
    for terms, low, high in sums:
        row = vector(terms, places)
        if row.any():
            shown = sum(factor * counts[key] for key, factor in terms.items() if key not in places)
            rows.append(row)
            lows.append(low - shown)
            highs.append(min(high, LOTS * 10) - shown)
    return LinearConstraint(csr_array(np.array(rows)), lows, highs) if rows else ()


def vector(terms: Terms, places: Mapping[Key, int]) -> np.ndarray:
    row = np.zeros(len(places))
    for key, factor in terms.items():
        if key in places:
            row[places[key]] += factor
    return row


def solve(aim: np.ndarray, kept, within: Bounds) -> np.ndarray:
    answer = milp(aim, constraints=kept, bounds=within, integrality=np.ones_like(aim))
    assert answer.success, answer.message  # the true numbers fit: there is always an answer
    return np.round(answer.x)
