"""One's own account; signing in: its limits, and where it leads."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client

from compliance.demo import factories as make
from compliance.demo.factories import hashed
from partnership.models import HistoryEntry, User, today
from partnership.roles import Role
from tests.conftest import person
from tests.partnership.pages.conftest import text

ACCOUNT, SIGN_IN, WORD = "/account/", "/accounts/login/", "safe together 2014"


@pytest.fixture(autouse=True)
def fresh_limits():
    """The sign-in limits count in the cache, which outlives a test."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def known(alice):
    """Alice with a password."""
    alice.password = hashed(WORD)
    alice.save()
    return alice


def sign_in(client, user, word=WORD, **more):
    return client.post(SIGN_IN, {"login": user.email, "password": word, **more})


# --- The page -------------------------------------------------------------------------------------


def test_account_says_who_one_is_and_what_one_may(client, by_role):
    for role, user in by_role.items():
        client.force_login(user)
        words = text(client.get(ACCOUNT))
        assert user.email in words and role.label in words and "You may:" in words
    assert "Change the agency's own users" not in words  # the auditor's, the last one


def test_account_tells_roles_to_come_and_none(client, mo, agency_a):
    client.force_login(mo)
    make.GrantFactory(user=mo, role=Role.AGENCY_LEAD, agency=agency_a, from_on=today() + timedelta(days=9))
    assert "From that day on you may:" in text(client.get(ACCOUNT))
    mo.grants.all().delete()
    assert "You have no role at present." in text(client.get(ACCOUNT))


def test_header_leads_to_the_account(client, alice):
    client.force_login(alice)
    assert 'href="/account/"' in client.get("/").content.decode()


def test_signing_out_everywhere_ends_every_session_of_that_person_alone(known, bob):
    here, there, other = Client(), Client(), Client()
    sign_in(here, known)
    sign_in(there, known)
    other.force_login(bob)
    assert there.get(ACCOUNT).status_code == 200
    assert here.get(f"{ACCOUNT}sign-out-everywhere/")["Location"] == ACCOUNT  # looking does nothing
    assert there.get(ACCOUNT).status_code == 200
    assert here.post(f"{ACCOUNT}sign-out-everywhere/")["Location"] == SIGN_IN
    assert here.get(ACCOUNT).status_code == there.get(ACCOUNT).status_code == 302
    assert other.get(ACCOUNT).status_code == 200
    assert HistoryEntry.objects.get(verb="signed out everywhere").user == known
    assert sign_in(here, known).status_code == 302 and here.get(ACCOUNT).status_code == 200


# --- Signing in -----------------------------------------------------------------------------------


def test_too_many_wrong_passwords_answer_429(client, known):
    statuses = [sign_in(client, known, "wrong").status_code for _ in range(12)]
    assert statuses[0] == 422 and statuses[-1] == 429 and set(statuses) == {422, 429}
    answer = sign_in(client, known)  # the right one, too late
    assert answer.status_code == 429 and "Too many wrong attempts" in text(answer)
    cache.clear()
    assert sign_in(client, known).status_code == 302


@pytest.mark.parametrize("there", [
    "http://127.0.0.1/people/", "http://localhost/people/", "http://testserver/people/", "https://testserver/people/",
    "http://testserver:8000/people/", "//testserver/people/", "//testserver:8443/x", "//localhost/people/",
])
def test_next_leads_to_a_path_only(client, known, settings, there):
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1", "testserver"]
    settings.CSRF_TRUSTED_ORIGINS = ["https://other.example.org"]
    assert sign_in(client, known, next=there)["Location"] == "/"
    client.logout()
    assert sign_in(client, known, next="https://other.example.org/")["Location"] == "/"
    client.logout()
    assert sign_in(client, known, next="/people/")["Location"] == "/people/"


def test_the_link_of_a_forgotten_password_leads_to_this_site(client, known, settings):
    settings.SITE_URL = "https://quorate.example.org"
    settings.ALLOWED_HOSTS = ["*"]
    client.post("/accounts/password/reset/", {"email": known.email}, headers={"host": "evil.example"})
    [letter] = mail.outbox
    links = re.findall(r"https?://\S+", letter.body)
    assert links and all(link.startswith("https://quorate.example.org/accounts/password/reset/key/") for link in links)
    assert "evil" not in letter.body


# --- What is typed about staff --------------------------------------------------------------------

ODD = ["a\u202eb", "a\u2066b", "a\u200fb", "a\u061cb", "a\x07b", "a\x85b", "a\u2028b"]


@pytest.mark.parametrize("odd", ODD, ids=[f"{ord(word[1]):04x}" for word in ODD])
@pytest.mark.parametrize("field", ["first_name", "last_name", "reference", "job_title", "work_email"])
def test_signs_that_cannot_be_seen_are_refused(client, alice, role_group, field, odd):
    client.force_login(alice)
    typed = {
        "first_name": "Siân", "last_name": "Żurek", "reference": "A-77", "job_title": "Nurse",
        "role_group": role_group.pk, "work_email": "", "started_on": "01/04/2015",
    }
    spoilt = typed | {field: f"{odd}@example.org" if field == "work_email" else odd}
    answer = client.post("/people/add/", spoilt)
    assert answer.status_code == 422 and "cannot be seen" in text(answer)
    assert client.post("/people/add/", typed).status_code == 302


def test_names_of_all_kinds_are_welcome(client, role_group):
    client.force_login(person("Ann", Role.AGENCY_LEAD, agency=make.AgencyFactory()))
    for number, name in enumerate(("O’Brien-Łukasz", "ap Rhys", "محمد", "नेहा", "李")):
        answer = client.post("/people/add/", {
            "first_name": name, "last_name": name, "reference": f"N-{number}", "job_title": "Nurse",
            "role_group": role_group.pk, "work_email": "", "started_on": "01/04/2015",
        })
        assert answer.status_code == 302, name
    assert User.objects.count() == 1
