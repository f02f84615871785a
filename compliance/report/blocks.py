"""What a page of a report is made of: text, headings, tables and charts, each with its tags.

Plain strings only: nothing here reads markup, so what people typed prints as they typed it. A
table measures each cell once, is cut by row numbers and shares its rows between its parts, so
that six thousand rows cost four times what fifteen hundred do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reportlab.graphics.shapes import Drawing
from reportlab.lib.colors import Color, HexColor
from reportlab.platypus import CondPageBreak, Flowable

from compliance.pdf.fonts import BOLD, REGULAR, font, literal, wrapped
from compliance.pdf.structure import Element, figure_attributes
from compliance.pdf.tagged import TaggedCanvas
from compliance.report.shapes import draw_shapes

INK, MUTED, BRAND, RULE = (
    HexColor("#1d2528"), HexColor("#50595e"), HexColor("#00534a"), HexColor("#aab2b5"),
)  # fmt: skip
MOST_KEPT = 640  # a run that is taller begins a page and flows on


@dataclass(frozen=True, slots=True)
class Look:
    """How a piece of text is set, and what it is called in the structure of the document."""

    tag: str
    font: str = REGULAR
    size: float = 9.5
    leading: float = 13.5
    before: float = 0
    after: float = 6
    colour: Color = INK
    outline: int | None = None  # the level of its bookmark


TITLE = Look("H1", BOLD, 26, 31, 2, 6, BRAND, outline=0)
SECTION = Look("H2", BOLD, 14, 18, 20, 5, BRAND, outline=1)
UNLISTED = Look("H2", BOLD, 14, 18, 20, 5, BRAND)
PART = Look("H3", BOLD, 10.5, 14, 10, 4)
BODY = Look("P")
NOTE = Look("P", size=8.5, leading=11.5, colour=MUTED)
CAPTION = Look("P", size=11, leading=15, after=2, colour=MUTED)
LEAD = Look("P", size=12, leading=16, after=10, colour=MUTED)


class Text(Flowable):
    """A paragraph or heading of literal text."""

    def __init__(self, text: str, look: Look = BODY, element: Element | None = None) -> None:
        super().__init__()
        self.text, self.look = text, look
        self.element = element or Element(look.tag)
        self.lines: tuple[str, ...] | None = None
        self.page = 0  # where it was drawn
        self.spaceBefore, self.spaceAfter = look.before, look.after

    def wrap(self, room: float, height: float) -> tuple[float, float]:
        if self.lines is None:
            most = 8 if self.look.tag != "P" else 400
            self.lines = wrapped(self.text, self.look.font, self.look.size, room, most)
        return room, len(self.lines) * self.look.leading

    def split(self, room: float, height: float) -> list[Text]:
        self.wrap(room, height)
        count = int(height // self.look.leading)
        if count < 2 or self.look.outline is not None:
            return []
        return [self._part(self.lines[:count]), self._part(self.lines[count:])]

    def _part(self, lines: tuple[str, ...]) -> Text:
        part = Text("", self.look, self.element)
        part.lines = lines
        return part

    def draw(self) -> None:
        canvas, look = self.canv, self.look
        top = len(self.lines) * look.leading
        self.page = self.page or canvas.getPageNumber()
        if not self.element.marks:
            canvas.root.hold(self.element)
            if look.outline is not None:
                canvas.bookmark(literal(self.text), look.outline, top + 12)
        canvas.ink(look.colour)
        with canvas.tagged(self.element):
            lines = text_code(canvas, self.lines, 0, top - look.size, look)
            canvas.write(lines)


def text_code(canvas: TaggedCanvas, lines: Sequence[str], x: float, y: float, look: Look) -> str:
    """The code that shows lines one under the other, from a first baseline."""
    face, size = font(look.font), look.size
    shown = f"\n0 {-look.leading:g} Td ".join(canvas.shown(line, face, size) for line in lines)
    return f"BT {x:.2f} {y:.2f} Td {shown} ET"


class Chart(Flowable):
    """A drawing with the sentence that stands for it."""

    def __init__(self, drawing: Drawing, alt: str) -> None:
        super().__init__()
        self.drawing, self.alt = drawing, alt
        self.spaceBefore, self.spaceAfter = 2, 8

    def wrap(self, room: float, height: float) -> tuple[float, float]:
        return self.drawing.width, self.drawing.height

    def draw(self) -> None:
        canvas, (wide, high) = self.canv, self.wrap(0, 0)
        x, y = canvas.absolutePosition(0, 0)
        box = figure_attributes((x, y, x + wide, y + high))
        with canvas.tagged(canvas.root.add("Figure", box, self.alt)):
            draw_shapes(canvas, self.drawing)


def least_height(block: Flowable, room: float) -> float:
    """The least that must stand on a page for a block to begin there."""
    if hasattr(block, "least"):
        return block.least(room)
    return block.wrap(room, 0)[1] + block.getSpaceBefore() + block.getSpaceAfter()


def together(blocks: Sequence[Flowable], room: float) -> list[Flowable]:
    """Blocks whose headings, notes and chart stay with the start of the table that follows.

    A run ends with its table, or before the next heading that is not below its own; no heading is
    left alone at the foot of a page.
    """
    kept: list[Flowable] = []
    run: list[Flowable] = []
    for block in blocks:
        if is_heading(block) and not _is_below(block, run):
            kept += _kept(run, room)
            run = []
        run.append(block)
        if hasattr(block, "least"):
            kept += _kept(run, room)
            run = []
    return kept + _kept(run, room)


def is_heading(block: Flowable) -> bool:
    return isinstance(block, Text) and block.look.tag != "P"


def _is_below(heading: Text, run: Sequence[Flowable]) -> bool:
    """Whether a heading goes on with a run: H3 after the H2 that has said but a sentence so far."""
    return all(map(is_heading, run)) or (is_heading(run[0]) and heading.look.tag > run[0].look.tag)


def _kept(run: list[Flowable], room: float) -> list[Flowable]:
    """A run with the request for a new page where this one has too little room for it."""
    needed = sum(least_height(block, room) for block in run)
    return [CondPageBreak(min(needed, MOST_KEPT)), *run]
