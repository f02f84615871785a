"""A person's page; adding, changing and leaving."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from compliance.demo import factories as make
from conferences.choices import Outcome
from partnership.models import HistoryEntry, StaffMember, today
from tests.reading import same, text

ADD = "/people/add/"


def details(person, **new) -> dict:
    return {
        "first_name": person.first_name, "last_name": person.last_name, "reference": person.reference,
        "job_title": person.job_title, "role_group": person.role_group_id, "work_email": person.work_email,
        "started_on": f"{person.started_on:%d/%m/%Y}", **new,
    }


def seen(client, person) -> str:
    return client.get(f"/people/{person.pk}/change/").context["seen"]


@pytest.fixture
def newcomer(town) -> dict:
    return {
        "first_name": "Siân", "last_name": "Żurek", "reference": "A-77", "job_title": "Social worker",
        "role_group": town.role_group.pk, "work_email": "sian@example.org", "started_on": "2015-03-31",
    }


# --- The page -------------------------------------------------------------------------------------


def test_page_is_for_the_person_and_their_lead(client, town, people):
    opened = set()
    for name, user in vars(people).items():
        client.force_login(user)
        answers = [client.get(f"/people/{pk}/") for pk in (town.bob.pk, 999_999)]
        if answers[0].status_code == 200:
            opened.add(name)
        else:
            assert same(answers[0]) == same(answers[1])
    assert opened == {"alice", "bob"}


def test_page_shows_standing_records_and_who_may_do_what(client, town, alice, bob):
    client.force_login(alice)
    words = text(client.get(f"/people/{town.sian.pk}/"))
    assert "Expired 1 April 2015" in words and "Correct Conferences and core groups" in words
    assert "Log training" in words and "Change details" in words and "Exempt" in words
    StaffMember.objects.filter(pk=town.sian.pk).update(left_on=today())
    left = client.get(f"/people/{town.sian.pk}/").content.decode()
    assert "Change details" in left and "/exempt/" not in left
    client.force_login(bob)
    words = text(client.get(f"/people/{town.bob.pk}/"))
    assert "Never done" in words and "Log training" in words
    assert "Change details" not in words and "Exempt" not in words and "People and training" not in words


def test_page_shows_meetings_and_whether_the_person_was_trained_for_them(client, town, alice, bob, meeting):
    client.force_login(bob)
    assert "NW-1" in text(client.get(f"/people/{town.bob.pk}/"))
    page = f"/people/{town.bob.pk}/"
    assert client.get(page).context["meetings"][0][3]["text"] == "No"
    make.TrainingRecordFactory(
        staff_member=town.bob, course=town.course, completed_on=meeting.held_on, expires_on=date(2030, 1, 1)
    )
    assert client.get(page).context["meetings"][0][3]["text"] == "Yes"
    meeting.lines.filter(staff_member=town.bob).update(outcome=Outcome.APOLOGIES)
    assert client.get(page).context["meetings"][0][3]["text"] == "–"


def test_page_asks_the_database_as_often_for_many_rows(client, town, alice, partnership):
    client.force_login(alice)
    page = f"/people/{town.sian.pk}/"
    make.ExemptionFactory(staff_member=town.sian)
    one = make.MeetingFactory(partnership=partnership, reference="NW-X")
    make.AttendanceFactory(meeting=one, agency=town.agency_a, staff_member=town.sian)
    client.get(page)
    with CaptureQueriesContext(connection) as few:
        client.get(page)
    for n in range(5):
        row = make.MeetingFactory(partnership=partnership, reference=f"NW-X{n}")
        make.AttendanceFactory(meeting=row, agency=town.agency_a, staff_member=town.sian, outcome=Outcome.ATTENDED)
        make.TrainingRecordFactory(staff_member=town.sian, course=town.course, completed_on=date(2013, 1, 1 + n))
        make.ExemptionFactory(staff_member=town.sian)
    with CaptureQueriesContext(connection) as many:
        client.get(page)
    assert len(many) == len(few)


# --- Adding ---------------------------------------------------------------------------------------


def test_lead_adds_a_person(client, town, alice, newcomer):
    client.force_login(alice)
    answer = client.post(ADD, newcomer)
    person = StaffMember.objects.get(reference="A-77")
    assert (answer.status_code, answer.url) == (302, f"/people/{person.pk}/")
    assert (person.agency, person.name, person.started_on) == (town.agency_a, "Siân Żurek", date(2015, 3, 31))
    assert HistoryEntry.objects.get(verb="added").user == alice


@pytest.mark.parametrize(("new", "sentence"), [
    ({"first_name": " "}, "Fill in “First name”."), ({"reference": "A-1"}, "has that reference"),
    ({"work_email": "BOB@example.org"}, "has that work e-mail"), ({"work_email": "sian"}, "must be an address such as"),
    ({"role_group": "0"}, "Choose one of the answers"), ({"started_on": "31/03/1949"}, "before 1950"),
    ({"started_on": "31/03/2099"}, "more than two years ahead"), ({"last_name": "x" * 81}, "at most 80"),
])
def test_wrong_details_are_refused_and_kept(client, town, alice, newcomer, new, sentence):
    town.bob.work_email = "bob@example.org"
    town.bob.save()
    client.force_login(alice)
    number = StaffMember.objects.count()
    answer = client.post(ADD, {**newcomer, **new})
    assert answer.status_code == 422 and sentence in text(answer)
    assert set(answer.context["form"].errors) == set(new)  # each at its own box
    assert "Żurek" in answer.content.decode() or "last_name" in new
    assert StaffMember.objects.count() == number


def test_agency_to_add_to_is_within_reach(client, town, alice, newcomer, agency_c):
    town.agency_b.parent = town.agency_a
    town.agency_b.save()
    client.force_login(alice)
    far, none = (client.post(ADD, {**newcomer, "agency": pk}) for pk in (agency_c.pk, 999_999))
    assert (far.status_code, none.status_code) == (422, 422) and text(far) == text(none)
    assert client.post(ADD, {**newcomer, "agency": town.agency_b.pk}).status_code == 302
    assert StaffMember.objects.get(reference="A-77").agency == town.agency_b


# --- Changing and leaving -------------------------------------------------------------------------


def test_lead_changes_details(client, town, alice):
    client.force_login(alice)
    page = f"/people/{town.bob.pk}/change/"
    mark = seen(client, town.bob)
    answer = client.post(page, details(town.bob, last_name="Beta", seen=mark))
    assert answer.status_code == 302
    town.bob.refresh_from_db()
    assert town.bob.last_name == "Beta"
    assert HistoryEntry.objects.get(verb="changed").changes == {"last_name": ["Alphason", "Beta"]}
    client.post(page, details(town.bob, seen=seen(client, town.bob)))
    assert HistoryEntry.objects.filter(verb="changed").count() == 1


@pytest.mark.parametrize("mark", [None, "", "x"])
def test_person_changed_meanwhile_shows_both_versions_and_overwrites_nothing(client, town, alice, second_lead, mark):
    client.force_login(alice)
    page, mine = f"/people/{town.bob.pk}/change/", seen(client, town.bob)
    client.force_login(second_lead)
    client.post(page, details(town.bob, job_title="Team manager", seen=mine))
    client.force_login(alice)
    answer = client.post(page, details(town.bob, job_title="Duty officer", seen=mine if mark is None else mark))
    words = text(answer)
    assert answer.status_code == 409
    assert "Team manager" in words and "Duty officer" in words and "by Anna" in words
    town.bob.refresh_from_db()
    assert town.bob.job_title == "Team manager"
    again = details(town.bob, job_title="Duty officer", seen=answer.context["seen"])
    assert client.post(page, again).status_code == 302
    town.bob.refresh_from_db()
    assert town.bob.job_title == "Duty officer"


def test_stale_page_with_an_error_stays_stale(client, town, alice, second_lead):
    client.force_login(alice)
    page, mine = f"/people/{town.bob.pk}/change/", seen(client, town.bob)
    client.force_login(second_lead)
    client.post(page, details(town.bob, job_title="Team manager", seen=mine))
    client.force_login(alice)
    wrong = client.post(page, details(town.bob, first_name="", seen=mine))
    assert wrong.status_code == 422 and f'name="seen" value="{mine}"' in wrong.content.decode()


def test_lead_notes_that_a_person_leaves_and_that_they_stay(client, town, alice):
    client.force_login(alice)
    page = f"/people/{town.bob.pk}/leave/"

    def seen():
        return client.get(page).content.decode().split('name="seen" value="')[1].split('"')[0]

    early = f"{town.bob.started_on:%d/%m/%Y}"
    for day in ("", early, "x", "01/01/2099"):
        assert client.post(page, {"left_on": day}).status_code == 422
    first = {"left_on": "31/03/2015", "seen": seen()}
    assert client.post(page, first).status_code == 302 == client.post(page, first).status_code
    town.bob.refresh_from_db()
    assert town.bob.left_on == date(2015, 3, 31)
    assert "nothing is asked any more" in text(client.get(f"/people/{town.bob.pk}/"))
    assert client.post(page, {"left_on": "", "seen": seen()}).status_code == 302
    town.bob.refresh_from_db()
    assert town.bob.left_on is None


def test_a_leaving_day_that_somebody_changed_since_is_not_overwritten(client, town, alice, second_lead):
    page, mine = f"/people/{town.bob.pk}/leave/", {}
    for lead in (alice, second_lead):
        client.force_login(lead)
        mine[lead] = client.get(page).content.decode().split('name="seen" value="')[1].split('"')[0]
    assert client.post(page, {"left_on": "31/03/2015", "seen": mine[second_lead]}).status_code == 302
    client.force_login(alice)
    late = client.post(page, {"left_on": "30/04/2015", "seen": mine[alice]})
    assert late.status_code == 409 and "31 March 2015" in text(late) and "30 April 2015" in text(late)
    town.bob.refresh_from_db()
    assert town.bob.left_on == date(2015, 3, 31)
    again = late.content.decode().split('name="seen" value="')[1].split('"')[0]
    assert client.post(page, {"left_on": "30/04/2015", "seen": again}).status_code == 302


@pytest.mark.parametrize("what", ["change", "leave"])
@pytest.mark.parametrize("name", ["bob", "charlie", "dana", "mo", "outsider"])
def test_staff_list_is_changed_by_its_own_lead_only(client, town, people, name, what):
    client.force_login(getattr(people, name))
    far, none = (client.get(f"/people/{pk}/{what}/") for pk in (town.bob.pk, 999_999))
    assert far.status_code == 404 and same(far) == same(none)
    assert client.post(f"/people/{town.bob.pk}/{what}/", details(town.bob, left_on="31/03/2015")).status_code == 404
    client.force_login(people.alice)
    assert client.get(f"/people/{town.bob.pk}/{what}/").status_code == 200


@pytest.mark.parametrize("name", ["bob", "dana", "sam", "mo", "audrey"])
def test_only_leads_add_people(client, town, people, newcomer, name):
    client.force_login(getattr(people, name))
    assert client.get(ADD).status_code == 404 == client.post(ADD, newcomer).status_code
    assert not StaffMember.objects.filter(reference="A-77").exists()
