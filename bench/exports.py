"""How long a list takes as a file, and how much memory: 100,000 entries of the history, in both forms.

Run: python bench/exports.py (SQLite in memory, or the database that DATABASE_URL names)
100,000 entries are 200,000 lines. On SQLite the CSV took 10.9 s of the processor and came in pieces, the workbook
23.1 s before it went out (17.0 and 6.4 MB). Both together needed 35 MB more than the 177 MB that the database in
memory, the programs and the making of the entries had taken before.
"""

from __future__ import annotations

import os
import resource
import sys
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from pathlib import Path
from time import perf_counter, process_time

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()

from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from compliance.demo import factories as make
from partnership.history import entry, record_all
from partnership.models import Agency, Partnership, User
from partnership.roles import Role

ENTRIES, AT_ONCE = 100_000, 5_000


def entries(by: User, agency: Agency, place: Partnership) -> Iterator:
    """Changes of an agency, a minute apart, two fields each."""
    begun = timezone.now() - timedelta(minutes=ENTRIES)
    for number in range(ENTRIES):
        found = entry(
            by, "changed", agency, agency=agency, partnership=place,
            name=[f"Northwold Health Visiting {number}", f"Health Visiting {number + 1}"], code=["NHV", "HV"],
        )
        found.at = begun + timedelta(minutes=number)
        yield found


def memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    if connection.vendor == "sqlite":
        call_command("migrate", verbosity=0)
    place = make.PartnershipFactory()
    agency = make.AgencyFactory()
    make.MembershipFactory(partnership=place, agency=agency, code="HV")
    user = make.GrantFactory(role=Role.PARTNERSHIP_MANAGER, partnership=place).user
    there = entries(user, agency, place)
    while lot := list(islice(there, AT_ONCE)):
        record_all(lot)
    client = Client(SERVER_NAME="localhost")
    client.force_login(user)
    print(f"{ENTRIES:,} entries of the history, {memory():.0f} MB before the first file", flush=True)
    for form in ("csv", "xlsx"):
        begun, busy = perf_counter(), process_time()
        answer = client.get(f"/history/list.{form}")
        first, size = 0.0, 0
        for piece in answer.streaming_content:
            first = first or perf_counter() - begun
            size += len(piece)
        print(
            f"{form}: first piece after {first:.2f} s, all of it after {perf_counter() - begun:.1f} s "
            f"({process_time() - busy:.1f} s of the processor), "
            f"{size / 2**20:.1f} MB; {memory():.0f} MB at most", flush=True,
        )


if __name__ == "__main__":
    main()
