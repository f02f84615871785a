"""The empty database of SQLite, migrated once and kept: every run and every worker starts from a copy.

A copy is made anew whenever a migration, Django or SQLite is another. PostgreSQL always migrates.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import django
import pytest
from django.apps import apps
from django.db import connection

A_WEEK = 7 * 24 * 3600


def made_from() -> str:
    """A name for all that the empty database is made from."""
    found = hashlib.sha256(f"{django.__version__} {sqlite3.sqlite_version}".encode())
    for config in sorted(apps.get_app_configs(), key=lambda config: config.label):
        found.update(config.label.encode())
        for path in sorted(Path(config.path, "migrations").glob("*.py")):
            found.update(path.name.encode() + path.read_bytes())
    return found.hexdigest()[:24]


def kept() -> Path:
    """Where the copy is kept: in a folder that is its user's own."""
    folder = Path(tempfile.gettempdir(), f"quorate-schema-{os.getuid()}")
    folder.mkdir(mode=0o700, exist_ok=True)
    assert folder.stat().st_uid == os.getuid(), f"{folder} belongs to somebody else."
    return folder / f"{made_from()}.sqlite3"


@pytest.fixture(scope="session")
def empty_database(django_db_modify_db_settings) -> Iterator[Path | None]:
    """The copy, already in memory where there is one; else the place where it is to be kept."""
    if connection.vendor != "sqlite":
        yield None
        return
    path, name = kept(), connection.creation._get_test_db_name()
    with closing(sqlite3.connect(name, uri=True)) as memory:  # open for as long as it is needed
        with suppress(sqlite3.OperationalError):  # there is none yet
            with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as copy:
                copy.backup(memory)
            connection.settings_dict["TEST"]["MIGRATE"] = False
        yield path


@pytest.fixture(scope="session")
def django_db_setup(empty_database, django_db_setup, django_db_blocker) -> None:
    """Migrated as ever when there was no copy, which is then made."""
    if empty_database is None or empty_database.is_file():
        return
    for old in empty_database.parent.iterdir():
        with suppress(FileNotFoundError):  # another worker was quicker
            if old.stat().st_mtime < time.time() - A_WEEK:
                old.unlink()
    half_done = empty_database.with_suffix(f".{os.getpid()}")
    with django_db_blocker.unblock(), closing(sqlite3.connect(half_done)) as copy:
        connection.ensure_connection()
        connection.connection.backup(copy)
    half_done.replace(empty_database)  # whole or not at all, however many workers do it at once
