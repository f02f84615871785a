"""Sessions: offered, changed, cancelled as a whole."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from partnership.history import save_changed, save_new
from partnership.models import Partnership, User
from partnership.spreadsheets import spoken
from partnership.stale import refuse_when_changed
from training.actions.bookings import locked, move_up
from training.actions.requirements import AlreadyThere
from training.choices import HAD_A_PLACE, BookingState
from training.models import Course, Session
from training.telling import tell

SESSION_FIELDS = (
    "course", "held_on", "start_time", "end_time", "place", "provider", "places",
    "booking_closes_on",
)
SESSION_SEEN = (
    "course_id", *SESSION_FIELDS[1:], "cancelled_at", "closed_at",
)
WHEN_AND_WHERE = frozenset({"course", "held_on", "start_time", "end_time", "place"})


@transaction.atomic
def add_session(
    *, by: User | None, partnership: Partnership, course: Course, held_on: date, **fields: Any
) -> Session:
    """Offer a course on a day. A past day is allowed: the register of a session may come late."""
    row = Session(partnership=partnership, course=course, held_on=held_on, **fields)
    Partnership.objects.select_for_update(no_key=True).get(pk=partnership.pk)
    refuse_the_same(row)
    return save_new(
        row, by, "made", partnership=partnership, course=course.code, held_on=held_on, **fields
    )


def refuse_the_same(row: Session) -> None:
    same = Session.objects.filter(
        partnership=row.partnership, course=row.course, held_on=row.held_on,
        start_time=row.start_time, place=row.place, cancelled_at=None,
    )
    if same.exists():
        raise AlreadyThere("That session is there already: the same course, day, time and place.")


@transaction.atomic
def change_session(*, by: User | None, session: Session, seen: str = "", **new: Any) -> bool:
    """Change a session before its register is closed; who has a place is told of another day.

    More places let the waiting list move up; there are never fewer places than people in them.
    """
    row = locked(session)
    refuse_when_changed(row, seen, SESSION_SEEN)
    refuse_unless_live(row)
    taken = row.bookings.filter(state__in=sorted(HAD_A_PLACE)).count()
    if new.get("places", row.places) < taken:
        raise ValidationError({
            "places": f"{taken} people have a place. Keep at least so many, or cancel bookings first."
        })
    moved = any(new.get(name, getattr(row, name)) != getattr(row, name) for name in WHEN_AND_WHERE)
    done = save_changed(row, by, "changed", new, partnership=row.partnership)
    if moved:
        those = row.bookings.live().select_related("booked_by")
        tell(row, those, "Changed", "the day, the time or the place has changed.")
    move_up(by, row)
    return done


def refuse_unless_live(row: Session) -> None:
    if row.cancelled_at:
        raise ValidationError("This session has been cancelled.")
    if row.closed_at:
        raise ValidationError("The register of this session is closed.")


@transaction.atomic
def cancel_session(*, by: User | None, session: Session, reason: str) -> None:
    """Call a session off; everybody on its list is told. Their bookings count nowhere."""
    row = locked(session)
    refuse_unless_live(row)
    if not reason.strip():
        raise ValidationError({"reason": "Say why the session is cancelled."})
    those = list(
        row.bookings.filter(state__in=[BookingState.BOOKED, BookingState.WAITING])
        .select_related("booked_by")
    )
    new = {
        "cancelled_at": timezone.now(), "cancelled_by": by, "cancelled_reason": reason.strip(),
    }
    save_changed(row, by, "cancelled", new, partnership=row.partnership)
    tell(row, those, "Cancelled", f"the session of {spoken(row.held_on)} will not take place.")
