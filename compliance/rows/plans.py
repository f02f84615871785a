"""The rows behind the plain counts of conferences: children, plans, and what no timing can be told of."""

from __future__ import annotations

from collections.abc import Callable

from compliance.measures import Ledger, conferences
from compliance.measures.annual import fitting
from compliance.measures.facts import MeetingRow
from compliance.rows.tables import MEETING_COLUMNS, Opened, OpenedRow, meeting_row
from compliance.scorecard import By
from conferences.choices import Category, MeetingKind, MeetingState

CONSIDERED = "children_considered"
LATEST = "From each family’s latest conference up to the day."
Weight = Callable[[MeetingRow], int]


def weighed(title: str, sentence: str, last: str, meetings: list[MeetingRow], weight: Weight) -> Opened:
    """Meetings, each standing for so many children (or for one family)."""
    rows = []
    for meeting in meetings:
        if number := int(weight(meeting)):
            plain = meeting_row(meeting, None)
            rows.append(OpenedRow((*plain.cells[:3], number), None, plain.reference, number))
    return Opened(title, sentence, (*MEETING_COLUMNS[:3], last), rows)


def considered(ledger: Ledger, by: By = ()) -> Opened:
    held = fitting((m for m in ledger.conferences if m.state == MeetingState.HELD), by)
    sentence = "Summed over conferences: a child of two conferences is counted twice."
    return weighed("Children considered", sentence, "Children", held, lambda m: m.children)


def on_plan(ledger: Ledger, title: str, last: str, weight: Weight) -> Opened:
    return weighed(title, LATEST, last, conferences.latest_of_families(ledger.history), weight)


def in_category(category: Category) -> Callable[[Ledger], Opened]:
    title = f"On a plan: {category.label.lower()}"
    return lambda ledger: on_plan(
        ledger, title, "Children", lambda m: conferences.in_category(m, category)
    )


def plain_meetings(title: str, find: Callable[[Ledger], list[MeetingRow]]) -> Callable[[Ledger], Opened]:
    return lambda ledger: Opened(
        title, "Timeliness cannot judge these.", MEETING_COLUMNS,
        [meeting_row(m, None) for m in find(ledger)],
    )


WHATS = {"review": "Review", "first_core_group": "First core group"}


def register_open(ledger: Ledger) -> Opened:
    """What met on a day and is not judged: "held" is only known when the register is closed."""
    names = {m.pk: m for m in (*ledger.history, *ledger.registers_waiting)}
    rows = [
        OpenedRow(
            (
                names[due.meeting_id].reference, MeetingKind(names[due.meeting_id].kind).label,
                due.held_on, due.due_on, f"{WHATS[due.what]} after {names[due.after].reference}",
                "Held, register open",
            ),
            None,
            names[due.meeting_id].reference,
        )
        for due in conferences.dues_waiting(ledger)
    ]
    columns = ("Meeting", "Kind", "Date", "Due on", "What was due", "Held")
    sentence = "Not late and not in time: timeliness judges them when the register is closed."
    return Opened("Due and met, with the register open", sentence, columns, rows)


PLAN_COUNTS: dict[str, Callable[[Ledger], Opened]] = {
    CONSIDERED: considered,
    "children_on_plan": lambda ledger: on_plan(
        ledger, "Children on a plan at the end", "Children", lambda m: m.on_plan
    ),
    "families_on_plan": lambda ledger: on_plan(
        ledger, "Families with a child on a plan at the end", "Families", lambda m: m.on_plan > 0
    ),
    **{f"on_plan_{category.value}": in_category(category) for category in Category},
    "initials_without_strategy_discussion": plain_meetings(
        "Initial conferences without a strategy discussion date", conferences.without_discussion
    ),
    "reviews_without_predecessor": plain_meetings(
        "Reviews whose conference before is not known", conferences.without_predecessor
    ),
    "timing_register_open": register_open,
}
