"""A worker that is killed while it keeps a pack (SIGKILL): nothing half there, and taken up again."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest
from django_tasks_db.models import DBTaskResult

from compliance import tasks
from tests.imports.uploads import test_killed as killed

pytestmark = pytest.mark.django_db(transaction=True)
WORKER = Path(__file__).with_name("dying_worker.py")
STATE, PIECES = "SELECT state, tries FROM compliance_pack", "SELECT count(*) FROM compliance_packpiece"


def test_a_killed_worker_leaves_nothing_half_there_and_the_next_one_makes_it(
    transactional_db, asked, tmp_path, monkeypatch
):
    monkeypatch.setattr(killed, "WORKER", WORKER)
    tasks.have_made(asked)
    there, half_way = killed.Elsewhere(tmp_path), tmp_path / "half-way"
    worker = there.worker(HALF_WAY=str(half_way))
    until = time.monotonic() + killed.MOST_SECONDS
    while not half_way.exists():
        assert worker.poll() is None and time.monotonic() < until, worker.stderr.read().decode()
        time.sleep(0.05)
    worker.send_signal(signal.SIGKILL)
    assert worker.wait(10) == -signal.SIGKILL
    worker.stderr.close()
    assert there.ask(STATE) == [("making", 0)]
    assert there.ask(PIECES) == [(0,)]
    there.ask("UPDATE compliance_pack SET heard_at = ?", there.moment(killed.LONG_AGO))
    waiting = DBTaskResult._meta.db_table
    there.ask(f"UPDATE {waiting} SET run_after = ? WHERE task_path LIKE '%look_after_pack'", there.moment(killed.LONG_AGO))
    again = there.worker()
    _, errors = again.communicate(timeout=killed.MOST_SECONDS)
    assert again.returncode == 0, errors.decode()
    assert there.ask(STATE) == [("ready", 1)], errors.decode()
    assert there.ask(PIECES) == [(2,)]
