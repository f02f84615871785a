"""Every reading of a scorecard stands alike on the page, in the PDF, CSV, XLSX and JSON."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from io import BytesIO

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from compliance import sheet
from compliance.faces import FORMATS, render
from compliance.measures import Scope, score
from compliance.period import Period
from compliance.report.book import BASES
from compliance.scorecard import Reading, Scorecard
from compliance.sheet import as_csv, safe_cell
from partnership.models import Membership, StaffMember
from tests.compliance import sample
from tests.compliance import test_published_figures as published

faces_of = published.faces_of
card_of = published.card_of
MADE_AT = datetime(2015, 5, 11, 14, 5, tzinfo=UTC)


class Sections(HTMLParser):
    """The tables of a page by section: rows of cells, each the words in it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tables: dict[str, list[list[list[str]]]] = {}
        self.section, self.inside = "", False
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        if tag == "section":
            self.section = dict(attributes).get("id", "")
        elif tag == "table":
            self.tables.setdefault(self.section, []).append([])
        elif tag == "tr":
            self.tables[self.section][-1].append([])
        elif tag in ("td", "th"):
            self.tables[self.section][-1][-1].append("")
        self.inside = tag in ("td", "th") or (self.inside and tag not in ("caption", "tr"))

    def handle_endtag(self, tag):
        if tag == "section":
            self.section = ""
        self.inside = self.inside and tag not in ("td", "th")

    def handle_data(self, data):
        if self.inside:
            row = self.tables[self.section][-1][-1]
            row[-1] = f"{row[-1]} {data}".strip()


@pytest.fixture
def police(card_of) -> Scorecard:
    return card_of("TVP")


def counted(card: Scorecard) -> list[Reading]:
    """The readings of measures that count something: of the others a face says just "none"."""
    return [
        reading for result in card.results if any(r.total for r in result.readings)
        for reading in result.readings
    ]


OVER = {  # measures that are not about meetings say what they are counted over
    "training_current": {"": "Requirements due", "people": "People with something due"},
    "duty_trained": {"": "Attendances by named people with a duty requirement"},
    "timeliness": {"": "Due in the period", "child": "Children of what was due"},
    "escalation_in_time": {"": "Stages due"},
}


def over(reading: Reading) -> str:
    """What a reading is said to be counted over."""
    own = OVER.get(reading.measure)
    return own[dict(reading.by).get("unit", "")] if own else reading.basis.label


def said(reading: Reading) -> tuple[str, ...]:
    """What must stand in its place: the percentage with what it is made of, or none."""
    return (reading.printed, reading.working) if reading.total else ("none",)


# --- The five faces -------------------------------------------------------------------------------


def test_json_says_every_reading_and_every_count(police, faces_of):
    machine = json.loads(faces_of("TVP")["json"])
    found = published.json_rows(faces_of("TVP")["json"])
    assert found == {
        (r.measure, str(r.basis), *r.by): (r.met, r.total, r.percent_text) for r in police.readings
    }
    assert machine["counts"] == {c.key: c.value for c in police.counts if not c.by}
    by = {(c["count"], *c["by"].items()): c["value"] for c in machine["counts_by"]}
    assert by == {(c.key, *c.by): c.value for c in police.counts if c.by}


def test_csv_says_every_reading_and_every_count(police, faces_of):
    found = published.csv_rows(faces_of("TVP")["csv"])
    for reading in police.readings:
        title = police.result(reading.measure).measure.title
        by = "; ".join(name.replace("_", " ") for name, _ in reading.by)
        value = "; ".join(police.label(*pair) for pair in reading.by)
        row = found.pop((title, over(reading), by, value))
        assert row == (str(reading.met), str(reading.total), reading.percent_text)
    for count in police.counts:
        by = "; ".join(name.replace("_", " ") for name, _ in count.by)
        value = "; ".join(police.label(*pair) for pair in count.by)
        assert found.pop((count.label, "count", by, value)) == (str(count.value), "", "")
    assert found == {}


def sheets(content: bytes) -> dict[str, list[list[object]]]:
    """The rows of a workbook's sheets, as another program reads them; an empty cell is ""."""
    book = CalamineWorkbook.from_filelike(BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def test_workbook_says_every_reading_and_every_count(police, faces_of):
    book = sheets(faces_of("TVP")["xlsx"])
    found = {tuple(row[:4]): tuple(row[4:]) for row in book["Figures"][1:]}
    assert len(found) == len(book["Figures"]) - 1
    for reading in police.readings:
        title = police.result(reading.measure).measure.title
        by = "; ".join(name.replace("_", " ") for name, _ in reading.by)
        value = "; ".join(police.label(*pair) for pair in reading.by)
        percent = "none" if reading.percent is None else float(reading.percent)
        row = found.pop((title, over(reading), by, value))
        assert row == (reading.met, reading.total, percent)
    assert found == {}
    counts = [
        [
            count.label, "; ".join(name.replace("_", " ") for name, _ in count.by),
            "; ".join(police.label(*pair) for pair in count.by), count.value,
        ]
        for count in police.counts
    ]
    assert book["Counts"][1:] == counts
    assert [row[0] for row in book["Missed"][1:]] == [line.reference for line in police.missed]


def test_workbook_is_plain_and_the_same_each_time():
    card = sample.agency(title="=1+1", partnership="@here")
    content = sheet.as_workbook(card)
    assert content == sheet.as_workbook(card)
    book = openpyxl.load_workbook(BytesIO(content))
    assert not book.properties.creator and not book.properties.lastModifiedBy
    assert book.properties.created.year == 2000
    for page in book:
        assert page.sheet_state == "visible" and page.freeze_panes == "A2"
        assert {cell.data_type for row in page for cell in row} <= {"s", "n", "d", "inlineStr"}
    assert {row[1].value for row in book["About"]} >= {"'=1+1", "2014-15"}
    figures = book["Figures"][2]
    assert [cell.value for cell in figures[4:]] == [61, 84, 72.6]


def test_workbook_has_no_sheet_for_a_list_that_the_report_lacks():
    assert set(sheets(sheet.as_workbook(sample.empty()))) == {"About", "Figures", "Counts", "Definitions"}
    assert "Missed" in sheets(sheet.as_workbook(sample.agency()))


def test_page_says_every_reading_under_its_basis(police, faces_of):
    tables = Sections(faces_of("TVP")["page"].decode()).tables
    for reading in counted(police):
        name, column = place_on_page(police, reading)
        cells = [
            row[head.index(column)] if column in head else " ".join(row)
            for head, *rows in tables[reading.measure]
            for row in rows
            if row[0] == name
        ]
        assert any(all(part in cell for part in said(reading)) for cell in cells), reading


def place_on_page(card: Scorecard, reading: Reading) -> tuple[str, str]:
    """The heads of its row and its column: a whole's row is its basis."""
    if not reading.by:
        return over(reading), "Percentage"
    if reading.by[0][0] == "unit":
        return f"{over(reading)}: {card.label(*reading.by[0]).lower()}", "Percentage"
    if reading.by[0][0] == "who":
        return reading.basis.label, {"member": "By the member", "deputy": "By a deputy"}[
            reading.by[0][1]
        ]
    return " ".join(card.label(*pair) for pair in reading.by), reading.basis.label


def test_page_of_an_empty_measure_says_none(police, faces_of):
    page = published.words(faces_of("TVP")["page"])
    empty = [r for r in police.results if not any(reading.total for reading in r.readings)]
    assert page.count("Nothing to count in this period: none.") == len(empty)


def test_pdf_says_every_reading_in_the_row_of_its_name(police, faces_of):
    letters = published.pdf_letters(faces_of("TVP")["pdf"])
    for row in pdf_rows(police):
        assert re.sub(r"\s", "", row) in letters, row


def pdf_rows(card: Scorecard) -> list[str]:
    """The rows that a report must have: a whole on a basis, and a breakdown on all its bases."""
    rows = []
    for result in card.results:
        readings = [r for r in counted(card) if r.measure == result.measure.key]
        for reading in readings:
            name = over(reading)
            if reading.by and reading.by[0][0] == "unit":
                name += f": {card.label(*reading.by[0]).lower()}"
            if not reading.by or reading.by[0][0] == "unit":
                rows.append(f"{name} {reading.working} {reading.printed}")
        for by in dict.fromkeys(
            r.by for r in readings if r.by and r.by[0][0] not in ("unit", "who")
        ):
            row = sorted((r for r in readings if r.by == by), key=lambda r: BASES.index(r.basis))
            cells = [f"{r.working} ({r.printed})" for r in row]
            rows.append(" ".join([card.label(*by[0]), *cells]))
        for basis in dict.fromkeys(r.basis for r in result.broken_down("who")):
            who = [result.reading(basis, who=value) for value in ("member", "deputy")]
            whole = result.reading(basis)
            cells = [f"{r.working} ({r.printed})" for r in who]
            rows.append(" ".join([f"{basis.label} {whole.working} {whole.printed}", *cells]))
    return rows


def test_pdf_says_every_count(police, faces_of):
    letters = published.pdf_letters(faces_of("TVP")["pdf"])
    for count in (count for count in police.counts if not count.by):
        assert re.sub(r"\s", "", f"{count.label}{count.value}") in letters, count


def test_every_face_says_what_is_counted_over_in_the_measures_own_words(police, card_of, faces_of):
    """And none says that escalations, or people, were held."""
    for code, card in (("TVP", police), ("", card_of(""))):
        faces = faces_of(code)
        machine = json.loads(faces["json"])["measures"]
        told = "".join(published.pdf_letters(faces["pdf"]).split()).lower()
        page = published.words(faces["page"])
        terms = dict(sheets(faces["xlsx"])["Definitions"][1:])
        for result in card.results:
            label = over(result.headline)
            assert f"basis: {label.lower()}" in page and f"basis:{label.lower()}".replace(" ", "") in told
            assert f"Basis: {label}" in terms and label in faces["csv"].decode()
            assert {"basis": str(result.measure.basis), "unit": "", "label": label} in machine[result.measure.key]["counted_over"]
        assert "Basis: Due" not in terms and "Basis: All held" in terms


def test_every_reading_is_looked_for_on_each_face(police):
    """The tests above would prove little if they looked for little."""
    assert len(counted(police)) > 60 and len(pdf_rows(police)) > 40
    assert {reading.basis for reading in counted(police)} == set(BASES)


def test_previous_period_on_the_page_is_what_that_period_reads(card_of, faces_of):
    before = card_of("", Period(2014, "H1")).result("quoracy").headline
    now = card_of("", Period(2014, "H2"))
    assert now.previous.result("quoracy").headline == before


# --- A page that stands alone ---------------------------------------------------------------------


def test_page_as_a_file_says_every_reading_and_leads_nowhere(police):
    page = render(police, "html", MADE_AT).decode()
    tables = Sections(page).tables
    for reading in counted(police):
        rows = [row for table in tables[reading.measure] for row in table]
        assert any(all(part in " ".join(row) for part in said(reading)) for row in rows), reading
    assert "<script" not in page and "http" not in strip_svg_names(page)
    assert all(address.startswith("#") for address in re.findall(r'href="([^"]*)"', page))


def strip_svg_names(page: str) -> str:
    """The names of drawings' formats look like addresses and lead nowhere."""
    page = re.sub(r"<style>.*?</style>", "", page, flags=re.S)
    return re.sub(r"xmlns(:\w+)?=[\"'][^\"']*[\"']", "", page)


@pytest.mark.parametrize("form", FORMATS)
def test_names_are_on_a_face_only_in_a_copy_with_names(bf_year, form):
    membership = Membership.objects.select_related("agency").get(partnership=bf_year, code="YOS")
    people = StaffMember.objects.filter(agency=membership.agency)
    names = {re.sub(r"\s", "", person.name) for person in people}

    def named(with_names: bool) -> set[str]:
        card = score(
            Scope(bf_year, membership), Period(2014), with_names=with_names, on=date(2026, 1, 31)
        )
        content = render(card, form, MADE_AT)
        if form == "pdf":
            letters = published.pdf_letters(content)
        elif form == "xlsx":
            letters = re.sub(r"\s", "", str(sheets(content)))
        else:
            letters = re.sub(r"\s", "", content.decode())
        return {name for name in names if name in letters}

    assert named(with_names=False) == set()
    assert bool(named(with_names=True)) is (form in ("pdf", "html"))  # figures alone name nobody


# --- Spreadsheets ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        " =1",
        "\r=1",
        "\n=1",
        "\u00a0=1",
        "＝1",
        "＋1",
        "－1",
        "＠1",
        "|x",
        "%x",
    ],
)
def test_text_that_might_be_a_formula_is_written_as_text(text):
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize(
    "value", ["Police", "a=b", "1-2", "O'Brien", "Łukasz", "", 0, -1, 62.3, None]
)
def test_text_and_numbers_that_are_none_are_left_alone(value):
    assert safe_cell(value) == value


def test_csv_of_hostile_names_holds_no_formula():
    card = sample.agency(title="=1+1", partnership="@here")
    for line in as_csv(card).splitlines()[1:]:
        assert line.startswith("'@here,'=1+1,")


def test_csv_is_read_back_in_whole_lines():
    text = as_csv(sample.agency())
    assert text.endswith("\r\n") and "\n" not in text.replace("\r\n", "")
