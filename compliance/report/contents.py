"""The list of a report's sections with their pages, known when all of it is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from reportlab.platypus import Flowable

from compliance.pdf.fonts import font, shortened, width
from compliance.pdf.tagged import TaggedCanvas
from compliance.report.blocks import INK, RULE, SECTION, Look, Text, text_code

LINE = Look("P", size=9.5, leading=15.5)
PAGE = 34.0  # the room of the page numbers


class Contents(Flowable):
    """A line for each section of a story; give it the story while that is still being written."""

    def __init__(self, story: Sequence[Flowable], room: float) -> None:
        super().__init__()
        self.story, self.room = story, room

    @property
    def sections(self) -> list[Text]:
        return [b for b in self.story if isinstance(b, Text) and b.look is SECTION]

    def wrap(self, room: float, height: float) -> tuple[float, float]:
        return self.room, len(self.sections) * LINE.leading

    def draw(self) -> None:
        canvas, (wide, y) = self.canv, self.wrap(0, 0)
        listed = canvas.root.add("TOC")
        for section in self.sections:
            canvas.ink(INK)
            title = shortened(section.text, LINE.font, LINE.size, wide - PAGE - 20)
            with canvas.tagged(listed.add("TOCI").add("P")):
                canvas.write(text_code(canvas, [f"{title} "], 0, y - LINE.size, LINE))
                canvas.write_later(partial(_page, canvas, section, wide, y - LINE.size))
            self._leader(canvas, width(title, LINE.font, LINE.size) + 6, wide - 22, y - LINE.size)
            y -= LINE.leading

    @staticmethod
    def _leader(canvas: TaggedCanvas, start: float, end: float, y: float) -> None:
        with canvas.artifact():
            canvas.setStrokeColor(RULE)
            canvas.write(f"q 0.6 w [0.6 3] 0 d {start:.2f} {y:.2f} m {end:.2f} {y:.2f} l S Q")


def _page(canvas: TaggedCanvas, section: Text, right: float, y: float) -> str:
    """The number of the page on which a section stands, ended at the right."""
    number = str(section.page)
    x = right - width(number, LINE.font, LINE.size)
    return f"BT {x:.2f} {y:.2f} Td {canvas.shown(number, font(LINE.font), LINE.size)} ET"
