"""Two who type at the same moment, on PostgreSQL: SQLite would hide a lost lock."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from compliance import actions
from compliance.actions.typed import TYPED_SEEN
from compliance.models import TypedCount
from partnership.models import HistoryEntry
from partnership.stale import ChangedSince, fingerprint
from tests.compliance.typed.conftest import LAST, SOURCE

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def test_a_double_click_makes_one(race, typed):
    first, second = race(typed)
    assert first == second and TypedCount.objects.count() == 1
    assert HistoryEntry.objects.filter(verb="typed").count() == 1


def test_of_two_who_type_the_same_day_one_is_told(race, typed, mo, dana):
    found = race(lambda: typed(by=mo, children=7), lambda: typed(by=dana, children=8))
    assert sum(isinstance(one, ValidationError) for one in found) == 1
    assert TypedCount.objects.count() == 1


def test_of_two_corrections_one_stands_and_nothing_is_overwritten(race, typed, mo, dana):
    row = typed()
    seen = fingerprint(row, TYPED_SEEN)

    def correct(by, children: int):
        return actions.correct_count(
            by=by, count=row, counted_on=LAST, children=children, families=2, source=SOURCE,
            reason="Read again.", seen=seen,
        )

    found = race(lambda: correct(mo, 8), lambda: correct(dana, 9))
    assert sum(isinstance(one, ChangedSince) for one in found) == 1
    assert HistoryEntry.objects.filter(verb="corrected").count() == 1


def test_two_counts_are_not_moved_to_one_day(race, typed, mo, dana):
    rows = [typed(LAST.replace(day=day)) for day in (1, 2)]

    def move(row: TypedCount):
        return actions.correct_count(
            by=mo, count=row, counted_on=LAST, children=7, families=2, source=SOURCE, reason="The day was wrong.",
        )

    found = race(*(lambda row=row: move(row) for row in rows))
    assert sum(isinstance(one, ValidationError) for one in found) == 1
    assert TypedCount.objects.filter(counted_on=LAST).count() == 1
