"""A table of plain strings: wrapped once, cut by row numbers, tagged row by row.

Heads are repeated on each page; only the first one is read aloud. No row is cut in two.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from reportlab.platypus import Flowable

from compliance.fonts import BOLD, REGULAR, font, width, wrapped
from compliance.report.blocks import BRAND, INK, RULE, Look
from compliance.tagged import TH_COLUMN, TH_ROW, Element, TaggedCanvas

CELL = Look("TD", REGULAR, 8.5, 10.5)
HEAD = Look("TH", BOLD, 8.5, 10.5, colour=BRAND)
NAME = Look("TH", REGULAR, 8.5, 10.5)
STRONG = Look("TH", BOLD, 8.5, 10.5)
PAD, SIDE, MOST_LINES = 3.5, 5, 40

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


class Grid(Flowable):
    """A table; the first column names its rows.

    ``widths`` are shares of the room; ``right`` are the columns of figures.
    """

    def __init__(
        self,
        head: Sequence[str],
        rows: Sequence[Row],
        widths: Sequence[float],
        room: float,
        right: Sequence[int] = (),
        name: Look = NAME,
    ) -> None:
        super().__init__()
        self.spaceBefore, self.spaceAfter = 0, 10
        points = tuple(share * room for share in widths)
        lines = [_in_lines(row, points, name) for row in rows]
        self.content = Content(
            points, frozenset(right), _in_lines(tuple(head), points, HEAD) if head else (),
            lines, list(accumulate(map(_height, lines), initial=0.0)), name, Element("Table"),
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
        return _height(self.content.head) + 1 if self.content.head else 0

    def least(self, room: float) -> float:
        """The head and two rows; three, when there are but three."""
        count = self.stop - self.start
        begin = count if count <= 3 else 2
        return self.head_height + self._height(self.start, self.start + begin)

    def _height(self, start: int, stop: int) -> float:
        return self.content.tops[stop] - self.content.tops[start]

    def wrap(self, room: float, height: float) -> tuple[float, float]:
        return sum(self.content.widths), self.head_height + self._height(self.start, self.stop)

    def split(self, room: float, height: float) -> list[Grid]:
        tops = self.content.tops
        lowest = tops[self.start] + height - self.head_height
        at = bisect_right(tops, lowest, self.start, self.stop + 1) - 1
        if self.stop - at == 1 and at - self.start > 2:
            at -= 1  # no row alone on the last page
        if at <= self.start:
            return []
        return [self._part(self.start, at), self._part(at, self.stop)]

    def draw(self) -> None:
        canvas, content = self.canv, self.content
        _, top = self.wrap(0, 0)
        self._rules(canvas, top)
        first = not content.element.children
        if first:
            canvas.root.children.append(content.element)
        if content.head:
            self._head(canvas, top, first)
        self._rows(canvas, top - self.head_height)

    def _rules(self, canvas: TaggedCanvas, top: float) -> None:
        """A line under each row, a stronger one under the head."""
        content, wide = self.content, sum(self.content.widths)
        with canvas.artifact():
            y = top - self.head_height
            if content.head:
                canvas.setStrokeColor(BRAND)
                canvas.write(f"1 w 0 {y:.2f} m {wide:.2f} {y:.2f} l S")
            canvas.setStrokeColor(RULE)
            canvas.write("0.4 w")
            for below in content.tops[self.start + 1 : self.stop + 1]:
                y = top - self.head_height - below + content.tops[self.start]
                canvas.write(f"0 {y:.2f} m {wide:.2f} {y:.2f} l S")

    def _head(self, canvas: TaggedCanvas, top: float, first: bool) -> None:
        canvas.setFillColor(HEAD.colour)
        if not first:
            with canvas.artifact():
                for x, lines, _ in self._cells(self.content.head, HEAD):
                    self._cell(canvas, x, top, lines, HEAD)
            return
        row = self.content.element.add("TR")
        for x, lines, _ in self._cells(self.content.head, HEAD):
            canvas.write(canvas.mark(row.add("TH", TH_COLUMN)))
            self._cell(canvas, x, top, lines, HEAD)
            canvas.write("EMC")

    def _rows(self, canvas: TaggedCanvas, y: float) -> None:
        content = self.content
        canvas.setFillColor(INK)
        for number in range(self.start, self.stop):
            row = content.element.add("TR")
            for x, lines, look in self._cells(content.rows[number], content.name):
                cell = row.add("TH", TH_ROW) if look.tag == "TH" else row.add("TD")
                canvas.write(canvas.mark(cell))
                self._cell(canvas, x, y, lines, look)
                canvas.write("EMC")
            y -= self._height(number, number + 1)

    def _cells(self, row: Lines, name: Look) -> list[tuple[float, tuple, Look]]:
        """Where each cell's text begins; a column of figures ends at its right side."""
        found, x = [], 0.0
        for column, lines in enumerate(row):
            look = name if not column or name is HEAD else CELL
            found.append((x + (SIDE if column else 0), self._set(column, lines, look), look))
            x += self.content.widths[column]
        return found

    def _set(self, column: int, lines: tuple[str, ...], look: Look) -> tuple:
        """Lines with the space to the left of each."""
        if column not in self.content.right:
            return tuple((line, 0.0) for line in lines)
        room = self.content.widths[column] - 2 * SIDE
        return tuple((line, room - width(line.rstrip(" "), look.font, look.size)) for line in lines)

    @staticmethod
    def _cell(canvas: TaggedCanvas, x: float, top: float, lines: tuple, look: Look) -> None:
        face, y, write = font(look.font), top - PAD - look.size - 0.2, canvas.write
        for text, indent in lines:
            if text:
                shown = canvas.shown(text, face, look.size)
                write(f"BT {x + indent:.2f} {y:.2f} Td {shown} ET")
            y -= look.leading


def _in_lines(row: Row, widths: Sequence[float], name: Look) -> Lines:
    return tuple(
        wrapped(
            text, *_face(column, name), round(widths[column] - (2 if column else 1) * SIDE, 2),
            MOST_LINES,
        )
        for column, text in enumerate(row)
    )  # fmt: skip


def _face(column: int, name: Look) -> tuple[str, float]:
    look = name if not column or name is HEAD else CELL
    return look.font, look.size


def _height(row: Lines) -> float:
    return max((len(lines) for lines in row), default=0) * CELL.leading + 2 * PAD
