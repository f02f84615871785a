"""Which conference of ours a reference of the national extract means; a near miss is asked about."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from conferences.choices import FIRST, MeetingKind, MeetingState
from conferences.models import REFERENCE, SENT_AS, ExtractLine, Meeting
from partnership.folding import plain
from partnership.matching import MOST_OPTIONS, NEW, NOBODY, Question
from partnership.models import Partnership
from partnership.spreadsheets import Row, shown, spoken

NOUGHTS = re.compile(r"(?<![0-9])0+(?=[0-9])")
# What the extract calls an initial conference may be recorded here as what it was besides.
FITS: Mapping[str, frozenset[str]] = {
    MeetingKind.INITIAL: frozenset(FIRST), MeetingKind.REVIEW: frozenset({MeetingKind.REVIEW}),
    MeetingKind.PRE_BIRTH: frozenset({MeetingKind.PRE_BIRTH, MeetingKind.INITIAL}),
    MeetingKind.TRANSFER_IN: frozenset({MeetingKind.TRANSFER_IN}),
}
LEFT_OUT = "No conference here is meant by this row, as you answered: it is left out."


class Conference(Protocol):
    """What is said of a conference, wherever it is said."""

    kind: str
    held_on: date


def same(said: Conference, meeting: Meeting) -> bool:
    """One date, and kinds that may be one."""
    return said.held_on == meeting.held_on and meeting.kind in FITS[said.kind]


def loosely(reference: str) -> str:
    """A reference without what people vary: "R-007", "r 7" and "R7" are one."""
    return plain(NOUGHTS.sub("", reference))


@dataclass
class Meant:
    """Our conferences, what extracts before this one said, and what was asked and answered so far."""

    partnership: Partnership
    meetings: list[Meeting]
    lines: dict[str, ExtractLine]  # by our reference
    answers: Mapping[str, str] = field(default_factory=dict)
    asked: dict[str, Question] = field(default_factory=dict)
    in_file: set[str] = field(default_factory=set)  # every reference that the file has

    @classmethod
    def of(cls, partnership: Partnership, answers: Mapping[str, str]) -> Meant:
        meetings = partnership.meetings.only("reference", "kind", "state", "held_on")
        lines = partnership.extract_lines.select_related("partnership")
        return cls(partnership, list(meetings), {line.reference: line for line in lines}, answers)

    def __post_init__(self) -> None:
        self.ours = {meeting.reference: meeting for meeting in self.meetings}
        self.answered = {line.sent_as: line.reference for line in self.lines.values() if line.sent_as}
        self.by_writing: dict[str, list[Meeting]] = defaultdict(list)
        self.by_day: dict[date, list[Meeting]] = defaultdict(list)
        for meeting in self.meetings:
            self.by_writing[loosely(meeting.reference)].append(meeting)
            self.by_day[meeting.held_on].append(meeting)

    def reference(self, reference: str, said: Conference, rows: Iterable[Row]) -> str | None:
        """Our reference for that of the extract; None when its rows wait for an answer, or are refused."""
        if reference in self.ours:
            return reference
        if reference in self.answered:  # a month ago, say
            return self.answered[reference]
        near = self.near(reference, said)
        fitting = REFERENCE.regex.fullmatch(reference)
        answer = self.answers.get(key_of(reference), "")
        chosen = next((meeting for meeting in near if str(meeting.pk) == answer), None)
        if chosen:
            return chosen.reference
        if (not near or answer == NEW) and fitting:
            return reference
        for row in rows:
            self.hold_back(row, reference, said, near, answer)
        return None

    def near(self, reference: str, said: Conference) -> list[Meeting]:
        """Those of that day and kind that are written nearly so; else those that no extract has named."""
        if not SENT_AS.regex.fullmatch(reference):
            return []
        written = [row for row in self.by_writing[loosely(reference)] if same(said, row)]
        if written or reference in self.lines:
            return written
        return [
            row for row in self.by_day[said.held_on]
            if same(said, row) and row.state != MeetingState.CANCELLED
            and row.reference not in self.lines and row.reference not in self.in_file
        ]

    def hold_back(
        self, row: Row, reference: str, said: Conference, near: list[Meeting], answer: str
    ) -> None:
        """Refuse a row that cannot be read or is not wanted; ask about any other."""
        if not near:
            row.refuse("meeting_id", f"{shown(reference)} cannot be used. {REFERENCE.message}")
        elif answer == NOBODY:
            row.refuse("", LEFT_OUT)
        else:
            self.ask(row, reference, said, near)

    def ask(self, row: Row, reference: str, said: Conference, near: list[Meeting]) -> None:
        row.doubtful = True
        key = key_of(reference)
        question = self.asked.setdefault(key, Question(
            key, f"{reference}, {MeetingKind(said.kind).label.lower()} of {spoken(said.held_on)}",
            near[:MOST_OPTIONS], may_be_new=bool(REFERENCE.regex.fullmatch(reference)),
        ))
        question.rows.append(row.number)


def key_of(reference: str) -> str:
    """One question for all children of a conference."""
    return hashlib.sha256(reference.encode()).hexdigest()[:16]
