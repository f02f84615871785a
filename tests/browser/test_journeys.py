"""Two journeys in a real Chromium, with script and without, and again by the keyboard alone."""

from __future__ import annotations

import csv
import io

import pypdf
import pytest

pytestmark = pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])


def pdf_words(content: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    return " ".join(" ".join(page.extract_text().split()) for page in pages)


def test_agency_lead_opens_the_rows_and_the_meeting_behind_a_figure(readers, alice, script):
    reader = readers(script=script)
    check = reader.check if script else (lambda: None)
    reader.sign_in(alice)
    assert "Requirements expired 1" in reader.words
    check()
    reader.follow("Northwold Social Care in Northwold")
    assert "Adela Alphatwo" in reader.words
    check()
    reader.follow("see the rows behind Attendance at conferences")
    assert "Represented: 1 of 1." in reader.words
    check()
    reader.follow("NW-1")
    assert "Bobina Alphason" in reader.words and "Not quorate" in reader.words
    check()
    reader.page.go_back()
    reader.follow("Northwold Social Care", within="nav[aria-label=Breadcrumb]")
    assert "Adela Alphatwo" in pdf_words(reader.download("Print as PDF"))
    lines = list(csv.DictReader(io.StringIO(reader.download("Download as CSV").decode())))
    assert {line["Agency"] for line in lines} == {"Northwold Social Care"}
    assert not reader.complaints


def test_sub_group_prints_an_agencys_report_without_names(readers, sam, script):
    reader = readers(script=script)
    check = reader.check if script else (lambda: None)
    reader.sign_in(sam)
    check()
    reader.follow("Northwold Safeguarding Children Partnership")
    row = reader.page.get_by_role("row").filter(has_text="Northwold Social Care").first
    assert "50.0%" in row.inner_text()
    check()
    reader.follow("Northwold Social Care", within="#agencies")
    assert "50.0%" in reader.words and "Alphatwo" not in reader.words
    check()
    printed = pdf_words(reader.download("Print as PDF"))
    assert "Northwold Social Care" in printed and "Alphatwo" not in printed
    assert not reader.complaints


def test_lead_goes_from_sign_in_to_the_rows_by_keyboard(readers, alice, script):
    reader = readers(script=script)
    reader.sign_in(alice)
    reader.page.keyboard.press("Tab")
    assert focused(reader) == "Skip to main content"
    reader.page.keyboard.press("Enter")
    tab_to(reader, "see the rows behind Training in date")
    reader.page.keyboard.press("Enter")
    reader.page.wait_for_url("**/rows/**")
    assert "In date: 1 of 2." in reader.words


def focused(reader) -> str:
    return " ".join(" ".join(reader.page.locator("*:focus").all_inner_texts()).split())


def tab_to(reader, words: str, most: int = 30) -> None:
    for _ in range(most):
        reader.page.keyboard.press("Tab")
        if words in focused(reader):
            return
    raise AssertionError(f"{most} tabs do not reach “{words}”.")
