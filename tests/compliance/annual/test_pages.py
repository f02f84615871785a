"""The annual report's page and files, for whom they are, and issuing it."""

from __future__ import annotations

import json

import pytest

from compliance import actions
from compliance.editions import family_of_issued
from compliance.models import IssuedReport, ReportKind
from compliance.period import Period
from compliance.prints import issued_card, issued_file
from compliance.publishing import in_place
from compliance.suppression.family import NotCovered, published
from conferences.models import Meeting
from partnership.models import HistoryEntry
from tests.compliance.annual.conftest import YEAR
from tests.reading import text

pytestmark = pytest.mark.django_db
PAGE = "/partnerships/NW/annual/"
HALF = Period(2014, "H1")


def test_page_shows_each_section_and_leads_to_rows(client, sam, year):
    client.force_login(sam)
    answer = client.get(f"{PAGE}?period=2014-15")
    page = text(answer)
    for words in (
        "Annual conference report", "Conferences by kind and half-year", "Not quorate: 1 came; 2 are needed.",
        "New date: 11 December 2014", "Reports of general practices", "Abbey Practice", "Take-up of training sessions",
    ):
        assert words in page, words
    links = [part.split('"')[0].replace("&amp;", "&") for part in answer.content.decode().split('href="') if "/rows/" in part[:60]]
    assert len(links) > 60
    for link in links:
        assert client.get(link).status_code == 200, link


@pytest.mark.parametrize("address", [PAGE, f"{PAGE}published/", f"{PAGE}report.json"])
def test_a_quarter_has_no_such_report(client, sam, partnership, address):
    client.force_login(sam)
    in_place(partnership, 2014)
    assert client.get(f"{address}?period=2014-15-H2").status_code == 200
    for period in ("2014-15-Q1", "2014", "x"):
        assert client.get(f"{address}?period={period}").status_code == 404


def test_ways_lead_to_it_for_those_who_may_print(client, people, year):
    for name in ("sam", "mo", "audrey", "tara", "dee"):
        client.force_login(getattr(people, name))
        page = client.get("/partnerships/NW/?period=2014-15-Q2").content.decode()
        assert (f'href="{PAGE}?period=2014-15"' in page) is (name in ("sam", "mo", "audrey"))
        assert ("section-11.csv?period=2014-15-Q2" in page) is (name in ("sam", "mo", "audrey"))
    client.force_login(people.sam)
    assert f'href="{PAGE}"' in client.get("/reports/").content.decode()
    client.force_login(people.alice)
    reports = client.get("/reports/").content.decode()
    assert PAGE not in reports and "/partnerships/NW/agencies/CSC/section-11.csv" in reports
    assert "/agencies/POL/" not in reports


def test_printing_is_in_the_history_under_the_reports_name(client, sam, year, partnership):
    client.force_login(sam)
    in_place(partnership, 2014)
    answer = client.get(f"{PAGE}report.pdf?period=2014-15")
    assert answer["Content-Disposition"] == 'attachment; filename="quorate-NW-2014-15-annual.pdf"'
    assert answer.content.startswith(b"%PDF")
    entry = HistoryEntry.objects.filter(verb="printed").latest("pk")
    told = {"period": "2014-15", "format": "pdf", "report": "Annual conference report", "edition": "inside"}
    assert told.items() <= entry.changes.items()
    published = client.get(f"{PAGE}report.json?period=2014-15&edition=published")
    assert published["Content-Disposition"].endswith('annual-published.json"')
    card = json.loads(published.content)
    assert card["inquorate"] == [] and "NW-13" not in published.content.decode()
    values = [value for value in card["counts"].values() if isinstance(value, int)]
    assert values and not [value for value in values if 1 <= value <= 4]


# --- Issued ---------------------------------------------------------------------------------------


def issue(sam, partnership, **told):
    return actions.issue_report(
        by=sam, partnership=partnership, period=YEAR, kind=ReportKind.ANNUAL, **told
    )


def test_it_is_issued_beside_the_partnerships_own_and_corrected(sam, partnership, year):
    own = actions.issue_report(by=sam, partnership=partnership, period=YEAR)
    row = issue(sam, partnership)
    assert (own.number, row.number) == ("NW/2014-15/1", "NW/2014-15/ANNUAL/1")
    assert row.state.label == "Issued" and IssuedReport.objects.newest().count() == 2
    card = issued_card(row)
    assert card.annual and len(card.inquorate) == 3
    assert issued_file(row, "pdf") == issued_file(row, "pdf")
    Meeting.objects.filter(reference="NW-15").update(quorate=True)
    second = issue(sam, partnership, reason="The judgement was corrected.")
    assert second.number == "NW/2014-15/ANNUAL/2"
    assert ["Not quorate", "NW-15"] in [[c["what"], c["detail"]] for c in second.changes]


def test_it_is_of_a_partnership_and_of_no_quarter(sam, partnership, year, agency_a):
    member = partnership.memberships.get(agency=agency_a)
    for told in ({"membership": member}, {"period": Period(2014, "Q1")}):
        asked = {"by": sam, "partnership": partnership, "period": YEAR, "kind": ReportKind.ANNUAL} | told
        with pytest.raises(actions.issuing.ValidationError, match="of a whole partnership, for a year or a half"):
            actions.issue_report(**asked)
    assert not IssuedReport.objects.exists()


def test_issued_in_the_browser(client, sam, year):
    client.force_login(sam)
    address = "/reports/issue/?partnership=NW&period=2014-15"
    assert "Annual conference report: Northwold (not issued yet)" in text(client.get(address))
    assert "Annual conference report" not in text(client.get(f"{address}-Q1"))
    check = client.post(address, {"which": "some", "some": ["annual"]})
    assert "NW/2014-15/ANNUAL/1" in text(check)
    done = client.post(address, {"save": "1", "seen": check.context["seen"], "reason": ""}, follow=True)
    page = text(done)
    assert "NW/2014-15/ANNUAL/1 is issued." in page and "Annual conference report, issued" in page
    assert "Nor is the annual" not in text(client.get("/reports/?period=2014-15"))
    listed = client.get("/reports/").context["rows"]
    assert listed[0][2]["hint"] == "Annual conference report"
    row = IssuedReport.objects.get()
    file = client.get(f"/reports/{row.pk}/report.csv")
    assert "NW-13" in file.content.decode() and "quorate-NW-2014-15-ANNUAL-v1" in file["Content-Disposition"]


def test_published_edition_of_issued_reports_needs_the_same_figures(sam, partnership, year, agency_a):
    members = list(partnership.memberships.select_related("agency", "partnership"))
    for member in [*members, None]:
        actions.issue_report(by=sam, partnership=partnership, period=YEAR, membership=member)
    row = issue(sam, partnership)
    card = published(issued_card(row), family_of_issued(partnership, 2014))
    assert card.annual and card.is_published and card.inquorate == ()
    Meeting.objects.filter(reference="NW-15").update(quorate=True)
    issue(sam, partnership, reason="The judgement was corrected.")
    with pytest.raises(NotCovered, match="with different figures"):
        family_of_issued(partnership, 2014)
