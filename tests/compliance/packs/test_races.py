"""Two at one pack in the same moment, on PostgreSQL: SQLite would hide a lost lock."""

from __future__ import annotations

import pytest

from compliance.actions import ask_pack, cancel_pack
from compliance.models import Pack, PackPiece, PackState
from compliance.packs import working
from partnership.models import HistoryEntry
from tests.compliance.packs.conftest import HALF

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def test_a_double_press_makes_one_pack(race, sam, partnership, agency_a):
    first, second = race(lambda: ask_pack(by=sam, partnerships=[partnership], period=HALF))
    assert first == second == Pack.objects.get()
    assert HistoryEntry.objects.filter(verb="asked").count() == 1


def test_two_people_who_ask_at_once_get_one_each(race, sam, mo, partnership, agency_a):
    answers = race(*(lambda by=by: ask_pack(by=by, partnerships=[partnership], period=HALF) for by in (sam, mo)))
    assert {pack.asked_by for pack in answers} == {sam, mo}


def test_two_workers_keep_one_set_of_files(race, asked):
    assert race(lambda: working.work(asked.pk)) == [None, None]
    asked.refresh_from_db()
    assert asked.state == PackState.READY
    assert sorted(PackPiece.objects.values_list("form", "number")) == [("pdf", 0), ("zip", 0)]


def test_a_cancelling_and_a_finishing_at_once_leave_one_of_both(race, asked, sam):
    race(lambda: working.work(asked.pk), lambda: cancel_pack(by=sam, pack=asked))
    asked.refresh_from_db()
    assert PackPiece.objects.exists() is (asked.state == PackState.READY)
