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


def called(address: str, secret: str, seed: int, where: Path) -> subprocess.Popen:
    """A run of its own, beside the others."""
    where.mkdir()
    heads = ["-H", f"Authorization: Bearer {secret}"] if secret else []
    return subprocess.Popen(
        [
            sys.executable, "-c", "from schemathesis.cli import schemathesis; schemathesis()",
            "--config-file", CONFIG, "run", DOCUMENT, "--url", address, *heads, "--checks", "all",
            "--phases", "examples,fuzzing", "--max-examples", str(EACH), "--seed", str(seed),
            "--workers", "1", "--continue-on-failure", "--no-color",
        ],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=where,
        env={**os.environ, "NO_COLOR": "1", "COLUMNS": "120"},
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
    runs = {
        who: called(live_server.url, secret, seed, tmp_path / who)
        for seed, (who, secret) in enumerate(secrets.items(), start=41)
    }
    said = {who: run.communicate(timeout=600)[0] for who, run in runs.items()}
    calls = 0
    for who, run in runs.items():
        assert run.returncode == 0, f"{who}:\n{said[who][-6000:]}"
        assert "No issues found" in said[who]
        calls += int(re.search(r"(\d[\d,]*) generated", said[who]).group(1).replace(",", ""))
    assert calls >= LEAST, calls
