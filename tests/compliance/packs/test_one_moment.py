"""A pack is read at one moment: a correction between two agencies is in all of it or in none."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import InternalError

from compliance.models import PackState
from conferences.actions import close_registers
from partnership.snapshot import one_moment
from tests.imports.uploads.test_killed import Elsewhere

SCRIPT = Path(__file__).with_name("corrected_meanwhile.py")


@pytest.fixture
def run(transactional_db, asked, meeting, dana, tmp_path):
    """What came of the pack; the one conference of its period leaves it when its first agency is read."""
    close_registers(by=dana, meetings=[meeting], tell=False)
    there = Elsewhere(tmp_path)

    def told(**more: str) -> dict:
        made = subprocess.run(
            [sys.executable, str(SCRIPT)], env=there.environment | more, capture_output=True, text=True, timeout=60
        )
        assert made.returncode == 0, made.stderr
        return json.loads(made.stdout)

    return told


def test_a_correction_between_two_agencies_is_not_seen_and_does_not_wait(run):
    told = run()
    assert told["conferences"] == [1, 1]
    assert told["done"] == [0, 1]  # others see the bar move meanwhile
    assert (told["state"], told["pieces"]) == (PackState.CANCELLED, 0)  # and it hears them
    assert told["problem"] == "It can be written to again."


def test_control_read_as_it_comes_a_pack_contradicts_itself(run):
    assert run(AS_IT_COMES="1")["conferences"] == [1, 0]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_nothing_can_be_written_within(partnership):
    with pytest.raises(InternalError, match="read-only"), one_moment():
        partnership.save()
    partnership.save()


@pytest.mark.django_db
def test_within_a_transaction_that_one_decides(partnership):
    with one_moment() as aside:
        partnership.save()
        assert aside(lambda: type(partnership).objects.get(pk=partnership.pk)) == partnership
