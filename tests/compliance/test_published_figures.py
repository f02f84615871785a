"""The published figures of the demo year, to the digit, through the measures and on every face."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import date
from html import unescape

import pypdf
import pytest
from django.db import transaction
from django.test import Client
from django.utils.html import strip_tags

from compliance.demo import factories as make
from compliance.measures import Scope, score
from compliance.period import Period
from compliance.scorecard import Basis, Scorecard
from partnership.models import Grant, Membership, Partnership
from partnership.roles import Role

YEAR = Period(2014)
TODAY = date(2026, 1, 31)


CARDS: dict[tuple[str, Period], Scorecard] = {}  # scored once in a run


@pytest.fixture(scope="session")
def card_of(bf_year_key, django_db_blocker):
    """Scorecards of the year by agency code, "" for the partnership."""

    def card(code: str = "", period: Period = YEAR) -> Scorecard:
        if (code, period) not in CARDS:
            with django_db_blocker.unblock():
                partnership = Partnership.objects.get(pk=bf_year_key)
                members = Membership.objects.select_related("agency").filter(
                    partnership=partnership
                )
                membership = members.get(code=code) if code else None
                CARDS[code, period] = score(Scope(partnership, membership), period, on=TODAY)
        return CARDS[code, period]

    return card


# --- Through the measures -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("period", "working", "printed"),
    [
        (Period(2014, "H1"), "114 of 124", "91.9%"), (Period(2014, "H2"), "120 of 140", "85.7%"),
        (YEAR, "234 of 264", "88.6%"),
    ],
    ids=str,
)
def test_quoracy_is_the_published_one(card_of, period, working, printed):
    own = card_of("", period).result("quoracy").headline
    assert (own.working, own.printed) == (working, printed)
    if period.part:
        half = card_of().result("quoracy").reading(Basis.ALL, half=period.name)
        assert (half.working, half.printed) == (working, printed)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("conferences", 264), ("initial", 81), ("review", 183), ("transfer_in", 0),
        ("core_groups", 536), ("stood_down", 0), ("inquorate", 30), ("children_considered", 540),
        ("children_on_plan", 122), ("families_on_plan", 61), ("open_registers", 0),
    ],
)
def test_number_of_the_year_is_the_published_one(card_of, key, value):
    assert card_of().count(key) == value


def test_children_on_a_plan_are_the_sum_of_their_categories(card_of):
    card = card_of()
    by_category = [card.count(f"on_plan_{code}") for code in ("NEG", "PHY", "SAB", "EMO", "MUL")]
    assert sum(by_category) == card.count("children_on_plan") == 122


@pytest.mark.parametrize(
    ("code", "measure", "working", "printed"),
    [
        ("TVP", "conference_attendance", "119 of 191", "62.3%"),
        ("CMHT", "conference_attendance", "10 of 65", "15.4%"),
        ("CMHT", "contribution", "19 of 65", "29.2%"),
        ("GP", "conference_attendance", "7 of 247", "2.8%"),
        ("GP", "contribution", "101 of 247", "40.9%"),
    ],
)
def test_agency_is_the_published_one_in_its_own_report_and_in_the_partnerships(
    card_of, code, measure, working, printed
):
    own = card_of(code).result(measure).headline
    among = card_of().result(measure).reading(Basis.INVOLVED, agency=code)
    assert (own.working, own.printed) == (among.working, among.printed) == (working, printed)


def test_police_training_counts_those_due_with_those_not_yet_due_beside(card_of):
    card = card_of("TVP")
    assert card.result("training_current").reading(Basis.DUE, course="CPC").working == "21 of 27"
    assert card.count_by("training_not_yet_due", course="CPC") == 1


def test_adult_social_care_training_is_half_in_date(card_of):
    reading = card_of("ASC").result("training_current").reading(Basis.DUE, course="CPC")
    assert (reading.working, reading.printed) == ("8 of 16", "50.0%")


def test_agencies_sum_to_the_partnership_on_every_basis(card_of):
    card = card_of()
    for result in card.results:
        for basis in Basis:
            parts, whole = result.broken_down("agency", basis), result.whole(basis)
            if parts:
                assert (sum(r.met for r in parts), sum(r.total for r in parts)) == (
                    whole.met,
                    whole.total,
                )


def test_agency_reads_alike_in_its_own_report_and_in_the_partnerships(card_of):
    partnership = card_of()
    for code in ("TVP", "HOU", "EDU"):
        for result in card_of(code).results:
            whole = partnership.result(result.measure.key)
            for basis in {reading.basis for reading in result.readings}:
                own, among = result.whole(basis), whole.reading(basis, agency=code)
                assert (own.met, own.total) == (among.met, among.total)


def test_halves_and_kinds_sum_to_the_year(card_of):
    result = card_of().result("quoracy")
    for dimension in ("half", "quarter", "kind"):
        parts = result.broken_down(dimension)
        assert (sum(r.met for r in parts), sum(r.total for r in parts)) == (234, 264)


# --- Out of every face ----------------------------------------------------------------------------

PLACE = "/partnerships/BF/"
FACES = {
    "page": "", "pdf": "report.pdf", "csv": "report.csv", "xlsx": "report.xlsx", "json": "report.json",
}
READ: dict[str, dict[str, bytes]] = {}  # what a year's faces say: asked for once in a run


@pytest.fixture(scope="session")
def faces_of(bf_year_key, django_db_blocker):
    """The four faces of the partnership (code "") as its sub-group reads them, or of an agency as
    its own lead does."""

    def faces(code: str = "") -> dict[str, bytes]:
        if code not in READ:
            with django_db_blocker.unblock(), transaction.atomic():
                READ[code] = asked_for(bf_year_key, code)
                transaction.set_rollback(True)
        return READ[code]

    return faces


def asked_for(partnership: int, code: str) -> dict[str, bytes]:
    address = f"{PLACE}agencies/{code}/" if code else PLACE
    where = {"role": Role.TRAINING_SUBGROUP, "partnership_id": partnership}
    if code:
        agency = Membership.objects.get(partnership=partnership, code=code).agency
        where = {"role": Role.AGENCY_LEAD, "agency": agency}
    client = Client()
    client.force_login(
        Grant.objects.create(user=make.UserFactory(), from_on=make.SINCE, **where).user
    )
    answers = {face: client.get(f"{address}{form}?period=2014-15") for face, form in FACES.items()}
    assert {answer.status_code for answer in answers.values()} == {200}
    return {face: answer.content for face, answer in answers.items()}


def words(page: bytes) -> str:
    return re.sub(r"\s+", " ", unescape(strip_tags(page.decode())))


def pdf_letters(content: bytes) -> str:
    """The text of a report without its spaces: a column's width may break a line anywhere."""
    reader = pypdf.PdfReader(io.BytesIO(content))
    return re.sub(r"\s", "", "".join(page.extract_text() for page in reader.pages))


def csv_rows(content: bytes) -> dict[tuple[str, ...], tuple[str, ...]]:
    """By measure, basis, breakdown and value: met, total, percentage."""
    rows = list(csv.reader(io.StringIO(content.decode(), newline="")))[1:]
    found = {tuple(row[4:8]): tuple(row[8:11]) for row in rows}
    assert len(found) == len(rows)
    return found


def json_rows(content: bytes) -> dict[tuple, tuple]:
    """By measure, basis and breakdown: met, total, percentage."""
    rows = json.loads(content)["readings"]
    found = {
        (r["measure"], r["basis"], *r["by"].items()): (r["met"], r["total"], r["percent"])
        for r in rows
    }
    assert len(found) == len(rows)
    return found


def test_quoracy_of_the_year_is_the_published_one_on_every_face(faces_of):
    faces = faces_of()
    page, letters = words(faces["page"]), pdf_letters(faces["pdf"])
    assert "88.6%: see the rows behind Quoracy of conferences 234 of 264" in page
    for half, working, printed in (("H1", "114 of 124", "91.9%"), ("H2", "120 of 140", "85.7%")):
        assert f"2014-15 {half} {printed} ({working})" in page
        assert f"2014-15 {half} {working} ({printed})".replace(" ", "") in letters
    assert "234of26488.6%" in letters
    sheet, machine, title = (
        csv_rows(faces["csv"]),
        json_rows(faces["json"]),
        "Quoracy of conferences",
    )
    assert sheet[title, "All held", "", ""] == ("234", "264", "88.6")
    assert sheet[title, "All held", "half", "2014-15 H1"] == ("114", "124", "91.9")
    assert sheet[title, "All held", "half", "2014-15 H2"] == ("120", "140", "85.7")
    assert machine["quoracy", "all"] == (234, 264, "88.6")
    assert machine["quoracy", "all", ("half", "2014-15 H1")] == (114, 124, "91.9")
    assert machine["quoracy", "all", ("half", "2014-15 H2")] == (120, 140, "85.7")


def test_numbers_of_the_year_are_the_published_ones_on_every_face(faces_of):
    faces = faces_of()
    page, letters = words(faces["page"]), pdf_letters(faces["pdf"])
    sheet, counts = csv_rows(faces["csv"]), json.loads(faces["json"])["counts"]
    for key, label, value in (
        ("conferences", "Conferences held", 264),
        ("initial", "Initial conferences (pre-birth included)", 81),
        ("review", "Review conferences", 183),
        ("children_considered", "Children considered, summed over conferences", 540),
        ("children_on_plan", "Children on a plan at the end", 122),
        ("families_on_plan", "Families with a child on a plan at the end", 61),
    ):
        assert f"{label} {value}" in page
        assert f"{label}{value}".replace(" ", "") in letters
        assert sheet[label, "count", "", ""] == (str(value), "", "")
        assert counts[key] == value


def test_police_attendance_is_the_published_one_on_every_face(faces_of):
    faces = faces_of("TVP")
    assert "62.3%: see the rows behind Attendance at conferences 119 of 191" in words(faces["page"])
    assert "119of19162.3%" in pdf_letters(faces["pdf"])
    whole = ("Attendance at conferences", "Involved", "", "")
    assert csv_rows(faces["csv"])[whole] == ("119", "191", "62.3")
    assert json_rows(faces["json"])["conference_attendance", "involved"] == (119, 191, "62.3")


def test_police_training_is_the_published_one_on_every_face(faces_of):
    faces = faces_of("TVP")
    title = "Child protection conferences and core groups: roles and responsibilities"
    row = words(faces["page"]).split(title)[1]
    assert row.startswith(" 77.8% (21 of 27), see the rows 21 of 27")
    assert "21of27(77.8%)" in pdf_letters(faces["pdf"])
    whole = ("Training in date", "Requirements due", "course", title)
    assert csv_rows(faces["csv"])[whole] == ("21", "27", "77.8")
    assert json_rows(faces["json"])["training_current", "due", ("course", "CPC")] == (
        21,
        27,
        "77.8",
    )


@pytest.mark.parametrize(
    ("code", "measure", "title", "reads"),
    [
        ("CMHT", "conference_attendance", "Attendance at conferences", (10, 65, "15.4")),
        ("CMHT", "contribution", "Contribution to conferences", (19, 65, "29.2")),
        ("GP", "conference_attendance", "Attendance at conferences", (7, 247, "2.8")),
        ("GP", "contribution", "Contribution to conferences", (101, 247, "40.9")),
        ("TVP", "conference_attendance", "Attendance at conferences", (119, 191, "62.3")),
    ],
)
def test_agency_is_the_published_one_on_every_face_of_the_partnership(
    bf_year, faces_of, code, measure, title, reads
):
    faces, (met, total, percent) = faces_of(), reads
    name = Membership.objects.get(partnership=bf_year, code=code).agency.name
    _, *printed = pdf_letters(faces["pdf"]).split(re.sub(r"\s", "", name))
    assert any(f"{met}of{total}({percent}%)" in row[:150] for row in printed)
    row = words(faces["page"]).split(f" {name} ")[1]
    assert f"{percent}% ({met} of {total})" in row[:400]
    assert csv_rows(faces["csv"])[title, "Involved", "agency", name] == tuple(map(str, reads))
    assert json_rows(faces["json"])[measure, "involved", ("agency", code)] == reads


def rows_links(page: str) -> list[str]:
    """The addresses of rows to which a page leads."""
    return [unescape(link) for link in re.findall(r'href="([^"]*/rows/[^"]*)"', page)]
