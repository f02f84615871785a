"""What somebody typed is never lost because their sign-in had ended; and nobody else ever sees it."""

from __future__ import annotations

import re
import time
from html import unescape
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from partnership import kept, signed_in
from partnership.models import StaffMember
from tests.journeys.conftest import PASSWORD

SIGN_IN, ADD = "/accounts/login/", "/people/add/"
BACK = f"{SIGN_IN}?next=/unsaved/"
HOUR = 3600


@pytest.fixture
def clock(monkeypatch):
    """The time of day of the sign-in and of the shelf: ``clock.on(seconds)`` lets time pass."""
    found = SimpleNamespace(now=time.time())

    def on(seconds: float) -> None:
        found.now += seconds

    found.on, found.time = on, lambda: found.now
    monkeypatch.setattr(signed_in, "time", found)
    monkeypatch.setattr(kept, "time", found)
    return found


@pytest.fixture
def visitor(visitor):
    """A browser whose forms are held to their tokens, as real ones are."""
    visitor.client = Client(enforce_csrf_checks=True)
    return visitor


def hidden(page: str, action: str = "") -> list[tuple[str, str]]:
    """The hidden fields of the form that goes to an address (or of the page's own form)."""
    form = next(
        found for found in re.findall(r"<form method=\"post\".*?</form>", page, re.S)
        if f'action="{action}"' in found
    )
    return [
        (unescape(name), unescape(value)) for name, value in
        re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', form, re.S)
    ]


def as_post(fields) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in fields:
        found.setdefault(name, []).append(value)
    return found


def sign_in(visitor, user, where=SIGN_IN):
    """By the form as it stands, its token included."""
    user.set_password(PASSWORD)
    user.save()
    visitor.open(where)
    form = as_post(hidden(visitor.page, SIGN_IN)) | {"login": user.email, "password": PASSWORD}
    form["next"] = unescape(re.search(r"next=([^&]*)", where)[1]) if "next=" in where else ""
    return visitor.client.post(SIGN_IN, form)


@pytest.fixture
def typed(role_group):
    return {
        "first_name": "Siân", "last_name": "Llwyd <&\"'", "reference": "N-1", "job_title": "Nurse",
        "role_group": str(role_group.pk), "work_email": "", "started_on": "01/04/2015",
    }


@pytest.fixture
def form(visitor, alice, typed, clock):
    """Alice has the form for a new person open, with something typed."""
    sign_in(visitor, alice)
    visitor.open(ADD)
    return as_post(hidden(visitor.page)) | typed


def shelf(visitor) -> list[dict]:
    return visitor.client.session.get(kept.SHELF, [])


def test_what_was_typed_comes_back_after_signing_in_again(visitor, alice, form, clock, typed):
    clock.on(3 * HOUR)
    answer = visitor.client.post(ADD, form)
    assert (answer.status_code, answer["Location"]) == (302, BACK.replace("/unsaved/", "%2Funsaved%2F"))
    assert not StaffMember.objects.exists()
    words = visitor.open(BACK)
    assert "Sign in again and the form comes back as you left it." in words
    assert sign_in(visitor, alice, BACK)["Location"] == "/unsaved/"
    words = visitor.open("/unsaved/")
    assert "You were signed out. Here is the form as you left it. Nothing has been saved yet." in words
    assert "Last name Llwyd <&\"'" in words
    assert not StaffMember.objects.exists()
    again = as_post(hidden(visitor.page, ADD))
    assert {name: values[-1] for name, values in again.items()}.items() >= typed.items()
    answer = visitor.client.post(ADD, again)
    assert answer.status_code == 302
    assert StaffMember.objects.get().last_name == "Llwyd <&\"'"
    assert shelf(visitor) == []
    assert "Nothing is waiting to be saved" in visitor.open("/unsaved/")


def test_form_that_comes_in_time_is_simply_saved(visitor, form, clock):
    clock.on(3 * HOUR - 1)
    assert visitor.client.post(ADD, form)["Location"].startswith("/people/")
    assert StaffMember.objects.count() == 1


def test_form_with_an_error_comes_back_with_its_error_and_all_that_was_typed(
    visitor, alice, form, clock
):
    clock.on(4 * HOUR)
    visitor.client.post(ADD, form | {"started_on": "soon"})
    sign_in(visitor, alice, BACK)
    visitor.open("/unsaved/")
    answer = visitor.client.post(ADD, as_post(hidden(visitor.page, ADD)))
    assert answer.status_code == 422
    assert 'value="soon"' in answer.content.decode() and "Siân" in answer.content.decode()


def test_lists_and_many_values_of_one_name_are_kept_in_their_order(visitor, alice, form, clock):
    clock.on(4 * HOUR)
    many = form | {"people": ["3", "1", "2"], "note": "two\r\nlines"}
    visitor.client.post(ADD, many)
    sign_in(visitor, alice, BACK)
    visitor.open("/unsaved/")
    found = as_post(hidden(visitor.page, ADD))
    assert found["people"] == ["3", "1", "2"]
    assert found["note"] == ["two\r\nlines"]


def test_passwords_tokens_and_files_are_never_kept(visitor, alice, form, clock):
    from django.core.files.uploadedfile import SimpleUploadedFile  # only here

    clock.on(4 * HOUR)
    file = SimpleUploadedFile("people.csv", b"secret file")
    visitor.client.post(ADD, form | {"new_password1": "my word", "api_token": "t-1", "list": file})
    [found] = shelf(visitor)
    names = {name for name, _ in found["lines"]}
    assert "first_name" in names
    assert not names & {"new_password1", "api_token", "csrfmiddlewaretoken", kept.MARKER, "list"}
    sign_in(visitor, alice, BACK)
    assert "A file that you had chosen could not be kept" in visitor.open("/unsaved/")


# --- The next person at the same computer ---------------------------------------------------------


def test_next_person_never_sees_what_somebody_else_typed(visitor, alice, charlie, form, clock):
    clock.on(4 * HOUR)
    visitor.client.post(ADD, form)
    sign_in(visitor, charlie, BACK)
    words = visitor.open("/unsaved/")
    assert "Llwyd" not in visitor.page and "Nothing is waiting" in words
    assert shelf(visitor) == []
    rows = [Session.objects.get(pk=visitor.client.session.session_key).get_decoded()]
    assert "Llwyd" not in str(rows)
    visitor.client.post("/accounts/logout/", as_post(hidden(visitor.page, "/accounts/logout/")))
    sign_in(visitor, alice)
    assert "Nothing is waiting" in visitor.open("/unsaved/")


def test_form_of_one_person_sent_while_another_is_signed_in_does_nothing(
    visitor, alice, charlie, form
):
    visitor.open("/")
    visitor.client.post("/accounts/logout/", as_post(hidden(visitor.page, "/accounts/logout/")))
    sign_in(visitor, charlie)
    answer = visitor.client.post(ADD, form)
    assert answer.status_code == 403
    assert "Llwyd" not in answer.content.decode()
    assert shelf(visitor) == []
    assert not StaffMember.objects.exists()


def test_form_from_before_signing_in_anew_in_another_tab_comes_back(visitor, alice, form):
    """The token has changed with the sign-in; the person is the same."""
    visitor.open("/")
    visitor.client.post("/accounts/logout/", as_post(hidden(visitor.page, "/accounts/logout/")))
    sign_in(visitor, alice)
    answer = visitor.client.post(ADD, form)
    assert (answer.status_code, answer["Location"]) == (302, "/unsaved/")
    visitor.open("/unsaved/")
    assert visitor.client.post(ADD, as_post(hidden(visitor.page, ADD))).status_code == 302
    assert StaffMember.objects.get().first_name == "Siân"


def test_switched_off_account_does_not_get_its_form_back(visitor, alice, form, clock):
    alice.is_active = False
    alice.save()
    visitor.client.post(ADD, form)
    assert sign_in(visitor, alice, BACK)["Location"] == "/accounts/inactive/"
    assert visitor.client.get("/unsaved/").status_code == 302


# --- Attacks --------------------------------------------------------------------------------------


def test_form_without_a_marker_of_ours_is_not_kept(visitor, form, clock, bob):
    clock.on(4 * HOUR)
    for marker in (None, "", "1", f"{bob.pk}", f"{bob.pk}:1:x", form[kept.MARKER][0][:-1] + "!"):
        sent = {name: value for name, value in form.items() if name != kept.MARKER}
        visitor.client.post(ADD, sent | ({kept.MARKER: marker} if marker is not None else {}))
        assert shelf(visitor) == [], marker
    visitor.client.post(ADD, form)
    assert len(shelf(visitor)) == 1


def test_form_of_one_person_with_the_marker_of_another_is_for_that_other_alone(
    visitor, alice, charlie, form, clock
):
    """Somebody who has an account makes a form and lets another send it: it is not theirs."""
    clock.on(4 * HOUR)
    visitor.client.post(ADD, form | {kept.MARKER: kept.marker_for(charlie)})
    sign_in(visitor, alice, BACK)
    assert "Nothing is waiting" in visitor.open("/unsaved/")


@pytest.mark.parametrize("headers", [
    {"origin": "https://evil.example"}, {"origin": "null"}, {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
])
def test_form_from_elsewhere_is_not_kept(visitor, form, clock, headers):
    clock.on(4 * HOUR)
    visitor.client.post(ADD, form, headers=headers)
    assert shelf(visitor) == []
    visitor.client.post(ADD, form, headers={"origin": "http://testserver", "sec-fetch-site": "same-origin"})
    assert len(shelf(visitor)) == 1


@pytest.mark.parametrize("path", [
    "//evil.example/", "///evil.example/x", "/\\evil.example/", "/people/add/../../evil/",
    "/no/such/page/", "/accounts/password/change/", "/accounts/login/", "/api/v1/partnerships/",
])
def test_kept_form_leads_nowhere_else(visitor, alice, form, clock, path):
    clock.on(4 * HOUR)
    visitor.client.post(path, form)
    assert all(kept.leads_somewhere(one["to"]) and "evil" not in one["to"] for one in shelf(visitor))
    assert not [one for one in shelf(visitor) if one["to"].startswith(("/accounts/", "/api/"))]
    session = visitor.client.session  # and if one stood there all the same
    session[kept.SHELF] = [
        {"id": "1", "of": alice.pk, "to": to, "lines": [], "size": 0, "at": clock.now, "files": False}
        for to in (path, "https://evil.example/", "javascript:alert(1)", ADD)
    ]
    session.save()
    visitor.client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    sign_in(visitor, alice, BACK)
    visitor.open("/unsaved/")
    sent_to = set(re.findall(r'<form method="post" action="([^"]*)" class="app-inline', visitor.page))
    assert "evil" not in str(sent_to) and "javascript" not in str(sent_to) and ADD in sent_to


def test_form_that_is_too_big_is_not_kept_and_that_is_said(visitor, form, clock):
    clock.on(4 * HOUR)
    answer = visitor.client.post(ADD, form | {"note": "x" * (kept.MOST_CHARACTERS + 1)})
    assert answer["Location"] == SIGN_IN
    assert "too big to be kept" in visitor.open(SIGN_IN)
    assert shelf(visitor) == []
    visitor.client.post(ADD, form | {"note": "x" * 10_000})
    assert len(shelf(visitor)) == 1


def test_shelf_holds_a_few_forms_each_once(visitor, alice, form, clock):
    clock.on(4 * HOUR)
    for number in (1, 1, 2, 3):
        visitor.client.post(ADD, form | {"reference": f"N-{number}"})
    assert len(shelf(visitor)) == 3
    for number in range(20):
        visitor.client.post(ADD, form | {"reference": f"M-{number}"})
    assert len(shelf(visitor)) == kept.MOST_FORMS
    sign_in(visitor, alice, BACK)
    assert "Here are the forms as you left them" in visitor.open("/unsaved/")


def test_form_is_kept_for_an_hour(visitor, alice, form, clock):
    clock.on(4 * HOUR)
    visitor.client.post(ADD, form)
    assert visitor.client.session.get_expiry_age() <= HOUR
    sign_in(visitor, alice, BACK)
    clock.on(HOUR - 1)
    assert "Llwyd" in visitor.open("/unsaved/")
    clock.on(2)
    assert "Nothing is waiting" in visitor.open("/unsaved/")
    assert shelf(visitor) == []


def test_form_that_was_sent_again_does_not_come_a_second_time(visitor, alice, form, clock):
    clock.on(4 * HOUR)
    visitor.client.post(ADD, form)
    sign_in(visitor, alice, BACK)
    visitor.open("/unsaved/")
    again = as_post(hidden(visitor.page, ADD))
    assert visitor.client.post(ADD, again).status_code == 302
    assert visitor.client.post(ADD, again).status_code == 422  # the same reference: refused
    assert StaffMember.objects.count() == 1
    assert shelf(visitor) == []


def test_kept_form_is_held_to_the_token_and_to_reach(visitor, bob, alice, clock, form):
    """Nothing is done in anybody's name by the shelf: the view decides as always."""
    clock.on(4 * HOUR)
    visitor.client.post(ADD, form | {kept.MARKER: kept.marker_for(bob)})
    sign_in(visitor, bob, BACK)
    visitor.open("/unsaved/")
    again = as_post(hidden(visitor.page, ADD))
    assert visitor.client.post(ADD, again | {"csrfmiddlewaretoken": ["x" * 64]}).status_code in (302, 403)
    assert visitor.client.post(ADD, again).status_code == 404  # no page of Bob's
    assert not StaffMember.objects.filter(reference="N-1").exists()


def test_kept_form_can_be_thrown_away(visitor, alice, form, clock):
    clock.on(4 * HOUR)
    visitor.client.post(ADD, form)
    sign_in(visitor, alice, BACK)
    visitor.open("/unsaved/")
    away = as_post(hidden(visitor.page, "/unsaved/"))
    assert visitor.client.post("/unsaved/", away)["Location"] == "/unsaved/"
    assert "Nothing is waiting" in visitor.open("/unsaved/")


def test_sign_in_form_is_held_to_its_token(visitor, alice):
    """Nobody is signed in as somebody else by a page from elsewhere."""
    alice.set_password(PASSWORD)
    alice.save()
    answer = visitor.client.post(SIGN_IN, {"login": alice.email, "password": PASSWORD})
    assert answer.status_code == 403
    assert visitor.client.get("/").status_code == 302


# --- How long -------------------------------------------------------------------------------------


def test_three_hours_without_doing_anything_end_the_sign_in(visitor, alice, clock):
    sign_in(visitor, alice)
    clock.on(3 * HOUR)
    assert visitor.client.get("/")["Location"].startswith(SIGN_IN)


def test_each_page_begins_the_three_hours_anew_up_to_twelve(visitor, alice, clock):
    sign_in(visitor, alice)
    for _ in range(5):
        clock.on(2 * HOUR)
        assert visitor.client.get("/").status_code == 200
    assert settings.SESSION_COOKIE_AGE == 12 * HOUR
    clock.on(2 * HOUR)
    assert visitor.client.get("/").status_code == 302


def test_page_says_until_when_and_the_script_may_ask_for_more(visitor, alice, clock):
    sign_in(visitor, alice)
    clock.on(HOUR)
    visitor.open("/")
    assert 'data-minutes="179" data-more="yes"' in visitor.page
    clock.on(HOUR)
    stay = visitor.client.get(reverse("partnership:stay"))
    assert stay.json() == {"minutes": 179, "more": True}
    clock.on(3 * HOUR)
    assert visitor.client.get(reverse("partnership:stay")).status_code == 302
    assert "data-minutes" not in visitor.client.get(SIGN_IN).content.decode()


def test_near_the_twelve_hours_staying_is_not_offered(visitor, alice, clock):
    sign_in(visitor, alice)
    for _ in range(5):
        clock.on(2 * HOUR)
        visitor.open("/")
    assert 'data-minutes="119" data-more="no"' in visitor.page


def test_being_there_is_written_once_a_minute(visitor, alice, clock, django_assert_num_queries):
    sign_in(visitor, alice)
    clock.on(30)
    with django_assert_num_queries(2):  # the session, the person
        visitor.client.get(reverse("partnership:stay"))
    seen = visitor.client.session[signed_in.SEEN]
    clock.on(31)
    visitor.client.get(reverse("partnership:stay"))
    assert visitor.client.session[signed_in.SEEN] == seen + 61
