"""A trend: the headlines of quarters, half-years or financial years, a chart with its table beside."""

from __future__ import annotations

from collections.abc import Sequence

from compliance import charts
from compliance.period import Period
from compliance.presenting.parts import Chart, Links, Section, Table, inline, number
from compliance.scorecard import Scorecard

BY = {"quarter": "Quarter", "half": "Half-year", "year": "Financial year"}
YEARS = 3


def parts_of(period: Period, by: str) -> list[Period]:
    """The parts that a trend shows, up to the end of the period: quarters of its year, half-years of
    two, or the last financial years."""
    year = Period(period.year)
    if by == "year":
        return [Period(period.year - back) for back in reversed(range(YEARS))]
    if by == "half":
        return [*year.previous.halves, *year.halves]
    return list(year.quarters)


def trend_section(trend: Sequence[Scorecard], links: Links, by: str) -> Section:
    """What each part counted, every number leading to its rows; a part with none says none."""
    section = Section("trend", "Trend")
    section.sentence = (
        "Each measure on its headline basis: met of total, over the closed registers of each part. "
        "Open registers are not counted yet."
    )
    if not any(result.headline.total for part in trend for result in part.results):
        section.empty = "Nothing to count in these parts: none."
        return section
    measures = [result.measure for result in trend[0].results]
    columns = [{"text": BY[by], "header": True}, *({"text": m.title, "numeric": True} for m in measures)]
    rows = [
        [{"text": part.period.name, "header": True}]
        + [number(part.result(m.key).headline, within(links, part.period)) for m in measures]
        for part in trend
    ]
    table = Table(f"By {BY[by].lower()}, on the headline bases", columns, rows)
    names = [part.period.name for part in trend]
    series = [(m.title, [part.result(m.key).headline for part in trend]) for m in measures]
    drawing = charts.trend(series, names if by != "quarter" else [name.split()[-1] for name in names])
    title = f"Headlines by {BY[by].lower()}"
    section.charts.append(Chart(title, charts.describe_trend(series, names), inline(drawing), table))
    return section


def within(links: Links, period: Period) -> Links:
    """The same rows page, asked about a part."""
    return Links(links.rows, {**links.query, "period": period.slug})
