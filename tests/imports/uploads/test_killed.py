"""A worker that is killed half-way through writing (SIGKILL): nothing half written, and taken up again."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from compliance.uploads import working
from partnership import jobs
from tests.imports.uploads.conftest import Sender

WORKER = Path(__file__).with_name("dying_worker.py")
ROWS = [["A-7", "", "", "", "CPC", f"2015-02-{day:02}", ""] for day in range(1, 9)]
LONG_AGO = timezone.now() - jobs.SILENT - timedelta(minutes=1)
MOST_SECONDS = 30


@dataclass
class Elsewhere:
    """The database as another process has it: PostgreSQL itself, or a file made of what is in memory."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
        self.environment = kept | {
            "DJANGO_SETTINGS_MODULE": "config.settings", "TRIAL": "1", "DATA_DIR": str(self.folder),
        }
        (self.folder / "static").mkdir()
        self.file: Any = None
        if connection.vendor == "postgresql":
            given = connection.get_connection_params()
            self.environment["DATABASE_URL"] = "postgres://{user}:{password}@{host}:{port}/{dbname}".format(
                **{"host": "", "port": "", "password": "", "user": ""} | given
            )
            return
        self.file = sqlite3.connect(self.folder / "quorate.sqlite3", isolation_level=None)
        connection.ensure_connection()
        connection.connection.backup(self.file)

    def ask(self, sql: str, *values: Any) -> list[tuple]:
        if self.file:
            return self.file.execute(sql, values).fetchall()
        with connection.cursor() as cursor:
            cursor.execute(sql.replace("%", "%%").replace("?", "%s"), values)
            return cursor.fetchall() if cursor.description else []

    def moment(self, at: datetime) -> Any:
        """A moment as the database keeps it."""
        return f"{at:%Y-%m-%d %H:%M:%S.%f}" if self.file else at

    def worker(self, **more: str) -> subprocess.Popen:
        return subprocess.Popen(
            [sys.executable, str(WORKER)], env=self.environment | more, stderr=subprocess.PIPE
        )

    @property
    def written(self) -> int:
        return self.ask("SELECT count(*) FROM training_trainingrecord")[0][0]

    @property
    def upload(self) -> tuple[str, int]:
        return self.ask("SELECT state, tries FROM compliance_upload")[0]


@pytest.fixture
def elsewhere_too(transactional_db, client, alice, siobhan, course, monkeypatch, tmp_path):
    """A large upload that somebody has accepted and the worker is to write."""
    monkeypatch.setattr(working, "AT_ONCE", 3)
    lead = Sender(client, alice, "people")
    lead.preview("training", *ROWS)
    working.work(lead.upload.pk)
    assert "Writing 8 rows" in lead.accept()
    return Elsewhere(tmp_path)


def test_a_killed_worker_leaves_nothing_half_written_and_the_next_one_does_it(elsewhere_too, tmp_path):
    there, half_way = elsewhere_too, tmp_path / "half-way"
    entries = there.ask("SELECT count(*) FROM partnership_historyentry")
    worker = there.worker(HALF_WAY=str(half_way))
    until = time.monotonic() + MOST_SECONDS
    while not half_way.exists():
        assert worker.poll() is None and time.monotonic() < until, worker.stderr.read().decode()
        time.sleep(0.05)
    worker.send_signal(signal.SIGKILL)
    assert worker.wait(10) == -signal.SIGKILL
    worker.stderr.close()
    assert there.upload == ("writing", 0)
    assert there.written == 0
    assert there.ask("SELECT count(*) FROM partnership_historyentry") == entries
    if there.file:
        assert there.ask("PRAGMA integrity_check") == [("ok",)]

    # Two minutes later another worker looks after it.
    there.ask("UPDATE compliance_upload SET heard_at = ?", there.moment(LONG_AGO))
    tasks = DBTaskResult._meta.db_table
    there.ask(f"UPDATE {tasks} SET run_after = ? WHERE task_path LIKE '%look_after'", there.moment(LONG_AGO))
    again = there.worker()
    _, errors = again.communicate(timeout=MOST_SECONDS)
    assert again.returncode == 0, errors.decode()
    assert there.upload == ("done", 1), errors.decode()
    assert there.written == len(ROWS)
