"""Charts of readings: one ``Drawing`` behind the page and the PDF.

Plain shapes in few colours, every bar with its figures in words beside it, so that a chart reads
in black and white. A chart never stands without the table of its readings.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from math import ceil
from xml.dom.minidom import Element

from reportlab.graphics import renderSVG
from reportlab.graphics.shapes import Drawing, Line, Rect, String
from reportlab.lib.colors import Color, HexColor

from compliance.pdf.fonts import BOLD, REGULAR, font, literal, shortened, width, wrapped
from compliance.scorecard import Reading

INK, MUTED, BAR, TRACK, MARK = (
    HexColor("#1d2528"), HexColor("#50595e"), HexColor("#00534a"), HexColor("#d8dfde"),
    HexColor("#8a4b00"),
)  # fmt: skip
WIDTH = 493.0
SIZE = 8.0
FAMILY = "Liberation Sans, Arial, Helvetica, sans-serif"

Named = tuple[str, Reading]


def figures(reading: Reading) -> str:
    """The percentage with what it is made of: "62.3% (119 of 191)"; neither part is broken."""
    if reading.is_held:
        return unbroken(reading.working)
    return f"{reading.printed} ({unbroken(reading.working)})"


def unbroken(text: str) -> str:
    """Text that stays on one line where there is room for it on one."""
    return text.replace(" ", "\u00a0")


def bars(
    rows: Sequence[Named], *, across: float = WIDTH, good_from: Decimal | None = None
) -> Drawing:
    """A horizontal bar for each reading on a scale of 0 to 100%, its figures beside it.

    ``good_from`` draws the target as a dashed line with its words.
    """
    names = [_name_lines(name, across * 0.32) for name, _ in rows]
    heights = [max(17.0, 9.5 * len(lines) + 6) for lines in names]
    foot, head = 14.0, 13.0 if good_from is not None else 2.0
    drawing = _drawing(across, sum(heights) + foot + head)
    start, end = across * 0.34, across - 104.0
    y = drawing.height - head
    for lines, high, (_, reading) in zip(names, heights, rows, strict=True):
        y -= high
        _bar(drawing, lines, reading, (start, end, y, high))
    _scale(drawing, start, end, foot)
    if good_from is not None:
        _target(drawing, start + (end - start) * float(good_from) / 100, foot, good_from)
    return drawing


def _name_lines(name: str, room: float) -> tuple[str, ...]:
    """A name on one line or two, in smaller type or cut short where it is very long."""
    return tuple(line.rstrip(" ") for line in wrapped(name, REGULAR, SIZE, room, 2))


def _bar(
    drawing: Drawing,
    lines: tuple[str, ...],
    reading: Reading,
    place: tuple[float, float, float, float],
) -> None:
    start, end, y, high = place
    middle = y + high / 2
    for number, line in enumerate(lines):
        baseline = middle - 2.8 + 9.5 * ((len(lines) - 1) / 2 - number)
        drawing.add(_label(start - 8, baseline, line, anchor="end"))
    drawing.add(_box(start, middle - 5, end - start, 10, TRACK))
    if reading.percent:
        share = min(float(reading.percent) / 100, 1.0)
        drawing.add(_box(start, middle - 5, (end - start) * share, 10, BAR))
    drawing.add(_label(end + 8, middle - 2.8, figures(reading)))


def _scale(drawing: Drawing, start: float, end: float, foot: float) -> None:
    for percent in (0, 50, 100):
        x = start + (end - start) * percent / 100
        drawing.add(Line(x, foot, x, foot - 3, strokeColor=MUTED, strokeWidth=0.5))
        drawing.add(_label(x, 2, f"{percent}%", size=7, anchor="middle", colour=MUTED))


def _target(drawing: Drawing, x: float, foot: float, good_from: Decimal) -> None:
    top = drawing.height - 11
    drawing.add(Line(x, foot, x, top, strokeColor=MARK, strokeWidth=1, strokeDashArray=[3, 2]))
    text = f"Good from {good_from.normalize():f}%"
    drawing.add(_label(x, top + 3, text, size=7, anchor="middle", colour=MARK))


def trend(
    series: Sequence[tuple[str, Sequence[Reading]]],
    periods: Sequence[str],
    *,
    across: float = WIDTH,
) -> Drawing:
    """A small panel of columns for each measure: one column for each part of the period."""
    per_row, space = 4 if len(series) == 4 else 3, 18.0
    wide = (across - space * (per_row - 1)) / per_row
    high = 96.0
    rows = -(-len(series) // per_row)
    drawing = _drawing(across, rows * (high + 12.0) - 12.0)
    for number, (title, readings) in enumerate(series):
        row, column = divmod(number, per_row)
        corner = column * (wide + space), drawing.height - high - row * (high + 12.0)
        _panel(drawing, corner, (wide, high), title, readings, periods)
    return drawing


def _panel(
    drawing: Drawing,
    corner: tuple[float, float],
    size: tuple[float, float],
    title: str,
    readings: Sequence[Reading],
    periods: Sequence[str],
) -> None:
    (x, y), (wide, high) = corner, size
    for number, line in enumerate(wrapped(title, BOLD, SIZE, wide, 2)):
        drawing.add(_label(x, y + high - 8 - 9.5 * number, line, name=BOLD))
    slot = wide / max(len(readings), 1)
    for number, (reading, period) in enumerate(zip(readings, periods, strict=True)):
        centre = x + slot * (number + 0.5)
        tall = 52.0 * float(reading.percent or 0) / 100
        drawing.add(_box(centre - min(slot, 44) * 0.32, y + 12, min(slot, 44) * 0.64, tall, BAR))
        words = reading.printed.split() if reading.is_held else [reading.printed]  # one under the other
        for up, word in enumerate(reversed(words)):
            drawing.add(_label(centre, y + 15 + tall + 8 * up, word, anchor="middle", room=slot))
        drawing.add(_label(centre, y + 2, period, 7, "middle", MUTED, room=slot))
    drawing.add(Line(x, y + 12, x + wide, y + 12, strokeColor=MUTED, strokeWidth=0.6))


def _drawing(across: float, high: float) -> Drawing:
    for name in (REGULAR, BOLD):
        font(name)
    drawing = Drawing(ceil(across), ceil(high))  # an SVG is cut off at whole points
    drawing.initialFontName = REGULAR
    return drawing


def _box(x: float, y: float, wide: float, high: float, colour: Color) -> Rect:
    return Rect(x, y, wide, high, fillColor=colour, strokeColor=None)


def _label(
    x: float,
    y: float,
    text: str,
    size: float = SIZE,
    anchor: str = "start",
    colour: Color = INK,
    name: str = REGULAR,
    room: float = 0,
) -> String:
    """Literal text; in a narrow room it shrinks to 6 points before it is cut short."""
    text = literal(text)
    if room:
        size = max(6.0, min(size, size * room / max(width(text, name, size), 1)))
        text = shortened(text, name, size, room + 0.5)
    return String(x, y, text, fontName=name, fontSize=size, fillColor=colour, textAnchor=anchor)


def describe(title: str, rows: Sequence[Named]) -> str:
    """The sentence that stands for a bar chart where it cannot be seen."""
    if len(rows) <= 8:
        told = "; ".join(f"{name} {figures(reading)}" for name, reading in rows)
        return literal(f"Bar chart. {title}: {told}.")
    counted = [row for row in rows if row[1].percent is not None]
    if not counted:
        return literal(f"Bar chart. {title}: nothing to count in {len(rows)} rows.")
    low, high = min(counted, key=_share), max(counted, key=_share)
    return literal(
        f"Bar chart. {title}: {len(rows)} rows, from {low[0]} {figures(low[1])} "
        f"to {high[0]} {figures(high[1])}. The table that follows gives every row."
    )


def _share(row: Named) -> Decimal:
    return row[1].percent or Decimal(0)


def describe_trend(series: Sequence[tuple[str, Sequence[Reading]]], periods: Sequence[str]) -> str:
    """The sentences that stand for a trend chart: where each measure starts and ends."""
    told = " ".join(_told(title, readings, periods) for title, readings in series)
    return literal(f"Column charts with a column for each of {', '.join(periods)}. {told}")


def _told(title: str, readings: Sequence[Reading], periods: Sequence[str]) -> str:
    start = f"{title} is {readings[0].printed} in {periods[0]}"
    return f"{start}." if len(readings) == 1 else (
        f"{start} and {readings[-1].printed} in {periods[-1]}."
    )  # fmt: skip


def svg(drawing: Drawing, title: str = "", description: str = "") -> bytes:
    """The drawing as an SVG file of its own.

    Looks are written as plain attributes, never as styles, so that it shows under a policy that
    allows no inline style.
    """
    canvas = renderSVG.SVGCanvas((drawing.width, drawing.height), useClip=True)
    renderSVG.draw(drawing, canvas)
    root = canvas.svg
    for element in root.getElementsByTagName("*"):
        for name in ("id", "clip"):  # several charts may stand on one page
            if element.hasAttribute(name):
                element.removeAttribute(name)
        if element.hasAttribute("style"):
            _styles_to_attributes(element)
        if element.tagName == "path":  # a line drawn there and back would fill its own dashes
            element.setAttribute("d", element.getAttribute("d").removesuffix(" Z"))
    for tag, text in (("title", title), ("desc", description)):
        root.getElementsByTagName(tag)[0].firstChild.data = literal(text)
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + root.toxml().encode()


def _styles_to_attributes(element: Element) -> None:
    parts = (part.partition(":") for part in element.getAttribute("style").split(";"))
    looks = {name.strip(): value.strip() for name, _, value in parts if value}
    element.removeAttribute("style")
    bold = looks.get("font-family", "").startswith(BOLD)
    if "font-family" in looks:
        looks |= {"font-family": FAMILY, "font-weight": "bold" if bold else "normal"}
    looks.pop("stroke-linecap", None)
    for name, value in looks.items():
        element.setAttribute(name, value)
