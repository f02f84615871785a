"""How long a report takes: one agency with names, and whether long tables stay linear.

Run: python bench/report.py
"""

from __future__ import annotations

import sys
from pathlib import Path
from time import process_time

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from compliance.fonts import wrapped
from compliance.report import render
from compliance.scorecard import Scorecard
from tests.compliance import sample

ROUNDS = 7


def seconds(scorecard: Scorecard, rounds: int = ROUNDS) -> tuple[float, int]:
    """The best processor time of several rounds, and the size of the file."""
    best, size = float("inf"), 0
    for _ in range(rounds):
        wrapped.cache_clear()  # as in a fresh process
        started = process_time()
        size = len(render(scorecard, made_at=sample.MADE_AT))
        best = min(best, process_time() - started)
    return best, size


def main() -> None:
    print(f"{'report':44}{'ms':>9}{'kB':>9}")
    for staff in (100, 150):
        told(f"agency, {staff} staff with names, 40 missed", sample.agency(staff, 40))
    told("partnership, 16 agencies", sample.partnership())
    short = told("agency, 1,500 missed duties", sample.agency(0, 1_500), 3)
    long = told("agency, 6,000 missed duties", sample.agency(0, 6_000), 3)
    print(f"four times the rows cost {long / short:.2f} times the time")


def told(what: str, scorecard: Scorecard, rounds: int = ROUNDS) -> float:
    best, size = seconds(scorecard, rounds)
    print(f"{what:44}{best * 1000:9.0f}{size / 1000:9.0f}")
    return best


if __name__ == "__main__":
    main()
