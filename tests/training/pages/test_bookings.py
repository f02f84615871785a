"""Booking and cancelling: each for whom they may, never over the places."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from compliance.demo import factories as make
from partnership.models import today
from tests.reading import same, text
from training.choices import BookingState as S
from training.models import Booking, Session


def book(session) -> str:
    return f"/courses/sessions/{session.pk}/book/"


def cancel(booking) -> str:
    return f"/courses/bookings/{booking.pk}/cancel/"


def test_lead_books_their_people_the_rest_wait(client, session, alice, staff):
    client.force_login(alice)
    page = client.get(book(session))
    assert "2 places are free" in text(page)
    answer = client.post(book(session), {"people": [person.pk for person in staff[:3]]})
    assert answer.status_code == 302
    words = text(client.get(answer.url))
    assert "2 places booked; 1 on the waiting list" in words
    assert sorted(session.bookings.values_list("state", flat=True)) == ["booked", "booked", "waiting"]
    again = client.post(book(session), {"people": [staff[3].pk]})
    assert "1 on the waiting list" in text(client.get(again.url))
    assert "On the list already (4)" in text(client.get(book(session)))


def test_those_who_need_the_course_most_get_the_places(client, session, partnership, role_group, alice, staff):
    """Who holds it already waits, though ticked first."""
    make.RequirementFactory(partnership=partnership, role_group=role_group, courses=[session.course])
    make.TrainingRecordFactory(
        staff_member=staff[0], course=session.course, completed_on=today() - timedelta(days=30)
    )
    client.force_login(alice)
    client.post(book(session), {"people": [person.pk for person in staff[:3]]})
    assert session.bookings.get(state=S.WAITING).staff_member == staff[0]


def test_double_click_books_once(client, session, alice, staff):
    client.force_login(alice)
    for _ in range(2):
        answer = client.post(book(session), {"people": [staff[0].pk]})
    assert "1 on the list already" in text(client.get(answer.url))
    assert Booking.objects.count() == 1


@pytest.mark.parametrize("who", ["staff_b", "staff_c"])
def test_person_of_others_is_answered_like_nobody(client, session, alice, staff, request, who):
    client.force_login(alice)
    number = request.getfixturevalue(who).pk
    answers = [client.post(book(session), {"people": [staff[0].pk, n]}) for n in (number, 999_999)]
    assert [a.status_code for a in answers] == [422, 422] and text(answers[0]) == text(answers[1])
    assert b" checked" in answers[0].content and not Booking.objects.exists()


def test_nobody_ticked_is_refused(client, session, alice, staff):
    client.force_login(alice)
    answer = client.post(book(session))
    assert answer.status_code == 422 and 'href="#people"' in answer.content.decode()


def test_practitioner_books_and_cancels_for_themselves_alone(client, session, bob, staff):
    client.force_login(bob)
    assert "Book a place for myself" in text(client.get(f"/courses/sessions/{session.pk}/"))
    answer = client.post(book(session), {"people": [staff[1].pk]})
    assert answer.status_code == 302
    own = Booking.objects.get()
    assert own.staff_member == staff[0] and "You have a place." in text(client.get(answer.url))
    colleague = make.BookingFactory(session=session, staff_member=staff[1])
    far, none = client.get(cancel(colleague)), client.get("/courses/bookings/999999/cancel/")
    assert far.status_code == 404 and same(far) == same(none)
    assert client.post(cancel(colleague)).status_code == 404
    client.post(cancel(own))
    assert {b.state for b in Booking.objects.filter(staff_member=staff[0])} == {S.CANCELLED}


def test_full_session_offers_the_waiting_list(client, session, bob, staff):
    for person in staff[1:3]:
        make.BookingFactory(session=session, staff_member=person)
    client.force_login(bob)
    assert "Go on the waiting list" in text(client.get(book(session)))
    answer = client.post(book(session))
    assert "You are on the waiting list" in text(client.get(answer.url))


def test_practitioner_out_of_post_on_the_day_cannot_book(client, session, bob, staff_a):
    staff_a.left_on = session.held_on
    staff_a.save()
    client.force_login(bob)
    assert "You cannot book this session" in text(client.get(book(session)))
    assert client.post(book(session)).status_code == 422


def test_training_administrator_books_by_exact_reference_or_a_known_name(client, session, tara, staff, staff_c, partnership):
    """Also for a partnership's first session; a name alone opens no staff list."""
    new, known = staff[2], staff[1]
    known.first_name, known.last_name = "Siân", "Łukaszek"
    known.save()
    client.force_login(tara)
    for typed in ("Lukaszek", staff_c.reference, "NO-SUCH"):
        refused = client.post(book(session), {"who": typed})
        assert refused.status_code == 422 and "Check it with the person" in text(refused), typed
    assert client.post(book(session), {"who": f" {new.reference.lower()} "}).status_code == 302
    make.BookingFactory(session=make.SessionFactory(partnership=partnership), staff_member=known, state=S.ATTENDED)
    assert client.post(book(session), {"who": "lukaszek"}).status_code == 302
    assert {row.staff_member for row in session.bookings.all()} == {new, known}


def test_pages_for_what_is_over_say_so_and_lead_back(client, session, held, booked, tara, alice, staff):
    """Somebody comes by an old link, or by Back: no button that can only be refused."""
    gone = make.BookingFactory(session=session, staff_member=staff[0], state=S.CANCELLED, cancelled_at=timezone.now())
    client.force_login(alice)
    assert client.get(cancel(gone)).url == f"/courses/sessions/{session.pk}/"
    assert "There is nothing to cancel" in text(client.get(f"/courses/sessions/{session.pk}/"))
    assert "Booking closed on" in text(client.get(book(held), follow=True))
    client.force_login(tara)
    session.cancelled_at, session.cancelled_reason = timezone.now(), "The room is gone"
    session.save()
    for what in ("book/", "change/", "register/", "walk-in/", "register/close/"):
        answer = client.get(f"/courses/sessions/{session.pk}/{what}", follow=True)
        assert answer.redirect_chain and "This session has been cancelled" in text(answer), what


@pytest.mark.parametrize("name", ["dana", "dee", "mo", "sam", "audrey", "outsider"])
def test_who_sees_no_names_books_nobody(client, session, people, name, staff):
    client.force_login(getattr(people, name))
    assert client.get(book(session)).status_code == 404
    assert client.post(book(session), {"people": [staff[0].pk]}).status_code == 404
    row = make.BookingFactory(session=session, staff_member=staff[0])
    assert client.post(cancel(row)).status_code == 404
    client.force_login(people.alice)
    assert client.get(cancel(row)).status_code == 200


def test_booking_after_it_closed_is_refused_with_the_day(client, session, alice, staff):
    Session.objects.filter(pk=session.pk).update(booking_closes_on=today() - timedelta(days=1))
    client.force_login(alice)
    answer = client.post(book(session), {"people": [staff[0].pk]})
    assert answer.status_code == 422 and "Booking closed on" in text(answer)
    assert "Book places" not in text(client.get(f"/courses/sessions/{session.pk}/"))


def test_late_cancellation_says_so_and_the_next_moves_up(client, session, alice, charlie, staff, staff_b):
    rows = [make.BookingFactory(session=session, staff_member=p) for p in staff[:2]]
    waits = make.BookingFactory(session=session, staff_member=staff_b, state=S.WAITING)
    Session.objects.filter(pk=session.pk).update(booking_closes_on=today() - timedelta(days=1))
    client.force_login(charlie)
    assert client.post(cancel(rows[0])).status_code == 404
    client.force_login(alice)
    assert "counts as a late cancellation" in text(client.get(cancel(rows[0])))
    for words in ("It counts as late", "is cancelled"):
        answer = client.post(cancel(rows[0]))
        assert words in text(client.get(answer.url))
    waits.refresh_from_db()
    assert waits.state == S.BOOKED


def test_past_booking_cannot_be_cancelled(client, held, booked, alice):
    client.force_login(alice)
    answer = client.post(cancel(booked[0]))
    assert answer.status_code == 422 and "The register says who came" in text(answer)


def test_booking_page_asks_as_often_for_many(client, session, alice, agency_a, role_group, staff):
    client.force_login(alice)
    counts = []
    for number in (1, 30):
        make.StaffMemberFactory.create_batch(number, agency=agency_a, role_group=role_group)
        with CaptureQueriesContext(connection) as asked:
            client.get(book(session))
        counts.append(len(asked))
    assert counts[0] == counts[1]
