"""The hourly work: one part's fault is in the log, and the others are done all the same."""

from __future__ import annotations

import pytest
from django_tasks_db.models import DBTaskResult

from partnership.signals import hour_struck
from partnership.tasks import strike_hour

pytestmark = pytest.mark.django_db


@pytest.fixture
def listening():
    """Connect listeners for one test."""
    there = []

    def connect(listener) -> None:
        there.append(listener)
        hour_struck.connect(listener, weak=False)

    yield connect
    for listener in there:
        hour_struck.disconnect(listener)


def test_one_fault_keeps_nobody_else_from_the_hours_work(listening, caplog):
    done = []

    def breaks(**_) -> None:
        raise RuntimeError("The calendar is not there.")

    listening(breaks)
    listening(lambda **_: done.append("after it"))
    with pytest.raises(ExceptionGroup, match="hour's work") as raised:
        strike_hour.func()
    assert done == ["after it"]
    assert [str(fault) for fault in raised.value.exceptions] == ["The calendar is not there."]
    assert "The calendar is not there." in caplog.text
    assert DBTaskResult.objects.filter(task_path=strike_hour.module_path).count() == 1  # the next hour


def test_an_hour_is_worked_once(listening):
    done = []
    listening(lambda **_: done.append("worked"))
    strike_hour.func()
    strike_hour.func()
    assert done == ["worked"]
