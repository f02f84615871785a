"""A scorecard as CSV: one line for each reading and count, the same figures as every other face."""

from __future__ import annotations

import csv
import io

from compliance.scorecard import Reading, Scorecard
from partnership.exporting import safe_cell

COLUMNS = (
    "Partnership", "Agency", "Period", "As at", "Measure", "Basis", "Broken down by", "Value", "Met",
    "Total", "Percentage",
)


def as_csv(scorecard: Scorecard) -> str:
    """The scorecard as text for a spreadsheet; no cell of it can be taken for a formula."""
    out = io.StringIO()
    sheet = csv.writer(out, lineterminator="\r\n")
    sheet.writerow(COLUMNS)
    head = (
        scorecard.partnership,
        scorecard.title if scorecard.for_agency else "",
        scorecard.period.name,
        scorecard.as_at.isoformat(),
    )
    for reading in scorecard.readings:
        sheet.writerow(safe_cell(cell) for cell in (*head, *reading_cells(scorecard, reading)))
    for count in scorecard.counts:
        values = "; ".join(scorecard.label(*pair) for pair in count.by)
        cells = (count.label, "count", "; ".join(name for name, _ in count.by), values, count.value, "", "")
        sheet.writerow(safe_cell(cell) for cell in (*head, *cells))
    return out.getvalue()


def reading_cells(scorecard: Scorecard, reading: Reading) -> tuple[object, ...]:
    title = scorecard.result(reading.measure).measure.title
    return (
        title,
        reading.basis.label,
        "; ".join(name.replace("_", " ") for name, _ in reading.by),
        "; ".join(scorecard.label(*pair) for pair in reading.by),
        reading.met,
        reading.total,
        reading.percent_text,
    )
