"""The trial on the day it is loaded: training renewed since the year, and meetings to prepare and record.

Nothing here is counted in the year 2014-15: renewals are later than it, and the registers are open.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from conferences.actions import convene
from conferences.choices import MeetingKind
from conferences.models import Meeting
from partnership.models import Agency, BankHoliday, Partnership, StaffMember
from partnership.workdays import Calendar, due_after
from training.actions import import_records, new_record
from training.choices import IN_DATE, Standing
from training.models import TrainingRecord
from training.standing import Row, open_book

SEED = 31
DONE, SOON = 0.68, 0.10  # of what has run out: renewed; renewed so that it is about to run out again
MONTH = timedelta(days=30)
PREFIX = "NEXT-"
FAMILIES_PREFIX = "N"


@dataclass(frozen=True, slots=True)
class Planned:
    """A meeting so many working days from today (before it: its register waits to be filled)."""

    kind: MeetingKind
    days: int
    children: int
    agencies: tuple[str, ...]


USUAL = ("CSC", "HV", "TVP", "GP")
PLANNED = (
    Planned(MeetingKind.CORE_GROUP, -6, 2, ("CSC", "HV")),
    Planned(MeetingKind.INITIAL, -2, 1, (*USUAL, "CMHT")),
    Planned(MeetingKind.INITIAL, 3, 3, USUAL),
    Planned(MeetingKind.REVIEW, 5, 2, (*USUAL, "ASC")),
    Planned(MeetingKind.CORE_GROUP, 8, 1, ("CSC", "HV", "GP")),
    Planned(MeetingKind.PRE_BIRTH, 12, 1, (*USUAL, "CMHT")),
)


def make_today(partnership: Partnership, on: date) -> None:
    """Renew, and plan; nothing when it is there already."""
    if partnership.meetings.filter(reference__startswith=PREFIX).exists():
        return
    dice = Random(SEED)
    renew(on, dice)
    calendar = BankHoliday.objects.calendar(partnership.country)
    for number, planned in enumerate(PLANNED, start=1):
        plan(partnership, number, planned, on, calendar, dice)


def renew(on: date, dice: Random) -> None:
    """Most of what has run out or was never done is done again, as it is in a partnership that works."""
    people = StaffMember.objects.filter(started_on__lte=on).order_by("pk")  # unscoped: a command
    rows = [row for row in open_book(people).standings(on) if row.standing not in IN_DATE]
    import_records(by=None, new=[record for row in rows for record in renewal(row, on, dice)])


def renewal(row: Row, on: date, dice: Random) -> Iterator[TrainingRecord]:
    """One course that meets what is asked, done lately or so long ago that it is about to run out."""
    course = row.requirement.courses.all()[0]
    chance = dice.random()
    if chance > DONE + SOON or row.standing == Standing.EXEMPT:
        return
    months = course.valid_months or 36
    ago = months - dice.uniform(0.5, 2.5) if chance > DONE else dice.uniform(1, months * 0.8)
    day = on - timedelta(days=int(ago * 30.4))
    if day > row.person.started_on:
        yield new_record(None, row.person, course, day, provider="partnership")


def plan(
    partnership: Partnership, number: int, planned: Planned, on: date, calendar: Calendar, dice: Random
) -> Meeting:
    held_on = workday(on, planned.days, calendar)
    agencies = partnership.memberships.filter(code__in=planned.agencies).select_related("agency")
    social_worker = somebody(next(m.agency for m in agencies if m.code == "CSC"), dice)
    asked = held_on - timedelta(days=16)
    first = planned.kind in (MeetingKind.INITIAL, MeetingKind.PRE_BIRTH)
    return convene(
        by=None, partnership=partnership, reference=f"{PREFIX}{number:02d}", kind=planned.kind,
        held_on=held_on, strategy_discussion_on=asked if first else None, children=planned.children,
        family_ref=f"{FAMILIES_PREFIX}{number:04d}", lead=social_worker, chair="Eleri Rhydderch",
        invite=[
            {
                "agency": member.agency, "invited_on": min(asked, on),
                "staff_member": social_worker if member.code == "CSC" else somebody(member.agency, dice),
            }
            for member in agencies
        ],
    )


def workday(on: date, days: int, calendar: Calendar) -> date:
    """So many working days after a day, or before it."""
    if days > 0:
        return due_after(on, days, calendar).due
    back = on - MONTH
    span = [back + timedelta(days=n) for n in range(30)]
    return [day for day in span if due_after(day - timedelta(days=1), 1, calendar).due == day][days]


def somebody(agency: Agency, dice: Random) -> StaffMember:
    """A person in post who goes to conferences."""
    people = agency.staff.filter(
        left_on=None, works_for=None, role_group__code="conference_practitioner"
    )
    return dice.choice(list(people.order_by("reference")))
