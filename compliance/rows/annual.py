"""The rows behind what only the annual report counts: sessions, and reports of general practices."""

from __future__ import annotations

from compliance.measures import Ledger
from compliance.measures.annual import TAKE_UP, practice_rows, report_state
from compliance.measures.definitions import REPORTS_IN_TIME
from compliance.rows.tables import Opened, OpenedRow, presence_columns, presence_row
from training.take_up import COUNTED, LABELS

PRACTICE_REPORTS = "practice_reports"
SESSION_COUNTS = frozenset(f"take_up_{name}" for name in TAKE_UP)


def opened_practice_reports(ledger: Ledger, state: str) -> Opened:
    """The reports that general practices were asked for; of one state where that is asked."""
    found = [
        presence_row(p, ledger, None) for p in practice_rows(ledger, REPORTS_IN_TIME.basis)
        if state in ("", report_state(p))
    ]
    sentence = "Asked of the general practices that were involved, for conferences of the period."
    return Opened("Reports of general practices", sentence, presence_columns(ledger), found)


def opened_sessions(ledger: Ledger, key: str, course: str) -> Opened:
    """The sessions whose register is closed, each with how many it counts; nobody is named."""
    name = key.removeprefix("take_up_")
    found = []
    for session in ledger.take_up.sessions:
        if course in ("", session.course.code) and (number := number_of(ledger, session, name)):
            cells = (session.course.title, session.held_on, session.place or "–", number)
            found.append(OpenedRow(cells, None, counts=number))
    sentence = "Sessions of the partnership in the period whose register is closed."
    return Opened(LABELS[name], sentence, ("Course", "Day", "Place", LABELS[name]), found)


def number_of(ledger: Ledger, session, name: str) -> int:
    if name in ("sessions", "places"):
        return 1 if name == "sessions" else session.places
    return sum(
        line.number for line in ledger.take_up.lines
        if line.session.pk == session.pk and line.state in COUNTED[name]
    )
