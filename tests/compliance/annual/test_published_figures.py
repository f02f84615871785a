"""The board's own published figures of the demo year, read out of every face of its annual report."""

from __future__ import annotations

import io
import json

import openpyxl
import pytest
from django.db import transaction
from django.test import Client

from compliance.demo import factories as make
from partnership.models import Grant
from partnership.roles import Role
from tests.compliance.test_published_figures import csv_rows, json_rows, pdf_letters, words

PAGE = "/partnerships/BF/annual/"
FORMS = ("pdf", "csv", "xlsx", "json")
NUMBERS = (  # key, label, value
    ("conferences", "Conferences held", 264), ("initial", "Initial conferences (pre-birth included)", 81),
    ("review", "Review conferences", 183),
    ("children_considered", "Children considered, summed over conferences", 540),
    ("children_on_plan", "Children on a plan at the end", 122),
    ("families_on_plan", "Families with a child on a plan at the end", 61),
)


@pytest.fixture(scope="module")
def faces(bf_year_key, django_db_blocker) -> dict[str, bytes]:
    with django_db_blocker.unblock(), transaction.atomic():
        user = Grant.objects.create(
            user=make.UserFactory(), from_on=make.SINCE, role=Role.TRAINING_SUBGROUP, partnership_id=bf_year_key
        ).user
        client = Client()
        client.force_login(user)
        answers = {form: client.get(f"{PAGE}report.{form}?period=2014-15") for form in FORMS}
        answers["page"] = client.get(f"{PAGE}?period=2014-15")
        transaction.set_rollback(True)
    assert {answer.status_code for answer in answers.values()} == {200}
    return {form: answer.content for form, answer in answers.items()}


def sheet(faces, name: str) -> list[tuple]:
    return list(openpyxl.load_workbook(io.BytesIO(faces["xlsx"]))[name].iter_rows(min_row=2, values_only=True))


def test_conferences_children_and_plans(faces):
    page, letters, lines = words(faces["page"]), pdf_letters(faces["pdf"]), csv_rows(faces["csv"])
    counts, workbook = json.loads(faces["json"])["counts"], sheet(faces, "Counts")
    for key, label, value in NUMBERS:
        assert f"{label} {value}" in page
        assert f"{label}{value}".replace(" ", "") in letters
        assert lines[label, "count", "", ""] == (str(value), "", "")
        assert (label, None, None, value) in [tuple(cell or None for cell in row) for row in workbook]
        assert counts[key] == value


def test_conferences_by_kind_and_half_year(faces):
    page, letters, lines = words(faces["page"]), pdf_letters(faces["pdf"]), csv_rows(faces["csv"])
    label, by = "Conferences held", {(tuple(c["by"].items())): c["value"] for c in json.loads(faces["json"])["counts_by"] if c["count"] == "conferences"}
    for kind, name, h1, h2, whole in (
        ("initial_conference", "Initial conference", 41, 40, 81), ("review_conference", "Review conference", 83, 100, 183),
    ):
        assert f"{name}{h1}{h2}{whole}".replace(" ", "") in letters
        assert lines[label, "count", "kind", name] == (str(whole), "", "")
        assert lines[label, "count", "kind; half", f"{name}; 2014-15 H1"] == (str(h1), "", "")
        assert by[(("kind", kind), ("half", "2014-15 H2"))] == h2
        assert all(f"{number} Conferences held, see the rows" in page for number in (h1, h2, whole))
    assert lines[label, "count", "half", "2014-15 H1"][0] == "124" and by[(("half", "2014-15 H2"),)] == 140


def test_quoracy_of_the_year_and_of_its_halves(faces):
    page, letters = words(faces["page"]), pdf_letters(faces["pdf"])
    lines, machine = csv_rows(faces["csv"]), json_rows(faces["json"])
    title, workbook = "Quoracy of conferences", {row[:4]: row[4:6] for row in sheet(faces, "Figures")}
    for half, met, total, percent in (("", 234, 264, "88.6"), ("2014-15 H1", 114, 124, "91.9"), ("2014-15 H2", 120, 140, "85.7")):
        assert f"{percent}% ({met} of {total})" in page or f"{percent}%: see the rows behind {title} {met} of {total}" in page
        assert f"{half}{met}of{total}({percent}%)".replace(" ", "") in letters or f"{met}of{total}{percent}%" in letters
        assert lines[title, "All held", "half" if half else "", half] == (str(met), str(total), percent)
        key = ("quoracy", "all", ("half", half)) if half else ("quoracy", "all")
        assert machine[key] == (met, total, percent)
        assert [cell for row, cell in workbook.items() if row[0] == title and (row[3] or "") == half] == [(met, total)]


def test_the_thirty_that_were_not_quorate_are_each_there(faces):
    lines = json.loads(faces["json"])["inquorate"]
    page, letters = words(faces["page"]), pdf_letters(faces["pdf"])
    assert len(lines) == 30 == len(sheet(faces, "Not quorate"))
    for line in lines:
        assert line["reference"] in page and line["reference"] in letters
        assert f"Not quorate: {line['reference']}" in faces["csv"].decode()


@pytest.mark.parametrize(("name", "met", "total", "percent"), [
    ("Thames Valley Police", 119, 191, "62.3"), ("Community Mental Health Team", 10, 65, "15.4"),
    ("General Practice (CCG)", 7, 247, "2.8"),
])
def test_participation_by_agency_with_four_bases_side_by_side(faces, name, met, total, percent):
    lines, letters = csv_rows(faces["csv"]), pdf_letters(faces["pdf"])
    title = "Attendance at conferences"
    assert lines[title, "Involved", "agency", name] == (str(met), str(total), percent)
    bases = [lines[title, basis, "agency", name] for basis in ("All held", "Invited", "Involved", "Involved, outcome known")]
    found = [text[:200] for text in letters.split(name.replace(" ", ""))[1:]]
    assert any(all(f"{p[0]}of{p[1]}" in text for p in bases) for text in found)
    section = words(faces["page"]).split("Participation by agency Each cell")[1]
    assert f"{percent}% ({met} of {total}), see the rows" in section


def test_reports_of_general_practice(faces):
    lines, letters = csv_rows(faces["csv"]), pdf_letters(faces["pdf"])
    assert lines["Reports in time", "Involved", "sector", "General practice"] == ("97", "247", "39.3")
    assert "GeneralPractice(CCG)97of247(39.3%)" in letters
    states = [lines["Reports of general practices", "count", "report", name][0] for name in ("On time", "On the day", "Late", "None")]
    assert states == ["97", "25", "20", "105"]
    assert "39.3% (97 of 247), see the rows" in words(faces["page"])
