"""Make the neighbours: chosen by a seeded die, so that every trial has the same year in it."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from compliance.demo.factories import StaffMemberFactory, TrainingRecordFactory, start_afresh
from compliance.demo.meetings import make_year
from compliance.demo.places import (
    FROM_ON,
    REQUIREMENTS,
    TRUST,
    TRUST_PARTS,
    UNTIL_ON,
    Neighbour,
    Service,
)
from compliance.folder import open_partnership
from conferences.actions import expect
from conferences.presets import SINCE
from partnership.actions import add_agency, group_agencies, import_staff, share_agency
from partnership.choices import Sector
from partnership.models import Agency, Partnership, RoleGroup, StaffMember
from training.actions import add_requirement, import_records
from training.models import Course, TrainingRecord

TRAINED = {"CPC": 0.78, "UNI": 0.92}  # of people, how many ever did the course
EARLIEST_START, LATEST_START = date(2006, 1, 9), date(2015, 1, 12)
OLDEST_RECORD = date(2011, 4, 1)


def make_trust() -> None:
    """The health trust as the parent of its services; a grant on it reaches them all."""
    if not Agency.objects.filter(name=TRUST).exists():
        parts = Agency.objects.filter(name__in=TRUST_PARTS)
        group_agencies(by=None, name=TRUST, sector=Sector.HEALTH_COMMUNITY, parts=parts)


def make_neighbour(place: Neighbour) -> Partnership:
    """A partnership with its agencies, people, training and meetings; nothing when it is there."""
    found = Partnership.objects.filter(code=place.code).first()
    if found:
        return found
    start_afresh(place.seed)
    dice = Random(place.seed)
    partnership = open_partnership(
        None, place.code, place.name, label=place.label, subgroup_label=place.subgroup_label
    )
    agencies = {service.code: add_service(partnership, service) for service in place.services}
    courses = {course.code: course for course in Course.objects.all()}
    groups = {group.code: group for group in RoleGroup.objects.all()}
    for group, course, days, since in REQUIREMENTS:
        add_requirement(
            by=None, partnership=partnership, role_group=groups[group], courses=[courses[course]],
            within_days=days, effective_from=since,
        )
    people = hire(place, partnership, agencies, groups, dice)
    import_records(by=None, new=[r for person in people for r in train(person, courses, dice)])
    make_year(partnership, agencies, people, dice)
    return partnership


def add_service(partnership: Partnership, service: Service) -> Agency:
    """Make an agency, or share the one that is there: always a deliberate act."""
    where = {"by": None, "partnership": partnership}
    if service.shared:
        agency = Agency.objects.get(name=service.name)
        share_agency(**where, agency=agency, code=service.code)
    else:
        agency = add_agency(
            **where, code=service.code, name=service.name, sector=service.sector
        ).agency
    expect(**where, agency=agency, expectation=service.expectation, effective_from=SINCE)
    return agency


def hire(
    place: Neighbour, partnership: Partnership, agencies: dict[str, Agency],
    groups: dict[str, RoleGroup], dice: Random,
) -> list[StaffMember]:
    """The people of every agency; those of a shared one work for this partnership alone."""
    people = [
        one_person(place, partnership, service, agencies[service.code], groups, number, dice)
        for service in place.services
        for number in range(1, service.people + 1)
    ]
    for person, (first_name, last_name) in zip(people[::20], place.names, strict=False):
        person.first_name, person.last_name = first_name, last_name
    import_staff(by=None, new=people)
    return people


def one_person(
    place: Neighbour, partnership: Partnership, service: Service, agency: Agency,
    groups: dict[str, RoleGroup], number: int, dice: Random,
) -> StaffMember:
    job_title = dice.choice(service.jobs)
    managing = "manager" in job_title.lower() or "leader" in job_title.lower()
    group = "manager" if managing else dice.choices(
        ("conference_practitioner", "regular_contact"), (4, 1)
    )[0]
    started_on = some_day(EARLIEST_START, LATEST_START, dice)
    left_on = some_day(FROM_ON, UNTIL_ON, dice) if dice.random() < 0.08 else None
    return StaffMemberFactory.build(
        agency=agency, role_group=groups[group], job_title=job_title, started_on=started_on,
        reference=f"{place.code}-{service.code}-{number:02d}",
        work_email=f"{service.code.lower()}.{number:02d}@{place.code.lower()}.example.org",
        left_on=left_on if left_on and left_on > started_on else None,
        works_for=partnership if service.shared else None,
    )


def train(person: StaffMember, courses: dict[str, Course], dice: Random) -> list[TrainingRecord]:
    """What a person has completed: some never did a course, and some let it run out."""
    last = min(person.left_on or UNTIL_ON, UNTIL_ON)
    first = max(person.started_on, OLDEST_RECORD)
    return [
        TrainingRecordFactory.build(
            staff_member=person, course=courses[code], completed_on=some_day(first, last, dice)
        )
        for code, share in TRAINED.items()
        if first < last and dice.random() < share
    ]


def some_day(first: date, last: date, dice: Random) -> date:
    return first + timedelta(days=dice.randrange((last - first).days + 1))
