"""A scorecard as the sections of a web page: headings, sentences, charts and tables with links.

The words and figures are the scorecard's own; this only lays them out.
"""

from __future__ import annotations

from collections.abc import Mapping

from compliance import charts
from compliance.presenting.beside import (
    cases_section,
    counts_section,
    definitions,
    missed_section,
    people_section,
    trend_section,
)
from compliance.presenting.logged import actions_section
from compliance.presenting.measured import BY_WORDS, measure_section
from compliance.presenting.parts import Cell, Chart, Links, Section, Table, inline, number
from compliance.scorecard import MeasureResult, Reading, Scorecard

__all__ = ["BY_WORDS", "Links", "agencies_section", "definitions", "figures", "sections"]


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
        "rating": rating.label if rating else "",  # the component colours it
        "target": f"good from {target.good_from.normalize():f}%" if target else "",
        "last": last_period(card, reading),
        "href": links.reading(reading),
    }


def last_period(card: Scorecard, reading: Reading) -> str:
    if card.previous is None or reading.measure not in card.previous:
        return ""
    then = card.previous.result(reading.measure).reading(reading.basis, **dict(reading.by))
    figures_then = charts.figures(then) if then.total else "none"
    return f"{card.previous.period.name}: {figures_then}"


def sections(card: Scorecard, links: Links) -> list[Section]:
    """The whole report, in the order of the printed one."""
    found = [measure_section(card, result, links) for result in card.results]
    if not card.for_agency:
        found.insert(0, agencies_section(card, links))
    if card.people_due is not None:
        found.insert(1, people_section(card))
    if card.cases is not None:
        found.append(cases_section(card))
    if card.trend:
        found.append(trend_section(card))
    if card.for_agency and not card.is_published:
        found.append(missed_section(card, links))
    if not card.is_published:  # that one holds counts only
        found.append(actions_section(card, links))
    found.append(counts_section(card, links))
    return found


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
    return Section(
        "agencies", "Each agency", sentence, [agencies_chart(card, r) for r in charted(results)],
        [Table("Each agency", columns, rows)],
    )


def charted(results: list[MeasureResult]) -> list[MeasureResult]:
    """The measures that are drawn agency by agency, where anything was counted."""
    wanted = [r for r in results if r.measure.key in ("contribution", "training_current")]
    return [r for r in wanted if r.headline.total]


def agencies_chart(card: Scorecard, result: MeasureResult) -> Chart:
    """A bar for each agency, the lowest last; the table of the section gives every number."""
    readings = sorted(result.broken_down("agency"), key=lambda r: -(r.percent or -1))
    named = [(card.label(*reading.by[0]), reading) for reading in readings]
    title = f"{result.measure.title} by agency, basis: {result.measure.basis.label.lower()}"
    target = card.target(result.measure.key)
    drawing = charts.bars(named, good_from=target.good_from if target else None)
    return Chart(title, charts.describe(title, named), inline(drawing))
