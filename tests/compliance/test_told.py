"""No page says that somebody was told where an agency has no lead."""

from __future__ import annotations

import pytest

from compliance import actions
from compliance.demo import factories as make
from compliance.forms.returns import RoundForm, terms
from compliance.period import Period
from compliance.views.told import told
from conferences.actions import close_registers
from partnership.models import today
from tests.reading import text

pytestmark = pytest.mark.django_db
WORDS = "Its leads are told."
ASK = "The partnership manager gives somebody the role under Set-up, Users."


def test_who_has_no_lead_is_named(alice, agency_a, agency_b):
    assert told([agency_a], WORDS) == WORDS
    assert told([agency_b], WORDS) == f"Northwold Police has no lead, so nobody was told there. {ASK}"
    both = told([agency_a, agency_b, agency_b], WORDS)
    assert both == f"{WORDS} Northwold Police has no lead, so nobody was told there. {ASK}"
    many = [agency_a, *(make.AgencyFactory() for _ in range(6))]
    assert told(many, WORDS) == f"{WORDS} 6 agencies have no lead, so nobody was told there. {ASK}"
    alice.is_active = False
    alice.save()
    assert told([agency_a, agency_b], "x").startswith(f"{agency_a} and {agency_b} have no lead")


def test_a_lead_above_hears_for_its_parts(agency_a, agency_b):
    agency_b.parent = agency_a
    agency_b.save()
    assert WORDS not in told([agency_b], WORDS)
    make.GrantFactory(agency=agency_a)
    assert told([agency_b], WORDS) == WORDS


def test_a_return_says_that_nobody_can_sign_it(client, mo, alice, partnership, agency_a, agency_b):
    asked = actions.open_round(
        by=None, partnership=partnership, period=Period.parse("2014-15-H2"), due_on=today(),
    )
    client.force_login(mo)
    with_lead = text(client.get(f"/reports/returns/{asked.pk}/CSC/"))
    assert "The agency’s lead signs it." in with_lead and "At present it has none" not in with_lead
    assert "At present it has none, so nobody can sign" in text(client.get(f"/reports/returns/{asked.pk}/POL/"))
    actions.close_round(by=None, asked=asked)
    closed = text(client.get(f"/reports/returns/{asked.pk}/CSC/"))
    assert "nothing can be signed or sent back any more" in closed and "lead signs it" not in closed


def test_the_form_begins_with_a_term_that_was_not_asked_for(mo, partnership, agency_a):
    first, second = [term for term in terms(today()) if term.last < today()][:2]
    assert RoundForm(user=mo, on=today())["period"].value() == first.slug
    actions.open_round(by=None, partnership=partnership, period=first, due_on=today())
    form = RoundForm(user=mo, on=today())
    assert form["period"].value() == second.slug
    assert dict(form.fields["period"].choices)[first.slug].endswith("asked for already")


def test_a_period_without_meetings_is_said_before_it_is_issued(client, sam, dana, agency_a, meeting):
    close_registers(by=dana, meetings=[meeting], tell=False)
    client.force_login(sam)
    for period, says in ((Period.parse("2012-13-H1"), True), (Period.half_of(meeting.held_on), False)):
        page = client.post(f"/reports/issue/?partnership=NW&period={period.slug}", {"which": "all"})
        assert (f"No meeting of {period.name} is counted" in text(page)) is says, period
