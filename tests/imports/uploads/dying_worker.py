"""A worker that stops half-way through writing, to be killed there. Run by test_killed.py, never alone.

It is the worker as it is, but for one thing: once the rows are written and nothing is committed, it
says so by a file and waits for its end.
"""

import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

import django

django.setup()

from django.core.management import call_command  # noqa: E402

from compliance.uploads import writing  # noqa: E402

import_records = writing.import_records


def write_and_wait(**rows):
    import_records(**rows)
    Path(os.environ["HALF_WAY"]).touch()
    time.sleep(60)


if os.environ.get("HALF_WAY"):
    writing.import_records = write_and_wait
call_command("db_worker", batch=True, interval=0, startup_delay=False, reload=False, verbosity=0)
