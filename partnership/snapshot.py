"""Reading at one moment: what others write meanwhile is not seen, and does not wait.

A floor that reads for seconds or minutes, row after row, would else say two things in one document.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from django.db import connection, connections, transaction

Aside = Callable[[Callable[[], Any]], Any]
ONE_MOMENT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"


@contextmanager
def one_moment() -> Iterator[Aside]:
    """Whatever is read within is as it was at the first reading; nothing can be written within.

    What is given calls a function beside it, on a connection of its own: others see at once what that
    writes (how far the work is), and it sees what they wrote (that it is to stop). Within a transaction
    that is open already, that one decides what is seen.
    """
    if connection.in_atomic_block:
        yield lambda do: do()
        return
    with beside() as aside, reading():
        yield aside


@contextmanager
def beside() -> Iterator[Aside]:
    """A thread, since each has a connection of its own; it is closed with it."""
    with ThreadPoolExecutor(1, "aside") as thread:
        try:
            yield lambda do: thread.submit(do).result()
        finally:
            thread.submit(connections.close_all).result()


@contextmanager
def reading() -> Iterator[None]:
    """One transaction that only reads, as each database has it."""
    connection.ensure_connection()
    if connection.vendor == "postgresql":
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(ONE_MOMENT)
            yield
        return
    usual, connection.transaction_mode = connection.transaction_mode, "DEFERRED"
    try:  # begun as a writer, as usual, it would keep all others from writing
        with only_reading(), transaction.atomic():
            yield
    finally:
        connection.transaction_mode = usual


@contextmanager
def only_reading() -> Iterator[None]:
    """SQLite has no transaction that only reads; it has a connection that does, for as long as one likes."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA query_only = ON")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA query_only = OFF")
