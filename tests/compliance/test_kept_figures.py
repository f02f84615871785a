"""What is kept when a report is issued: the whole scorecard to the last figure, and no name."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from datetime import date
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.differing import what_changed
from compliance.kept_figures import KeptError, as_kept, checksum, from_kept, in_short, without_names
from compliance.period import Period
from compliance.scorecard import (
    ActionLine,
    Basis,
    CaseLine,
    Count,
    Edition,
    Held,
    InquorateLine,
    IssueStamp,
    Measure,
    MeasureResult,
    MissedLine,
    Over,
    PersonDue,
    Reading,
    Scorecard,
    TargetLine,
    TypedLine,
)
from tests.compliance import sample

# --- Any scorecard --------------------------------------------------------------------------------

TEXT = st.text(max_size=12)
DAY = st.dates(date(1990, 1, 1), date(2199, 1, 1))
WHOLE = st.integers(0, 10**6)
NUMBER = WHOLE | st.sampled_from(Held)
BY = st.lists(st.tuples(TEXT, TEXT), max_size=2).map(tuple)
PERIOD = st.builds(Period, st.integers(1990, 2199), st.sampled_from(["", "H1", "H2", "Q1", "Q4"]))
PERCENT = st.integers(0, 1000).map(lambda tenths: Decimal(tenths) / 10)


def some(strategy, most: int = 3):
    return st.lists(strategy, max_size=most).map(tuple)


MEASURE = st.builds(
    Measure, TEXT, TEXT, TEXT, st.sampled_from(Basis), TEXT, TEXT, some(st.builds(Over, TEXT, TEXT, TEXT), 2)
)
RESULT = st.builds(MeasureResult, MEASURE, some(
    st.builds(Reading, TEXT, st.sampled_from(Basis), NUMBER, NUMBER, BY)
))
OWN = {
    "title": TEXT, "code": TEXT, "partnership": TEXT, "partnership_code": TEXT,
    "partnership_label": TEXT, "subgroup_label": TEXT, "period": PERIOD, "as_at": DAY,
    "results": some(RESULT), "counts": some(st.builds(Count, TEXT, TEXT, NUMBER, BY)),
    "labels": st.dictionaries(st.tuples(TEXT, TEXT), TEXT, max_size=3),
    "targets": some(st.builds(TargetLine, TEXT, PERCENT, PERCENT)),
    "missed": some(st.builds(MissedLine, TEXT, TEXT, DAY, TEXT, TEXT)),
    "people_due": st.none() | some(
        st.builds(PersonDue, TEXT, TEXT, TEXT, TEXT, TEXT, st.none() | DAY)
    ),
    "cases": st.none() | some(
        st.builds(CaseLine, TEXT, TEXT, TEXT, TEXT, TEXT, st.none() | DAY, WHOLE, TEXT)
    ),
    "actions": some(st.builds(ActionLine, TEXT, TEXT, TEXT, DAY, TEXT, WHOLE, st.booleans(), TEXT, st.none() | DAY)),
    "notes": some(TEXT), "for_agency": st.booleans(), "edition": st.sampled_from(Edition),
    "annual": st.booleans(), "practices": some(TEXT),
    "typed": st.none() | st.builds(TypedLine, DAY, WHOLE, st.none() | WHOLE, TEXT),
    "inquorate": some(st.builds(InquorateLine, TEXT, TEXT, DAY, TEXT, TEXT, st.none() | DAY)),
}  # fmt: skip
PART = st.builds(Scorecard, **OWN)
CARD = st.builds(Scorecard, **OWN, trend=some(PART, 2), previous=st.none() | PART)


def kept_and_back(card: Scorecard) -> Scorecard:
    return from_kept(json.loads(json.dumps(as_kept(card))))


@given(CARD)
def test_what_is_kept_reads_back_as_the_card_without_names(card):
    assert kept_and_back(card) == without_names(card)
    assert list(kept_and_back(card).labels) == list(card.labels)


@given(CARD, CARD)
def test_figures_differ_exactly_where_a_change_is_told(one, other):
    assert what_changed(one, one) == ()
    same = replace(other, notes=("said otherwise",), title="renamed", labels={})
    assert what_changed(without_names(other), without_names(same)) == ()


def test_samples_read_back_and_print_the_same_figures():
    for card in (sample.agency(), sample.partnership(), sample.annual(), sample.empty()):
        back = kept_and_back(card)
        assert back == without_names(card)
        assert back.as_json() == card.as_json()


def test_figures_kept_before_measures_had_words_of_their_own_keep_what_they_said():
    """An issued version prints as it did: words that came later stand in later versions."""
    now = as_kept(sample.agency(previous=None, trend=()))
    then = json.loads(json.dumps(now))
    for result in then["scorecard"]["results"]:
        result["measure"].pop("over", None)
    old = from_kept(then)
    assert checksum(as_kept(old)) == checksum(then) != checksum(now)
    assert {old.basis_label(reading) for reading in old.readings} <= {basis.label for basis in Basis}
    assert [label for label, _ in old.terms()] == [basis.label for basis in Basis]
    assert old.counted_over(old.result("training_current").headline) == "Due"
    assert from_kept(now).counted_over(old.result("training_current").headline) == "Requirements due"
    assert what_changed(old, from_kept(now)) == ()  # words are no correction


FIELDS = {*OWN, "trend", "previous"}
LEFT_OUT = {"people_due", "cases", "stamp"}


def test_every_field_was_decided_on():
    """A new field of the scorecard: may it stand in a report that is passed on? Then name it above."""
    assert {field.name for field in fields(Scorecard)} == FIELDS | {"stamp"}
    assert FIELDS | {"stamp"} >= LEFT_OUT


def test_no_name_no_case_and_no_reason_is_kept():
    stamp = IssueStamp("X/1", 1, sample.MADE_AT, "Zofia", "3f2a")
    case = CaseLine("ES-1", "About us", "Police", "Not attended", "2", None, 4, "Open")
    card = sample.agency(cases=(case,), stamp=stamp)
    card = replace(card, previous=card, trend=(card,))
    names = {person.name for person in card.people_due}
    text = json.dumps(as_kept(card), ensure_ascii=False)
    assert names and not [name for name in names if name in text]
    for word in ("ES-1", "late invitation", "Zofia", "people_due", "cases"):
        assert word not in text
    assert "Excused" in text and "BF14-0001" in text  # the twin: that it was missed stays


def test_a_form_from_elsewhere_is_a_sentence():
    kept = as_kept(sample.empty())
    assert from_kept(kept)
    with pytest.raises(KeptError, match=r"kept in format 99, which this version .* does not know"):
        from_kept(kept | {"format": 99})
    for nothing in (None, [], "x", {}):
        with pytest.raises(KeptError, match="does not know"):
            from_kept(nothing)
    for broken in ({}, {"period": "2014"}, kept["scorecard"] | {"as_at": "yesterday"},
                   kept["scorecard"] | {"shape": 1}, kept["scorecard"] | {"title": 5}):
        with pytest.raises(KeptError, match="damaged"):
            from_kept({"format": 1, "scorecard": broken})


def test_the_checksum_is_of_the_figures_and_not_of_how_a_database_orders_them():
    kept = as_kept(sample.agency())
    backwards = json.loads(json.dumps(kept), object_pairs_hook=lambda pairs: dict(reversed(pairs)))
    assert list(backwards) != list(kept) and checksum(backwards) == checksum(kept)
    other = as_kept(sample.agency(staff=12, absences=23))
    assert checksum(other) != checksum(kept)
    assert in_short("0123456789abcdef" * 4) == "0123 4567 89ab cdef"


# --- What changed ---------------------------------------------------------------------------------


def changed_one(card: Scorecard, dice: Random) -> tuple[Scorecard, str, str, str]:
    """A card with one reading changed, and what is to be told of it."""
    at = dice.randrange(len(card.results))
    result = card.results[at]
    number = dice.randrange(len(result.readings))
    reading = result.readings[number]
    new = replace(reading, met=reading.met + 1, total=reading.total + 1)
    readings = (*result.readings[:number], new, *result.readings[number + 1:])
    results = (*card.results[:at], replace(result, readings=readings), *card.results[at + 1:])
    told = result.measure.title, card.basis_label(reading), f"{new.working} ({new.printed})"
    return replace(card, results=results), *told


def test_each_reading_that_differs_is_told_with_both_versions():
    dice = Random(7)
    for card in (sample.agency(), sample.partnership()):
        for _ in range(40):
            new, title, basis, after = changed_one(card, dice)
            (change,) = what_changed(card, new)
            assert (change.what, change.basis, change.after) == (title, basis, after)
            assert change.before != after


def test_counts_missed_duties_targets_actions_and_the_periods_beside_are_told_too():
    card = sample.agency()
    action = ActionLine("NW-A-1", "Name a deputy", "Police", date(2015, 3, 1), "Open")
    before = replace(card, actions=(action,))
    after = replace(
        before,
        counts=(*card.counts[1:], Count("new", "Something new", 2)),
        missed=(replace(card.missed[0], excused=""), *card.missed[2:]),
        targets=(TargetLine("training_current", Decimal("82.5"), Decimal(60)), card.targets[0]),
        actions=(replace(action, state="Closed"),),
        previous=changed_one(card.previous, Random(1))[0],
        trend=card.trend[1:],
    )
    told = {(c.what, c.detail): (c.before, c.after) for c in what_changed(before, after)}
    gone = card.counts[0]
    assert told[gone.label, ""] == (str(gone.value), "–")
    assert told["Something new", ""] == ("–", "2")
    assert told["What was missed", "BF14-0002: report"] == ("Not excused", "–")
    assert told["What was missed", "BF14-0001: attendance"] == ("Excused: late invitation", "Not excused")
    assert told["Target", "Training in date"] == ("good from 90%, watch from 72.5%", "good from 82.5%, watch from 60%")
    assert told["Target", "Escalations answered in time"][1] == "–"
    assert told["Action", "NW-A-1"] == ("Open", "Closed")
    assert told["2014-15 Q1", ""] == ("there", "not there")
    assert [what for what, _ in told if what.startswith("2013-14: ")]


def test_headlines_are_told_first():
    card = sample.agency()
    new = replace(card, results=tuple(
        replace(r, readings=tuple(replace(one, total=one.total + 9) for one in r.readings))
        for r in card.results
    ))
    told = [(c.what, c.basis, c.detail) for c in what_changed(card, new)]
    heads = [(r.measure.title, r.measure.basis_label(), "") for r in card.results if not r.headline.by]
    assert set(told[: len(heads)]) == set(heads)
