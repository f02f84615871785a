"""The section of one measure: its sentence, the whole on each basis, every breakdown."""

from __future__ import annotations

from compliance import charts
from compliance.presenting.parts import Cell, Chart, Links, Section, Table, inline, number
from compliance.scorecard import MEETING_BASES, Basis, Count, MeasureResult, Reading, Scorecard

CHARTED = {
    "training_current": ("course", "role_group"),
    "conference_attendance": ("kind",),
    "quoracy": ("half",),
    "timeliness": ("what",),
}
BY_WORDS = {
    "course": "Course", "role_group": "Role group", "kind": "Kind of meeting", "mode": "Way of attending",
    "who": "Who came", "half": "Half-year", "quarter": "Quarter", "what": "What was due",
    "agency": "Agency", "stage": "Stage", "sector": "Sector", "report": "Report",
    "decision": "The chair’s decision",
}


def measure_section(card: Scorecard, result: MeasureResult, links: Links) -> Section:
    section = Section(result.measure.key, result.measure.title, result.measure.sentence)
    if not any(reading.total for reading in result.readings):
        section.empty = "Nothing to count in this period: none."
        return section
    section.tables.append(basis_table(card, result, links))
    for dimension in dimensions(result):
        table = breakdown(card, result, dimension, links)
        if dimension in CHARTED.get(result.measure.key, ()):
            section.charts.append(chart(card, result, dimension, table))
        else:
            section.tables.append(table)
    return section


def dimensions(result: MeasureResult) -> list[str]:
    """Single breakdowns, without those that stand in another table already."""
    found = dict.fromkeys(r.by[0][0] for r in result.readings if len(r.by) == 1)
    return [name for name in found if name not in ("agency", "unit", "who", "sector")]


def basis_table(card: Scorecard, result: MeasureResult, links: Links) -> Table:
    """The whole on each basis side by side, members and deputies beside."""
    wholes = [r for r in result.readings if not r.by or [n for n, _ in r.by] == ["unit"]]
    wholes.sort(key=lambda r: MEETING_BASES.index(r.basis) if r.basis in MEETING_BASES else 0)
    has_who = bool(result.broken_down("who"))
    what = f"{result.measure.met_label}, of {result.measure.total_label.lower()}"
    columns = [{"text": "Basis", "header": True}, {"text": what, "numeric": True}]
    if has_who:
        columns += [{"text": text, "numeric": True} for text in ("By the member", "By a deputy")]
    rows = [basis_row(card, result, reading, has_who, links) for reading in wholes]
    return Table(f"{result.measure.title} on each basis", columns, rows)


def basis_row(
    card: Scorecard, result: MeasureResult, reading: Reading, has_who: bool, links: Links
) -> list[Cell]:
    row = [{"text": card.counted_over(reading), "header": True}, number(reading, links)]
    if has_who:
        row += [number(result.reading(reading.basis, who=who), links) for who in ("member", "deputy")]
    return row


def breakdown(card: Scorecard, result: MeasureResult, dimension: str, links: Links) -> Table:
    """One breakdown on every basis of the measure, the bases side by side."""
    bases = [b for b in (*MEETING_BASES, Basis.DUE) if result.broken_down(dimension, b)]
    values = list(dict.fromkeys(r.by[0][1] for b in bases for r in result.broken_down(dimension, b)))
    word = BY_WORDS.get(dimension, dimension)
    columns = [{"text": word, "header": True}]
    heads = [result.measure.met_label] if len(bases) == 1 else [basis.label for basis in bases]
    columns += [{"text": text, "numeric": True} for text in heads]
    extra = standing_columns(card) if dimension == "course" else []
    columns += [{"text": label, "numeric": True} for _, label in extra]
    rows = []
    for value in values:
        cells = [{"text": card.label(dimension, value), "header": True}]
        cells += [number(result.reading(basis, **{dimension: value}), links) for basis in bases]
        cells += [standing_cell(card, key, label, value, links) for key, label in extra]
        rows.append(cells)
    return Table(f"{result.measure.title} by {word.lower()}", columns, rows)


def standing_cell(card: Scorecard, key: str, label: str, course: str, links: Links) -> Cell:
    """How many stand so with a course, leading to their rows."""
    count = Count(key, label, card.count_by(key, course=course), (("course", course),))
    return {"text": count.value, "href": links.count(count), "hidden": f"{label.lower()}, see the rows"}


def standing_columns(card: Scorecard) -> list[tuple[str, str]]:
    """The standings that are counted by course, in the words of the counts."""
    found = {
        c.key: c.label for c in card.counts
        if c.by and c.key.startswith("training_") and c.key != "training_current"
    }
    return [(c.key, found[c.key]) for c in card.counts if not c.by and c.key in found]


def chart(
    card: Scorecard, result: MeasureResult, dimension: str, table: Table
) -> Chart:
    """The headline basis of a breakdown as bars."""
    named = [(card.label(dimension, r.by[0][1]), r) for r in result.broken_down(dimension)]
    title = f"{table.caption}, basis: {result.measure.basis_label().lower()}"
    target = card.target(result.measure.key)
    drawing = charts.bars(named, good_from=target.good_from if target else None)
    alt = charts.describe(title, named)
    return Chart(title, alt, inline(drawing), table)
