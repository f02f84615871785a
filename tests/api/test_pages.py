"""The pages of keys and of one's calendar."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from api.actions import end_with_makers, make_key
from api.models import CalendarFeed, MachineKey
from api.scopes import Scope, scopes_for
from compliance.demo import factories as make
from partnership.models import HistoryEntry
from partnership.reach import Reach
from partnership.roles import Role
from tests.api.machines import Machine, machine

pytestmark = pytest.mark.django_db
LIST, MAKE = "/set-up/keys/", "/set-up/keys/make/"


def sent(agency=None, partnership=None, **more):
    where = f"agency-{agency.pk}" if agency else f"partnership-{partnership.pk}"
    until = timezone.localdate() + timedelta(days=100)
    scopes = ["read_staff", "write_records"] if agency else ["read_figures", "read_meetings"]
    return {"name": "Learning system", "where": where, "scopes": scopes, "expires_on": until.strftime("%d/%m/%Y")} | more


@pytest.mark.parametrize(("who", "place"), [("alice", "agency"), ("mo", "partnership")])
def test_a_key_is_made_shown_once_and_opens_its_place(client, people, agency_a, partnership, who, place):
    client.force_login(getattr(people, who))
    where = {"agency": agency_a} if place == "agency" else {"partnership": partnership}
    answer = client.post(MAKE, sent(**where), follow=True)
    key = MachineKey.objects.get()
    page = answer.content.decode()
    secret = page.split('app-secret__text">')[1].split("<")[0]
    assert key.place == where[place] and "shown this once" in page
    assert Machine(None, secret).get("who/").json()["name"] == "Learning system"
    again = client.get(reverse("machines:key-detail", args=[key.pk])).content.decode()
    assert secret not in again and "app-secret" not in again and f"qk_{key.prefix}_" in again
    assert secret not in str(dict(client.session))


def test_a_double_click_makes_one_key_and_still_shows_it(client, alice, agency_a):
    client.force_login(alice)
    first = client.post(MAKE, sent(agency_a))
    second = client.post(MAKE, sent(agency_a))
    assert first.url == second.url and MachineKey.objects.count() == 1
    assert "app-secret__text" in client.get(second.url).content.decode()
    third = client.post(MAKE, sent(agency_a))  # it was seen: now the name is taken
    assert third.status_code == 422 and "with that name already" in third.content.decode()


@pytest.mark.parametrize(("wrong", "words"), [
    ({"name": ""}, "Name"), ({"scopes": []}, "What it may do"), ({"expires_on": "01/01/2001"}, "within a year"),
    ({"expires_on": "01/01/2199"}, "within a year"), ({"where": "agency-999999"}, "For"), ({"name": "a\u202eb"}, "cannot be seen"),
    ({"scopes": ["read_everything"]}, "What it may do"),
])
def test_what_is_wrong_comes_back_beside_its_field(client, alice, agency_a, wrong, words):
    client.force_login(alice)
    answer = client.post(MAKE, sent(agency_a, **wrong))
    page = answer.content.decode()
    assert answer.status_code == 422 and words in page and "govuk-error-summary" in page
    assert not MachineKey.objects.exists()


def test_another_agency_is_no_choice_and_its_key_is_nowhere(client, alice, charlie, agency_b):
    client.force_login(alice)
    assert client.post(MAKE, sent(agency_b)).status_code == 422
    theirs = machine(charlie, agency=agency_b).key
    page, missing = (reverse("machines:key-detail", args=[number]) for number in (theirs.pk, 999_999))
    assert client.get(page).status_code == client.get(missing).status_code == 404
    assert client.post(reverse("machines:key-revoke", args=[theirs.pk])).status_code == 404
    client.force_login(charlie)
    assert client.get(page).status_code == 200


def test_a_manager_sees_the_partnerships_keys_and_a_lead_the_agencys(client, alice, mo, agency_a, partnership):
    own = machine(alice, agency=agency_a, name="Of the agency").key
    whole = machine(mo, partnership=partnership, name="Of the partnership").key
    for user, seen, hidden in ((alice, own, whole), (mo, whole, own)):
        client.force_login(user)
        page = client.get(LIST).content.decode()
        assert seen.name in page and hidden.name not in page


OFFERED = {  # what each may put into a key: nothing that they may not do themselves
    "mo": {Scope.READ_FIGURES, Scope.READ_SESSIONS, Scope.READ_MEETINGS, Scope.READ_ESCALATIONS,
           Scope.READ_REPORTS, Scope.READ_HISTORY},
    "dana": {Scope.READ_MEETINGS, Scope.READ_MEETING_NAMES, Scope.WRITE_MEETINGS, Scope.READ_HISTORY},
    "alice": set(scopes_for(Reach.AGENCY)),
}


@pytest.mark.parametrize("name", OFFERED)
def test_a_key_is_offered_no_more_than_its_maker_may_do(client, people, agency_a, name):
    client.force_login(getattr(people, name))
    page = client.get(MAKE).content.decode()
    for scope in Scope:
        assert (f'value="{scope.value}"' in page) is (scope in OFFERED[name]), scope


def test_what_the_maker_may_not_do_is_refused_also_behind_the_form(client, mo, dana, partnership, agency_a):
    until = timezone.localdate() + timedelta(days=9)
    asked = {"name": "Case system", "scopes": ["write_meetings"], "expires_on": until}
    with pytest.raises(ValidationError, match="may not do this"):
        make_key(by=mo, partnership=partnership, **asked)
    with pytest.raises(ValidationError, match="may not do this"):
        make_key(by=dana, agency=agency_a, **asked)
    assert not MachineKey.objects.exists()
    make_key(by=dana, partnership=partnership, **asked)
    both = make.UserFactory(email="both@example.org", name="Both")
    for role in (Role.PARTNERSHIP_MANAGER, Role.CONFERENCE_ADMIN):
        make.GrantFactory(user=both, role=role, partnership=partnership, agency=None)
    client.force_login(both)
    page = client.get(MAKE).content.decode()
    assert all(f'value="{one.value}"' in page for one in OFFERED["mo"] | OFFERED["dana"])


def test_the_service_looks_after_the_keys_that_it_made(client, dana, mo, partnership):
    theirs = machine(dana, partnership=partnership, name="Case system").key
    other = machine(mo, partnership=partnership, name="Dashboard").key
    client.force_login(dana)
    page = client.get(LIST).content.decode()
    assert theirs.name in page and other.name not in page
    assert client.get(reverse("machines:key-detail", args=[other.pk])).status_code == 404
    client.force_login(mo)  # who sees and revokes all of the partnership's
    assert theirs.name in client.get(LIST).content.decode()


def test_the_pages_say_that_a_key_ended_with_its_makers_role(client, alice, agency_a):
    second = make.GrantFactory(role=Role.AGENCY_LEAD, agency=agency_a).user
    key = machine(alice, agency=agency_a).key
    alice.grants.update(from_on=timezone.localdate() - timedelta(days=9), until_on=timezone.localdate())
    client.force_login(second)
    page = client.get(LIST).content.decode()
    assert re.search(r"govuk-tag--grey[^>]*>\s*Ended", page)
    assert "Ended" in b"".join(client.get(f"{LIST}list.csv")).decode()
    detail = client.get(reverse("machines:key-detail", args=[key.pk])).content.decode()
    assert "their role there has ended" in detail and "make another key" in detail
    assert end_with_makers() == 1
    assert "when its maker’s role here had ended" in client.get(
        reverse("machines:key-detail", args=[key.pk])
    ).content.decode()


def test_revoking_asks_first_and_then_refuses(client, alice, agency_a):
    key = machine(alice, agency=agency_a)
    client.force_login(alice)
    page = reverse("machines:key-revoke", args=[key.key.pk])
    assert "does not come back" in client.get(page).content.decode()
    assert key.get("who/").status_code == 200
    for _ in range(2):
        assert client.post(page).url == LIST
    assert key.get("who/").status_code == 401
    assert HistoryEntry.objects.filter(verb="revoked the key").count() == 1
    assert "Revoked" in client.get(f"{LIST}?state=revoked").content.decode()


def test_the_list_is_narrowed_sorted_and_costs_the_same_for_many(client, alice, agency_a, django_assert_num_queries):
    client.force_login(alice)
    assert "No key yet" in client.get(LIST).content.decode()
    for number in range(3):
        make.MachineKeyFactory(agency=agency_a, name=f"Key {number}")
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as few:
        client.get(f"{LIST}?sort=-used")
    for number in range(3, 60):
        make.MachineKeyFactory(agency=agency_a, name=f"Key {number}")
    with CaptureQueriesContext(connection) as many:
        page = client.get(f"{LIST}?sort=-used").content.decode()
    assert len(few) == len(many) and page.count("<tr") == 26
    assert "No key fits" in client.get(f"{LIST}?q=nothing").content.decode()
    assert "Key 59" in client.get(f"{LIST}?q=59").content.decode()


# --- Calendar -------------------------------------------------------------------------------------


def address_of(client):
    page = client.post("/account/calendar/make/", follow=True).content.decode()
    return page.split('app-secret__text">')[1].split("<")[0]


def read(address):
    path = address.split("8000", 1)[1]
    answer = Client().get(path)
    return answer.status_code, answer.content.decode().replace("\r\n ", "")


def test_a_calendar_holds_references_and_no_names(client, bob, staff_a, meeting, partnership, agency_a):
    soon = timezone.localdate() + timedelta(days=20)
    meeting.held_on, meeting.family_ref, meeting.chair = soon, "FAM-1", "Chair Person"
    meeting.save()
    course = make.CourseFactory(code="CPC")
    session = make.SessionFactory(partnership=partnership, course=course, held_on=soon, place="Room of Names")
    make.BookingFactory(session=session, staff_member=staff_a, state="booked")
    make.TrainingRecordFactory(
        staff_member=staff_a, course=course, completed_on=soon - timedelta(days=1000), expires_on=soon,
    )
    case = make.EscalationFactory(partnership=partnership, about=agency_a, raised_for=None, concern="Secret words")
    make.ParticipantFactory(escalation=case, user=bob, raising=False)
    make.StageFactory(escalation=case, responder=bob, due_at=timezone.now() + timedelta(days=3))
    client.force_login(bob)
    status, text = read(address_of(client))
    assert status == 200 and text.startswith("BEGIN:VCALENDAR")
    for words in ("Initial conference NW-1", "Training CPC", "CPC runs out", f"Escalation {case.reference}: stage 1 is due"):
        assert words in text, text
    for secret in ("FAM-1", "Chair", bob.name, staff_a.last_name, "Secret", "Northwold"):
        assert secret not in text
    assert text.count("BEGIN:VEVENT") == 4


def test_another_address_replaces_the_first_and_revoking_ends_it(client, bob, staff_a):
    client.force_login(bob)
    assert "Make an address" in client.get("/account/calendar/").content.decode()
    first = address_of(client)
    assert first not in client.get("/account/calendar/").content.decode()
    second = address_of(client)
    assert read(first)[0] == 404 and read(second)[0] == 200
    assert CalendarFeed.objects.filter(revoked_at=None).count() == 1
    assert second.rsplit("/", 1)[1].removesuffix(".ics") not in str(list(CalendarFeed.objects.values()))
    client.post("/account/calendar/revoke/")
    assert read(second)[0] == 404
    client.post("/account/calendar/revoke/")
    assert HistoryEntry.objects.filter(verb="revoked the calendar address").count() == 2


def test_a_calendar_is_for_who_may_still_sign_in_and_shows_what_they_may_see_today(
    client, bob, staff_a, agency_a, partnership, meeting
):
    client.force_login(bob)
    address = address_of(client)
    soon = timezone.localdate() + timedelta(days=20)
    meeting.held_on = soon
    meeting.save()
    session = make.SessionFactory(partnership=partnership, held_on=soon)
    make.BookingFactory(session=session, staff_member=staff_a, state="booked")
    make.TrainingRecordFactory(staff_member=staff_a, expires_on=soon)
    case = make.EscalationFactory(about=agency_a, raised_for=None, raised_by=bob)
    make.ParticipantFactory(escalation=case, user=bob, raising=False)
    make.StageFactory(escalation=case, responder=bob, due_at=timezone.now() + timedelta(days=3))
    assert case.reference in read(address)[1] and read(address)[1].count("BEGIN:VEVENT") == 4
    bob.grants.all().delete()
    assert "BEGIN:VEVENT" not in read(address)[1]
    bob.is_active = False
    bob.save()
    assert read(address)[0] == 404


def test_two_clicks_make_one_address_that_is_still_shown(client, bob):
    client.force_login(bob)
    client.post("/account/calendar/make/")
    client.post("/account/calendar/make/")
    assert CalendarFeed.objects.count() == 1
    assert "app-secret__text" in client.get("/account/calendar/").content.decode()
