"""What was due, and whether it came in time; what has met with its register open is neither yet."""

from __future__ import annotations

from datetime import date

import pytest

from conferences.choices import MeetingKind, Unit
from conferences.timescales import Event, Limit, first_core_groups_due, reviews_due
from partnership.workdays import Calendar

INITIAL, REVIEW, GROUP = MeetingKind.INITIAL, MeetingKind.REVIEW, MeetingKind.CORE_GROUP
CALENDAR = Calendar.of({date(year, 12, 25): "Christmas Day" for year in (2013, 2014, 2015, 2016)})


def limits(what, on) -> Limit:
    return Limit(3, Unit.MONTHS)


def event(number: int, kind: str, on: date, **more) -> Event:
    return Event(number, "F1", kind, on, **{"held": True, "children": 2, "on_plan_after": 2, **more})


FIRST = event(1, INITIAL, date(2014, 4, 1))
LATE = date(2014, 9, 1)  # more than three months


@pytest.mark.parametrize(
    ("later", "waits", "in_time"),
    [
        ([], False, False),
        ([event(2, REVIEW, date(2014, 6, 1))], False, True),
        ([event(2, REVIEW, LATE)], False, False),
        ([event(2, REVIEW, date(2014, 6, 1), held=False, register_open=True)], True, True),
        ([event(2, REVIEW, date(2014, 6, 1), held=False)], False, False),
    ],
)
def test_a_review_with_its_register_open_is_not_late(later, waits, in_time):
    due = reviews_due([FIRST, *later], limits, CALENDAR)[0]
    assert (due.register_open, due.in_time) == (waits, in_time)


def test_a_conference_with_its_register_open_makes_nothing_due():
    unwritten = event(2, REVIEW, date(2014, 6, 1), held=False, register_open=True)
    assert [due.after for due in reviews_due([FIRST, unwritten], limits, CALENDAR)] == [1]


def test_a_core_group_with_its_register_open_waits_too():
    group = event(2, GROUP, date(2014, 4, 9), held=False, register_open=True)
    [due] = first_core_groups_due([FIRST, group], limits, CALENDAR)
    assert (due.register_open, due.meeting_id) == (True, 2)
