"""The published edition as a page and as files: who may have it, and what the history says of it."""

from __future__ import annotations

import pytest
from django.core.cache import cache

from partnership.models import HistoryEntry

AGENCY = "/partnerships/NW/agencies/CSC/"
WHOLE = "/partnerships/NW/"


@pytest.fixture(autouse=True)
def fresh_day():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def closed(meeting, people):
    """The initial conference counts: one of one for A, nothing of one for B."""
    meeting.state, meeting.quorate, meeting.quorum_sentence = "held", True, "All were there."
    meeting.closed_at, meeting.closed_by = "2015-01-01T00:00Z", people.dana
    meeting.save()
    return meeting


def test_published_page_holds_back_and_leads_nowhere(client, closed, people):
    client.force_login(people.sam)
    asked = "?period=2014-15"
    page = client.get(f"{AGENCY}published/{asked}")
    assert page.status_code == 200
    text = page.content.decode()
    assert "Published edition: counts of 1 to 4 are held back" in text
    assert "see the rows" not in text
    assert f"{AGENCY}report.pdf{asked}&amp;edition=published" in text


def test_published_link_is_for_those_who_may_print(client, partnership, agency_a, people):
    client.force_login(people.sam)
    assert f"{AGENCY}published/?period=" in client.get(AGENCY).content.decode()
    assert f"{WHOLE}published/?period=" in client.get(WHOLE).content.decode()
    client.force_login(people.tara)  # sees measures, prints nothing
    assert "published/" not in client.get(AGENCY).content.decode()
    assert client.get(f"{AGENCY}published/").status_code == 404


def test_published_file_says_so_in_its_name_and_in_the_history(client, partnership, agency_a, people):
    client.force_login(people.alice)
    answer = client.get(f"{AGENCY}report.csv?period=2014-15&edition=published")
    assert answer["Content-Disposition"].endswith('-2014-15-published.csv"')
    assert "Published edition" in answer.content.decode()
    entry = HistoryEntry.objects.get(verb="printed")
    assert (entry.changes["edition"], entry.changes["names"]) == ("published", False)
    inside = client.get(f"{AGENCY}report.csv?period=2014-15")
    assert "Published edition" not in inside.content.decode()
    assert HistoryEntry.objects.filter(verb="printed", changes__edition="inside").count() == 1


def test_published_edition_stays_the_same_for_a_day(client, partnership, agency_a, agency_b, people):
    client.force_login(people.sam)
    before = client.get(f"{AGENCY}report.json?period=2014-15&edition=published").json()
    agency_a.name = "Renamed in the meantime"
    agency_a.save()
    after = client.get(f"{AGENCY}report.json?period=2014-15&edition=published").json()
    assert after == before
    cache.clear()
    assert client.get(f"{AGENCY}report.json?period=2014-15&edition=published").json() != before
