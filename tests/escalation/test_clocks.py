"""Due moments against a second reckoning: each day of twelve years, holidays, clocks, pauses."""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from escalation.models import Escalation, Stage
from escalation.stages import LOCAL, Limit, LimitUnit, Pause, deadline
from partnership.models import BankHoliday, HistoryEntry, OutboxMessage
from partnership.workdays import Calendar, NoCalendar
from tests.conftest import known_holidays

FIRST, LAST = date(2024, 1, 1), date(2035, 12, 31)
DAY = timedelta(days=1)
CALENDAR = Calendar.of(known_holidays())
NO_LIMIT = Limit(0, LimitUnit.NONE)


def at(text: str) -> datetime:
    """A local moment: "2027-03-26 23:30"."""
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL)


def days(number: int) -> Limit:
    return Limit(number, LimitUnit.WORKING_DAYS)


def hours(number: int) -> Limit:
    return Limit(number, LimitUnit.CLOCK_HOURS)


def due(limit: Limit, entered: str, *pauses: Pause) -> datetime | None:
    return deadline(limit, at(entered), CALENDAR, pauses).due_at


def pause(start: str, end: str | None, reason: str = "School holidays") -> Pause:
    return Pause(at(start), at(end) if end else None, reason)


# --- England's holidays by rule: nothing of the code's or of a package's --------------------------


def easter(year: int) -> date:
    """The anonymous Gregorian reckoning."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 19 * m) // 433
    month = (h + m - 7 * n + 90) // 25
    return date(year, month, (h + m - 7 * n + 33 * month + 19) % 32)


def monday(year: int, month: int, *, last: bool = False) -> date:
    found = [d for n in range(31) if (d := date(year, month, 1) + n * DAY).month == month]
    return [d for d in found if d.isoweekday() == 1][-1 if last else 0]


def by_rule(year: int) -> set[date]:
    """Weekdays without work: the fixed days, moved to the next free weekday from a weekend."""
    off = {easter(year) - 2 * DAY, easter(year) + DAY}
    off |= {monday(year, 5), monday(year, 5, last=True), monday(year, 8, last=True)}
    for fixed in (date(year, 1, 1), date(year, 12, 25), date(year, 12, 26)):
        while fixed.isoweekday() > 5 or fixed in off:
            fixed += DAY
        off.add(fixed)
    return off


OFF = set().union(*(by_rule(year) for year in range(2024, 2037)))
DAYS = [FIRST + n * DAY for n in range((date(2036, 3, 1) - FIRST).days)]
WORKED = [day for day in DAYS if day.isoweekday() <= 5 and day not in OFF]


def test_holidays_by_rule_are_those_that_are_published():
    published = {day for day in known_holidays() if day.isoweekday() <= 5}
    assert {d for d in published if 2024 <= d.year <= 2036} == OFF
    assert easter(2024) == date(2024, 3, 31) and easter(2035) == date(2035, 3, 25)


@pytest.mark.parametrize("number", range(1, 16))
def test_deadlines_equal_the_second_reckoning_from_every_day_of_twelve_years(number):
    limit = days(number)
    starts = [day for day in DAYS if day <= LAST]
    assert len(starts) == 4383
    for start in starts:
        entered = datetime.combine(start, time(start.day % 24, 17), LOCAL)
        last = WORKED[bisect_right(WORKED, start) + number - 1]
        found = deadline(limit, entered, CALENDAR)
        assert found.due_at.astimezone(LOCAL).date() == last, start
        assert len(found.counted) == number and found.counted[-1] == last
        assert number + len(found.skipped) == (last - start).days, start


@pytest.mark.parametrize(
    ("entered", "number", "last"),
    [
        ("2022-05-31 10:00", 1, "2022-06-01"),
        ("2022-06-01 10:00", 1, "2022-06-06"),  # 2 and 3 June: the Jubilee
        ("2022-09-16 10:00", 1, "2022-09-20"),  # 19 September: the Queen's funeral
        ("2023-05-05 10:00", 1, "2023-05-09"),  # 8 May: the coronation
        ("2023-04-28 10:00", 5, "2023-05-09"),  # and 1 May before it
        ("2026-12-24 10:00", 1, "2026-12-29"),  # Christmas on a Friday, Boxing Day moved
        ("2028-02-28 10:00", 1, "2028-02-29"),
    ],
)
def test_deadlines_skip_one_off_and_moved_holidays(entered, number, last):
    assert due(days(number), entered).astimezone(LOCAL).date() == date.fromisoformat(last)


@given(st.sampled_from(DAYS[:4383]), st.integers(1, 15), st.integers(0, 9), st.integers(0, 12))
def test_every_day_is_counted_or_skipped_once_and_says_why(start, number, from_day, length):
    begun = datetime.combine(start, time(11), LOCAL)
    stood = Pause(begun + from_day * DAY, begun + (from_day + length) * DAY, "School holidays")
    found = deadline(days(number), begun, CALENDAR, [stood])
    skipped = dict(found.skipped)
    last = found.due_at.astimezone(LOCAL).date()
    assert sorted([*found.counted, *skipped]) == [
        start + n * DAY for n in range(1, (last - start).days + 1)
    ]
    for day, why in skipped.items():
        if day.isoweekday() > 5:
            assert why == "weekend"
        elif day in OFF:
            assert why == f"bank holiday: {known_holidays()[day]}"
        else:
            assert why == "paused: School holidays"
            assert start + from_day * DAY <= day < start + (from_day + length) * DAY


# --- The local day --------------------------------------------------------------------------------


def test_a_deadline_is_the_last_moment_of_its_local_day():
    found = due(days(1), "2026-06-01 10:00")
    assert found == at("2026-06-02 23:59:59.999999")
    assert found.astimezone(UTC) == datetime(2026, 6, 2, 22, 59, 59, 999999, UTC)
    assert (found + timedelta(microseconds=1)).astimezone(LOCAL) == at("2026-06-03 00:00")


@pytest.mark.parametrize(
    ("entered", "last"),
    [
        (datetime(2026, 6, 1, 22, 30, tzinfo=UTC), date(2026, 6, 2)),  # 23:30 in London
        (datetime(2026, 6, 1, 23, 30, tzinfo=UTC), date(2026, 6, 3)),  # 00:30 on the 2nd
        (datetime(2026, 12, 1, 23, 30, tzinfo=UTC), date(2026, 12, 2)),  # winter: the same day
        (datetime(2026, 6, 1, 9, 0, tzinfo=UTC), date(2026, 6, 2)),
    ],
)
def test_day_nought_is_the_local_day_not_that_of_utc(entered, last):
    assert deadline(days(1), entered, CALENDAR).due_at.astimezone(LOCAL).date() == last


def test_the_hour_of_the_start_does_not_matter_to_working_days():
    found = {due(days(5), f"2026-06-01 {hour:02}:59:59") for hour in range(24)}
    assert found == {at("2026-06-08 23:59:59.999999")}


@pytest.mark.parametrize(
    ("entered", "number", "clock"),
    [
        ("2027-03-27 12:00", 24, "2027-03-28 13:00"),  # an hour is lost in the night
        ("2027-03-26 12:00", 72, "2027-03-29 13:00"),
        ("2027-03-28 12:00", 24, "2027-03-29 12:00"),
        ("2026-10-24 12:00", 24, "2026-10-25 11:00"),  # an hour is won
        ("2026-10-23 12:00", 72, "2026-10-26 11:00"),
        ("2026-10-25 12:00", 24, "2026-10-26 12:00"),
        ("2026-12-24 12:00", 72, "2026-12-27 12:00"),  # holidays and weekends count
    ],
)
def test_limits_in_hours_run_through_weekends_holidays_and_clock_changes(entered, number, clock):
    begun = datetime.fromisoformat(entered).replace(tzinfo=LOCAL).astimezone(UTC)
    found = deadline(hours(number), begun, CALENDAR).due_at
    assert (found.astimezone(UTC) - begun) == timedelta(hours=number)
    assert found.astimezone(LOCAL) == at(clock)


@pytest.mark.parametrize("number", [24, 72])
@pytest.mark.parametrize("entered", ["2027-03-27 12:00", "2026-10-24 12:00"])
def test_limits_in_hours_are_real_hours_however_the_start_is_written(entered, number):
    """A local moment with its own zone: adding to it must not add hours of the clock's face."""
    found = due(hours(number), entered)
    assert found.astimezone(UTC) - at(entered).astimezone(UTC) == timedelta(hours=number)


@pytest.mark.parametrize("day", ["2027-03-28", "2026-10-25", "2027-10-31"])
def test_working_days_over_a_change_of_clocks_end_with_the_local_day(day):
    sunday = date.fromisoformat(day)
    found = deadline(days(1), datetime.combine(sunday - 2 * DAY, time(12), LOCAL), CALENDAR)
    monday_after = datetime.combine(sunday + DAY, time.max, LOCAL)
    if sunday + DAY in OFF:  # Easter Monday 2027 falls on the day after
        monday_after += DAY
    assert found.due_at == monday_after


# --- Pauses ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stood", "last"),
    [
        ([], "2026-06-08"),
        ([("2026-06-02 09:00", "2026-06-02 17:00")], "2026-06-08"),  # the same day: nothing
        ([("2026-06-02 09:00", "2026-06-03 09:00")], "2026-06-09"),
        ([("2026-06-05 17:00", "2026-06-08 09:00")], "2026-06-09"),  # Friday, over a weekend
        ([("2026-06-06 09:00", "2026-06-07 09:00")], "2026-06-08"),  # a Saturday only
        ([("2026-06-01 11:00", "2026-06-02 09:00")], "2026-06-08"),  # day nought counts anyway
        (
            [("2026-06-02 09:00", "2026-06-03 09:00"), ("2026-06-04 09:00", "2026-06-05 09:00")],
            "2026-06-10",
        ),
        ([("2026-06-02 09:00", "2026-06-30 09:00")], "2026-07-06"),
        ([("2026-06-02 23:30", "2026-06-03 00:30")], "2026-06-09"),  # over midnight
    ],
)
def test_paused_days_are_not_counted(stood, last):
    found = due(days(5), "2026-06-01 10:00", *(pause(*one) for one in stood))
    assert found == at(f"{last} 23:59:59.999999")


def test_pauses_of_hours_put_the_moment_off_by_as_long():
    stood = [
        pause("2026-06-01 12:00", "2026-06-01 12:30"),
        pause("2026-06-02 00:00", "2026-06-03 01:00"),
    ]
    assert due(hours(24), "2026-06-01 10:00", *stood) == at("2026-06-03 11:30")


def test_a_pause_after_the_time_ran_out_puts_nothing_off():
    """Else an answer that came late would be in time afterwards. Of days it is so by counting them."""
    late = pause("2015-03-03 16:00", "2015-03-06 16:00")
    assert due(hours(24), "2015-03-02 09:00", late) == at("2015-03-03 09:00")
    first = pause("2015-03-02 10:00", "2015-03-03 10:00")  # in time: it puts the end off, and into the next pause
    assert due(hours(24), "2015-03-02 09:00", first, pause("2015-03-03 16:00", "2015-03-03 18:00")) == at("2015-03-04 11:00")


@pytest.mark.parametrize("limit", [days(5), hours(24)])
def test_an_open_pause_leaves_no_deadline(limit):
    stood = pause("2026-06-02 09:00", None)
    found = deadline(limit, at("2026-06-01 10:00"), CALENDAR, [stood])
    assert found.due_at is None and "stands" in found.sentence
    closed = pause("2026-06-02 09:00", "2026-06-03 09:00")
    assert deadline(limit, at("2026-06-01 10:00"), CALENDAR, [closed]).due_at is not None


def test_a_stage_without_a_limit_has_no_deadline():
    found = deadline(NO_LIMIT, at("2026-06-01 10:00"), CALENDAR)
    assert (found.due_at, found.sentence) == (None, "This stage has no limit.")


@given(st.lists(st.integers(0, 400), min_size=4, max_size=4, unique=True), st.integers(1, 10))
def test_a_pause_never_brings_a_deadline_forward(moments, number):
    """And one more never shortens what one alone gives."""
    begun = at("2026-06-01 10:00")
    points = [begun + timedelta(hours=n) for n in sorted(moments)]
    stood = [Pause(a, b, "Away") for a, b in list(pairwise(points))[::2]]
    for limit in (days(number), hours(number * 8)):
        found = [deadline(limit, begun, CALENDAR, stood[:n]).due_at for n in range(3)]
        assert found == sorted(found)


# --- No calendar ----------------------------------------------------------------------------------


def test_a_year_without_holidays_is_refused_with_a_sentence():
    known = Calendar.of({day: title for day, title in known_holidays().items() if day.year < 2027})
    assert deadline(days(1), at("2026-12-29 10:00"), known).due_at
    with pytest.raises(NoCalendar, match="No bank holidays are known for 2027"):
        deadline(days(5), at("2026-12-29 10:00"), known)
    assert deadline(hours(72), at("2026-12-29 10:00"), known).due_at  # hours ask no calendar


def counts() -> list[int]:
    return [model.objects.count() for model in (Escalation, HistoryEntry, OutboxMessage)]


@pytest.mark.django_db
def test_a_case_that_runs_into_an_unknown_year_is_refused_whole(raised, rita):
    before = counts()
    with pytest.raises(ValidationError, match="No bank holidays are known for 2040"):
        raised(now=at("2040-01-05 10:00"))
    assert counts() == before
    BankHoliday.objects.create(on=date(2040, 1, 2), title="New Year's Day")
    assert raised(now=at("2040-01-05 10:00")).reference == "NW-2040-0001"


def test_a_stage_was_overdue_on_a_day_whatever_came_after_it():
    """A report on a past day says what was so then: an answer that came later does not undo it."""
    due, late = (datetime(2015, 3, day, 12, tzinfo=UTC) for day in (2, 9))
    for field in ("answered_at", "closed_at"):
        stage = Stage(due_at=due, **{field: late})
        found = [stage.overdue(late + hours * timedelta(hours=1)) for hours in (-1, 0, 1)]
        assert (field, found) == (field, [True, False, False])
    assert not Stage(due_at=due).overdue(due) and not Stage(due_at=None).overdue(late)
