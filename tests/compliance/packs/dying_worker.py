"""A worker that stops when a pack's files are written into the database and nothing is committed, to be
killed there. Run by test_killed.py, never alone."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

import django

django.setup()

from django.core.management import call_command  # noqa: E402

from compliance.packs import working  # noqa: E402

if half_way := os.environ.get("HALF_WAY"):

    def waits(*_: object, **__: object) -> None:
        Path(half_way).touch()
        time.sleep(600)

    working.change = waits
call_command("db_worker", batch=True, interval=0, startup_delay=False, reload=False, verbosity=0)
