"""Invented sessions of Bracknell Forest around today: past ones with registers, and some to book.

The year 2014-15 stays as it was published: what these log was completed in these months.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time, timedelta

from django.utils import timezone

from compliance.demo.factories import BookingFactory, SessionFactory
from partnership.history import record
from partnership.models import Partnership, StaffMember, User
from training.actions import close_session
from training.choices import CALLED_OFF, BookingState
from training.models import Course, Session

S = BookingState
# Days from today, course, places, place, and how many are in which state.
OFFERED = (
    (-76, "CPC", 20, "Time Square, room 2", {
        S.ATTENDED: 13, S.NO_SHOW: 2, S.CANCELLED: 2, S.CANCELLED_LATE: 1, S.WALK_IN: 2,
    }),
    (-41, "TGT", 24, "Easthampstead House", {
        S.ATTENDED: 17, S.NO_SHOW: 1, S.CANCELLED: 1, S.WALK_IN: 1,
    }),
    (-5, "CPC", 16, "Time Square, room 2", {S.BOOKED: 12, S.CANCELLED: 1, S.CANCELLED_LATE: 1}),
    (12, "CPC", 12, "Time Square, room 1", {S.BOOKED: 12, S.WAITING: 3, S.CANCELLED: 1}),
    (26, "REP", 24, "Joining link by e-mail", {S.BOOKED: 9}),
    (54, "CPC", 20, "Easthampstead House", {}),
)
CLOSES = 5  # days before


def make_sessions(partnership: Partnership, on: date) -> None:
    """Nothing when there are some already."""
    if partnership.sessions.exists():
        return
    courses = {course.code: course for course in Course.objects.all()}
    administrator = User.objects.filter(email="training.bf@example.org").first()
    people = everybody(partnership, on)
    for days, code, places, place, states in OFFERED:
        session = SessionFactory(
            partnership=partnership, course=courses[code], held_on=weekday(on + timedelta(days)),
            start_time=time(9, 30), end_time=time(16), places=places, place=place,
        )
        record(None, "made", session, partnership=partnership, held_on=session.held_on)
        fill(session, states, people, administrator)
        if days < -30:
            close_session(by=administrator, session=session)


def weekday(day: date) -> date:
    """The Friday before, of a day at the weekend."""
    return day - timedelta(days=max(0, day.isoweekday() - 5))


def everybody(partnership: Partnership, on: date) -> Iterator[StaffMember]:
    """The people of the agencies in turn, so that each session has a mixture; round and round."""
    rows = list(
        StaffMember.objects.in_post(on - timedelta(days=90)).in_post(on)
        .counting_in(partnership.pk).select_related("agency").order_by("reference", "pk")
    )
    step = 7 if len(rows) % 7 else 5
    place = 0
    while rows:
        yield rows[place % len(rows)]
        place += step


def fill(
    session: Session, states: dict[BookingState, int], people: Iterator[StaffMember],
    administrator: User | None,
) -> None:
    """Bookings in each state, made some weeks before the day."""
    booked_at = timezone.now() - timedelta(days=100)
    for state, number in states.items():
        for _ in range(number):
            booked_at += timedelta(minutes=7)
            BookingFactory(
                session=session, staff_member=next(people), state=state, booked_at=booked_at,
                booked_by=None, cancelled_by=administrator if state in CALLED_OFF else None,
            )
