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
    "case of A": {"reference": "ES-A"},
    "case of B": {"reference": "ES-B"},
    "withdraw A's": {"reference": "ES-A", "slug": "withdraw"},
    # Numbers are known only when the rows are made: they stand here by name.
    "suggestion": {"number": "suggestion A"},
    "Bob": {"number": "person Bob"},
    "A's person": {"number": "person A"},
    "B's person": {"number": "person B"},
    "Bob's record": {"number": "record Bob"},
    "A's record": {"number": "record A"},
    "B's record": {"number": "record B"},
    "A's exemption": {"number": "exemption A"},
    "B's exemption": {"number": "exemption B"},
}
# Instead of those: rows of Southmere, and what is nowhere.
FAR = {"code": "SM", "reference": "ES-FAR"}
NOWHERE = {"code": "XX", "reference": "ES-NONE", "number": 999_999_999}
MEASURE = "?measure=training_current&basis=due"  # a number that has rows
# Answers in the order of the roles: practitioner and lead of A, conference administrator, training
# administrator, sub-group, manager, decision-maker, auditor. y: 200, n: 404 as if it were missing, f: 403
# (a page without rows that is not for the role), r: sent on to another page, c: 409 with a sentence
# (the case may be read, and not moved).
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
    ("escalation:queue", "-", "yyyfryyy", ""),
    ("escalation:raise", "-", "yyyfffff", ""),
    ("escalation:themes", "-", "ffffyfff", ""),
    ("escalation:contacts", "-", "fyffffff", ""),
    ("escalation:suggestion-list", "-", "fyyffyff", ""),
    ("escalation:suggestion-accept", "suggestion", "nrrnnnnn", ""),
    ("escalation:suggestion-dismiss", "suggestion", "nyynnnnn", ""),
    ("escalation:detail", "case of A", "yynnnyyy", ""),
    ("escalation:detail", "case of B", "nnnnnyyy", ""),
    ("escalation:decider", "case of A", "nnnnnynn", ""),
    ("escalation:decider", "case of B", "nnnnnynn", ""),
    ("escalation:identity", "case of A", "yynnnnnn", ""),
    ("escalation:identity", "case of B", "nnnnnnnn", ""),
    ("escalation:document", "case of A", "yynnnnnn", ""),
    ("escalation:document", "case of B", "nnnnnnnn", ""),
    ("escalation:move", "withdraw A's", "yynnnccc", ""),
    ("escalation:policy", "here", "yyynnyyy", ""),
    ("escalation:policy-edit", "here", "nnnnnynn", ""),
    ("escalation:triggers", "here", "nnnnnynn", ""),
    ("compliance:case-summary", "case of A", "yynnnyyy", ""),
    ("compliance:case-summary", "case of B", "nnnnnyyy", ""),
    ("compliance:person", "Bob", "yynnnnnn", ""),
    ("compliance:person", "A's person", "nynnnnnn", ""),
    ("compliance:person", "B's person", "nnnnnnnn", ""),
    ("partnership:staff-add", "-", "nynnnnnn", ""),
    ("partnership:staff-change", "A's person", "nynnnnnn", ""),
    ("partnership:staff-change", "Bob", "nynnnnnn", ""),
    ("partnership:staff-change", "B's person", "nnnnnnnn", ""),
    ("partnership:staff-leave", "A's person", "nynnnnnn", ""),
    ("partnership:staff-leave", "B's person", "nnnnnnnn", ""),
    ("training:person-list", "-", "nynnnnnn", ""),
    ("training:person-list-csv", "-", "nynnnnnn", ""),
    ("training:session", "-", "nynnnnnn", ""),
    ("training:session-done", "-", "nynnnnnn", ""),
    ("training:record-confirm", "-", "nynnnnnn", ""),
    ("training:record-log", "Bob", "yynnnnnn", ""),
    ("training:record-log", "A's person", "nynnnnnn", ""),
    ("training:record-log", "B's person", "nnnnnnnn", ""),
    ("training:exempt", "A's person", "nynnnnnn", ""),
    ("training:exempt", "Bob", "nynnnnnn", ""),
    ("training:exempt", "B's person", "nnnnnnnn", ""),
    ("training:record-correct", "Bob's record", "nynnnnnn", ""),
    ("training:record-correct", "A's record", "nynnnnnn", ""),
    ("training:record-correct", "B's record", "nnnnnnnn", ""),
    ("training:record-withdraw", "A's record", "nynnnnnn", ""),
    ("training:record-withdraw", "B's record", "nnnnnnnn", ""),
    ("training:exemption-end", "A's exemption", "nynnnnnn", ""),
    ("training:exemption-end", "B's exemption", "nnnnnnnn", ""),
    ("api:partnerships", "-", "yyyyyyyy", ""),
    ("api:agencies", "here", "nynyyyyy", ""),
    ("api:partnership-scorecard", "here", "nnnyyyyy", ""),
    ("api:agency-scorecard", "A", "nynyyyyy", ""),
    ("api:agency-scorecard", "B", "nnnyyyyy", ""),
]
LETTERS = {200: "y", 404: "n", 403: "f", 302: "r", 409: "c"}
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


def rows_of(name: str, places) -> dict:
    """The parts of an address for some rows, their numbers looked up."""
    parts = dict(ROWS[name])
    if "number" in parts:
        parts["number"] = places.numbers[parts["number"]]
    return parts


def far_from(name: str, places) -> tuple[str, object]:
    """Which part of an address to change, and to what, to ask for the same in Southmere."""
    key = next(part for part in ("code", "reference", "number") if part in ROWS[name])
    if key != "number":
        return key, FAR[key]
    return key, places.numbers[ROWS[name]["number"].split()[0] + " far"]


def anything(pattern) -> dict:
    """Some value for each part of an address."""
    known = {
        "form": "json", "code": "NW", "agency": "CSC", "reference": "NW-1", "uidb36": "1",
        "slug": "withdraw",
    }
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
def places(people, cases, meetings, lists):
    """Everybody, and the numbers of rows here and in Southmere."""
    people.numbers = lists
    return people


@pytest.fixture
def meetings(partnership, agency_b, staff_b, meeting, meeting_elsewhere):
    """Conferences with and without agency A, here and in Southmere."""
    without = make.MeetingFactory(partnership=partnership, reference="NW-B")
    make.AttendanceFactory(
        meeting=without, agency=agency_b, staff_member=staff_b, outcome=Outcome.ATTENDED
    )


@pytest.fixture
def cases(people, partnership, elsewhere, agency_a, agency_b, agency_c):
    """Cases with and without agency A, here and in Southmere."""
    other = make.AgencyFactory(name="Northwold Housing")
    make.MembershipFactory(partnership=partnership, agency=other, code="HOU")
    for reference, place, raised_by, raised_for, about in (
        ("ES-A", partnership, people.bob, agency_a, agency_b),
        ("ES-B", partnership, people.charlie, agency_b, other),
        ("ES-FAR", elsewhere, people.outsider, agency_c, make.AgencyFactory()),
    ):
        case = make.EscalationFactory(
            partnership=place, reference=reference, raised_by=raised_by, raised_for=raised_for,
            about=about,
        )
        make.StageFactory(escalation=case)


@pytest.fixture
def lists(
    partnership, elsewhere, agency_b, agency_c, meeting, meeting_elsewhere, staff_a, staff_a2,
    staff_b, staff_c,
):
    """A person, a record, an exemption and a suggestion of each side, by name."""
    course, found = make.CourseFactory(), {}
    for name, person in (("Bob", staff_a), ("A", staff_a2), ("B", staff_b), ("far", staff_c)):
        made = make.TrainingRecordFactory(staff_member=person, course=course)
        found[f"person {name}"], found[f"record {name}"] = person.pk, made.pk
        found[f"exemption {name}"] = make.ExemptionFactory(staff_member=person).pk
    for name, place, about, held in (
        ("A", partnership, agency_b, meeting), ("far", elsewhere, agency_c, meeting_elsewhere)
    ):
        row = make.SuggestionFactory(partnership=place, about=about, meetings=[held])
        found[f"suggestion {name}"] = row.pk
    return found


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
def test_public_routes_show_nobody_and_make_nobody(client, name, people):
    pattern = dict(routes())[name]
    answer = client.get(address(name, anything(pattern)))
    assert answer.status_code in (200, 302)
    body = answer.content.decode()
    assert not [p.name for p in User.objects.all() if p.name in body]
    before = User.objects.count()
    client.post(address(name, anything(pattern)), {
        "email": "new@example.org", "password1": "a long enough word", "password2": "a long enough word",
    })
    assert User.objects.count() == before


# --- Roles ----------------------------------------------------------------------------------------


def answers_of(role: Role) -> dict[tuple[str, str, str], str]:
    """What the table says for a role: route, rows and query, and the letter of the answer."""
    place = list(Role).index(role)
    return {(name, rows, query): answers[place] for name, rows, answers, query in PAGES}


def get(client, places, name, rows, query):
    return client.get(address(name, rows_of(rows, places), query))


def test_the_table_has_an_answer_for_every_role():
    for name, rows, answers, _ in PAGES:
        assert len(answers) == len(Role), (name, rows)
        assert set(answers) <= set(LETTERS.values()), (name, rows)
        assert rows in ROWS, (name, rows)


@pytest.mark.django_db
@pytest.mark.parametrize("role", Role)
def test_each_role_gets_the_answers_of_the_table(client, places, by_role, role):
    client.force_login(by_role[role])
    got = {}
    for page in answers_of(role):
        status = get(client, places, *page).status_code
        got[page] = LETTERS.get(status, status)
    assert got == answers_of(role)


def shown(answer) -> str:
    """The page without the token that differs each time."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())


@pytest.mark.django_db
@pytest.mark.parametrize("role", Role)
def test_what_is_elsewhere_answers_as_if_it_were_missing(client, places, by_role, role):
    """Who is let in here is not let in there, and cannot tell that there is anything."""
    client.force_login(by_role[role])
    tried = 0
    for (name, rows, query), letter in answers_of(role).items():
        if ROWS[rows] and letter != "n":
            key, value = far_from(rows, places)
            there = {**rows_of(rows, places), key: value}
            far = client.get(address(name, there, query))
            none = client.get(address(name, {**there, key: NOWHERE[key]}, query))
            assert (far.status_code, none.status_code) == (404, 404), (name, rows)
            assert shown(far).replace(f"/{value}/", f"/{NOWHERE[key]}/") == shown(none), (name, rows)
            tried += 1
    assert tried >= 2


@pytest.mark.django_db
@pytest.mark.parametrize("role", Role)
def test_a_person_whose_grant_was_lost_gets_nothing_on_the_next_request(
    client, places, by_role, role
):
    client.force_login(by_role[role])
    let_in = [page for page, letter in answers_of(role).items() if letter in "yr"]
    for page in let_in:
        answer = get(client, places, *page)
        assert answer.status_code in (200, 302), page
        assert_safe(answer)
    Grant.objects.filter(user=by_role[role]).delete()
    open_to_all = {"compliance:home", "api:partnerships"}  # there, and empty
    for name, rows, query in let_in:
        answer = get(client, places, name, rows, query)
        if name not in open_to_all:
            assert answer.status_code in (403, 404), (name, rows)


def assert_safe(answer) -> None:
    """What every answer to a signed-in person carries."""
    assert answer["Cache-Control"] == "no-store, private"
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "rows", "query"), [
        ("compliance:agency", {"code": "SM", "agency": "CSC"}, ""),
        ("compliance:agency-report", {"code": "SM", "agency": "CSC", "form": "csv"}, ""),
        ("conferences:meeting-detail", {"code": "SM", "reference": "NW-1"}, ""),
        ("escalation:detail", {"reference": "ES-FAR"}, ""),
    ],
)
def test_what_is_elsewhere_is_there_for_its_own_people(client, places, name, rows, query):
    """The twin: the row that nobody here can reach does exist."""
    client.force_login(places.outsider)
    assert client.get(address(name, rows, query)).status_code == 200
    here = {"code": "NW"} if "code" in rows else {"reference": "ES-A"}
    assert client.get(address(name, rows | here, query)).status_code == 404


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
