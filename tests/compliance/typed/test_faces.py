"""The typed count beside the reckoned one, in every face of the annual report, and in no published one."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import fields, replace
from datetime import date, timedelta

import openpyxl
import pypdf
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from compliance import actions, faces
from compliance.editions import family_of, family_of_issued
from compliance.kept_figures import as_kept, checksum, from_kept
from compliance.measures.annual import score_annual
from compliance.models import ReportKind
from compliance.period import Period
from compliance.prints import issued_card
from compliance.scorecard import TypedLine
from compliance.suppression.family import published
from tests.compliance import sample
from tests.compliance.typed.conftest import LAST, SOURCE, YEAR

pytestmark = pytest.mark.django_db
WORDS = "Beside the case system"


def faces_of(card) -> dict[str, str]:
    """What a reader reads in each face."""
    made = {form: faces.render(card, form, sample.MADE_AT) for form in faces.FORMATS}
    book = openpyxl.load_workbook(io.BytesIO(made.pop("xlsx")))
    pdf = pypdf.PdfReader(io.BytesIO(made.pop("pdf")))
    return {form: content.decode() for form, content in made.items()} | {
        "xlsx": "\n".join(str([cell.value for cell in row]) for sheet in book for row in sheet),
        "pdf": " ".join(" ".join(page.extract_text() for page in pdf.pages).split()),
    }


def test_every_face_has_both_counts_and_the_difference(plans, typed, scope):
    typed(families=1)
    card = score_annual(scope, YEAR)
    assert (card.count("children_on_plan"), card.count("families_on_plan")) == (5, 2)
    found = faces_of(card)
    for form in ("pdf", "html"):
        for words in (WORDS, "The case system’s count is of the same day;", SOURCE, "2 more", "1 fewer"):
            assert words in found[form], (form, words)
    assert "Children 5 7 2 more" in found["pdf"]
    assert "Families 2 1 1 fewer" in found["pdf"]
    assert json.loads(found["json"])["case_system"] == {
        "counted_on": "2015-03-31", "source": SOURCE, "counts": {
            "families_on_plan": {"typed": 1, "reckoned": 2, "difference": -1},
            "children_on_plan": {"typed": 7, "reckoned": 5, "difference": 2},
        },
    }
    lines = [row[4:9] for row in csv.reader(io.StringIO(found["csv"])) if row[5].startswith("case system")]
    assert lines == [
        ["Families with a child on a plan at the end", "case system", "", "", "1"],
        ["Families with a child on a plan at the end", "case system, difference", "", "", "-1"],
        ["Children on a plan at the end", "case system", "", "", "7"],
        ["Children on a plan at the end", "case system, difference", "", "", "2"],
        ["Case system", "case system", "counted on", "2015-03-31", ""],
        ["Case system", "case system", "source", SOURCE, ""],
    ]
    assert f"2015, 3, 31, 0, 0), 7, 2, '{SOURCE}']" in found["xlsx"]


def test_without_a_typed_count_nothing_is_said_and_old_figures_stay_as_they_were_kept(plans, scope):
    card = score_annual(scope, YEAR)
    assert card.typed is None and "typed" not in as_kept(card)["scorecard"]
    assert "case_system" not in card.as_json()
    for form, words in faces_of(card).items():
        assert "case system" not in words.casefold(), form


def test_families_that_nobody_typed_are_left_out(plans, typed, scope):
    typed(families=None, children=5)
    card = score_annual(scope, YEAR)
    assert [(count.key, more) for count, _, more in card.beside_typed] == [("children_on_plan", 0)]
    assert "Children 5 5 none" in faces_of(card)["pdf"]


def test_it_stands_there_too_when_no_conference_put_anybody_on_a_plan(typed, scope):
    typed()
    for form, words in faces_of(score_annual(scope, YEAR)).items():
        if form in ("pdf", "html"):
            assert "No child was on a plan" in words and WORDS in words and "7 more" in words, form


@pytest.mark.parametrize(
    ("days", "found"),
    [
        ([date(2015, 3, 31), date(2015, 3, 30)], date(2015, 3, 31)),
        ([date(2015, 3, 30), date(2015, 3, 2)], date(2015, 3, 30)),
        ([date(2015, 2, 28)], date(2015, 2, 28)), ([date(2015, 2, 27)], None), ([date(2015, 4, 1)], None),
    ],
)
def test_it_is_of_the_day_or_of_the_nearest_before_within_a_month(typed, far, scope, days, found):
    for day in days:
        typed(day)
    card = score_annual(scope, YEAR)
    assert (card.typed and card.typed.counted_on) == found
    if found and found != LAST:
        said = faces_of(card)
        for form in ("pdf", "html"):
            assert f"of {found.day} {found:%B} 2015, the nearest before" in said[form], form


def test_a_half_takes_the_count_of_its_own_last_day(typed, scope):
    typed()
    typed(date(2014, 9, 30), children=4)
    assert score_annual(scope, Period(2014, "H1")).typed.children == 4
    assert score_annual(scope, Period(2014, "H2")).typed.children == 7
    assert score_annual(scope, YEAR).previous.typed is None


def test_it_costs_one_query_however_many_were_typed(typed, scope, plans):
    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            score_annual(scope, YEAR)
        return len(caught)

    queries()  # what is remembered is read once
    none = queries()
    typed()
    assert queries() == none
    for days in range(1, 31):
        typed(LAST - timedelta(days=days))
    assert queries() == none


# --- Issued ---------------------------------------------------------------------------------------


def issue(sam, partnership, **told):
    return actions.issue_report(by=sam, partnership=partnership, period=YEAR, kind=ReportKind.ANNUAL, **told)


def test_an_issued_report_keeps_it_and_a_corrected_count_corrects_the_report(plans, typed, partnership, sam, dana):
    row = typed()
    first = issue(sam, partnership)
    assert issued_card(first).typed == TypedLine(LAST, 7, 2, SOURCE)
    assert from_kept(first.figures).typed and checksum(first.figures) == first.checksum
    told = {"by": dana, "count": row, "counted_on": LAST, "families": 2}
    assert actions.correct_count(**told, children=7, source="Case system, the year’s return.", reason="Named better.")
    with pytest.raises(actions.issuing.ValidationError, match="Nothing has changed"):
        issue(sam, partnership)
    assert actions.correct_count(**told, children=6, source=SOURCE, reason="Read again.")
    second = issue(sam, partnership, reason="The case system was read again.")
    assert [(c["what"], c["detail"], c["before"], c["after"]) for c in second.changes] == [
        ("Children on a plan at the end", "From the case system", "7 on 31/03/2015", "6 on 31/03/2015")
    ]
    first.refresh_from_db()
    assert issued_card(first).typed.children == 7


# --- Published ------------------------------------------------------------------------------------


def assert_nothing_of_it(card, children: int) -> None:
    """Neither the count, nor its source, nor a trace of it: the fields of what is published are known."""
    assert card.is_published and card.typed is None
    for form, words in faces_of(card).items():
        assert "case system" not in words.casefold() and str(children) not in words, form


def test_no_published_edition_has_it_and_each_is_the_same_as_without_it(plans, typed, partnership, scope):
    """Seven typed beside five reckoned would give away what is held back."""
    without = family_of(partnership, YEAR.year)
    plain = published(without.annual[YEAR], without)
    assert not isinstance(plain.count("children_on_plan"), int), "five of two families are held back"
    typed(children=73_911, source="Return 73911.")
    inside = score_annual(scope, YEAR)
    assert inside.typed and "73911" in faces_of(inside)["csv"]
    family = family_of(partnership, YEAR.year)
    assert published(family.annual[YEAR], family) == plain
    card = published(inside, family)
    assert_nothing_of_it(card, 73_911)
    same = {f.name for f in fields(card)} - {"previous"}
    assert {name for name in same if getattr(card, name) != getattr(plain, name)} == set()


def test_no_published_edition_of_issued_reports_has_it(plans, typed, partnership, sam, dana):
    row = typed(children=73_911)
    for member in [None, *partnership.memberships.select_related("agency", "partnership")]:
        actions.issue_report(by=sam, partnership=partnership, period=YEAR, membership=member)
    issue(sam, partnership)
    actions.correct_count(
        by=dana, count=row, counted_on=LAST, children=73_912, families=2, source=SOURCE, reason="Read 73911 again."
    )
    report = issue(sam, partnership, reason="Read 73911 again.")
    inside = issued_card(report)
    assert inside.typed.children == 73_912 and "73911" in faces_of(inside)["pdf"]
    card = published(inside, family_of_issued(partnership, YEAR.year))
    assert_nothing_of_it(card, 73_911)
    assert_nothing_of_it(card, 73_912)


def test_the_reader_of_the_editions_is_told_of_nothing_else(typed, partnership, plans):
    """What was not decided upon is not published: a card with a count and one without are one edition."""
    family = family_of(partnership, YEAR.year)
    card = family.annual[YEAR]
    for line in (TypedLine(LAST, 5, 2, SOURCE), TypedLine(LAST, 1, None, SOURCE)):
        assert published(replace(card, typed=line), family) == published(card, family)
