"""What the tests of planning share: days around today, and the three steps of convening."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest

from compliance.demo import factories as make
from conferences.choices import MeetingKind, MeetingState, Outcome
from conferences.models import Meeting
from partnership.choices import Sector
from partnership.models import today
from partnership.workdays import due_after
from tests.conftest import member
from tests.reading import text

__all__ = ["text"]
CONVENE = "/meetings/convene/"


def in_days(days: int):
    return today() + timedelta(days=days)


def typed(day) -> str:
    return f"{day:%d/%m/%Y}"


@pytest.fixture
def school(partnership):
    """A third agency of Northwold."""
    return member(partnership, "SCH", "Northwold School", Sector.EDUCATION)


@pytest.fixture
def named(staff_a, staff_a2, staff_b, staff_c):
    """People with names that a page can be searched for."""
    for row, first, last in (
        (staff_a, "Bobina", "Alphason"), (staff_a2, "Siân", "Łukaszek"), (staff_b, "Bertha", "Betason"),
        (staff_c, "Cecil", "Gammason"),
    ):
        row.first_name, row.last_name = first, last
        row.save()


@pytest.fixture
def planned(partnership, agency_a, agency_b, staff_a, staff_b, calendar, named):
    """An initial conference in six weeks, Bob and B's person invited a month ago."""
    row = make.MeetingFactory(
        partnership=partnership, reference="NW-P", state=MeetingState.PLANNED, held_on=in_days(42),
        family_ref="FAM-P", children=2,
    )
    for agency, person in ((agency_a, staff_a), (agency_b, staff_b)):
        make.AttendanceFactory(
            meeting=row, agency=agency, staff_member=person, invited_on=in_days(-30),
            outcome=Outcome.UNKNOWN,
        )
    return row


def details(reference: str = "NW-NEW", kind: str = MeetingKind.INITIAL, **more) -> dict[str, str]:
    """The answers of the first step."""
    return {
        "kind": kind, "reference": reference, "held_on": typed(in_days(42)), "children": "2",
        "invited_on": typed(today()), "follows": "", "family_ref": "", "chair": "", "lead": "",
        "format": "", "strategy_discussion_on": "",
    } | more


def sent_on(answer) -> dict[str, str]:
    """What a page sends when its button is pressed: every field as it stands."""
    body, found = answer.content.decode(), {}
    main = body[body.index("<main"):]
    for tag in re.findall(r"<input[^>]*>", main):
        name, value, kind = (attribute(tag, key) for key in ("name", "value", "type"))
        if not name or name in ("csrfmiddlewaretoken", "opened_by"):
            continue
        if kind in ("checkbox", "radio") and not re.search(r"\schecked\b", tag):
            continue
        found[name] = value if value or kind != "checkbox" else "on"
    for name, inside in re.findall(r'<select name="([^"]+)"[^>]*>(.*?)</select>', main, re.S):
        chosen = re.search(r'<option value="([^"]*)"[^>]*\sselected', inside)
        found[name] = unescape(chosen[1]) if chosen else ""
    return found


def attribute(tag: str, name: str) -> str:
    found = re.search(rf'\s{name}="([^"]*)"', tag)
    return unescape(found[1]) if found else ""


def press(client, answer, step: str, address: str = CONVENE, **changes):
    """Press a button of a page, with some fields changed."""
    return client.post(address, sent_on(answer) | changes | {"step": step})


def convened(client, address: str = CONVENE, **answers):
    """All three steps; gives the answer of the last."""
    first = client.post(address, details(**answers) | {"step": "invite"})
    assert first.status_code == 200, text(first)
    check = press(client, first, "check", address)
    assert "Check your answers" in text(check), text(check)
    return press(client, check, "convene", address)


def lines_of(meeting: Meeting) -> list[tuple]:
    rows = meeting.lines.select_related("agency", "staff_member").order_by("agency__name", "pk")
    return [(row.agency.name, row.staff_member, row.involved) for row in rows]


def working_days_before(day, number: int, calendar):
    """The latest day that leaves so many working days."""
    on = day
    while due_after(on, number, calendar).due > day or on == day:
        on -= timedelta(days=1)
    return on
