"""How long a pack takes and how much memory: 16 agencies of the demo year, and 500 invented ones.

Each in a process of its own, as the worker makes it: figures read, PDF and ZIP written and kept in the
database. The memory is the most that the process held in RAM, Python and Django with it.

Run: python bench/pack.py (SQLite in a folder of its own, which is taken away)

Wanted: 16 agencies under 10 s; 500 agencies under 300 MB.

Found on two shared cores: 16 agencies (165 pages) 2.9 s and 155 MB; 500 agencies (3,533 pages) 71 s of a
processor and 258 MB, a PDF of 15 MB and a ZIP of 57 MB.
"""

from __future__ import annotations

import os
import random
import re
import resource
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
AGENCIES, STAFF, RECORDS, MEETINGS, INVITED = 500, 6_000, 24_000, 800, 16
CODES = {"demo": "BF", "many": "SYN"}


def main() -> None:
    with TemporaryDirectory() as folder:
        (Path(folder) / "static").mkdir()
        env = {**os.environ, "TRIAL": "1", "DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "config.settings"}
        env.pop("DATABASE_URL", None)
        run = [sys.executable, str(ROOT / "manage.py")]
        subprocess.run([*run, "migrate", "-v0"], env=env, check=True)
        subprocess.run([*run, "load_demo"], env=env, check=True, capture_output=True)
        subprocess.run([sys.executable, __file__, "build"], env=env, check=True)
        print(f"{'pack':8}{'agencies':>9}{'pages':>7}{'seconds':>9}{'processor':>11}{'MB of RAM':>11}{'PDF, MB':>9}{'ZIP, MB':>9}")
        for name in CODES:
            subprocess.run([sys.executable, __file__, name], env=env, check=True)


def build() -> None:
    """Five hundred agencies in one partnership."""
    from bench import scorecard
    from compliance.demo import factories as make

    for name, value in {"AGENCIES": AGENCIES, "STAFF": STAFF, "RECORDS": RECORDS, "MEETINGS": MEETINGS, "INVITED": INVITED}.items():
        setattr(scorecard, name, value)
    make.reseed_random(1)
    random.seed(1)
    scorecard.synthetic()


def measure(name: str) -> None:
    from compliance.demo import factories as make
    from compliance.models import Pack, PackState
    from compliance.packs import working
    from compliance.period import Period
    from partnership.models import Partnership
    from partnership.roles import Role

    place = Partnership.objects.get(code=CODES[name])
    user = make.UserFactory(email=f"bench.{name}@example.org")
    make.GrantFactory(user=user, role=Role.TRAINING_SUBGROUP, partnership=place)
    pack = Pack.objects.create(asked_by=user, places=place.code, period=Period(2014).slug)
    pack.partnerships.set([place])
    begun, processor = perf_counter(), process_time()
    working.work(pack.pk)
    took, processor = perf_counter() - begun, process_time() - processor
    pack.refresh_from_db()
    assert pack.state == PackState.READY, pack.problem
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    pdf, zipped = (pack.sizes[form] / 1e6 for form in ("pdf", "zip"))
    print(f"{name:8}{pack.agencies:9}{pages(pack):7}{took:9.1f}{processor:11.1f}{most:11.0f}{pdf:9.1f}{zipped:9.1f}")


def pages(pack) -> int:
    """As the file counts them, read after the memory was measured."""
    content = b"".join(bytes(piece.content) for piece in pack.pieces.filter(form="pdf"))
    return int(re.search(rb"/Count (\d+) /Kids", content)[1])


if __name__ == "__main__":
    if len(sys.argv) == 1:
        main()
    else:
        import django

        django.setup()
        build() if sys.argv[1] == "build" else measure(sys.argv[1])
