"""A session's register: who came, noted, closed, and corrected afterwards with a reason.

Closing logs the training of all who came, by the action that logs it everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from partnership.history import record, record_all
from partnership.models import StaffMember, User
from partnership.spreadsheets import spoken
from partnership.stale import ChangedSince
from training.actions.bookings import booking_entry, locked, refuse_strangers
from training.actions.bulk import log_session
from training.actions.records import withdraw_record
from training.choices import CAME, HAD_A_PLACE, BookingState
from training.models import Booking, Session

BOOKERS = HAD_A_PLACE  # what a booking can be marked as
WALKERS = frozenset({BookingState.WALK_IN, BookingState.MISTAKE})
CORRECTABLE = (BOOKERS | WALKERS) - {BookingState.BOOKED}


class MarkedSince(ChangedSince):
    """Somebody else marked some of them meanwhile: nothing is overwritten."""

    def __init__(self, rows: list[Booking]) -> None:
        super().__init__("Somebody marked the register since you opened this page.")
        self.rows = rows


@transaction.atomic
def mark_register(
    *, by: User | None, session: Session, marks: Mapping[int, tuple[str, str]]
) -> int:
    """Note who came: by booking the state that was seen and the state now. Gives how many changed."""
    row = registered(session)
    if row.closed_at:
        raise ValidationError("The register is closed. Correct a line and give the reason.")
    rows = list(lines(row).filter(pk__in=marks))
    changed = [line for line in rows if marks[line.pk][1] != line.state]
    late = [line for line in changed if marks[line.pk][0] != line.state]
    if late:
        raise MarkedSince(late)
    for line in changed:
        before, line.state = line.state, fitting(line, marks[line.pk][1])
        booking_entry(by, "marked", line, state=[before, line.state]).save()
    Booking.objects.bulk_update(changed, ["state"])
    return len(changed)


def registered(session: Session) -> Session:
    """The session, locked; refused before its day, and when it was called off."""
    row = locked(session)
    if row.cancelled_at:
        raise ValidationError("This session has been cancelled.")
    if not row.takes_register(timezone.localdate()):
        raise ValidationError(f"The register can be taken from {spoken(row.held_on)} on.")
    return row


def lines(session: Session):
    """The session's bookings, locked."""
    rows = session.bookings.select_for_update(of=("self",))
    return rows.select_related("session__partnership", "agency", "staff_member__agency", "record")


def fitting(line: Booking, state: str) -> str:
    """Refuse a state that a booking or a walk-in cannot have."""
    states = WALKERS if line.state in WALKERS else BOOKERS
    if line.state not in WALKERS | BOOKERS or state not in states:
        raise ValidationError(f"{line.staff_member} cannot be marked so.")
    return state


@transaction.atomic
def close_session(*, by: User | None, session: Session) -> list[Booking]:
    """Close the register and log the training of all who came; gives those whose record is new."""
    row = registered(session)
    if row.closed_at:
        raise ValidationError("The register is closed already.")
    rows = list(lines(row))
    undecided = sum(line.state == BookingState.BOOKED for line in rows)
    if undecided:
        are = "person is" if undecided == 1 else "people are"
        raise ValidationError(f"{undecided} {are} neither marked as there nor as a no-show.")
    row.closed_at, row.closed_by = timezone.now(), by
    row.full_clean(exclude=["course"])
    row.save(update_fields=["closed_at", "closed_by"])
    came = [line for line in rows if line.state in CAME]
    record(by, "closed", row, partnership=row.partnership, attended=len(came))
    return log_for(by, row, came)


def log_for(by: User | None, session: Session, came: Iterable[Booking]) -> list[Booking]:
    """Log the course for some who came; a record that is there already is not doubled."""
    by_person = {line.staff_member_id: line for line in came}
    logged = log_session(
        by=by, people=[line.staff_member for line in by_person.values()], course=session.course,
        completed_on=session.held_on, provider=session.provider, evidence="Register of the session",
    ).logged
    new = [by_person[made.staff_member_id] for made in logged]
    for line, made in zip(new, logged, strict=True):
        line.record = made
    Booking.objects.bulk_update(new, ["record"])
    return new


@transaction.atomic
def add_walk_in(
    *, by: User | None, session: Session, staff_member: StaffMember, reason: str = ""
) -> Booking:
    """Somebody who came without a place; into a closed register only with a reason."""
    row = registered(session)
    why = needed_reason(row, reason)
    refuse_strangers(row, [staff_member])
    there = lines(row).live().filter(staff_member=staff_member).first()
    if there and there.state != BookingState.WAITING:
        raise ValidationError(f"{staff_member} is on the list already.")
    line = there or Booking(
        session=row, staff_member=staff_member, agency=staff_member.agency, booked_by=by
    )
    line.state = BookingState.WALK_IN
    line.save()
    booking_entry(by, "walked in", line, state=line.state, **why).save()
    if row.closed_at:
        log_for(by, row, [line])
    return line


def needed_reason(session: Session, reason: str) -> dict[str, str]:
    if session.closed_at and not reason.strip():
        raise ValidationError({"reason": "The register is closed: say why it is corrected."})
    return {"reason": reason.strip()} if reason.strip() else {}


@transaction.atomic
def correct_booking(
    *, by: User | None, booking: Booking, state: str, reason: str, seen: str = ""
) -> bool:
    """Correct a line of a closed register, with a reason: the training record follows.

    False when it says so already. ``seen`` is the state that the page showed.
    """
    session = registered(booking.session)
    if not session.closed_at:
        raise ValidationError("The register is still open: mark it there.")
    why = needed_reason(session, reason)
    line = lines(session).get(pk=booking.pk)
    if line.state == state:
        return False
    if seen and seen != line.state:
        raise MarkedSince([line])
    if state == BookingState.BOOKED:
        raise ValidationError({"state": "Say whether the person came."})
    before, line.state = line.state, fitting(line, state)
    line.save(update_fields=["state"])
    record_all([booking_entry(by, "corrected", line, state=[before, line.state], **why)])
    if line.state in CAME:
        log_for(by, session, [line])
    else:
        take_back(by, line, why["reason"])
    return True


def take_back(by: User | None, line: Booking, reason: str) -> None:
    """Withdraw the record that closing logged; one that the agency corrected since is theirs."""
    made, line.record = line.record, None
    line.save(update_fields=["record"])
    if made and not made.replaced_at:
        withdraw_record(by=by, training_record=made, reason=f"Register corrected: {reason}"[:200])
