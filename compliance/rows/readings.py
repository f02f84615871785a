"""The rows behind a reading."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from django.utils import timezone

from compliance.measures import MEASURES, Ledger, attendance, conferences, escalation, training
from compliance.measures.annual import GP, practices
from compliance.measures.definitions import (
    DUTY_TRAINED,
    ESCALATION_IN_TIME,
    QUORACY,
    TIMELINESS,
    TRAINING_CURRENT,
    bases,
)
from compliance.measures.facts import MODES, MeetingRow, Presence
from compliance.period import Period
from compliance.rows.tables import (
    MEETING_COLUMNS,
    NoSuchRows,
    Opened,
    OpenedRow,
    asked_titles,
    meeting_row,
    presence_columns,
    presence_row,
    standings_table,
)
from compliance.scorecard import Basis, Measure
from conferences.choices import COUNTED, MeetingKind
from escalation.models import Stage
from training.standing import Row


def opened(
    ledger: Ledger, key: str, basis: str, by: Mapping[str, str], *, names: bool
) -> Opened:
    """The rows of a reading. With ``names=False`` nobody is named."""
    measure = MEASURES.get(key)
    if measure is None or basis not in [str(known) for known in bases(measure)]:
        raise NoSuchRows(f"{key}, {basis}")
    if ledger.scope.membership is not None and measure in (QUORACY, TIMELINESS):
        raise NoSuchRows(f"{key}: no agency's card has it")
    there_is(ledger, measure, by)
    if measure is TRAINING_CURRENT:
        return opened_training(ledger, by, names)
    if measure is DUTY_TRAINED:
        return opened_duty(ledger, by, names)
    if measure is QUORACY:
        return opened_quoracy(ledger, by)
    if measure is TIMELINESS:
        return opened_timeliness(ledger, by)
    if measure is ESCALATION_IN_TIME:
        return opened_stages(ledger, by, names)
    return opened_attendance(ledger, measure, Basis(basis), by)


DIMENSIONS = {
    "training_current": ("course", "role_group", "agency", "unit"),
    "conference_attendance": ("agency", "kind", "mode", "who"),
    "core_group_attendance": ("agency", "mode", "who"),
    "contribution": ("agency", "kind"),
    "reports_in_time": ("agency", "kind", "sector"),
    "duty_trained": ("kind", "agency", "role_group"),
    "quoracy": ("half", "quarter", "kind"),
    "timeliness": ("what", "unit"),
    "escalation_in_time": ("stage", "agency"),
}


def there_is(ledger: Ledger, measure: Measure, by: Mapping[str, str]) -> None:
    """Refuse a breakdown that the measure has not, or a value that it could not have."""
    for dimension, value in by.items():
        if dimension not in DIMENSIONS[measure.key] or value not in values(ledger, measure, dimension):
            raise NoSuchRows(f"{dimension}: {value}")
    if "mode" in by and "who" in by:
        raise NoSuchRows("by mode or by who came, not by both")


def values(ledger: Ledger, measure: Measure, dimension: str) -> Collection[str]:
    """The values that a breakdown can have in a scope and period."""
    if dimension == "agency":
        return {member.code for member in ledger.scope.members.values()}
    if dimension in ("course", "role_group"):
        asked = [r for group in ledger.book.requirements.values() for r in group]
        return {ledger.asked[r.pk] if dimension == "course" else r.role_group.code for r in asked}
    if dimension in ("half", "quarter"):
        period = ledger.period
        return {part.name for part in (period.halves if dimension == "half" else period.quarters)}
    if dimension == "unit":
        return ("people",) if measure is TRAINING_CURRENT else ("child",)
    if dimension == "sector":
        return {str(GP)} if practices(ledger) and ledger.scope.membership is None else ()
    if dimension == "stage":
        return {str(stage.policy_stage.position) for stage in ledger.stages_due}
    fixed = {"kind": COUNTED, "mode": MODES, "who": attendance.WHO, "what": conferences.WHATS}
    return fixed[dimension]


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
    member = ledger.scope.members[p.agency]
    of_sector = by.get("sector", member.agency.sector) == member.agency.sector
    return of_sector and by.get("agency", member.code) == member.code and in_part(p.meeting, by)


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


def opened_training(ledger: Ledger, by: Mapping[str, str], names: bool) -> Opened:
    codes = {agency: m.code for agency, m in ledger.scope.members.items()}
    rows = [
        row for row in training.due_rows(ledger)
        if by.get("course", ledger.asked[row.requirement.pk]) == ledger.asked[row.requirement.pk]
        and by.get("role_group", row.person.role_group.code) == row.person.role_group.code
        and by.get("agency", codes[row.person.agency_id]) == codes[row.person.agency_id]
    ]
    if by.get("unit") == "people":
        return opened_people(rows, names)
    return standings_table(TRAINING_CURRENT.title, TRAINING_CURRENT.sentence, rows, names)


def opened_people(due: list[Row], names: bool) -> Opened:
    person, titles = ("Person",) if names else (), asked_titles(due)
    rows = []
    for of in training.by_person(due):
        who, met = of[0].person, [row for row in of if row.met]
        lacking = ", ".join(titles[row.requirement.pk] for row in of if not row.met) or "–"
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
        and by.get("role_group", row.person.role_group.code) == row.person.role_group.code
    ]
    columns = ("Meeting", "Kind", "Date", *person, "Job", "On the day")
    return Opened(DUTY_TRAINED.title, DUTY_TRAINED.sentence, columns, rows, DUTY_TRAINED.met_label)


def opened_quoracy(ledger: Ledger, by: Mapping[str, str]) -> Opened:
    rows = [meeting_row(m, m.quorate) for m in ledger.conferences if in_part(m, by)]
    return Opened(QUORACY.title, QUORACY.sentence, MEETING_COLUMNS, rows, QUORACY.met_label)


def opened_timeliness(ledger: Ledger, by: Mapping[str, str]) -> Opened:
    references = {m.pk: m.reference for m in (*ledger.history, *ledger.initials_ahead)}
    words = {"initial": "Initial conference", "review": "Review", "first_core_group": "First core group"}
    rows = [
        OpenedRow(
            (
                references[due.after], words[due.what], due.due_on, due.held_on or "Not held",
                due.children,
            ),
            due.in_time,
            references[due.after],
            due.children if by.get("unit") == "child" else 1,
        )
        for due in sorted(conferences.dues(ledger), key=lambda d: (d.due_on, d.after))
        if by.get("what", due.what) == due.what
    ]
    columns = ("After", "What was due", "Due on", "Held on", "Children")
    title = f"{TIMELINESS.title}, by child" if by.get("unit") == "child" else TIMELINESS.title
    return Opened(title, TIMELINESS.sentence, columns, rows, TIMELINESS.met_label)


def opened_stages(ledger: Ledger, by: Mapping[str, str], names: bool) -> Opened:
    """The stages that fell due; what they were about is for the agency itself."""
    codes = {agency: m.code for agency, m in ledger.scope.members.items()}
    rows = [
        OpenedRow(stage_cells(stage, names), escalation.in_time(stage))
        for stage in ledger.stages_due
        if by.get("stage", str(stage.policy_stage.position)) == str(stage.policy_stage.position)
        and by.get("agency", codes[stage.escalation.about_id]) == codes[stage.escalation.about_id]
    ]
    columns = ("Reference", "Stage", "Grounds", "Due on", "Answered on") if names else ("Stage",)
    measure = ESCALATION_IN_TIME
    return Opened(measure.title, measure.sentence, columns, rows, measure.met_label)


def stage_cells(stage: Stage, names: bool) -> tuple[object, ...]:
    """What the agency itself may read of a stage; for others only which step it was."""
    step = f"{stage.policy_stage.position}: {stage.policy_stage.title}"
    if not names:
        return (step,)
    answered = timezone.localdate(stage.answered_at) if stage.answered_at else "Not answered"
    case = stage.escalation
    return case.reference, step, case.get_grounds_display(), timezone.localdate(stage.due_at), answered
