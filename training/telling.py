"""Mail about sessions: the course, the day and a link, never a name."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from partnership.leading import leads_of
from partnership.models import User
from partnership.post import notify
from partnership.spreadsheets import spoken
from training.models import Booking, Session


def tell(session: Session, bookings: Iterable[Booking], subject: str, what: str) -> None:
    """Write to whom some bookings concern, each person once."""
    address = settings.SITE_URL + reverse("training:session-detail", args=[session.pk])
    day = spoken(session.held_on)
    notify(
        people(list(bookings)),
        f"{subject}: {session.course}, {day}",
        f"{session.course} on {day}: {what}\n\nSee the session: {address}\n",
    )


def people(bookings: list[Booking]) -> list[User]:
    """The people themselves and who booked them; where neither can sign in, their agency's leads."""
    found: dict[int, User] = {}
    leads = leads_of({booking.agency_id for booking in bookings}, timezone.localdate())
    users = users_of({booking.staff_member_id for booking in bookings})
    for booking in bookings:
        near = [users.get(booking.staff_member_id), booking.booked_by]
        near = [user for user in near if user and user.is_active]
        for user in near or leads[booking.agency_id]:
            found[user.pk] = user
    return list(found.values())


def users_of(people: set[int]) -> dict[int, User]:
    return {user.staff_member_id: user for user in User.objects.filter(staff_member__in=people)}
