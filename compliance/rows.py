"""The rows behind a number: the very rows that were counted, so the two cannot disagree.

``opened`` answers for a reading (measure, basis and breakdown) and for a plain count.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from compliance.measures import MEASURES, Ledger, attendance, conferences, training
from compliance.measures.definitions import (
    DUTY_TRAINED,
    QUORACY,
    TIMELINESS,
    TRAINING_CURRENT,
)
from compliance.measures.ledger import MeetingRow, Presence
from compliance.period import Period
from compliance.scorecard import Basis, Measure
from conferences.choices import MeetingKind, MeetingState, Mode, ReportState
from training.choices import Standing


class NoSuchRows(LookupError):
    """The address names no number."""


@dataclass(frozen=True, slots=True)
class OpenedRow:
    """One row: its cells, whether it is met, and the meeting that it can lead to."""

    cells: tuple[object, ...]
    met: bool | None
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Opened:
    """The rows behind one number."""

    title: str
    sentence: str
    columns: tuple[str, ...]
    rows: list[OpenedRow]
    met_label: str = ""


def opened(
    ledger: Ledger, key: str, basis: str, by: Mapping[str, str], *, names: bool
) -> Opened:
    """The rows of a reading. With ``names=False`` nobody is named."""
    measure = MEASURES.get(key)
    if measure is None:
        raise NoSuchRows(key)
    if measure is TRAINING_CURRENT:
        return opened_training(ledger, by, names)
    if measure is DUTY_TRAINED:
        return opened_duty(ledger, by, names)
    if measure is QUORACY:
        return opened_quoracy(ledger, by)
    if measure is TIMELINESS:
        return opened_timeliness(ledger, by)
    if basis not in [str(b) for b in attendance.MEETING_BASES]:
        raise NoSuchRows(basis)
    return opened_attendance(ledger, measure, Basis(basis), by)


def opened_attendance(
    ledger: Ledger, measure: Measure, basis: Basis, by: Mapping[str, str]
) -> Opened:
    found = [p for p in attendance.rows(ledger, measure, basis) if meeting_fits(p, ledger, by)]
    met = share_met(by) or attendance.met(measure)
    return Opened(
        f"{measure.title}, basis: {basis.label.lower()}",
        f"{measure.sentence} {basis.sentence}",
        presence_columns(ledger),
        [presence_row(p, ledger, bool(met(p))) for p in found],
        measure.met_label,
    )


def meeting_fits(p: Presence, ledger: Ledger, by: Mapping[str, str]) -> bool:
    """Whether a row is in the total of a breakdown; by mode and by who count over the whole."""
    code = ledger.scope.members[p.agency].code
    return by.get("agency", code) == code and in_part(p.meeting, by)


def in_part(meeting: MeetingRow, by: Mapping[str, str]) -> bool:
    part = by.get("half") or by.get("quarter")
    in_time = part is None or meeting.held_on in Period.parse(part)
    return in_time and by.get("kind", meeting.kind) == meeting.kind


def share_met(by: Mapping[str, str]) -> Callable[[Presence], bool] | None:
    if "mode" in by:
        return lambda p: p.mode == by["mode"]
    if "who" in by:
        return lambda p: p.who == by["who"]
    return None


def presence_columns(ledger: Ledger) -> tuple[str, ...]:
    agency = ("Agency",) if len(ledger.scope.members) > 1 else ()
    return ("Meeting", "Kind", "Date", *agency, "Involved", "Outcome", "Report", "Notes")


def presence_row(p: Presence, ledger: Ledger, met: bool | None) -> OpenedRow:
    agency = (ledger.scope.members[p.agency].agency.name,) if len(ledger.scope.members) > 1 else ()
    cells = (
        p.meeting.reference, MeetingKind(p.meeting.kind).label, p.meeting.held_on, *agency,
        involvement(p), outcome(p), ReportState(p.report).label if p.report else "Not required",
        remarks(p),
    )
    return OpenedRow(cells, met, p.meeting.reference)


def involvement(p: Presence) -> str:
    if not p.invited and not p.involved:
        return "Not invited"
    return "Involved" if p.involved else "For the quorum only"


def outcome(p: Presence) -> str:
    if p.represented:
        who = "Deputy" if p.who == "deputy" else "Attended"
        return f"{who}, {Mode(p.mode).label.lower()}" if p.mode else who
    if not p.invited:
        return "–"
    return "Nobody there" if p.known else "Not known"


def remarks(p: Presence) -> str:
    found = ["Disputed"] * p.disputed + ["Invited late"] * p.late
    return ", ".join(found + ["Involvement changed"] * bool(p.changes))


def opened_training(ledger: Ledger, by: Mapping[str, str], names: bool) -> Opened:
    codes = {agency: m.code for agency, m in ledger.scope.members.items()}
    rows = [
        row for row in training.due_rows(ledger)
        if by.get("course", row.requirement.label) == row.requirement.label
        and by.get("role_group", row.person.role_group.code) == row.person.role_group.code
        and by.get("agency", codes[row.person.agency_id]) == codes[row.person.agency_id]
    ]
    if by.get("unit") == "people":
        return opened_people(ledger, names)
    return standings_table(TRAINING_CURRENT.title, TRAINING_CURRENT.sentence, rows, names)


def standings_table(title: str, sentence: str, rows: list, names: bool) -> Opened:
    person = ("Person",) if names else ()
    return Opened(
        title, sentence, (*person, "Job", "Role group", "Course", "Standing", "Expires on"),
        [
            OpenedRow(
                (
                    *([row.person.name] if names else []), row.person.job_title,
                    row.person.role_group.title, row.requirement.label, row.standing.label,
                    row.expires_on or "–",
                ),
                row.met,
            )
            for row in rows
        ],
        TRAINING_CURRENT.met_label,
    )


def opened_people(ledger: Ledger, names: bool) -> Opened:
    person = ("Person",) if names else ()
    rows = []
    for of in training.people_rows(ledger):
        who, met = of[0].person, [row for row in of if row.met]
        lacking = ", ".join(row.requirement.label for row in of if not row.met) or "–"
        cells = (who.job_title, who.role_group.title, f"{len(met)} of {len(of)}", lacking)
        rows.append(OpenedRow((who.name, *cells) if names else cells, len(met) == len(of)))
    columns = (*person, "Job", "Role group", "In date", "Not in date")
    sentence = "Of the people with something due, those in date with all of it."
    return Opened("People with all that is due in date", sentence, columns, rows, "All in date")


def opened_duty(ledger: Ledger, by: Mapping[str, str], names: bool) -> Opened:
    codes = {agency: m.code for agency, m in ledger.scope.members.items()}
    person = ("Person",) if names else ()
    rows = [
        OpenedRow(
            (
                row.meeting.reference, MeetingKind(row.meeting.kind).label, row.meeting.held_on,
                *([row.person.name] if names else []), row.person.job_title,
                "Trained" if row.trained else "Not trained",
            ),
            row.trained,
            row.meeting.reference,
        )
        for row in training.duty_rows(ledger)
        if in_part(row.meeting, by)
        and by.get("agency", codes[row.person.agency_id]) == codes[row.person.agency_id]
    ]
    columns = ("Meeting", "Kind", "Date", *person, "Job", "On the day")
    return Opened(DUTY_TRAINED.title, DUTY_TRAINED.sentence, columns, rows, DUTY_TRAINED.met_label)


def opened_quoracy(ledger: Ledger, by: Mapping[str, str]) -> Opened:
    rows = [meeting_row(m, m.quorate) for m in ledger.conferences if in_part(m, by)]
    return Opened(QUORACY.title, QUORACY.sentence, MEETING_COLUMNS, rows, QUORACY.met_label)


MEETING_COLUMNS = ("Meeting", "Kind", "Date", "Held", "Quorate")


def meeting_row(m: MeetingRow, met: bool | None) -> OpenedRow:
    verdict = "–" if m.quorate is None else ("Quorate" if m.quorate else "Not quorate")
    cells = (m.reference, MeetingKind(m.kind).label, m.held_on, MeetingState(m.state).label, verdict)
    return OpenedRow(cells, met, m.reference)


def opened_timeliness(ledger: Ledger, by: Mapping[str, str]) -> Opened:
    references = {m.pk: m.reference for m in ledger.history}
    words = {"initial": "Initial conference", "review": "Review", "first_core_group": "First core group"}
    rows = [
        OpenedRow(
            (
                references[due.after], words[due.what], due.due_on, due.held_on or "Not held",
                due.children,
            ),
            due.in_time,
            references[due.after],
        )
        for due in sorted(conferences.dues(ledger), key=lambda d: (d.due_on, d.after))
        if by.get("what", due.what) == due.what
    ]
    columns = ("After", "What was due", "Due on", "Held on", "Children")
    return Opened(TIMELINESS.title, TIMELINESS.sentence, columns, rows, TIMELINESS.met_label)


def counted_presences(test: Callable[[Presence], object]) -> Callable[[Ledger], list[Presence]]:
    return lambda ledger: [p for p in ledger.presences if test(p)]


PRESENCE_COUNTS: dict[str, tuple[str, Callable[[Ledger], list[Presence]]]] = {
    "unknown_outcomes": (
        "Attendances whose outcome is not known",
        counted_presences(lambda p: p.involved and not p.known),
    ),
    "disputed_lines": ("Disputed lines", counted_presences(lambda p: p.disputed)),
    "late_invitations": ("Late invitations", counted_presences(lambda p: p.late)),
    "involvement_changes": ("Changes of involvement", counted_presences(lambda p: p.changes)),
}
MEETING_COUNTS: dict[str, Callable[[MeetingRow], object]] = {
    "conferences": lambda m: m.is_conference and m.state == MeetingState.HELD,
    "core_groups": lambda m: m.kind == MeetingKind.CORE_GROUP,
    "inquorate": lambda m: m.is_conference and not m.quorate,
    "stood_down": lambda m: m.state == MeetingState.STOOD_DOWN,
    "exploitation_concerns": lambda m: m.exploitation and m.state == MeetingState.HELD,
}


def opened_count(ledger: Ledger, key: str, *, names: bool) -> Opened:
    """The rows of a plain count."""
    if key in PRESENCE_COUNTS:
        title, rows = PRESENCE_COUNTS[key]
        found = [presence_row(p, ledger, None) for p in rows(ledger)]
        return Opened(title, "", presence_columns(ledger), found)
    if key in MEETING_COUNTS:
        found = [meeting_row(m, None) for m in ledger.meetings if MEETING_COUNTS[key](m)]
        return Opened("Meetings", "", MEETING_COLUMNS, found)
    standing = key.removeprefix("training_")
    if key.startswith("training_") and standing in Standing.values:
        rows = [row for row in ledger.standings if row.standing == standing]
        return standings_table(Standing(standing).label, "", rows, names)
    raise NoSuchRows(key)


OPENABLE_COUNTS = frozenset(
    {*PRESENCE_COUNTS, *MEETING_COUNTS, *(f"training_{standing}" for standing in Standing.values)}
)
