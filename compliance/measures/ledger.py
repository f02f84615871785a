"""What the figures of one scope and period are counted from: read once, at a fixed number of queries.

A reading is a count of these rows and nothing else, so that every number can open its rows.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property

from django.db.models import QuerySet
from django.utils import timezone

from compliance.measures.cases import cases_open, stages_due
from compliance.measures.duty import DutyRow, attended
from compliance.measures.facts import MEETING_FIELDS, Line, MeetingRow, Presence, presence
from compliance.measures.scope import Scope
from compliance.period import Period
from compliance.scorecard import MEETING_BASES, Basis
from conferences.choices import INITIALS, MeetingKind, MeetingState
from conferences.models import Attendance, Meeting, MissedDuty
from conferences.querysets import counted
from escalation.models import Escalation, Stage
from escalation.stages import end_of
from partnership.models import StaffMember
from training.models import Booking, Session
from training.standing import Row, TrainingBook, open_book
from training.take_up import Span, TakeUp, take_up


def read_lines(rows: QuerySet[Attendance], meetings: set[int]) -> list[Line]:
    """Attendance lines at some meetings, as figures take them."""
    found = rows.values_list(
        "meeting_id", "agency_id", "staff_member_id", "job_title", "invited_on", "involved",
        "expectation", "outcome", "mode", "report", "late_invitation", "involved_changes",
        "disputed_at", "settled_at", "deputy_unnamed",
    )
    return [
        # someone who is on no list and was never invited came of their own accord; whom a deputy
        # came for, nobody knows who, was not there
        Line(
            m, agency, None if unnamed else person, not (job and invited is None), *rest[:7],
            bool(rest[7] and not rest[8]),
        )
        for m, agency, person, job, invited, *rest, unnamed in found
        if m in meetings
    ]


@dataclass(frozen=True)
class Ledger:
    """The rows behind every figure of a scope and a period."""

    scope: Scope
    period: Period
    as_at: date

    @property
    def parts(self) -> tuple[Ledger, ...]:
        """The ledger of each partnership in scope."""
        return (self,)

    @cached_property
    def here(self) -> frozenset[int | None]:
        """For which partnership somebody works who counts here: none in particular, or one in scope."""
        return frozenset({None, *(place.pk for place in self.scope.partnerships)})

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
    def registers_waiting(self) -> list[MeetingRow]:
        """Every meeting up to the day whose register is still open, of the scope, oldest first."""
        # unscoped: as in the lines
        rows = Meeting.objects.open_registers(self.as_at).filter(partnership=self.scope.partnership)
        if self.scope.membership is not None:
            rows = rows.filter(lines__agency__in=list(self.scope.members)).distinct()
        ordered = rows.order_by("held_on", "reference").values_list(*MEETING_FIELDS)
        return [MeetingRow(*row) for row in ordered]

    @cached_property
    def open_registers(self) -> list[MeetingRow]:
        """Meetings of the period whose register is still open: counted in no other figure."""
        return [m for m in self.registers_waiting if m.held_on >= self.period.first]

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

    @property
    def attendance(self) -> QuerySet[Attendance]:
        """The attendance lines of the agencies in scope at the meetings of the period."""
        # unscoped: who may ask was decided by the caller of the scope
        return Attendance.objects.filter(
            meeting__partnership=self.scope.partnership,
            meeting__held_on__gte=self.period.first,
            meeting__held_on__lte=self.as_at,
            agency__in=list(self.scope.members),
        )

    @property
    def counted_attendance(self) -> QuerySet[Attendance]:
        """Of those the lines at counted meetings, asked of the database alone."""
        return self.attendance.filter(counted("meeting__"))

    @cached_property
    def lines(self) -> list[Line]:
        """The attendance lines of the agencies in scope at the counted meetings of the period."""
        return read_lines(self.attendance, {m.pk for m in self.meetings})

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
        """Standings on the day of the people who count here."""
        return [row for row in self.book.standings(self.as_at) if row.person.works_for_id in self.here]

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
    def take_up(self) -> TakeUp:
        """The sessions of the partnership whose register is closed, and what became of their bookings."""
        # unscoped: as above
        sessions = Session.objects.filter(partnership__in=self.scope.partnerships)
        return take_up(sessions, Booking.objects.all(), Span.parse(self.period.slug), self.as_at)

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
