"""The interface called at random from its own description: with the key of a partnership, with the
key of an agency, and with none. No fault, no answer that is not described, no way in without a key.
"""

from __future__ import annotations

import logging
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from api.describing import DOCUMENT
from tests.api.machines import machine

CONFIG = Path(__file__).with_name("schemathesis.toml")
EACH = int(os.environ.get("CALLS_OF_EACH", "15"))  # of each of the 48 operations, for each client
LEAST = 2000  # calls of all three together


def called(address: str, secret: str, seed: int, where: Path) -> tuple[int, str]:
    """A run of its own. One after the other: an SQLite database in memory has one connection."""
    where.mkdir()
    heads = ["-H", f"Authorization: Bearer {secret}"] if secret else []
    run = subprocess.run(
        [
            sys.executable, "-c", "from schemathesis.cli import schemathesis; schemathesis()",
            "--config-file", CONFIG, "run", DOCUMENT, "--url", address, *heads, "--checks", "all",
            "--phases", "examples,fuzzing", "--max-examples", str(EACH), "--seed", str(seed),
            "--workers", "1", "--continue-on-failure", "--no-color",
        ],
        capture_output=True, text=True, cwd=where, timeout=600, check=False,
        env={**os.environ, "NO_COLOR": "1", "COLUMNS": "120"},
    )
    return run.returncode, run.stdout


@pytest.mark.skipif(
    "FUZZ" not in os.environ,
    reason="Takes some minutes, and has not passed as a whole yet: FUZZ=1 pytest tests/api/test_fuzz.py",
)
@pytest.mark.django_db(transaction=True)
def test_two_thousand_calls_at_random_find_nothing(
    live_server, settings, filled, partnership, agency_a, tmp_path, caplog
):
    caplog.set_level(logging.CRITICAL, "django.request")
    settings.API_CALLS_A_MINUTE = 10**6
    secrets = {
        "partnership": machine(partnership=partnership).secret,
        "agency": machine(agency=agency_a).secret, "nobody": "",
    }
    calls = 0
    for seed, (who, secret) in enumerate(secrets.items(), start=41):
        code, said = called(live_server.url, secret, seed, tmp_path / who)
        assert code == 0, f"{who}:\n{said[-6000:]}"
        assert "No issues found" in said
        calls += int(re.search(r"(\d[\d,]*) generated", said).group(1).replace(",", ""))
    assert calls >= LEAST, calls
