"""The rows of several partnerships together, each counted once.

A meeting, an escalation, a missed duty belong to one partnership: those of all are put together, and an
agency is held against the meetings of its own partnerships only. People are read once, whatever number of
partnerships their agency serves, and what several of these ask alike of one person is due once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any

from compliance.measures.duty import DutyRow
from compliance.measures.facts import Line, MeetingRow, Presence
from compliance.measures.ledger import Ledger
from conferences.models import MissedDuty
from escalation.models import Escalation, Stage
from partnership.models import StaffMember
from training.standing import TrainingBook, open_book

Read = Callable[[Ledger], Iterable[Any]]


def by_day(meeting: MeetingRow) -> tuple:
    return meeting.held_on, meeting.reference


class JointLedger(Ledger):
    """The rows behind every figure of several partnerships, or of an agency that they share."""

    @cached_property
    def parts(self) -> tuple[Ledger, ...]:
        return tuple(Ledger(scope, self.period, self.as_at) for scope in self.scope.parts)

    def joined(self, read: Read) -> list[Any]:
        return [row for part in self.parts for row in read(part)]

    @cached_property
    def history(self) -> list[MeetingRow]:
        return sorted(self.joined(lambda part: part.history), key=by_day)

    @cached_property
    def initials_ahead(self) -> list[MeetingRow]:
        return sorted(self.joined(lambda part: part.initials_ahead), key=by_day)

    @cached_property
    def registers_waiting(self) -> list[MeetingRow]:
        return sorted(self.joined(lambda part: part.registers_waiting), key=by_day)

    @cached_property
    def lines(self) -> list[Line]:
        return self.joined(lambda part: part.lines)

    @cached_property
    def presences(self) -> list[Presence]:
        return self.joined(lambda part: part.presences)

    @cached_property
    def attended(self) -> list[DutyRow]:
        """Each judged by what the partnership of its meeting asks."""
        return self.joined(lambda part: part.attended)

    @cached_property
    def stages_due(self) -> list[Stage]:
        return sorted(self.joined(lambda part: part.stages_due), key=lambda stage: (stage.due_at, stage.pk))

    @cached_property
    def cases(self) -> list[Escalation]:
        return sorted(self.joined(lambda part: part.cases), key=lambda case: (case.raised_at, case.pk))

    @cached_property
    def missed(self) -> list[MissedDuty]:
        return sorted(self.joined(lambda part: part.missed), key=lambda row: (row.meeting.held_on, row.pk))

    @cached_property
    def book(self) -> TrainingBook:
        # unscoped: who may ask was decided by the caller of the scope
        people = StaffMember.objects.filter(agency__in=list(self.scope.members))
        return open_book(people.order_by("pk"), *(place.pk for place in self.scope.partnerships))
