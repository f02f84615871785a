"""Two people of one name, in an agency and its part: each row leads to the right one, or to nobody."""

from __future__ import annotations

from datetime import date

import pytest

from compliance.demo import factories as make
from compliance.measures import Scope, score
from compliance.period import Period
from compliance.report import people
from compliance.report.book import Book

pytestmark = pytest.mark.django_db


@pytest.fixture
def people_of(partnership, role_group):
    """Somebody who has never done what is asked."""
    make.RequirementFactory(
        partnership=partnership, role_group=role_group, courses=[make.CourseFactory(code="CPC")],
        effective_from=date(2012, 4, 1),
    )
    told = {"role_group": role_group, "last_name": "Smith", "job_title": "Nurse", "started_on": date(2010, 1, 4)}
    return lambda agency, name, number: make.StaffMemberFactory(
        agency=agency, first_name=name, reference=f"X-{number}", **told
    )


def test_a_name_that_a_part_has_as_well_leads_to_neither(client, alice, agency_a, agency_b, people_of):
    agency_b.parent = agency_a
    agency_b.save()
    twice = [people_of(agency_a, "Ann", 1), people_of(agency_b, "Ann", 2)]
    once = [people_of(agency_a, "Beth", 3), people_of(agency_b, "Cara", 4)]
    client.force_login(alice)
    page = client.get("/partnerships/NW/agencies/CSC/?period=2014-15").content.decode()
    assert page.count("Ann Smith") == 2
    assert not any(f'href="/people/{person.pk}/"' in page for person in twice)
    assert all(f'href="/people/{person.pk}/"' in page for person in once)


def test_two_of_one_name_and_job_are_two_in_print(partnership, agency_a, people_of):
    people_of(agency_a, "Ann", 1)
    people_of(agency_a, "Ann", 2)
    card = score(Scope(partnership, partnership.memberships.get(agency=agency_a)), Period(2014), with_names=True)
    book = Book(card)
    people.due(book, card.people_due)
    assert "Requirements: 2. People: 2. For the agency only." in [getattr(b, "text", "") for b in book.blocks]
