"""Which counts a reader outside must not see: small ones, and enough others to keep them so.

A count of 1 to 4 is hidden. Others are held back with it until, for each hidden small count, there
is *another set of whole numbers* that fits everything shown and everything known of how the counts
hang together, in which that count is different. Such a set is found before anything is published and
kept as the proof; nobody who adds and subtracts can then tell which of them is the true one.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from compliance.scorecard import Held
from compliance.suppression.balancing import (
    ANYTHING,
    CHEAPER,
    ENDLESS,
    FAIR,
    FREE,
    PAID,
    Balance,
    Change,
    Way,
)

SMALLEST, LARGEST = 1, 4  # the counts that are hidden for their own sake
LAST = 12  # as many proofs of a small count are remembered, to be used again
Key = Hashable


@dataclass(frozen=True, slots=True)
class Relation:
    """What a reader knows of some counts: times their factors they add up to no less and no more."""

    terms: tuple[tuple[Key, int], ...]
    low: int = 0
    high: int = 0
    counts: bool = False  # the sum is itself a count that may be small: those that are not met


def adds_up(whole: Key, parts: Iterable[Key]) -> Relation:
    """Parts that make the whole."""
    return Relation(((whole, -1), *((part, 1) for part in parts)))


def within(part: Key, whole: Key, *, counts: bool = False) -> Relation:
    """A part that is never more than its whole; ``counts`` where the rest is a count as well."""
    return Relation(((whole, 1), (part, -1)), 0, ENDLESS, counts)


def is_small(value: int) -> bool:
    return SMALLEST <= value <= LARGEST


def hold_back(
    counts: Mapping[Key, int], relations: Iterable[Relation], *, prices: Mapping[Key, int] | None = None,
    sensitive: Collection[Key] = (), tables: Collection[Key] = (),
) -> dict[Key, Held]:
    """The counts that are not shown, and why. The same counts give the same answer.

    ``prices`` say which counts a reader would miss most; ``sensitive`` ones are hidden whatever
    their number, as the children of a single family are; ``tables`` are the counts of tables that
    are held back as a whole, with what is nothing in them.
    """
    return decide(counts, relations, prices=prices, sensitive=sensitive, tables=tables).held()


def decide(
    counts: Mapping[Key, int], relations: Iterable[Relation], *, prices: Mapping[Key, int] | None = None,
    sensitive: Collection[Key] = (), tables: Collection[Key] = (),
) -> Hiding:
    """The same with the proofs beside it."""
    hiding = Hiding(counts, relations, prices or {}, frozenset(sensitive), frozenset(tables))
    hiding.protect()
    hiding.give_back()
    return hiding


class Hiding:
    """The counts while it is decided which are hidden, with a proof for each that must be."""

    def __init__(
        self, counts: Mapping[Key, int], relations: Iterable[Relation], prices: Mapping[Key, int],
        sensitive: frozenset[Key], tables: frozenset[Key],
    ) -> None:
        self.places = {key: number for number, key in enumerate(counts)}
        values = list(counts.values())
        self.balance = balance = Balance(
            values, [known_range(value) for value in values], [1 + prices.get(key, 0) for key in counts]
        )
        self.targets: list[int] = []  # cells, and after them relations as ~number
        for key, cell in self.places.items():
            if is_small(values[cell]) or (key in sensitive and values[cell]):
                balance.hide(cell)
                self.targets.append(cell)
            if key in tables:
                balance.hide_wholly(cell)
        self.own = {cell for cell in self.places.values() if balance.hidden[cell]}
        self.known: set[tuple] = set()
        for relation in relations:
            self.add(relation)
        self.secret = set(self.targets)
        self.proofs: dict[int, Change] = {}
        self.found: dict[int, deque[Change]] = defaultdict(partial(deque, maxlen=LAST))
        self.users: dict[int, set[int]] = defaultdict(set)  # of a count: targets that it may have proved

    def held(self) -> dict[Key, Held]:
        """The counts that are not shown, and why."""
        hidden, ranges = self.balance.hidden, self.balance.ranges
        return {
            key: Held.SMALL if ranges[cell] == (SMALLEST, LARGEST) else Held.BACK
            for key, cell in self.places.items() if hidden[cell]
        }

    def other_numbers(self) -> Iterator[dict[Key, int]]:
        """The proofs: each by how much other numbers that fit as well are different."""
        keys = list(self.places)
        for proof in {id(proof): proof for proof in self.proofs.values()}.values():
            yield {keys[cell]: by for cell, by in proof.cells.items()}

    def add(self, relation: Relation) -> None:
        """Note a relation, unless the counts do not keep it: then it tells a reader nothing true."""
        factors: dict[int, int] = {}
        for key, factor in relation.terms:
            cell = self.places[key]
            factors[cell] = factors.get(cell, 0) + factor
        factors = {cell: factor for cell, factor in factors.items() if factor}
        rest = sum(factor * self.balance.values[cell] for cell, factor in factors.items())
        known = frozenset(factors.items()), relation.low, relation.high
        if not factors or known in self.known or not relation.low <= rest <= relation.high:
            return
        self.known.add(known)
        secret = relation.counts and is_small(rest)
        number = self.balance.relate(factors, relation.low - rest, relation.high - rest)
        if secret:
            self.targets.append(~number)

    def protect(self) -> None:
        """Find a proof for each small count, hiding what it takes."""
        self.balance.find_stuck()
        waiting = [target for target in self.targets if not self.prove(target, FREE)]
        for target in waiting:
            self.hide_for(target)

    def prove(self, target: int, ways: Sequence[Way]) -> bool:
        """Look for another set of numbers; whatever it changes is proved at once."""
        if target in self.proofs:
            return True
        found = self.known_before(target) or self.balance.alternative(target, ways)
        if found is None:
            return False
        self.balance.allow(found)
        for changed in (*found.cells, *(~number for number in found.sums)):
            if changed in self.secret:
                self.found[changed].append(found)
                if changed not in self.proofs:
                    self.proofs[changed] = found
                    for cell in found.cells:
                        self.users[cell].add(changed)
        return True

    def known_before(self, target: int) -> Change | None:
        """One of the last proofs of a target, or of others with it, that holds as things are now."""
        return next(filter(self.balance.holds, reversed(self.found[target])), None)

    def hide_for(self, target: int) -> None:
        """Hide more until a target can be proved: what is cheapest, and if need be all around it."""
        around = {target} if target >= 0 else set(self.balance.members[~target])
        while not self.prove(target, PAID):
            wider = {cell for one in around for cell in self.balance.neighbours(one)} | around
            if wider == around:
                raise Unprotected(f"No other numbers fit what is known of count {target}.")
            around = wider
            for cell in around:
                self.balance.hide_wholly(cell)

    def give_back(self) -> None:
        """Show again what was held back and is not needed, the dearest first."""
        balance = self.balance
        balance.find_stuck()
        extra = [
            cell for cell in self.places.values() if balance.hidden[cell] and cell not in self.own
        ]
        for cell in sorted(extra, key=lambda cell: (-balance.prices[cell], cell)):
            self.show(cell)
        for cell in sorted(self.own):
            if balance.ranges[cell] == ANYTHING and is_small(balance.values[cell]):
                self.say_more(cell)

    def show(self, cell: int) -> None:
        """Show a count again, if every proof that needed it can be had without; for a dear one cheap
        ones may be hidden instead."""
        balance = self.balance
        before = balance.hidden.copy(), balance.ranges.copy(), balance.open.copy()
        balance.show(cell)
        ways = CHEAPER if balance.prices[cell] > FAIR else FREE
        if not self.prove_again(self.users_of(cell), ways):
            balance.hidden, balance.ranges, balance.open = before

    def say_more(self, cell: int) -> None:
        """Say "fewer than 5" again of a small count, if every proof can do with that."""
        balance = self.balance
        balance.ranges[cell] = (SMALLEST, LARGEST)
        wanted = [t for t in self.users_of(cell) if not balance.fits(cell, self.proofs[t].cells[cell])]
        if not self.prove_again(wanted, FREE):
            balance.ranges[cell] = ANYTHING

    def users_of(self, cell: int) -> list[int]:
        """The targets whose proof changes a count."""
        return sorted(target for target in self.users[cell] if cell in self.proofs[target].cells)

    def prove_again(self, targets: list[int], ways: Sequence[Way]) -> bool:
        """Prove them as things are now, or leave their proofs as they were."""
        before = {target: self.proofs.pop(target) for target in targets}
        found = all(self.prove(target, ways) for target in targets)
        if not found:
            self.proofs.update(before)
        return found


class Unprotected(ValueError):
    """The counts leave no other numbers, whatever is hidden."""


def known_range(value: int) -> tuple[int, int]:
    """What a reader knows of a count that is not shown, from the words in its place."""
    return (SMALLEST, LARGEST) if is_small(value) else ANYTHING
