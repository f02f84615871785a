"""What a change of the rules would change: the change is made, looked at and undone.

So what a page says beforehand is what will happen, by the same act and the same definition of a
standing. Two training books are read, before and after: a fixed number of queries.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from partnership.querysets import StaffQuerySet
from training.choices import Standing
from training.due import DUE, who_is_due
from training.standing import open_book

Standings = dict[int, Standing | None]


@dataclass(frozen=True, slots=True)
class Foreseen:
    """How the worst standings of some people change by an act, reckoned for one day."""

    on: date
    people: int
    moves: tuple[tuple[Standing | None, Standing | None, int], ...]  # from, to, how many

    @property
    def newly_due(self) -> int:
        """Who has something to do after it, and had nothing before."""
        return sum(n for before, after, n in self.moves if after in DUE and before not in DUE)

    @property
    def no_longer_due(self) -> int:
        return sum(n for before, after, n in self.moves if before in DUE and after not in DUE)

    @property
    def changed(self) -> int:
        return sum(n for *_, n in self.moves)


class _Undone(Exception):
    """Takes the change back."""


def foresee(people: StaffQuerySet, on: date, change: Callable[[], Any]) -> Foreseen:
    """What a change would do to the standings of some people on a day. What it refuses is raised."""
    people = people.in_post(on)
    before, after = standings(people, on), {}
    try:
        with transaction.atomic():
            change()
            after = standings(people, on)
            raise _Undone
    except _Undone:
        pass
    moves = Counter((before[pk], after[pk]) for pk in before if before[pk] != after[pk])
    return Foreseen(on, len(before), tuple((a, b, n) for (a, b), n in moves.most_common()))


def standings(people: StaffQuerySet, on: date) -> Standings:
    """The worst standing of each; None: nothing is asked of them."""
    return {row.person.pk: row.standing for row in who_is_due(open_book(people), on)}
