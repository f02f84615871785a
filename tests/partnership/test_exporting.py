"""Text that goes into a spreadsheet is never taken for a formula, whatever stands before the sign."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest
from python_calamine import load_workbook

from partnership.exporting import (
    ListFile,
    as_csv,
    csv_text,
    formula_sign,
    in_places,
    safe_cell,
    unguarded,
    workbooks,
    write_workbook,
)
from partnership.exporting.answering import waiting
from partnership.exporting.csv_text import csv_pieces
from partnership.exporting.guarding import guarded

BEFORE = [
    "", " ", "\u00a0", "\u2003", "\u2009", "\u3000", "\u1680", "\u202f", "\u200b", "\u200d", "\ufeff",
    "\u2060", "\u00ad", "\u180e", "\u0001", "\u000b", "\u0301", "\u3164", "\u2800", " \u200b\u2003 ",
]


@pytest.mark.parametrize("before", BEFORE)
@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "|", "%", "＝", "＠", "﹦", "﹢", "−"])
def test_a_sign_is_found_behind_what_shows_nothing(before, sign):
    assert formula_sign(f"{before}{sign}1+1") == sign
    assert safe_cell(f"{before}{sign}1+1") == f"'{before}{sign}1+1"


@pytest.mark.parametrize("text", ["", "Siân", "\u2003Łukasz", "1-2", "(=1)", "é=1", "ﬁrst", "e\u0301", "\u200b"])
def test_other_text_is_left_alone(text):
    assert safe_cell(text) == text


@pytest.mark.parametrize("text", ["\t1", "\n=1", "\rA"])
def test_a_tab_or_line_end_at_the_beginning_is_a_sign_too(text):
    assert safe_cell(text) == f"'{text}"


def test_numbers_stay_numbers():
    assert as_csv([["A"], [-1]]) == "A\r\n-1\r\n"


# --- Guarded and read again -----------------------------------------------------------------------

TEXTS = ["=1", "'=1", "''+1", " -x", "'t Hooft", "O'Neill", "", "'", "''", "\tx", "@a", "％", "-", "–", "＝cmd", "%"]


@pytest.mark.parametrize("text", TEXTS)
def test_what_was_guarded_is_read_as_it_was(text):
    assert unguarded(guarded(text)) == text
    assert not formula_sign(guarded(text))


# --- Both forms -----------------------------------------------------------------------------------

LATE = datetime(2015, 3, 31, 23, 30, tzinfo=UTC)  # the next day in summer time
ROW = ("007", "2015-03-31", "=1+1", "＠cmd", "Siân Łukasz", 3, Decimal("2.50"), True, None, date(2015, 3, 31), LATE)
FILE = ListFile("odd", in_places([f"Heading {n}" for n in range(len(ROW))]), [ROW])


def written(file: ListFile) -> bytes:
    out = io.BytesIO()
    write_workbook(file, out)
    return out.getvalue()


def test_a_workbook_holds_days_as_days_and_numbers_as_numbers_and_references_as_text():
    sheet = load_workbook(io.BytesIO(written(FILE))).get_sheet_by_index(0)
    headings, row = sheet.to_python()
    assert headings[0] == "Heading 0"
    assert row == [
        "007", "2015-03-31", "'=1+1", "'＠cmd", "Siân Łukasz", 3.0, 2.5, "Yes", "", date(2015, 3, 31),
        datetime(2015, 4, 1, 0, 30),
    ]
    assert "".join(csv_pieces(FILE)).splitlines()[1] == (
        "007,2015-03-31,'=1+1,'＠cmd,Siân Łukasz,3,2.5,Yes,,2015-03-31,2015-04-01 00:30:00"
    )


def test_a_workbook_says_nothing_but_what_stands_in_it():
    """No author, no moment, no formula, no link, nothing hidden; the same list is the same bytes."""
    content = written(FILE)
    assert content == written(FILE)
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts = {name: package.read(name).decode() for name in package.namelist()}
        assert {part.date_time[0] for part in package.infolist()} == {1980}
    whole = "".join(parts.values())
    assert "<dc:creator></dc:creator>" in whole and "2000-01-01T00:00:00Z" in whole
    for never in ("<f>", "hyperlink ", "externalLink", "hidden", "definedName", "vbaProject"):
        assert never not in whole, never
    sheet = parts["xl/worksheets/sheet1.xml"]
    assert 'state="frozen"' in sheet and 'ySplit="1"' in sheet
    assert "<b/>" in parts["xl/styles.xml"]


def test_an_empty_list_has_its_headings_and_a_long_one_goes_on_on_the_next_sheet(monkeypatch):
    empty = ListFile("none", {"A": str, "B": str}, [])
    assert load_workbook(io.BytesIO(written(empty))).get_sheet_by_index(0).to_python() == [["A", "B"]]
    assert "".join(csv_pieces(empty)) == "\ufeffA,B\r\n"
    monkeypatch.setattr(workbooks, "MOST_ROWS", 2)
    book = load_workbook(io.BytesIO(written(ListFile("many", in_places(["N"]), [(n,) for n in range(5)]))))
    assert book.sheet_names == ["List", "List 2", "List 3"]
    assert [book.get_sheet_by_name(name).to_python() for name in book.sheet_names] == [
        [["N"], [0.0], [1.0]], [["N"], [2.0], [3.0]], [["N"], [4.0]],
    ]


def test_a_csv_comes_in_pieces_while_its_rows_are_read():
    read = []

    def rows():
        for number in range(csv_text.AT_ONCE * 3):
            read.append(number)
            yield (number,)

    pieces = csv_pieces(ListFile("many", in_places(["N"]), rows()))
    next(pieces)
    assert len(read) < csv_text.AT_ONCE * 2
    assert sum(piece.count("\r\n") for piece in pieces) > csv_text.AT_ONCE


def test_columns_follow_names_and_stop_at_nothing():
    row = SimpleNamespace(agency=SimpleNamespace(name="Police"), parent=None, said=lambda: "yes")
    file = ListFile("one", {"A": "agency.name", "B": "parent.name", "C": "said", "D": lambda r: 1}, [row])
    assert list(file.lines) == [["Police", "", "yes", 1]]


@pytest.mark.parametrize(("rows", "words"), [
    (19_999, ""), (20_000, "About 20,000 rows: as XLSX it takes some seconds before it comes. CSV is quicker."),
    (100_449, "About 100,000 rows: as XLSX it takes around half a minute before it comes. CSV is quicker."),
    (300_000, "around a minute"), (420_000, "around a minute"), (1_000_000, "around 3 minutes"),
])
def test_a_long_list_says_how_long_its_workbook_takes(rows, words):
    assert waiting(rows) == words or (words and words in waiting(rows))
