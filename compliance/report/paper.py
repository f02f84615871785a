"""The paper of every PDF: A4, tagged, one typeface embedded, with its head and foot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from io import BytesIO
from typing import IO

from reportlab.lib.pagesizes import A4
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate

from compliance.pdf.fonts import BOLD, REGULAR, font, literal, shortened, width
from compliance.pdf.tagged import LANGUAGE, TaggedCanvas
from compliance.report.blocks import MUTED, RULE
from compliance.report.book import ROOM, in_words

WIDE, HIGH = A4
SIDE = (WIDE - ROOM) / 2
TOP, BOTTOM, SMALL = 62, 58, 7.5


@dataclass(frozen=True, slots=True)
class Paper:
    """What the file says of itself, and what stands at the head and foot of its pages."""

    title: str
    author: str
    subject: str
    head: str  # of the pages after the first, with the author at the right
    copy: str  # whose copy it is


def printed(paper: Paper, write: Callable[[], list[Flowable]], made_at: datetime) -> bytes:
    """The PDF; the same paper, story and moment give the same bytes."""
    for name in (REGULAR, BOLD):
        font(name)
    target = BytesIO()
    drawn = partial(furniture, paper, made_at)
    document(target, paper).build(
        write(), canvasmaker=partial(TaggedCanvas, made_at=made_at, furniture=drawn)
    )
    return target.getvalue()


def document(target: IO[bytes], paper: Paper) -> BaseDocTemplate:
    frame = Frame(SIDE, BOTTOM, ROOM, HIGH - TOP - BOTTOM, 0, 0, 0, 0)
    return BaseDocTemplate(
        target,
        pagesize=A4,
        pageTemplates=[PageTemplate(frames=[frame])],
        title=literal(paper.title),
        author=literal(paper.author),
        subject=literal(paper.subject),
        creator="Quorate",
        lang=LANGUAGE,
        initialFontName=REGULAR,
        pageCompression=1,
    )


def furniture(
    paper: Paper, made_at: datetime, canvas: TaggedCanvas, page: int, pages: int, *, first: int = 1
) -> None:
    """Header and footer of a page: of what, which copy, when made, page x of y; the first has no header."""
    canvas.saveState()
    canvas.setFillColor(MUTED)
    canvas.setStrokeColor(RULE)
    canvas.setLineWidth(0.5)
    if page > first:
        _line(canvas, HIGH - 38, paper.head, paper.author)
        canvas.line(SIDE, HIGH - 46, WIDE - SIDE, HIGH - 46)
    canvas.line(SIDE, 44, WIDE - SIDE, 44)
    made = f"{paper.copy}. Made {in_words(made_at)} at {made_at:%H:%M}."
    _line(canvas, 32, made, f"Page {page} of {pages}")
    canvas.restoreState()


def _line(canvas: TaggedCanvas, y: float, left: str, right: str) -> None:
    """Words at the left and at the right, neither reaching into the other."""
    canvas.setFont(REGULAR, SMALL)
    right = shortened(right, REGULAR, SMALL, ROOM / 2 - 10)
    left = shortened(left, REGULAR, SMALL, ROOM - width(right, REGULAR, SMALL) - 20)
    canvas.drawString(SIDE, y, left)
    canvas.drawRightString(WIDE - SIDE, y, right)
