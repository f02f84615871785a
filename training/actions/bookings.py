"""Bookings: a place or the waiting list, cancelled in time or late, and who moves up.

Each takes the lock of the session's row first: two who book the last place at once come one after
the other, and the second goes on the waiting list.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from partnership.history import entry, record_all
from partnership.models import StaffMember, User
from partnership.querysets import StaffQuerySet
from partnership.spreadsheets import spoken
from training.choices import HAD_A_PLACE, BookingState
from training.models import Booking, Session
from training.telling import tell


class Booked(NamedTuple):
    """What became of a booking for several: places, waiting list, and who was on the list already."""

    placed: list[Booking]
    waiting: list[Booking]
    had: list[StaffMember]


@transaction.atomic
def book(*, by: User | None, session: Session, people: Iterable[StaffMember]) -> Booked:
    """Book people in the order given; when the places are gone the rest wait, in order."""
    row = locked(session)
    today = timezone.localdate()
    if not row.open_to_book(today):
        raise ValidationError(why_closed(row))
    people = list(people)
    there = set(row.bookings.live().values_list("staff_member_id", flat=True))
    new = [person for person in people if person.pk not in there]
    refuse_strangers(row, new)
    free = free_places(row)
    made = Booking.objects.bulk_create(
        new_booking(by, row, person, BookingState.BOOKED if n < free else BookingState.WAITING)
        for n, person in enumerate(new)
    )
    record_all(booking_entry(by, "booked", booking) for booking in made)
    return Booked(
        [b for b in made if b.state == BookingState.BOOKED],
        [b for b in made if b.state == BookingState.WAITING],
        [person for person in people if person.pk in there],
    )


def locked(session: Session) -> Session:
    rows = Session.objects.select_for_update(of=("self",)).select_related("partnership", "course")
    return rows.get(pk=session.pk)


def why_closed(session: Session) -> str:
    if session.cancelled_at:
        return "This session has been cancelled."
    if session.closed_at:
        return "The register of this session is closed."
    return f"Booking closed on {spoken(session.booking_closes_on)}."


def free_places(session: Session) -> int:
    """Places that nobody has and nobody waits for: who waits comes first."""
    taken = session.bookings.filter(state__in=[*sorted(HAD_A_PLACE), BookingState.WAITING])
    return max(session.places - taken.count(), 0)


def who_may_come(session: Session) -> StaffQuerySet:
    """The people a session is open to: in post on its day, of the partnership's agencies."""
    return StaffMember.objects.in_post(session.held_on).counting_in(session.partnership_id)


def refuse_strangers(session: Session, people: list[StaffMember]) -> None:
    keys = {person.pk for person in people}
    found = who_may_come(session).filter(pk__in=keys).values("pk").distinct().count()
    if found < len(keys):
        raise ValidationError(
            "Somebody among them is not in post on that day, or works for another partnership."
        )


def new_booking(
    by: User | None, session: Session, person: StaffMember, state: BookingState
) -> Booking:
    return Booking(
        session=session, staff_member=person, agency=person.agency, state=state, booked_by=by
    )


def booking_entry(by: User | None, verb: str, booking: Booking, **changes):
    where = {"partnership": booking.session.partnership, "agency": booking.agency}
    changes = changes or {"state": booking.state}
    return entry(by, verb, booking, **where, staff_member=booking.staff_member, **changes)


@transaction.atomic
def cancel_booking(*, by: User | None, booking: Booking) -> Booking:
    """Give a place back, in time or late; the first who waits moves up and is told."""
    session = locked(booking.session)
    row = Booking.objects.select_for_update(of=("self",)).select_related(
        "session__partnership", "agency", "staff_member"
    ).get(pk=booking.pk)
    if row.cancelled_at:
        return row
    today = timezone.localdate()
    if row.state not in (BookingState.BOOKED, BookingState.WAITING):
        raise ValidationError("The register has it already: it is corrected there.")
    if not session.live or today > session.held_on:
        raise ValidationError("The day of the session has passed. The register says who came.")
    before, row.state = row.state, cancelled_state(session, row, today)
    row.cancelled_at, row.cancelled_by = timezone.now(), by
    row.save(update_fields=["state", "cancelled_at", "cancelled_by"])
    booking_entry(by, "cancelled", row, state=[before, row.state]).save()
    move_up(by, session)
    return row


def cancelled_state(session: Session, booking: Booking, on: date) -> BookingState:
    """Late is after booking closed. Who only waited held no place, and gives none back."""
    if booking.state == BookingState.WAITING:
        return BookingState.LEFT_LIST
    late = on > session.booking_closes_on
    return BookingState.CANCELLED_LATE if late else BookingState.CANCELLED


def move_up(by: User | None, session: Session) -> list[Booking]:
    """Whoever waits takes a free place, in order, until the day itself; the caller holds the lock."""
    if not session.live or timezone.localdate() >= session.held_on:
        return []
    taken = session.bookings.filter(state__in=sorted(HAD_A_PLACE)).count()
    waiting = session.bookings.filter(state=BookingState.WAITING).select_related(
        "session__partnership", "agency", "staff_member", "booked_by"
    )
    rows = list(waiting.order_by("booked_at", "pk")[: max(session.places - taken, 0)])
    for row in rows:
        row.state = BookingState.BOOKED
    Booking.objects.bulk_update(rows, ["state"])
    change = [BookingState.WAITING, BookingState.BOOKED]
    record_all(booking_entry(by, "moved up", row, state=change) for row in rows)
    if rows:
        tell(session, rows, "A place has come free", "somebody from the waiting list has a place now.")
    return rows
