"""Where each person is with each requirement on a day: the one definition behind every figure.

A ``TrainingBook`` is read from the database at a fixed number of queries, whatever it holds, for one
agency, one partnership or all; standings on any day are then reckoned from it without the database.

Which rule wins: a person's expiry is the **latest of the expiries of the records completed on or
before the day**, of the requirement's courses or of courses that cover them, each expiry kept as it
was worked out when the record was logged (or shortened by the requirement).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from dateutil.relativedelta import relativedelta
from django.db.models import F, Q

from partnership.models import Membership, StaffMember
from partnership.querysets import StaffQuerySet
from training.choices import BESIDE, EXPIRING_WITHIN_DAYS, IN_DATE, Standing
from training.models import Course, Exemption, Requirement, TrainingRecord, last_day_to_start
from training.querysets import RequirementQuerySet

NO_EXPIRY = date.max


class Done(NamedTuple):
    """A counting record: what, when, until when (date.max: for ever), how many hours."""

    course_id: int
    completed_on: date
    expires_on: date
    hours: Decimal


class Row(NamedTuple):
    """A person's standing for a requirement on the day asked."""

    person: StaffMember
    requirement: Requirement
    standing: Standing
    expires_on: date | None

    @property
    def due(self) -> bool:
        """In the total: neither exempt nor not yet due."""
        return self.standing not in BESIDE

    @property
    def met(self) -> bool:
        return self.standing in IN_DATE


@dataclass
class TrainingBook:
    """People, what is asked of them and what they have done; knows the standing on any day."""

    people: list[StaffMember]
    requirements: dict[int, list[Requirement]]  # by role group
    accepted: dict[int, frozenset[int]]  # by requirement: courses that meet it
    for_duty: frozenset[int]  # requirements of courses that cover conference duties
    done: dict[int, list[Done]] = field(default_factory=dict)  # by person
    exemptions: dict[int, list[Exemption]] = field(default_factory=dict)  # by person
    memberships: dict[int, set[int]] = field(default_factory=dict)  # partnerships by agency

    def standings(self, on: date) -> Iterator[Row]:
        """Every person in post on the day, for every requirement in force: each asked once."""
        for person in self.people:
            if person.started_on <= on and (person.left_on is None or person.left_on > on):
                for requirement in self.asked_of(person, on):
                    yield Row(person, requirement, *self.standing(person, requirement, on))

    def asked_of(self, person: StaffMember, on: date) -> Iterator[Requirement]:
        """The requirements in force for a person; what several partnerships ask alike comes once."""
        seen = set()
        for requirement in self.requirements.get(person.role_group_id, ()):
            alike = (
                self.accepted[requirement.pk], requirement.hours, requirement.over_months,
                requirement.valid_months,
            )
            if requirement.asked_on(on) and alike not in seen and self._concerns(person, requirement):
                seen.add(alike)
                yield requirement

    def _concerns(self, person: StaffMember, requirement: Requirement) -> bool:
        if requirement.agency_id:
            return requirement.agency_id in (person.agency_id, person.agency.parent_id)
        if person.works_for_id:
            return requirement.partnership_id == person.works_for_id
        return requirement.partnership_id in self.memberships.get(person.agency_id, ())

    def standing(
        self, person: StaffMember, requirement: Requirement, on: date
    ) -> tuple[Standing, date | None]:
        """The standing and the expiry that it rests on, of a person for a requirement on a day."""
        if any(self._exempts(e, requirement, on) for e in self.exemptions.get(person.pk, ())):
            return Standing.EXEMPT, None
        expires_on = self.expiry(person.pk, requirement, on)
        if expires_on is None:
            inside = on <= last_day_to_start(person.started_on, requirement.within_days)
            return (Standing.NOT_YET_DUE if inside else Standing.NEVER), None
        return standing_by_expiry(expires_on, on), (None if expires_on == NO_EXPIRY else expires_on)

    def _exempts(self, exemption: Exemption, requirement: Requirement, on: date) -> bool:
        concerns = exemption.requirement_id in (None, requirement.pk)
        return concerns and exemption.holds_on(on)

    def expiry(self, person_id: int, requirement: Requirement, on: date) -> date | None:
        """The first day on which the person no longer meets it; None when nothing was ever done."""
        accepted = self.accepted[requirement.pk]
        done = [
            record for record in self.done.get(person_id, ())
            if record.completed_on <= on and record.course_id in accepted
        ]
        if requirement.hours:
            return expiry_by_hours(done, requirement.hours, requirement.over_months)
        return max((self._expiry_of(record, requirement) for record in done), default=None)

    def _expiry_of(self, record: Done, requirement: Requirement) -> date:
        if not requirement.valid_months:
            return record.expires_on
        shortened = record.completed_on + relativedelta(months=requirement.valid_months)
        return min(record.expires_on, shortened)

    def trained_for_duty(self, person: StaffMember, on: date) -> bool | None:
        """Current, on a meeting's day, for every conference-duty requirement of their role group.

        The starter's window is no excuse here. None: no such requirement applies to them.
        """
        asked = [r for r in self.asked_of(person, on) if r.pk in self.for_duty]
        if not asked:
            return None
        expiries = (self.expiry(person.pk, requirement, on) for requirement in asked)
        return all(expires_on is not None and expires_on > on for expires_on in expiries)


def standing_by_expiry(expires_on: date, on: date) -> Standing:
    """The expiry is the first day that no longer counts; expiring is current, within 90 days."""
    if expires_on <= on:
        return Standing.EXPIRED
    if expires_on <= on + timedelta(days=EXPIRING_WITHIN_DAYS):
        return Standing.EXPIRING
    return Standing.CURRENT


def expiry_by_hours(done: list[Done], hours: Decimal, over_months: int) -> date | None:
    """The first day on which the hours of the rolling period fall below what is asked.

    The newest run of records that held enough hours within one period counts; it ends when its
    oldest record leaves the period. None when no period ever held enough.
    """
    newest_first = sorted(done, key=lambda record: record.completed_on, reverse=True)
    for start, newest in enumerate(newest_first):
        gathered = Decimal(0)
        for record in newest_first[start:]:
            ends_on = record.completed_on + relativedelta(months=over_months)
            if ends_on <= newest.completed_on:
                break
            gathered += record.hours
            if gathered >= hours:
                return ends_on
    return None


def closure(pairs: Iterable[tuple[int, int]]) -> dict[int, set[int]]:
    """By course, every course that stands for it: coverers of coverers too, and itself nowhere."""
    direct: dict[int, set[int]] = defaultdict(set)
    for coverer, covered in pairs:
        direct[covered].add(coverer)
    reached: dict[int, set[int]] = {}
    for course in list(direct):
        found, ahead = set(), set(direct[course])
        while ahead:
            found |= ahead
            ahead = set().union(*(direct.get(one, set()) for one in ahead)) - found
        reached[course] = found
    return reached


def open_book(people: StaffQuerySet, *partnership_ids: int) -> TrainingBook:
    """Read all that the standings of some staff rest on, in eight queries.

    With partnerships only their requirements and their agencies' own are asked; without, all of them.
    """
    requirements: dict[int, list[Requirement]] = defaultdict(list)
    accepted, for_duty = {}, set()
    coverers = closure(Course.covers.through.objects.values_list("from_course_id", "to_course_id"))
    for requirement in asked_requirements(partnership_ids):
        named = {course.pk for course in requirement.courses.all()}
        accepted[requirement.pk] = frozenset(named.union(*(coverers.get(c, ()) for c in named)))
        requirements[requirement.role_group_id].append(requirement)
        if any(course.conference_duty for course in requirement.courses.all()):
            for_duty.add(requirement.pk)
    for rows in requirements.values():  # of those that ask alike, the shortest window counts
        rows.sort(key=lambda requirement: (requirement.within_days, requirement.pk))
    listed = list(people.select_related("agency", "role_group"))
    return TrainingBook(
        people=listed,
        requirements=requirements,
        accepted=accepted,
        for_duty=frozenset(for_duty),
        done=records_of(people, {person.pk for person in listed}),
        exemptions=exemptions_of(people),
        memberships=memberships_of(people, partnership_ids),
    )


def asked_requirements(partnership_ids: Collection[int]) -> RequirementQuerySet:
    asked = Requirement.objects.select_related("role_group").prefetch_related("courses")
    return asked.asked_in(*partnership_ids).distinct() if partnership_ids else asked


def memberships_of(people: StaffQuerySet, partnership_ids: Collection[int]) -> dict[int, set[int]]:
    """The partnerships of each agency of some staff."""
    rows = Membership.objects.filter(agency__in=people.values("agency"))
    if partnership_ids:
        rows = rows.filter(partnership__in=partnership_ids)
    found: dict[int, set[int]] = defaultdict(set)
    for agency_id, member_of in rows.values_list("agency_id", "partnership_id"):
        found[agency_id].add(member_of)
    return found


def records_of(people: StaffQuerySet, lines: set[int]) -> dict[int, list[Done]]:
    """The counting records of some staff: within the dates between which their course counts."""
    found: dict[int, dict[tuple[int, date], Done]] = defaultdict(dict)
    later = later_lines(lines)
    within = (Q(course__counts_from=None) | Q(completed_on__gte=F("course__counts_from"))) & (
        Q(course__counts_until=None) | Q(completed_on__lt=F("course__counts_until"))
    )
    whose = Q(staff_member__in=people.values("pk"))
    if later:
        whose |= Q(staff_member__in=later)
    rows = TrainingRecord.objects.counting().filter(within, whose)
    for person, course, completed, expires, hours in rows.values_list(
        "staff_member_id", "course_id", "completed_on", "expires_on", "course__hours"
    ):
        record = Done(course, completed, expires or NO_EXPIRY, hours)
        for line in (person, *later.get(person, ())):
            there = found[line].setdefault((course, completed), record)
            if there.expires_on < record.expires_on:  # logged at both agencies: once
                found[line][course, completed] = record
    return {line: list(records.values()) for line, records in found.items()}


def later_lines(lines: set[int]) -> dict[int, set[int]]:
    """By earlier line of somebody who has moved, their later ones: training goes along with people."""
    # unscoped: numbers of lines, of which only those asked about are kept
    moves = StaffMember.objects.exclude(moved_from=None).order_by()
    before = dict(moves.values_list("pk", "moved_from_id"))
    found: dict[int, set[int]] = defaultdict(set)
    for line in lines & before.keys():
        earlier = before[line]
        while earlier and line not in found[earlier]:
            found[earlier].add(line)
            earlier = before.get(earlier)
    return found


def exemptions_of(people: StaffQuerySet) -> dict[int, list[Exemption]]:
    found: dict[int, list[Exemption]] = defaultdict(list)
    for exemption in Exemption.objects.filter(staff_member__in=people.values("pk")):
        found[exemption.staff_member_id].append(exemption)
    return found
