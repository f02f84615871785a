"""Dated rules: one version follows another, none reaches back, and taking one away gives time back."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from compliance.actions import (
    correct_target,
    end_target,
    remove_target,
    set_target,
)
from compliance.demo import factories as make
from compliance.models import Target
from conferences import actions
from conferences.choices import Expectation, MeetingKind, Timed, Unit
from conferences.models import ExpectationRule, QuorumRule
from conferences.rules import LocalRules, latest
from partnership.dated import seen_of
from partnership.models import HistoryEntry, today
from partnership.stale import ChangedSince

SOON = today() + timedelta(days=10)
LATER = today() + timedelta(days=40)


def quorum(mo, partnership, on, others=3, **more):
    return actions.set_quorum(
        by=mo, partnership=partnership, effective_from=on, required_sectors=["social_care_children"],
        others=others, others_involved=True, video_counts=True, phone_counts=True,
        deputy_counts=True, part_counts=False, report_counts=False, **more,
    )


def spans(rows):
    return [(r.effective_from, r.effective_until) for r in sorted(rows, key=lambda r: r.effective_from)]


def test_a_new_version_ends_the_one_before_on_its_first_day(mo, partnership):
    first = partnership.quorum_rules.get()
    new = quorum(mo, partnership, SOON)
    first.refresh_from_db()
    assert (first.effective_until, new.effective_until) == (SOON, None)
    rows = list(partnership.quorum_rules.all())
    assert latest(rows, SOON - timedelta(days=1)) == first
    assert latest(rows, SOON) == new


def test_a_version_in_between_holds_until_the_one_that_is_there(mo, partnership):
    quorum(mo, partnership, LATER, others=4)
    quorum(mo, partnership, SOON, others=3)
    start = partnership.quorum_rules.earliest("effective_from").effective_from
    assert spans(partnership.quorum_rules.all()) == [(start, SOON), (SOON, LATER), (LATER, None)]


def test_taking_a_version_away_gives_the_one_before_its_time_back(mo, partnership):
    quorum(mo, partnership, LATER, others=4)
    middle = quorum(mo, partnership, SOON, others=3)
    actions.remove_rule(by=mo, rule=middle)
    start = partnership.quorum_rules.earliest("effective_from").effective_from
    assert spans(partnership.quorum_rules.all()) == [(start, LATER), (LATER, None)]
    assert set(HistoryEntry.objects.filter(subject_type="conferences.quorumrule", user=mo)
               .values_list("verb", flat=True)) == {"set", "ended", "removed", "goes on"}


def test_a_version_is_taken_away_until_a_register_was_judged_by_it(mo, partnership, meeting):
    with pytest.raises(ValidationError, match="Correct this version instead"):
        actions.remove_rule(by=mo, rule=partnership.quorum_rules.get())
    begun = quorum(mo, partnership, meeting.held_on)
    actions.remove_rule(by=mo, rule=begun)
    assert partnership.quorum_rules.get().effective_until is None
    begun = quorum(mo, partnership, meeting.held_on)
    actions.close_registers(by=None, meetings=[meeting], tell=False)
    for change in (
        lambda: actions.remove_rule(by=mo, rule=begun),
        lambda: actions.correct_quorum(by=mo, rule=begun, others=4, required_sectors=[]),
    ):
        with pytest.raises(ValidationError, match="has been in force since 2 March 2015, and what was judged up to 2"):
            change()
    twin = quorum(mo, partnership, SOON)
    actions.remove_rule(by=mo, rule=twin)
    with pytest.raises(ValidationError, match="away already"):
        actions.remove_rule(by=mo, rule=twin)


def test_two_versions_do_not_begin_on_one_day(mo, partnership):
    quorum(mo, partnership, SOON)
    with pytest.raises(ValidationError) as refused:
        quorum(mo, partnership, SOON)
    assert "already begins" in refused.value.message_dict["effective_from"][0]
    quorum(mo, partnership, SOON + timedelta(days=1))


def test_no_rule_reaches_back_over_a_register_that_was_closed(mo, partnership, meeting):
    quorum(mo, partnership, meeting.held_on)  # open: nothing was judged yet
    QuorumRule.objects.filter(partnership=partnership, others=3).delete()
    actions.close_registers(by=None, meetings=[meeting], tell=False)
    for change in (
        lambda on: quorum(mo, partnership, on),
        lambda on: actions.expect(by=mo, partnership=partnership, expectation="attend", effective_from=on),
        lambda on: actions.set_timescale(by=mo, partnership=partnership, what=Timed.NOTICE, amount=3,
                                         unit=Unit.WORKING_DAYS, effective_from=on),
    ):
        with pytest.raises(ValidationError) as refused:
            change(meeting.held_on)
        assert "3 March 2015" in refused.value.message_dict["effective_from"][0]
        change(meeting.held_on + timedelta(days=1))


def test_an_expectation_of_one_agency_is_held_by_its_own_registers_alone(mo, partnership, meeting, agency_a):
    actions.close_registers(by=None, meetings=[meeting], tell=False)
    new = make.AgencyFactory()
    make.MembershipFactory(partnership=partnership, agency=new)
    on = date(2014, 1, 1)
    actions.expect(by=mo, partnership=partnership, agency=new, expectation="report", effective_from=on)
    with pytest.raises(ValidationError):
        actions.expect(by=mo, partnership=partnership, agency=agency_a, expectation="report",
                       effective_from=on)


def test_what_was_judged_keeps_its_rule_and_a_later_correction_judges_by_it(
    mo, partnership, meeting, agency_b
):
    actions.close_registers(by=None, meetings=[meeting], tell=False)
    meeting.refresh_from_db()
    rule = meeting.quorum_rule
    quorum(mo, partnership, meeting.held_on + timedelta(days=1), others=0)
    line = meeting.lines.get(agency=agency_b)
    actions.correct_line(by=mo, line=line, reason="They came.", outcome="attended", mode="in_person")
    meeting.refresh_from_db()
    assert meeting.quorum_rule == rule


def test_a_quorum_asks_for_something(mo, partnership):
    with pytest.raises(ValidationError) as refused:
        actions.set_quorum(by=mo, partnership=partnership, effective_from=SOON, required_sectors=[],
                           others=0)
    assert "every conference is quorate" in refused.value.message_dict["others"][0]
    actions.set_quorum(by=mo, partnership=partnership, effective_from=SOON, required_sectors=[],
                       others=1)


# --- Lines of open registers ----------------------------------------------------------------------


@pytest.fixture
def ahead(partnership, agency_a, agency_b):
    """A review that is planned after a rule begins, with both agencies asked for both."""
    found = make.MeetingFactory(
        partnership=partnership, kind=MeetingKind.REVIEW, state="planned",
        held_on=SOON + timedelta(days=5),
    )
    for agency in (agency_a, agency_b):
        make.AttendanceFactory(meeting=found, agency=agency, expectation=Expectation.BOTH)
    return found


def asked(meeting):
    return dict(meeting.lines.values_list("agency__name", "expectation"))


def test_lines_of_open_registers_carry_what_the_new_rule_asks(mo, partnership, ahead, agency_a):
    actions.expect(by=mo, partnership=partnership, agency=agency_a, expectation="report",
                   effective_from=SOON)
    assert asked(ahead) == {"Northwold Social Care": "report", "Northwold Police": "attend_and_report"}
    entry = HistoryEntry.objects.get(verb="expected anew")
    assert entry.changes == {"expectation": ["attend_and_report", "report"]}
    assert entry.agency == agency_a
    rule = ExpectationRule.objects.get(agency=agency_a)
    actions.remove_rule(by=mo, rule=rule)
    assert set(asked(ahead).values()) == {"attend_and_report"}


def test_a_line_that_a_person_set_otherwise_stays(mo, partnership, ahead, agency_a):
    ahead.lines.filter(agency=agency_a).update(expectation="attend_or_report")
    actions.expect(by=mo, partnership=partnership, expectation="report", effective_from=SOON)
    assert asked(ahead) == {"Northwold Social Care": "attend_or_report", "Northwold Police": "report"}


def test_lines_before_the_first_day_and_closed_ones_stay(mo, partnership, ahead, meeting):
    meeting.lines.update(expectation=Expectation.BOTH)
    actions.close_registers(by=None, meetings=[meeting], tell=False)
    actions.expect(by=mo, partnership=partnership, expectation="report",
                   effective_from=ahead.held_on + timedelta(days=1))
    assert set(asked(ahead).values()) | set(asked(meeting).values()) == {"attend_and_report"}


def test_ending_a_rule_gives_what_is_expected_more_generally(mo, partnership, ahead, agency_a):
    first = actions.expect(by=mo, partnership=partnership, agency=agency_a, expectation="attend",
                           effective_from=today() - timedelta(days=30))
    rule = actions.expect(by=mo, partnership=partnership, agency=agency_a, expectation="report",
                          effective_from=today() - timedelta(days=3))
    assert asked(ahead)["Northwold Social Care"] == "report"
    actions.end_expectation(by=mo, rule=rule, effective_until=SOON)
    first.refresh_from_db()
    rules = LocalRules.of(partnership)
    assert rules.expectation(agency_a.pk, MeetingKind.REVIEW, SOON) == Expectation.BOTH
    assert rules.expectation(agency_a.pk, MeetingKind.REVIEW, today()) == Expectation.REPORT
    assert asked(ahead)["Northwold Social Care"] == "attend_and_report"


def test_what_is_expected_of_everybody_has_no_end(mo, partnership):
    with pytest.raises(ValidationError, match="has no end"):
        actions.end_expectation(by=mo, rule=partnership.expectations.get(), effective_until=SOON)


# --- Targets --------------------------------------------------------------------------------------


def target(mo, partnership, on, good="90", watch="75"):
    return set_target(by=mo, partnership=partnership, measure="contribution", good_from=Decimal(good),
                      watch_from=Decimal(watch), effective_from=on)


def test_a_target_may_begin_earlier_end_and_be_taken_away(mo, partnership):
    first = target(mo, partnership, date(2014, 4, 1))
    second = target(mo, partnership, SOON, good="95")
    assert spans(Target.objects.all()) == [(date(2014, 4, 1), SOON), (SOON, None)]
    remove_target(by=mo, target=second)
    end_target(by=mo, target=first, effective_until=SOON)
    assert spans(Target.objects.all()) == [(date(2014, 4, 1), SOON)]
    with pytest.raises(ValidationError):
        target(mo, partnership, LATER, good="70", watch="75")
    remove_target(by=mo, target=first)
    assert not Target.objects.exists()


def test_a_target_stays_once_a_report_that_it_rated_is_issued(mo, partnership):
    rated = make.TargetFactory(partnership=partnership, measure="contribution", effective_from=date(2014, 4, 1))
    make.IssuedReportFactory(
        partnership=partnership, agency=None, period="2014-15", issued_at=timezone.now() - timedelta(hours=1)
    )
    for change in (
        lambda row: remove_target(by=mo, target=row),
        lambda row: correct_target(by=mo, target=row, good_from=Decimal(80), watch_from=Decimal(70)),
    ):
        later = target(mo, partnership, date(2015, 3, 1), good="95")  # made after the report was issued
        with pytest.raises(ValidationError, match="what was judged up to 31 March 2015 rests on it"):
            change(rated)
        change(later)
        Target.objects.filter(effective_from=date(2015, 3, 1)).delete()


def test_what_was_looked_at_must_still_stand(mo, partnership):
    seen = seen_of(partnership.quorum_rules.all())
    quorum(mo, partnership, SOON, seen=seen)
    with pytest.raises(ChangedSince):
        quorum(mo, partnership, LATER, seen=seen)
    quorum(mo, partnership, LATER, seen=seen_of(partnership.quorum_rules.all()))
