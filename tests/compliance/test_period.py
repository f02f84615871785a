"""Reporting periods: their names, first and last days, parts and neighbours."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as some

from compliance.period import Period, PeriodError

PARTS = ("", "H1", "H2", "Q1", "Q2", "Q3", "Q4")
periods = some.builds(Period, some.integers(1990, 2199), some.sampled_from(PARTS))
days = some.dates(date(1990, 4, 1), date(2199, 3, 31))


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2014-15", date(2014, 4, 1), date(2015, 3, 31)),
        ("2014-15-H1", date(2014, 4, 1), date(2014, 9, 30)),
        ("2014-15-H2", date(2014, 10, 1), date(2015, 3, 31)),
        ("2014-15-Q1", date(2014, 4, 1), date(2014, 6, 30)),
        ("2014-15-Q2", date(2014, 7, 1), date(2014, 9, 30)),
        ("2014-15-Q3", date(2014, 10, 1), date(2014, 12, 31)),
        ("2014-15-Q4", date(2015, 1, 1), date(2015, 3, 31)),
        ("2023-24-Q4", date(2024, 1, 1), date(2024, 3, 31)),
        ("1999-00", date(1999, 4, 1), date(2000, 3, 31)),
    ],
)
def test_period_runs_from_first_to_last_day(text, first, last):
    period = Period.parse(text)
    assert (period.first, period.last) == (first, last)
    assert first in period and last in period
    assert first - timedelta(days=1) not in period and last + timedelta(days=1) not in period


@pytest.mark.parametrize(
    "text", ["2014-15 H1", "2014-15-H1", "2014-15H1", "2014-15 h1", "  2014-15-h1 "]
)
def test_period_is_read_however_it_is_written(text):
    assert Period.parse(text) == Period(2014, "H1")


def test_period_prints_a_name_and_an_address():
    half, year = Period(2014, "H1"), Period(1999)
    assert (half.name, half.slug, str(half)) == ("2014-15 H1", "2014-15-H1", "2014-15 H1")
    assert (year.name, year.slug) == ("1999-00", "1999-00")


@pytest.mark.parametrize(
    "text",
    [
        "", "2014", "14-15", "2014-2015", "2014/15", "2014-15-H3", "2014-15-H0", "2014-15-Q5",
        "2014-15-Q0", "2014-15-Q", "2014-15-X1", "2014-15 -H1", "2014-15; DROP", "-2014-15",
        "2014-15\x00",
    ],
)
def test_period_of_no_known_form_is_refused_with_what_would_do(text):
    with pytest.raises(PeriodError, match="such as 2014-15"):
        Period.parse(text)


@pytest.mark.parametrize(
    "text", ["2014-16", "2014-14", "2014-13-Q1", "1989-90", "2200-01", "0001-02"]
)
def test_period_whose_years_do_not_follow_is_refused(text):
    with pytest.raises(PeriodError, match="is not a financial year"):
        Period.parse(text)


@given(periods)
def test_period_reads_back_from_its_name_and_its_address(period):
    assert Period.parse(period.name) == Period.parse(period.slug) == period


@given(periods)
def test_previous_period_ends_the_day_before_and_is_as_long(period):
    before = period.previous
    assert before.last == period.first - timedelta(days=1)
    assert len(before.part) == len(period.part)
    months = [
        (p.last.year - p.first.year) * 12 + p.last.month - p.first.month for p in (before, period)
    ]
    assert months[0] == months[1]


@given(periods)
def test_parts_of_a_period_follow_on_from_its_first_day_to_its_last(period):
    for parts in (period.halves, period.quarters):
        if parts:
            assert (parts[0].first, parts[-1].last) == (period.first, period.last)
            assert all(b.previous == a for a, b in pairwise(parts))


def test_parts_are_those_shorter_than_the_period():
    year, half, quarter = Period(2014), Period(2014, "H2"), Period(2014, "Q2")
    assert [p.part for p in year.halves] == ["H1", "H2"]
    assert [p.part for p in year.quarters] == ["Q1", "Q2", "Q3", "Q4"]
    assert half.halves == () and [p.part for p in half.quarters] == ["Q3", "Q4"]
    assert quarter.halves == () and quarter.quarters == ()


@given(days)
def test_every_day_is_in_one_year_one_half_and_one_quarter(day):
    year, half = Period.year_of(day), Period.half_of(day)
    assert day in year and day in half and half in year.halves
    assert sum(day in other for other in year.halves) == 1
    assert sum(day in other for other in year.quarters) == 1
    assert day not in year.previous


def test_financial_year_starts_on_the_first_of_april():
    assert Period.year_of(date(2015, 3, 31)) == Period(2014)
    assert Period.year_of(date(2015, 4, 1)) == Period(2015)


@pytest.mark.parametrize(
    ("today", "on"),
    [
        (date(2015, 3, 30), date(2015, 3, 30)),
        (date(2015, 3, 31), date(2015, 3, 31)),
        (date(2015, 4, 1), date(2015, 3, 31)),
        (date(2026, 1, 31), date(2015, 3, 31)),
    ],
)
def test_standings_are_read_on_the_last_day_or_today_when_that_is_earlier(today, on):
    assert Period(2014).as_at(today) == on


def test_periods_stand_in_order():
    parts = [Period(2015), Period(2014, "Q2"), Period(2014, "Q1"), Period(2014)]
    assert sorted(parts) == [Period(2014), Period(2014, "Q1"), Period(2014, "Q2"), Period(2015)]
