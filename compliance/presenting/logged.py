"""The board's actions as a section of a page."""

from __future__ import annotations

from django.urls import reverse

from compliance.measures.quality import long
from compliance.presenting.parts import Cell, Links, Section, Table
from compliance.scorecard import ActionLine, Scorecard, actions_in_words

COLOURS = {"Open": "blue", "Overdue": "red", "Reported done": "yellow", "Closed": "green"}
COLUMNS = ("Action", "What is asked", "Owner", "Due", "Where it stands")


def actions_section(card: Scorecard, links: Links) -> Section:
    """What the board asked for: open at the end of the period, or closed within it."""
    section = Section("actions", "Actions of the board")
    if not card.actions:
        section.empty = "No action was open at the end of this period, and none was closed in it."
        return section
    section.sentence = actions_in_words(card.actions)
    rows = [cells(line, links) for line in sorted(card.actions, key=lambda line: not line.is_open)]
    section.tables.append(Table(section.title, [{"text": text} for text in COLUMNS], rows))
    return section


def cells(line: ActionLine, links: Links) -> list[Cell]:
    """An action; its number leads to its page, for whoever may open the rows behind the figures."""
    href = reverse("compliance:action-detail", args=[line.number]) if links.rows else ""
    words = line.outcome if line.closed_on else line.progress
    return [
        {
            "text": line.number, "header": True, "nowrap": True, "href": href,
            "hint": "From before this period" if line.from_before else "",
        },
        {"text": line.what, "hint": f"Latest: {words}" if words and not line.closed_on else words},
        {"text": line.owner},
        {"text": long(line.due_on), "hint": line.carried_words},
        {
            "text": line.state, "tag_colour": COLOURS.get(line.state, "grey"),
            "hint": long(line.closed_on) if line.closed_on else "",
        },
    ]
