"""Rows as tables: an agency at a meeting, a meeting, a person's standing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from compliance.measures import Ledger
from compliance.measures.definitions import TRAINING_CURRENT
from compliance.measures.facts import MeetingRow, Presence
from compliance.measures.labels import requirement_words
from conferences.choices import MeetingKind, MeetingState, Mode, ReportState
from training.standing import Row


class NoSuchRows(LookupError):
    """The address names no number."""


@dataclass(frozen=True, slots=True)
class OpenedRow:
    """One row: its cells, whether it is met, and the meeting that it can lead to.

    ``counts`` is how many it stands for: a meeting counted by child, as many as its children.
    """

    cells: tuple[object, ...]
    met: bool | None
    reference: str = ""
    counts: int = 1


@dataclass(frozen=True, slots=True)
class Opened:
    """The rows behind one number."""

    title: str
    sentence: str
    columns: tuple[str, ...]
    rows: Sequence[OpenedRow]
    met_label: str = ""

    @property
    def met(self) -> int:
        return sum(row.counts for row in self.rows if row.met)

    @property
    def total(self) -> int:
        return sum(row.counts for row in self.rows)


def presence_columns(ledger: Ledger) -> tuple[str, ...]:
    agency = ("Agency",) if len(ledger.scope.members) > 1 else ()
    return ("Meeting", "Kind", "Date", *agency, "Involved", "Outcome", "Report", "Notes")


def presence_row(p: Presence, ledger: Ledger, met: bool | None, *, agency: bool = False) -> OpenedRow:
    """An agency at a meeting; named where there are several, or where the table names each."""
    members = ledger.scope.members
    name = (members[p.agency].agency.name,) if agency or len(members) > 1 else ()
    cells = (
        p.meeting.reference, MeetingKind(p.meeting.kind).label, p.meeting.held_on, *name,
        involvement(p), outcome(p), report(p), remarks(p),
    )
    return OpenedRow(cells, met, p.meeting.reference)


def involvement(p: Presence) -> str:
    if not p.invited and not p.involved:
        return "Not invited"
    return "Involved" if p.involved else "For the quorum only"


def outcome(p: Presence) -> str:
    if p.represented:
        who = "Deputy" if p.who == "deputy" else "Attended"
        return f"{who}, {Mode(p.mode).label.lower()}" if p.mode else who
    if not p.invited:
        return "–"
    return "Nobody there" if p.known else "Not known"


def report(p: Presence) -> str:
    return ReportState(p.report).label if p.report else "Not required"


def remarks(p: Presence) -> str:
    found = ["Disputed"] * bool(p.disputed) + ["Invited late"] * p.late
    return ", ".join(found + ["Involvement changed"] * bool(p.changes))


def standings_table(title: str, sentence: str, rows: list[Row], names: bool) -> Opened:
    titles = asked_titles(rows)
    person = ("Person",) if names else ()
    return Opened(
        title, sentence, (*person, "Job", "Role group", "Course", "Standing", "Expires on"),
        [
            OpenedRow(
                (
                    *([row.person.name] if names else []), row.person.job_title,
                    row.person.role_group.title, titles[row.requirement.pk], row.standing.label,
                    row.expires_on or "–",
                ),
                row.met,
            )
            for row in rows
        ],
        TRAINING_CURRENT.met_label,
    )


def asked_titles(rows: list[Row]) -> dict[int, str]:
    """What each requirement asks, in the titles of its courses as everywhere else on a page."""
    asked = {row.requirement.pk: row.requirement for row in rows}
    return {key: requirement_words(requirement) for key, requirement in asked.items()}


MEETING_COLUMNS = ("Meeting", "Kind", "Date", "Held", "Quorate")


def meeting_row(m: MeetingRow, met: bool | None) -> OpenedRow:
    verdict = "–" if m.quorate is None else ("Quorate" if m.quorate else "Not quorate")
    cells = (m.reference, MeetingKind(m.kind).label, m.held_on, MeetingState(m.state).label, verdict)
    return OpenedRow(cells, met, m.reference)
