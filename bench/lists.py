"""How long every list takes in a partnership of 10,000 staff: its first page, searched, and sorted.

Run: python bench/lists.py [staff] (SQLite in memory, or the database that DATABASE_URL names)
"""

from __future__ import annotations

import os
import statistics
import sys
from datetime import timedelta
from itertools import cycle, islice
from pathlib import Path
from time import perf_counter, process_time

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from compliance.demo import factories as make
from compliance.rows.quality import KINDS
from conferences.choices import MeetingKind, Outcome
from conferences.models import Attendance, ExtractLine, Meeting
from partnership.models import Grant, HistoryEntry, StaffMember, User, today
from partnership.roles import Role
from training.models import TrainingRecord

AGENCIES, MEETINGS, LINES, HISTORY, USERS, ROUNDS, GOAL = 25, 9_000, 8, 100_000, 500, 5, 150
LEADER, SERVICE, TRAINING, MANAGER, AUDITOR = (
    Role.AGENCY_LEAD, Role.CONFERENCE_ADMIN, Role.TRAINING_ADMIN, Role.PARTNERSHIP_MANAGER, Role.AUDITOR,
)
LISTS = [
    (LEADER, "/people/"),
    (LEADER, "/people/?q=sian"),
    (LEADER, "/people/?sort=name"),
    (LEADER, "/people/?standing=due&sort=-expires"),
    (LEADER, "/people/log/?course=1&completed_on=01/10/2026"),
    (LEADER, "/meetings/attendance/"),
    (LEADER, "/meetings/attendance/?outcome=unknown"),
    (SERVICE, "/meetings/"),
    (SERVICE, "/meetings/?q=M-1&sort=-held_on"),
    (SERVICE, "/meetings/?next=late"),
    (LEADER, "/meetings/"),
    (SERVICE, "/meetings/calendar/"),
    (SERVICE, "/meetings/due/"),
    (SERVICE, "/meetings/open/"),
    (SERVICE, "/meetings/disputes/"),
    (SERVICE, "/meetings/convene/"),
    (TRAINING, "/courses/sessions/"),
    (TRAINING, "/courses/take-up/"),
    (MANAGER, "/set-up/agencies/"),
    (MANAGER, "/set-up/users/"),
    (MANAGER, "/set-up/agencies/?sort=-users"),
    (MANAGER, "/set-up/users/?q=person 4"),
    (MANAGER, "/set-up/users/invite/"),
    (LEADER, "/set-up/users/invite/"),
    (MANAGER, "/set-up/quality/"),
    *((MANAGER, f"/set-up/quality/BIG/{kind}/") for kind in KINDS),
    (MANAGER, "/set-up/quality/BIG/unknown-outcomes/?sort=-6&page=40"),
    (MANAGER, "/set-up/quality/BIG/late-invitations/?sort=3&agency=A07"),
    (MANAGER, "/set-up/quality/BIG/quorate-flag-differs/?sort=-0"),
    (MANAGER, "/history/"),
    (AUDITOR, "/history/"),
    (AUDITOR, "/history/?verb=logged"),
]


def build(staff: int) -> dict[Role, User]:
    """Agencies with their people, trained in part; a year of meetings; users; a long history."""
    place = make.PartnershipFactory(code="BIG")
    agencies = make.AgencyFactory.create_batch(AGENCIES)
    for number, agency in enumerate(agencies):
        make.MembershipFactory(partnership=place, agency=agency, code=f"A{number:02}")
    parent = make.AgencyFactory(name="The trust")
    for agency in agencies:
        agency.parent = parent
        agency.save()
    train(place, hire(staff, agencies))
    meet(place, agencies)
    users = sign_up(place, agencies, parent)
    remember(place, agencies, users[MANAGER])
    return users


def hire(staff: int, agencies: list) -> list[StaffMember]:
    group = make.RoleGroupFactory()
    return StaffMember.objects.bulk_create([
        make.StaffMemberFactory.build(agency=agency, role_group=group)
        for agency in islice(cycle(agencies), staff)
    ], batch_size=500)


def train(place, people: list[StaffMember]) -> None:
    courses = make.CourseFactory.create_batch(4)
    for course in courses:
        make.RequirementFactory(partnership=place, role_group=people[0].role_group, courses=[course])
    TrainingRecord.objects.bulk_create([
        make.TrainingRecordFactory.build(
            staff_member=person, course=course,
            completed_on=today() - timedelta(days=30 * (n % 40) + c),
            expires_on=today() + timedelta(days=1095 - 30 * (n % 40) - c),
        )
        for n, person in enumerate(people) for c, course in enumerate(courses[:3])
    ], batch_size=500)


def meet(place, agencies: list) -> None:
    kinds = (MeetingKind.INITIAL, *[MeetingKind.CORE_GROUP] * 3, MeetingKind.REVIEW, MeetingKind.CORE_GROUP)
    made = Meeting.objects.bulk_create([
        make.MeetingFactory.build(
            partnership=place, kind=kinds[n % 6], held_on=today() - timedelta(days=365 - (n * 61) % 385),
            children=2, children_on_plan_after=1, **ending(today() - timedelta(days=365 - (n * 61) % 385)),
            family_ref=f"F{n // 6:04}",
        )
        for n in range(MEETINGS)
    ], batch_size=500)
    outcomes = (Outcome.ATTENDED, Outcome.ABSENT, Outcome.UNKNOWN)
    Attendance.objects.bulk_create([
        make.AttendanceFactory.build(
            meeting=meeting, agency=agencies[(n // 6 + a) % AGENCIES], staff_member=None, outcome=outcomes[a % 3],
            late_invitation=(n + a) % 10 == 0, involved_changes=(n + a) % 15 == 0,
        )
        for n, meeting in enumerate(made) for a in range(LINES)
    ], batch_size=500)
    send(place, [meeting for meeting in made if meeting.is_conference])


def send(place, conferences: list[Meeting]) -> None:
    """The authority's extract has them all, and says of every seventh what we do not."""
    ExtractLine.objects.bulk_create([
        make.ExtractLineFactory.build(
            partnership=place, reference=row.reference, kind=row.kind, held_on=row.held_on, quorate=n % 7 != 0,
        )
        for n, row in enumerate(conferences)
    ], batch_size=500)


def ending(held_on) -> dict:
    """Registers are closed a fortnight later, as they are where somebody looks after them."""
    if held_on > today() - timedelta(days=14):
        return {}
    return {"closed_at": timezone.now(), "quorate": True, "quorum_sentence": "Quorate."}


def sign_up(place, agencies: list, parent) -> dict[Role, User]:
    extra = User.objects.bulk_create([
        User(email=f"user{n}@bench.example.org", name=f"Person {n}") for n in range(USERS)
    ])
    Grant.objects.bulk_create([
        Grant(user=user, role=Role.PRACTITIONER, agency=agencies[n % AGENCIES], from_on=today())
        for n, user in enumerate(extra)
    ])
    found = {}
    for role in (LEADER, SERVICE, TRAINING, MANAGER, AUDITOR):
        found[role] = make.UserFactory()
        where = {"agency": parent} if role is LEADER else {"partnership": place}
        make.GrantFactory(user=found[role], role=role, **where)
    return found


def remember(place, agencies: list, by: User) -> None:
    HistoryEntry.objects.bulk_create([
        HistoryEntry(
            user=by, verb=("logged", "changed", "recorded")[n % 3], subject_type="training.trainingrecord",
            subject_id=n, subject=f"Row {n}", changes={"course": "CPC"}, partnership=place,
            agency=agencies[n % AGENCIES],
        )
        for n in range(HISTORY)
    ], batch_size=1_000)


def told(client: Client, role: Role, address: str) -> bool:
    """One list: the median of some rounds, its queries, and whether it keeps the goal."""
    answer = client.get(address)
    if answer.status_code != 200:
        print(f"  {address:52} answers {answer.status_code}")
        return False
    with CaptureQueriesContext(connection) as asked:
        client.get(address)
        queries = len(asked)
    walls, works = [], []
    for _ in range(ROUNDS):
        wall, work = perf_counter(), process_time()
        client.get(address)
        walls.append((perf_counter() - wall) * 1000)
        works.append((process_time() - work) * 1000)
    work = statistics.median(works)
    word = "" if work <= GOAL else f"over {GOAL} ms"
    print(
        f"  {role:22}{address:52}{statistics.median(walls):7.0f} ms{work:7.0f} ms processor"
        f"{queries:5} queries  {word}"
    )
    return not word


def main() -> int:
    staff = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    name = connection.creation.create_test_db(verbosity=0)
    try:
        users = build(staff)
        print(f"{staff:,} staff, {MEETINGS:,} meetings of {LINES} lines, {HISTORY:,} entries of history")
        kept = []
        for role, address in LISTS:
            client = Client(headers={"host": "localhost"})
            client.force_login(users[role])
            kept.append(told(client, role, address))
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
