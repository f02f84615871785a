"""Logging for one person: who may, what is refused, what a second click does."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from compliance.demo import factories as make
from partnership.models import HistoryEntry, today
from tests.reading import same, text
from training.choices import Standing
from training.models import TrainingRecord
from training.standing import open_book


def log(client, person, course, on, **more):
    day = on if isinstance(on, str) else f"{on:%d/%m/%Y}"
    return client.post(f"/people/{person.pk}/log/", {"course": course.pk, "completed_on": day, **more})


def standing(person):
    return next(open_book(type(person).objects.filter(pk=person.pk)).standings(today())).standing


@pytest.mark.parametrize("written", ["31/03/2015", "2015-03-31", "31 March 2015", "31.03.2015", "31/3/15"])
def test_lead_logs_training_with_the_day_written_as_people_do(client, town, alice, written):
    client.force_login(alice)
    answer = log(client, town.bob, town.course, written, provider="agency", evidence="Certificate 7")
    assert (answer.status_code, answer.url) == (302, f"/people/{town.bob.pk}/")
    row = TrainingRecord.objects.get(staff_member=town.bob)
    assert (row.completed_on, row.expires_on) == (date(2015, 3, 31), date(2018, 3, 31))
    assert (row.logged_by, row.confirmed_by, row.provider, row.evidence) == (alice, alice, "agency", "Certificate 7")
    assert "It expires on 31 March 2018." in text(client.get(answer.url))
    assert HistoryEntry.objects.get(verb="logged").staff_member == town.bob


def test_logging_changes_the_standing_on_the_persons_page(client, town, alice, yesterday):
    client.force_login(alice)
    assert standing(town.bob) == Standing.NEVER
    log(client, town.bob, town.course, yesterday)
    assert standing(town.bob) == Standing.CURRENT
    assert "In date" in text(client.get(f"/people/{town.bob.pk}/"))


REFUSED = {
    "31/02/2015": "must be a real date", "": "Fill in “Completed on”.", "yesterday": "must be a real date",
    "31/12/1949": "before 1950", "01/01/0999": "before 1950",
    "01/03/2014": "counts when completed on 1 April 2014 or later", "01/04/2016": "counts when completed before 1 April 2016",
}


@pytest.mark.parametrize(("written", "sentence"), REFUSED.items())
def test_wrong_day_is_refused_with_a_sentence_and_nothing_is_lost(client, town, alice, written, sentence):
    town.course.counts_from, town.course.counts_until = date(2014, 4, 1), date(2016, 4, 1)
    town.course.save()
    client.force_login(alice)
    answer = log(client, town.bob, town.course, written, evidence="Certificate <7>")
    assert answer.status_code == 422 and sentence in text(answer)
    body = answer.content.decode()
    assert 'href="#id_completed_on"' in body and "Error:" in body
    assert ("Certificate &lt;7&gt;" in body and f'value="{written}"' in body) or not written
    assert not TrainingRecord.objects.filter(staff_member=town.bob).exists()
    assert log(client, town.bob, town.course, "01/04/2014").status_code == 302


def test_day_in_the_future_is_refused_and_today_is_not(client, town, alice):
    client.force_login(alice)
    answer = log(client, town.bob, town.course, today() + timedelta(days=1))
    assert answer.status_code == 422 and "in the future" in text(answer)
    assert log(client, town.bob, town.course, today()).status_code == 302


def test_course_that_is_none_is_refused(client, town, alice):
    client.force_login(alice)
    for course in ("", "999999", "x", "1 or 1", "9" * 30):
        answer = client.post(f"/people/{town.bob.pk}/log/", {"course": course, "completed_on": "31/03/2015"})
        assert answer.status_code == 422
    assert not TrainingRecord.objects.filter(staff_member=town.bob).exists()


def test_second_click_makes_no_second_record(client, town, alice, yesterday):
    client.force_login(alice)
    for _ in range(2):
        answer = log(client, town.bob, town.course, yesterday)
        assert answer.status_code == 302
    assert "Nothing was logged twice" in text(client.get(answer.url))
    assert TrainingRecord.objects.filter(staff_member=town.bob).count() == 1
    assert HistoryEntry.objects.filter(verb="logged").count() == 1


def test_practitioner_logs_their_own_which_waits_for_the_lead(client, town, bob, yesterday):
    client.force_login(bob)
    assert "once your agency lead has confirmed it" in text(client.get(f"/people/{town.bob.pk}/log/"))
    assert log(client, town.bob, town.course, yesterday).status_code == 302
    row = TrainingRecord.objects.get(staff_member=town.bob)
    assert (row.logged_by, row.confirmed_at) == (bob, None)
    assert standing(town.bob) == Standing.NEVER
    assert "To be confirmed" in text(client.get(f"/people/{town.bob.pk}/"))


def test_lead_who_logs_their_own_does_not_confirm_it(client, town, alice, yesterday):
    alice.staff_member = make.StaffMemberFactory(agency=town.agency_a, role_group=town.role_group)
    alice.save()
    client.force_login(alice)
    log(client, alice.staff_member, town.course, yesterday)
    assert TrainingRecord.objects.get(staff_member=alice.staff_member).confirmed_at is None
    log(client, town.bob, town.course, yesterday)
    assert TrainingRecord.objects.get(staff_member=town.bob).confirmed_by == alice


@pytest.mark.parametrize("name", ["bob", "charlie", "dana", "tara", "sam", "mo", "dee", "audrey", "outsider"])
def test_nobody_else_logs_and_a_person_out_of_reach_is_missing(client, town, people, name, yesterday):
    client.force_login(getattr(people, name))
    far, none = (client.get(f"/people/{pk}/log/") for pk in (town.sian.pk, 999_999))
    assert far.status_code == 404 and same(far) == same(none)
    assert log(client, town.sian, town.course, yesterday).status_code == 404
    assert TrainingRecord.objects.filter(staff_member=town.sian).count() == 1
    client.force_login(people.alice)
    assert log(client, town.sian, town.course, yesterday).status_code == 302


def test_link_from_the_persons_page_has_the_course_chosen(client, town, alice):
    client.force_login(alice)
    href = f"/people/{town.bob.pk}/log/?course={town.course.pk}"
    assert href in client.get(f"/people/{town.bob.pk}/").content.decode()
    assert f'<option value="{town.course.pk}" selected' in client.get(href).content.decode()
    assert client.get(f"/people/{town.bob.pk}/log/?course=x'").status_code == 200
