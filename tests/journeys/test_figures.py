"""The main journeys through the figures, link by link: an agency lead, the training sub-group, a
practitioner, the conference service, and somebody who has no role yet.
"""

from __future__ import annotations

import csv
import io

import pypdf
import pytest

from compliance.demo import factories as make
from conferences.actions import dispute
from partnership.models import HistoryEntry
from tests import filled as world


def pdf_words(content: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text().split()) for page in pages)


def test_agency_lead_goes_from_a_figure_to_the_meeting_behind_it_and_takes_the_report(
    visitor, filled, alice
):
    home = visitor.open(visitor.sign_in(alice))
    assert "Northwold Social Care in Northwold" in home
    assert "Requirements expired 1" in home
    page = visitor.follow("Northwold Social Care in Northwold")
    assert "Adela Alphatwo" in page and "50.0%" in page
    pdf, sheet = visitor.link("Print as PDF, with names"), visitor.link("Download as CSV")
    to_pass_on = visitor.link("Print as PDF, without names")

    rows = visitor.follow("100.0%: see the rows behind Attendance at conferences")
    assert "Represented: 1 of 1" in rows
    meeting = visitor.follow("NW-1")
    assert "Initial conference of Northwold" in meeting and "Bobina Alphason" in meeting

    visitor.open(pdf)
    assert visitor.answer["Content-Type"] == "application/pdf"
    assert 'filename="quorate-NW-CSC-2014-15-with-names.pdf"' in visitor.answer["Content-Disposition"]
    assert "Adela Alphatwo" in pdf_words(visitor.answer.content)
    visitor.open(to_pass_on)
    assert 'filename="quorate-NW-CSC-2014-15.pdf"' in visitor.answer["Content-Disposition"]
    printed = pdf_words(visitor.answer.content)
    assert "50.0%" in printed and "Alphatwo" not in printed
    assert HistoryEntry.objects.filter(verb="printed").latest("pk").changes["names"] is False
    visitor.open(sheet)
    lines = list(csv.DictReader(io.StringIO(visitor.answer.content.decode())))
    due = next(row for row in lines if row["Measure"] == "Training in date" and not row["Value"])
    assert (due["Met"], due["Total"], due["Percentage"]) == ("1", "2", "50.0")


def test_agency_lead_sees_from_home_who_is_not_in_date(visitor, filled, alice):
    visitor.open(visitor.sign_in(alice))
    rows = visitor.open(visitor.link("1", within="Requirements expired"))
    assert "Adela Alphatwo" in rows and "Expired" in rows


def test_training_sub_group_prints_an_agencys_report_without_names(visitor, filled, sam):
    visitor.open(visitor.sign_in(sam))
    dashboard = visitor.follow("Northwold Safeguarding Children Partnership")
    assert "Northwold Social Care" in dashboard and "Northwold Police" in dashboard
    page = visitor.follow("Northwold Social Care", within='id="agencies"')
    assert "50.0%" in page and "Alphatwo" not in page and "with names" not in page
    assert visitor.link("Northwold") == f"/partnerships/NW/?period={world.YEAR}"
    visitor.follow("Print as PDF")
    printed = pdf_words(visitor.answer.content)
    assert "Northwold Social Care" in printed and "50.0%" in printed
    assert "Alphatwo" not in printed


def test_every_headline_of_the_page_stands_in_the_json(visitor, filled, sam):
    visitor.sign_in(sam)
    words = visitor.open(f"/partnerships/NW/agencies/CSC/?period={world.YEAR}")
    visitor.follow("Download as JSON")
    readings = visitor.answer.json()["readings"]
    whole = [r for r in readings if not r["by"] and r["total"]]
    assert len(whole) > 5
    for reading in whole:
        assert f"{reading['met']} of {reading['total']}" in words
        assert f"{reading['percent']}%" in words


def test_practitioner_finds_their_training_and_their_meetings(visitor, filled, bob):
    home = visitor.open(visitor.sign_in(bob))
    assert "Child protection conferences Expired 1 April 2017" in home
    meeting = visitor.follow("NW-1")
    assert "Bertha Betason" in meeting
    visitor.open("/partnerships/NW/agencies/CSC/", status=404)


def test_conference_administrator_finds_open_registers_and_disputes(
    visitor, filled, dana, charlie
):
    home = visitor.open(visitor.sign_in(dana))
    assert "Nothing waits for you today." in home and "Registers still open" not in home
    make.MeetingFactory(partnership=filled.partnership, reference="NW-OPEN")
    line = filled.meeting.lines.get(agency=filled.agency_b)
    dispute(by=charlie, line=line, text="She was there.")
    home = visitor.open("/")
    assert "NW-OPEN" in home and "1 register is still open after its day" in home
    visitor.follow("NW-1", within="Disputed lines to answer")
    assert "FAM-NORTH-ONE" in visitor.words and "Disputed" in visitor.words


def test_home_says_how_many_registers_are_open_beyond_the_oldest(visitor, filled, dana):
    make.MeetingFactory.create_batch(12, partnership=filled.partnership)
    home = visitor.open(visitor.sign_in(dana))
    assert "12 registers are still open after their day" in home
    assert "The 5 oldest; see all open registers" in home


def test_home_without_a_role_says_whom_to_ask(visitor, filled):
    user = make.UserFactory(name="Newcomer")
    home = visitor.open(visitor.sign_in(user))
    assert "You have no role yet" in home
    assert "Northwold" not in home


@pytest.mark.parametrize("number", [3, 4])
def test_home_of_a_lead_of_many_agencies_holds_links_only(visitor, filled, alice, number):
    for n in range(number - 1):
        agency = make.AgencyFactory(parent=filled.agency_a)
        make.MembershipFactory(partnership=filled.partnership, agency=agency, code=f"PART{n}")
    home = visitor.open(visitor.sign_in(alice))
    assert ("Training in date" in home) is (number == 3)
    assert "Northwold Social Care in Northwold" in home


def test_home_leads_an_agency_of_two_partnerships_to_both(visitor, filled, alice):
    make.MembershipFactory(partnership=filled.elsewhere, agency=filled.agency_a, code="NWSC")
    home = visitor.open(visitor.sign_in(alice))
    assert "Northwold Social Care in Northwold" in home
    visitor.follow("Northwold Social Care in Southmere")
    visitor.open("/partnerships/SM/agencies/CSC/", status=404)
