"""Working days against an independent reckoning, and England's holidays against a list by hand."""

from __future__ import annotations

from bisect import bisect_right
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnership.actions import published_holidays
from partnership.workdays import Calendar, NoCalendar, due_after, working_days_between

# Weekdays without work in England and Wales, as the government published them.
BY_HAND = {
    2014: "01-01 04-18 04-21 05-05 05-26 08-25 12-25 12-26",
    2015: "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28",
    2021: "01-01 04-02 04-05 05-03 05-31 08-30 12-27 12-28",
    2022: "01-03 04-15 04-18 05-02 06-02 06-03 08-29 09-19 12-26 12-27",
    2023: "01-02 04-07 04-10 05-01 05-08 05-29 08-28 12-25 12-26",
    2024: "01-01 03-29 04-01 05-06 05-27 08-26 12-25 12-26",
}
HOLIDAYS = {
    date.fromisoformat(f"{year}-{day}"): "Bank holiday"
    for year, days in BY_HAND.items() for day in days.split()
}
CALENDAR = Calendar.of(HOLIDAYS)
DAYS = [date(2021, 1, 1) + timedelta(days=n) for n in range(4 * 365 + 1)]  # to the end of 2024
# The second reckoning: all working days written in a row, then counted by place.
WORKED = [day for day in DAYS if day.isoweekday() <= 5 and day not in HOLIDAYS]


def place(day: date) -> int:
    """How many working days there are up to and with a day."""
    return bisect_right(WORKED, day)


@pytest.mark.parametrize("year", BY_HAND)
def test_published_holidays_are_those_of_the_list(year):
    found = {day for day in published_holidays("ENG", year, year) if day.isoweekday() <= 5}
    assert found == {day for day in HOLIDAYS if day.year == year}


def test_published_holidays_differ_by_country():
    assert date(2022, 11, 30) not in published_holidays("ENG", 2022, 2022)
    assert date(2022, 11, 30) in published_holidays("SCT", 2022, 2022)


@pytest.mark.parametrize("days", [0, 1, 2, 3, 5, 10, 15, 20])
def test_due_after_equals_the_second_reckoning_from_every_day_of_three_years(days):
    for start in DAYS[:-60]:
        expected = WORKED[place(start) + days - 1] if days else start
        assert due_after(start, days, CALENDAR).due == expected, start


@given(st.sampled_from(DAYS[:-60]), st.integers(0, 25))
def test_counted_and_skipped_days_add_up(start, days):
    found = due_after(start, days, CALENDAR)
    assert len(found.counted) == days
    assert sorted([*found.counted, *(day for day, _ in found.skipped)]) == [
        start + timedelta(days=n) for n in range(1, (found.due - start).days + 1)
    ]
    assert all(place(day) - place(day - timedelta(days=1)) == 1 for day in found.counted)
    assert all(place(day) == place(day - timedelta(days=1)) for day, _ in found.skipped)
    assert all(reason for _, reason in found.skipped)


@given(st.sampled_from(DAYS), st.sampled_from(DAYS))
def test_days_between_equal_the_second_reckoning_and_are_never_negative(start, end):
    expected = max(0, place(end) - place(start))
    assert working_days_between(start, end, CALENDAR) == expected


@pytest.mark.parametrize(
    ("start", "due", "skipped"),
    [
        # The jubilee: Thursday 2 and Friday 3 June 2022.
        (date(2022, 6, 1), date(2022, 6, 6), 4),
        # The state funeral: Monday 19 September 2022.
        (date(2022, 9, 16), date(2022, 9, 20), 3),
        # The coronation: Monday 8 May 2023.
        (date(2023, 5, 5), date(2023, 5, 9), 3),
        # A weekend's event is day 0 all the same.
        (date(2023, 5, 13), date(2023, 5, 15), 1),
    ],
)
def test_one_working_day_over_a_special_weekend(start, due, skipped):
    found = due_after(start, 1, CALENDAR)
    assert (found.due, len(found.skipped)) == (due, skipped)


def test_reasons_say_weekend_or_the_name_of_the_holiday():
    calendar = Calendar.of(published_holidays("ENG", 2022, 2022))
    found = due_after(date(2022, 6, 1), 1, calendar)
    assert [reason for _, reason in found.skipped] == [
        "bank holiday: Spring Bank Holiday",
        "bank holiday: Platinum Jubilee of Elizabeth II",
        "weekend",
        "weekend",
    ]


def test_a_year_without_calendar_is_refused_and_named():
    with pytest.raises(NoCalendar, match="2025"):
        due_after(date(2024, 12, 31), 1, CALENDAR)
    with pytest.raises(NoCalendar, match="2025"):
        working_days_between(date(2024, 12, 31), date(2025, 1, 1), CALENDAR)


def test_the_last_day_of_a_known_year_is_reckoned():
    assert due_after(date(2024, 12, 30), 1, CALENDAR).due == date(2024, 12, 31)
    assert working_days_between(date(2024, 12, 30), date(2024, 12, 31), CALENDAR) == 1


def test_the_database_gives_one_countrys_calendar(calendar):
    from compliance.demo import factories as make
    from partnership.models import BankHoliday

    st_andrew = date(2022, 11, 30)
    make.BankHolidayFactory(country="SCT", on=st_andrew, title="St Andrew's Day")
    assert calendar.years == frozenset(range(2004, 2037))
    assert BankHoliday.objects.calendar("ENG").why_skipped(st_andrew) == ""
    assert BankHoliday.objects.calendar("SCT").why_skipped(st_andrew) == (
        "bank holiday: St Andrew's Day"
    )
