"""Typing a count of a day, and putting it right: one for a day, nothing lost, nothing impossible."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from compliance import actions
from compliance.actions.typed import TYPED_SEEN
from compliance.demo import factories as make
from compliance.models import TypedCount
from partnership.models import HistoryEntry, today
from partnership.stale import ChangedSince, fingerprint
from tests.compliance.typed.conftest import LAST, SOURCE

pytestmark = pytest.mark.django_db


def test_a_count_is_kept_with_its_day_its_source_and_who_typed_it(typed, dana, partnership):
    row = typed()
    assert (row.counted_on, row.children, row.families, row.source, row.typed_by) == (LAST, 7, 2, SOURCE, dana)
    entry = HistoryEntry.objects.get(verb="typed")
    assert (entry.user, entry.partnership, entry.agency) == (dana, partnership, None)
    assert entry.changes == {"counted_on": "2015-03-31", "children": 7, "families": 2, "source": SOURCE}


def test_a_form_that_was_sent_twice_makes_one_and_another_count_of_the_day_is_refused(typed, mo, elsewhere):
    assert typed() == typed()
    assert TypedCount.objects.count() == HistoryEntry.objects.filter(verb="typed").count() == 1
    for other in ({"children": 8}, {"families": None}, {"by": mo}, {"source": "Another return."}):
        with pytest.raises(ValidationError, match="31 March 2015 is typed already"):
            typed(**other)
    assert typed(LAST - timedelta(days=1)) and typed(partnership=elsewhere)
    assert TypedCount.objects.count() == 3


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"counted_on": today() + timedelta(days=1)}, "counted_on", "still to come"),
        ({"counted_on": date(1990, 3, 31)}, "counted_on", "before 1 April 1990"),
        ({"families": 8}, "families", "at least one child"),
        ({"families": 0}, "families", "at least one child"),
        ({"source": " "}, "source", "blank"),
        ({"source": "Jack, born 2 May 2011"}, "source", "born"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(typed, fields, field, words):
    with pytest.raises(ValidationError) as caught:
        typed(**fields)
    assert words in " ".join(caught.value.message_dict[field])
    assert not TypedCount.objects.exists() and not HistoryEntry.objects.exists()


@pytest.mark.parametrize("fields", [
    {"counted_on": today()}, {"counted_on": date(1990, 4, 1)}, {"families": 7}, {"families": None},
    {"children": 0, "families": 0}, {"children": 0, "families": None},
])
def test_what_can_be_is_kept(typed, fields):
    assert typed(**fields).pk


def test_the_database_holds_one_a_day_and_families_with_children(typed, partnership):
    typed()
    for wrong in (
        {"counted_on": LAST}, {"counted_on": date(2015, 3, 1), "families": 126},
        {"counted_on": date(2015, 3, 1), "families": 0},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            make.TypedCountFactory(partnership=partnership, **wrong)


def correct(row: TypedCount, by, **fields) -> bool:
    there = {name: getattr(row, name) for name in TYPED_SEEN}
    return actions.correct_count(by=by, count=row, **there | {"reason": "Read again."} | fields)


def test_a_correction_keeps_what_was_there_with_the_reason(typed, mo, partnership):
    row = typed()
    assert correct(row, mo, counted_on=date(2015, 3, 30), children=6, families=None)
    row.refresh_from_db()
    assert (row.counted_on, row.children, row.families) == (date(2015, 3, 30), 6, None)
    entry = HistoryEntry.objects.get(verb="corrected")
    assert (entry.user, entry.partnership, entry.subject_id) == (mo, partnership, row.pk)
    assert entry.changes == {
        "counted_on": ["2015-03-31", "2015-03-30"], "children": [7, 6], "families": [2, None], "reason": "Read again.",
    }


def test_a_correction_that_differs_in_nothing_writes_nothing(typed, mo):
    assert not correct(typed(), mo)
    assert not HistoryEntry.objects.filter(verb="corrected").exists()


def test_a_correction_is_refused_without_reason_to_a_taken_day_and_when_impossible(typed, mo):
    row, other = typed(), typed(date(2015, 2, 28))
    for wrong in (
        {"children": 6, "reason": " "}, {"counted_on": other.counted_on}, {"families": 8},
        {"counted_on": today() + timedelta(days=1)},
    ):
        with pytest.raises(ValidationError):
            correct(row, mo, **wrong)
        row.refresh_from_db()
        assert (row.counted_on, row.children, row.families) == (LAST, 7, 2)
    assert correct(row, mo, counted_on=date(2015, 3, 1))


def test_a_correction_that_was_changed_since_overwrites_nothing(typed, mo, dana):
    row = typed()
    seen = fingerprint(row, TYPED_SEEN)
    assert correct(row, dana, children=8, seen=seen)
    with pytest.raises(ChangedSince):
        correct(row, mo, children=9, seen=seen)
    assert TypedCount.objects.get().children == 8
    row.refresh_from_db()
    assert correct(row, mo, children=9, seen=fingerprint(row, TYPED_SEEN))
