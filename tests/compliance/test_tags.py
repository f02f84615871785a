"""Every printed paper is tagged throughout: walked by us, and by the checker for what it knows."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO

import pdfua
import pikepdf
import pytest

from compliance import case_summary
from compliance.report import render
from compliance.scorecard import ActionLine, CaseLine, Change, Edition, Held, IssueStamp, Scorecard
from tests.compliance import sample
from tests.compliance.tags import faults

DAY = date(2014, 11, 3)
CASES = (CaseLine("BF-2014-0001", "About us", "Health Visiting", "Not attended", "1: Manager", DAY, 6, "Open"),)
ACTIONS = (
    ActionLine("BF-A1", "Train the night shift", "Thames Valley Police: training", DAY, "Overdue", 2, True, "Half done"),
    ActionLine("BF-A2", "Name a deputy", "Thames Valley Police", DAY, "Closed", closed_on=DAY, outcome="Named"),
)  # fmt: skip
STAMP = IssueStamp(
    "BF/2014-15/TVP/2", 2, datetime(2015, 5, 1, tzinfo=UTC), "Mo Manager", "ab12", "A register was corrected.",
    (Change("Conference attendance", "", "Involved", "118 of 191", "119 of 191"),), "Not agreed.", "We came twice.",
)  # fmt: skip


def issued(**changes: object) -> Scorecard:
    return sample.agency(cases=CASES, actions=ACTIONS, stamp=STAMP, **changes)


def held() -> Scorecard:
    """A published edition, in which small numbers are held back."""
    card = sample.agency(edition=Edition.PUBLISHED, people_due=None, missed=(), trend=(), previous=None)
    results = tuple(
        replace(r, readings=tuple(replace(x, met=Held.SMALL, total=Held.BACK) for x in r.readings))
        for r in card.results
    )
    return replace(card, results=results, counts=tuple(replace(c, value=Held.SMALL) for c in card.counts))


def summary() -> bytes:
    """A case's summary with all that it may hold."""
    return case_summary.render(
        case_summary.CaseSummary(
            "BF-2014-0001", "Bracknell Forest", "Stage 1", "No child is in danger now.", "Copy for the parties",
            facts=[("Raised", "3 November 2014")], stages=[("1", "Manager", "5 days", "a", "b", "c")],
            clock=[("3 November 2014", "Counted")], clock_sentence="Working days.", outcome=[("Ended", "Resolved")],
            narrative=[("Why", "Nobody came.\nTwice.")], actions=[("Name a deputy", "Police", "May", "No")],
            timeline=[("3 November 2014", "Raised", "Bob")],
        ),
        made_at=sample.MADE_AT,
    )  # fmt: skip


PAPERS = {
    "agency with names": lambda: render(issued(), made_at=sample.MADE_AT),
    "agency without names": lambda: render(issued(people_due=None), made_at=sample.MADE_AT),
    "agency of many pages": lambda: render(sample.agency(150, 400), made_at=sample.MADE_AT),
    "agency of an empty period": lambda: render(sample.empty(), made_at=sample.MADE_AT),
    "agency, published edition": lambda: render(held(), made_at=sample.MADE_AT),
    "partnership": lambda: render(sample.partnership(actions=ACTIONS), made_at=sample.MADE_AT),
    "partnership of an empty period": lambda: render(sample.empty(for_agency=False), made_at=sample.MADE_AT),
    "annual report": lambda: render(sample.annual(actions=ACTIONS), made_at=sample.MADE_AT),
    "annual report of an empty period": lambda: render(
        sample.empty(for_agency=False, annual=True), made_at=sample.MADE_AT
    ),
    "summary of a case": summary,
}


@pytest.mark.parametrize("paper", PAPERS)
def test_paper_is_tagged_throughout(paper, tmp_path):
    content = PAPERS[paper]()
    assert faults(content) == []
    path = tmp_path / "paper.pdf"
    path.write_bytes(content)
    report = pdfua.validate(str(path))
    assert report.findings == ()
    assert [outcome for outcome in report.outcomes if outcome.skipped_reason] == []


def damaged(change) -> list[str]:
    """The faults of a sound paper after something is done to it."""
    with pikepdf.open(BytesIO(render(sample.agency(3, 3), made_at=sample.MADE_AT))) as pdf:
        change(pdf)
        out = BytesIO()
        pdf.save(out)
    return faults(out.getvalue())


def first(pdf: pikepdf.Pdf, tag: str) -> pikepdf.Dictionary:
    return next(thing for thing in pdf.objects if isinstance(thing, pikepdf.Dictionary) and thing.get("/S") == tag)


def without_marks(pdf: pikepdf.Pdf) -> None:
    page = pdf.pages[1]
    pieces = [piece for piece in pikepdf.parse_content_stream(page) if str(piece[1]) not in ("BDC", "BMC", "EMC")]
    page.Contents = pdf.make_stream(pikepdf.unparse_content_stream(pieces))


def drop(tag: str, key: str):
    def change(pdf: pikepdf.Pdf) -> None:
        del first(pdf, tag)[key]

    return change


def rename(tag: str, other: str):
    def change(pdf: pikepdf.Pdf) -> None:
        first(pdf, tag).S = pikepdf.Name(other)

    return change


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (drop("/Figure", "/Alt"), "A figure has no words in place of it"),
        (drop("/TH", "/A"), "has no scope"),
        (rename("/H2", "/H4"), "A heading jumps"),
        (rename("/TR", "/P"), "/Table has /P in it"),
        (without_marks, "is drawn outside of the tags"),
        (lambda pdf: pdf.Root.__delitem__("/Lang"), "names no language"),
        (lambda pdf: pdf.Root.__delitem__("/Outlines"), "no bookmarks"),
    ],
)
def test_walk_finds_what_is_damaged(change, said):
    assert any(said in fault for fault in damaged(change))
