"""Sessions on their pages: the list, one session, offering, changing, calling off, the register."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from compliance.demo import factories as make
from partnership.models import HistoryEntry, OutboxMessage, today
from tests.reading import same, text
from training import actions
from training.choices import BookingState as S
from training.models import Session, TrainingRecord

LIST, ADD = "/courses/sessions/", "/courses/sessions/add/"


def page(session, what="") -> str:
    return f"{LIST}{session.pk}/{what}"


def offered(course, **new) -> dict:
    day = today() + timedelta(days=30)
    there = {
        "course": course.pk, "held_on": f"{day:%d/%m/%Y}", "start_time": "09:30", "end_time": "16.00",
        "place": "Town Hall", "provider": "partnership", "places": "20",
        "booking_closes_on": f"{day - timedelta(days=5):%d/%m/%Y}",
    }
    return {**there, **new}


def as_it_is(session, **new) -> dict:
    there = {
        "course": session.course_id, "held_on": f"{session.held_on:%d/%m/%Y}", "place": session.place,
        "provider": session.provider, "places": session.places,
        "booking_closes_on": f"{session.booking_closes_on:%d/%m/%Y}",
    }
    return {**there, **new}


# --- The list and one session ----------------------------------------------------------------------------


def test_list_shows_what_is_to_come_filtered_and_sorted(client, session, session_elsewhere, held, alice, staff):
    make.SessionFactory(partnership=session.partnership, course=make.CourseFactory(title="Another"), places=1)
    make.BookingFactory(session=session, staff_member=staff[0])
    make.BookingFactory(session=session, staff_member=staff[1], state=S.CANCELLED)
    client.force_login(alice)
    rows = client.get(LIST).context["rows"]
    assert [row[0]["text"] for row in rows] == [session.course.title, "Another"]
    assert (rows[0][2]["text"], rows[0][5]["text"]) == ("1 of 2", 1)
    assert client.get(LIST + "?sort=course").context["rows"][0][0]["text"] == "Another"
    past = client.get(LIST + "?when=past").context["rows"]
    assert [row[3]["text"] for row in past] == ["Register open"]
    make.BookingFactory(session=session, staff_member=staff[2])
    assert [row[0]["text"] for row in client.get(LIST + "?free=yes").context["rows"]] == ["Another"]
    assert "No session fits" in text(client.get(f"{LIST}?when=past&course={make.CourseFactory().pk}"))


def test_list_comes_in_pages_and_asks_as_often_for_many(client, session, tara, alice, staff):
    for user in (tara, alice):
        client.force_login(user)
        counts = []
        for number in (1, 30):
            for row in make.SessionFactory.create_batch(number, partnership=session.partnership):
                make.BookingFactory(session=row, staff_member=staff[0])
            with CaptureQueriesContext(connection) as asked:
                answer = client.get(LIST)
            counts.append(len(asked))
        assert counts[0] == counts[1] and len(answer.context["rows"]) == 25


def test_one_session_asks_as_often_for_many_bookings(client, session, tara, agency_a, staff):
    client.force_login(tara)
    counts = []
    for number in (1, 20):
        for person in make.StaffMemberFactory.create_batch(number, agency=agency_a):
            make.BookingFactory(session=session, staff_member=person)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(page(session)).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_names_are_for_those_whose_people_they_are(client, session, people, staff_a, staff_a2, staff_b):
    rows = {"bob": staff_a, "colleague": staff_a2, "bertha": staff_b}
    for person in rows.values():
        make.BookingFactory(session=session, staff_member=person)
    seen = {
        "bob": {"bob"}, "alice": {"bob", "colleague"}, "charlie": {"bertha"}, "tara": set(rows),
        "mo": set(), "sam": set(), "audrey": set(),
    }
    for name, expected in seen.items():
        client.force_login(getattr(people, name))
        words = text(client.get(page(session)))
        assert {key for key, person in rows.items() if person.reference in words} == expected, name
        assert "of which 3 taken" in words


@pytest.mark.parametrize("name", ["dana", "dee", "outsider"])
def test_session_is_missing_for_those_it_is_not_for(client, session, people, name):
    client.force_login(getattr(people, name))
    far, none = client.get(page(session)), client.get(f"{LIST}999999/")
    assert far.status_code == 404 and same(far) == same(none)
    client.force_login(people.alice)
    assert client.get(page(session)).status_code == 200


def test_empty_list_says_what_to_do(client, partnership, tara, alice):
    client.force_login(tara)
    assert "Offer one, and the agencies can book" in text(client.get(LIST))
    client.force_login(alice)
    assert "When the training administrator offers one" in text(client.get(LIST))


# --- Offering, changing, calling off ----------------------------------------------------------------------


def test_session_is_offered_once_by_a_double_click(client, partnership, taught, tara):
    client.force_login(tara)
    for words in ("is offered to all agencies of Northwold", "That session is there already"):
        answer = client.post(ADD, offered(taught))
        assert answer.status_code == 302 and words in text(client.get(answer.url))
    row = Session.objects.get()
    assert (row.partnership, f"{row.start_time:%H:%M}", f"{row.end_time:%H:%M}") == (partnership, "09:30", "16:00")


@pytest.mark.parametrize(("new", "field"), [
    ({"course": ""}, "course"), ({"course": "999999"}, "course"), ({"held_on": "soon"}, "held_on"),
    ({"held_on": "01/01/2001"}, "held_on"), ({"start_time": "25:00"}, "start_time"), ({"start_time": ""}, "start_time"),
    ({"end_time": "09:00"}, "end_time"), ({"places": "0"}, "places"), ({"places": "99999"}, "places"),
    ({"places": "few"}, "places"), ({"booking_closes_on": "01/01/2099"}, "booking_closes_on"),
    ({"place": "a\x07b"}, "place"), ({"place": "x" * 121}, "place"), ({"provider": "x"}, "provider"),
])
def test_bad_session_comes_back_with_everything_typed(client, partnership, taught, tara, new, field):
    client.force_login(tara)
    answer = client.post(ADD, offered(taught) | new)
    body = answer.content.decode()
    assert answer.status_code == 422 and f'href="#id_{field}"' in body and not Session.objects.exists()
    assert 'value="Town Hall"' in body or field == "place"


def test_everything_wrong_with_the_times_is_said_at_once_at_its_field(client, partnership, taught, tara):
    client.force_login(tara)
    answer = client.post(ADD, offered(taught, end_time="09:00", booking_closes_on=f"{today() + timedelta(days=31):%d/%m/%Y}"))
    errors = answer.context["form"].errors
    assert answer.status_code == 422 and set(errors) == {"end_time", "booking_closes_on"}


@pytest.mark.parametrize(("when", "words"), [
    (5, "you can book somebody by their staff reference"), (-7, "Take the register"),
])
def test_empty_list_of_a_session_says_what_can_be_done_now(client, partnership, taught, tara, days, when, words):
    row = make.SessionFactory(partnership=partnership, course=taught, held_on=days(when), booking_closes_on=days(when))
    client.force_login(tara)
    assert words in text(client.get(page(row)))


def test_list_of_a_session_is_cut_into_pages_with_the_agency_beside_each(client, session, tara, staff, monkeypatch):
    monkeypatch.setattr("training.views.sessions.MOST_LINES", 2)
    for person in staff[:3]:
        make.BookingFactory(session=session, staff_member=person, state=S.BOOKED)
    client.force_login(tara)
    first, second = client.get(page(session)), client.get(page(session, "?page=2"))
    assert (len(first.context["rows"]), len(second.context["rows"])) == (2, 1)
    assert first.context["rows"][0][1]["text"] == str(staff[0].agency)  # although all are of one


def test_change_says_who_was_told_and_who_moved_up(client, session, tara, staff):
    session.places = 1
    session.save()
    make.BookingFactory(session=session, staff_member=staff[0], state=S.BOOKED)
    make.BookingFactory(session=session, staff_member=staff[1], state=S.WAITING)
    client.force_login(tara)
    for new, words in (
        ({"places": 2}, "Saved. 1 person moved up from the waiting list."),
        ({"places": 2, "place": "Library"}, "Saved. Everybody on the list is told by mail."),
        ({"places": 2, "place": "Library"}, "Nothing differs"),
    ):
        client.post(page(session, "change/"), as_it_is(session, seen=client.get(page(session, "change/")).context["seen"], **new))
        assert words in text(client.get(page(session))), new


def test_offering_for_one_of_several_partnerships(client, partnership, elsewhere, taught, tara):
    make.GrantFactory(user=tara, role="training_admin", partnership=elsewhere)
    client.force_login(tara)
    assert client.post(ADD, offered(taught)).status_code == 422
    client.post(ADD, offered(taught, partnership=elsewhere.pk))
    assert Session.objects.get().partnership == elsewhere
    other = make.PartnershipFactory()
    assert client.post(ADD, offered(taught, partnership=other.pk)).status_code == 422


def test_change_is_saved_and_a_stale_one_is_not(client, session, tara, mo):
    session.start_time = time(9, 30)
    session.save()
    client.force_login(tara)
    old = client.get(page(session, "change/")).context["seen"]
    client.force_login(mo)
    assert client.post(page(session, "change/"), as_it_is(session, place="Library", start_time="09:30", seen=old)).status_code == 302
    client.force_login(tara)
    answer = client.post(page(session, "change/"), as_it_is(session, place="School", start_time="09:30", seen=old))
    words = text(answer)
    assert answer.status_code == 409 and "Library" in words and "School" in words
    assert f"{session.held_on:%d/%m/%Y}" not in words.split("Save yours")[0] and "09:30:00" not in words
    session.refresh_from_db()
    assert session.place == "Library"
    now = answer.context["seen"]
    assert client.post(page(session, "change/"), as_it_is(session, place="School", seen=now)).status_code == 302


def test_fewer_places_than_taken_are_refused_at_the_field(client, session, tara, staff):
    for person in staff[:2]:
        make.BookingFactory(session=session, staff_member=person)
    client.force_login(tara)
    seen = client.get(page(session, "change/")).context["seen"]
    answer = client.post(page(session, "change/"), as_it_is(session, places="1", seen=seen))
    assert answer.status_code == 422 and 'href="#id_places"' in answer.content.decode()


def test_calling_off_tells_everybody(client, session, tara, bob, staff):
    make.BookingFactory(session=session, staff_member=staff[0])
    client.force_login(tara)
    assert "1 person is on the list" in text(client.get(page(session, "cancel/")))
    assert client.post(page(session, "cancel/"), {"reason": ""}).status_code == 422
    answer = client.post(page(session, "cancel/"), {"reason": "The trainer is away"})
    assert "The trainer is away" in text(client.get(answer.url))
    assert [message.to for message in OutboxMessage.objects.all()] == [bob.email]
    assert client.post(page(session, "cancel/"), {"reason": "Again"}).status_code == 302
    assert HistoryEntry.objects.filter(verb="cancelled").count() == 1


@pytest.mark.parametrize("what", ["change/", "cancel/"])
@pytest.mark.parametrize("name", ["alice", "bob", "dana", "sam", "audrey", "dee"])
def test_only_those_who_keep_courses_change_sessions(client, session, people, name, what):
    client.force_login(getattr(people, name))
    assert client.get(ADD).status_code == client.get(page(session, what)).status_code == 404
    assert client.post(page(session, what), as_it_is(session, reason="x")).status_code == 404
    for keeper in ("tara", "mo"):
        client.force_login(getattr(people, keeper))
        assert client.get(page(session, what)).status_code == 200


# --- The register ----------------------------------------------------------------------------------------


def sent(*pairs) -> dict:
    found = {}
    for booking, state in pairs:
        found |= {f"was-{booking.pk}": booking.state, f"state-{booking.pk}": state}
    return found


def test_register_is_marked_closed_and_logs_the_training(client, held, booked, tara, staff_a, staff_b):
    a, a2, b = booked
    client.force_login(tara)
    assert "3 people are not marked yet" in text(client.get(page(held, "register/")))
    answer = client.post(page(held, "register/"), sent((a, "attended"), (a2, "no_show")))
    assert "2 people marked" in text(client.get(answer.url))
    refused = client.post(page(held, "register/close/"))
    assert refused.status_code == 422 and "1 person is neither" in text(refused)
    go_on = client.post(page(held, "register/"), sent((b, "attended")) | {"close": "1"})
    assert go_on.url == page(held, "register/close/")
    assert "Closing logs the training for the 2 who came" in text(client.get(go_on.url))
    done = client.post(go_on.url)
    assert "Training logged for 2." in text(client.get(done.url))
    assert {r.staff_member for r in TrainingRecord.objects.all()} == {staff_a, staff_b}
    assert client.post(go_on.url).status_code == 302 and TrainingRecord.objects.count() == 2
    assert client.get(page(held, "register/")).status_code == 302


def test_register_marked_meanwhile_shows_both_and_overwrites_nothing(client, held, booked, tara):
    one = booked[0]
    client.force_login(tara)
    client.post(page(held, "register/"), sent((one, "attended")))
    answer = client.post(page(held, "register/"), sent((one, "no_show")))
    words = text(answer)
    assert answer.status_code == 409 and "Attended" in words and "No-show" in words
    one.refresh_from_db()
    assert one.state == S.ATTENDED


@pytest.mark.parametrize("state", ["walk_in", "x", ""])
def test_odd_mark_is_refused(client, held, booked, tara, state):
    client.force_login(tara)
    assert client.post(page(held, "register/"), sent((booked[0], state))).status_code == 422
    booked[0].refresh_from_db()
    assert booked[0].state == S.BOOKED


def test_mark_for_a_booking_of_another_session_is_not_looked_at(client, held, booked, session, tara, staff):
    other = make.BookingFactory(session=session, staff_member=staff[3])
    client.force_login(tara)
    client.post(page(held, "register/"), sent((other, "attended")))
    other.refresh_from_db()
    assert other.state == S.BOOKED


def ticked(answer) -> list[str]:
    return [choice["value"] for row in answer.context["rows"] for choice in row["choices"] if choice["checked"]]


def test_everybody_who_is_not_marked_is_ticked_at_once(client, held, booked, tara):
    actions.mark_register(by=None, session=held, marks={booked[0].pk: ("booked", S.NO_SHOW)})
    client.force_login(tara)
    assert ticked(client.get(page(held, "register/"))) == ["no_show"]
    assert sorted(ticked(client.get(page(held, "register/?tick=there")))) == ["attended", "attended", "no_show"]
    held.refresh_from_db()
    assert held.bookings.filter(state=S.BOOKED).count() == 2  # ticking writes nothing


def test_long_register_comes_in_pages_and_is_saved_page_by_page(client, held, booked, tara, monkeypatch):
    monkeypatch.setattr("training.views.registers.MOST_LINES", 2)
    client.force_login(tara)
    first, second = (client.get(page(held, f"register/?page={n}")).context["rows"] for n in (1, 2))
    assert (len(first), len(second)) == (2, 1)
    answer = client.post(page(held, "register/?page=2"), {
        f"was-{second[0]['pk']}": "booked", f"state-{second[0]['pk']}": "attended",
    })
    assert answer.status_code == 302 and answer.url.endswith("register/?page=2")
    assert "2 people are not marked yet" in text(client.get(answer.url))


def test_marks_that_come_after_the_closing_are_not_lost_without_a_word(client, held, booked, tara):
    client.force_login(tara)
    client.post(page(held, "register/"), sent(*((row, "attended") for row in booked)))
    client.post(page(held, "register/close/"))
    late = client.post(page(held, "register/"), sent((booked[0], "no_show")), follow=True)
    assert "Nothing of what you ticked was saved" in text(late)
    booked[0].refresh_from_db()
    assert booked[0].state == S.ATTENDED


def test_register_waits_for_its_day(client, session, tara):
    client.force_login(tara)
    for what in ("register/", "register/close/", "walk-in/"):
        assert client.get(page(session, what)).status_code == client.post(page(session, what)).status_code == 302
    session.refresh_from_db()
    assert session.closed_at is None


@pytest.mark.parametrize("name", ["alice", "bob", "charlie", "mo", "sam", "audrey", "dana"])
def test_register_is_the_training_administrators(client, held, booked, people, name):
    """The manager keeps courses, and sees no names."""
    client.force_login(getattr(people, name))
    for what in ("register/", "register/close/", "walk-in/"):
        assert client.get(page(held, what)).status_code == 404
        assert client.post(page(held, what), sent((booked[0], "attended"))).status_code == 404
    correct = f"/courses/bookings/{booked[0].pk}/correct/"
    assert client.post(correct, {"state": "attended", "reason": "x"}).status_code == 404
    booked[0].refresh_from_db()
    assert booked[0].state == S.BOOKED


def walk_in(client, session, who, **more):
    return client.post(page(session, "walk-in/"), {"who": who, "agency": "", "person": "", **more})


def test_walk_in_by_reference_by_mail_and_by_a_known_name(client, held, booked, tara, agency_a, agency_b):
    by_ref = make.StaffMemberFactory(agency=agency_b, reference="B-77")
    by_mail = make.StaffMemberFactory(agency=agency_a, work_email="who@agency.example.org")
    known = make.StaffMemberFactory(agency=agency_a, first_name="Siân", last_name="Łukaszek")
    client.force_login(tara)
    assert walk_in(client, held, "Łukaszek").status_code == 422  # a name alone opens no staff list
    earlier = make.SessionFactory(partnership=held.partnership)
    make.BookingFactory(session=earlier, staff_member=known, state=S.ATTENDED)
    for person, typed in ((by_ref, "B-77"), (by_mail, "Who@Agency.example.org"), (known, "lukaszek sian")):
        answer = walk_in(client, held, typed)
        assert answer.status_code == 302, typed
        assert held.bookings.get(staff_member=person).state == S.WALK_IN
    again = walk_in(client, held, "B-77")
    assert again.status_code == 422 and "on the list already" in text(again)


def test_walk_in_of_elsewhere_answers_like_nobody(client, held, tara, staff_c):
    client.force_login(tara)
    answers = [walk_in(client, held, who) for who in (staff_c.reference, "NO-SUCH", staff_c.work_email)]
    assert {answer.status_code for answer in answers} == {422}
    texts = {text(answer) for answer in answers}
    assert len(texts) == 1 and not held.bookings.exists()


def test_several_who_fit_are_offered_to_choose_from(client, held, tara, agency_a, agency_b, staff_c):
    one = make.StaffMemberFactory(agency=agency_a, reference="777")
    two = make.StaffMemberFactory(agency=agency_b, reference="777")
    client.force_login(tara)
    answer = walk_in(client, held, "777")
    assert answer.status_code == 422 and "Several people fit" in text(answer)
    assert answer.content.decode().count('type="radio"') == 2
    assert walk_in(client, held, "777", person=staff_c.pk).status_code == 422
    assert walk_in(client, held, "777", person=two.pk).status_code == 302
    assert walk_in(client, held, "777", agency=agency_a.pk).status_code == 302
    assert {b.staff_member for b in held.bookings.all()} == {one, two}


def test_closed_register_is_corrected_with_a_reason(client, held, booked, tara, staff_a, staff_a2):
    held.bookings.update(state=S.ATTENDED)
    client.force_login(tara)
    client.post(page(held, "register/close/"))
    line = held.bookings.get(staff_member=staff_a)
    address = f"/courses/bookings/{line.pk}/correct/"
    assert "The register says: attended" in text(client.get(address))
    for typed in ({"state": "no_show", "reason": ""}, {"state": "walk_in", "reason": "x"}, {"reason": "x"}):
        assert client.post(address, typed | {"seen": "attended"}).status_code == 422
    answer = client.post(address, {"state": "no_show", "reason": "Misread", "seen": "attended"})
    assert "the training record that it logged is withdrawn" in text(client.get(answer.url))
    assert TrainingRecord.objects.get(staff_member=staff_a).replaced_at
    stale = client.post(address, {"state": "attended", "reason": "Was there", "seen": "attended"})
    assert stale.status_code == 409
    late = make.StaffMemberFactory(agency=held.bookings.first().agency, reference="LATE-1")
    assert walk_in(client, held, "LATE-1").status_code == 422
    assert walk_in(client, held, "LATE-1", reason="Left out").status_code == 302
    assert TrainingRecord.objects.filter(staff_member=late).exists()
