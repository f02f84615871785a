"""Standings against a second, plain reckoning, on random people, rules and records.

The second reckoning asks the database row by row, day by day, straight from the definitions; it
shares no code with ``training.standing``.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from compliance.demo import factories as make
from partnership.models import StaffMember
from training.models import Course, Exemption, Requirement, TrainingRecord
from training.standing import open_book

ZERO = date(2012, 1, 1)
days = st.integers(0, 1500).map(lambda n: ZERO + timedelta(days=n))
sometimes = st.none() | days


# --- The second reckoning -------------------------------------------------------------------------


def months_later(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def stands_for(course: Course, wanted: Course, seen=()) -> bool:
    """Whether a course is another or covers it, perhaps through others."""
    if course == wanted:
        return True
    return any(
        stands_for(lower, wanted, (*seen, course))
        for lower in course.covers.all() if lower not in seen
    )


def counting(person: StaffMember, requirement: Requirement, on: date) -> list[TrainingRecord]:
    return [
        record for record in person.records.all()
        if record.confirmed_at and not record.replaced_at and record.completed_on <= on
        and (not record.course.counts_from or record.completed_on >= record.course.counts_from)
        and (not record.course.counts_until or record.completed_on < record.course.counts_until)
        and any(stands_for(record.course, wanted) for wanted in requirement.courses.all())
    ]


def counts_now(record: TrainingRecord, requirement: Requirement, on: date) -> bool:
    if requirement.hours:
        return on < months_later(record.completed_on, requirement.over_months)
    if requirement.valid_months and on >= months_later(record.completed_on, requirement.valid_months):
        return False
    return record.expires_on is None or on < record.expires_on


def meets(person: StaffMember, requirement: Requirement, on: date, known: date) -> bool:
    """Whether the records known on a day meet it on the same day or a later one."""
    valid = [r for r in counting(person, requirement, known) if counts_now(r, requirement, on)]
    if requirement.hours:
        return sum((r.course.hours for r in valid), Decimal(0)) >= requirement.hours
    return bool(valid)


def ever_met(person: StaffMember, requirement: Requirement, on: date) -> bool:
    if not requirement.hours:
        return bool(counting(person, requirement, on))
    ends = [record.completed_on for record in counting(person, requirement, on)]
    return any(meets(person, requirement, day, day) for day in ends)


def reckoned(person: StaffMember, requirement: Requirement, on: date) -> str:
    for exemption in person.exemptions.all():
        about = exemption.requirement in (None, requirement)
        if about and exemption.from_on <= on < exemption.until_on:
            return "exempt"
    if meets(person, requirement, on, known=on):
        in_90_days = on + timedelta(days=90)
        return "current" if meets(person, requirement, in_90_days, known=on) else "expiring"
    if ever_met(person, requirement, on):
        return "expired"
    inside = (on - person.started_on).days <= requirement.within_days
    return "not_yet_due" if inside else "never"


def reckoning(on: date, partnership) -> set[tuple[int, int, str]]:
    found = set()
    for person in StaffMember.objects.filter(agency__memberships__partnership=partnership):
        in_post = person.started_on <= on and (not person.left_on or on < person.left_on)
        for requirement in Requirement.objects.filter(partnership=partnership):
            in_force = requirement.effective_from <= on and (
                not requirement.effective_until or on < requirement.effective_until
            )
            if in_post and in_force and requirement.role_group == person.role_group:
                found.add((person.pk, requirement.pk, reckoned(person, requirement, on)))
    return found


# --- Random worlds --------------------------------------------------------------------------------

COURSES, PEOPLE = 4, 3
course = st.fixed_dictionaries({
    "hours": st.integers(0, 8), "valid_months": st.none() | st.integers(1, 40),
    "counts_from": st.none() | st.just(date(2012, 6, 1)),
    "counts_until": st.none() | st.just(date(2015, 1, 1)),
})
requirement = st.fixed_dictionaries({
    "courses": st.sets(st.integers(0, COURSES - 1), min_size=1, max_size=2),
    "hours": st.none() | st.integers(1, 12), "over_months": st.integers(6, 36),
    "within_days": st.sampled_from([0, 30, 180]), "valid_months": st.none() | st.integers(1, 30),
    "effective_from": st.just(ZERO) | days,
})
record = st.tuples(
    st.integers(0, PEOPLE - 1), st.integers(0, COURSES - 1), days,
    st.sampled_from(["counts"] * 5 + ["unconfirmed", "replaced"]),
)
world = st.fixed_dictionaries({
    "courses": st.lists(course, min_size=COURSES, max_size=COURSES),
    "covers": st.sets(st.tuples(st.integers(0, COURSES - 1), st.integers(0, COURSES - 1)), max_size=5),
    "requirements": st.lists(requirement, min_size=1, max_size=3),
    "started": st.lists(days, min_size=PEOPLE, max_size=PEOPLE),
    "left": st.lists(sometimes, min_size=PEOPLE, max_size=PEOPLE),
    "records": st.lists(record, max_size=12, unique_by=lambda r: r[:3]),
    "exempt": st.lists(st.tuples(st.integers(0, PEOPLE - 1), days, st.integers(1, 400),
                                 st.booleans()), max_size=2),
    "on": st.lists(days, min_size=2, max_size=3),
})


def build(w: dict):
    place = make.PartnershipFactory()
    agency = make.MembershipFactory(partnership=place).agency
    group = make.RoleGroupFactory()
    courses = [make.CourseFactory(**fields) for fields in w["courses"]]
    for upper, lower in w["covers"]:
        if upper != lower:
            courses[upper].covers.add(courses[lower])
    asked, seen = [], set()
    for fields in w["requirements"]:
        fields = fields | {"courses": [courses[n] for n in sorted(fields["courses"])]}
        if not fields["hours"]:
            fields["over_months"] = None
        alike = (tuple(fields["courses"]), fields["hours"], fields["over_months"])
        if alike not in seen:  # what is asked alike comes once: its own test
            seen.add(alike)
            asked.append(make.RequirementFactory(partnership=place, role_group=group, **fields))
    people = [
        make.StaffMemberFactory(
            agency=agency, role_group=group, started_on=started,
            left_on=left if left and left > started else None,
        )
        for started, left in zip(w["started"], w["left"], strict=True)
    ]
    TrainingRecord.objects.bulk_create(
        make.TrainingRecordFactory.build(
            staff_member=people[who], course=courses[what], completed_on=on,
            **{"counts": {}, "unconfirmed": {"confirmed_at": None},
               "replaced": {"replaced_at": "2016-01-01T00:00Z", "replaced_reason": "x"}}[state],
        )
        for who, what, on, state in w["records"]
    )
    Exemption.objects.bulk_create(
        make.ExemptionFactory.build(
            staff_member=people[who], from_on=on, until_on=on + timedelta(days=length),
            requirement=asked[0] if one else None,
        )
        for who, on, length, one in w["exempt"]
    )
    return place


def asked_alike(place) -> bool:
    """Two requirements that the courses' covers make into one question."""
    book = open_book(StaffMember.objects.none(), place.pk)
    keys = [
        (book.accepted[r.pk], r.hours, r.over_months, r.valid_months)
        for group in book.requirements.values() for r in group
    ]
    return len(keys) != len(set(keys))


@pytest.mark.django_db
@given(world)
def test_standings_equal_the_second_reckoning(w):
    with transaction.atomic():
        place = build(w)
        staff = StaffMember.objects.filter(agency__memberships__partnership=place)
        book = open_book(staff, place.pk)
        alike = asked_alike(place)
        for on in w["on"]:
            found = {(row.person.pk, row.requirement.pk, str(row.standing))
                     for row in book.standings(on)}
            expected = reckoning(on, place)
            assert found <= expected if alike else found == expected, on
        transaction.set_rollback(True)
