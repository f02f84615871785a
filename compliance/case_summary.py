"""A case's summary as a tagged PDF, in the look of the reports; what it holds comes in as words."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from io import BytesIO

from reportlab.lib.pagesizes import A4
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate

from compliance.fonts import BOLD, REGULAR, font, literal, shortened, width
from compliance.report.blocks import (
    BODY,
    LEAD,
    MUTED,
    PART,
    RULE,
    SECTION,
    TITLE,
    Look,
    Text,
    together,
)
from compliance.report.book import ROOM, in_words
from compliance.report.grid import NAME, STRONG, Grid, Row
from compliance.tagged import LANGUAGE, TaggedCanvas

WIDE, HIGH = A4
SIDE = (WIDE - ROOM) / 2
TOP, BOTTOM, SMALL = 62, 58, 7.5
STAGE_HEAD = ("Stage", "Who answers", "Limit", "Began", "Due", "What came of it")
STAGE_WIDTHS = (0.21, 0.15, 0.12, 0.14, 0.16, 0.22)


@dataclass(frozen=True, slots=True)
class CaseSummary:
    """All that the paper says; ``narrative`` and ``actions`` are None where the reader may not see them."""

    reference: str
    partnership: str
    state: str
    danger: str
    copy: str
    facts: list[Row]
    stages: list[Row]
    clock: list[Row] = field(default_factory=list)
    clock_sentence: str = ""
    outcome: list[Row] = field(default_factory=list)
    narrative: list[tuple[str, str]] | None = None
    actions: list[Row] | None = None
    timeline: list[Row] = field(default_factory=list)


def render(summary: CaseSummary, *, made_at: datetime) -> bytes:
    """The paper; the same summary and moment give the same bytes."""
    for name in (REGULAR, BOLD):
        font(name)
    target = BytesIO()
    furniture = partial(_furniture, summary, made_at)
    _document(target, summary).build(
        together(_blocks(summary), ROOM),
        canvasmaker=partial(TaggedCanvas, made_at=made_at, furniture=furniture),
    )
    return target.getvalue()


def _document(target: BytesIO, summary: CaseSummary) -> BaseDocTemplate:
    frame = Frame(SIDE, BOTTOM, ROOM, HIGH - TOP - BOTTOM, 0, 0, 0, 0)
    return BaseDocTemplate(
        target,
        pagesize=A4,
        pageTemplates=[PageTemplate(frames=[frame])],
        title=literal(f"Escalation {summary.reference}"),
        author=literal(summary.partnership),
        subject=literal(f"Summary of an escalation: {summary.state.lower()}"),
        creator="Quorate",
        lang=LANGUAGE,
        initialFontName=REGULAR,
        pageCompression=1,
    )


# --- Blocks ---------------------------------------------------------------------------------------


def _blocks(summary: CaseSummary) -> list[Flowable]:
    blocks: list[Flowable] = [
        Text(f"Escalation {summary.reference}", TITLE),
        Text(summary.state, LEAD),
        Text(summary.danger),
        _grid([], summary.facts, (0.22, 0.78), STRONG),
        *_titled("Stages", STAGE_HEAD, summary.stages, STAGE_WIDTHS),
    ]
    if summary.clock:
        blocks += [Text("Why this date", SECTION), Text(summary.clock_sentence)]
        blocks.append(_grid(("Day", "Counted or not"), summary.clock, (0.4, 0.6)))
    if summary.outcome:
        blocks += [Text("How it ended", SECTION), _grid([], summary.outcome, (0.22, 0.78), STRONG)]
    if summary.actions is not None:
        blocks += _actions(summary.actions)
    if summary.narrative is not None:
        blocks += _narrative(summary.narrative)
    return blocks + _titled(
        "Timeline", ("When", "What", "By whom"), summary.timeline, (0.25, 0.5, 0.25)
    )


def _grid(head, rows: list[Row], widths, name: Look = NAME) -> Grid:
    return Grid(head, rows, widths, ROOM, (), name)


def _titled(title: str, head, rows: list[Row], widths) -> list[Flowable]:
    return [Text(title, SECTION), _grid(head, rows, widths)]


def _actions(rows: list[Row]) -> list[Flowable]:
    if not rows:
        return [Text("Agreed actions", SECTION), Text("None.", BODY)]
    return _titled(
        "Agreed actions",
        ("What was agreed", "Owner", "Until", "Done"),
        rows,
        (0.46, 0.24, 0.17, 0.13),
    )


def _narrative(parts: list[tuple[str, str]]) -> list[Flowable]:
    blocks: list[Flowable] = [Text("In words, for those who take part only", SECTION)]
    for title, words in parts:
        blocks.append(Text(title, PART))
        blocks += [Text(line) for line in words.splitlines() if line.strip()]
    return blocks


# --- Head and foot --------------------------------------------------------------------------------


def _furniture(
    summary: CaseSummary, made_at: datetime, canvas: TaggedCanvas, page: int, pages: int
) -> None:
    """Which case, which copy, when made, page x of y."""
    canvas.saveState()
    canvas.setFillColor(MUTED)
    canvas.setStrokeColor(RULE)
    canvas.setLineWidth(0.5)
    if page > 1:
        _line(canvas, HIGH - 38, f"Escalation {summary.reference}", summary.partnership)
        canvas.line(SIDE, HIGH - 46, WIDE - SIDE, HIGH - 46)
    canvas.line(SIDE, 44, WIDE - SIDE, 44)
    made = f"{summary.copy}. Made {in_words(made_at)} at {made_at:%H:%M}."
    _line(canvas, 32, made, f"Page {page} of {pages}")
    canvas.restoreState()


def _line(canvas: TaggedCanvas, y: float, left: str, right: str) -> None:
    """Words at the left and at the right, neither reaching into the other."""
    canvas.setFont(REGULAR, SMALL)
    right = shortened(right, REGULAR, SMALL, ROOM / 2 - 10)
    left = shortened(left, REGULAR, SMALL, ROOM - width(right, REGULAR, SMALL) - 20)
    canvas.drawString(SIDE, y, left)
    canvas.drawRightString(WIDE - SIDE, y, right)
