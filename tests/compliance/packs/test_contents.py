"""What is in a pack: true page numbers, links that lead, how each report stands, the same bytes."""

from __future__ import annotations

import csv
import io
import re
import subprocess
from datetime import timedelta

import pikepdf
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from compliance import actions
from compliance.demo import factories as make
from compliance.measures import Scope, score
from compliance.models import IssuedPrint, IssuedReport, Pack
from compliance.packs import working
from compliance.packs.files import named, plain, unlike
from compliance.packs.gathering import gather
from compliance.prints import issued_file
from tests.compliance.packs.conftest import HALF
from tests.compliance.tags import faults

pytestmark = pytest.mark.django_db


def pages_of(content: bytes) -> list[str]:
    """The words of each page, as a reader of the file finds them."""
    told = subprocess.run(["pdftotext", "-layout", "-", "-"], input=content, capture_output=True, check=True)
    return told.stdout.decode().split("\f")[:-1]


def places_of(pdf: pikepdf.Pdf) -> dict[str, tuple[int, float]]:
    """Where each named link of the contents leads: page, height."""
    pages = {page.objgen: number for number, page in enumerate(pdf.pages, 1)}
    found = {}
    for page in pdf.pages:
        for link in page.get("/Annots", []):
            dest = link.Dest
            found[str(link.Contents)] = pages[dest[0].objgen]
    return found


@pytest.fixture
def ready(asked, made):
    return made(asked)


def test_the_contents_tell_the_true_pages_and_their_lines_lead_there(ready):
    pages = pages_of(ready.file("pdf"))
    told = dict(re.findall(r"^\s*(\S.*?)\s+(?:Not issued: figures as they stand on .*?|Issued, .*?)?\s*(\d+)$", pages[0], re.M))
    leads = places_of(ready.pdf)
    wanted = {"Summary", "Agencies that returned nothing", "The board’s actions carried over",
              "Northwold Police", "Northwold Social Care"}
    assert wanted <= told.keys()
    assert leads.keys() == wanted
    for title in wanted:
        assert leads[title] == int(told[title])
        assert title in pages[leads[title] - 1]
    assert "Page 1 of " + str(len(pages)) in pages[0]
    assert f"Page {len(pages)} of {len(pages)}" in pages[-1]


def test_its_tags_hold_throughout_and_each_report_has_its_bookmarks(ready):
    content = ready.file("pdf")
    assert faults(content) == []
    with ready.pdf as pdf, pdf.open_outline() as outline:
        assert [one.title for one in outline.root] == [
            "Northwold Safeguarding Children Partnership", "Northwold Police", "Northwold Social Care",
        ]
        assert [one.title for one in outline.root[0].children] == [
            "Summary", "Agencies that returned nothing", "The board’s actions carried over",
        ]
        assert "Headlines" in [one.title for one in outline.root[1].children]
        assert pdf.docinfo.Title == "Northwold Safeguarding Children Partnership: reports of all agencies, 2014-15 H2"


def test_several_partnerships_stand_apart_and_their_headings_too(both_places, sam, agency_a, agency_b, made):
    ready = made(actions.ask_pack(by=sam, partnerships=both_places, period=HALF))
    assert ready.pack.places == "NW+SM"
    assert faults(ready.file("pdf")) == []
    with ready.pdf as pdf, pdf.open_outline() as outline:
        assert [one.title for one in outline.root] == ["Northwold and Southmere", "Northwold", "Southmere"]
        assert [one.title for one in outline.root[2].children] == ["Southmere Social Care"]
    assert sorted(name for name in ready.zip.namelist() if name.endswith(".pdf")) == [
        "NW-CSC-2014-15-H2.pdf", "NW-POL-2014-15-H2.pdf", "SM-CSC-2014-15-H2.pdf",
    ]


def test_an_issued_report_is_taken_as_it_was_issued_and_said_to_be(meeting, dana, partnership, agency_a, sam, asked, made):
    from conferences.actions import close_registers

    member = partnership.memberships.get(agency=agency_a)
    actions.issue_report(by=sam, partnership=partnership, period=HALF, membership=member)
    close_registers(by=dana, meetings=[meeting], tell=False)  # the figures differ from now on
    ready = made(asked)
    front = pages_of(ready.file("pdf"))[0]
    assert re.search(r"Northwold Social Care\s+Issued, version 1\s+\d", front)
    assert re.search(r"Northwold Police\s+Not issued: figures as they stand on \d+ \w+ \d{4}\s+\d", front)
    report = IssuedReport.objects.get()
    assert ready.zip.read("NW-CSC-2014-15-H2.pdf") == issued_file(report, "pdf")
    summary = csv.DictReader(io.StringIO(ready.zip.read("summary.csv").decode()))
    issued = [row for row in summary if (row["Code"], row["Measure"]) == ("CSC", "Attendance at conferences")]
    assert [(row["Report"], row["Met"], row["Total"]) for row in issued] == [("Issued, version 1", "0", "0")]
    again = score(Scope(partnership, member), HALF).result("conference_attendance").headline
    assert again.total == 1  # the twin: as the figures stand


def test_the_summary_says_the_figures_of_the_reports(closed_world, made):
    ready = made(closed_world)
    sheet = gather(ready.pack, list(ready.pack.partnerships.all()), working.moment(ready.pack.finished_at), lambda: None)
    for group in sheet.groups:
        for chapter in group.chapters:
            card = chapter.card()
            for key, figure in chapter.line.figures.items():
                assert figure.reading == card.result(key).headline
    pages = pages_of(ready.file("pdf"))
    summary = next(page for page in pages[1:] if "Each cell is the percentage" in page)
    assert "The partnership as a whole" in summary.replace("\n", " ") or "The partnership" in summary


@pytest.fixture
def closed_world(meeting, dana, asked):
    from conferences.actions import close_registers

    close_registers(by=dana, meetings=[meeting], tell=False)
    return asked


def test_who_returned_nothing_is_named_and_who_has_nothing_to_count(partnership, agency_a, agency_b, asked, made):
    row = make.ReturnRoundFactory(partnership=partnership, period=HALF.slug)
    for member in partnership.memberships.all():
        make.AgencyReturnFactory(round=row, membership=member)
    text = " ".join(" ".join(pages_of(made(asked).file("pdf"))).split())
    assert "These agencies were asked to confirm their data for this period and have not." in text
    assert "Nothing to count in this period" in text


def test_the_same_pack_of_the_same_moment_has_the_same_bytes(asked, made, sam, monkeypatch):
    first = made(asked)
    at = first.pack.finished_at
    second = actions.ask_pack(by=sam, partnerships=list(asked.partnerships.all()), period=HALF)
    made_at = re.search(rb"/CreationDate \(D:(\d{14})", first.file("pdf"))[1].decode()
    moment = working.moment(at).replace(
        hour=int(made_at[8:10]), minute=int(made_at[10:12]), second=int(made_at[12:14]), microsecond=0
    )
    monkeypatch.setattr(working, "moment", lambda _: moment)
    again = made(second)
    assert first.file("pdf") == again.file("pdf")
    assert first.file("zip") == again.file("zip")


def test_names_in_the_zip_are_told_apart_on_every_machine():
    taken: set[str] = set()
    assert [unlike(plain(code), taken) for code in ("A&E", "A+E", "a e", "../x", "")] == [
        "A-E", "A-E-2", "a-e-3", "x", "report",
    ]


def test_no_name_of_staff_is_in_it(partnership, agency_a, staff_a, role_group, asked, made):
    make.RequirementFactory(partnership=partnership, role_group=role_group, courses=[make.CourseFactory()])
    staff_a.last_name = "Zwyndrith"
    staff_a.save()
    ready = made(asked)
    assert "Zwyndrith" not in " ".join(pages_of(ready.file("pdf")))
    for name in ready.zip.namelist():
        content = ready.zip.read(name)
        assert "Zwyndrith" not in (" ".join(pages_of(content)) if name.endswith(".pdf") else content.decode("latin-1"))


def test_hostile_and_long_names_are_printed_as_they_are(partnership, agency_a, asked, made):
    agency_a.name = "<b>A & B</b> " + "Wiśniewska-Llŷr-Pŵel " * 4
    agency_a.save()
    ready = made(asked)
    text = " ".join(pages_of(ready.file("pdf"))[0].split())
    assert "<b>A & B</b>" in text
    assert faults(ready.file("pdf")) == []


def test_each_agency_costs_the_same_number_of_queries(asked, made, partnership, sam):
    def counted(pack: Pack) -> int:
        with CaptureQueriesContext(connection) as queries:
            made(pack)
        return len(queries)

    counts = [counted(asked)]
    for number in range(2):
        make.MembershipFactory(partnership=partnership, agency=make.AgencyFactory(), code=f"N{number}")
        counts.append(counted(actions.ask_pack(by=sam, partnerships=[partnership], period=HALF)))
    assert counts[2] - counts[1] == counts[1] - counts[0]


def test_nothing_beyond_its_partnerships_is_in_it(elsewhere, agency_c, asked, made):
    text = " ".join(pages_of(made(asked).file("pdf")))
    assert "Southmere" not in text
    assert "Northwold Police" in text


def test_every_report_has_its_name_once(asked, made):
    ready = made(asked)
    sheet = gather(ready.pack, list(ready.pack.partnerships.all()), ready.pack.finished_at + timedelta(), lambda: None)
    assert [name for name, _ in named(sheet)] == ["NW-POL-2014-15-H2.pdf", "NW-CSC-2014-15-H2.pdf"]
    assert ready.zip.namelist() == ["summary.csv", "summary.xlsx", "NW-POL-2014-15-H2.pdf", "NW-CSC-2014-15-H2.pdf"]
    assert ready.zip.testzip() is None
    assert len(pikepdf.open(io.BytesIO(ready.zip.read("NW-CSC-2014-15-H2.pdf"))).pages) > 3


def test_a_report_that_was_printed_is_in_the_zip_to_the_very_bytes(asked, made, partnership, agency_a, sam):
    member = partnership.memberships.select_related("agency", "partnership").get(agency=agency_a)
    report = actions.issue_report(by=sam, partnership=partnership, period=HALF, membership=member)
    IssuedPrint(report=report, state=report.answered, content=b"%PDF as an earlier Quorate printed it").save()
    files = made(asked).zip
    assert files.read("NW-CSC-2014-15-H2.pdf") == b"%PDF as an earlier Quorate printed it"
    assert files.read("NW-POL-2014-15-H2.pdf").startswith(b"%PDF-1.7")
