"""Attendances by named people, and whether they were trained for the duty that day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from compliance.measures.facts import Line, MeetingRow
from conferences.choices import REPRESENTED
from partnership.models import StaffMember
from training.standing import TrainingBook


@dataclass(frozen=True, slots=True)
class DutyRow:
    """One attendance by a named person, and whether they were trained for it that day."""

    meeting: MeetingRow
    line: Line
    person: StaffMember
    trained: bool | None  # None: no requirement for the duty applied to them


def attended(
    lines: Iterable[Line], meetings: Iterable[MeetingRow], people: Mapping[int, StaffMember],
    book: TrainingBook,
) -> list[DutyRow]:
    """Attendances by named people (deputies too) at counted meetings, oldest first."""
    held = {meeting.pk: meeting for meeting in meetings}
    found = []
    for line in lines:
        if line.outcome in REPRESENTED and line.person in people:
            person, meeting = people[line.person], held[line.meeting]
            trained = book.trained_for_duty(person, meeting.held_on)
            found.append(DutyRow(meeting, line, person, trained))
    found.sort(key=lambda row: (row.meeting.held_on, row.meeting.reference, row.person.pk))
    return found
