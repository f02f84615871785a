"""A scorecard as CSV: one line for each reading and count, the same figures as every other face."""

from __future__ import annotations

import csv
import io
import re

from compliance.scorecard import Reading, Scorecard

COLUMNS = (
    "Partnership", "Agency", "Period", "As at", "Measure", "Basis", "Broken down by", "Value", "Met",
    "Total", "Percentage",
)

# What a spreadsheet program may take for a formula, full-width forms included.
FORMULA = re.compile("^[\\s\u00a0]*[=+\\-@\\t\\r\\n\uff1d\uff0b\uff0d\uff20|%]")


def safe_cell(value: object) -> object:
    """Text that no spreadsheet program takes for a formula; numbers are left alone."""
    return f"'{value}" if isinstance(value, str) and FORMULA.match(value) else value


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
