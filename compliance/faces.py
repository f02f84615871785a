"""The faces of a scorecard: PDF, CSV, XLSX, JSON and a page that stands alone in a file."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string

from compliance import report, sheet
from compliance.annual_words import name_of
from compliance.presenting import Links, definitions, figures, sections
from compliance.scorecard import Scorecard

FORMATS = ("pdf", "html", "csv", "xlsx", "json")
NO_TEXT = ("pdf", "xlsx")
STYLES = ("govuk/govuk-frontend.min.css", "quorate.css")


def render(card: Scorecard, form: str, made_at: datetime) -> bytes:
    """The scorecard in one of the FORMATS; text as UTF-8, half characters replaced."""
    if form == "pdf":
        return report.render(card, made_at=made_at)
    if form == "xlsx":
        return sheet.as_workbook(card)
    return text(card, form, made_at).encode(errors="replace")


def text(card: Scorecard, form: str, made_at: datetime) -> str:
    if form == "csv":
        return sheet.as_csv(card)
    if form == "json":
        return json.dumps(card.as_json(), ensure_ascii=False, indent=1) + "\n"
    return standing_alone(card, made_at)


def standing_alone(card: Scorecard, made_at: datetime) -> str:
    """The page as one file, its styles inside, with nothing that leads anywhere."""
    styles = [Path(finders.find(name)).read_text(encoding="utf-8") for name in STYLES]
    return render_to_string(
        "compliance/report_file.html",
        {**context(card, Links()), "made_at": made_at, "styles": "\n".join(styles)},
    )


def context(card: Scorecard, links: Links) -> dict:
    """What the templates of a report show."""
    return {
        "card": card,
        "report_name": name_of(card) if card.annual else "",
        "figures": figures(card, links),
        "sections": sections(card, links),
        "definitions": list(definitions(card)),
    }
