"""The shapes of a chart as drawing code: what ``charts`` draws with, and no more."""

from __future__ import annotations

from reportlab.graphics.shapes import Drawing, Line, Rect, String

from compliance.pdf.fonts import font, width
from compliance.pdf.tagged import TaggedCanvas

STARTS = {"start": 0.0, "middle": 0.5, "end": 1.0}


def draw_shapes(canvas: TaggedCanvas, drawing: Drawing) -> None:
    """Boxes, lines and words, in their order."""
    draw = {Rect: _box, Line: _line, String: _words}
    for shape in drawing.contents:
        draw[type(shape)](canvas, shape)


def _box(canvas: TaggedCanvas, box: Rect) -> None:
    canvas.ink(box.fillColor)
    canvas.write(f"{box.x:.2f} {box.y:.2f} {box.width:.2f} {box.height:.2f} re f")


def _line(canvas: TaggedCanvas, line: Line) -> None:
    colour = line.strokeColor
    dashes = " ".join(f"{dash:g}" for dash in line.strokeDashArray or ())
    canvas.write(
        f"{colour.red:.4g} {colour.green:.4g} {colour.blue:.4g} RG {line.strokeWidth:g} w [{dashes}] 0 d "
        f"{line.x1:.2f} {line.y1:.2f} m {line.x2:.2f} {line.y2:.2f} l S"
    )


def _words(canvas: TaggedCanvas, words: String) -> None:
    x = words.x - STARTS[words.textAnchor] * width(words.text, words.fontName, words.fontSize)
    shown = canvas.shown(words.text, font(words.fontName), words.fontSize)
    canvas.ink(words.fillColor)
    canvas.write(f"BT {x:.2f} {words.y:.2f} Td {shown} ET")
