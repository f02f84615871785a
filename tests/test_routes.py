"""Every route × every role: the answer that the access table gives. A route that is not listed fails.

To add a page: a line in PAGES (its route, which rows it is asked about, and the answer to each
role), or for a page without sign-in in PUBLIC, with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.urls import get_resolver, reverse
from django.utils.html import escape

from compliance.demo import factories as make
from conferences.choices import Outcome
from partnership.models import Grant, User
from partnership.roles import Role

# --- The table ------------------------------------------------------------------------------------

# Which rows an address names. A and Bob are Northwold's; what stands in Southmere is out of reach of
# everybody in the table, and "missing" does not exist: both must answer alike.
ROWS = {
    "-": {},
    "here": {"code": "NW"},
    "here.json": {"code": "NW", "form": "json"},
    "A": {"code": "NW", "agency": "CSC"},
    "B": {"code": "NW", "agency": "POL"},
    "A.json": {"code": "NW", "agency": "CSC", "form": "json"},
    "B.json": {"code": "NW", "agency": "POL", "form": "json"},
    "with A": {"code": "NW", "reference": "NW-1"},
    "without A": {"code": "NW", "reference": "NW-B"},
}
MEASURE = "?measure=training_current&basis=due"  # a number that has rows
# Answers in the order of the roles: practitioner and lead of A, conference administrator, training
# administrator, sub-group, manager, decision-maker, auditor. y: 200, n: 404 as if it were missing.
# Route, rows, answers, and what is asked for.
PAGES = [
    ("compliance:home", "-", "yyyyyyyy", ""),
    ("compliance:dashboard", "here", "nnnyyyyy", ""),
    ("compliance:partnership-rows", "here", "nnnyyyyy", MEASURE),
    ("compliance:partnership-report", "here.json", "nnnnyyny", ""),
    ("compliance:agency", "A", "nynyyyyy", ""),
    ("compliance:agency", "B", "nnnyyyyy", ""),
    ("compliance:agency-rows", "A", "nynyyyyy", MEASURE),
    ("compliance:agency-rows", "B", "nnnyyyyy", MEASURE),
    ("compliance:agency-report", "A.json", "nynnyyny", ""),
    ("compliance:agency-report", "B.json", "nnnnyyny", ""),
    ("conferences:meeting-detail", "with A", "yyynyyyy", ""),
    ("conferences:meeting-detail", "without A", "nnynyyyy", ""),
    ("api:partnerships", "-", "yyyyyyyy", ""),
    ("api:agencies", "here", "nynyyyyy", ""),
    ("api:partnership-scorecard", "here", "nnnyyyyy", ""),
    ("api:agency-scorecard", "A", "nynyyyyy", ""),
    ("api:agency-scorecard", "B", "nnnyyyyy", ""),
]
# Routes that answer without a sign-in, and why.
PUBLIC = {
    "account_login": "the way in",
    "account_signup": "says that accounts are by invitation; makes none",
    "account_inactive": "says that an account is switched off",
    "account_logout": "sends people without a session to the sign-in",
    "account_reset_password": "a forgotten password",
    "account_reset_password_done": "a forgotten password",
    "account_reset_password_from_key": "a forgotten password, by the mailed link",
    "account_reset_password_from_key_done": "a forgotten password",
    "account_confirm_email": "the library's; asks for a key from a mail",
    "account_email_verification_sent": "the library's; a sentence",
    "account_confirm_login_code": "the library's; sends people to the sign-in",
}
# Pages about one's own account: each person sees their own, so there is no reach to be tested.
OWN_ACCOUNT = {
    "account_email", "account_change_password", "account_set_password", "account_reauthenticate",
}


# --- Walking --------------------------------------------------------------------------------------


def routes(resolver=None, above=()) -> Iterator[tuple[str, object]]:
    """Each route's whole name with its pattern."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if hasattr(pattern, "url_patterns"):
            space = (pattern.namespace,) if pattern.namespace else ()
            yield from routes(pattern, (*above, *space))
        else:
            yield ":".join((*above, pattern.name or str(pattern.pattern))), pattern


def address(route: str, rows: dict, query: str = "") -> str:
    return reverse(route, kwargs=rows) + query


def anything(pattern) -> dict:
    """Some value for each part of an address."""
    known = {"form": "json", "code": "NW", "agency": "CSC", "reference": "NW-1", "uidb36": "1"}
    parts = pattern.pattern.converters or pattern.pattern.regex.groupindex
    return {name: known.get(name, "1") for name in parts}


def test_every_route_is_listed_once():
    names = [name for name, _ in routes()]
    assert len(names) == len(set(names))
    listed = {name for name, *_ in PAGES}
    assert set(names) == listed | set(PUBLIC) | OWN_ACCOUNT
    assert not (listed & set(PUBLIC) or listed & OWN_ACCOUNT or set(PUBLIC) & OWN_ACCOUNT)


def test_every_public_route_has_its_reason():
    assert all(PUBLIC.values())
    assert all(name.startswith("account_") for name in PUBLIC)


@pytest.fixture
def places(people, agency_a, agency_b, agency_c, partnership, meeting, meeting_elsewhere, staff_b):
    """Meetings with and without agency A, here and in Southmere."""
    without = make.MeetingFactory(partnership=partnership, reference="NW-B")
    make.AttendanceFactory(
        meeting=without, agency=agency_b, staff_member=staff_b, outcome=Outcome.ATTENDED
    )
    return people


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "pattern"), [
    pytest.param(name, pattern, id=name) for name, pattern in routes() if name not in PUBLIC
])
def test_without_sign_in_a_route_gives_nothing(client, name, pattern):
    answer = client.get(address(name, anything(pattern)))
    if name.startswith("api:"):
        assert answer.status_code in (401, 403)
        assert set(answer.json()) == {"detail"}
    else:
        assert answer.status_code == 302
        assert answer.url.startswith("/accounts/login/")


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_public_routes_show_nobody_and_make_nobody(client, name, places):
    pattern = dict(routes())[name]
    answer = client.get(address(name, anything(pattern)))
    assert answer.status_code in (200, 302)
    body = answer.content.decode()
    assert not [p.name for p in vars(places).values() if p.name in body]
    before = User.objects.count()
    client.post(address(name, anything(pattern)), {
        "email": "new@example.org", "password1": "a long enough word", "password2": "a long enough word",
    })
    assert User.objects.count() == before


# --- Roles ----------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "rows", "answers", "query"), PAGES, ids=[f"{row[0]} {row[1]}" for row in PAGES]
)
def test_each_role_gets_the_answer_of_the_table(client, places, by_role, name, rows, answers, query):
    got = ""
    for role in Role:
        client.force_login(by_role[role])
        status = client.get(address(name, ROWS[rows], query)).status_code
        got += {200: "y", 404: "n"}.get(status, f"[{status}]")
    assert got == answers


def shown(answer) -> str:
    """The page without the token that differs each time."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())


SOMEWHERE = [row for row in PAGES if row[1] != "-"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "rows", "answers", "query"), SOMEWHERE, ids=[f"{row[0]} {row[1]}" for row in SOMEWHERE]
)
def test_what_is_elsewhere_answers_as_if_it_were_missing(
    client, places, by_role, name, rows, answers, query
):
    there = {**ROWS[rows], "code": "SM"}
    missing = {**ROWS[rows], "code": "XX"}
    for role in Role:
        client.force_login(by_role[role])
        far, none = (client.get(address(name, kwargs, query)) for kwargs in (there, missing))
        assert (far.status_code, none.status_code) == (404, 404), role
        assert shown(far).replace("/SM/", "/XX/") == shown(none), role


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "rows", "query"), [
        ("compliance:agency", {"code": "SM", "agency": "CSC"}, ""),
        ("compliance:agency-report", {"code": "SM", "agency": "CSC", "form": "csv"}, ""),
        ("conferences:meeting-detail", {"code": "SM", "reference": "NW-1"}, ""),
    ],
)
def test_what_is_elsewhere_is_there_for_its_own_people(client, places, name, rows, query):
    """The twin: the row that nobody here can reach does exist."""
    client.force_login(places.outsider)
    assert client.get(address(name, rows, query)).status_code == 200
    assert client.get(address(name, {**rows, "code": "NW"}, query)).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "rows", "answers", "query"), SOMEWHERE, ids=[f"{row[0]} {row[1]}" for row in SOMEWHERE]
)
def test_a_person_whose_grant_was_lost_gets_nothing_on_the_next_request(
    client, places, by_role, name, rows, answers, query
):
    user = by_role[list(Role)[answers.index("y")]]
    client.force_login(user)
    answer = client.get(address(name, ROWS[rows], query))
    assert answer.status_code == 200
    assert_safe(answer)
    Grant.objects.filter(user=user).delete()
    assert client.get(address(name, ROWS[rows], query)).status_code == 404


def assert_safe(answer) -> None:
    """What every answer to a signed-in person carries."""
    assert answer["Cache-Control"] == "no-store, private"
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"


@pytest.mark.django_db
def test_an_inactive_person_is_signed_out_on_the_next_request(client, alice, meeting):
    client.force_login(alice)
    page = address("conferences:meeting-detail", ROWS["with A"])
    assert client.get(page).status_code == 200
    User.objects.filter(pk=alice.pk).update(is_active=False)
    answer = client.get(page)
    assert answer.status_code == 302
    assert answer.url.startswith("/accounts/login/")


@pytest.mark.django_db
def test_names_on_a_meetings_page_are_for_those_who_were_there(client, places, meeting, staff_a, staff_b):
    page = address("conferences:meeting-detail", ROWS["with A"])
    seen = {}
    for name in ("alice", "bob", "charlie", "dana", "sam", "mo", "dee", "audrey"):
        client.force_login(getattr(places, name))
        text = client.get(page).content.decode()
        assert "Northwold Police" in text
        seen[name] = {str(p.reference) for p in (staff_a, staff_b) if escape(p.last_name) in text}
        assert (meeting.family_ref in text) is (name == "dana"), name
    assert seen == {
        "alice": {"A-1"}, "charlie": {"B-1"}, "bob": {"A-1", "B-1"}, "dana": {"A-1", "B-1"},
        "sam": set(), "mo": set(), "dee": set(), "audrey": set(),
    }
