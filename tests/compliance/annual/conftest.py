"""Northwold's year with one of everything that only the annual report counts."""

from __future__ import annotations

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest

from compliance.demo import factories as make
from compliance.measures import Scope
from compliance.period import Period
from conferences.choices import ChairDecision, MeetingKind, MeetingState, Outcome, ReportState
from partnership.choices import Sector

YEAR = Period(2014)
CLOSED = datetime(2016, 1, 4, tzinfo=UTC)
REASON = "Grandmother Smith could not come any other day."


@pytest.fixture
def scope(partnership) -> Scope:
    return Scope(partnership)


def conference(partnership, reference: str, held_on: date, *, quorate: bool = True, **more):
    sentence = "Quorate." if quorate else "Not quorate: 1 came; 2 are needed."
    return make.MeetingFactory(
        partnership=partnership, reference=reference, held_on=held_on, closed_at=CLOSED, quorate=quorate,
        quorum_sentence=sentence, strategy_discussion_on=None, **more,
    )


@pytest.fixture
def year(partnership, agency_a, agency_b):
    """Two quorate conferences, three that were not; two practices; two sessions."""
    practices = []
    for code, name in (("GPA", "Abbey Practice"), ("GPB", "Birch Practice")):
        agency = make.AgencyFactory(name=name, sector=Sector.HEALTH_PRIMARY)
        practices.append(make.MembershipFactory(partnership=partnership, agency=agency, code=code).agency)
    first = conference(partnership, "NW-11", date(2014, 5, 12), children=3, family_ref="FAM-77")
    conference(partnership, "NW-12", date(2014, 11, 3), children=2, kind=MeetingKind.REVIEW)
    conference(
        partnership, "NW-13", date(2014, 6, 2), quorate=False, children=1, chair="Dr Foster",
        chair_decision=ChairDecision.DISCRETION, chair_reason=REASON,
    )
    conference(
        partnership, "NW-14", date(2014, 12, 1), quorate=False, state=MeetingState.STOOD_DOWN, children=4,
        chair_decision=ChairDecision.STOOD_DOWN, chair_reason=REASON, new_date_on=date(2014, 12, 11),
    )
    conference(partnership, "NW-15", date(2015, 1, 5), quorate=False, kind=MeetingKind.PRE_BIRTH, children=1)
    for practice, state in zip(practices, (ReportState.ON_TIME, ReportState.LATE), strict=True):
        make.AttendanceFactory(
            meeting=first, agency=practice, expectation="report", outcome=Outcome.APOLOGIES, report=state
        )
    make.AttendanceFactory(meeting=first, agency=agency_a, outcome=Outcome.ATTENDED, report=ReportState.ON_TIME)
    return SimpleNamespace(practices=practices, first=first, sessions=sessions(partnership, agency_b))


def sessions(partnership, agency):
    """A closed session with each kind of booking, one that is still open, one of another year."""
    course = make.CourseFactory(code="CPC", title="Conferences and core groups")
    held = make.SessionFactory(
        partnership=partnership, course=course, held_on=date(2014, 9, 9), places=12, closed_at=CLOSED
    )
    make.SessionFactory(partnership=partnership, course=course, held_on=date(2014, 10, 1))
    make.SessionFactory(partnership=partnership, course=course, held_on=date(2013, 10, 1), closed_at=CLOSED)
    states = {"attended": 3, "no_show": 2, "cancelled": 1, "cancelled_late": 1, "walk_in": 2, "left_list": 1}
    for state, number in states.items():
        for _ in range(number):
            make.BookingFactory(session=held, staff_member=make.StaffMemberFactory(agency=agency), state=state)
    return held
