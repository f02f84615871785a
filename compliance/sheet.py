"""A scorecard for spreadsheet programs: one line for each reading and count, the figures of every face.

The CSV holds all lines in one list; the workbook has a sheet for each kind of line. Both hold
figures, and neither names anybody.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from compliance.annual_words import name_of
from compliance.scorecard import (
    HELD_TERMS,
    PUBLISHED_WORDS,
    ActionLine,
    InquorateLine,
    Reading,
    Scorecard,
)
from partnership.exporting import ListFile, in_places, safe_cell, write_sheets

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
    for action in scorecard.actions:
        for name, value in action_values(action):
            cells = (f"Action {action.number}", "action", name, value, "", "", "")
            sheet.writerow(safe_cell(cell) for cell in (*head, *cells))
    for line in scorecard.inquorate:
        for name, value in inquorate_values(line):
            cells = (f"Not quorate: {line.reference}", "conference", name, value, "", "", "")
            sheet.writerow(safe_cell(cell) for cell in (*head, *cells))
    for cells in typed_cells(scorecard):
        sheet.writerow(safe_cell(cell) for cell in (*head, *cells))
    if scorecard.is_published:
        sheet.writerow((*head, "Edition", "", "", PUBLISHED_WORDS, "", "", ""))
    for name, value in scorecard.stamp.lines if scorecard.stamp else ():
        sheet.writerow(safe_cell(cell) for cell in (*head, "Issued report", "issue", name, value, "", "", ""))
    return out.getvalue()


def typed_cells(scorecard: Scorecard) -> Iterator[tuple[object, ...]]:
    """What the case system counts, by how many that is more, of which day and where from."""
    for count, typed, more in scorecard.beside_typed:
        yield count.label, "case system", "", "", typed, "", ""
        yield count.label, "case system, difference", "", "", more, "", ""
    if line := scorecard.typed:
        yield "Case system", "case system", "counted on", line.counted_on.isoformat(), "", "", ""
        yield "Case system", "case system", "source", line.source, "", "", ""


def inquorate_values(line: InquorateLine) -> list[tuple[str, object]]:
    """What is known of a conference that was not quorate, each under its name."""
    found = line.as_json() | {"decision": line.decided}
    return [(name.replace("_", " "), value) for name, value in found.items() if name != "reference" and value]


def action_values(action: ActionLine) -> list[tuple[str, object]]:
    """What is known of an action, each under its name."""
    found = action.as_json()
    return [(name.replace("_", " "), value) for name, value in found.items() if name != "number" and value not in (None, "")]


def reading_cells(scorecard: Scorecard, reading: Reading) -> tuple[object, ...]:
    title = scorecard.result(reading.measure).measure.title
    return (
        title,
        scorecard.basis_label(reading),
        "; ".join(name.replace("_", " ") for name, _ in reading.by),
        "; ".join(scorecard.label(*pair) for pair in reading.by),
        reading.met,
        reading.total,
        reading.percent_text,
    )


# --- The workbook ---------------------------------------------------------------------------------

Rows = Iterable[tuple[object, ...]]
FIGURES = ("Measure", "Basis", "Broken down by", "Value", "Met", "Total", "Percentage")
COUNTS = ("What was counted", "Broken down by", "Value", "Number")
MISSED = ("Meeting", "Kind", "Held on", "What was missed", "Excused")
INQUORATE = ("Conference", "Kind", "Held on", "What was lacking", "The chair’s decision", "New date")
CASE_SYSTEM = (
    "What was counted", "Reckoned on", "From conferences", "Typed of", "From the case system", "Difference",
    "Where it comes from",
)
CASES = ("Reference", "Side", "Other agency", "Grounds", "Stage", "Due", "Days", "State")
ACTIONS = ("Number", "What is to be done", "Owner", "Due", "State", "Carried over", "Closed", "Outcome")


def as_workbook(scorecard: Scorecard) -> bytes:
    """The scorecard as XLSX: numbers are numbers, no cell is a formula, and nothing says who made it."""
    sheets = [
        ("About", ("About", "This report"), about(scorecard)),
        ("Figures", FIGURES, figures(scorecard)),
        ("Counts", COUNTS, counts(scorecard)),
        ("Missed", MISSED, missed(scorecard)),
        ("Not quorate", INQUORATE, inquorate(scorecard)),
        ("Case system", CASE_SYSTEM, case_system(scorecard)),
        ("Escalations", CASES, cases(scorecard)),
        ("Actions", ACTIONS, actions(scorecard)),
        ("Definitions", ("Term", "What it means"), definitions(scorecard)),
    ]
    out = io.BytesIO()
    write_sheets(
        [ListFile(name, in_places(heads), map(sound, rows)) for name, heads, rows in sheets if has(scorecard, name)],
        out,
    )
    return out.getvalue()


def has(scorecard: Scorecard, name: str) -> bool:
    """Lists that the report does not have are no empty sheets."""
    lists = {
        "Missed": scorecard.missed, "Escalations": scorecard.cases, "Actions": scorecard.actions,
        "Not quorate": scorecard.inquorate, "Case system": scorecard.typed,
    }
    return bool(lists.get(name, True))


def sound(row: tuple[object, ...]) -> tuple[object, ...]:
    """Values as a workbook can hold them: half characters are shown as replaced."""
    return tuple(
        cell.encode("utf-8", "replace").decode() if isinstance(cell, str) else cell for cell in row
    )


def about(scorecard: Scorecard) -> Iterator[tuple[object, ...]]:
    yield "Partnership", f"{scorecard.partnership} {scorecard.partnership_label}"
    yield "Agency" if scorecard.for_agency else "Report on", scorecard.title
    if scorecard.annual:
        yield "Report", name_of(scorecard)
    yield "Period", scorecard.period.name
    yield "First day", scorecard.period.first
    yield "Last day", scorecard.period.last
    yield "Standing as at", scorecard.as_at
    if scorecard.stamp:
        yield from scorecard.stamp.lines
    if scorecard.is_published:
        yield "Edition", PUBLISHED_WORDS
    for note in scorecard.notes:
        yield "Data quality", note


def figures(scorecard: Scorecard) -> Rows:
    for reading in scorecard.readings:
        *cells, text = reading_cells(scorecard, reading)
        yield (*cells, text if reading.percent is None else reading.percent)


def counts(scorecard: Scorecard) -> Rows:
    for count in scorecard.counts:
        by = "; ".join(name.replace("_", " ") for name, _ in count.by)
        yield count.label, by, "; ".join(scorecard.label(*pair) for pair in count.by), count.value


def missed(scorecard: Scorecard) -> Rows:
    for line in scorecard.missed:
        kind, what = scorecard.label("kind", line.kind), scorecard.label("missed", line.what)
        yield line.reference, kind, line.held_on, what, line.excuse


def inquorate(scorecard: Scorecard) -> Rows:
    """The annual report only has any."""
    for line in scorecard.inquorate:
        yield line.reference, line.kind, line.held_on, line.why, line.decided, line.new_date_on


def case_system(scorecard: Scorecard) -> Rows:
    """The annual report only has any, where a count was typed; a difference of 3 is 3 more there."""
    for count, typed, more in scorecard.beside_typed:
        line = scorecard.typed
        yield count.label, scorecard.as_at, count.value, line.counted_on, typed, more, line.source


def cases(scorecard: Scorecard) -> Rows:
    """The agency's own copy only has any."""
    for c in scorecard.cases or ():
        yield c.reference, c.side, c.other, c.grounds, c.stage, c.due_on, c.days, c.state


def actions(scorecard: Scorecard) -> Rows:
    for a in scorecard.actions:
        yield a.number, a.what, a.owner, a.due_on, a.state, a.carried, a.closed_on, a.outcome or a.progress


def definitions(scorecard: Scorecard) -> Rows:
    for result in scorecard.results:
        yield result.measure.title, result.measure.sentence
    for label, sentence in scorecard.terms():
        yield f"Basis: {label}", sentence
    if scorecard.is_published:
        yield from HELD_TERMS
