"""What people typed, in print: as typed or shown as replaced, and never more than text."""

from __future__ import annotations

import csv
import io
import re
import sys
import tempfile
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import openpyxl
import pypdf
import pytest
from openpyxl.utils.escape import unescape

from compliance import faces
from compliance.pdf.fonts import REGULAR, font, literal
from compliance.report import cover, paper_of
from compliance.report.book import Book
from compliance.report.paper import printed
from compliance.scorecard import (
    ActionLine,
    CaseLine,
    Change,
    Count,
    InquorateLine,
    IssueStamp,
    MissedLine,
    PersonDue,
    Scorecard,
    TypedLine,
)
from partnership.exporting import safe_cell
from tests.compliance import sample
from tests.compliance.hostile import STRINGS

ROOT = Path(__file__).resolve().parents[2]
OURS = (str(ROOT / "static"), str(ROOT / "templates"), tempfile.gettempdir(), sys.prefix, sys.base_prefix)
DAY = date(2015, 1, 31)
SEEN = 40  # how much of a long string must be found
COVERED = slice(None, None, 5)
COUNTED = slice(None, None, 25)  # of the strings, where a field takes room on every page
WATCHED: list[tuple] = []
FORBIDDEN = {"socket.connect", "socket.getaddrinfo", "socket.bind", "subprocess.Popen", "os.system", "urllib.Request"}
told: list[str] = []


def hook(event: str, arguments: tuple) -> None:
    """Writes down what the process opens while somebody watches."""
    if WATCHED and event in FORBIDDEN:
        told.append(f"{event} {arguments!r}")
    if WATCHED and event == "open" and isinstance(arguments[0], (str, bytes, Path)):
        path = str(arguments[0])
        if not path.startswith(OURS) and not path.endswith((".py", ".pyc")):
            told.append(f"open {path}")


@contextmanager
def nothing_reached() -> Iterator[None]:
    """Inside, no file is opened but our own styles and templates, and no address is asked."""
    watching()
    told.clear()
    WATCHED.append(("watching",))
    try:
        yield
    finally:
        WATCHED.clear()
    assert told == []


@cache
def watching() -> None:
    """Set the hook, once: none can be taken away again."""
    sys.addaudithook(hook)


def test_there_are_400_of_them():
    assert len(STRINGS) >= 400


def test_the_watch_would_see_a_file_and_an_address():
    import socket

    with pytest.raises(AssertionError, match="/etc/passwd"), nothing_reached():
        Path("/etc/passwd").read_bytes()
    with pytest.raises(AssertionError, match="getaddrinfo"), nothing_reached():
        socket.getaddrinfo("127.0.0.1", 9)


def test_every_character_that_is_printed_is_in_the_typeface():
    for text in STRINGS:
        assert all(ord(letter) in font(REGULAR).face.charToGlyph for letter in literal(text)), text


# --- A scorecard of nothing else ------------------------------------------------------------------


def lists() -> dict:
    """Each string in each field of every list that a report prints."""
    return {
        "missed": tuple(MissedLine(s, s, DAY, s, s) for s in STRINGS),
        "people_due": tuple(PersonDue(s, s, s, s, "Expired", DAY) for s in STRINGS),
        "cases": tuple(CaseLine(s, s, s, s, s, DAY, 3, s) for s in STRINGS),
        "actions": tuple(ActionLine(s, s, s, DAY, s, 1, False, s, None, s) for s in STRINGS),
        "notes": STRINGS,
        "counts": tuple(Count(f"quality_{n}", s, n) for n, s in enumerate(STRINGS)),
        "stamp": replace(stamp("BF"), changes=tuple(Change(s, s, s, s, s) for s in STRINGS)),
    }


def stamp(text: str) -> IssueStamp:
    return IssueStamp(text, 2, datetime(2015, 5, 1, tzinfo=UTC), text, text, text, (), text, text)


def alone(text: str) -> dict:
    """One string in every field that a report has but once."""
    return {
        "title": text, "code": text, "partnership": text, "partnership_label": text,
        "subgroup_label": text, "stamp": stamp(text),
    }


@cache
def card() -> Scorecard:
    """Every string in every list, and as the name of an agency, a course, a kind and a way."""
    due = sample.agency(0, 0)
    labels = {("course", f"C{n}"): text for n, text in enumerate(STRINGS)}
    readings = [(sample.Basis.DUE, n, 2 * n + 1, {"course": f"C{n}"}) for n in range(len(STRINGS))]
    results = (sample.result("training_current", (sample.Basis.DUE, 1, 2), *readings), *due.results[1:])
    return replace(due, results=results, labels=due.labels | labels, trend=(), **lists())


def test_the_scorecard_has_the_strings_in_every_field_of_text():
    """A field of text that is added to a list is added to these tests."""
    for name in ("missed", "people_due", "cases", "actions"):
        line = next(line for line in getattr(card(), name) if STRINGS[0] in vars_of(line).values())
        others = {k for k, v in vars_of(line).items() if isinstance(v, str) and v != STRINGS[0]}
        assert others <= {"standing"}


def vars_of(line: object) -> dict:
    assert is_dataclass(line)
    return {field.name: getattr(line, field.name) for field in fields(line)}


def letters(text: str) -> str:
    return re.sub(r"\s", "", text)


def seen(text: str) -> str:
    """What must be found of a string in a PDF: its letters, as they can be printed."""
    return letters(literal(text))[:SEEN]


def words(content: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    return letters("".join(unicodedata.normalize("NFC", page.extract_text()) for page in pages))


# --- PDF ------------------------------------------------------------------------------------------


def test_pdf_prints_every_string_of_every_list():
    with nothing_reached():
        content = faces.render(card(), "pdf", sample.MADE_AT)
    assert all(mark not in content for mark in (b"/Subtype /Image", b"/URI", b"/JavaScript", b"/EmbeddedFile"))
    found = words(content)
    assert [text for text in STRINGS if seen(text) not in found] == []


def test_pdf_prints_strings_of_every_kind_on_a_cover():
    """All covers in one file: each has the string as title, partnership, number, signature, answer."""
    blocks = []
    for text in STRINGS[COVERED]:
        one = Book(sample.agency(0, 0, **alone(text)))
        cover.cover(one, sample.MADE_AT)
        blocks += one.story()
    with nothing_reached():
        content = printed(paper_of(sample.agency()), lambda: blocks, sample.MADE_AT)
    found = words(content)
    assert [text for text in STRINGS[COVERED] if seen(text) not in found] == []


def test_file_says_a_hostile_title_of_itself():
    """The head and foot of pages, the outline, the properties: all through the same letters."""
    for text in STRINGS[COUNTED]:
        with nothing_reached():
            content = faces.render(sample.agency(0, 0, results=(), trend=(), **alone(text)), "pdf", sample.MADE_AT)
        reader = pypdf.PdfReader(io.BytesIO(content))
        assert str(reader.metadata.title).startswith(literal(text))
        assert reader.xmp_metadata is not None


# --- The page, and spreadsheets -------------------------------------------------------------------


class Page(HTMLParser):
    """The tags, attributes and words of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str]] = set()
        self.words: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self.attributes |= {(name, value or "") for name, value in attributes}

    def handle_data(self, data):
        self.words.append(data)


def test_page_shows_every_string_and_is_no_other_page():
    hostile = replace(card(), **alone(STRINGS[7]), people_due=card().people_due[:0])
    with nothing_reached():
        page = Page(faces.render(replace(hostile, people_due=card().people_due), "html", sample.MADE_AT).decode())
    plain = Page(faces.render(replace(sample.agency(), actions=(), cases=()), "html", sample.MADE_AT).decode())
    assert page.tags - plain.tags <= {"strong"}
    names = {name for name, _ in page.attributes}
    assert not any(name.startswith("on") for name in names)
    assert all(value.startswith("#") for name, value in page.attributes if name in ("href", "src"))
    found = letters("".join(page.words))
    missing = [text for text in STRINGS if letters(shown(text)) not in found]
    assert missing == []


def shown(text: str) -> str:
    """A string as UTF-8 can hold it: half characters are replaced."""
    return text.encode(errors="replace").decode()


def test_csv_and_workbook_hold_every_string_as_text():
    with nothing_reached():
        sheet = faces.render(card(), "csv", sample.MADE_AT).decode()
        book = faces.render(card(), "xlsx", sample.MADE_AT)
    rows = list(csv.reader(io.StringIO(sheet, newline="")))
    assert {len(row) for row in rows} == {len(rows[0])}
    cells = {cell for row in rows for cell in row}
    assert [text for text in STRINGS if shown(str(safe_cell(text))) not in cells] == []
    pages = openpyxl.load_workbook(io.BytesIO(book))
    for name in ("Figures", "Counts", "Missed", "Escalations", "Actions", "About"):
        found = {unescape(str(cell.value or "")) for row in pages[name] for cell in row}
        assert [text for text in STRINGS if shown(str(safe_cell(text))) not in found] == [], name
    assert "f" not in {cell.data_type for page in pages for row in page for cell in row}



def test_annual_report_prints_every_string_in_its_own_fields():
    """The sentence of a judgement, its kind, its decision; the names of courses, kinds and themes."""
    lines = tuple(InquorateLine(s, s, DAY, s, s, DAY) for s in STRINGS)
    named = {("course", "CPC"): STRINGS[7], ("kind", "initial_conference"): STRINGS[8], ("theme", "capacity"): STRINGS[9]}
    plain = sample.annual()
    source = TypedLine(DAY, 3, 2, STRINGS[10])
    hostile = replace(plain, inquorate=lines, typed=source, labels=plain.labels | named)
    with nothing_reached():
        found = {form: faces.render(hostile, form, sample.MADE_AT) for form in faces.FORMATS}
    printed = words(found["pdf"])
    assert [text for text in STRINGS if seen(text) not in printed] == []
    page = Page(found["html"].decode())
    assert page.tags <= Page(faces.render(plain, "html", sample.MADE_AT).decode()).tags
    read = letters("".join(page.words))
    assert [text for text in STRINGS if letters(shown(text)) not in read] == []
    cells = {cell for row in csv.reader(io.StringIO(found["csv"].decode(), newline="")) for cell in row}
    sheet = openpyxl.load_workbook(io.BytesIO(found["xlsx"]))["Not quorate"]
    in_sheet = {unescape(str(cell.value or "")) for row in sheet for cell in row}
    assert "f" not in {cell.data_type for row in sheet for cell in row}
    for there in (cells, in_sheet):
        assert [text for text in STRINGS if shown(str(safe_cell(text))) not in there] == []
    typed = openpyxl.load_workbook(io.BytesIO(found["xlsx"]))["Case system"]
    assert unescape(str(typed["G2"].value)) == shown(str(safe_cell(STRINGS[10])))


@pytest.mark.parametrize("form", faces.FORMATS)
def test_no_field_makes_a_face_fail(form):
    for text in STRINGS[COUNTED]:
        hostile = sample.agency(0, 0, results=(), **alone(text))
        with nothing_reached():
            assert faces.render(hostile, form, sample.MADE_AT)
