"""A row for each agency, and its charts."""

from __future__ import annotations

from collections.abc import Mapping

from compliance import charts
from compliance.presenting.parts import Cell, Chart, Links, Section, Table, inline, number
from compliance.scorecard import MeasureResult, Scorecard

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
        "Conferences and core groups on the basis “involved”; training over the requirements due; "
        "trained for the duty over the attendances by named people with a duty requirement."
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
    title = f"{result.measure.title} by agency, basis: {result.measure.basis_label().lower()}"
    target = card.target(result.measure.key)
    drawing = charts.bars(named, good_from=target.good_from if target else None)
    return Chart(title, charts.describe(title, named), inline(drawing))
