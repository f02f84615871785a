"""The rows behind a plain count."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from compliance.measures import Ledger
from compliance.measures.facts import MeetingRow, Presence
from compliance.rows.tables import (
    MEETING_COLUMNS,
    NoSuchRows,
    Opened,
    OpenedRow,
    meeting_row,
    presence_columns,
    presence_row,
    standings_table,
)
from conferences.choices import INITIALS, MeetingKind, MeetingState, MissedKind
from conferences.models import MissedDuty
from training.choices import Standing


def held_conference(m: MeetingRow) -> bool:
    return m.is_conference and m.state == MeetingState.HELD


OF_THE_PARTNERSHIP = frozenset({"inquorate", "exploitation_concerns"})  # no agency's card has them
OPEN = "open_registers"
OPEN_SENTENCE = "Their day has passed. Until they are closed they are counted in no other figure."
# How often an agency at a meeting is counted.
PRESENCE_COUNTS: dict[str, tuple[str, Callable[[Presence], int]]] = {
    "unknown_outcomes": (
        "Attendances whose outcome is not known", lambda p: p.involved and not p.known
    ),
    "disputed_lines": ("Disputed lines", lambda p: p.disputed),
    "late_invitations": ("Late invitations", lambda p: p.late),
    "involvement_changes": ("Changes of involvement", lambda p: p.changes),
}
MEETING_COUNTS: dict[str, Callable[[MeetingRow], object]] = {
    "conferences": held_conference,
    "initial": lambda m: held_conference(m) and m.kind in INITIALS,
    "review": lambda m: held_conference(m) and m.kind == MeetingKind.REVIEW,
    "transfer_in": lambda m: held_conference(m) and m.kind == MeetingKind.TRANSFER_IN,
    "core_groups": lambda m: m.kind == MeetingKind.CORE_GROUP,
    "inquorate": lambda m: m.is_conference and not m.quorate,
    "stood_down": lambda m: m.is_conference and m.state == MeetingState.STOOD_DOWN,
    "exploitation_concerns": lambda m: held_conference(m) and m.exploitation,
}


def opened_count(ledger: Ledger, key: str, *, names: bool) -> Opened:
    """The rows of a plain count."""
    if ledger.scope.membership is not None and key in OF_THE_PARTNERSHIP:
        raise NoSuchRows(key)
    if key in PRESENCE_COUNTS:
        title, number = PRESENCE_COUNTS[key]
        found = [
            replace(presence_row(p, ledger, None), counts=int(number(p)))
            for p in ledger.presences
            if number(p)
        ]
        return Opened(title, "", presence_columns(ledger), found)
    if key in MEETING_COUNTS:
        found = [meeting_row(m, None) for m in ledger.meetings if MEETING_COUNTS[key](m)]
        return Opened("Meetings", "", MEETING_COLUMNS, found)
    if key == OPEN:
        found = [meeting_row(m, None) for m in ledger.open_registers]
        return Opened("Registers still open", OPEN_SENTENCE, MEETING_COLUMNS, found)
    if key in MISSED_COUNTS:
        return opened_missed(ledger, MISSED_COUNTS[key])
    standing = key.removeprefix("training_")
    if key.startswith("training_") and standing in Standing.values:
        rows = [row for row in ledger.standings if row.standing == standing]
        return standings_table(Standing(standing).label, "", rows, names)
    raise NoSuchRows(key)


MISSED_COUNTS: dict[str, Callable[[MissedDuty], object]] = {
    "missed": lambda row: True,
    "missed_attendances": lambda r: r.kind == MissedKind.ATTENDANCE and not r.excused_reason,
    "missed_reports": lambda r: r.kind == MissedKind.REPORT and not r.excused_reason,
    "missed_excused": lambda r: r.excused_reason,
}


def opened_missed(ledger: Ledger, test: Callable[[MissedDuty], object]) -> Opened:
    """What was missed, each with the sentence that says why."""
    rows = [
        OpenedRow(
            (
                row.meeting.reference, row.meeting.get_kind_display(), row.meeting.held_on,
                row.get_kind_display(), row.sentence, row.get_excused_reason_display() or "–",
            ),
            None,
            row.meeting.reference,
        )
        for row in ledger.missed
        if test(row)
    ]
    columns = ("Meeting", "Kind", "Date", "What", "Why", "Excused")
    return Opened("What was missed", "Found when each register was closed.", columns, rows)


OPENABLE_COUNTS = frozenset(
    {OPEN, *PRESENCE_COUNTS, *MEETING_COUNTS, *MISSED_COUNTS, *(f"training_{standing}" for standing in Standing.values)}
)
