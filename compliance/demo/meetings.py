"""A neighbour's year of meetings, closed by the same actions as everybody's.

Some of everything that a page must show is in it: video and phone, late invitations, outcomes that
nobody knows, people who were there for a part, a conference stood down, one cancelled, and
registers that are still open.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from random import Random

from compliance.demo.factories import AttendanceFactory, MeetingFactory
from compliance.demo.places import FROM_ON, UNTIL_ON
from conferences.actions import close_registers, import_lines, import_meetings
from conferences.choices import (
    REPRESENTED,
    ChairDecision,
    MeetingKind,
    MeetingState,
    Mode,
    Outcome,
    ReportState,
)
from conferences.models import Attendance, Meeting
from conferences.rules import LocalRules
from partnership.models import Agency, Partnership, StaffMember
from partnership.workdays import Calendar, due_after

FAMILIES = 10
LEFT_OPEN = 3
CHAIRS = ("Eleri Rhydderch", "Grace Okafor", "Stanisław Nowak")
CATEGORIES = ("plan_neg", "plan_neg", "plan_emo", "plan_emo", "plan_phy", "plan_sab", "plan_mul")
OUTCOMES = {
    Outcome.ATTENDED: 70, Outcome.DEPUTY: 7, Outcome.APOLOGIES: 12, Outcome.ABSENT: 7,
    Outcome.UNKNOWN: 4,
}
MODES = {Mode.IN_PERSON: 60, Mode.VIDEO: 25, Mode.PHONE: 15}
REPORTS = {
    ReportState.ON_TIME: 60, ReportState.ON_THE_DAY: 10, ReportState.LATE: 10, ReportState.NONE: 20,
}
INVITED = 0.75  # of the agencies beside children's social care, to one family's meetings
LATE, INVOLVED, PART = 0.08, 0.92, 0.03


def make_year(
    partnership: Partnership, agencies: dict[str, Agency], people: Iterable[StaffMember],
    dice: Random,
) -> None:
    """Some forty meetings about ten families, their lines, and the closing of all but a few."""
    rules = LocalRules.of(partnership)
    staff = {code: [p for p in people if p.agency == agency] for code, agency in agencies.items()}
    meetings: list[Meeting] = []
    lines: list[Attendance] = []
    for number in range(FAMILIES):
        found = family_meetings(partnership, number, staff["CSC"], rules.calendar, dice)
        asked = ["CSC", *(code for code in agencies if code != "CSC" and dice.random() < INVITED)]
        meetings += found
        for meeting in found:
            lines += register(meeting, asked, agencies, staff, rules, dice)
    number_by_day(partnership, meetings)
    conferences = [row for row in meetings if row.kind == MeetingKind.REVIEW]
    stand_down(conferences[0], [line for line in lines if line.meeting is conferences[0]])
    conferences[1].state = MeetingState.CANCELLED
    lines = [line for line in lines if line.meeting is not conferences[1]]
    import_meetings(by=None, meetings=meetings, lines=())
    import_lines(by=None, lines=lines)
    closing = sorted(meetings, key=lambda row: (row.held_on, row.pk))[:-LEFT_OPEN]
    close_registers(by=None, meetings=closing, tell=False)


def family_meetings(
    partnership: Partnership, number: int, social_workers: list[StaffMember], calendar: Calendar,
    dice: Random,
) -> list[Meeting]:
    """An initial conference and, while the year lasts, its core groups and reviews."""
    discussed_on = working_day(FROM_ON + timedelta(days=3 + number * 26), calendar)
    held_on = due_after(discussed_on, dice.choice((12, 14, 15, 15, 19)), calendar).due
    children = dice.randint(1, 4)
    on_plan = children if dice.random() < 0.85 else 0
    plan = {
        "children": children, "children_on_plan_after": on_plan, dice.choice(CATEGORIES): on_plan,
    }
    where = {
        "partnership": partnership, "family_ref": f"{partnership.code}-F{number + 1:02d}",
        "lead": None, "chair": "", "format": "",
    }
    chaired = {
        "chair": dice.choice(CHAIRS), "format": "Signs of Safety",
        "exploitation_concern": dice.random() < 0.2,
    }
    first = MeetingFactory.build(
        **where | chaired, **plan, held_on=held_on, strategy_discussion_on=discussed_on
    )
    found = [first]
    if on_plan:
        for days, kind in ((14, "c"), (56, "c"), (88, "r"), (130, "c"), (172, "c")):
            day = working_day(held_on + timedelta(days=days), calendar)
            if kind == "r":
                found.append(MeetingFactory.build(
                    **where | chaired, **plan, kind=MeetingKind.REVIEW, held_on=day
                ))
            else:
                lead = {"lead": present(social_workers, day, dice)}
                found.append(MeetingFactory.build(
                    **where | lead, children=children, kind=MeetingKind.CORE_GROUP, held_on=day
                ))
    return [meeting for meeting in found if meeting.held_on <= UNTIL_ON]


def working_day(day: date, calendar: Calendar) -> date:
    """That day, or the next that is worked."""
    while calendar.why_skipped(day):
        day += timedelta(days=1)
    return day


def present(staff: Iterable[StaffMember], on: date, dice: Random) -> StaffMember | None:
    """Somebody who is in post on a day."""
    there = [p for p in staff if p.started_on <= on and (p.left_on is None or on < p.left_on)]
    return dice.choice(there) if there else None


def number_by_day(partnership: Partnership, meetings: list[Meeting]) -> None:
    """References in the order of the year, conferences and core groups apart."""
    meetings.sort(key=lambda row: row.held_on)
    for prefix, conference in ((partnership.code, True), (f"{partnership.code}-CG", False)):
        rows = (row for row in meetings if row.is_conference is conference)
        for number, row in enumerate(rows, start=1):
            row.reference = f"{prefix}14-{number:03d}"


def register(
    meeting: Meeting, asked: Iterable[str], agencies: dict[str, Agency],
    staff: dict[str, list[StaffMember]], rules: LocalRules, dice: Random,
) -> list[Attendance]:
    """A line for each agency that was asked and has somebody in post."""
    found = []
    for code in asked:
        person = present(staff[code], meeting.held_on, dice)
        if person:
            agency = agencies[code]
            expected = rules.expectation(agency.pk, meeting.kind, meeting.held_on)
            found.append(one_line(meeting, agency, person, expected, dice))
    return found


def one_line(
    meeting: Meeting, agency: Agency, person: StaffMember, expected: str, dice: Random
) -> Attendance:
    outcome = drawn(OUTCOMES, dice)
    there = outcome in REPRESENTED
    late = dice.random() < LATE
    notice = dice.choice((2, 3)) if late else dice.randint(12, 30)
    return AttendanceFactory.build(
        meeting=meeting, agency=agency, expectation=expected, outcome=outcome,
        staff_member=None if outcome == Outcome.UNKNOWN else person,
        invited_on=meeting.held_on - timedelta(days=notice),
        in_room_when_dated=late and dice.random() < 0.3,
        involved=dice.random() < INVOLVED,
        mode=drawn(MODES, dice) if there else "",
        part=there and dice.random() < PART,
        report=drawn(REPORTS, dice) if meeting.is_conference else ReportState.NOT_REQUIRED,
    )


def drawn(weights: dict[str, int], dice: Random) -> str:
    return dice.choices(list(weights), list(weights.values()))[0]


def stand_down(meeting: Meeting, lines: Iterable[Attendance]) -> None:
    """A conference that was given up, because too few had come."""
    meeting.state = MeetingState.STOOD_DOWN
    meeting.chair_decision = ChairDecision.STOOD_DOWN
    meeting.chair_reason = "Only children's social care had come."
    meeting.new_date_on = meeting.held_on + timedelta(days=10)
    for line in lines:
        if line.agency.sector != "social_care_children" and line.outcome in REPRESENTED:
            line.outcome, line.mode, line.part = Outcome.APOLOGIES, "", False
