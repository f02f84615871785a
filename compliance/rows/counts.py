"""The rows behind a plain count."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from compliance.measures import Ledger
from compliance.measures.annual import FIXED, fitting
from compliance.measures.facts import MeetingRow, Presence
from compliance.measures.quality import excuse
from compliance.measures.training import never_sent
from compliance.rows.annual import (
    PRACTICE_REPORTS,
    SESSION_COUNTS,
    opened_practice_reports,
    opened_sessions,
)
from compliance.rows.cases import CASE_COUNTS, opened_cases
from compliance.rows.people import opened_in_post, opened_to_confirm
from compliance.rows.plans import CONSIDERED, PLAN_COUNTS, considered
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
from conferences.choices import (
    COUNTED,
    INITIALS,
    REPRESENTED,
    MeetingKind,
    MeetingState,
    MissedKind,
)
from conferences.models import MissedDuty
from partnership.models import StaffMember
from training.choices import Standing
from training.standing import Row


def held_conference(m: MeetingRow) -> bool:
    return m.is_conference and m.state == MeetingState.HELD


# No agency's card has these, and no partnership's those.
OF_THE_PARTNERSHIP = frozenset(
    {
        "inquorate", "exploitation_concerns", "escalations_raised", PRACTICE_REPORTS, *PLAN_COUNTS,
        *SESSION_COUNTS,
    }
)
OF_AN_AGENCY = frozenset({"escalations_raised_by", "escalations_raised_about"})
OPEN = "open_registers"
NEVER_SENT = "trained_never_sent"
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


BROKEN_DOWN = {  # by what a count can be narrowed, in the annual report only
    "conferences": ("kind", "half"), "children_considered": ("kind", "half"), "inquorate": ("decision",),
    PRACTICE_REPORTS: ("report",),
}


def could_be(ledger: Ledger, key: str, by: Mapping[str, str]) -> bool:
    """Whether a count has such a breakdown, with such a value."""
    halves = {half.name for half in ledger.period.halves}
    return all(
        name in BROKEN_DOWN.get(key, ())
        and (value in halves if name == "half" else value in COUNTED if name == "kind" else (name, value) in FIXED)
        for name, value in by.items()
    )


def opened_count(
    ledger: Ledger, key: str, *, names: bool, role_group: str = "", course: str = "", **by: str
) -> Opened:
    """The rows of a plain count; of people never sent perhaps one role group's, of a standing or of
    sessions one course's; ``by`` is a breakdown that only the annual report has."""
    whole = ledger.scope.membership is None
    if by and (not whole or not could_be(ledger, key, by)):
        raise NoSuchRows(f"{key}: {by}")
    if key in (OF_AN_AGENCY if whole else OF_THE_PARTNERSHIP):
        raise NoSuchRows(key)
    found = of_meetings(ledger, key, by) or of_people(ledger, key, names, role_group, course)
    if found is None:
        raise NoSuchRows(key)
    return found


def of_meetings(ledger: Ledger, key: str, by: Mapping[str, str]) -> Opened | None:
    """The rows of a count of meetings, or of agencies at them; None where it is no such count."""
    if key in PRESENCE_COUNTS:
        title, number = PRESENCE_COUNTS[key]
        found = [
            replace(presence_row(p, ledger, None), counts=int(number(p)))
            for p in ledger.presences
            if number(p)
        ]
        return Opened(title, "", presence_columns(ledger), found)
    if key in MEETING_COUNTS:
        counted = [m for m in ledger.meetings if MEETING_COUNTS[key](m)]
        found = [meeting_row(m, None) for m in fitting(counted, tuple(by.items()))]
        return Opened("Meetings", "", MEETING_COLUMNS, found)
    if key == OPEN:
        found = [meeting_row(m, None) for m in ledger.open_registers]
        return Opened("Registers still open", OPEN_SENTENCE, MEETING_COLUMNS, found)
    if key == CONSIDERED:
        return considered(ledger, tuple(by.items()))
    if key in PLAN_COUNTS:
        return PLAN_COUNTS[key](ledger)
    return opened_practice_reports(ledger, by.get("report", "")) if key == PRACTICE_REPORTS else None


def of_people(
    ledger: Ledger, key: str, names: bool, role_group: str, course: str
) -> Opened | None:
    """The rows of a count of people, cases, sessions or what was missed; None where it is no such count."""
    if key == NEVER_SENT:
        return opened_never_sent(ledger, names, role_group)
    if key in SESSION_COUNTS:
        return opened_sessions(ledger, key, course)
    if key in CASE_COUNTS:
        return opened_cases(ledger, key, names=names)
    if key in PEOPLE_COUNTS:
        return PEOPLE_COUNTS[key](ledger, names)
    if key in MISSED_COUNTS:
        return opened_missed(ledger, MISSED_COUNTS[key], reasons=names)
    standing = key.removeprefix("training_")
    if not key.startswith("training_") or standing not in Standing.values:
        return None
    rows = [
        row for row in ledger.standings
        if row.standing == standing and course in ("", ledger.asked[row.requirement.pk])
    ]
    return standings_table(Standing(standing).label, "", rows, names)


MISSED_COUNTS: dict[str, Callable[[MissedDuty], object]] = {
    "missed": lambda row: True,
    "missed_attendances": lambda r: r.kind == MissedKind.ATTENDANCE and not r.excused_reason,
    "missed_reports": lambda r: r.kind == MissedKind.REPORT and not r.excused_reason,
    "missed_excused": lambda r: r.excused_reason,
}


def opened_missed(
    ledger: Ledger, test: Callable[[MissedDuty], object], *, reasons: bool
) -> Opened:
    """What was missed, each with the sentence that says why; reasons for excusing for its own lead."""
    rows = [
        OpenedRow(
            (
                row.meeting.reference, row.meeting.get_kind_display(), row.meeting.held_on,
                row.get_kind_display(), row.sentence, excuse(row, reasons=reasons) or "Not excused",
            ),
            None,
            row.meeting.reference,
        )
        for row in ledger.missed
        if test(row)
    ]
    columns = ("Meeting", "Kind", "Date", "What", "Why", "Excused")
    return Opened("What was missed", "Found when each register was closed.", columns, rows)


def opened_never_sent(ledger: Ledger, names: bool, role_group: str) -> Opened:
    """Those trained for the duty who attended nothing, with names for their own lead only."""
    rows = [
        OpenedRow(
            (*([p.name] if names else []), p.job_title, p.role_group.title, p.agency.name), None
        )
        for p in never_sent(ledger)
        if role_group in ("", p.role_group.code)
    ]
    columns = (*(("Person",) if names else ()), "Job", "Role group", "Agency")
    sentence = "In post and trained for the duty on the day, and at no counted meeting of the period."
    return Opened("People trained for the duty who attended nothing", sentence, columns, rows)


def opened_asked(ledger: Ledger, names: bool) -> Opened:
    """Each person with a requirement, once, with how many."""
    asked: dict[int, list[Row]] = {}
    for row in ledger.standings:
        asked.setdefault(row.person.pk, []).append(row)
    rows = [
        OpenedRow((*named(of[0].person, names), of[0].person.role_group.title, len(of)), None)
        for of in asked.values()
    ]
    columns = (*(("Person",) if names else ()), "Job", "Role group", "Requirements")
    return Opened("People with a requirement", "", columns, rows)


def named(person: StaffMember, names: bool) -> tuple[str, ...]:
    return (person.name, person.job_title) if names else (person.job_title,)


def opened_without_requirement(ledger: Ledger, names: bool) -> Opened:
    rows = [
        OpenedRow((*at(row.meeting), *named(row.person, names)), None, row.meeting.reference)
        for row in ledger.attended
        if row.trained is None
    ]
    columns = ("Meeting", "Kind", "Date", *(("Person",) if names else ()), "Job")
    title = "Attendances by people to whom no duty requirement applied"
    return Opened(title, "Trained-for-duty does not count these.", columns, rows)


def opened_unnamed(ledger: Ledger, names: bool) -> Opened:
    """Attendances by people on no staff list, and by deputies whom nobody named."""
    held = {m.pk: m for m in ledger.meetings}
    agencies = {key: member.agency.name for key, member in ledger.scope.members.items()}
    rows = [
        OpenedRow((*at(held[line.meeting]), agencies[line.agency]), None, held[line.meeting].reference)
        for line in ledger.lines
        if line.outcome in REPRESENTED and line.person not in ledger.people
    ]
    columns = ("Meeting", "Kind", "Date", "Agency")
    title = "Attendances by people who are not named"
    return Opened(title, "Trained-for-duty cannot judge these.", columns, sorted(rows, key=by_day))


def at(meeting: MeetingRow) -> tuple[object, ...]:
    return meeting.reference, MeetingKind(meeting.kind).label, meeting.held_on


def by_day(row: OpenedRow) -> tuple[object, ...]:
    return row.cells[2], row.cells[0], row.cells[3]


PEOPLE_COUNTS: dict[str, Callable[[Ledger, bool], Opened]] = {
    "staff_asked": opened_asked,
    "attendances_without_requirement": opened_without_requirement,
    "attendances_unnamed": opened_unnamed,
    # On no card: an agency looks at these before it signs its return.
    "people_in_post": opened_in_post,
    "records_to_confirm": opened_to_confirm,
}
OPENABLE_COUNTS = frozenset(
    {OPEN, NEVER_SENT, PRACTICE_REPORTS, *SESSION_COUNTS, *PLAN_COUNTS, *CASE_COUNTS, *PEOPLE_COUNTS, *PRESENCE_COUNTS, *MEETING_COUNTS, *MISSED_COUNTS, *(f"training_{standing}" for standing in Standing.values)}
)
