"""One person's calendar: their meetings, sessions, deadlines and expiries. References, never a name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import chain
from zoneinfo import ZoneInfo

import icalendar
from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from conferences.choices import MeetingState
from conferences.models import Meeting
from escalation.models import Stage
from escalation.querysets import waits_for
from partnership.models import StaffMember, User
from training.choices import BookingState
from training.models import Booking, TrainingRecord

BACK, AHEAD = timedelta(days=90), timedelta(days=400)
MOST = 500


@dataclass(frozen=True, slots=True)
class Entry:
    """What stands in the calendar; a day, or a moment with perhaps an end."""

    uid: str
    title: str
    start: date | datetime
    end: date | datetime | None = None


def calendar_of(user: User, now: datetime) -> bytes:
    """The calendar as a file, for what was lately and what is to come."""
    found = icalendar.Calendar()
    found.add("prodid", "-//Quorate//Calendar//EN")
    found.add("version", "2.0")
    found.add("x-wr-calname", "Quorate")
    found.add("refresh-interval", timedelta(hours=6), parameters={"value": "DURATION"})
    for entry in entries(user, timezone.localdate(now)):
        found.add_component(event(entry, now))
    return found.to_ical()


def entries(user: User, on: date) -> Iterator[Entry]:
    person = user.staff_member
    own = (meetings, sessions, expiries) if person else ()
    return chain(*(of(user, person, on) for of in own), deadlines(user, on))


def event(entry: Entry, now: datetime) -> icalendar.Event:
    found = icalendar.Event()
    found.add("uid", f"{entry.uid}@{settings.SITE_URL.split('//')[-1]}")
    found.add("dtstamp", now.astimezone(UTC))
    found.add("summary", entry.title)
    found.add("dtstart", entry.start)
    if entry.end:
        found.add("dtend", entry.end)
    found.add("class", "PRIVATE")
    return found


def meetings(user: User, person: StaffMember, on: date) -> Iterator[Entry]:
    """Those to which they are invited or that they lead, and that take place."""
    rows = Meeting.objects.visible_to(user).filter(Q(lines__staff_member=person) | Q(lead=person)).distinct()
    rows = rows.filter(held_on__range=(on - BACK, on + AHEAD)).exclude(
        state__in=[MeetingState.CANCELLED, MeetingState.STOOD_DOWN]
    )
    for row in rows.order_by("held_on", "pk")[:MOST]:
        yield Entry(f"meeting-{row.pk}", f"{row.get_kind_display()} {row.reference}", row.held_on)


def sessions(user: User, person: StaffMember, on: date) -> Iterator[Entry]:
    """Those for which they have a place."""
    rows = Booking.objects.visible_to(user).filter(
        staff_member=person, state=BookingState.BOOKED, session__cancelled_at=None,
        session__held_on__range=(on - BACK, on + AHEAD),
    ).select_related("session__course")
    for row in rows.order_by("session__held_on", "pk")[:MOST]:
        one = row.session
        zone = ZoneInfo(settings.TIME_ZONE)
        start, end = (
            datetime.combine(one.held_on, clock, zone).astimezone(UTC) if clock else None
            for clock in (one.start_time, one.end_time)
        )
        yield Entry(f"session-{one.pk}", f"Training {one.course.code}", start or one.held_on, end if start else None)


def expiries(user: User, person: StaffMember, on: date) -> Iterator[Entry]:
    """The first day on which a course counts no more, of the latest record of each."""
    rows = TrainingRecord.objects.visible_to(user).counting().filter(staff_member=person).select_related("course")
    latest: dict[int, TrainingRecord] = {}
    for row in rows.order_by("completed_on", "pk"):
        latest[row.course_id] = row
    for row in latest.values():
        if row.expires_on and on - BACK <= row.expires_on <= on + AHEAD:
            yield Entry(f"expiry-{row.course_id}", f"{row.course.code} runs out", row.expires_on)


def deadlines(user: User, on: date) -> Iterator[Entry]:
    """When a stage that waits for them is due, in the cases that they may see."""
    rows = Stage.objects.visible_to(user).running().filter(waits_for(user)).select_related("escalation")
    for row in rows.distinct().order_by("due_at", "pk")[:MOST]:
        title = f"Escalation {row.escalation.reference}: stage {row.number} is due"
        yield Entry(f"stage-{row.pk}", title, row.due_at.astimezone(UTC))
