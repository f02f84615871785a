"""What is held back cannot be worked out: tried by solving for it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from random import Random

from compliance.scorecard import Held
from compliance.suppression.hiding import Relation, adds_up, decide, within
from tests.compliance.attack import Terms, found_out, unproved

CELLS = (0, 0, 1, 2, 3, 4, 5, 6, 8, 12, 20, 40)


class Known:
    """Random counts with all that a reader knows of them."""

    def __init__(self) -> None:
        self.counts: dict = {}
        self.relations: list[Relation] = []

    @property
    def sums(self) -> list[tuple[Terms, int, int]]:
        return [(dict(r.terms), r.low, r.high) for r in self.relations]

    @property
    def secrets(self) -> Iterator[Terms]:
        """Small counts, and small rests of what is not met."""
        yield from ({key: 1} for key, value in self.counts.items() if 1 <= value <= 4)
        for relation in self.relations:
            if relation.counts and 1 <= sum(f * self.counts[k] for k, f in relation.terms) <= 4:
                yield dict(relation.terms)

    def small(self) -> dict:
        return {key: Held.SMALL for key, value in self.counts.items() if 1 <= value <= 4}


def table(random: Random, *sides: int, cells=CELLS) -> Known:
    """A table of two or three dimensions with all its margins."""
    known = Known()
    inner = {k: random.choice(cells) for k in product(*map(range, sides))}
    for key in product(*([*range(side), "all"] for side in sides)):
        fits = (k for k in inner if all(a in ("all", b) for a, b in zip(key, k, strict=True)))
        known.counts[key] = sum(inner[k] for k in fits)
        for at, value in enumerate(key):
            if value == "all":
                parts = [(*key[:at], part, *key[at + 1 :]) for part in range(sides[at])]
                known.relations.append(adds_up(key, parts))
    return known


def year(random: Random, agencies: int, cells=CELLS) -> Known:
    """Agencies through quarters, halves and the year, met of total, on a basis within another."""
    known, times = Known(), {"Y": ("H1", "H2"), "H1": ("Q1", "Q2"), "H2": ("Q3", "Q4")}
    for who, when in product(range(agencies), ("Q1", "Q2", "Q3", "Q4")):
        total = random.choice(cells) + random.choice(cells)
        involved = random.randint(0, total)
        met = random.randint(0, involved)
        for what, value in (("total", total), ("involved", involved), ("met", met)):
            for a, t in product((who, "all"), (when, "H1" if when in ("Q1", "Q2") else "H2", "Y")):
                known.counts[a, t, what] = known.counts.get((a, t, what), 0) + value
    for a, t, what in known.counts:
        if t in times:
            known.relations.append(adds_up((a, t, what), [(a, part, what) for part in times[t]]))
        if a == "all":
            known.relations.append(adds_up((a, t, what), [(who, t, what) for who in range(agencies)]))
        if what == "met":
            known.relations.append(within((a, t, "met"), (a, t, "involved"), counts=True))
            known.relations.append(within((a, t, "involved"), (a, t, "total")))
    return known


def tables(random: Random, number: int) -> Iterator[Known]:
    for turn in range(number):
        match turn % 4:
            case 0 | 1:
                yield table(random, random.randint(2, 5), random.randint(2, 5))
            case 2:
                yield table(random, *(random.randint(2, 3) for _ in range(3)))
            case 3:
                yield year(random, random.randint(2, 3))


def test_held_back_thousand_tables_cannot_be_solved():
    """Each small count has another number in other numbers that fit; every tenth table is solved as well."""
    shown = told = 0
    for number, known in enumerate(tables(Random(2015), 1_000)):
        hiding = decide(known.counts, known.relations)
        held = hiding.held()
        assert set(known.small()) <= set(held)
        assert not any(known.counts[key] == 0 for key in held)
        left = unproved(known.counts, known.sums, held, known.secrets, hiding.other_numbers())
        if number % 10 == 0 or left:
            secrets = left if number % 10 else known.secrets
            assert found_out(known.counts, known.sums, held, secrets) == []
        shown += len(known.counts) - len(held)
        told += len(known.counts)
    assert shown > 0.4 * told  # it is no protection to hide everything


def test_proof_that_fits_nothing_proves_nothing():
    """The reckoning through is itself tried: with a sum broken, a shown count changed, a word not kept."""
    counts = {"a": 3, "b": 9, "all": 12}
    sums, secrets = [({"a": 1, "b": 1, "all": -1}, 0, 0)], [{"a": 1}]
    held = {"a": Held.SMALL, "b": Held.BACK}
    assert unproved(counts, sums, held, secrets, [{"a": 1, "b": -1}]) == []
    for other in ({"a": 1}, {"a": 1, "all": 1}, {"a": 2, "b": -2}, {"b": -1}, {}):
        assert unproved(counts, sums, held, secrets, [other]) == secrets


def test_held_back_small_ones_only_are_solved():
    """The control: the same reader works out many when nothing is held back with them."""
    broken = 0
    for known in tables(Random(2015), 40):
        broken += bool(found_out(known.counts, known.sums, known.small(), known.secrets))
    assert broken > 20
