"""How long published editions take: the reports of the demo year, and what is held back of them.

Run: python bench/published.py
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from datetime import date
from pathlib import Path
from time import perf_counter, process_time

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
os.environ.pop("DATABASE_URL", None)

import django

django.setup()

from django.test.utils import setup_databases, setup_test_environment

from compliance.editions import family_of
from compliance.folder import load_folder
from compliance.scorecard import Held
from compliance.suppression.hiding import is_small
from compliance.suppression.relations import relations

FOLDER = ROOT / "compliance/demo/data/bracknell-forest-2014-15"


def timed(what: str, work):
    wall, cpu = perf_counter(), process_time()
    found = work()
    print(f"{what}: {perf_counter() - wall:.2f} s, of them {process_time() - cpu:.2f} s of this process")
    return found


def main() -> None:
    setup_test_environment()
    setup_databases(verbosity=0, interactive=False)
    loaded = load_folder(FOLDER, code="BF", name="Bracknell Forest", on=date(2026, 1, 31))
    partnership = loaded.plans["agencies.csv"].new[0].partnership
    family = timed("Scoring all reports", lambda: family_of(partnership, 2014))
    counted = timed("Placing their counts", lambda: family.counted)
    known = timed("How they hang together", lambda: list(relations(counted)))
    held = timed("Holding back", lambda: family.held)
    values = [value for value in counted.values.values() if value]
    why = Counter(held.values())
    print(f"{len(values)} counts that are not nothing, {len(known)} relations")
    print(f"small: {sum(map(is_small, values))}; {why[Held.SMALL]} fewer than 5, {why[Held.BACK]} held back")


if __name__ == "__main__":
    main()
