"""The operator's commands: a report in each form, and one sentence for what does not exist."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime

import pypdf
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from compliance.asking import (
    NotThere,
    agency_scope,
    default_period,
    partnership_scope,
    periods_around,
)
from compliance.demo import factories as make
from compliance.management.commands import write_measures
from compliance.period import Period
from compliance.scorecard import PUBLISHED_WORDS
from conferences.choices import Outcome
from partnership.models import HistoryEntry, Membership

PERIOD = {"period": "2014-15"}


@pytest.fixture
def member(partnership, agency_b):
    """Northwold Police with one conference that it came to and one person who was never trained."""
    meeting = make.MeetingFactory(
        partnership=partnership, closed_at=datetime(2016, 1, 4, tzinfo=UTC), quorate=True,
        quorum_sentence="Quorate.",
    )
    person = make.StaffMemberFactory(agency=agency_b, first_name="Siân", last_name="Łuczak")
    make.RequirementFactory(partnership=partnership, role_group=person.role_group)
    make.AttendanceFactory(
        meeting=meeting, agency=agency_b, staff_member=person, outcome=Outcome.ATTENDED
    )
    return Membership.objects.get(partnership=partnership, agency=agency_b)


def printed(command: str, *args, **options) -> str:
    out = io.StringIO()
    call_command(command, *args, stdout=out, stderr=io.StringIO(), **PERIOD | options)
    return out.getvalue()


def refused(command: str, *args, **options) -> str:
    """The one sentence with which a command ends; nothing else is written anywhere."""
    out, said = io.StringIO(), io.StringIO()
    with pytest.raises(CommandError) as error:
        call_command(command, *args, stdout=out, stderr=said, **PERIOD | options)
    assert error.value.returncode == 2
    assert (out.getvalue(), said.getvalue()) == ("", "")
    assert not HistoryEntry.objects.filter(verb="printed").exists()
    sentence = str(error.value)
    assert sentence.endswith(".") and "\n" not in sentence
    return sentence


# --- Forms ----------------------------------------------------------------------------------------

COMMANDS = [("print_report", "POL", "Northwold Police"), ("print_partnership", "NW", "Northwold")]
both = pytest.mark.parametrize(("command", "code", "title"), COMMANDS)


@both
def test_json_goes_to_standard_output_in_its_shape(member, command, code, title):
    card = json.loads(printed(command, code, format="json"))
    assert card["subject"] == {"code": code, "title": title}
    assert set(card["readings"][0]) == {"measure", "basis", "by", "met", "total", "percent"}
    whole = {
        "measure": "conference_attendance", "basis": "involved", "by": {}, "met": 1, "total": 1,
        "percent": "100.0",
    }
    assert whole in card["readings"]
    assert card["counts"]["conferences"] == 1 and card["counts"]["training_never"] == 1
    assert all(isinstance(value, int) for value in card["counts"].values())


@both
def test_csv_goes_to_standard_output(member, command, code, title):
    head, *rows = csv.reader(io.StringIO(printed(command, code, format="csv"), newline=""))
    assert head[:4] == ["Partnership", "Agency", "Period", "As at"]
    agency = title if command == "print_report" else ""
    assert {tuple(row[:4]) for row in rows} == {("Northwold", agency, "2014-15", "2015-03-31")}
    assert ["Attendance at conferences", "Involved", "", "", "1", "1", "100.0"] in [
        r[4:] for r in rows
    ]


@both
def test_page_goes_to_standard_output_whole(member, command, code, title):
    page = printed(command, code, format="html")
    assert page.startswith("<!doctype html>") and page.rstrip().endswith("</html>")
    assert f"<h1 class=\"govuk-heading-l\">{title}</h1>" in page and "1 of 1" in page


@both
def test_pdf_goes_to_a_file(member, tmp_path, command, code, title):
    file = tmp_path / "report.pdf"
    assert printed(command, code, output=str(file)) == ""
    reader = pypdf.PdfReader(file)
    assert title in reader.pages[0].extract_text()
    assert title in reader.metadata.title


@both
@pytest.mark.parametrize("form", ["json", "csv", "html"])
def test_file_holds_what_would_go_to_standard_output(member, tmp_path, command, code, title, form):
    file = tmp_path / "report"
    assert printed(command, code, format=form, output=str(file)) == ""
    same = file.read_bytes().decode()
    if form == "html":  # the page says when it was made
        assert len(same) == len(printed(command, code, format=form))
    else:
        assert same == printed(command, code, format=form)


@both
def test_pdf_without_a_file_is_refused(member, tmp_path, command, code, title):
    assert "--output" in refused(command, code)
    assert "--output" in refused(command, code, format="pdf")
    printed(command, code, format="pdf", output=str(tmp_path / "report.pdf"))


@both
def test_file_that_cannot_be_written_is_refused(member, tmp_path, command, code, title):
    nowhere = str(tmp_path / "nowhere" / "report.csv")
    assert "could not be written" in refused(command, code, format="csv", output=nowhere)


# --- Names ----------------------------------------------------------------------------------------


def test_report_names_people_only_when_asked(member):
    assert "Łuczak" not in printed("print_report", "POL", format="html")
    assert "Łuczak" in printed("print_report", "POL", format="html", names=True)


@pytest.mark.parametrize("form", ["csv", "json"])
def test_figures_name_nobody_even_when_asked(member, form):
    assert "Łuczak" not in printed("print_report", "POL", format=form, names=True)


def test_partnership_cannot_be_asked_for_names(member):
    with pytest.raises((CommandError, TypeError)):
        call_command("print_partnership", "NW", "--names", "--period", "2014-15", "--format", "csv")


@both
def test_published_edition_is_made_in_place_and_names_nobody(member, command, code, title):
    card = json.loads(printed(command, code, format="json", published=True))
    assert card["edition"] == PUBLISHED_WORDS
    assert "fewer than 5" in str(card["readings"])
    if command == "print_report":
        assert "Łuczak" not in printed(command, code, format="html", names=True, published=True)
    else:
        assert json.loads(printed(command, code, format="json", published=True, annual=True))["edition"] == PUBLISHED_WORDS


# --- What does not exist --------------------------------------------------------------------------


@both
@pytest.mark.parametrize(("form", "named"), [("pdf", "A PDF"), ("xlsx", "A workbook")])
def test_what_is_no_text_needs_a_file_to_be_written_to(member, command, code, title, form, named, tmp_path):
    sentence = refused(command, code, format=form)
    assert sentence == f"{named} needs --output and the name of a file."
    target = tmp_path / f"report.{form}"
    call_command(command, code, period="2014-15", format=form, output=str(target))
    assert target.read_bytes()[:2] == (b"%P" if form == "pdf" else b"PK")


def test_unknown_agency_is_refused(member):
    assert refused("print_report", "XX") == "There is no agency with the code XX."
    sentence = refused("print_report", "XX", partnership="NW")
    assert sentence == "There is no agency with the code XX in NW."


@pytest.mark.parametrize(
    ("command", "args", "options"),
    [("print_partnership", ["XX"], {}), ("print_report", ["POL"], {"partnership": "XX"})],
)
def test_unknown_partnership_is_refused_with_those_that_there_are(member, command, args, options):
    sentence = refused(command, *args, **options)
    assert sentence == "There is no partnership with the code XX. There are: NW."


def test_without_any_partnership_the_sentence_says_so(db):
    assert refused("print_partnership", "NW").endswith("None has been loaded yet.")


@both
@pytest.mark.parametrize("period", ["2014-16", "2014", "nonsense", "2014-15-Q5"])
def test_unknown_period_is_refused(member, command, code, title, period):
    assert "2014-15" in refused(command, code, format="csv", period=period)


@both
@pytest.mark.parametrize("period", ["2014-15", "2014-15-H2", "2014-15 q4"])
def test_period_is_read_however_it_is_written(member, command, code, title, period):
    card = json.loads(printed(command, code, format="json", period=period))
    assert card["counts"]["conferences"] == 1


@both
def test_codes_are_read_in_small_letters_too(member, command, code, title):
    assert title in printed(command, code.lower(), format="csv")


def test_agency_of_several_partnerships_needs_to_be_told_which(member, elsewhere):
    make.MembershipFactory(partnership=elsewhere, agency=member.agency, code="POLICE")
    sentence = refused("print_report", "POL", format="csv")
    assert sentence == "POL stands in several partnerships (NW, SM). Say which with --partnership."
    assert printed("print_report", "POL", format="csv", partnership="nw")
    there = json.loads(printed("print_report", "POLICE", format="json", partnership="SM"))
    assert there["partnership"]["title"] == "Southmere" and there["counts"]["conferences"] == 0


def test_code_of_two_agencies_needs_the_partnership(member, agency_a, agency_c):
    assert "several partnerships" in refused("print_report", "CSC", format="csv")
    assert "Southmere Social Care" in printed("print_report", "CSC", format="csv", partnership="SM")


def test_agency_of_one_partnership_needs_no_choice(member, elsewhere):
    assert "Northwold Police" in printed("print_report", "POL", format="csv")


# --- History and formulas -------------------------------------------------------------------------


def test_moment_of_making_is_told_in_local_time(member, monkeypatch, tmp_path):
    """In July the clocks of England are an hour ahead of the machine's."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: datetime(2016, 7, 1, 9, tzinfo=UTC))
    file = tmp_path / "report.pdf"
    printed("print_partnership", "NW", output=str(file))
    assert "1 July 2016 at 10:00" in pypdf.PdfReader(file).pages[0].extract_text()


@both
def test_printing_is_in_the_history(member, command, code, title):
    printed(command, code, format="csv")
    entry = HistoryEntry.objects.get(verb="printed")
    assert entry.user is None and entry.subject == title
    assert (entry.partnership, entry.agency) == (
        member.partnership, member.agency if command == "print_report" else None
    )
    assert entry.changes["period"] == "2014-15" and entry.changes["format"] == "csv"


@both
def test_name_that_is_a_formula_is_text_in_the_csv(member, command, code, title):
    member.agency.name = "=1+1"
    member.agency.save()
    rows = list(csv.reader(io.StringIO(printed(command, code, format="csv"), newline="")))
    cells = {cell for row in rows for cell in row}
    assert "'=1+1" in cells and "=1+1" not in cells
    assert not any(cell[:1] in "=+-@" for cell in cells if cell)


# --- Asking ---------------------------------------------------------------------------------------


def test_scopes_are_found_by_their_codes(member, elsewhere):
    assert partnership_scope("nw").partnership == member.partnership
    assert agency_scope("pol", None).membership == agency_scope("POL", "NW").membership == member
    with pytest.raises(NotThere):
        agency_scope("POL", "SM")


def test_period_shown_first_is_the_year_of_the_last_counted_meeting(member, elsewhere):
    assert default_period(member.partnership) == Period(2014)
    make.MeetingFactory(partnership=member.partnership, held_on=date(2015, 5, 1))  # still open
    assert default_period(member.partnership) == Period(2014)
    assert default_period(elsewhere).part == ""


def test_periods_to_choose_from_are_the_neighbours_and_the_parts():
    names = [period.name for period in periods_around(Period(2014, "Q2"))]
    assert names[:3] == ["2013-14", "2014-15", "2015-16"]
    assert names[3:] == [f"2014-15 {part}" for part in ("H1", "H2", "Q1", "Q2", "Q3", "Q4")]


# --- The page of measures -------------------------------------------------------------------------


def test_page_of_measures_is_written_where_the_documents_are(tmp_path, monkeypatch):
    (tmp_path / "docs").mkdir()
    monkeypatch.setattr(settings, "BASE_DIR", tmp_path)
    call_command("write_measures", stderr=io.StringIO())
    assert (tmp_path / "docs/measures.md").read_text(encoding="utf-8") == write_measures.text()


def test_annual_report_is_printed_of_a_year_or_a_half(member, tmp_path):
    card = json.loads(printed("print_partnership", "NW", format="json", annual=True))
    assert card["inquorate"] == [] and {"count": "conferences", "by": {"kind": "initial_conference"}, "value": 1} in card["counts_by"]
    file = tmp_path / "annual.pdf"
    printed("print_partnership", "NW", output=str(file), annual=True)
    assert "Annual conference report" in pypdf.PdfReader(file).pages[0].extract_text()


def test_annual_report_of_a_quarter_is_refused_with_a_sentence(member):
    said = refused("print_partnership", "NW", period="2014-15-Q1", annual=True, format="json")
    assert said.startswith("The annual conference report is of a year or a half")
