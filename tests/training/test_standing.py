"""Where a person is with a requirement on a day: each rule at its boundary."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from dateutil.relativedelta import relativedelta
from django.core.exceptions import ValidationError
from django.utils import timezone

from compliance.demo import factories as make
from partnership.models import StaffMember
from training import actions
from training.choices import BESIDE, IN_DATE, Standing
from training.models import Course, TrainingRecord
from training.standing import TrainingBook, closure, expiry_by_hours, open_book

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
START = date(2010, 4, 1)


@pytest.fixture
def asked(partnership, staff_a, role_group):
    """Bob is asked for one course, within 180 days of starting."""
    course = make.CourseFactory(code="CPC")
    requirement = make.RequirementFactory(
        partnership=partnership, role_group=role_group, courses=[course], within_days=180
    )
    return SimpleNamespace(
        person=staff_a, course=course, requirement=requirement, partnership=partnership
    )


def done(person, course, completed_on, **fields) -> TrainingRecord:
    return make.TrainingRecordFactory(
        staff_member=person, course=course, completed_on=completed_on, **fields
    )


def book(asked, partnership_id=None) -> TrainingBook:
    return open_book(StaffMember.objects.filter(pk=asked.person.pk), *filter(None, [partnership_id]))


def standing(asked, on: date) -> Standing | None:
    """The one standing of the one person; None when nothing is asked of them."""
    rows = list(book(asked).standings(on))
    assert len(rows) <= 1
    return rows[0].standing if rows else None


# --- Expiry ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2012, 3, 31), Standing.NEVER),  # the record is not yet made
        (date(2012, 4, 1), Standing.CURRENT),
        (date(2014, 12, 31), Standing.CURRENT),  # 91 days before
        (date(2015, 1, 1), Standing.EXPIRING),  # 90 days before
        (date(2015, 3, 31), Standing.EXPIRING),
        (date(2015, 4, 1), Standing.EXPIRED),
    ],
)
def test_a_record_of_1_april_2012_counts_on_31_march_2015_and_not_on_1_april(asked, on, expected):
    record = done(asked.person, asked.course, date(2012, 4, 1))
    assert record.expires_on == date(2015, 4, 1)
    assert standing(asked, on) == expected


@pytest.mark.parametrize(
    ("completed_on", "months", "expires_on"),
    [
        (date(2012, 2, 29), 12, date(2013, 2, 28)),
        (date(2012, 2, 29), 48, date(2016, 2, 29)),
        (date(2012, 8, 31), 6, date(2013, 2, 28)),
        (date(2012, 12, 31), 2, date(2013, 2, 28)),
        (date(2012, 2, 28), 12, date(2013, 2, 28)),
        (date(2012, 4, 1), 36, date(2015, 4, 1)),
        (date(2012, 4, 1), None, None),
    ],
)
def test_expiry_of_a_day_that_the_month_lacks_is_the_months_last(completed_on, months, expires_on):
    assert make.CourseFactory.build(valid_months=months).expiry(completed_on) == expires_on


def test_29_february_counts_to_the_day_before_its_expiry(asked):
    Course.objects.filter(pk=asked.course.pk).update(valid_months=12)
    asked.course.refresh_from_db()
    done(asked.person, asked.course, date(2012, 2, 29))
    assert standing(asked, date(2013, 2, 27)) == Standing.EXPIRING
    assert standing(asked, date(2013, 2, 28)) == Standing.EXPIRED


def test_what_never_expires_counts_for_ever(asked):
    done(asked.person, asked.course, date(2011, 1, 1), expires_on=None)
    [row] = book(asked).standings(date(2099, 1, 1))
    assert row.standing == Standing.CURRENT
    assert row.expires_on is None
    assert row.met and row.due


def test_the_latest_expiry_counts_not_the_latest_record(asked):
    done(asked.person, asked.course, date(2012, 1, 1), expires_on=date(2020, 1, 1))
    done(asked.person, asked.course, date(2013, 1, 1), expires_on=date(2014, 1, 1))
    [row] = book(asked).standings(date(2015, 1, 1))
    assert (row.standing, row.expires_on) == (Standing.CURRENT, date(2020, 1, 1))


def test_a_later_record_does_not_count_for_an_earlier_day(asked):
    done(asked.person, asked.course, date(2011, 1, 1), expires_on=date(2012, 1, 1))
    done(asked.person, asked.course, date(2013, 1, 1))
    assert standing(asked, date(2012, 6, 1)) == Standing.EXPIRED
    assert standing(asked, date(2013, 1, 1)) == Standing.CURRENT


def test_an_expiry_is_kept_as_it_was_worked_out_when_the_course_changes(asked):
    done(asked.person, asked.course, date(2012, 4, 1))
    Course.objects.filter(pk=asked.course.pk).update(valid_months=12)
    assert standing(asked, date(2014, 1, 1)) == Standing.CURRENT


def test_a_requirement_shortens_the_validity_and_never_lengthens_it(asked):
    done(asked.person, asked.course, date(2012, 4, 1))  # 36 months
    for months, last in ((24, date(2014, 3, 31)), (60, date(2015, 3, 31))):
        asked.requirement.valid_months = months
        asked.requirement.save()
        assert standing(asked, last) in IN_DATE, months
        assert standing(asked, last + DAY) == Standing.EXPIRED, months


def test_a_requirement_gives_an_expiry_to_what_never_expires(asked):
    done(asked.person, asked.course, date(2012, 4, 1), expires_on=None)
    asked.requirement.valid_months = 12
    asked.requirement.save()
    assert standing(asked, date(2013, 3, 31)) == Standing.EXPIRING
    assert standing(asked, date(2013, 4, 1)) == Standing.EXPIRED


# --- The starter's window -------------------------------------------------------------------------


def test_a_starter_is_not_yet_due_until_the_windows_last_day_and_never_the_day_after(asked):
    last = START + timedelta(days=180)
    assert standing(asked, START) == Standing.NOT_YET_DUE
    assert standing(asked, last) == Standing.NOT_YET_DUE
    assert standing(asked, last + DAY) == Standing.NEVER


def test_a_starter_of_1_october_has_until_30_march(asked):
    StaffMember.objects.filter(pk=asked.person.pk).update(started_on=date(2014, 10, 1))
    assert standing(asked, date(2015, 3, 30)) == Standing.NOT_YET_DUE
    assert standing(asked, date(2015, 3, 31)) == Standing.NEVER


def test_a_starter_whose_record_has_expired_inside_the_window_is_expired(asked):
    done(asked.person, asked.course, date(2009, 1, 1), expires_on=START + 10 * DAY)
    assert standing(asked, START + 9 * DAY) == Standing.EXPIRING
    assert standing(asked, START + 10 * DAY) == Standing.EXPIRED


def test_without_a_window_a_starter_is_due_the_day_after_starting(asked):
    asked.requirement.within_days = 0
    asked.requirement.save()
    assert standing(asked, START) == Standing.NOT_YET_DUE
    assert standing(asked, START + DAY) == Standing.NEVER


# --- Who counts, and which records ----------------------------------------------------------------


def test_people_count_from_their_first_day_to_the_day_before_they_left(asked):
    left = date(2014, 6, 1)
    StaffMember.objects.filter(pk=asked.person.pk).update(left_on=left)
    assert standing(asked, START - DAY) is None
    assert standing(asked, START) is not None
    assert standing(asked, left - DAY) == Standing.NEVER
    assert standing(asked, left) is None


def test_exempt_people_stand_beside_from_the_first_day_to_the_day_before_the_end(asked):
    make.ExemptionFactory(
        staff_member=asked.person, from_on=date(2014, 4, 1), until_on=date(2015, 4, 1)
    )
    for on, expected in (
        (date(2014, 3, 31), Standing.NEVER), (date(2014, 4, 1), Standing.EXEMPT),
        (date(2015, 3, 31), Standing.EXEMPT), (date(2015, 4, 1), Standing.NEVER),
    ):
        assert standing(asked, on) == expected, on
    [row] = book(asked).standings(date(2015, 1, 1))
    assert not row.due and not row.met


def test_an_exemption_from_one_requirement_leaves_the_others(asked, role_group):
    other = make.RequirementFactory(partnership=asked.partnership, role_group=role_group)
    make.ExemptionFactory(staff_member=asked.person, requirement=other)
    by_requirement = {row.requirement: row.standing for row in book(asked).standings(date(2015, 1, 1))}
    assert by_requirement == {other: Standing.EXEMPT, asked.requirement: Standing.NEVER}


@pytest.mark.parametrize(
    ("fields", "counts"),
    [
        ({}, True),
        ({"confirmed_at": None}, False),
        ({"replaced_at": timezone.now(), "replaced_reason": "Wrong course."}, False),
    ],
)
def test_only_confirmed_and_not_replaced_records_count(asked, fields, counts):
    done(asked.person, asked.course, date(2014, 1, 1), **fields)
    expected = Standing.CURRENT if counts else Standing.NEVER
    assert standing(asked, date(2014, 6, 1)) == expected


@pytest.mark.parametrize(
    ("completed_on", "counts"),
    [
        (date(2012, 12, 31), False), (date(2013, 1, 1), True),
        (date(2013, 12, 31), True), (date(2014, 1, 1), False),
    ],
)
def test_a_course_counts_when_completed_between_its_dates(asked, completed_on, counts):
    Course.objects.filter(pk=asked.course.pk).update(
        counts_from=date(2013, 1, 1), counts_until=date(2014, 1, 1)
    )
    asked.course.refresh_from_db()
    assert asked.course.counts_on(completed_on) is counts
    done(asked.person, asked.course, completed_on)
    expected = Standing.CURRENT if counts else Standing.NEVER
    assert standing(asked, date(2014, 6, 1)) == expected


def test_other_peoples_records_and_exemptions_do_not_count(asked, staff_a2):
    done(staff_a2, asked.course, date(2014, 1, 1))
    make.ExemptionFactory(staff_member=staff_a2)
    assert standing(asked, date(2014, 6, 1)) == Standing.NEVER


# --- Covering and alternatives --------------------------------------------------------------------


def test_covers_reach_through_and_cycles_end(asked):
    level3 = make.CourseFactory(code="L3")
    level2 = make.CourseFactory(code="L2", covers=[asked.course])
    level3.covers.set([level2])
    asked.course.covers.set([level3])  # a circle, by somebody's mistake
    done(asked.person, level3, date(2014, 1, 1))
    assert standing(asked, date(2014, 6, 1)) == Standing.CURRENT


def test_covering_goes_one_way(asked):
    lower = make.CourseFactory(code="L1")
    asked.course.covers.set([lower])
    done(asked.person, lower, date(2014, 1, 1))
    assert standing(asked, date(2014, 6, 1)) == Standing.NEVER


def test_closure_of_a_chain_a_diamond_and_a_circle():
    assert closure([(3, 2), (2, 1)]) == {2: {3}, 1: {2, 3}}
    assert closure([(4, 2), (4, 3), (2, 1), (3, 1)])[1] == {2, 3, 4}
    assert closure([(1, 2), (2, 1)]) == {1: {1, 2}, 2: {1, 2}}
    assert closure([]) == {}


def test_any_one_of_several_courses_meets_a_requirement(asked):
    other, third = make.CourseFactory(), make.CourseFactory()
    asked.requirement.courses.add(other)
    done(asked.person, third, date(2014, 1, 1))
    assert standing(asked, date(2014, 6, 1)) == Standing.NEVER
    done(asked.person, other, date(2014, 1, 1))
    assert standing(asked, date(2014, 6, 1)) == Standing.CURRENT


# --- Hours over a rolling period ------------------------------------------------------------------


@pytest.fixture
def by_hours(asked):
    """Bob is asked for 12 hours over three years; the course has 3 hours, another 6."""
    asked.requirement.hours, asked.requirement.over_months = Decimal(12), 36
    asked.requirement.save()
    asked.long = make.CourseFactory(hours=6)
    asked.requirement.courses.add(asked.long)
    return asked


def test_hours_add_up_over_the_rolling_period(by_hours):
    done(by_hours.person, by_hours.long, date(2012, 1, 1))
    done(by_hours.person, by_hours.course, date(2013, 1, 1))
    assert standing(by_hours, date(2013, 6, 1)) == Standing.NEVER  # 9 hours
    done(by_hours.person, by_hours.course, date(2014, 1, 1))
    assert standing(by_hours, date(2013, 12, 31)) == Standing.NEVER
    assert standing(by_hours, date(2014, 1, 1)) == Standing.CURRENT  # 12 hours
    assert standing(by_hours, date(2014, 12, 31)) == Standing.EXPIRING
    assert standing(by_hours, date(2015, 1, 1)) == Standing.EXPIRED  # the first 6 have left


def test_hours_too_far_apart_never_added_up(by_hours):
    done(by_hours.person, by_hours.long, date(2011, 1, 1))
    done(by_hours.person, by_hours.long, date(2014, 1, 1))  # the day the first leaves the period
    assert standing(by_hours, date(2014, 6, 1)) == Standing.NEVER
    done(by_hours.person, by_hours.long, date(2013, 12, 31))
    assert standing(by_hours, date(2014, 6, 1)) == Standing.CURRENT


def test_hours_that_once_sufficed_and_were_not_renewed_are_expired(by_hours):
    done(by_hours.person, by_hours.long, date(2010, 6, 1))
    done(by_hours.person, by_hours.long, date(2010, 7, 1))
    done(by_hours.person, by_hours.course, date(2014, 1, 1))
    assert standing(by_hours, date(2013, 5, 31)) == Standing.EXPIRING
    assert standing(by_hours, date(2014, 6, 1)) == Standing.EXPIRED


def test_an_hour_short_is_not_enough(by_hours):
    Course.objects.filter(pk=by_hours.long.pk).update(hours=Decimal("5.75"))
    done(by_hours.person, by_hours.long, date(2013, 1, 1))
    done(by_hours.person, by_hours.long, date(2013, 2, 1))
    assert standing(by_hours, date(2013, 6, 1)) == Standing.NEVER
    Course.objects.filter(pk=by_hours.long.pk).update(hours=Decimal(6))
    assert standing(by_hours, date(2013, 6, 1)) == Standing.CURRENT


def test_hours_of_other_courses_do_not_count(by_hours):
    done(by_hours.person, make.CourseFactory(hours=100), date(2013, 1, 1))
    assert standing(by_hours, date(2013, 6, 1)) == Standing.NEVER


def test_no_records_are_no_hours():
    assert expiry_by_hours([], Decimal(1), 12) is None


# --- What is asked, and of whom -------------------------------------------------------------------


def test_a_requirement_is_asked_from_its_first_day_to_the_day_before_its_end(asked):
    asked.requirement.effective_from = date(2013, 1, 1)
    asked.requirement.effective_until = date(2014, 1, 1)
    asked.requirement.save()
    assert standing(asked, date(2012, 12, 31)) is None
    assert standing(asked, date(2013, 1, 1)) == Standing.NEVER
    assert standing(asked, date(2013, 12, 31)) == Standing.NEVER
    assert standing(asked, date(2014, 1, 1)) is None


def test_other_role_groups_are_not_asked(asked):
    StaffMember.objects.filter(pk=asked.person.pk).update(role_group=make.RoleGroupFactory())
    assert standing(asked, date(2014, 1, 1)) is None


def test_other_partnerships_do_not_ask(asked, elsewhere, role_group):
    make.RequirementFactory(partnership=elsewhere, role_group=role_group)
    assert [row.requirement for row in book(asked).standings(date(2014, 1, 1))] == [
        asked.requirement
    ]


def test_an_agencys_own_requirement_is_asked_of_its_people_and_its_parts(
    asked, agency_a, agency_b, staff_b, role_group
):
    own = make.RequirementFactory(partnership=None, agency=agency_a, role_group=role_group)
    on = date(2014, 1, 1)
    assert {row.requirement for row in book(asked).standings(on)} == {asked.requirement, own}
    of_b = open_book(StaffMember.objects.filter(pk=staff_b.pk))
    assert [row.requirement for row in of_b.standings(on)] == [asked.requirement]
    agency_b.parent = agency_a
    agency_b.save()
    of_b = open_book(StaffMember.objects.filter(pk=staff_b.pk))
    assert {row.requirement for row in of_b.standings(on)} == {asked.requirement, own}


@pytest.fixture
def shared(asked, elsewhere, agency_a, role_group):
    """Agency A is in Southmere too, which asks the same course and one more."""
    make.MembershipFactory(partnership=elsewhere, agency=agency_a, code="CSCN")
    asked.elsewhere = elsewhere
    asked.alike = make.RequirementFactory(
        partnership=elsewhere, role_group=role_group, courses=[asked.course], within_days=180,
        effective_from=date(2001, 1, 1),
    )
    asked.more = make.RequirementFactory(partnership=elsewhere, role_group=role_group)
    return asked


def requirements(book: TrainingBook) -> list[int]:
    return [row.requirement.pk for row in book.standings(date(2014, 1, 1))]


def test_what_two_partnerships_ask_alike_is_due_once(shared):
    assert set(requirements(book(shared))) == {shared.requirement.pk, shared.more.pk}
    assert requirements(book(shared, shared.partnership.pk)) == [shared.requirement.pk]
    assert set(requirements(book(shared, shared.elsewhere.pk))) == {shared.alike.pk, shared.more.pk}


def test_people_who_work_for_one_partnership_are_asked_by_that_one_only(shared):
    StaffMember.objects.filter(pk=shared.person.pk).update(works_for=shared.elsewhere)
    assert set(requirements(book(shared))) == {shared.alike.pk, shared.more.pk}
    assert requirements(book(shared, shared.partnership.pk)) == []
    StaffMember.objects.filter(pk=shared.person.pk).update(works_for=shared.partnership)
    assert requirements(book(shared)) == [shared.requirement.pk]
    assert requirements(book(shared, shared.elsewhere.pk)) == []


def test_people_of_one_partnership_count_in_it_only(shared, staff_a2):
    StaffMember.objects.filter(pk=shared.person.pk).update(works_for=shared.elsewhere)
    staff = StaffMember.objects.filter(pk__in=[shared.person.pk, staff_a2.pk])
    assert set(staff.counting_in(shared.partnership.pk)) == {staff_a2}
    assert set(staff.counting_in(shared.elsewhere.pk)) == {shared.person, staff_a2}


def test_a_stricter_validity_is_not_the_same_question(shared):
    """The agency itself asks for the course every year, the partnership every three years."""
    strict = make.RequirementFactory(
        partnership=None, agency=shared.person.agency, role_group=shared.person.role_group,
        courses=[shared.course], within_days=180, valid_months=12, effective_from=date(2001, 1, 1),
    )
    assert strict.pk in requirements(book(shared))


# --- Conference duty ------------------------------------------------------------------------------


def test_trained_for_duty_on_a_day(asked):
    assert book(asked).trained_for_duty(asked.person, date(2014, 1, 1)) is None
    Course.objects.filter(pk=asked.course.pk).update(conference_duty=True)
    done(asked.person, asked.course, date(2012, 4, 1))
    found = book(asked)
    assert found.trained_for_duty(asked.person, date(2012, 3, 31)) is False
    assert found.trained_for_duty(asked.person, date(2012, 4, 1)) is True
    assert found.trained_for_duty(asked.person, date(2015, 3, 31)) is True
    assert found.trained_for_duty(asked.person, date(2015, 4, 1)) is False


def test_the_starters_window_is_no_excuse_for_duty(asked):
    Course.objects.filter(pk=asked.course.pk).update(conference_duty=True)
    assert standing(asked, START + DAY) == Standing.NOT_YET_DUE
    assert book(asked).trained_for_duty(asked.person, START + DAY) is False


def test_every_duty_requirement_must_be_met_and_others_do_not_matter(asked, role_group):
    Course.objects.filter(pk=asked.course.pk).update(conference_duty=True)
    done(asked.person, asked.course, date(2013, 1, 1))
    make.RequirementFactory(partnership=asked.partnership, role_group=role_group)
    assert book(asked).trained_for_duty(asked.person, date(2014, 1, 1)) is True
    second = make.CourseFactory(conference_duty=True)
    make.RequirementFactory(
        partnership=asked.partnership, role_group=role_group, courses=[second]
    )
    assert book(asked).trained_for_duty(asked.person, date(2014, 1, 1)) is False
    done(asked.person, second, date(2013, 1, 1))
    assert book(asked).trained_for_duty(asked.person, date(2014, 1, 1)) is True


# --- Queries --------------------------------------------------------------------------------------


@pytest.mark.parametrize("people", [1, 30])
def test_a_book_takes_eight_queries_whatever_it_holds(
    asked, agency_a, role_group, people, django_assert_num_queries
):
    for _ in range(people - 1):
        person = make.StaffMemberFactory(agency=agency_a, role_group=role_group)
        done(person, asked.course, date(2014, 1, 1))
        make.ExemptionFactory(staff_member=person, requirement=asked.requirement)
        make.RequirementFactory(partnership=asked.partnership, role_group=role_group)
    with django_assert_num_queries(8):
        found = open_book(StaffMember.objects.filter(agency=agency_a))
    with django_assert_num_queries(0):
        rows = list(found.standings(date(2014, 6, 1)))
        assert len(rows) == people * people
        assert {row.person.agency.name for row in rows} == {"Northwold Social Care"}


def test_beside_is_neither_due_nor_met():
    assert not BESIDE & IN_DATE


# --- Corrections ----------------------------------------------------------------------------------


def test_a_correction_keeps_what_was_there_and_the_reason(asked, alice):
    record = done(asked.person, asked.course, date(2012, 4, 1))
    new = actions.correct_record(
        by=alice, training_record=record, reason=" Misread the register. ",
        completed_on=date(2013, 4, 1),
    )
    record.refresh_from_db()
    assert (record.completed_on, record.expires_on) == (date(2012, 4, 1), date(2015, 4, 1))
    assert record.replaced_by == alice
    assert record.replaced_reason == "Misread the register."
    assert new.corrects == record
    assert new.expires_on == date(2013, 4, 1) + relativedelta(months=36)
    assert standing(asked, date(2015, 4, 1)) == Standing.CURRENT
    assert TrainingRecord.objects.filter(staff_member=asked.person).counting().get() == new


def test_a_record_is_corrected_once_then_its_correction_is(asked, alice):
    record = done(asked.person, asked.course, date(2012, 4, 1))
    wrong = {"by": alice, "reason": "A slip.", "completed_on": date(2013, 4, 1)}
    new = actions.correct_record(training_record=record, **wrong)
    with pytest.raises(ValidationError, match="already been corrected"):
        actions.correct_record(training_record=record, **wrong)
    again = actions.correct_record(
        by=alice, training_record=new, reason="Another.", completed_on=date(2012, 4, 1)
    )
    assert again.corrects == new  # back to the first day: the replaced record does not stand in the way


def test_a_refused_correction_leaves_the_record_counting(asked, alice):
    record = done(asked.person, asked.course, date(2012, 4, 1))
    done(asked.person, asked.course, date(2013, 4, 1))
    with pytest.raises(ValidationError, match="already has a record"):
        actions.correct_record(
            by=alice, training_record=record, reason="A slip.", completed_on=date(2013, 4, 1)
        )
    record.refresh_from_db()
    assert record.replaced_at is None


def test_what_people_log_for_themselves_counts_once_their_lead_confirms_it(asked, alice, bob):
    record = actions.log_training(
        by=bob, staff_member=asked.person, course=asked.course, completed_on=date(2013, 4, 1),
        confirmed=False,
    )
    assert standing(asked, date(2014, 1, 1)) == Standing.NEVER
    assert list(TrainingRecord.objects.filter(staff_member=asked.person).to_confirm()) == [record]
    with pytest.raises(ValidationError, match="your own training"):
        actions.confirm_training(by=bob, training_record=record)
    actions.confirm_training(by=alice, training_record=record)
    assert standing(asked, date(2014, 1, 1)) == Standing.CURRENT
    with pytest.raises(ValidationError, match="Already confirmed"):
        actions.confirm_training(by=alice, training_record=record)


def test_a_completion_of_today_is_logged_and_one_of_tomorrow_refused(asked, alice):
    today = timezone.localdate()
    what = {"by": alice, "staff_member": asked.person, "course": asked.course}
    with pytest.raises(ValidationError, match="in the future"):
        actions.log_training(completed_on=today + DAY, **what)
    assert actions.log_training(completed_on=today, **what).confirmed_by == alice


def test_a_renewal_never_overwrites_and_the_same_again_is_refused(asked, alice):
    what = {"by": alice, "staff_member": asked.person, "course": asked.course}
    actions.log_training(completed_on=date(2012, 4, 1), **what)
    with pytest.raises(ValidationError, match="already has a record"):
        actions.log_training(completed_on=date(2012, 4, 1), **what)
    actions.log_training(completed_on=date(2014, 4, 1), **what)
    assert TrainingRecord.objects.filter(staff_member=asked.person).counting().count() == 2
