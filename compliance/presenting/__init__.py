"""A scorecard as the sections of a web page: headings, sentences, charts and tables with links.

The words and figures are the scorecard's own; this only lays them out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from reportlab.graphics.shapes import Drawing

from compliance import charts
from compliance.measures.quality import long
from compliance.rows import OPENABLE_COUNTS
from compliance.scorecard import (
    MEETING_BASES,
    Basis,
    Count,
    MeasureResult,
    Reading,
    Scorecard,
)

RATED = {"good": "green", "watch": "yellow", "act": "red"}
CHARTED = {
    "training_current": ("course", "role_group"),
    "conference_attendance": ("kind",),
    "quoracy": ("half",),
    "timeliness": ("what",),
}
BY_WORDS = {
    "course": "Course", "role_group": "Role group", "kind": "Kind of meeting", "mode": "Way of attending",
    "who": "Who came", "half": "Half-year", "quarter": "Quarter", "what": "What was due",
    "agency": "Agency",
}

Cell = dict[str, Any]


@dataclass
class Table:
    caption: str
    columns: list[dict]
    rows: list[list[Cell]]


@dataclass
class Chart:
    """A drawing with its words in place of it, and the table that says the same."""

    caption: str
    alt: str
    svg: str
    table: Table


@dataclass
class Section:
    id: str
    title: str
    sentence: str = ""
    charts: list[Chart] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    empty: str = ""


@dataclass(frozen=True)
class Links:
    """Where the numbers of a page lead: nowhere on paper and in a saved file."""

    rows: str = ""  # the address of the rows page
    query: Mapping[str, str] = field(default_factory=dict)

    def reading(self, reading: Reading) -> str:
        if not self.rows or not reading.total:
            return ""
        asked = {"measure": reading.measure, "basis": str(reading.basis), **dict(reading.by)}
        return f"{self.rows}?{urlencode({**self.query, **asked})}"

    def count(self, count: Count) -> str:
        if not self.rows or count.by or not count.value or count.key not in OPENABLE_COUNTS:
            return ""
        return f"{self.rows}?{urlencode({**self.query, 'count': count.key})}"


def figures(card: Scorecard, links: Links) -> list[dict]:
    """The headline cards."""
    return [figure(card, result, links) for result in card.results]


def figure(card: Scorecard, result: MeasureResult, links: Links) -> dict:
    reading = result.headline
    rating = card.rating(reading)
    target = card.target(reading.measure)
    return {
        "title": result.measure.title,
        "percent": reading.printed,
        "working": reading.working,
        "basis": f"basis: {reading.basis.label.lower()}",
        "rating": rating.label if rating else "",
        "colour": RATED[rating] if rating else "",
        "target": f"good from {target.good_from.normalize():f}%" if target else "",
        "last": last_period(card, reading),
        "href": links.reading(reading),
    }


def last_period(card: Scorecard, reading: Reading) -> str:
    if card.previous is None or reading.measure not in card.previous:
        return ""
    then = card.previous.result(reading.measure).reading(reading.basis, **dict(reading.by))
    figures_then = f"{then.printed} ({then.working})" if then.total else "none"
    return f"{card.previous.period.name}: {figures_then}"


def number(reading: Reading, links: Links) -> Cell:
    """The percentage with what it is made of, leading to its rows."""
    return {
        "text": reading.printed, "hint": reading.working if reading.total else "",
        "href": links.reading(reading), "numeric": True,
        "hidden": f"({reading.working}), see the rows" if reading.total else "",
    }


def sections(card: Scorecard, links: Links) -> list[Section]:
    """The whole report, in the order of the printed one."""
    found = [measure_section(card, result, links) for result in card.results]
    if not card.for_agency:
        found.insert(0, agencies_section(card, links))
    if card.people_due is not None:
        found.insert(1, people_section(card))
    if card.trend:
        found.append(trend_section(card))
    if card.for_agency:
        found.append(missed_section(card))
    found.append(counts_section(card, links))
    return found


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
    """Single breakdowns, agencies apart: those have a table of their own."""
    found = dict.fromkeys(r.by[0][0] for r in result.readings if len(r.by) == 1)
    return [name for name in found if name not in ("agency", "unit")]


def basis_table(card: Scorecard, result: MeasureResult, links: Links) -> Table:
    """The whole on each basis side by side, members and deputies beside."""
    wholes = [r for r in result.readings if not r.by or [n for n, _ in r.by] == ["unit"]]
    wholes.sort(key=lambda r: MEETING_BASES.index(r.basis) if r.basis in MEETING_BASES else 0)
    has_who = bool(result.broken_down("who"))
    columns = [
        {"text": "Basis", "header": True},
        {"text": result.measure.met_label, "numeric": True},
        {"text": result.measure.total_label, "numeric": True},
        {"text": "Percentage", "numeric": True},
        *([{"text": "By the member", "numeric": True}, {"text": "By a deputy", "numeric": True}] if has_who else []),
    ]
    return Table(f"{result.measure.title}: what was counted over what", columns, [
        basis_row(card, result, reading, has_who, links) for reading in wholes
    ])


def basis_row(
    card: Scorecard, result: MeasureResult, reading: Reading, has_who: bool, links: Links
) -> list[Cell]:
    name = reading.basis.label
    if reading.by:
        name = card.label(*reading.by[0])
    row = [
        {"text": name, "header": True}, {"text": reading.met}, {"text": reading.total},
        {"text": reading.printed, "href": links.reading(reading), "numeric": True,
         "hidden": f"of {name.lower()}, see the rows"},
    ]
    if has_who:
        row += [number(result.reading(reading.basis, who=who), links) for who in ("member", "deputy")]
    return row


def breakdown(card: Scorecard, result: MeasureResult, dimension: str, links: Links) -> Table:
    """One breakdown on every basis of the measure, the bases side by side."""
    bases = [b for b in (*MEETING_BASES, Basis.DUE) if result.broken_down(dimension, b)]
    values = list(dict.fromkeys(r.by[0][1] for b in bases for r in result.broken_down(dimension, b)))
    word = BY_WORDS.get(dimension, dimension)
    columns = [{"text": word, "header": True}]
    columns += [{"text": basis.label, "numeric": True} for basis in bases]
    extra = standing_columns(card) if dimension == "course" else []
    columns += [{"text": label, "numeric": True} for _, label in extra]
    rows = []
    for value in values:
        cells = [{"text": card.label(dimension, value), "header": True}]
        cells += [number(result.reading(basis, **{dimension: value}), links) for basis in bases]
        cells += [{"text": card.count_by(key, course=value)} for key, _ in extra]
        rows.append(cells)
    return Table(f"{result.measure.title} by {word.lower()}", columns, rows)


def standing_columns(card: Scorecard) -> list[tuple[str, str]]:
    """The standings that are counted by course, in the words of the counts."""
    found = {c.key: c.label for c in card.counts if c.by and c.key != "training_current"}
    return [(c.key, found[c.key]) for c in card.counts if not c.by and c.key in found]


def chart(
    card: Scorecard, result: MeasureResult, dimension: str, table: Table
) -> Chart:
    """The headline basis of a breakdown as bars."""
    named = [(card.label(dimension, r.by[0][1]), r) for r in result.broken_down(dimension)]
    title = f"{table.caption}, basis: {result.measure.basis.label.lower()}"
    target = card.target(result.measure.key)
    drawing = charts.bars(named, good_from=target.good_from if target else None)
    alt = charts.describe(title, named)
    return Chart(title, alt, inline(drawing), table)


def inline(drawing: Drawing) -> str:
    """A drawing as an element of the page; it holds no style, so the strict policy lets it be."""
    text = charts.svg(drawing).decode()
    return text[text.index("<svg"):]


def people_section(card: Scorecard) -> Section:
    section = Section("people", "Who is expired, never done or expiring")
    section.sentence = "Names are shown because this is your own agency."
    columns = ["Person", "Job", "Role group", "Course", "Standing", "Expires on"]
    colours = {"Expired": "red", "Never done": "red", "Expiring": "yellow"}
    rows = [
        [
            {"text": p.name, "header": True}, {"text": p.job_title}, {"text": p.role_group},
            {"text": p.course}, {"text": p.standing, "tag_colour": colours.get(p.standing, "grey")},
            {"text": long(p.expires_on) if p.expires_on else "–"},
        ]
        for p in card.people_due
    ]
    if rows:
        section.tables.append(Table(section.title, [{"text": c} for c in columns], rows))
    else:
        section.empty = "Nobody is expired, expiring or without a record."
    return section


AGENCY_COLUMNS = (
    "conference_attendance", "contribution", "reports_in_time", "core_group_attendance",
    "training_current", "duty_trained",
)


def agencies_section(card: Scorecard, links: Links, hrefs: Mapping[str, str] | None = None) -> Section:
    """A row for each agency, each measure on its headline basis."""
    results = [card.result(key) for key in AGENCY_COLUMNS if key in card]
    codes = [value for dimension, value in card.labels if dimension == "agency"]
    columns = [{"text": "Agency", "header": True}]
    columns += [{"text": r.measure.title, "numeric": True} for r in results]
    rows = []
    for code in sorted(codes, key=lambda c: card.label("agency", c)):
        name: Cell = {"text": card.label("agency", code), "header": True}
        if hrefs:
            name["href"] = hrefs.get(code, "")
        cells = [number(r.reading(r.measure.basis, agency=code), links) for r in results]
        rows.append([name, *cells])
    sentence = (
        "Conferences and core groups on the basis “involved”; training on what was due on the day; "
        "trained for the duty over the attendances by named people."
    )
    return Section("agencies", "Each agency", sentence, tables=[Table("Each agency", columns, rows)])


def trend_section(card: Scorecard) -> Section:
    measures = [result.measure for result in card.trend[0].results]
    columns = [{"text": "Quarter", "header": True}] + [{"text": m.title, "numeric": True} for m in measures]
    rows = [
        [{"text": part.period.name, "header": True}]
        + [number(part.result(m.key).headline, Links()) for m in measures]
        for part in card.trend
    ]
    table = Table("Each quarter, on the headline bases", columns, rows)
    periods = [part.period.name for part in card.trend]
    series = [
        (m.title, [part.result(m.key).headline for part in card.trend]) for m in measures
    ]
    alt = charts.describe_trend(series, periods)
    drawing = charts.trend(series, [name.split()[-1] for name in periods])
    return Section("trend", "Trend", charts=[Chart("Headlines by quarter", alt, inline(drawing), table)])


def missed_section(card: Scorecard) -> Section:
    section = Section("missed", "What was missed")
    section.sentence = (
        "Found when each register was closed, against what was expected of the agency; a late "
        "invitation excuses."
    )
    if not card.missed:
        section.empty = "Nothing was missed in this period."
        return section
    columns = ["Meeting", "Kind", "Date", "What was missed", "Excused"]
    rows = [
        [
            {"text": m.reference, "header": True}, {"text": m.kind}, {"text": long(m.held_on)},
            {"text": m.what}, {"text": m.excused or "–"},
        ]
        for m in card.missed
    ]
    section.tables.append(Table("What was missed", [{"text": c} for c in columns], rows))
    return section


def counts_section(card: Scorecard, links: Links) -> Section:
    """Plain numbers and how far the figures can be trusted."""
    rows = [
        [{"text": c.label, "header": True}, {"text": c.value, "href": links.count(c), "numeric": True}]
        for c in card.counts if not c.by
    ]
    columns = [{"text": "What was counted", "header": True}, {"text": "Number", "numeric": True}]
    section = Section("counts", "Numbers beside, and data quality", " ".join(card.notes))
    section.tables.append(Table("Numbers beside, and data quality", columns, rows))
    return section


def definitions(card: Scorecard) -> Iterable[tuple[str, str]]:
    """The bases in words, and how figures are rounded; the measures' sentences stand in their sections."""
    yield from ((basis.label, basis.sentence) for basis in Basis)
    yield "Percentages", "To one decimal, half rounded up. Where there is nothing to count: none."
