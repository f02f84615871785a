"""The parts of a page: sections, tables, charts, and where their numbers lead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from reportlab.graphics.shapes import Drawing

from compliance import charts
from compliance.rows import OPENABLE_COUNTS
from compliance.scorecard import Count, Reading

Cell = dict[str, Any]
OPENABLE_BY = ("course", "kind", "half", "report", "decision")


@dataclass
class Table:
    caption: str
    columns: list[dict]
    rows: list[list[Cell]]
    sentence: str = ""


@dataclass
class Chart:
    """A drawing with its words in place of it, and the table that says the same."""

    caption: str
    alt: str
    svg: str
    table: Table | None = None  # None: a table of its section says it already


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
        narrowed = any(name not in OPENABLE_BY for name, _ in count.by)
        if not self.rows or narrowed or not count.value or count.key not in OPENABLE_COUNTS:
            return ""
        return f"{self.rows}?{urlencode({**self.query, 'count': count.key, **dict(count.by)})}"


def number(reading: Reading, links: Links) -> Cell:
    """The percentage with what it is made of, leading to its rows."""
    return {
        "text": reading.printed, "hint": reading.working if reading.total and reading.working != reading.printed else "",
        "href": links.reading(reading), "numeric": True,
        "hidden": f"({reading.working}), see the rows" if reading.total else "",
    }


def inline(drawing: Drawing) -> str:
    """A drawing as an element of the page; it holds no style, so the strict policy lets it be."""
    text = charts.svg(drawing).decode()
    return text[text.index("<svg"):]
