"""A scorecard as a PDF: A4, tagged, with one typeface embedded, and the same bytes every time.

Tagged and checked by program, never "certified": the same report as a web page is the accessible
original.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial
from io import BytesIO

from reportlab.lib.pagesizes import A4
from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate

from compliance.fonts import BOLD, REGULAR, font, literal, shortened, width
from compliance.report import agency, partnership
from compliance.report.blocks import MUTED, RULE
from compliance.report.book import ROOM, in_words
from compliance.report.cover import copy_words, partnership_name, subject
from compliance.scorecard import Scorecard
from compliance.tagged import LANGUAGE, TaggedCanvas

WIDE, HIGH = A4
SIDE = (WIDE - ROOM) / 2
TOP, BOTTOM, SMALL = 62, 58, 7.5

__all__ = ["render"]


def render(scorecard: Scorecard, *, made_at: datetime) -> bytes:
    """The report as a PDF; the same scorecard and moment give the same bytes."""
    for name in (REGULAR, BOLD):
        font(name)
    kind = agency if scorecard.for_agency else partnership
    story = kind.write(scorecard, made_at).story()
    target = BytesIO()
    furniture = partial(_furniture, scorecard, made_at)
    _document(target, scorecard).build(
        story, canvasmaker=partial(TaggedCanvas, made_at=made_at, furniture=furniture)
    )
    return target.getvalue()


def _document(target: BytesIO, scorecard: Scorecard) -> BaseDocTemplate:
    frame = Frame(SIDE, BOTTOM, ROOM, HIGH - TOP - BOTTOM, 0, 0, 0, 0)
    return BaseDocTemplate(
        target,
        pagesize=A4,
        pageTemplates=[PageTemplate(frames=[frame])],
        title=literal(_title(scorecard)),
        author=literal(partnership_name(scorecard)),
        subject=literal(subject(scorecard)),
        creator="Quorate",
        lang=LANGUAGE,
        initialFontName=REGULAR,
        pageCompression=1,
    )


def _title(scorecard: Scorecard) -> str:
    return f"{scorecard.title}: {subject(scorecard).lower()}, {scorecard.period.name}"


def _furniture(
    scorecard: Scorecard, made_at: datetime, canvas: TaggedCanvas, page: int, pages: int
) -> None:
    """Header and footer of a page: whose report, which copy, when made, page x of y."""
    canvas.saveState()
    canvas.setFillColor(MUTED)
    canvas.setStrokeColor(RULE)
    canvas.setLineWidth(0.5)
    line = f"{scorecard.title}, {scorecard.period.name}"
    if page > 1:
        _line(canvas, HIGH - 38, line, partnership_name(scorecard))
        canvas.line(SIDE, HIGH - 46, WIDE - SIDE, HIGH - 46)
    canvas.line(SIDE, 44, WIDE - SIDE, 44)
    made = f"{copy_words(scorecard)}. Made {in_words(made_at)} at {made_at:%H:%M}."
    _line(canvas, 32, made, f"Page {page} of {pages}")
    canvas.restoreState()


def _line(canvas: TaggedCanvas, y: float, left: str, right: str) -> None:
    """Words at the left and at the right, neither reaching into the other."""
    canvas.setFont(REGULAR, SMALL)
    right = shortened(right, REGULAR, SMALL, ROOM / 2 - 10)
    left = shortened(left, REGULAR, SMALL, ROOM - width(right, REGULAR, SMALL) - 20)
    canvas.drawString(SIDE, y, left)
    canvas.drawRightString(WIDE - SIDE, y, right)
