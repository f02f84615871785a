"""Take-up in counts: a published quarter, and what each share is made of."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from compliance.demo import factories as make
from partnership.models import today
from training.choices import BookingState as S
from training.models import Booking, Session
from training.take_up import LABELS, Line, Share, Span, TakeUp, Tally, take_up


def closed(partnership, states, **fields):
    row = make.SessionFactory(partnership=partnership, closed_at=timezone.now(), **fields)
    for state, number in states.items():
        for _ in range(number):
            make.BookingFactory(session=row, state=state)
    return row


def test_a_published_quarter_comes_out_as_its_three_honest_shares():
    """Leicester, Leicestershire and Rutland, April to June 2016: 393 places, 318 booked, 29 cancelled,
    20 no-shows, 35 who came unbooked: 304 came. Printed there as 77%, and as 96% of those booked, which
    counts the unbooked among the booked; without them it is 84.6%."""
    states = {S.ATTENDED: 269, S.CANCELLED: 29, S.NO_SHOW: 20, S.WALK_IN: 35}
    tally = Tally(sessions=8, places=393, states=_counts(states))
    assert (tally["registered"], tally["came"], tally["attended"], tally["walk_in"]) == (318, 304, 269, 35)
    assert tally["registered"] - tally["cancelled"] - tally["no_show"] == tally["attended"]
    assert (tally.of_places.working, tally.of_places.printed) == ("304 of 393", "77.4%")
    assert (tally.of_booked.working, tally.of_booked.printed) == ("269 of 318", "84.6%")
    assert (tally.of_expected.working, tally.of_expected.printed) == ("269 of 289", "93.1%")


def _counts(states):
    return defaultdict(int, states)


@pytest.mark.parametrize(("met", "total", "printed"), [
    (0, 0, "none"), (0, 3, "0.0%"), (3, 3, "100.0%"), (231, 280, "82.5%"), (1, 2000, "0.1%"), (1, 3, "33.3%"),
])
def test_half_rounds_up_and_nothing_is_none(met, total, printed):
    assert Share(met, total).printed == printed


def test_each_state_is_counted_apart(partnership):
    for n, state in enumerate(S, start=1):
        closed(partnership, {state: n}, held_on=today() - timedelta(days=n), booking_closes_on=today() - timedelta(days=n))
    found = take_up(Session.objects.all(), Booking.objects.all(), Span.year_of(today()), today())
    if len(found.sessions) < len(S):
        pytest.skip("the first days of a financial year")
    n = {state: number for number, state in enumerate(S, start=1)}
    whole = found.whole
    assert whole["registered"] == sum(n[s] for s in (S.BOOKED, S.ATTENDED, S.NO_SHOW, S.CANCELLED, S.CANCELLED_LATE))
    assert whole["came"] == n[S.ATTENDED] + n[S.WALK_IN]
    for name, state in (
        ("cancelled", S.CANCELLED), ("cancelled_late", S.CANCELLED_LATE), ("no_show", S.NO_SHOW),
        ("walk_in", S.WALK_IN), ("waiting", S.WAITING), ("attended", S.ATTENDED),
    ):
        assert whole[name] == n[state]


def test_only_closed_sessions_count_and_the_others_stand_beside(partnership):
    first, last = Span(2014).first, Span(2014).last
    closed(partnership, {S.ATTENDED: 2}, held_on=first, booking_closes_on=first)
    closed(partnership, {S.ATTENDED: 3}, held_on=last, booking_closes_on=last)
    closed(partnership, {S.ATTENDED: 5}, held_on=last + timedelta(days=1), booking_closes_on=last)
    for fields in ({}, {"cancelled_at": timezone.now(), "cancelled_reason": "Off"}):
        row = make.SessionFactory(partnership=partnership, held_on=last, booking_closes_on=last, **fields)
        make.BookingFactory(session=row)
    found = take_up(Session.objects.all(), Booking.objects.all(), Span(2014), last)
    assert found.whole["came"] == 5 and found.whole.sessions == 2
    assert found.beside == {"open": 1, "to_come": 0, "cancelled": 1}
    earlier = take_up(Session.objects.all(), Booking.objects.all(), Span(2014), first)
    assert earlier.beside == {"open": 0, "to_come": 1, "cancelled": 1}


def test_take_up_is_read_in_two_queries(partnership, django_assert_num_queries):
    for _ in range(3):
        closed(partnership, {S.ATTENDED: 3, S.NO_SHOW: 1}, held_on=date(2014, 5, 1), booking_closes_on=date(2014, 4, 1))
    with django_assert_num_queries(2):
        found = take_up(Session.objects.all(), Booking.objects.all(), Span(2014), today())
        assert found.whole["came"] == 9


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2), st.sampled_from(list(S)), st.integers(0, 9)), max_size=30))
def test_totals_are_sums_of_counts_however_they_are_broken_down(rows):
    sessions = [Session(pk=n + 1, course_id=n % 2, places=10 * n + 1, held_on=date(2014, 4 + n, 1)) for n in range(4)]
    lines = [Line(sessions[s], agency, state, number) for s, agency, state, number in rows]
    found = TakeUp(sessions, lines, {})
    by_course, by_agency = found.by(lambda s: s.course_id), found.by_agency()
    for name in LABELS:
        assert found.whole[name] == sum(t[name] for t in by_course.values())
        if name not in ("sessions", "places"):
            assert found.whole[name] == sum(t[name] for t in by_agency.values())


@pytest.mark.parametrize(("text", "first", "last"), [
    ("2014-15", date(2014, 4, 1), date(2015, 3, 31)), ("2014-15-Q1", date(2014, 4, 1), date(2014, 6, 30)),
    ("2014-15-Q4", date(2015, 1, 1), date(2015, 3, 31)), ("2019-20-Q4", date(2020, 1, 1), date(2020, 3, 31)),
    ("2014-15-H1", date(2014, 4, 1), date(2014, 9, 30)), ("2014-15-H2", date(2014, 10, 1), date(2015, 3, 31)),
])
def test_periods_have_their_days(text, first, last):
    span = Span.parse(text)
    assert (span.first, span.last, span.slug) == (first, last, text)
    assert first in span and last in span and last + timedelta(days=1) not in span


@pytest.mark.parametrize("text", ["", "2014", "2014-16", "2014-15-Q5", "2014-15-H3", "1889-90", "2014-15-Q1x"])
def test_what_is_no_period_is_none(text):
    assert Span.parse(text) is None
