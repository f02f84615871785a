"""Charts: every bar with its figures, nothing outside the drawing, and an SVG that stands alone."""

from __future__ import annotations

from decimal import Decimal
from xml.dom.minidom import Element, parseString

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.graphics.shapes import Drawing, Rect, String

from compliance import charts
from compliance.pdf.fonts import BOLD, REGULAR, literal, shortened, width, wrapped
from compliance.scorecard import Basis, Reading

HOSTILE = (
    "Smith & Jones <b",
    '<img src="/etc/passwd">',
    "nul \x00 bell \x07",
    "Siân Llŷr-Pŵel",
    "Łukasz",
    "W" * 300,
    "]]> --> &amp; 汉字 🙂",
    "",
)


def reading(met: int, total: int) -> Reading:
    return Reading("conference_attendance", Basis.INVOLVED, met, total)


ROWS = (("Thames Valley Police", reading(119, 191)), ("CMHT", reading(10, 65)))


def strings(drawing: Drawing) -> list[String]:
    return [shape for shape in drawing.contents if isinstance(shape, String)]


def texts(drawing: Drawing) -> list[str]:
    return [shape.text.replace("\u00a0", " ") for shape in strings(drawing)]


def bar_widths(drawing: Drawing) -> list[float]:
    rects = [shape for shape in drawing.contents if isinstance(shape, Rect)]
    return [shape.width for shape in rects if shape.fillColor == charts.BAR]


def edges(shape: String) -> tuple[float, float]:
    wide = width(shape.text, shape.fontName, shape.fontSize)
    left = shape.x - {"start": 0, "middle": wide / 2, "end": wide}[shape.textAnchor]
    return left, left + wide


def test_bars_say_percentage_and_what_it_is_made_of():
    found = texts(charts.bars(ROWS))
    assert "62.3% (119 of 191)" in found
    assert "15.4% (10 of 65)" in found


def test_bars_are_as_long_as_their_percentages():
    whole, half = bar_widths(charts.bars([("a", reading(8, 8)), ("b", reading(4, 8))]))
    assert half == pytest.approx(whole / 2)


def test_nothing_to_count_has_no_bar_and_says_none():
    drawing = charts.bars([("a", reading(0, 0))])
    assert "none (0 of 0)" in texts(drawing)
    assert bar_widths(drawing) == []


def test_nothing_met_of_something_says_nought():
    assert "0.0% (0 of 3)" in texts(charts.bars([("a", reading(0, 3))]))


def test_target_is_named_only_when_there_is_one():
    assert "Good from 82.5%" in texts(charts.bars(ROWS, good_from=Decimal("82.5")))
    assert not any(text.startswith("Good") for text in texts(charts.bars(ROWS)))


def test_whole_hundreds_are_not_printed_as_powers():
    assert "Good from 100%" in texts(charts.bars(ROWS, good_from=Decimal(100)))


@pytest.mark.parametrize("name", HOSTILE)
def test_no_text_leaves_the_drawing(name):
    rows = [(name, reading(1234, 1234)), ("short", reading(0, 0))]
    series = [(name, [reading(1, 1)] * 4), ("b", [reading(1, 3)] * 4)]
    for drawing in (charts.bars(rows), charts.trend(series, ["2014-15 Q1"] * 3 + [name])):
        for shape in strings(drawing):
            left, right = edges(shape)
            assert left >= -1
            assert right <= drawing.width + 1


def test_only_the_embedded_typeface_is_used():
    drawing = charts.trend([("a", [reading(1, 2)])], ["2014-15"])
    assert {shape.fontName for shape in strings(drawing)} <= {REGULAR, BOLD}
    assert drawing.initialFontName == REGULAR


def test_description_gives_every_row_of_a_short_chart():
    assert charts.describe("Attendance", ROWS).replace("\u00a0", " ") == (
        "Bar chart. Attendance: Thames Valley Police 62.3% (119 of 191); CMHT 15.4% (10 of 65)."
    )


def test_description_of_a_long_chart_gives_its_range():
    rows = [(f"agency {n}", reading(n, 20)) for n in range(1, 12)] + [("empty", reading(0, 0))]
    told = charts.describe("Attendance", rows).replace("\u00a0", " ")
    assert "12 rows, from agency 1 5.0% (1 of 20) to agency 11 55.0% (11 of 20)" in told


def test_trend_has_a_column_for_each_part_and_says_none():
    readings = [reading(1, 2), reading(0, 0), reading(2, 2)]
    drawing = charts.trend([("Attendance", readings)], ["Q1", "Q2", "Q3"])
    assert {"50.0%", "none", "100.0%", "Q1", "Q2", "Q3"} <= set(texts(drawing))
    told = charts.describe_trend([("Attendance", readings)], ["Q1", "Q2", "Q3"])
    assert told.endswith("Attendance is 50.0% in Q1 and 100.0% in Q3.")


# as a file of its own


def elements(drawing: Drawing) -> list[Element]:
    return parseString(charts.svg(drawing)).getElementsByTagName("*")


def test_svg_needs_no_inline_style_and_fetches_nothing():
    for element in elements(charts.bars(ROWS, good_from=Decimal(80))):
        assert not element.hasAttribute("style")
        assert not element.hasAttribute("href")
        assert not element.hasAttribute("id")
        assert element.tagName not in ("script", "image", "style", "a", "foreignObject")


def test_svg_bars_are_coloured_by_attribute():
    fills = [e.getAttribute("fill") for e in elements(charts.bars(ROWS)) if e.tagName == "rect"]
    assert len(fills) == 4
    assert all(fill.startswith("rgb(") for fill in fills)


def test_svg_falls_back_to_a_plain_typeface():
    families = {e.getAttribute("font-family") for e in elements(charts.bars(ROWS))} - {""}
    assert families
    assert all(family.endswith("sans-serif") for family in families)


def test_svg_is_not_cut_off():
    root = parseString(charts.svg(charts.bars(ROWS))).documentElement
    wide, high = root.getAttribute("viewBox").split()[2:]
    assert (float(wide), float(high)) == (
        float(root.getAttribute("width")), float(root.getAttribute("height")),
    )  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_svg_of_hostile_text_is_well_formed(name):
    drawing = charts.bars([(name, reading(1, 2))])
    root = parseString(charts.svg(drawing, title=name, description=name)).documentElement
    told = root.getElementsByTagName("desc")[0].childNodes
    assert "".join(node.data for node in told) == literal(name)


def test_svg_is_the_same_each_time():
    assert charts.svg(charts.bars(ROWS)) == charts.svg(charts.bars(ROWS))


# text


@settings(max_examples=50)
@given(st.text(max_size=200), st.floats(20, 300), st.sampled_from([REGULAR, BOLD]))
def test_wrapped_lines_fit_and_lose_nothing(text, room, face):
    lines = wrapped(text, face, 8.5, room, most=10_000)
    assert all(width(line.rstrip(" "), face, 8.5) <= room + 0.01 for line in lines)
    kept, given_ = "".join(lines), "".join(map(literal, text.split("\n")))
    assert kept.replace(" ", "") == given_.replace(" ", "")


@settings(max_examples=50)
@given(st.text(max_size=200), st.floats(20, 300))
def test_shortened_text_fits(text, room):
    assert width(shortened(text, REGULAR, 8, room), REGULAR, 8) <= room + 0.01


def test_what_the_typeface_lacks_is_seen_to_be_missing():
    assert literal("a\x00b 汉") == "a□b □"
    assert literal("Sia\u0302n") == "Siân"
    assert literal("soft\u00adhyphen") == "softhyphen"
