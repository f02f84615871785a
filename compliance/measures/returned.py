"""What an agency confirms when it returns its data, and what the figures say about who did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from compliance.measures import attendance, quality
from compliance.measures.definitions import (
    CONFERENCE_ATTENDANCE,
    CORE_GROUP_ATTENDANCE,
    REPORTS_IN_TIME,
)
from compliance.measures.ledger import Ledger
from compliance.measures.quality import long
from compliance.measures.training import in_post
from compliance.models import MISSING, AgencyReturn, ReturnState
from compliance.period import Period
from compliance.scorecard import Measure
from partnership.models import Membership, Partnership, StaffMember
from training.choices import Standing
from training.models import TrainingRecord

Number = int | list[int]  # a count, or met of total


@dataclass(frozen=True, slots=True)
class Check:
    """One number that an agency looks at before it signs: in what words, and whether it asks to act."""

    key: str
    label: str
    to_mend: bool = False


CHECKS = (
    Check("people_in_post", "People in post"),
    Check("records_to_confirm", "Records that people logged themselves, not confirmed yet", True),
    Check("training_expired", "Requirements expired", True),
    Check("training_never", "Requirements never done", True),
    Check("conference_attendance", "Conferences at which the agency was represented"),
    Check("core_group_attendance", "Core groups at which it was represented"),
    Check("reports_in_time", "Reports in time"),
    Check("unknown_outcomes", "Attendances whose outcome is not known", True),
    Check("open_registers", "Meetings it was invited to whose register is still open", True),
    Check("disputed_lines", "Disputed lines, not answered yet", True),
)
MEASURES: dict[str, Measure] = {
    m.key: m for m in (CONFERENCE_ATTENDANCE, CORE_GROUP_ATTENDANCE, REPORTS_IN_TIME)
}


def numbers(ledger: Ledger) -> dict[str, Number]:
    """Every number of the checks, from the rows that the figures count."""
    standings = Counter(row.standing for row in ledger.standings)
    beside = {count.key: count.value for count in quality.counts(ledger)}
    found: dict[str, Number] = {
        "people_in_post": len(people_in_post(ledger)),
        "records_to_confirm": to_confirm(ledger).count(),
        "training_expired": standings[Standing.EXPIRED],
        "training_never": standings[Standing.NEVER],
    }
    for key, measure in MEASURES.items():
        rows, met = attendance.rows(ledger, measure, measure.basis), attendance.met(measure)
        found[key] = [sum(map(met, rows)), len(rows)]
    return {check.key: found.get(check.key, beside.get(check.key, 0)) for check in CHECKS}


def people_in_post(ledger: Ledger) -> list[StaffMember]:
    """The people of the agencies in scope who count here, in post on the day."""
    return [person for person in ledger.people.values() if in_post(person, ledger)]


def to_confirm(ledger: Ledger) -> QuerySet[TrainingRecord]:
    """Records that people logged for themselves and that count only once they are confirmed."""
    # unscoped: who may ask was decided by the caller of the scope
    rows = TrainingRecord.objects.to_confirm().filter(
        staff_member__agency__in=list(ledger.scope.members)
    )
    rows = rows.filter(Q(staff_member__works_for=None) | Q(staff_member__works_for__in=ledger.scope.partnerships))
    return rows.order_by("logged_at", "pk")


# --- What the figures say -------------------------------------------------------------------------


def asked(partnership: Partnership, period: Period) -> QuerySet[AgencyReturn]:
    """The returns that were asked for of exactly that term."""
    # unscoped: who may ask was decided by the caller of the scope
    rows = AgencyReturn.objects.filter(
        round__partnership=partnership, round__period=period.slug, round__withdrawn_reason=""
    )
    return rows.with_state()


def without_return(partnership: Partnership, period: Period) -> set[Membership]:
    """The agencies that were asked for the term and whose return does not stand."""
    rows = asked(partnership, period).filter(state__in=MISSING)
    return {row.membership for row in rows.select_related("membership__agency")}


def notes(ledger: Ledger, *, names: bool) -> list[str]:
    """Whether the data were confirmed, in a sentence; silent where nobody was asked.

    Who signed is named in the agency's own copy only.
    """
    if len(ledger.parts) > 1:
        return [
            f"{part.scope.partnership}: {note}" for part in ledger.parts for note in notes(part, names=names)
        ]
    rows = asked(ledger.scope.partnership, ledger.period).select_related("round")
    member = ledger.scope.membership
    if member is None:
        return of_all(row.state for row in rows)
    row = rows.filter(membership=member).first()
    if row is None:
        return []
    if row.state in MISSING:
        return [
            f"The agency has made no return for this period; it was asked for one by {long(row.round.due_on)}."
        ]
    who = f" ({row.last_name}, {row.last_role})" if names else ""
    return [f"{words(row.state)} on {long(row.last_signed_on)}{who}."]


def words(state: str) -> str:
    if state == ReturnState.NIL:
        return "Nil return: the agency signed that it has nothing to report"
    return "The agency confirmed its data"


def of_all(states: Iterable[str]) -> list[str]:
    """How many agencies of the partnership confirmed their data."""
    found = Counter(states)
    total, missing = sum(found.values()), sum(found[state] for state in MISSING)
    if not total:
        return []
    nil = f", {found[ReturnState.NIL]} of them by a nil return" if found[ReturnState.NIL] else ""
    return [f"{total - missing} of {total} agencies confirmed their data for this period{nil}."]
