"""Two at one session in the same moment, on PostgreSQL: SQLite would hide a lost lock."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from compliance.demo import factories as make
from training import actions
from training.actions import bookings, registers
from training.choices import BookingState as S
from training.models import Requirement, Session, TrainingRecord

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def slowly(monkeypatch, abreast):
    """Everybody stands between looking at the session and writing."""

    def wait_after(module, name):
        real = getattr(module, name)

        def slow(*args):
            found = real(*args)
            abreast.wait()
            return found

        monkeypatch.setattr(module, name, slow)

    return wait_after


@pytest.fixture
def last_place(session, staff):
    """One place is left."""
    Session.objects.filter(pk=session.pk).update(places=1)
    return session


def book_both(race, session, staff):
    return race(
        lambda: len(actions.book(by=None, session=session, people=staff[:1]).placed),
        lambda: len(actions.book(by=None, session=session, people=staff[1:2]).placed),
    )


def test_two_who_book_the_last_place_at_once_get_one_place(race, last_place, staff, slowly):
    slowly(bookings, "free_places")
    assert sorted(book_both(race, last_place, staff)) == [0, 1]
    assert sorted(last_place.bookings.values_list("state", flat=True)) == ["booked", "waiting"]


def test_without_the_lock_both_get_the_last_place(race, last_place, staff, slowly, unlocked):
    """The control: the test above can see the fault."""
    slowly(bookings, "free_places")
    assert book_both(race, last_place, staff) == [1, 1]


def test_a_double_click_books_one_place(race, session, staff, slowly):
    slowly(bookings, "free_places")
    race(lambda: actions.book(by=None, session=session, people=staff[:1]))
    assert session.bookings.count() == 1


def test_two_who_cancel_at_once_let_two_move_up(race, session, staff, slowly):
    actions.book(by=None, session=session, people=staff[:4])
    one, two = session.bookings.filter(state=S.BOOKED)
    slowly(bookings, "cancelled_state")
    race(
        lambda: actions.cancel_booking(by=None, booking=one),
        lambda: actions.cancel_booking(by=None, booking=two),
    )
    assert sorted(session.bookings.values_list("state", flat=True)) == [
        "booked", "booked", "cancelled", "cancelled",
    ]


def test_a_cancellation_and_a_booking_at_once_never_pass_the_places(race, session, staff, slowly):
    actions.book(by=None, session=session, people=staff[:3])
    one = session.bookings.filter(state=S.BOOKED).first()
    slowly(bookings, "free_places")
    race(
        lambda: actions.cancel_booking(by=None, booking=one),
        lambda: actions.book(by=None, session=session, people=staff[3:4]),
    )
    assert session.bookings.filter(state=S.BOOKED).count() == 2
    assert session.bookings.filter(state=S.WAITING).get().staff_member == staff[3]


def test_two_closings_at_once_log_everybody_once(race, held, booked, slowly):
    held.bookings.update(state=S.ATTENDED)
    slowly(registers, "registered")
    answers = race(lambda: len(actions.close_session(by=None, session=held)))
    refused = [answer for answer in answers if isinstance(answer, ValidationError)]
    assert 3 in answers and len(refused) == 1
    assert TrainingRecord.objects.count() == 3


def test_a_double_click_offers_one_session(race, partnership, taught, days, slowly):
    def offer():
        return actions.add_session(
            by=None, partnership=partnership, course=taught, held_on=days(9), places=3, place="Hall",
            booking_closes_on=days(5),
        )

    answers = race(offer)
    assert sum(isinstance(answer, actions.AlreadyThere) for answer in answers) == 1
    assert Session.objects.count() == 1


def test_a_double_click_asks_once(race, partnership, taught, role_group, days):
    def ask():
        return actions.add_requirement(
            by=None, role_group=role_group, courses=[taught], effective_from=days(0),
            partnership=partnership,
        )

    answers = race(ask)
    assert sum(isinstance(answer, actions.AlreadyThere) for answer in answers) == 1
    assert Requirement.objects.count() == 1


def test_walk_ins_of_one_person_at_once_are_one_line(race, held, agency_a, slowly):
    person = make.StaffMemberFactory(agency=agency_a)
    slowly(registers, "registered")
    race(lambda: actions.add_walk_in(by=None, session=held, staff_member=person))
    assert held.bookings.count() == 1
