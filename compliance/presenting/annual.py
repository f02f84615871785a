"""The annual conference report as the sections of a page."""

from __future__ import annotations

from collections.abc import Iterable

from compliance import annual_words as words
from compliance.measures.quality import long
from compliance.presenting.agencies import agencies_chart, charted
from compliance.presenting.beside import trend_section
from compliance.presenting.logged import actions_section
from compliance.presenting.measured import breakdown, measure_section
from compliance.presenting.parts import Cell, Links, Section, Table, number
from compliance.scorecard import Count, InquorateLine, MeasureResult, Scorecard

PARTICIPATION = ("conference_attendance", "contribution", "core_group_attendance")
MEASURED = ("conference_attendance", "contribution", "core_group_attendance", "reports_in_time")


def annual_sections(card: Scorecard, links: Links) -> list[Section]:
    """The whole report, in the order of the printed one."""
    found = [numbers_section(card, links), plans_section(card, links)]
    found += measures(card, links, "quoracy")
    found += [inquorate_section(card, links), participation_section(card, links)]
    found += measures(card, links, *MEASURED)
    found.append(practices_section(card, links))
    found += measures(card, links, "timeliness")
    found += cases(card, links)
    found += measures(card, links, "training_current")
    found += [sessions_section(card, links), *measures(card, links, "duty_trained")]
    if any(result.headline.total for part in card.trend for result in part.results):
        found.append(trend_section(card))
    elif card.trend:
        found.append(Section("trend", "Trend", empty=words.NONE_HELD))
    if not card.is_published:
        found.append(actions_section(card, links))
    return [*found, beside_section(card, links)]


def measures(card: Scorecard, links: Links, *keys: str) -> list[Section]:
    found = []
    for key in keys:
        if key in card:
            section = measure_section(card, card.result(key), links)
            found.append(section)
            if key == "training_current" and not section.empty:
                section.tables.append(breakdown(card, card.result(key), "agency", links))
    return found


# --- Tables of counts -----------------------------------------------------------------------------


def cell(count: Count, links: Links) -> Cell:
    return {
        "text": count.value, "href": links.count(count), "numeric": True,
        "hidden": f"{count.label}, see the rows",
    }


def counts_table(
    card: Scorecard, caption: str, heading: str, rows: Iterable[tuple[str, Count]], links: Links
) -> Table:
    """A row for each count, with the period before beside it."""
    found = list(rows)
    columns = [{"text": heading, "header": True}, {"text": card.period.name, "numeric": True}]
    laid: list[list[Cell]] = [[{"text": name, "header": True}, cell(count, links)] for name, count in found]
    if then := words.before(card, [count for _, count in found]):
        columns.append({"text": card.previous.period.name, "numeric": True})
        for row, value in zip(laid, then, strict=True):
            row.append({"text": value, "numeric": True})
    return Table(caption, columns, laid)


def numbers_section(card: Scorecard, links: Links) -> Section:
    """How many conferences and children: whole, by kind and by half-year."""
    section = Section("numbers", "The period in numbers", words.SUMMED)
    found = words.there(card, words.PERIOD)
    if not any(count.value for count in found):
        section.sentence, section.empty = "", words.NONE_HELD
        return section
    section.tables.append(
        counts_table(card, "The period in numbers", "What was counted", [(c.label, c) for c in found], links)
    )
    if kinds := words.values(card, "conferences", "kind"):
        section.tables.append(kinds_table(card, kinds, links))
    return section


def kinds_table(card: Scorecard, kinds: list[str], links: Links) -> Table:
    halves = words.values(card, "conferences", "half")
    columns = [{"text": "Kind of conference", "header": True}]
    columns += [{"text": half, "numeric": True} for half in halves]
    columns += [{"text": text, "numeric": True} for text in ("Conferences", "Children considered")]
    rows = [kind_row(card, kind, halves, links) for kind in kinds]
    if halves:
        whole: list[Cell] = [{"text": "All", "header": True}]
        whole += [cell(find(card, "conferences", half=half), links) for half in halves]
        whole += [cell(find(card, key), links) for key in ("conferences", "children_considered")]
        rows.append(whole)
        children: list[Cell] = [{"text": "Children considered", "header": True}]
        children += [cell(find(card, "children_considered", half=half), links) for half in halves]
        rows.append([*children, {"text": "–", "numeric": True}, cell(find(card, "children_considered"), links)])
    caption = "Conferences by kind and half-year" if halves else "Conferences by kind"
    return Table(caption, columns, rows)


def kind_row(card: Scorecard, kind: str, halves: list[str], links: Links) -> list[Cell]:
    row: list[Cell] = [{"text": card.label("kind", kind), "header": True}]
    row += [cell(find(card, "conferences", kind=kind, half=half), links) for half in halves]
    return row + [
        cell(find(card, key, kind=kind), links) for key in ("conferences", "children_considered")
    ]


def find(card: Scorecard, key: str, **by: str) -> Count:
    """A count of a breakdown; what was not counted is 0."""
    wanted = tuple(by.items())
    label = next((c.label for c in card.counts if c.key == key), key)
    return next((c for c in card.counts if c.key == key and c.by == wanted), Count(key, label, 0, wanted))


def plans_section(card: Scorecard, links: Links) -> Section:
    section = Section("plans", "Children on a plan at the end", f"On {long(card.as_at)}. {words.ON_A_DAY}")
    if not words.anybody_on_plan(card):
        section.empty = words.NONE_ON_PLAN
        section.tables += typed_tables(card)
        return section
    found = [(c.label, c) for c in words.there(card, words.PLANS)]
    section.tables.append(
        counts_table(card, "Children and families on a plan", "What was counted", found, links)
    )
    section.tables += typed_tables(card)
    by_category = [(words.category_words(card, c), c) for c in words.categories(card)]
    section.tables.append(
        counts_table(card, "Children on a plan by category", "Category", by_category, links)
    )
    return section


def typed_tables(card: Scorecard) -> list[Table]:
    """The case system's own count beside, where one was typed."""
    if card.typed is None:
        return []
    first, *others = words.TYPED_HEADS
    columns = [{"text": first, "header": True}, *({"text": text, "numeric": True} for text in others)]
    rows: list[list[Cell]] = [
        [{"text": name, "header": True}, *({"text": cell, "numeric": True} for cell in cells)]
        for name, *cells in words.typed_rows(card)
    ]
    sentence = words.typed_sentence(card, long(card.typed.counted_on))
    return [Table(words.CASE_SYSTEM, columns, rows, sentence)]


# --- Conferences that were not quorate ------------------------------------------------------------


def inquorate_section(card: Scorecard, links: Links) -> Section:
    section = Section("inquorate", "Conferences that were not quorate", words.INQUORATE)
    decided = words.broken_down(card, "inquorate", "decision")
    if not decided:
        section.sentence, section.empty = "", words.no_inquorate(card)
        return section
    rows = [("All", find(card, "inquorate")), *((card.label("decision", c.by[0][1]), c) for c in decided)]
    section.tables.append(counts_table(card, words.BY_DECISION, "Decision", rows, links))
    if card.is_published:  # that one holds counts only
        section.sentence = words.BY_DECISION + "."
        return section
    heads = ("Conference", "What was lacking", "The chair’s decision")
    columns = [{"text": text} for text in (heads if words.decided(card) else heads[:2])]
    lines = [inquorate_cells(line)[: len(columns)] for line in card.inquorate]
    section.tables.append(Table("Each conference that was not quorate", columns, lines))
    return section


def inquorate_cells(line: InquorateLine) -> list[Cell]:
    new_date = f"New date: {long(line.new_date_on)}" if line.new_date_on else ""
    return [
        {"text": line.reference, "header": True, "hint": f"{line.kind}, {long(line.held_on)}"},
        {"text": line.why, "wide": True},
        {"text": line.decided, "hint": new_date},
    ]


# --- Agencies -------------------------------------------------------------------------------------


def participation_section(card: Scorecard, links: Links) -> Section:
    """A row for each agency, the four bases side by side."""
    section = Section("participation", "Participation by agency", words.FOUR_BASES)
    results = [r for key in PARTICIPATION if (r := of_agencies(card, key))]
    if not results:
        section.sentence, section.empty = "", "Nothing to count in this period: none."
        return section
    section.tables = [breakdown(card, result, "agency", links) for result in results]
    section.charts = [agencies_chart(card, r) for r in charted(results)]
    return section


def of_agencies(card: Scorecard, key: str) -> MeasureResult | None:
    result = card.result(key) if key in card else None
    return result if result and any(r.total for r in result.broken_down("agency")) else None


def practices_section(card: Scorecard, links: Links) -> Section:
    """The reports of general practices: together, what became of them, and each."""
    section = Section("practices", "Reports of general practices")
    result = card.result("reports_in_time")
    whole = words.of_practices(card)
    if not whole:
        section.empty = words.NO_PRACTICE
        return section
    if not any(r.total for r in whole):
        section.empty = words.NO_REPORTS
        return section
    several = len(card.practices) > 1
    section.sentence = words.SEVERAL_PRACTICES if several else words.ONE_PRACTICE
    bases = [r.basis for r in whole]
    columns = [{"text": "General practice", "header": True}]
    columns += [{"text": basis.label, "numeric": True} for basis in bases]
    rows = [[{"text": "All together", "header": True}, *(number(r, links) for r in whole)]] * several
    rows += [
        [
            {"text": card.label("agency", code), "header": True},
            *(number(result.reading(basis, agency=code), links) for basis in bases),
        ]
        for code in card.practices
    ]
    section.tables.append(Table("Reports in time, of those expected", columns, rows))
    states = [(card.label("report", c.by[0][1]), c) for c in words.broken_down(card, "practice_reports", "report")]
    section.tables.append(counts_table(card, "What became of the reports", "Report", states, links))
    return section


# --- Escalations, training, and what stands beside ------------------------------------------------


def cases(card: Scorecard, links: Links) -> list[Section]:
    """Stages in time, outcomes and themes, of all agencies together."""
    if not words.cases_there(card):
        return [Section("escalation_in_time", "Escalations", empty=words.NO_CASE)]
    found = measures(card, links, "escalation_in_time")
    section = Section("cases", "Escalations: outcomes and themes", words.CASES)
    counted = [(c.label, c) for c in words.case_counts(card)]
    section.tables.append(counts_table(card, "Escalations", "What was counted", counted, links))
    ended = words.broken_down(card, "escalations_ended", "stage")
    if ended:
        rows = [(card.label("stage", c.by[0][1]), c) for c in ended]
        section.tables.append(counts_table(card, "Ended at which stage", "Stage", rows, links))
    if themes := words.broken_down(card, "escalations_theme", "theme"):
        rows = [(card.label("theme", c.by[0][1]), c) for c in themes]
        section.tables.append(counts_table(card, "Themes of the cases that ended", "Theme", rows, links))
    return [*found, section]


def sessions_section(card: Scorecard, links: Links) -> Section:
    """How the places of sessions were used, by course."""
    section = Section("sessions", "Take-up of training sessions", words.SESSIONS)
    if not card.count("take_up_sessions"):
        section.sentence, section.empty = "", words.NO_SESSION
        return section
    heads = [find(card, f"take_up_{name}").label for name in words.TAKE_UP]
    columns = [{"text": "Course", "header": True}]
    columns += [{"text": text, "numeric": True} for text in (*heads, "Booked and came, of booked")]
    rows = [
        session_row(card, card.label("course", code), links, course=code) for code in words.courses(card)
    ]
    rows.append(session_row(card, "All", links))
    section.tables.append(Table(section.title, columns, rows))
    return section


def session_row(card: Scorecard, name: str, links: Links, **by: str) -> list[Cell]:
    row: list[Cell] = [{"text": name, "header": True}]
    row += [cell(find(card, f"take_up_{key}", **by), links) for key in words.TAKE_UP]
    return [*row, {"text": words.of_booked(card, **by), "numeric": True}]


def beside_section(card: Scorecard, links: Links) -> Section:
    """What no section above has said, and how far the figures can be trusted."""
    section = Section("counts", "Numbers beside, and data quality", " ".join(card.notes))
    left = [c for c in card.counts if not c.by and not c.key.startswith(words.OWN_SECTION)]
    left += words.there(card, ("take_up_open",))
    section.tables.append(
        counts_table(card, "Numbers beside, and data quality", "What was counted", [(c.label, c) for c in left], links)
    )
    return section
