"""What is wrong with the data behind the figures: how many of each kind by agency, and the rows.

Counted from the same rows as the report, so the numbers are those of its data quality section; people
are never named.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from compliance.measures import Ledger
from compliance.measures.facts import MEETING_FIELDS, MeetingRow
from compliance.measures.returned import to_confirm
from compliance.rows.flags import FLAG_COLUMNS, differing, flag_row
from compliance.rows.lacking import without_discussion, without_predecessor
from compliance.rows.seats import (
    CHANGED,
    LATE,
    PRESENCE_COLUMNS,
    UNKNOWN,
    Numbers,
    Seats,
    Sign,
    by_agency,
)
from compliance.rows.tables import MEETING_COLUMNS, Opened, OpenedRow, meeting_row
from conferences.choices import MeetingKind
from conferences.models import Attendance, Meeting
from conferences.querysets import counted
from conferences.timescales import answer_due
from partnership.models import Agency, BankHoliday, Grant, StaffMember, today
from partnership.querysets import on_day
from partnership.roles import Role
from partnership.workdays import Calendar, NoCalendar
from training.models import Requirement


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of defect: what it is, who mends it, how many, and the rows."""

    key: str
    title: str
    sentence: str
    mends: str
    columns: tuple[str, ...]
    total: Callable[[Ledger], int]
    by_agency: Callable[[Ledger], Numbers] | None  # None: of the partnership only
    rows: Callable[[Ledger, frozenset[int] | None], Sequence[OpenedRow]]
    sign: Sign | None = None

    def opened(self, ledger: Ledger, agencies: frozenset[int] | None) -> Opened:
        """The rows, of some agencies only or of all."""
        return Opened(self.title, self.sentence, self.columns, self.rows(ledger, agencies))


# --- Meetings -------------------------------------------------------------------------------------


def open_by_agency(ledger: Ledger) -> Numbers:
    """At how many meetings with an open register each agency is a line."""
    keys = [m.pk for m in ledger.open_registers]
    # unscoped: who may ask was decided by the caller of the scope
    rows = Attendance.objects.filter(meeting__in=keys).values_list("agency_id").order_by()
    return Counter(dict(rows.annotate(number=Count("meeting", distinct=True))))


def open_rows(ledger: Ledger, agencies: frozenset[int] | None) -> list[OpenedRow]:
    wanted = ledger.open_registers
    if agencies is not None:
        at = [m.pk for m in wanted]
        lines = Attendance.objects.filter(meeting__in=at, agency__in=agencies)  # unscoped: as above
        keys = set(lines.values_list("meeting_id", flat=True))
        wanted = [m for m in wanted if m.pk in keys]
    return [meeting_row(m, None) for m in wanted]


def meetings_kind(
    key: str, title: str, sentence: str, mends: str, find: Callable[[Ledger], QuerySet[Meeting]]
) -> Kind:
    """A kind that is of the partnership's meetings and of no agency."""

    def rows(ledger: Ledger, _: frozenset[int] | None) -> list[OpenedRow]:
        found = find(ledger).order_by("held_on", "reference").values_list(*MEETING_FIELDS)
        return [meeting_row(MeetingRow(*fields), None) for fields in found]

    return Kind(
        key, title, sentence, mends, MEETING_COLUMNS, lambda ledger: find(ledger).count(), None, rows
    )


def presences_kind(key: str, title: str, sentence: str, mends: str, sign: Sign) -> Kind:
    """A kind that is of agencies at meetings, by what their lines show."""

    def of_agencies(ledger: Ledger) -> Numbers:
        return by_agency(ledger.counted_attendance, sign)[0]

    return Kind(
        key, title, sentence, mends, PRESENCE_COLUMNS,
        lambda ledger: sum(of_agencies(ledger).values()), of_agencies,
        lambda ledger, some: Seats(ledger, sign, some), sign,
    )


# --- Disputes -------------------------------------------------------------------------------------


def disputed(ledger: Ledger) -> QuerySet[Attendance]:
    # unscoped: who may ask was decided by the caller of the scope
    rows = Attendance.objects.disputed().filter(
        counted("meeting__"), meeting__partnership=ledger.scope.partnership,
        meeting__held_on__gte=ledger.period.first, meeting__held_on__lte=ledger.as_at,
    )
    return rows.order_by("disputed_at", "pk")


def disputed_rows(ledger: Ledger, agencies: frozenset[int] | None) -> list[OpenedRow]:
    rows = disputed(ledger).select_related("meeting", "agency")
    if agencies is not None:
        rows = rows.filter(agency__in=agencies)
    calendar = BankHoliday.objects.calendar(ledger.scope.partnership.country)
    return [disputed_row(line, calendar, today()) for line in rows]  # it waits today, whatever the period


def disputed_row(line: Attendance, calendar: Calendar, on: date) -> OpenedRow:
    """A line in dispute; late when its answer was due before the day."""
    disputed_on = timezone.localdate(line.disputed_at)
    try:
        due: date | None = answer_due(disputed_on, calendar)
    except NoCalendar:
        due = None
    state = "Not known" if due is None else ("Late" if due < on else "In time")
    return OpenedRow((
        line.meeting.reference, MeetingKind(line.meeting.kind).label, line.meeting.held_on,
        line.agency.name, disputed_on, due or "–", state,
    ), None, line.meeting.reference)


# --- Agencies -------------------------------------------------------------------------------------


def agencies_of(ledger: Ledger) -> QuerySet[Agency]:
    return Agency.objects.filter(pk__in=list(ledger.scope.members)).order_by("name")  # unscoped: as above


def without_lead(ledger: Ledger) -> list[Agency]:
    """Agencies for which nobody holds the lead's role today, whatever the period, not even by their parent:
    somebody is given the role, and the agency goes from the list."""
    # unscoped: as above
    leads = Grant.objects.in_force(today()).filter(
        role=Role.AGENCY_LEAD, user__is_active=True
    ).filter(Q(agency=OuterRef("pk")) | Q(agency=OuterRef("parent")))
    return list(agencies_of(ledger).filter(~Exists(leads)))


def without_list(ledger: Ledger) -> list[Agency]:
    """Agencies whose last full staff list is older than the period, or was never dated."""
    old = Q(staff_list_on=None) | Q(staff_list_on__lt=ledger.period.first)
    return list(agencies_of(ledger).filter(old))


def agencies_kind(
    key: str, title: str, sentence: str, mends: str, find: Callable[[Ledger], list[Agency]]
) -> Kind:
    def rows(ledger: Ledger, agencies: frozenset[int] | None) -> list[OpenedRow]:
        return [
            OpenedRow((a.name, a.get_sector_display(), a.staff_list_on or "Never"), None)
            for a in find(ledger) if agencies is None or a.pk in agencies
        ]

    return Kind(
        key, title, sentence, mends, ("Agency", "Sector", "Last full staff list"),
        lambda ledger: len(find(ledger)), lambda ledger: Counter(a.pk for a in find(ledger)), rows,
    )


# --- People, never by name ------------------------------------------------------------------------


def nothing_asked(ledger: Ledger) -> QuerySet[StaffMember]:
    """People in post of whose role group nothing is asked on the day, here or by their agency."""
    place, on = ledger.scope.partnership, ledger.as_at
    # unscoped: as above
    asked = Requirement.objects.filter(on_day(on, "effective_from", "effective_until")).filter(
        role_group=OuterRef("role_group")
    ).filter(Q(partnership=place) | Q(agency=OuterRef("agency")) | Q(agency=OuterRef("agency__parent")))
    people = StaffMember.objects.filter(agency__in=list(ledger.scope.members)).in_post(on)  # unscoped: as above
    people = people.filter(Q(works_for=None) | Q(works_for=place)).filter(~Exists(asked))
    return people.order_by("agency__name", "role_group__title", "pk")


def people_kind(
    key: str, title: str, sentence: str, mends: str, columns: tuple[str, ...],
    find: Callable[[Ledger], QuerySet], agency: str, fields: Iterable[str],
) -> Kind:
    """A kind that is of people: their agency and job, never their name."""
    fields = tuple(fields)

    def by_agency(ledger: Ledger) -> Numbers:
        rows = find(ledger).order_by().values_list(agency)
        return Counter(dict(rows.annotate(number=Count("pk"))))

    def rows(ledger: Ledger, agencies: frozenset[int] | None) -> list[OpenedRow]:
        found = find(ledger)
        if agencies is not None:
            found = found.filter(**{f"{agency}__in": agencies})
        return [OpenedRow(cells, None) for cells in found.values_list(*fields)]

    return Kind(
        key, title, sentence, mends, columns, lambda ledger: find(ledger).count(), by_agency, rows
    )


# --- All of them ----------------------------------------------------------------------------------

KINDS = {kind.key: kind for kind in (
    Kind(
        "open-registers", "Registers still open", "The day has passed, and until the register is "
        "closed the meeting is counted in no figure.", "The conference service closes them.",
        MEETING_COLUMNS, lambda ledger: len(ledger.open_registers), open_by_agency, open_rows,
    ),
    presences_kind(
        "unknown-outcomes", "Attendances not known", "An agency was involved, and nobody wrote "
        "down whether it came. It counts as not there.",
        "The conference service corrects the line.", UNKNOWN,
    ),
    Kind(
        "disputed-lines", "Disputes without an answer", "A lead says that a line is wrong. It is "
        "marked on every figure until it is answered; an answer is due within 10 working days.",
        "The conference service answers.",
        ("Meeting", "Kind", "Date", "Agency", "Disputed on", "Answer due", "State"),
        lambda ledger: disputed(ledger).count(),
        lambda ledger: Counter(disputed(ledger).values_list("agency_id", flat=True)),
        disputed_rows,
    ),
    presences_kind(
        "late-invitations", "Late invitations", "The invitation gave less notice than the local "
        "timescale asks. What was missed is then excused.", "Whoever convenes invites earlier.",
        LATE,
    ),
    presences_kind(
        "involvement-changes", "Changes of involvement", "Whether an agency was involved was "
        "changed after the invitation, with a reason.", "Look whether the reasons hold.",
        CHANGED,
    ),
    meetings_kind(
        "reviews-without-predecessor", "Reviews without a conference before",
        "No conference before is known for the family, so nobody can say whether it was in time.",
        "The conference service mends the family’s reference.", without_predecessor,
    ),
    meetings_kind(
        "no-strategy-discussion", "Initial conferences without a strategy discussion",
        "Without the date nobody can say whether the conference was in time.",
        "The conference service adds the date.", without_discussion,
    ),
    Kind(
        "quorate-flag-differs", "Quorate flags that differ", "The authority’s case system and Quorate do not "
        "say the same of a conference’s quorum.", "The conference service finds out which is right, and mends "
        "it there or corrects the register here.",
        FLAG_COLUMNS, lambda ledger: len(differing(ledger)), None,
        lambda ledger, _: [flag_row(one) for one in differing(ledger)],
    ),
    agencies_kind(
        "no-lead", "Agencies without a lead", "Today nobody logs their training, answers for them or "
        "signs off their report.", "Give somebody the lead’s role under Users.", without_lead,
    ),
    agencies_kind(
        "no-staff-list", "Agencies without a staff list of this year", "The last full staff list "
        "is older than the period, so leavers may still be counted.",
        "The agency’s lead sends a full staff list.", without_list,
    ),
    people_kind(
        "nothing-asked", "People of whom nothing is asked", "No training is asked of their role "
        "group, so they are in no training figure.",
        "The training administrator adds a requirement, or the lead changes the role group.",
        ("Agency", "Job", "Role group", "Started on"), nothing_asked, "agency",
        ("agency__name", "job_title", "role_group__title", "started_on"),
    ),
    people_kind(
        "records-to-confirm", "Records to confirm", "People logged training for themselves. It "
        "counts once their lead has confirmed it.", "The agency’s lead confirms them.",
        ("Agency", "Course", "Completed on", "Job"), to_confirm, "staff_member__agency",
        ("staff_member__agency__name", "course__title", "completed_on", "staff_member__job_title"),
    ),
)}


def totals(ledger: Ledger) -> dict[str, int]:
    """How many there are of each kind; what the lines of the registers show is asked for all at once."""
    shown = [kind for kind in KINDS.values() if kind.sign]
    numbers = by_agency(ledger.counted_attendance, *(kind.sign for kind in shown))
    found = {kind.key: sum(each.values()) for kind, each in zip(shown, numbers, strict=True)}
    return {key: found[key] if key in found else kind.total(ledger) for key, kind in KINDS.items()}
