"""How long the list of people and the page of a session take, for agencies of every size.

Run: python bench/people.py (SQLite in memory, or the database that DATABASE_URL names)
"""

from __future__ import annotations

import os
import statistics
import sys
from datetime import date, timedelta
from pathlib import Path
from time import perf_counter, process_time

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from compliance.demo import factories as make
from partnership.models import StaffMember, today
from partnership.roles import Role
from training.models import TrainingRecord

SIZES = (3, 300, 3_000, 10_000)
COURSES, ROUNDS = 4, 7


def town():
    """A partnership that asks four courses of one role group."""
    partnership = make.PartnershipFactory()
    group = make.RoleGroupFactory()
    courses = make.CourseFactory.create_batch(COURSES)
    for course in courses:
        make.RequirementFactory(partnership=partnership, role_group=group, courses=[course])
    return partnership, group, courses


def agency_of(size: int, partnership, group, courses):
    """An agency of so many people, each with three records of four; and its lead."""
    agency = make.AgencyFactory()
    make.MembershipFactory(partnership=partnership, agency=agency)
    people = StaffMember.objects.bulk_create(
        make.StaffMemberFactory.build_batch(size, agency=agency, role_group=group), batch_size=500
    )
    TrainingRecord.objects.bulk_create([
        make.TrainingRecordFactory.build(
            staff_member=person, course=course, completed_on=today() - timedelta(days=30 * (n % 40) + c),
            expires_on=today() + timedelta(days=1095 - 30 * (n % 40) - c),
        )
        for n, person in enumerate(people) for c, course in enumerate(courses[: COURSES - 1])
    ], batch_size=500)
    lead = make.UserFactory()
    make.GrantFactory(user=lead, role=Role.AGENCY_LEAD, agency=agency, from_on=date(2015, 1, 1))
    return lead


def told(client: Client, size: int, what: str, address: str) -> None:
    """The median of some rounds, and the number of queries."""
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
        queries = len(asked)
    walls, works = [], []
    for _ in range(ROUNDS):
        wall, work = perf_counter(), process_time()
        client.get(address)
        walls.append(perf_counter() - wall)
        works.append(process_time() - work)
    wall, work = (statistics.median(times) * 1000 for times in (walls, works))
    print(f"{size:7,} people  {what:16}{wall:7.0f} ms{work:7.0f} ms processor{queries:5} queries")


def main() -> None:
    name = connection.creation.create_test_db(verbosity=0)
    try:
        place = town()
        for size in SIZES:
            client = Client(headers={"host": "localhost"})
            client.force_login(agency_of(size, *place))
            told(client, size, "the list", "/people/")
            told(client, size, "a search", "/people/?q=sian")
            told(client, size, "sorted by name", "/people/?sort=name")
            told(client, size, "a session", f"/people/log/?course={place[2][0].pk}&completed_on=31/03/2015")
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


if __name__ == "__main__":
    main()
