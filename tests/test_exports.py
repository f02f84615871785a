"""Every list as a file: none is left out, and each holds what its pages hold, in both forms.

To add a list: its route with ``list.<export:form>`` beside the page's, named like the page with
``-file``, a line in PAGES of the routes, and the component ``downloads`` on its page. A page of
several rows that is no list to be taken away stands in WITHOUT, with the reason.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from django.core.paginator import Paginator
from django.db import connection
from django.test.utils import CaptureQueriesContext

from compliance.demo import factories as make
from partnership.exporting import answering
from partnership.history import record
from partnership.models import HistoryEntry
from partnership.roles import Role
from partnership.templatetags.quorate import longdate
from partnership.views import history
from tests import test_routes as table
from tests.lists import body, rows_of
from tests.reading import text

places, meetings, cases, lists = table.places, table.meetings, table.cases, table.lists

TEMPLATES = Path(__file__).resolve().parents[1] / "templates"
PAGED = re.compile(r"components/(pagination|key_pages)\.html|govuk-pagination__list")
WITHOUT = {
    "training/session_register.html": "a form to fill in; the session's page has its list",
    "conferences/rule_quorum.html": "versions of a rule in sentences, not rows",
}
ROUTES = {name for name, _ in table.routes()}
# Files without a page of the same name: what an upload reads again, and parts of other pages.
ON_OTHER_PAGES = {
    "training:session-bookings-file": "training:session-detail",
    "compliance:person-records-file": "compliance:person",
    "compliance:upload-list-file": "compliance:upload-new",
    "compliance:issued-file": "compliance:issued-report",
}
BESIDE = {
    "compliance:sending-back-people", "compliance:sending-back-meetings", "compliance:upload-refused",
    "compliance:section-11", "compliance:agency-section-11",
}
# Lists whose file has a line for something else than a row of the page, and for what.
OTHER_LINES = {
    "partnership:history-file": "each field that changed",
    "training:take-up-file": "each line of three tables",
    "compliance:data-quality-file": "each kind of each agency",
    "escalation:themes-file": "each line of two tables",
    "conferences:my-meetings-file": "what is to come too",
    "compliance:issued-file": "each figure of a report",
    "compliance:person-records-file": "each record, one of the page's tables",
}


# --- None is left out -----------------------------------------------------------------------------


def test_every_page_of_a_list_offers_its_files():
    paged = {path.relative_to(TEMPLATES).as_posix(): path.read_text() for path in TEMPLATES.rglob("*.html")}
    bare = {
        name for name, words in paged.items()
        if PAGED.search(words) and "components/downloads.html" not in words and not name.startswith("components/")
    }
    assert bare == set(WITHOUT)
    assert all(WITHOUT.values())


def test_every_route_of_a_list_has_its_file():
    named = {name for name in ROUTES if name.endswith("-list") and not name.startswith("api:")}
    assert named
    assert {name for name in named if f"{name}-file" not in ROUTES} == set()


def test_every_file_belongs_to_a_page():
    for name in files():
        assert page_of(name) in ROUTES or name in BESIDE, name


def files() -> set[str]:
    """The routes that give a list in either form."""
    found = set()
    for name, pattern in table.routes():
        converter = (pattern.pattern.converters or {}).get("form")
        if converter is not None and converter.regex == "csv|xlsx":
            found.add(name)
    return found


def page_of(name: str) -> str:
    return ON_OTHER_PAGES.get(name, name.removesuffix("-file"))


# --- Each holds what its pages hold ---------------------------------------------------------------


def asked_for() -> list[tuple[str, str, str, Role]]:
    """Each file of the table of routes, for the first role that is let in."""
    known = files()
    found = {}
    for name, rows, answers, query in table.PAGES:
        if name in known and "y" in answers:
            found.setdefault((name, rows, query), list(Role)[answers.index("y")])
    return [(*key, role) for key, role in found.items()]


def words_of(line: list) -> str:
    """A line as the page would say it: days in words."""
    return " ".join(longdate(cell) if isinstance(cell, date) else str(cell) for cell in line)


def shown_first(cell: object) -> set[str]:
    """The words of a row's first cell, by which the row is known on the page."""
    text = cell.get("text") if isinstance(cell, dict) else cell
    return set(re.findall(r"\w+", str(text))) - {"at"}


@pytest.fixture
def one_a_page(monkeypatch):
    """Lists of two rows have two pages."""
    begin = Paginator.__init__
    monkeypatch.setattr(Paginator, "__init__", lambda self, rows, _, **more: begin(self, rows, 1, **more))


@pytest.mark.django_db
def test_both_forms_hold_the_rows_of_all_pages_in_their_order(client, places, by_role, one_a_page):
    """One world for all lists, so that it is built once."""
    compared = set()
    for name, rows, query, role in asked_for():
        client.force_login(by_role[role])
        parts = table.rows_of(rows, places)
        text, book = (rows_of(client.get(table.address(name, parts | {"form": form}, query))) for form in ("csv", "xlsx"))
        assert text[0] == book[0] and all(text[0]), name
        assert [[spelt(cell) for cell in line] for line in book] == text, name
        if name in BESIDE | OTHER_LINES.keys():
            continue
        firsts = rows_of_pages(client, page_of(name), {k: v for k, v in parts.items() if k != "form"}, query)
        if firsts is None:
            continue
        assert len(firsts) == len(book) - 1, name
        for first, line in zip(firsts, book[1:], strict=True):
            assert first <= set(re.findall(r"\w+", words_of(line))), (name, first, line)
        compared.add(name)
    assert len(compared) >= 20, compared


def spelt(cell: object) -> str:
    """A value of a workbook as a CSV has it."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return f"{cell:%Y-%m-%d %H:%M:%S}" if hasattr(cell, "hour") else str(cell)


def rows_of_pages(client, route: str, parts: dict, query: str) -> list[set[str]] | None:
    """The first cells of all pages; None where a page has no table of plain rows."""
    found: list[set[str]] = []
    number, last = 1, 1
    while number <= last:
        more = f"{'&' if query else '?'}page={number}"
        context = client.get(table.address(route, parts, query + more)).context
        page, rows = context.get("page"), context.get("rows")
        if page is None or rows is None or not hasattr(page, "paginator") or not all(isinstance(r, list) for r in rows):
            return None
        last = page.paginator.num_pages
        found += [shown_first(row[0]) for row in rows]
        number += 1
    return found


@pytest.mark.django_db
def test_an_empty_list_is_a_file_with_headings_alone(client, places, by_role):
    client.force_login(by_role[Role.CONFERENCE_ADMIN])
    for form in ("csv", "xlsx"):
        found = rows_of(client.get(f"/meetings/list.{form}?q=nothing-like-that"))
        assert len(found) == 1 and found[0][:2] == ["Partnership", "Reference"]


# --- A long list costs no more questions than a short one -------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_history_takes_the_same_queries_for_3_and_for_300(client, mo, partnership, agency_a, form):
    client.force_login(mo)
    asked = []
    for many in (3, 300):
        for _ in range(many):
            record(mo, "renamed", agency_a, partnership=partnership, name=["A", "B"])
        with CaptureQueriesContext(connection) as queries:
            assert len(rows_of(client.get(f"/history/list.{form}"))) > many
        asked.append(len(queries))
    assert asked[0] == asked[1]
    assert HistoryEntry.objects.filter(verb="took the history").latest("pk").changes == {"entries": 304}


@pytest.mark.django_db
@pytest.mark.parametrize(("path", "many"), [
    ("/courses/list.csv", lambda world: make.CourseFactory()),
    ("/courses/requirements/list.csv", lambda world: make.RequirementFactory(partnership=world)),
    ("/courses/sessions/list.csv", lambda world: make.SessionFactory(partnership=world)),
    ("/meetings/list.csv", lambda world: make.MeetingFactory(partnership=world)),
    ("/set-up/agencies/list.csv", lambda world: make.MembershipFactory(partnership=world)),
    ("/set-up/users/list.csv", lambda world: make.GrantFactory(partnership=world, role="auditor")),
    ("/escalations/list.csv", lambda world: make.StageFactory(escalation__partnership=world)),
    ("/escalations/suggestions/list.csv", lambda world: make.SuggestionFactory(partnership=world)),
])
def test_lists_take_the_same_queries_for_few_and_for_many(client, mo, partnership, path, many):
    client.force_login(mo)
    asked = []
    for number in (3, 30):
        for _ in range(number):
            many(partnership)
        with CaptureQueriesContext(connection) as queries:
            assert len(rows_of(client.get(path))) > number
        asked.append(len(queries))
    assert asked[0] == asked[1]


@pytest.mark.django_db
def test_beside_a_long_list_it_is_said_how_long_a_workbook_takes(client, mo, partnership, agency_a, monkeypatch):
    client.force_login(mo)
    pages = ("/meetings/", "/history/", "/people/", "/meetings/attendance/")
    for _ in range(3):
        make.MeetingFactory(partnership=partnership)
        record(mo, "renamed", agency_a, partnership=partnership, name=["A", "B"])
    assert not any("CSV is quicker" in text(client.get(path)) for path in pages)
    monkeypatch.setattr(answering, "LONG", 3)
    monkeypatch.setattr(history, "LONG", 2)
    assert "About 0 rows: as XLSX it takes some seconds before it comes. CSV is quicker." in text(client.get("/meetings/"))
    assert "entries: as XLSX they may take half a minute" in text(client.get("/history/"))
    monkeypatch.setattr(answering, "LONG", 4)
    monkeypatch.setattr(history, "LONG", 3)
    assert not any("CSV is quicker" in text(client.get(path)) for path in pages)


@pytest.mark.django_db
def test_a_file_is_kept_nowhere_and_tells_its_name(client, alice, staff_a):
    client.force_login(alice)
    for form, kind in (("csv", "text/csv"), ("xlsx", "application/vnd.openxmlformats")):
        answer = client.get(f"/people/list.{form}")
        assert answer["Content-Type"].startswith(kind) and answer["Cache-Control"] == "no-store, private"
        assert re.search(rf'quorate-people-\d{{4}}-\d\d-\d\d\.{form}', answer["Content-Disposition"])
        assert body(answer)
    assert client.get("/people/list.pdf").status_code == 404
