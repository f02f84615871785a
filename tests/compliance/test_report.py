"""Reports as PDF: tagged, complete, literal, and the same bytes each time."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from itertools import pairwise

import pdfua
import pikepdf
import pypdf
import pytest
from reportlab.pdfgen.canvas import Canvas

from compliance.report import render
from compliance.scorecard import Basis, Scorecard
from tests.compliance import sample

HOSTILE = (
    "Smith & Jones <b",
    '<img src="/etc/passwd">',
    "<para><font size=90>&amp;",
    "Siân Llŷr-Pŵel",
    "Łukasz",
    "back\\slash (and) brackets",
)
REPORTS = {
    "agency with names": sample.agency(),
    "agency without names": sample.agency(people_due=None),
    "agency of 150 people": sample.agency(150, 120),
    "agency of an empty period": sample.empty(),
    "agency without readings": sample.agency(results=(), counts=(), trend=(), previous=None),
    "partnership": sample.partnership(),
    "partnership of an empty period": sample.empty(for_agency=False),
    "partnership of sixty agencies": sample.partnership(tuple(f"School {n}" for n in range(60))),
}
every_report = pytest.mark.parametrize("scorecard", REPORTS.values(), ids=REPORTS)


def printed(scorecard: Scorecard) -> bytes:
    return render(scorecard, made_at=sample.MADE_AT)


@cache
def _pages(content: bytes) -> tuple[str, ...]:
    reader = pypdf.PdfReader(BytesIO(content))
    return tuple(page.extract_text() for page in reader.pages)


def pages(scorecard: Scorecard) -> tuple[str, ...]:
    return _pages(printed(scorecard))


def words(scorecard: Scorecard) -> str:
    """The whole text with single spaces."""
    return re.sub(r"\s+", " ", " ".join(pages(scorecard)))


def letters(text: str) -> str:
    return re.sub(r"\s+", "", text)


def opened(scorecard: Scorecard) -> pikepdf.Pdf:
    return pikepdf.open(BytesIO(printed(scorecard)))


def structure(pdf: pikepdf.Pdf) -> list[pikepdf.Dictionary]:
    """All structure elements in reading order."""
    found, waiting = [], [pdf.Root.StructTreeRoot.K[0]]
    while waiting:
        element = waiting.pop()
        found.append(element)
        kids = element.get("/K", [])
        kids = kids if isinstance(kids, pikepdf.Array) else [kids]
        below = [kid for kid in kids if isinstance(kid, pikepdf.Dictionary) and "/S" in kid]
        waiting.extend(reversed(below))
    return found


def tags(pdf: pikepdf.Pdf) -> list[str]:
    return [str(element.S)[1:] for element in structure(pdf)]


# accessible


@every_report
def test_checker_finds_nothing(scorecard, tmp_path):
    path = tmp_path / "report.pdf"
    path.write_bytes(printed(scorecard))
    report = pdfua.validate(str(path))
    assert report.findings == ()
    assert [outcome for outcome in report.outcomes if outcome.skipped_reason] == []


def test_checker_finds_fault_with_an_untagged_file(tmp_path):
    path = tmp_path / "plain.pdf"
    canvas = Canvas(str(path))
    canvas.drawString(72, 72, "No tags")
    canvas.save()
    assert pdfua.validate(str(path)).findings != ()


@every_report
def test_file_says_what_it_is(scorecard):
    with opened(scorecard) as pdf:
        assert str(pdf.Root.Lang) == "en-GB"
        assert bool(pdf.Root.MarkInfo.Marked)
        assert str(pdf.Root.ViewerPreferences.DisplayDocTitle) == "True"
        assert str(pdf.docinfo.Title).startswith(f"{scorecard.title}: ")
        assert str(pdf.docinfo.Title).endswith(", 2014-15")
        assert str(pdf.docinfo.Author) == "Bracknell Forest Local Safeguarding Children Board"
        with pdf.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
            assert metadata["dc:title"] == str(pdf.docinfo.Title)


@every_report
def test_typeface_is_embedded_and_no_other_is_named(scorecard):
    with opened(scorecard) as pdf:
        fonts = [thing for thing in pdf.objects if _is_font(thing)]
        assert fonts
        for font in fonts:
            assert "LiberationSans" in str(font.BaseFont)
            assert "/FontFile2" in font.FontDescriptor


def _is_font(thing: object) -> bool:
    return isinstance(thing, pikepdf.Dictionary) and thing.get("/Type") == "/Font"


def test_structure_has_headings_tables_and_figures():
    with opened(sample.agency()) as pdf:
        found = structure(pdf)
        assert tags(pdf)[:3] == ["Document", "P", "H1"]
        scopes = {str(e.A.Scope) for e in found if e.S == "/TH"}
        assert scopes == {"/Column", "/Row"}
        figures = [e for e in found if e.S == "/Figure"]
        assert figures
        assert all(str(figure.Alt).endswith(".") for figure in figures)
        assert all(len(figure.A.BBox) == 4 for figure in figures)


@every_report
def test_no_figure_stands_without_a_table_after_it(scorecard):
    with opened(scorecard) as pdf:
        found = [tag for tag in tags(pdf) if tag in ("Figure", "Table")]
    assert "Figure" not in found[-1:]


@every_report
def test_heading_levels_are_not_skipped(scorecard):
    with opened(scorecard) as pdf:
        levels = [int(tag[1]) for tag in tags(pdf) if re.fullmatch(r"H\d", tag)]
    assert levels[0] == 1
    assert all(b <= a + 1 for a, b in pairwise(levels))


def test_head_of_a_long_table_is_repeated_but_read_once():
    scorecard = sample.agency(0, 200)
    head = "Meeting Kind Held on What was missed"
    assert sum(head in re.sub(r"\s+", " ", p) for p in pages(scorecard)) > 3
    with opened(scorecard) as pdf:
        tables = [e for e in structure(pdf) if e.S == "/Table"]
        heads = [
            sum(1 for cell in row.K if cell.S == "/TH" and cell.A.Scope == "/Column")
            for table in tables if len(table.K) > 200
            for row in table.K
        ]  # fmt: skip
    assert sorted(set(heads)) == [0, 4]
    assert heads.count(4) == 1


def test_outline_leads_to_the_sections():
    reader = pypdf.PdfReader(BytesIO(printed(sample.agency())))
    title, sections = reader.outline
    assert title.title == "Thames Valley Police"
    named = [section.title for section in sections]
    assert named[:3] == ["Headlines", "Trend", "Training in date"]
    assert {"What was missed", "Data quality", "Actions"} < set(named)
    assert named[-2:] == ["Definitions", "Annex: each missed duty"]
    for section in sections:
        page = reader.pages[reader.get_destination_page_number(section)]
        assert section.title in page.extract_text()


# complete


@every_report
def test_every_reading_is_printed(scorecard):
    text = words(scorecard)
    for reading in scorecard.readings:
        assert re.search(rf"\b{reading.working}\b", text), reading
        assert reading.printed in text, reading


@every_report
def test_every_number_is_printed(scorecard):
    text = words(scorecard)
    for count in scorecard.counts:
        if not count.by:
            assert f"{count.label} {count.value}" in text


def test_numbers_by_course_stand_in_one_row_for_each_course():
    text = words(sample.agency())
    assert "roles and responsibilities 21 of 27 (77.8%) 9 0" in text
    assert "multi-agency workshop 8 of 16 (50.0%) 5 4" in text


def test_a_reading_that_no_section_knows_is_printed():
    odd = sample.result("contribution", (Basis.INVITED, 7, 907, {"mode": "video", "odd": "x"}))
    assert "7 of 907 (0.8%)" in words(sample.agency(results=(odd,)))
    assert "of 907" not in words(sample.agency())


@every_report
def test_cover_says_whose_which_and_when(scorecard):
    first = re.sub(r"\s+", " ", pages(scorecard)[0])
    assert scorecard.title in first
    assert "Bracknell Forest Local Safeguarding Children Board" in first
    assert "2014-15: 1 April 2014 to 31 March 2015" in first
    assert "11 May 2015 at 14:05" in first


def test_partnership_label_is_not_said_twice():
    scorecard = sample.agency(partnership="Slough Local Safeguarding Children Board")
    text = words(scorecard)
    assert "Slough Local Safeguarding Children Board" in text
    assert "Board Local" not in text


def test_names_are_printed_only_in_the_agencys_own_copy():
    with_names, without = sample.agency(), sample.agency(people_due=None)
    assert "Siân Llŷr-Pŵel" in words(with_names)
    assert "Copy with names: for the agency only" in words(with_names)
    text = words(without)
    assert "Copy without names" in text
    assert "Expired 14" in text
    assert not any(person.name in text for person in with_names.people_due)


def test_nothing_to_count_is_none_and_never_a_percentage():
    for scorecard in (sample.empty(), sample.empty(for_agency=False)):
        text = words(scorecard)
        assert "There was nothing to count in this period: none." in text
        body = text.partition("Definitions")[0]
        assert not re.search(r"\b(0\.0|100\.0)%", body)


def test_nothing_met_is_a_percentage():
    nought = sample.result("contribution", (Basis.INVOLVED, 0, 9))
    assert "0 of 9 0.0%" in words(sample.agency(results=(nought,), trend=(), previous=None))


def test_section_without_readings_is_left_out():
    left = tuple(r for r in sample.agency_results() if r.measure.key != "duty_trained")
    assert "Trained for duty" in words(sample.agency())
    assert "Trained for duty" not in words(sample.agency(results=left, trend=(), previous=None))


def test_ratings_are_words_and_small_totals_are_not_rated():
    text = words(sample.agency())
    assert "Basis: involved 119 of 191 62.3% Watch 80% 60%" in text
    assert "3 of 4 75.0% Not rated 90% 70%" in text
    assert "Watch Training in date; Conference attendance" in text
    assert "Not rated: fewer than five Escalations answered in time" in text


def test_each_definition_is_printed():
    scorecard = sample.agency()
    text = words(scorecard)
    for result in scorecard.results:
        assert result.measure.sentence in text
    for basis in (Basis.ALL, Basis.INVITED, Basis.INVOLVED, Basis.KNOWN):
        assert f"Basis: {basis.label} {basis.sentence}" in text
    for own in (own for result in scorecard.results for own in result.measure.over):
        assert f"Basis: {own.label} {own.sentence}" in text
    assert Basis.DUE.sentence not in text  # every measure with it has words of its own


def test_excused_duties_are_marked_and_stay():
    text = words(sample.agency(absences=8))
    assert "Missed duties: 8. Meetings: 8. Excused: 2." in text
    assert text.count("Excused: late invitation") == 2


def test_each_missed_duty_is_listed_once_for_its_meeting():
    card = sample.agency(0, 3)
    first, *others = card.missed
    both = replace(card, missed=(first, replace(first, what="report", excused=""), *others))
    text = words(both)
    assert "BF14-0001 Initial conference 1 April 2014 Attendance (Excused: late invitation); Report" in text
    assert text.count("BF14-0001") == 1


def test_a_person_with_two_courses_due_stands_once_for_each_standing():
    one = sample.people(1)[0]
    card = sample.agency(people_due=(one, replace(one, course="SOS"), replace(one, standing="Never")))
    text = words(card)
    assert text.count(one.name) == 2
    assert "Requirements: 2. People: 1." in text


def test_a_section_with_nothing_to_say_says_so_in_a_line():
    text = words(replace(sample.empty(), cases=()))
    for sentence in (
        "No duty was missed in this period: none.",
        "Nobody is expired, expiring or without a record.",
        "No case by the agency or about it was open in this period.",
        "No action of the board was open or was closed in this period: none.",
    ):
        assert sentence in text


def test_contents_name_the_page_of_each_section():
    content = printed(sample.agency())
    reader = pypdf.PdfReader(BytesIO(content))
    cover = re.sub(r"\s+", " ", reader.pages[0].extract_text())
    for section in reader.outline[1]:
        number = reader.get_destination_page_number(section) + 1
        assert f"{section.title} {number} " in cover


def test_partnership_has_a_row_for_each_agency():
    scorecard = sample.partnership()
    text = words(scorecard)
    for name in sample.AGENCIES:
        assert name in text
    assert "Children considered, summed over conferences 540" in text
    assert "114 of 124 (91.9%)" in text


# literal


@pytest.mark.parametrize("text", HOSTILE)
def test_typed_text_is_printed_as_typed(text):
    scorecard = everywhere(text)
    for card in (scorecard, replace(scorecard, for_agency=False)):
        content = printed(card)
        assert letters(text) in letters("".join(_pages(content)))
        assert b"/Subtype /Image" not in content
        assert b"/URI" not in content


@pytest.mark.parametrize("text", ["\x00", "a\x00b", "\ud800", "W" * 5000, "\n\n", "汉字 🙂", ""])
def test_odd_text_raises_nothing(text):
    scorecard = everywhere(text)
    for card in (scorecard, replace(scorecard, for_agency=False)):
        assert printed(card).startswith(b"%PDF")


def everywhere(text: str) -> Scorecard:
    """A scorecard that says the text wherever something typed can stand."""
    card = sample.agency(3, 3)
    return replace(
        card, title=text, partnership=text, partnership_label=text, subgroup_label=text,
        labels=dict.fromkeys(card.labels, text), notes=(text,),
        people_due=tuple(
            replace(p, name=text, job_title=text, role_group=text, course=text)
            for p in card.people_due
        ),
        missed=tuple(replace(m, reference=text, what=text, excused=text) for m in card.missed),
    )  # fmt: skip


# pages and bytes


def test_pages_are_numbered_of_their_number():
    found = pages(sample.agency())
    assert len(found) >= 6
    for number, text in enumerate(found, start=1):
        assert f"Page {number} of {len(found)}" in text


@pytest.mark.parametrize("absences", range(0, 60, 6))
def test_no_heading_is_left_at_the_foot_of_a_page(absences):
    content = printed(sample.agency(5, absences))
    reader = pypdf.PdfReader(BytesIO(content))
    headings = {section.title for section in reader.outline[1]} | {"By course", "Who is due"}
    for text in _pages(content):
        lines = [line.strip() for line in text.split("\n") if line.strip()]
        body = [line for line in lines if not line.startswith(("Copy with", "Page "))]
        assert body[-1] not in headings


@every_report
def test_same_scorecard_and_moment_give_the_same_bytes(scorecard):
    assert printed(scorecard) == printed(scorecard)


def test_another_moment_gives_other_bytes():
    later = datetime(2015, 5, 11, 14, 6, tzinfo=UTC)
    assert render(sample.agency(), made_at=later) != printed(sample.agency())


def test_file_is_dated_as_made_whatever_the_clock(monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1")
    content = printed(sample.agency())
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    assert content == printed(sample.agency())
    with opened(sample.agency()) as pdf:
        assert str(pdf.docinfo.CreationDate) == "D:20150511140500+00'00'"
