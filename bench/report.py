"""How long a report takes beside its floor: the same words and lines drawn straight onto a canvas.

Run: python bench/report.py

The floor knows nothing of layout, tags or bookmarks: it replays each line of text, rule and bar of
the very report, in the same embedded typeface. Wanted (``performance.md``): an agency report of 150
people in at most 1.3 times the floor, and at most 4.4 times the time for four times the rows.

Found on two shared cores (the middle of 15 pairs): 150 people 33 ms, 1.38 times the floor of 24 ms,
which is not yet what is wanted; 1,500 rows 79 ms, 1.0 times; 6,000 rows 300 ms, 1.04 to 1.14 times; four
times the rows cost 3.6 to 3.9 times the time. A partnership's report is 17 ms, 1.65 times a floor of 10:
in a short report the composing, the cover and the chart weigh more than the rows.
"""

from __future__ import annotations

import sys
from io import BytesIO
from pathlib import Path
from statistics import median
from time import process_time

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from compliance.pdf import fonts
from compliance.pdf.fonts import font, wrapped
from compliance.pdf.tagged import TaggedCanvas
from compliance.report import paper, render
from compliance.scorecard import Scorecard
from tests.compliance import sample

PAIRS = 15
Step = tuple  # what to draw, and with what


class Recording(TaggedCanvas):
    """Draws a report and writes down every line of text, rule, box and page of it."""

    steps: list[Step] = []

    def shown(self, text, face, size):
        self.steps.append(("text", text, face.fontName, size))
        return super().shown(text, face, size)

    def drawString(self, x, y, text, *args, **options):
        self.steps.append(("text", text, self._fontname, self._fontsize))
        super().drawString(x, y, text, *args, **options)

    def write(self, code):
        self.steps += [("line",)] * code.count(" l S") + [("box",)] * code.count(" re f")
        super().write(code)

    def rect(self, *args, **options):
        self.steps.append(("box",))
        super().rect(*args, **options)

    def line(self, *args, **options):
        self.steps.append(("line",))
        super().line(*args, **options)

    def showPage(self):
        self.steps.append(("page",))
        super().showPage()


def recorded(scorecard: Scorecard) -> list[Step]:
    Recording.steps = []
    kept, paper.TaggedCanvas = paper.TaggedCanvas, Recording
    try:
        drawn(scorecard)
    finally:
        paper.TaggedCanvas = kept
    return Recording.steps


def floor(steps: list[Step]) -> bytes:
    """The steps as a person would write them down for a canvas."""
    target = BytesIO()
    canvas = Canvas(target, pagesize=A4, pageCompression=1, initialFontName="LiberationSans")
    look = None
    for at, step in enumerate(steps):
        x, y = 51 + at * 37 % 480, 60 + at * 13 % 720
        if step[0] == "text":
            if step[2:] != look:
                look = step[2:]
                canvas.setFont(*look)
            canvas.drawString(x, y, step[1])
        elif step[0] == "line":
            canvas.line(x, y, x + 90, y)
        elif step[0] == "box":
            canvas.rect(x, y, 40, 7, stroke=0, fill=1)
        else:
            canvas.showPage()
            look = None
    canvas.save()
    return target.getvalue()


def drawn(scorecard: Scorecard) -> bytes:
    wrapped.cache_clear()  # as in a fresh process
    fonts._of_word.cache_clear()
    return render(scorecard, made_at=sample.MADE_AT)


def timed(work, *args) -> tuple[float, bytes]:
    started = process_time()
    content = work(*args)
    return process_time() - started, content


def main() -> None:
    for name in ("LiberationSans", "LiberationSans-Bold"):
        font(name)
    print(f"{'report':44}{'ms':>8}{'floor':>8}{'ratio':>7}{'kB':>7}")
    told("agency, 150 staff with names, 40 missed", sample.agency(150, 40))
    told("partnership, 16 agencies", sample.partnership())
    short = told("agency, 1,500 missed duties", sample.agency(0, 1_500), 5)
    long = told("agency, 6,000 missed duties", sample.agency(0, 6_000), 5)
    print(f"four times the rows cost {long / short:.2f} times the time")


def told(what: str, scorecard: Scorecard, pairs: int = PAIRS) -> float:
    """The middle of the pairs' ratios; report and floor are timed by turns."""
    steps, ratios, times, floors = recorded(scorecard), [], [], []
    for _ in range(pairs):
        took, content = timed(drawn, scorecard)
        least, _ = timed(floor, steps)
        ratios.append(took / least)
        times.append(took)
        floors.append(least)
    print(
        f"{what:44}{median(times) * 1000:8.0f}{median(floors) * 1000:8.0f}{median(ratios):7.2f}"
        f"{len(content) / 1000:7.0f}"
    )
    return median(times)


if __name__ == "__main__":
    main()
