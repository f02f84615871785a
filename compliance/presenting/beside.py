"""The sections beside the measures: people due, trend, what was missed, plain numbers."""

from __future__ import annotations

from collections.abc import Iterable

from compliance import charts
from compliance.measures.quality import long
from compliance.presenting.parts import Chart, Links, Section, Table, inline, number
from compliance.scorecard import HELD_TERMS, Count, Scorecard


def people_section(card: Scorecard) -> Section:
    section = Section("people", "Who is expired, never done or expiring")
    section.sentence = "Names are shown because this is your own agency."
    columns = ["Person", "Course", "Standing and expiry"]
    colours = {"Expired": "red", "Never done": "red", "Expiring": "yellow"}
    rows = [
        [
            {"text": p.name, "header": True, "hint": p.job_title},
            {"text": card.label("course", p.course)},
            {
                "text": p.standing, "tag_colour": colours.get(p.standing, "grey"),
                "hint": long(p.expires_on) if p.expires_on else "",
            },
        ]
        for p in card.people_due
    ]
    if rows:
        section.tables.append(Table(section.title, [{"text": c} for c in columns], rows))
    else:
        section.empty = "Nobody is expired, expiring or without a record."
    return section


def cases_section(card: Scorecard) -> Section:
    """The agency's own escalations, without narrative."""
    section = Section("cases", "Our escalations", "Raised by us and about us, open in this period.")
    if not card.cases:
        section.empty = "No escalation was open in this period."
        return section
    columns = ["Reference", "Grounds", "Stage and when due", "Days", "State"]
    rows = [
        [
            {"text": c.reference, "header": True, "hint": f"{c.side}, {c.other}"},
            {"text": c.grounds},
            {"text": c.stage, "hint": f"due {long(c.due_on)}" if c.due_on else ""},
            {"text": c.days}, {"text": c.state},
        ]
        for c in card.cases
    ]
    section.tables.append(Table(section.title, [{"text": c} for c in columns], rows))
    return section


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


def missed_section(card: Scorecard, links: Links) -> Section:
    """How often what was missed, leading to the rows; a file that stands alone has them all."""
    section = Section("missed", "What was missed")
    section.sentence = (
        "Found when each register was closed, against what was expected of the agency; a late "
        "invitation excuses."
    )
    if not card.missed:
        section.empty = "Nothing was missed in this period."
        return section
    section.tables.append(missed_by_kind(card, links))
    if not links.rows:
        section.tables.append(missed_list(card))
    return section


def missed_by_kind(card: Scorecard, links: Links) -> Table:
    groups: dict[tuple[str, str], list[bool]] = {}
    for line in card.missed:
        groups.setdefault((line.what, line.kind), []).append(bool(line.excused))
    columns = [{"text": "What was missed", "header": True}, {"text": "Kind of meeting"}]
    columns += [{"text": text, "numeric": True} for text in ("Missed", "Of these excused")]
    rows = [
        [{"text": what, "header": True}, {"text": kind}, {"text": len(found)}, {"text": sum(found)}]
        for (what, kind), found in sorted(groups.items())
    ]
    whole = Count("missed", "All", len(card.missed))
    excused = sum(bool(line.excused) for line in card.missed)
    rows.append([
        {"text": "All", "header": True}, {"text": ""},
        {"text": whole.value, "href": links.count(whole), "hidden": "missed, see the rows"},
        {"text": excused},
    ])
    return Table("What was missed, by kind of meeting", columns, rows)


def missed_list(card: Scorecard) -> Table:
    columns = ["Meeting", "Kind", "Date", "What was missed", "Excused"]
    rows = [
        [
            {"text": m.reference, "header": True}, {"text": m.kind}, {"text": long(m.held_on)},
            {"text": m.what}, {"text": m.excuse},
        ]
        for m in card.missed
    ]
    return Table("Each missed duty", [{"text": c} for c in columns], rows)


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
    yield from card.terms()
    yield "Percentages", "To one decimal, half rounded up. Where there is nothing to count: none."
    if card.is_published:
        yield from HELD_TERMS
