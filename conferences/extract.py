"""The national extract from a spreadsheet: conference, kind, date and the authority's quorate flag.

The Standard Safeguarding Dataset has one row for each child; its ``…_meeting_id`` groups them into one
conference. Only that comes in: no column about a person is read, and rows of one conference are one.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from conferences.choices import FIRST, MeetingKind
from conferences.models import REFERENCE, ExtractLine, Meeting
from partnership.folding import plain
from partnership.history import changed
from partnership.models import Partnership
from partnership.plans import Plan
from partnership.spreadsheets import Row, Sheet, shown, spoken

MIDNIGHT = re.compile(r"[ T]0?0:00(:00(\.0+)?)?Z?\Z")  # a day as databases write it
FLAGS = {
    **dict.fromkeys(("y", "yes", "true", "1", "quorate"), True),
    **dict.fromkeys(("n", "no", "false", "0", "inquorate", "notquorate"), False),
}
KINDS = {
    **dict.fromkeys(("initial", "icpc", "initialchildprotectionconference"), MeetingKind.INITIAL),
    **dict.fromkeys(
        ("review", "rcpc", "cpr", "reviewchildprotectionconference"), MeetingKind.REVIEW
    ),
    **dict.fromkeys(("prebirth",), MeetingKind.PRE_BIRTH),
    **dict.fromkeys(("transferin", "transfer"), MeetingKind.TRANSFER_IN),
}
OURS = (MeetingKind.INITIAL, MeetingKind.REVIEW, MeetingKind.PRE_BIRTH, MeetingKind.TRANSFER_IN)
WORDS = {plain(word): kind for kind in OURS for word in (kind.value, kind.label)} | KINDS
# What the extract calls an initial conference may be recorded here as what it was besides.
FITS: Mapping[str, frozenset[str]] = {
    MeetingKind.INITIAL: frozenset(FIRST), MeetingKind.REVIEW: frozenset({MeetingKind.REVIEW}),
    MeetingKind.PRE_BIRTH: frozenset({MeetingKind.PRE_BIRTH, MeetingKind.INITIAL}),
    MeetingKind.TRANSFER_IN: frozenset({MeetingKind.TRANSFER_IN}),
}
TABLES = {"icpc": MeetingKind.INITIAL, "cppr": MeetingKind.REVIEW}  # how their field names begin


@dataclass(frozen=True, slots=True)
class Said:
    """What a row says of its conference."""

    kind: str
    held_on: date
    quorate: bool | None


def table_of(headings: list[str]) -> set[str]:
    """Which tables of the dataset the field names of a file belong to."""
    return {kind for start, kind in TABLES.items() if any(plain(h).startswith(start) for h in headings)}


def plan_extract(
    sheet: Sheet, partnership: Partnership, on: date, kind: str | None = None
) -> Plan[ExtractLine]:
    """New lines, and those that an extract before this one had otherwise.

    ``kind`` is what a row is about that does not say so: the table whose field names the file has.
    """
    plan: Plan[ExtractLine] = Plan(sheet)
    there = {line.reference: line for line in partnership.extract_lines.select_related("partnership")}
    meetings = list(partnership.meetings.only("reference", "kind", "held_on"))
    ours = {meeting.reference: meeting for meeting in meetings}
    near = {plain(meeting.reference): meeting for meeting in meetings}
    for rows in by_conference(sheet, kind, on):
        row, said = agreed(rows)
        if said is None:
            continue
        reference = row.raw("meeting_id")
        meeting = ours.get(reference)
        if fits(row, said, meeting, near.get(plain(reference))):
            place(plan, rows, said, there.get(reference), ExtractLine(
                partnership=partnership, reference=reference, kind=said.kind, held_on=said.held_on,
                quorate=said.quorate,
            ))
    return plan


def by_conference(sheet: Sheet, kind: str | None, on: date) -> list[list[tuple[Row, Said]]]:
    """The rows that can be read, those of one conference together, in the order of the file."""
    groups: dict[str, list[tuple[Row, Said]]] = defaultdict(list)
    for row in sheet.sound():
        reference = row.matching("meeting_id", REFERENCE.regex, REFERENCE.message)
        said = read(row, kind, on)
        if row.ok:
            groups[reference].append((row, said))
    return list(groups.values())


def read(row: Row, kind: str | None, on: date) -> Said:
    row.cells["held_on"] = MIDNIGHT.sub("", row.raw("held_on"))
    found = one_of(row, "kind", WORDS, "initial, review, pre-birth or transfer-in") or kind
    transferred = one_of(row, "transfer_in", FLAGS, "Y or N")
    if transferred and found == MeetingKind.INITIAL:
        found = MeetingKind.TRANSFER_IN
    if found is None and row.ok:
        row.refuse("kind", "It is not said what kind of conference this was: initial or review.")
    return Said(
        found, row.day("held_on", latest=on), one_of(row, "quorate", FLAGS, "Y or N")
    )


def one_of(row: Row, column: str, words: Mapping, allowed: str):
    """What a cell means; None where it is empty, or is refused."""
    text = row.raw(column)
    found = words.get(plain(text))
    if text and found is None:
        row.refuse(column, f"{shown(text)} is not understood. Write {allowed}.")
    return found


def agreed(rows: list[tuple[Row, Said]]) -> tuple[Row, Said | None]:
    """What all rows of a conference say. Where they contradict each other each of them is refused."""
    first, said = rows[0]
    flags = {each.quorate for _, each in rows} - {None}
    faults = {
        "kind": len({each.kind for _, each in rows}) > 1,
        "held_on": len({each.held_on for _, each in rows}) > 1,
        "quorate": len(flags) > 1,
    }
    for column in (name for name, wrong in faults.items() if wrong):
        numbers = ", ".join(f"{row.number:,}" for row, _ in rows[:6])
        for row, _ in rows:
            row.refuse(column, f"The rows of this conference ({numbers}) do not say the same. Mend them.")
    if any(faults.values()):
        return first, None
    return first, Said(said.kind, said.held_on, flags.pop() if flags else None)


def fits(row: Row, said: Said, meeting: Meeting | None, near: Meeting | None) -> bool:
    """Whether it is the conference of that reference here, or surely none of ours.

    A reference that is nearly one of ours, of the same kind on the same day, is not guessed.
    """
    if meeting is None:
        if near and same(said, near):
            row.refuse(
                "meeting_id", f"{shown(row.raw('meeting_id'))} is nearly {near.reference}, a conference of the "
                "same kind on the same day here. Write the reference as it is here, if it is that one.",
            )
        return row.ok
    if not same(said, meeting):
        column = "held_on" if said.held_on != meeting.held_on else "kind"
        row.refuse(
            column, f"{meeting.reference} is here as {meeting.get_kind_display().lower()} of "
            f"{spoken(meeting.held_on)}. Mend whichever is wrong, here or in the case system.",
        )
    return row.ok


def same(said: Said | ExtractLine, meeting: Meeting) -> bool:
    """One date, and kinds that may be one."""
    return said.held_on == meeting.held_on and meeting.kind in FITS[said.kind]


def place(
    plan: Plan[ExtractLine], rows: list[tuple[Row, Said]], said: Said, there: ExtractLine | None,
    wanted: ExtractLine,
) -> None:
    """New, changed or unchanged; further children of the conference add nothing."""
    first, *others = (row for row, _ in rows)
    differences = changed(there, kind=said.kind, held_on=said.held_on, quorate=said.quorate) if there else {}
    if there is None:
        plan.adds(first, wanted)
    elif differences:
        plan.changes(first, there, differences)
    else:
        plan.keeps(first, there)
    for row in others:
        plan.keeps(row, there or wanted)
