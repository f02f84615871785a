"""A table of plain strings: wrapped once, cut by row numbers, tagged row by row.

Heads are repeated on each page; only the first one is read aloud. No row is cut in two. A bar may
stand beside the name of each row: it shows a percentage that a cell of the row says.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from reportlab.platypus import Flowable

from compliance.pdf.fonts import BOLD, REGULAR, literal, width, wrapped
from compliance.pdf.structure import TH_COLUMN, TH_ROW, Element
from compliance.pdf.tagged import TaggedCanvas
from compliance.report.bars import Bars
from compliance.report.blocks import BRAND, INK, RULE, Look
from compliance.report.columns import SIDE, Column

CELL = Look("TD", REGULAR, 8.5, 10.5)
HEAD = Look("TH", BOLD, 8.5, 10.5, colour=BRAND)
NAME = Look("TH", REGULAR, 8.5, 10.5)
STRONG = Look("TH", BOLD, 8.5, 10.5)
PAD, DENSE, MOST_LINES = 3.5, 2.0, 40
KEPT_WHOLE = 8  # rows: a shorter table is not cut at all

Row = tuple[str, ...]
Lines = tuple[tuple[str, ...], ...]


@dataclass(slots=True)
class Content:
    """What all parts of a table share: its cells in lines, the height of each row, its tags."""

    widths: tuple[float, ...]
    right: frozenset[int]  # columns of figures
    head: Lines
    rows: list[Lines]
    tops: list[float]  # where each row begins, and after the last where the table ends
    name: Look
    element: Element
    pad: float
    bars: Bars | None

    @property
    def wide(self) -> float:
        return sum(self.widths) + (self.bars.room if self.bars else 0)


class Grid(Flowable):
    """A table; the first column names its rows.

    ``widths`` are shares of the room; ``right`` are the columns of figures; ``bars`` stand between
    the names and the other columns.
    """

    def __init__(
        self,
        head: Sequence[str],
        rows: Sequence[Row],
        widths: Sequence[float],
        room: float,
        right: Sequence[int] = (),
        name: Look = NAME,
        *,
        bars: Bars | None = None,
        dense: bool = False,
    ) -> None:
        super().__init__()
        self.spaceBefore, self.spaceAfter = 0, 10
        points = tuple(share * room for share in widths)
        pad = DENSE if dense else PAD
        faces = _faces(points, name)
        lines = [_in_lines(row, faces) for row in rows]
        self.content = Content(
            points, frozenset(right), _in_lines(head, _faces(points, HEAD)) if head else (),
            lines, list(accumulate((_height(row, pad) for row in lines), initial=0.0)), name,
            Element("Table"), pad, bars,
        )  # fmt: skip
        self.start, self.stop = 0, len(lines)

    def _part(self, start: int, stop: int) -> Grid:
        part = Grid.__new__(Grid)
        Flowable.__init__(part)
        part.content, part.start, part.stop = self.content, start, stop
        part.spaceBefore, part.spaceAfter = self.spaceBefore, self.spaceAfter
        return part

    @property
    def head_height(self) -> float:
        return _height(self.content.head, PAD) + 1 if self.content.head else 0

    def least(self, room: float) -> float:
        """The head and two rows; the whole of a short table."""
        count = self.stop - self.start
        begin = count if count <= KEPT_WHOLE else 2
        return self.head_height + self._height(self.start, self.start + begin)

    def _height(self, start: int, stop: int) -> float:
        return self.content.tops[stop] - self.content.tops[start]

    def wrap(self, room: float, height: float) -> tuple[float, float]:
        return self.content.wide, self.head_height + self._height(self.start, self.stop)

    def split(self, room: float, height: float) -> list[Grid]:
        tops = self.content.tops
        lowest = tops[self.start] + height - self.head_height
        at = bisect_right(tops, lowest, self.start, self.stop + 1) - 1
        if 0 < self.stop - at < 3 and at - self.start > 4:
            at = self.stop - 3  # no row or two alone on the last page
        if at <= self.start:
            return []
        return [self._part(self.start, at), self._part(at, self.stop)]

    def draw(self) -> None:
        canvas, content = self.canv, self.content
        _, top = self.wrap(0, 0)
        self._rules(canvas, top)
        first = not content.element.children
        if first:
            canvas.root.hold(content.element)
        if content.head:
            self._head(canvas, top, first)
        self._rows(canvas, top - self.head_height)

    def _rules(self, canvas: TaggedCanvas, top: float) -> None:
        """A line under each row, a stronger one under the head; bars and their scale."""
        content, wide, y = self.content, self.content.wide, top - self.head_height
        with canvas.artifact():
            if content.head:
                canvas.setStrokeColor(BRAND)
                canvas.write(f"1 w 0 {y:.2f} m {wide:.2f} {y:.2f} l S")
            canvas.setStrokeColor(RULE)
            canvas.write("0.4 w")
            from_top = y + content.tops[self.start]
            for below in content.tops[self.start + 1 : self.stop + 1]:
                canvas.write(f"0 {from_top - below:.2f} m {wide:.2f} {from_top - below:.2f} l S")
            if content.bars:
                places = [from_top - below for below in content.tops[self.start : self.stop]]
                first = content.widths[0]
                content.bars.draw(canvas, first, places, self.start, content.pad)
                content.bars.scale(canvas, first, y + 4)

    def _head(self, canvas: TaggedCanvas, top: float, first: bool) -> None:
        """The head, which is read aloud but once."""
        content = self.content
        canvas.ink(HEAD.colour)
        columns = self._columns(HEAD, (TH_COLUMN,) * len(content.head))
        if first:
            self._row(canvas, content.head, top - PAD, columns)
            return
        with canvas.artifact():
            for lines, column in zip(content.head, columns, strict=True):
                canvas.write("\n".join(column.code(canvas, lines, top - PAD)))

    def _rows(self, canvas: TaggedCanvas, y: float) -> None:
        content = self.content
        canvas.ink(INK)
        columns = self._columns(content.name, (TH_ROW,))
        tops, start = content.tops, self.start
        y += tops[start] - content.pad
        for number in range(start, self.stop):
            self._row(canvas, content.rows[number], y - tops[number], columns)

    def _row(self, canvas: TaggedCanvas, row: Lines, y: float, columns: list[Column]) -> None:
        written = self.content.element.add("TR")
        code: list[str] = []
        for lines, column in zip(row, columns, strict=True):
            code.append(canvas.mark(written.add(column.tag, column.attributes)))
            code += column.code(canvas, lines, y)
            code.append("EMC")
        canvas.write("\n".join(code))

    def _columns(self, name: Look, headings: tuple[str, ...]) -> list[Column]:
        """How each column is set; the first ones are headings, with their attributes."""
        content, x, found = self.content, 0.0, []
        for number, wide in enumerate(content.widths):
            look = name if not number or name is HEAD else CELL
            attributes = headings[number] if number < len(headings) else ""
            room = wide - 2 * SIDE if number in content.right else None
            found.append(Column(x + (SIDE if number else 0), look, attributes, room))
            x += wide + (content.bars.room if content.bars and not number else 0.0)
        return found


def _faces(widths: Sequence[float], name: Look) -> list[tuple[str, float, float]]:
    """In what each column is set: typeface, size, room."""
    looks = [name, *((name if name is HEAD else CELL) for _ in widths[1:])]
    return [
        (look.font, look.size, round(wide - (2 if column else 1) * SIDE, 2))
        for column, (look, wide) in enumerate(zip(looks, widths, strict=True))
    ]


def _in_lines(row: Row, faces: Sequence[tuple[str, float, float]]) -> Lines:
    return tuple([wrapped(text, *face, MOST_LINES) for text, face in zip(row, faces, strict=True)])


def room_of(heading: str) -> float:
    """The least width of a column under which no word of its heading is broken."""
    return max(width(word, HEAD.font, HEAD.size) for word in literal(heading).split(" ")) + 2 * SIDE + 1


def _height(row: Lines, pad: float) -> float:
    return max(map(len, row), default=0) * CELL.leading + 2 * pad
