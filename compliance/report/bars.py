"""Bars beside the rows of a table: each shows a percentage that a cell of its row says in figures.

They are for the eye only, like the lines between rows; dark on pale, so that they print in black
and white. A short upright line is the row's target.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from reportlab.lib.colors import white

from compliance.charts import BAR, TRACK
from compliance.pdf.fonts import REGULAR, font, width
from compliance.pdf.tagged import TaggedCanvas
from compliance.report.blocks import INK, MUTED

GAP, HIGH, SMALL = 9.0, 7.0, 6.5


@dataclass(frozen=True, slots=True)
class Bars:
    """For each row the percentage and the target; None where there is none."""

    room: float  # between the names and the other columns
    values: Sequence[tuple[Decimal | None, Decimal | None]]

    @property
    def length(self) -> float:
        return self.room - GAP

    def draw(
        self, canvas: TaggedCanvas, x: float, tops: Sequence[float], start: int, pad: float
    ) -> None:
        """The bars of the rows that begin at these heights, the first being row ``start``."""
        rows = list(zip(tops, self.values[start:], strict=False))
        for colour, share in ((TRACK, self._track), (BAR, self._bar)):
            canvas.ink(colour)
            for top, (percent, _) in rows:
                if wide := share(percent):
                    canvas.write(f"{x:.2f} {top - pad - 9.2:.2f} {wide:.2f} {HIGH} re f")
        for colour, wide in ((white, 3.0), (INK, 1.2)):  # seen on the bar as well as beside it
            canvas.ink(colour)
            for top, (_, target) in rows:
                if target is not None:
                    at = x + self.length * float(target) / 100 - wide / 2
                    canvas.write(f"{at:.2f} {top - pad - 11:.2f} {wide:g} {HIGH + 3.6:.2f} re f")

    def _track(self, percent: Decimal | None) -> float:
        return 0 if percent is None else self.length

    def _bar(self, percent: Decimal | None) -> float:
        return self.length * min(float(percent or 0), 100) / 100

    def scale(self, canvas: TaggedCanvas, x: float, y: float) -> None:
        """0% and 100% over the ends, in the head of the table."""
        canvas.ink(MUTED)
        for text, at in (("0%", x), ("100%", x + self.length - width("100%", REGULAR, SMALL))):
            shown = canvas.shown(text, font(REGULAR), SMALL)
            canvas.write(f"BT {at:.2f} {y:.2f} Td {shown} ET")
