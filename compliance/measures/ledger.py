"""What the figures of one scope and period are counted from: read once, at a fixed number of queries.

A reading is a count of these rows and nothing else, so that every number can open its rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property
from typing import NamedTuple

from django.utils import timezone

from compliance.measures.cases import cases_open, stages_due
from compliance.measures.duty import DutyRow, attended
from compliance.measures.scope import Scope
from compliance.period import Period
from compliance.scorecard import MEETING_BASES, Basis
from conferences.choices import (
    CONFERENCES,
    INITIALS,
    REPRESENTED,
    Expectation,
    MeetingKind,
    MeetingState,
    Mode,
    Outcome,
    ReportState,
)
from conferences.models import Attendance, Meeting, MissedDuty
from escalation.models import Escalation, Stage
from escalation.stages import end_of
from partnership.models import StaffMember
from training.standing import Row, TrainingBook, open_book

MODES = (Mode.IN_PERSON, Mode.VIDEO, Mode.PHONE)  # of several people, the nearest way counts
REPORTS = (ReportState.ON_TIME, ReportState.ON_THE_DAY, ReportState.LATE, ReportState.NONE)  # so, too


class MeetingRow(NamedTuple):
    """A meeting whose closed register is counted."""

    pk: int
    reference: str
    kind: str
    state: str
    held_on: date
    strategy_discussion_on: date | None
    family: str
    children: int
    on_plan: int
    plan_neg: int
    plan_phy: int
    plan_sab: int
    plan_emo: int
    plan_mul: int
    exploitation: bool
    quorate: bool | None
    sentence: str

    @property
    def is_conference(self) -> bool:
        return self.kind in CONFERENCES


MEETING_FIELDS = (
    "pk", "reference", "kind", "state", "held_on", "strategy_discussion_on", "family_ref", "children",
    "children_on_plan_after", "plan_neg", "plan_phy", "plan_sab", "plan_emo", "plan_mul",
    "exploitation_concern", "quorate", "quorum_sentence",
)


class Line(NamedTuple):
    """An attendance line, as it is read."""

    meeting: int
    agency: int
    person: int | None
    invited: bool
    involved: bool
    expectation: str
    outcome: str
    mode: str
    report: str
    late: bool
    changes: int
    disputed: bool


class Presence(NamedTuple):
    """One agency at one meeting: attendance counts agencies at meetings, not people."""

    meeting: MeetingRow
    agency: int
    invited: bool
    involved: bool
    known: bool
    represented: bool
    who: str  # "member", "deputy" or ""
    mode: str
    report_expected: bool
    report_in_time: bool
    report: str
    late: bool
    changes: int
    disputed: int  # lines in dispute

    def on(self, basis: Basis) -> bool:
        """Whether this meeting is in the agency's total on a basis."""
        if basis is Basis.ALL:
            return True
        if basis is Basis.INVITED:
            return self.invited
        return self.involved and (basis is Basis.INVOLVED or self.known)

    @property
    def contributed(self) -> bool:
        return self.represented or self.report_in_time


@dataclass(frozen=True)
class Ledger:
    """The rows behind every figure of a scope and a period."""

    scope: Scope
    period: Period
    as_at: date

    @property
    def start(self) -> datetime:
        return timezone.make_aware(datetime.combine(self.period.first, time.min))

    @property
    def until(self) -> datetime:
        """The moment up to which is read: the end of the day, or now when that is earlier."""
        return min(end_of(self.as_at), timezone.now())

    @cached_property
    def history(self) -> list[MeetingRow]:
        """Every counted meeting of the partnership up to the day, oldest first."""
        rows = Meeting.objects.counted().filter(
            partnership=self.scope.partnership, held_on__lte=self.as_at
        )
        if self.scope.membership is not None:
            rows = rows.filter(held_on__gte=self.period.first)
        ordered = rows.order_by("held_on", "reference").values_list(*MEETING_FIELDS)
        return [MeetingRow(*row) for row in ordered]

    @cached_property
    def initials_ahead(self) -> list[MeetingRow]:
        """Initial conferences already discussed that are held, or planned, only after the day."""
        # unscoped: as in the lines
        rows = Meeting.objects.filter(
            partnership=self.scope.partnership, kind__in=sorted(INITIALS), held_on__gt=self.as_at,
            strategy_discussion_on__lte=self.as_at,
        ).exclude(state=MeetingState.CANCELLED)
        ordered = rows.order_by("held_on", "reference").values_list(*MEETING_FIELDS)
        return [MeetingRow(*row) for row in ordered]

    @cached_property
    def meetings(self) -> list[MeetingRow]:
        """The counted meetings of the period."""
        return [m for m in self.history if m.held_on >= self.period.first]

    @cached_property
    def conferences(self) -> list[MeetingRow]:
        return [m for m in self.meetings if m.is_conference]

    @cached_property
    def core_groups(self) -> list[MeetingRow]:
        return [m for m in self.meetings if m.kind == MeetingKind.CORE_GROUP]

    @cached_property
    def lines(self) -> list[Line]:
        """The attendance lines of the agencies in scope at the counted meetings of the period."""
        # unscoped: who may ask was decided by the caller of the scope
        rows = Attendance.objects.filter(
            meeting__partnership=self.scope.partnership,
            meeting__held_on__gte=self.period.first,
            meeting__held_on__lte=self.as_at,
            agency__in=list(self.scope.members),
        )
        counted = {m.pk for m in self.meetings}
        found = rows.values_list(
            "meeting_id", "agency_id", "staff_member_id", "job_title", "invited_on", "involved",
            "expectation", "outcome", "mode", "report", "late_invitation", "involved_changes",
            "disputed_at", "settled_at",
        )
        return [
            # someone who is on no list and was never invited came of their own accord
            Line(m, agency, person, not (job and invited is None), *rest[:7], bool(rest[7] and not rest[8]))
            for m, agency, person, job, invited, *rest in found
            if m in counted
        ]

    @cached_property
    def presences(self) -> list[Presence]:
        """Each agency in scope at each counted meeting, invited or not, in the order of the meetings."""
        groups: dict[tuple[int, int], list[Line]] = defaultdict(list)
        for line in self.lines:
            groups[line.meeting, line.agency].append(line)
        seated = self.seated({agency for _, agency in groups})
        return [
            presence(meeting, agency, groups.get((meeting.pk, agency), []))
            for meeting in self.meetings
            for agency in seated
        ]

    @cached_property
    def seats(self) -> dict[tuple[Basis, bool], list[Presence]]:
        """The presences by basis and by whether the meeting was a conference, in the same order."""
        found: dict[tuple[Basis, bool], list[Presence]] = {
            (basis, conference): [] for basis in MEETING_BASES for conference in (True, False)
        }
        for one in self.presences:
            conference = one.meeting.is_conference
            for basis in MEETING_BASES:
                if one.on(basis):
                    found[basis, conference].append(one)
        return found

    def seated(self, with_lines: set[int]) -> list[int]:
        """The agencies that are counted as one: a parent only where it was itself invited."""
        parents = {m.agency.parent_id for m in self.scope.members.values()}
        return [a for a in self.scope.members if a not in parents or a in with_lines]

    @cached_property
    def book(self) -> TrainingBook:
        """The training of all people of the agencies in scope."""
        # unscoped: as above
        people = StaffMember.objects.filter(agency__in=list(self.scope.members))
        return open_book(people.order_by("pk"), self.scope.partnership.pk)

    @cached_property
    def standings(self) -> list[Row]:
        """Standings on the day of the people who count in this partnership."""
        here = (None, self.scope.partnership.pk)
        return [row for row in self.book.standings(self.as_at) if row.person.works_for_id in here]

    @cached_property
    def asked(self) -> dict[int, str]:
        """What each requirement asks, in the codes of its courses: worked out once."""
        return {r.pk: r.label for group in self.book.requirements.values() for r in group}

    @cached_property
    def attended(self) -> list[DutyRow]:
        """The attendances by named people."""
        return attended(self.lines, self.meetings, self.people, self.book)

    @cached_property
    def people(self) -> dict[int, StaffMember]:
        return {person.pk: person for person in self.book.people}

    @cached_property
    def stages_due(self) -> list[Stage]:
        """The stages of escalations that fell due in the period."""
        return stages_due(self.scope, self.start, self.until)

    @cached_property
    def cases(self) -> list[Escalation]:
        """The escalations that were open in the period."""
        return cases_open(self.scope, self.start, self.until)

    @cached_property
    def missed(self) -> list[MissedDuty]:
        # unscoped: as above
        rows = MissedDuty.objects.filter(
            meeting__partnership=self.scope.partnership,
            meeting__held_on__gte=self.period.first,
            meeting__held_on__lte=self.as_at,
            agency__in=list(self.scope.members),
        )
        return list(rows.select_related("meeting").order_by("meeting__held_on", "pk"))


def presence(meeting: MeetingRow, agency: int, lines: Iterable[Line]) -> Presence:
    """Fold the lines of one agency at one meeting into one."""
    lines = list(lines)
    represented = any(line.outcome in REPRESENTED for line in lines)
    member = any(line.outcome == Outcome.ATTENDED for line in lines)
    modes = {line.mode for line in lines if line.outcome in REPRESENTED}
    reports = {line.report for line in lines}
    return Presence(
        meeting=meeting,
        agency=agency,
        invited=any(line.invited for line in lines),
        involved=any(line.involved for line in lines),
        known=any(line.outcome != Outcome.UNKNOWN for line in lines),
        represented=represented,
        who="member" if member else ("deputy" if represented else ""),
        mode=next((str(mode) for mode in MODES if mode in modes), ""),
        report_expected=any(report_expected(line, represented) for line in lines),
        report_in_time=any(line.report == ReportState.ON_TIME for line in lines),
        report=next((state for state in REPORTS if state in reports), ""),
        late=bool(lines) and all(line.late for line in lines),
        changes=sum(line.changes for line in lines),
        disputed=sum(line.disputed for line in lines),
    )


def report_expected(line: Line, represented: bool) -> bool:
    """A report was asked for; with *attend or report* only when nobody of the agency was there."""
    if line.report == ReportState.NOT_REQUIRED:
        return False
    if line.expectation == Expectation.EITHER:
        return not represented
    return line.expectation in (Expectation.REPORT, Expectation.BOTH)
