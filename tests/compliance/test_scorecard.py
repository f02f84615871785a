"""Readings and ratings: half rounds up, nothing is "none", too little is not rated."""

from __future__ import annotations

from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as some

from compliance.scorecard import (
    BASIS_LABELS,
    BASIS_SENTENCES,
    Basis,
    Rating,
    Reading,
    TargetLine,
    percent,
    percent_text,
)
from tests.compliance import sample

TARGET = TargetLine("quoracy", Decimal("90"), Decimal("75"))


def reading(met: int, total: int, measure: str = "quoracy") -> Reading:
    return Reading(measure, Basis.ALL, met, total)


# --- Percentages ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("met", "total", "printed"),
    [
        (1, 8, "12.5"), (1, 16, "6.3"), (3, 16, "18.8"), (1, 80, "1.3"), (3, 80, "3.8"),
        (1, 3, "33.3"), (2, 3, "66.7"), (1, 2000, "0.1"), (1, 2001, "0.0"), (1999, 2000, "100.0"),
        (1998, 2000, "99.9"), (0, 7, "0.0"), (7, 7, "100.0"), (231, 280, "82.5"),
    ],
)
def test_percentage_has_one_decimal_and_half_rounds_up(met, total, printed):
    assert percent_text(met, total) == printed


def test_half_rounds_up_to_no_decimals_too():
    assert percent(231, 280) == Decimal("82.5")
    assert percent(231, 280).quantize(Decimal(1), ROUND_HALF_UP) == 83
    assert round(82.5) == 82  # what the language's own rounding would print


@given(some.integers(0, 5000), some.integers(1, 5000))
def test_percentage_is_the_exact_share_rounded_half_up(met, total):
    tenths = floor(Fraction(met * 1000, total) + Fraction(1, 2))
    assert percent(met, total) == Decimal(tenths) / 10


def test_nothing_to_count_is_none_and_never_a_percentage():
    nothing = reading(0, 0)
    assert nothing.percent is None
    assert (nothing.percent_text, nothing.printed) == ("none", "none")
    assert (reading(0, 1).printed, reading(1, 1).printed) == ("0.0%", "100.0%")


def test_reading_says_what_its_percentage_is_made_of():
    assert reading(10, 65).working == "10 of 65"
    assert reading(10, 65).printed == "15.4%"


# --- Ratings --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("met", "total", "rating"),
    [
        (9, 10, Rating.GOOD), (90, 100, Rating.GOOD), (89, 100, Rating.WATCH),
        (75, 100, Rating.WATCH), (74, 100, Rating.ACT), (5, 5, Rating.GOOD), (0, 5, Rating.ACT),
        (8999, 10000, Rating.WATCH),  # prints 90.0%, and is still under ninety
        (7499, 10000, Rating.ACT),
    ],
)
def test_rating_holds_at_the_exact_boundary(met, total, rating):
    assert TARGET.rate(reading(met, total)) is rating


@pytest.mark.parametrize(("met", "total"), [(0, 0), (0, 4), (4, 4)])
def test_total_under_five_is_not_rated(met, total):
    assert TARGET.rate(reading(met, total)) is None
    assert TARGET.rate(reading(5, 5)) is Rating.GOOD


def test_target_of_good_and_watch_alike_leaves_no_watch():
    alike = replace(TARGET, watch_from=Decimal("90"))
    assert alike.rate(reading(9, 10)) is Rating.GOOD
    assert alike.rate(reading(8, 10)) is Rating.ACT


def test_card_rates_only_the_measures_that_have_a_target():
    card = replace(sample.partnership(), targets=(TARGET,))
    assert card.rating(reading(9, 10)) is Rating.GOOD
    assert card.rating(reading(9, 10, "timeliness")) is None
    assert card.target("quoracy") is TARGET and card.target("timeliness") is None


def test_rating_is_a_word_first():
    assert [rating.label for rating in Rating] == ["Good", "Watch", "Act"]


# --- The card -------------------------------------------------------------------------------------


def test_every_basis_has_its_words():
    assert set(BASIS_LABELS) == set(BASIS_SENTENCES) == set(Basis)
    assert all(basis.sentence.endswith(".") for basis in Basis)


def test_reading_that_was_not_counted_is_nothing_of_nothing():
    result = sample.agency().result("conference_attendance")
    absent = result.reading(Basis.INVOLVED, agency="NOBODY")
    assert (absent.met, absent.total, absent.printed) == (0, 0, "none")
    assert result.reading(Basis.INVOLVED) == result.headline


def test_breakdown_gives_one_dimension_on_one_basis():
    result = sample.agency().result("conference_attendance")
    modes = result.broken_down("mode", Basis.INVITED)
    assert modes and all(r.basis is Basis.INVITED and r.by[0][0] == "mode" for r in modes)


def test_count_that_was_not_counted_is_zero():
    assert sample.agency().count("no_such_number") == 0


def test_json_of_a_reading_has_just_its_six_fields():
    by = (("kind", "initial_conference"),)
    assert Reading("contribution", Basis.KNOWN, 2, 3, by).as_json() == {
        "measure": "contribution", "basis": "known", "by": {"kind": "initial_conference"},
        "met": 2, "total": 3, "percent": "66.7",
    }
    assert reading(0, 0).as_json()["percent"] == "none"


def test_json_of_a_card_holds_every_reading_and_every_plain_count():
    card = sample.agency()
    out = card.as_json()
    assert len(out["readings"]) == len(list(card.readings))
    assert all(
        set(r) == {"measure", "basis", "by", "met", "total", "percent"} for r in out["readings"]
    )
    assert out["counts"] == {count.key: count.value for count in card.counts if not count.by}
    assert set(out["measures"]) == {r.measure.key for r in card.results}
