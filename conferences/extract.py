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

from conferences.choices import MeetingKind
from conferences.meant import Meant, same
from conferences.models import ExtractLine, Meeting
from partnership.folding import plain
from partnership.history import changed
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
TABLES = {"icpc": MeetingKind.INITIAL, "cppr": MeetingKind.REVIEW}  # how their field names begin


@dataclass(frozen=True, slots=True)
class Said:
    """What a row says of its conference."""

    kind: str
    held_on: date
    quorate: bool | None


Rows = list[tuple[Row, Said]]


def table_of(headings: list[str]) -> set[str]:
    """Which tables of the dataset the field names of a file belong to."""
    return {kind for start, kind in TABLES.items() if any(plain(h).startswith(start) for h in headings)}


def plan_extract(
    sheet: Sheet, meant: Meant, on: date, kind: str | None = None
) -> Plan[ExtractLine]:
    """New lines, and those that an extract before this one had otherwise.

    ``kind`` is what a row is about that does not say so: the table whose field names the file has.
    """
    plan: Plan[ExtractLine] = Plan(sheet)
    for reference, rows in by_meeting(by_conference(sheet, kind, on), meant).items():
        said = agreed(rows)
        if said is not None and fits(rows, said, meant.ours.get(reference)):
            place(plan, rows, said, meant, reference)
    return plan


def by_meeting(groups: dict[str, Rows], meant: Meant) -> dict[str, Rows]:
    """The rows by our own reference, where it is sure or was answered; the others wait or are refused."""
    meant.in_file = set(groups)
    found: dict[str, Rows] = defaultdict(list)
    for written, rows in groups.items():
        said = agreed(rows)
        reference = meant.reference(written, said, (row for row, _ in rows)) if said else None
        if reference:
            found[reference] += rows
    return found


def by_conference(sheet: Sheet, kind: str | None, on: date) -> dict[str, Rows]:
    """The rows that can be read, those of one conference together, in the order of the file."""
    groups: dict[str, Rows] = defaultdict(list)
    for row in sheet.sound():
        reference = row.filled("meeting_id", optional=False)
        said = read(row, kind, on)
        if row.ok:
            groups[reference].append((row, said))
    return groups


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


def agreed(rows: Rows) -> Said | None:
    """What all rows of a conference say. Where they contradict each other each of them is refused."""
    said = rows[0][1]
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
        return None
    return Said(said.kind, said.held_on, flags.pop() if flags else None)


def fits(rows: Rows, said: Said, meeting: Meeting | None) -> bool:
    """Whether it is the conference of that reference here, or surely none of ours."""
    if meeting is None or same(said, meeting):
        return True
    for row, _ in rows:
        row.refuse(
            "held_on" if said.held_on != meeting.held_on else "kind",
            f"{meeting.reference} is here as {meeting.get_kind_display().lower()} of "
            f"{spoken(meeting.held_on)}. Mend whichever is wrong, here or in the case system.",
        )
    return False


def place(plan: Plan[ExtractLine], rows: Rows, said: Said, meant: Meant, reference: str) -> None:
    """New, changed or unchanged; further children of the conference add nothing.

    What was written down under the extract's own reference, before it was said what it means, moves.
    """
    first, *others = (row for row, _ in rows)
    written = [row.raw("meeting_id") for row, _ in rows]
    sent_as = "" if reference in written else written[0]
    there = meant.lines.get(reference) or meant.lines.get(sent_as)
    fields = {
        "reference": reference, "kind": said.kind, "held_on": said.held_on, "quorate": said.quorate,
        "sent_as": sent_as,
    }
    differences = changed(there, **fields) if there else {}
    item = there or ExtractLine(partnership=meant.partnership, **fields)
    if there is None:
        plan.adds(first, item)
    elif differences:
        plan.changes(first, there, differences)
    else:
        plan.keeps(first, there)
    for row in others:
        plan.keeps(row, item)
