"""A scorecard as the sections of a web page: headings, sentences, charts and tables with links.

The words and figures are the scorecard's own; this only lays them out.
"""

from __future__ import annotations

from compliance import charts
from compliance.presenting.agencies import agencies_section
from compliance.presenting.annual import annual_sections
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
from compliance.presenting.parts import Links, Section
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
        "basis": f"basis: {result.measure.basis_label().lower()}",
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
    if card.annual:
        return annual_sections(card, links)
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
