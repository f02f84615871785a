"""How long it takes to load the year of Bracknell Forest, and to load it again.

Run: python bench/load.py (SQLite in memory, or the database that DATABASE_URL names)
"""

from __future__ import annotations

import os
import sys
from datetime import date
from pathlib import Path
from time import perf_counter, process_time

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()

from django.db import connection

from compliance.folder import load_folder

FOLDER = ROOT / "compliance/demo/data/bracknell-forest-2014-15"


class Counter:
    """Counts the statements that pass."""

    def __init__(self) -> None:
        self.seen = 0

    def __call__(self, execute, sql, params, many, context):
        self.seen += 1
        return execute(sql, params, many, context)


def told(what: str) -> None:
    """Load the folder once, and say how long it took and with how many queries."""
    counter, wall, processor = Counter(), perf_counter(), process_time()
    with connection.execute_wrapper(counter):
        load_folder(FOLDER, code="BF", name="Bracknell Forest", on=date(2026, 1, 31))
    print(
        f"{what:24}{perf_counter() - wall:8.2f} s{process_time() - processor:8.2f} s processor"
        f"{counter.seen:8,} queries"
    )


def main() -> None:
    name = connection.creation.create_test_db(verbosity=0)
    try:
        told("the first time")
        told("the second time")
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


if __name__ == "__main__":
    main()
