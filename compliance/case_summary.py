"""A case's summary as a tagged PDF, in the look of the reports; what it holds comes in as words."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from reportlab.platypus import Flowable

from compliance.report.blocks import (
    BODY,
    LEAD,
    PART,
    SECTION,
    TITLE,
    Look,
    Text,
    together,
)
from compliance.report.book import ROOM
from compliance.report.grid import NAME, STRONG, Grid, Row
from compliance.report.paper import Paper, printed

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
    title = f"Escalation {summary.reference}"
    about = f"Summary of an escalation: {summary.state.lower()}"
    paper = Paper(title, summary.partnership, about, head=title, copy=summary.copy)
    return printed(paper, lambda: together(_blocks(summary), ROOM), made_at)


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
