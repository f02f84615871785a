"""Every page that the table of routes knows, in a real Chromium: with rows, without, and with a form
sent empty. Nothing for axe to say wide or narrow, no complaint of the console, no sideways scrolling.

A new route comes along by itself: it must be in the table, and then it is walked here.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import Client

from compliance.demo import factories as make
from partnership.roles import Role
from tests import test_routes as table

# The worlds of the table of routes: everybody, and a row of each kind here and in Southmere.
places, meetings, cases, lists = table.places, table.meetings, table.cases, table.lists

# Files, and what a page's script asks for to put into the page.
FILES = (".pdf", ".csv", ".json", ".xlsx", ".ics", "/unsaved/stay/", "/register/quorum/")
# Fields that a person can leave out or fill in wrongly; a form of buttons alone has no such state.
TYPED = "input:not([type=hidden]):not([type=submit]), select, textarea"
EMPTIED = f"""form => {{
    for (const field of form.querySelectorAll("{TYPED}")) {{
        if (field.type === "checkbox" || field.type === "radio") field.checked = false;
        else field.value = "";
    }}
}}"""


def pages_of(role: Role) -> Iterator[tuple[str, str, str]]:
    """The pages that a role is the first to be let into: each page is walked by one role."""
    place = list(Role).index(role)
    for name, rows, answers, query in table.PAGES:
        if answers.find("y") == place and not name.startswith("api:"):
            yield name, rows, query


def addresses(role: Role, rows_of, only=table.ROWS) -> list[str]:
    """Where those pages are; files are no pages."""
    found = [
        table.address(name, rows_of(rows), query)
        for name, rows, query in pages_of(role)
        if rows in only
    ]
    return [path for path in found if not path.partition("?")[0].endswith(FILES)]


@pytest.fixture
def walker(readers_of_nothing, live_server):
    """Makes a reader who is signed in already."""

    def signed_in(user):
        client = Client()
        client.force_login(user)
        reader = readers_of_nothing()
        reader.page.context.add_cookies([{
            "name": settings.SESSION_COOKIE_NAME, "url": live_server.url,
            "value": client.cookies[settings.SESSION_COOKIE_NAME].value,
        }])
        return reader

    return signed_in


@pytest.mark.parametrize("role", Role)
def test_every_page_with_rows_and_with_its_form_sent_empty(walker, places, by_role, role):
    reader = walker(by_role[role])
    for path in addresses(role, lambda rows: table.rows_of(rows, places)):
        reader.open(path)
        reader.check()
        send_empty(reader, path)


def send_empty(reader, path: str) -> None:
    """Each form of a page with nothing in it: what comes back with errors is looked at too."""
    forms = reader.page.locator("main form[method=post]")
    typed = [number for number in range(forms.count()) if forms.nth(number).locator(TYPED).count()]
    for number in typed:
        if number != typed[0]:
            reader.page.goto(reader.site + path)
        forms.nth(number).evaluate(EMPTIED)
        with reader.page.expect_navigation() as answer:
            forms.nth(number).locator("[type=submit]").first.click()
        if answer.value.status == 422:
            assert reader.page.title().startswith("Error:"), path
            assert reader.page.locator(".govuk-error-summary").count() == 1, path
            reader.check()


@pytest.mark.parametrize("role", Role)
def test_every_page_without_rows(walker, role):
    """A partnership and an agency that have just been set up, and nothing else."""
    here = make.PartnershipFactory(code="NW", name="Northwold")
    agency = make.AgencyFactory(name="Northwold Family Support")
    make.MembershipFactory(partnership=here, agency=agency, code="CSC")
    user = make.UserFactory()
    where = {"agency": agency} if role in (Role.PRACTITIONER, Role.AGENCY_LEAD) else {"partnership": here}
    make.GrantFactory(user=user, role=role, **where)
    reader = walker(user)
    for path in addresses(role, table.ROWS.get, only=("-", "here", "A")):
        reader.page.goto(reader.site + path)
        reader.check()
