"""Other whole numbers that fit the same sums: found by changing one count and mending what breaks.

A change of one count breaks the sums that it is in; each is mended by changing another count of it,
until every sum is kept again. The cheapest way on is tried first, and counts that are hidden already
cost nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count

ENDLESS = 10**9
ANYTHING = (1, ENDLESS)  # all that is said of a count that is held back: nothing would be shown
NOTHING_SAID = (0, ENDLESS)  # of one that is held back with its whole table
LESS_SAID = 2  # the price of saying less of a count that is hidden anyhow
PRIME = 7_919  # mixes the order of sums that are equally long

CHEAP, FAIR, DEAR = 8, 40, 80  # up to these prices counts are hidden readily, less so, unwillingly


@dataclass(frozen=True, slots=True)
class Way:
    """How a search goes about it: how dear a count it may hide, what a broken sum weighs against
    prices, after how many steps it is given up, and in which order it takes sums that are alike."""

    dearest: int
    haste: int
    steps: int
    order: int = 0


FREE = (Way(0, 10, 100),)
PAID = (
    Way(CHEAP, 10, 200), Way(CHEAP, 100, 600), Way(FAIR, 10, 200),
    *(Way(FAIR, 100, 600, order) for order in range(3)), Way(DEAR, 10, 300),
    *(Way(DEAR, 100, 600, order) for order in range(6)), Way(ENDLESS, 30, 300),
    *(Way(ENDLESS, 100, 600, order) for order in range(4)), Way(ENDLESS, 30, 20_000),
)  # fmt: skip
CHEAPER = (  # to show a dear count again
    Way(CHEAP, 10, 200), Way(FAIR, 10, 200), *(Way(FAIR, 100, 300, order) for order in range(3))
)


@dataclass(frozen=True, slots=True)
class Change:
    """By how much each count, and each sum that may vary, is different in the other numbers."""

    cells: Mapping[int, int]
    sums: Mapping[int, int]


@dataclass(slots=True)
class State:
    """A change that is not finished: what it has changed, and which sums are broken by it."""

    cells: dict[int, int]
    sums: dict[int, int]
    broken: set[int] = field(default_factory=set)
    price: int = 0


@dataclass
class Balance:
    """Counts, the range in which each may lie when it is hidden, and the sums that must be kept."""

    values: list[int]
    ranges: list[tuple[int, int]]
    prices: list[int]
    hidden: list[bool] = field(init=False)

    def __post_init__(self) -> None:
        self.hidden = [False] * len(self.values)
        self.sums_of: list[list[tuple[int, int]]] = [[] for _ in self.values]
        self.members: list[dict[int, int]] = []
        self.rooms: list[tuple[int, int]] = []  # how much a sum may fall and rise
        self.open: list[int] = []  # how many counts of a sum are hidden
        self.ranked: dict[int, list[int]] = {}
        self.stuck: set[int] = set()  # hidden, but other counts give them away: no use in a search

    def relate(self, factors: Mapping[int, int], low: int, high: int) -> int:
        """Keep a sum of counts times factors within a room about what it is now."""
        number = len(self.members)
        self.members.append(dict(factors))
        self.rooms.append((low, high))
        self.open.append(sum(self.hidden[cell] for cell in factors))
        for cell, factor in factors.items():
            self.sums_of[cell].append((number, factor))
        return number

    def hide(self, cell: int) -> None:
        if not self.hidden[cell]:
            self.hidden[cell] = True
            for number, _ in self.sums_of[cell]:
                self.open[number] += 1

    def show(self, cell: int) -> None:
        if self.hidden[cell]:
            self.hidden[cell] = False
            for number, _ in self.sums_of[cell]:
                self.open[number] -= 1

    def hide_wholly(self, cell: int) -> None:
        """Hide a count so that even whether there is anything is not said."""
        self.hide(cell)
        self.ranges[cell] = NOTHING_SAID

    def allow(self, change: Change) -> None:
        """Hide what a change touches, and say less where it leaves what was said."""
        for cell, by in change.cells.items():
            self.hide(cell)
            if not self.fits(cell, by):
                self.ranges[cell] = ANYTHING

    def holds(self, change: Change) -> bool:
        """Whether a change can be had as things are: every count of it is hidden, and fits its words."""
        return all(self.hidden[cell] and self.fits(cell, by) for cell, by in change.cells.items())

    def neighbours(self, cell: int) -> Iterator[int]:
        for number, _ in self.sums_of[cell]:
            yield from self.members[number]

    def find_stuck(self) -> None:
        """Hidden counts that follow from those shown, each from a sum in which it is the last one."""
        open_cells = [left if room == (0, 0) else 0 for left, room in zip(self.open, self.rooms, strict=True)]
        self.stuck = set()
        waiting = [number for number, left in enumerate(open_cells) if left == 1]
        while waiting:
            members = self.members[waiting.pop()]
            for cell in members:
                if self.hidden[cell] and cell not in self.stuck:
                    self.stuck.add(cell)
                    for number, _ in self.sums_of[cell]:
                        open_cells[number] -= 1
                        if open_cells[number] == 1:
                            waiting.append(number)

    def alternative(self, target: int, ways: Iterable[Way]) -> Change | None:
        """Other numbers in which a count (or the sum ~target) is different, by the first way that finds any."""
        if ways is FREE and target in self.stuck:
            return None
        return next(filter(None, (self.search(target, way) for way in ways)), None)

    def search(self, target: int, way: Way) -> Change | None:
        """Best first: each entry of the heap is a state and the next count to change in it."""
        heap = [(0, number, State({}, {}), *step) for number, step in enumerate(self.beginnings(target, way))]
        ticket = count(len(heap))
        for _ in range(way.steps):
            if not heap:
                return None
            *_, before, cell, by = heappop(heap)
            state = self.changed(before, cell, by)
            if state.broken:
                for weight, cell, by in self.mending(state, way):
                    heappush(heap, (weight, next(ticket), state, cell, by))
            elif target >= 0 or state.sums.get(~target):
                return Change(state.cells, {n: by for n, by in state.sums.items() if by})
        return None

    def beginnings(self, target: int, way: Way) -> Iterator[tuple[int, int]]:
        """The target one more or one less; for a sum, any of its counts."""
        cells = [target] if target >= 0 else sorted(self.members[~target])
        for cell in cells:
            for by in (1, -1):
                if self.allows(cell, by, way.dearest):
                    yield cell, by

    def allows(self, cell: int, by: int, dearest: int) -> bool:
        """Whether a count may be different by so much: as things are, or at a price."""
        if dearest:
            if not self.hidden[cell] and (not self.values[cell] or self.prices[cell] > dearest):
                return False  # a count of nothing is shown
            return self.values[cell] + by >= min(1, self.ranges[cell][0])
        return self.hidden[cell] and cell not in self.stuck and self.fits(cell, by)

    def fits(self, cell: int, by: int) -> bool:
        """Whether a count that is different by so much fits the words that stand in its place."""
        low, high = self.ranges[cell]
        return low <= self.values[cell] + by <= high

    def price_of(self, cell: int, by: int) -> int:
        """What it costs to hide a count, or to say less of one that is hidden."""
        if not self.hidden[cell]:
            return self.prices[cell]
        return 0 if self.fits(cell, by) else LESS_SAID

    def changed(self, state: State, cell: int, by: int) -> State:
        """The state with one more count changed."""
        sums, broken, rooms = state.sums.copy(), state.broken.copy(), self.rooms
        for number, factor in self.sums_of[cell]:
            off = sums[number] = sums.get(number, 0) + factor * by
            low, high = rooms[number]
            if low <= off <= high:
                broken.discard(number)
            else:
                broken.add(number)
        return State({**state.cells, cell: by}, sums, broken, state.price + self.price_of(cell, by))

    def mending(self, state: State, way: Way) -> Iterator[tuple[int, int, int]]:
        """Every way to mend the narrowest broken sum by one more count, and its weight."""
        number = min(state.broken, key=(self.ranks(way.order) if way.dearest else self.open).__getitem__)
        off, (low, high) = state.sums[number], self.rooms[number]
        needed = (high if off > high else low) - off
        for cell, factor in self.members[number].items():
            by, rest = divmod(needed, factor)
            if not rest and cell not in state.cells and self.allows(cell, by, way.dearest):
                yield self.weight(state, cell, by, way.haste), cell, by

    def weight(self, state: State, cell: int, by: int, haste: int) -> int:
        """How far from done, and how dear, a state will be with one more count changed."""
        were, rooms, now = state.broken, self.rooms, state.sums.get
        broken = len(were)
        for number, factor in self.sums_of[cell]:
            low, high = rooms[number]
            if low <= now(number, 0) + factor * by <= high:
                broken -= number in were
            elif number not in were:
                broken += 1
        return state.price + self.price_of(cell, by) + haste * broken + len(state.cells)

    def ranks(self, order: int) -> list[int]:
        """In which turn each sum is mended: short ones first, those alike in the order asked for."""
        if order not in self.ranked:
            mixed = enumerate(self.members)
            self.ranked[order] = [len(m) * PRIME + n * (order + 1) % PRIME for n, m in mixed]
        return self.ranked[order]
