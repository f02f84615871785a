"""A world that is built once for all tests of a module: each of them sees it as it was built.

A test's own writes are rolled back to it as ever; the world itself goes when its module is through.
Rows that a test takes out of it are copies (``own``): what it sets on them is not seen by the next.
"""

from __future__ import annotations

import copy
import sys
from collections.abc import Callable, Iterator
from typing import TypeVar

from django.db import transaction

T = TypeVar("T")


def standing(blocker, build: Callable[[], T]) -> Iterator[T]:
    """What a module-scoped fixture yields from: built in a transaction that is taken back at the end."""
    whole = transaction.atomic()
    with blocker.unblock():
        whole.__enter__()
        try:
            made = build()
        except BaseException:
            whole.__exit__(*sys.exc_info())
            raise
    yield made
    with blocker.unblock():
        transaction.set_rollback(True)
        whole.__exit__(None, None, None)


def own(made: T) -> T:
    """A copy of a world's rows, which keep to each other as they did."""
    return copy.deepcopy(made)
