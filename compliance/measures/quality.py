"""How far the figures can be trusted: what is unknown, open, disputed, late or changed; what was missed."""

from __future__ import annotations

from compliance.measures.ledger import Ledger
from compliance.scorecard import EXCUSED, Count, MissedLine
from conferences.choices import MissedKind
from conferences.models import MissedDuty


def counts(ledger: Ledger) -> list[Count]:
    involved = [p for p in ledger.presences if p.involved]
    missed = ledger.missed
    return [
        Count("open_registers", "Meetings whose register is still open", len(ledger.open_registers)),
        Count("unknown_outcomes", "Attendances whose outcome is not known",
              sum(not p.known for p in involved)),
        Count("disputed_lines", "Disputed lines", sum(p.disputed for p in ledger.presences)),
        Count("late_invitations", "Late invitations", sum(p.late for p in ledger.presences)),
        Count("involvement_changes", "Changes of involvement after the invitation",
              sum(p.changes for p in ledger.presences)),
        Count("missed_attendances", "Missed attendances, not excused", unexcused(missed, MissedKind.ATTENDANCE)),
        Count("missed_reports", "Missed reports, not excused", unexcused(missed, MissedKind.REPORT)),
        Count("missed_excused", "Missed and excused", sum(bool(row.excused_reason) for row in missed)),
    ]


def unexcused(missed, kind: MissedKind) -> int:
    return sum(row.kind == kind and not row.excused_reason for row in missed)


def missed_lines(ledger: Ledger, *, reasons: bool) -> tuple[MissedLine, ...]:
    """What the agency missed, oldest first, without names and without the family's reference.

    Why something is excused is for the agency's own eyes, as a reason for absence is.
    """
    return tuple(
        MissedLine(
            row.meeting.reference, row.meeting.get_kind_display(), row.meeting.held_on,
            row.get_kind_display(), excuse(row, reasons=reasons),
        )
        for row in ledger.missed
    )


def excuse(row: MissedDuty, *, reasons: bool) -> str:
    """Why it is excused, to those who may know; to others that it is; "" when it is not."""
    if not row.excused_reason:
        return ""
    return row.get_excused_reason_display() if reasons else EXCUSED


def notes(ledger: Ledger) -> tuple[str, ...]:
    """Data quality in sentences."""
    found = []
    if ledger.as_at < ledger.period.last:
        found.append(f"The period is not over: figures are as at {long(ledger.as_at)}.")
    agency = ledger.scope.agency
    if agency is not None:
        found.append(
            f"The agency's last full staff list is dated {long(agency.staff_list_on)}."
            if agency.staff_list_on
            else "The agency has not dated a full staff list."
        )
    return tuple(found)


def long(day) -> str:
    """A date in words: 31 March 2015."""
    return f"{day.day} {day:%B %Y}"
