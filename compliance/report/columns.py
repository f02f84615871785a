"""A column of a table: where its cells stand, and the code that draws one."""

from __future__ import annotations

from compliance.pdf.fonts import font, width
from compliance.pdf.tagged import TaggedCanvas
from compliance.report.blocks import Look

SIDE = 5  # between a column's edge and its text


class Column:
    """Where and how the cells of a column are drawn; ``room`` is that of figures, ended at the right."""

    __slots__ = ("attributes", "face", "look", "room", "tag", "x")

    def __init__(self, x: float, look: Look, attributes: str, room: float | None) -> None:
        self.x, self.look, self.attributes, self.room = x, look, attributes, room
        self.tag, self.face = look.tag, font(look.font)

    def code(self, canvas: TaggedCanvas, lines: tuple[str, ...], top: float) -> list[str]:
        """A cell's lines of text, from its top."""
        x, size, room, found = self.x, self.look.size, self.room, []
        y = top - size - 0.2
        for line in lines:
            if line:
                at = x if room is None else x + room - width(line.rstrip(" "), self.look.font, size)
                found.append(f"BT {at:.2f} {y:.2f} Td {canvas.shown(line, self.face, size)} ET")
            y -= self.look.leading
        return found
