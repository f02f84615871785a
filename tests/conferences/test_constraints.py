"""What the database itself refuses on the conferences floor, whoever writes."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import timezone

from compliance.demo import factories as make
from conferences.choices import MeetingState, Outcome
from tests.partnership.constraints import constraints_of, refused

pytestmark = pytest.mark.django_db
DAY = date(2014, 4, 1)
NOW = timezone.now()


def rule(factory, **broken):
    return factory, {"partnership": make.PartnershipFactory()}, broken


def same_rule(factory, **fields):
    old = factory(**fields)
    fixed = {"partnership": old.partnership, "effective_from": DAY, **fields}
    return factory, fixed, {"effective_from": old.effective_from}


def meeting(**broken):
    return make.MeetingFactory, {"partnership": make.PartnershipFactory()}, broken


def same_meeting():
    old = make.MeetingFactory()
    return make.MeetingFactory, {"partnership": old.partnership}, {"reference": old.reference}


def line(**broken):
    fixed = {"meeting": make.MeetingFactory(), "agency": make.AgencyFactory(), "staff_member": None}
    return make.AttendanceFactory, fixed, broken


def same_line(**old):
    old = make.AttendanceFactory(**old)
    fixed = {"meeting": old.meeting, "agency": old.agency, "staff_member": None, "job_title": "New"}
    same = {"staff_member": old.staff_member, "job_title": old.job_title}
    return make.AttendanceFactory, fixed, same


def missed(**broken):
    fixed = {"meeting": make.MeetingFactory(), "agency": make.AgencyFactory()}
    return make.MissedDutyFactory, fixed, broken


def same_missed():
    old = make.MissedDutyFactory()
    fixed = {"meeting": old.meeting, "agency": old.agency, "kind": "report"}
    return make.MissedDutyFactory, fixed, {"kind": old.kind}


def same_extract_line():
    old = make.ExtractLineFactory()
    return make.ExtractLineFactory, {"partnership": old.partnership}, {"reference": old.reference}


ENDED = {"effective_from": DAY, "effective_until": DAY}
CASES = {
    "quorumrule_once_a_day": lambda: same_rule(make.QuorumRuleFactory),
    "quorumrule_dates_in_order": lambda: rule(make.QuorumRuleFactory, **ENDED),
    "expectationrule_once_a_day": lambda: same_rule(
        make.ExpectationRuleFactory, agency=make.AgencyFactory()
    ),
    "expectationrule_for_all_once_a_day": lambda: same_rule(make.ExpectationRuleFactory),
    "expectationrule_dates_in_order": lambda: rule(make.ExpectationRuleFactory, **ENDED),
    "timescale_once_a_day": lambda: same_rule(make.TimescaleFactory),
    "timescale_dates_in_order": lambda: rule(make.TimescaleFactory, **ENDED),
    "timescale_amount_positive": lambda: rule(make.TimescaleFactory, amount=0),
    "meeting_reference_once": same_meeting,
    "meeting_plans_within_children": lambda: meeting(children=1, children_on_plan_after=2),
    "meeting_categories_within_plans": lambda: meeting(
        children=3, children_on_plan_after=2, plan_neg=2, plan_emo=1
    ),
    "meeting_strategy_discussion_before": lambda: meeting(
        held_on=DAY, strategy_discussion_on=date(2014, 4, 2)
    ),
    "meeting_closed_pair": lambda: meeting(closed_by=make.UserFactory()),
    "meeting_judged_when_closed": lambda: meeting(quorate=True, quorum_sentence="Quorate."),
    "meeting_closed_is_over": lambda: meeting(closed_at=NOW, state=MeetingState.PLANNED),
    "meeting_stood_down_is_inquorate": lambda: meeting(
        state=MeetingState.STOOD_DOWN, quorate=True, quorum_sentence="Quorate.", closed_at=NOW
    ),
    "attendance_person_once": same_line,
    "attendance_unnamed_once": lambda: same_line(staff_member=None, job_title="Nurse"),
    "attendance_mode_when_there": lambda: line(outcome=Outcome.APOLOGIES, mode="phone"),
    "attendance_disputed_pair": lambda: line(disputed_by=make.UserFactory()),
    "attendance_disputed_reason": lambda: line(disputed_at=NOW),
    "attendance_settled_pair": lambda: line(settled_by=make.UserFactory()),
    "attendance_settled_answer": lambda: line(disputed_at=NOW, dispute="No.", settled_at=NOW),
    "attendance_settled_after_dispute": lambda: line(settled_at=NOW, settlement="Yes."),
    "extractline_reference_once": same_extract_line,
    "missedduty_once": same_missed,
    "missedduty_excused_reason": lambda: missed(excused_at=NOW),
    "missedduty_excused_pair": lambda: missed(excused_by=make.UserFactory()),
}


def test_every_constraint_is_tried():
    assert set(CASES) == constraints_of("conferences")


@pytest.mark.parametrize("name", CASES)
def test_the_database_refuses(name):
    made_by, fixed, broken = CASES[name]()
    assert refused(name, made_by, fixed | broken)
    assert not refused(name, made_by, fixed)
