"""Northwold and Southmere with a year in them: closed registers, people in date, expired and never
trained; with a name and a family's reference in each that could leak.

The fixtures of ``conftest.py`` are the people and places; ``filled`` puts the year 2014-15 into them.
"""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import pytest

from compliance.demo import factories as make
from conferences.actions import close_registers
from conferences.choices import MeetingKind, Mode, Outcome, ReportState
from conferences.models import Meeting

YEAR = "2014-15"
NAMES = {
    "staff_a": ("Bobina", "Alphason"),
    "staff_a2": ("Adela", "Alphatwo"),
    "staff_b": ("Bertha", "Betason"),
    "staff_c": ("Cecil", "Gammason"),
}
FAMILIES = ("FAM-NORTH-ONE", "FAM-NORTH-TWO", "FAM-SOUTH-ONE")


@pytest.fixture
def filled(
    partnership, elsewhere, agency_a, agency_b, agency_c, staff_a, staff_a2, staff_b, staff_c,
    role_group, meeting, core_group, meeting_elsewhere,
):
    """Two conferences and a core group of Northwold, closed; a conference of Southmere."""
    staff = {"staff_a": staff_a, "staff_a2": staff_a2, "staff_b": staff_b, "staff_c": staff_c}
    for key, person in staff.items():
        person.first_name, person.last_name = NAMES[key]
        person.save()
    course = train(partnership, elsewhere, role_group, staff)
    for row, family in zip((meeting, core_group, meeting_elsewhere), FAMILIES, strict=True):
        row.family_ref = family
        row.save()
    meeting.lines.filter(agency=agency_a).update(
        mode=Mode.IN_PERSON, report=ReportState.ON_TIME
    )
    meeting.lines.filter(agency=agency_b).update(report=ReportState.NONE)
    close_registers(by=None, meetings=[meeting, core_group], tell=False)
    close_registers(by=None, meetings=[meeting_elsewhere], tell=False)
    for row in (meeting, core_group, meeting_elsewhere):
        row.refresh_from_db()
    return SimpleNamespace(
        partnership=partnership, elsewhere=elsewhere, agency_a=agency_a, agency_b=agency_b,
        agency_c=agency_c, course=course, role_group=role_group, meeting=meeting,
        core_group=core_group, meeting_elsewhere=meeting_elsewhere, **staff,
    )


def train(partnership, elsewhere, role_group, staff):
    """One requirement in both places: A's first person current, the second expired, B's never."""
    course = make.CourseFactory(
        code="CPC", title="Child protection conferences", conference_duty=True
    )
    for place in (partnership, elsewhere):
        make.RequirementFactory(partnership=place, role_group=role_group, courses=[course])
    for key, day in (("staff_a", date(2014, 4, 1)), ("staff_a2", date(2011, 4, 1))):
        make.TrainingRecordFactory(staff_member=staff[key], course=course, completed_on=day)
    return course


def more(filled, number: int = 12):
    """Many more rows of every kind that pages show, in Northwold."""
    people = make.StaffMemberFactory.create_batch(
        number, agency=filled.agency_a, role_group=filled.role_group
    )
    for person in people[::2]:
        make.TrainingRecordFactory(
            staff_member=person, course=filled.course, completed_on=date(2011, 5, 1)
        )
    kinds = [MeetingKind.INITIAL, MeetingKind.REVIEW, MeetingKind.CORE_GROUP]
    for n, person in enumerate(people):
        row = make.MeetingFactory(
            partnership=filled.partnership, reference=f"NW-M{n}", kind=kinds[n % 3],
            held_on=date(2014, 6, 1 + n), family_ref=f"FAM-MORE-{n}",
        )
        attend(row, filled, person, n)
    made = Meeting.objects.filter(reference__startswith="NW-M")
    close_registers(by=None, meetings=list(made)[3:], tell=False)
    return made.all()


def attend(row, filled, person, n):
    common = {"meeting": row, "invited_on": date(2014, 5, 1)}
    ours = common | {"agency": filled.agency_a}
    make.AttendanceFactory(**ours, staff_member=filled.staff_a, outcome=Outcome.ATTENDED)
    make.AttendanceFactory(**ours, staff_member=person, outcome=Outcome.DEPUTY)
    make.AttendanceFactory(
        **common, agency=filled.agency_b, staff_member=filled.staff_b,
        outcome=Outcome.UNKNOWN if n % 2 else Outcome.ABSENT,
    )
