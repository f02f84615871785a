"""Sessions, bookings, registers: what the actions promise."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from compliance.demo import factories as make
from partnership.models import HistoryEntry, OutboxMessage, today
from partnership.stale import ChangedSince, fingerprint
from training import actions
from training.choices import BookingState
from training.models import Booking, Session, TrainingRecord

S = BookingState


def states(session) -> list[str]:
    return list(session.bookings.order_by("booked_at", "pk").values_list("state", flat=True))


# --- Offering ---------------------------------------------------------------------------------------


def offer(partnership, course, **new):
    given = {"held_on": today() + timedelta(days=9), "places": 3, "booking_closes_on": today() + timedelta(days=5)}
    return actions.add_session(by=None, partnership=partnership, course=course, **{**given, **new})


def test_the_same_session_is_offered_once(partnership, taught):
    row = offer(partnership, taught, place="Hall")
    with pytest.raises(actions.AlreadyThere):
        offer(partnership, taught, place="Hall")
    with transaction.atomic(), pytest.raises(IntegrityError):
        Session.objects.bulk_create([Session(
            partnership=partnership, course=taught, held_on=row.held_on, place="Hall", places=1,
            booking_closes_on=row.booking_closes_on,
        )])
    assert offer(partnership, taught, place="Other hall")
    actions.cancel_session(by=None, session=row, reason="No trainer")
    assert offer(partnership, taught, place="Hall")


@pytest.mark.parametrize(("new", "field"), [
    ({"places": 0}, "places"),
    ({"booking_closes_on": "late"}, "booking_closes_on"),
    ({"end_time": "09:00", "start_time": "10:00"}, "end_time"),
    ({"end_time": "09:00"}, "start_time"),
])
def test_a_session_that_cannot_be_is_refused(partnership, taught, new, field):
    clock = {"09:00": time(9), "10:00": time(10), "late": today() + timedelta(days=10)}
    with pytest.raises(ValidationError) as refused:
        offer(partnership, taught, **{name: clock.get(value, value) for name, value in new.items()})
    assert field in refused.value.message_dict
    assert not Session.objects.exists()


def test_a_course_is_offered_on_days_on_which_it_counts(partnership, taught, days):
    taught.counts_until = days(9)
    taught.save()
    with pytest.raises(ValidationError, match="does not count on that day"):
        offer(partnership, taught)
    assert offer(partnership, taught, held_on=days(8))


# --- Places and the waiting list -----------------------------------------------------------------------


def test_places_are_given_in_order_and_the_rest_wait(session, staff):
    done = actions.book(by=None, session=session, people=staff[:3])
    assert [b.staff_member for b in done.placed] == staff[:2]
    assert [b.staff_member for b in done.waiting] == [staff[2]]
    again = actions.book(by=None, session=session, people=staff[2:4])
    assert again.had == [staff[2]] and [b.staff_member for b in again.waiting] == [staff[3]]
    assert states(session) == ["booked", "booked", "waiting", "waiting"]


def test_the_first_who_waits_moves_up_and_is_told(session, staff, bob, alice):
    actions.book(by=alice, session=session, people=[*staff[1:3], staff[0], staff[3]])
    assert states(session) == ["booked", "booked", "waiting", "waiting"]
    OutboxMessage.objects.all().delete()
    first = session.bookings.get(staff_member=staff[1])
    assert actions.cancel_booking(by=alice, booking=first).state == S.CANCELLED
    assert session.bookings.get(staff_member=staff[0]).state == S.BOOKED
    assert session.bookings.get(staff_member=staff[3]).state == S.WAITING
    messages = OutboxMessage.objects.all()
    assert {message.to for message in messages} == {bob.email, alice.email}
    assert all(f"/courses/sessions/{session.pk}/" in message.body for message in messages)
    assert not any(staff[0].last_name in message.body + message.subject for message in messages)


def test_who_cannot_sign_in_is_told_through_their_lead(session, staff, alice):
    actions.book(by=None, session=session, people=staff[1:4])
    actions.cancel_booking(by=None, booking=session.bookings.order_by("pk")[0])
    assert [message.to for message in OutboxMessage.objects.all()] == [alice.email]


def test_nobody_moves_up_on_the_day_itself(session, staff):
    actions.book(by=None, session=session, people=staff[:3])
    Session.objects.filter(pk=session.pk).update(held_on=today(), booking_closes_on=today())
    actions.cancel_booking(by=None, booking=session.bookings.order_by("pk")[0])
    assert states(session) == ["cancelled", "booked", "waiting"]


def test_cancelling_after_booking_closed_is_late_and_on_the_closing_day_in_time(session, staff):
    actions.book(by=None, session=session, people=staff[:2])
    one, two = session.bookings.order_by("pk")
    Session.objects.filter(pk=session.pk).update(booking_closes_on=today())
    assert actions.cancel_booking(by=None, booking=one).state == S.CANCELLED
    Session.objects.filter(pk=session.pk).update(booking_closes_on=today() - timedelta(days=1))
    assert actions.cancel_booking(by=None, booking=two).state == S.CANCELLED_LATE
    with pytest.raises(ValidationError, match="Booking closed on"):
        actions.book(by=None, session=session, people=staff[2:3])


def test_who_only_waited_gives_no_place_back(session, staff):
    actions.book(by=None, session=session, people=staff[:3])
    Session.objects.filter(pk=session.pk).update(booking_closes_on=today() - timedelta(days=1))
    last = session.bookings.get(state=S.WAITING)
    assert actions.cancel_booking(by=None, booking=last).state == S.LEFT_LIST


def test_cancelling_twice_changes_nothing_and_booking_again_keeps_the_cancellation(session, staff):
    actions.book(by=None, session=session, people=staff[:1])
    row = session.bookings.get()
    for _ in range(2):
        actions.cancel_booking(by=None, booking=row)
    assert HistoryEntry.objects.filter(verb="cancelled").count() == 1
    actions.book(by=None, session=session, people=staff[:1])
    assert states(session) == ["cancelled", "booked"]


def test_more_places_let_people_move_up_and_there_are_never_fewer_than_taken(session, staff):
    actions.book(by=None, session=session, people=staff)
    actions.change_session(by=None, session=session, places=4)
    assert states(session) == ["booked"] * 4 + ["waiting"]
    with pytest.raises(ValidationError, match="4 people have a place"):
        actions.change_session(by=None, session=session, places=3)
    assert actions.change_session(by=None, session=session, places=5) is True
    assert states(session) == ["booked"] * 5


def test_people_of_elsewhere_and_leavers_cannot_be_booked(session, staff, staff_c):
    gone = staff[3]
    gone.left_on = session.held_on
    gone.save()
    for person in (staff_c, gone):
        with pytest.raises(ValidationError, match="not in post on that day"):
            actions.book(by=None, session=session, people=[staff[0], person])
    assert not Booking.objects.exists()
    gone.left_on = session.held_on + timedelta(days=1)
    gone.save()
    assert len(actions.book(by=None, session=session, people=[gone]).placed) == 1


def test_moving_the_day_tells_everybody_on_the_list(session, staff, bob):
    actions.book(by=None, session=session, people=staff[:1])
    actions.change_session(by=None, session=session, places=3)
    assert not OutboxMessage.objects.exists()
    actions.change_session(by=None, session=session, held_on=session.held_on + timedelta(days=1))
    assert [message.to for message in OutboxMessage.objects.all()] == [bob.email]


def test_a_cancelled_session_tells_everybody_and_takes_nothing_more(session, staff, bob, alice):
    actions.book(by=alice, session=session, people=staff[:3])
    with pytest.raises(ValidationError):
        actions.cancel_session(by=None, session=session, reason=" ")
    actions.cancel_session(by=None, session=session, reason="No trainer")
    assert {message.to for message in OutboxMessage.objects.all()} == {bob.email, alice.email}
    for act in (
        lambda: actions.book(by=None, session=session, people=staff[3:4]),
        lambda: actions.change_session(by=None, session=session, places=9),
        lambda: actions.cancel_session(by=None, session=session, reason="Again"),
        lambda: actions.mark_register(by=None, session=session, marks={}),
    ):
        with pytest.raises(ValidationError, match="has been cancelled"):
            act()


def test_a_stale_change_overwrites_nothing(session):
    seen = fingerprint(session, actions.SESSION_SEEN)
    actions.change_session(by=None, session=session, place="New hall")
    with pytest.raises(ChangedSince):
        actions.change_session(by=None, session=session, seen=seen, place="My hall")
    session.refresh_from_db()
    assert session.place == "New hall"


# --- The register --------------------------------------------------------------------------------------


def marks(*pairs):
    return {booking.pk: (booking.state, state) for booking, state in pairs}


@pytest.fixture
def marked(held, booked):
    """Bob and B's person came, the colleague did not."""
    a, a2, b = booked
    actions.mark_register(by=None, session=held, marks=marks((a, S.ATTENDED), (a2, S.NO_SHOW), (b, S.ATTENDED)))
    return booked


def test_closing_logs_the_training_of_all_who_came(held, marked, tara, agency_b, staff_a, staff_b):
    walker = make.StaffMemberFactory(agency=agency_b)
    actions.add_walk_in(by=tara, session=held, staff_member=walker)
    assert len(actions.close_session(by=tara, session=held)) == 3
    rows = TrainingRecord.objects.all()
    assert {row.staff_member for row in rows} == {staff_a, staff_b, walker}
    assert {(row.course, row.completed_on, row.logged_by, row.provider) for row in rows} == {
        (held.course, held.held_on, tara, "partnership")
    }
    assert all(row.confirmed_at and row.expires_on for row in rows)
    assert held.bookings.filter(record__isnull=False).count() == 3
    assert states(held) == ["attended", "no_show", "attended", "walk_in"]
    with pytest.raises(ValidationError, match="closed already"):
        actions.close_session(by=tara, session=held)


def test_a_record_that_is_there_is_not_doubled_and_not_taken_back(held, marked, staff_a):
    there = make.TrainingRecordFactory(
        staff_member=staff_a, course=held.course, completed_on=held.held_on
    )
    assert len(actions.close_session(by=None, session=held)) == 1
    assert TrainingRecord.objects.filter(staff_member=staff_a).get() == there
    line = held.bookings.get(staff_member=staff_a)
    actions.correct_booking(by=None, booking=line, state=S.NO_SHOW, reason="Was ticked by mistake")
    there.refresh_from_db()
    assert there.replaced_at is None


def test_a_register_closes_only_when_everybody_is_marked_and_from_its_day_on(held, booked, session):
    with pytest.raises(ValidationError, match="3 people are neither"):
        actions.close_session(by=None, session=held)
    with pytest.raises(ValidationError, match="can be taken from"):
        actions.close_session(by=None, session=session)
    assert not TrainingRecord.objects.exists()
    held.refresh_from_db()
    assert held.closed_at is None


def test_marking_refuses_what_somebody_else_marked_meanwhile(held, booked):
    one = booked[0]
    actions.mark_register(by=None, session=held, marks={one.pk: (S.BOOKED, S.ATTENDED)})
    with pytest.raises(ChangedSince):
        actions.mark_register(by=None, session=held, marks={one.pk: (S.BOOKED, S.NO_SHOW)})
    assert actions.mark_register(by=None, session=held, marks={one.pk: (S.BOOKED, S.ATTENDED)}) == 0
    one.refresh_from_db()
    assert one.state == S.ATTENDED
    actions.mark_register(by=None, session=held, marks={one.pk: (S.ATTENDED, S.BOOKED)})


@pytest.mark.parametrize("state", [S.WALK_IN, S.WAITING, S.CANCELLED, "nonsense"])
def test_a_booking_cannot_be_marked_as_what_it_is_not(held, booked, state):
    with pytest.raises(ValidationError, match="cannot be marked so"):
        actions.mark_register(by=None, session=held, marks={booked[0].pk: (S.BOOKED, state)})


def test_walk_ins_are_counted_apart_and_once(held, booked, staff_a, staff_c, agency_a, role_group):
    waits = make.BookingFactory(
        session=held, staff_member=make.StaffMemberFactory(agency=agency_a), state=S.WAITING
    )
    actions.add_walk_in(by=None, session=held, staff_member=waits.staff_member)
    waits.refresh_from_db()
    assert waits.state == S.WALK_IN
    with pytest.raises(ValidationError, match="on the list already"):
        actions.add_walk_in(by=None, session=held, staff_member=staff_a)
    with pytest.raises(ValidationError, match="not in post"):
        actions.add_walk_in(by=None, session=held, staff_member=staff_c)
    actions.mark_register(by=None, session=held, marks={waits.pk: (S.WALK_IN, S.MISTAKE)})
    assert actions.add_walk_in(by=None, session=held, staff_member=waits.staff_member).pk != waits.pk


def test_a_closed_register_is_corrected_with_a_reason_and_the_records_follow(held, marked, staff_a, staff_a2):
    actions.close_session(by=None, session=held)
    came, missed = held.bookings.get(staff_member=staff_a), held.bookings.get(staff_member=staff_a2)
    for act in (
        lambda why: actions.correct_booking(by=None, booking=came, state=S.NO_SHOW, reason=why),
        lambda why: actions.correct_booking(by=None, booking=missed, state=S.ATTENDED, reason=why),
    ):
        with pytest.raises(ValidationError, match="say why"):
            act(" ")
        assert act("The list was misread") is True
        assert act("The list was misread") is False
    live = TrainingRecord.objects.filter(replaced_at=None)
    assert live.filter(staff_member=staff_a2).exists() and not live.filter(staff_member=staff_a).exists()
    withdrawn = TrainingRecord.objects.get(staff_member=staff_a)
    assert "The list was misread" in withdrawn.replaced_reason
    with pytest.raises(ValidationError, match="register is closed"):
        actions.mark_register(by=None, session=held, marks={})
    again = held.bookings.get(staff_member=staff_a)
    actions.correct_booking(by=None, booking=again, state=S.ATTENDED, reason="He was there")
    assert live.filter(staff_member=staff_a).exists()


def test_a_record_that_the_agency_corrected_since_stays_theirs(held, marked, staff_a):
    actions.close_session(by=None, session=held)
    line = held.bookings.get(staff_member=staff_a)
    new = actions.correct_record(
        by=None, training_record=line.record, reason="Half a day only", evidence="Certificate"
    )
    actions.correct_booking(by=None, booking=line, state=S.NO_SHOW, reason="Not there")
    new.refresh_from_db()
    assert new.replaced_at is None


def test_a_walk_in_into_a_closed_register_needs_a_reason_and_is_logged(held, marked, agency_b):
    actions.close_session(by=None, session=held)
    walker = make.StaffMemberFactory(agency=agency_b)
    with pytest.raises(ValidationError, match="say why"):
        actions.add_walk_in(by=None, session=held, staff_member=walker)
    line = actions.add_walk_in(by=None, session=held, staff_member=walker, reason="Left out")
    assert TrainingRecord.objects.get(staff_member=walker) == line.record
    actions.correct_booking(by=None, booking=line, state=S.MISTAKE, reason="Somebody else")
    assert not TrainingRecord.objects.filter(staff_member=walker, replaced_at=None).exists()


def test_an_administrator_does_not_confirm_their_own_by_closing(held, agency_a, tara):
    own = make.StaffMemberFactory(agency=agency_a)
    tara.staff_member = own
    tara.save()
    actions.add_walk_in(by=tara, session=held, staff_member=own)
    actions.close_session(by=tara, session=held)
    assert TrainingRecord.objects.get(staff_member=own).confirmed_at is None


def test_a_booking_counts_for_the_agency_it_was_made_for(session, staff, agency_b):
    actions.book(by=None, session=session, people=staff[:1])
    person = staff[0]
    person.agency = agency_b
    person.save()
    assert session.bookings.get().agency != agency_b


def test_closing_asks_the_database_as_often_for_many(partnership, taught, agency_a, role_group, days):
    asked = []
    for number in (2, 30):
        row = make.SessionFactory(partnership=partnership, course=taught, held_on=days(-number))
        for person in make.StaffMemberFactory.create_batch(number, agency=agency_a, role_group=role_group):
            make.BookingFactory(session=row, staff_member=person, state=S.ATTENDED)
        with CaptureQueriesContext(connection) as queries:
            actions.close_session(by=None, session=row)
        asked.append(len(queries))
    assert asked[0] == asked[1]
    assert TrainingRecord.objects.count() == 32
