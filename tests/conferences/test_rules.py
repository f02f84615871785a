"""The local rules on any day, and what an invitation's date means."""

from __future__ import annotations

from datetime import date

import pytest

from compliance.demo import factories as make
from conferences.actions import expect, set_default_rules
from conferences.choices import Expectation, MeetingKind, Timed, Unit
from conferences.models import Timescale
from conferences.rules import LocalRules
from conferences.timescales import Limit

HELD = date(2022, 6, 8)  # a Wednesday after the jubilee of 2 and 3 June


def rules(partnership) -> LocalRules:
    return LocalRules.of(partnership)


def test_a_new_partnership_starts_with_the_rules_that_the_tests_have(partnership):
    def written(where):
        return [
            [{k: v for k, v in row.items() if k not in ("id", "partnership_id")} for row in rows.values()]
            for rows in (where.quorum_rules, where.expectations, where.timescales.order_by("what"))
        ]

    other = make.PartnershipFactory()
    set_default_rules(by=None, partnership=other)
    assert written(other) == written(partnership)
    assert len(written(other)[2]) == 6


def test_rules_take_a_fixed_number_of_queries(partnership, django_assert_num_queries):
    for n in range(3):
        rule = make.QuorumRuleFactory(
            partnership=partnership, effective_from=date(2015 + n, 1, 1)
        )
        make.QuorumUnitFactory(rule=rule, agencies=[make.AgencyFactory(), make.AgencyFactory()])
    with django_assert_num_queries(6):  # the rules, their units, the units' agencies; three more
        found = rules(partnership)
    with django_assert_num_queries(0):
        assert len(found.quorum(date(2017, 6, 1)).terms().counted_as) == 2


def test_the_newest_rule_that_has_begun_and_not_ended_holds(partnership):
    first = partnership.quorum_rules.get()
    newer = make.QuorumRuleFactory(partnership=partnership, effective_from=date(2015, 1, 1))
    ended = make.QuorumRuleFactory(
        partnership=partnership, effective_from=date(2016, 1, 1), effective_until=date(2016, 7, 1)
    )
    found = rules(partnership)
    assert found.quorum(date(2014, 12, 31)) == first
    assert found.quorum(date(2015, 1, 1)) == newer
    assert found.quorum(date(2016, 6, 30)) == ended
    assert found.quorum(date(2016, 7, 1)) == newer
    assert found.quorum(date(1999, 12, 31)) is None


def test_another_partnerships_rules_do_not_hold_here(partnership, elsewhere):
    theirs = make.QuorumRuleFactory(partnership=elsewhere, effective_from=date(2015, 1, 1))
    assert rules(partnership).quorum(date(2016, 1, 1)) != theirs
    assert rules(elsewhere).quorum(date(2016, 1, 1)) == theirs


def test_the_expectation_that_names_most_holds(partnership, agency_a, agency_b):
    since = date(2014, 1, 1)
    review, initial = MeetingKind.REVIEW, MeetingKind.INITIAL
    for agency, kind, expectation in (
        (None, review, Expectation.REPORT), (agency_a, "", Expectation.EITHER),
        (agency_a, review, Expectation.ATTEND),
    ):
        expect(by=None, partnership=partnership, agency=agency, kind=kind, expectation=expectation,
               effective_from=since)
    found, on = rules(partnership), date(2015, 1, 1)
    assert found.expectation(agency_a.pk, review, on) == Expectation.ATTEND
    assert found.expectation(agency_a.pk, initial, on) == Expectation.EITHER
    assert found.expectation(agency_b.pk, review, on) == Expectation.REPORT
    assert found.expectation(agency_b.pk, initial, on) == Expectation.BOTH
    assert found.expectation(agency_a.pk, review, date(2013, 12, 31)) == Expectation.BOTH


@pytest.mark.parametrize("kind", [MeetingKind.CORE_GROUP, MeetingKind.OUTSIDE])
def test_core_groups_are_to_be_attended_whatever_conferences_ask(partnership, agency_a, kind):
    expect(by=None, partnership=partnership, agency=agency_a, expectation=Expectation.REPORT,
           effective_from=date(2014, 1, 1))
    found = rules(partnership)
    assert found.expectation(agency_a.pk, kind, HELD) == Expectation.ATTEND
    assert found.expectation(agency_a.pk, MeetingKind.REVIEW, HELD) == Expectation.REPORT


@pytest.mark.parametrize(
    ("invited_on", "late"),
    [
        (date(2022, 5, 30), False),  # Tue 31, Wed 1, Mon 6, Tue 7, Wed 8: five working days
        (date(2022, 5, 31), True),  # the jubilee took two
        (date(2022, 6, 8), True),
        (date(2022, 6, 9), True),  # after the meeting
        (None, False),  # not known
    ],
)
def test_fewer_than_five_working_days_notice_is_late(partnership, invited_on, late):
    assert rules(partnership).invited_late(invited_on, HELD) is late


def test_the_notice_is_a_dated_local_setting(partnership):
    Timescale.objects.create(
        partnership=partnership, what=Timed.NOTICE, amount=2, unit=Unit.WORKING_DAYS,
        effective_from=HELD,
    )
    found = rules(partnership)
    assert found.invited_late(date(2022, 6, 6), HELD) is False
    assert found.invited_late(date(2022, 6, 7), HELD) is True
    assert found.invited_late(date(2022, 5, 31), date(2022, 6, 7)) is True  # the day before: five


def test_a_notice_in_weeks(partnership):
    Timescale.objects.filter(partnership=partnership, what=Timed.NOTICE).update(
        amount=1, unit=Unit.WEEKS
    )
    found = rules(partnership)
    assert found.invited_late(date(2022, 6, 1), HELD) is False
    assert found.invited_late(date(2022, 6, 2), HELD) is True


def test_a_partnership_without_rules_has_the_preset_limits(calendar):
    bare = rules(make.PartnershipFactory())
    assert bare.limit(Timed.INITIAL, HELD) == Limit(15, Unit.WORKING_DAYS)
    assert bare.expectation(1, MeetingKind.REVIEW, HELD) == Expectation.BOTH
    assert bare.quorum(HELD) is None


@pytest.mark.parametrize(
    ("limit", "start", "due"),
    [
        (Limit(15, Unit.WORKING_DAYS), date(2022, 5, 30), date(2022, 6, 22)),
        (Limit(10, Unit.WORKING_DAYS), date(2014, 12, 22), date(2015, 1, 8)),
        (Limit(3, Unit.MONTHS), date(2014, 11, 30), date(2015, 2, 28)),
        (Limit(6, Unit.MONTHS), date(2014, 8, 31), date(2015, 2, 28)),
        (Limit(6, Unit.WEEKS), date(2014, 12, 1), date(2015, 1, 12)),
    ],
)
def test_limits_end_on_the_last_day_in_time(calendar, limit, start, due):
    assert limit.due(start, calendar) == due
