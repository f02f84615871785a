"""How long figures take: scoring an agency and a partnership, the agency's page and its PDF.

On the demo year, and on an invented partnership of 3,000 staff, 12,000 records and 800 meetings of
eight agencies each; the pages and files through the test client, in process.

Run: python bench/scorecard.py [rounds]
"""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
os.environ.pop("DATABASE_URL", None)

import django

django.setup()

from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext, setup_test_environment

from compliance.demo import factories as make
from compliance.folder import load_folder
from compliance.measures import Scope, score
from compliance.period import Period
from conferences.actions import set_default_rules
from conferences.choices import Expectation, MeetingKind, MeetingState, Mode, Outcome, ReportState
from conferences.models import Attendance, Meeting
from partnership.actions import published_holidays
from partnership.models import BankHoliday, Membership, StaffMember
from partnership.roles import Role
from training.models import TrainingRecord

YEAR = Period(2014)
FOLDER = ROOT / "compliance/demo/data/bracknell-forest-2014-15"
CLOSED_AT = datetime(2015, 4, 7, 12, tzinfo=UTC)
AGENCIES, STAFF, RECORDS, MEETINGS, INVITED = 25, 3_000, 12_000, 800, 8


def synthetic():
    """The large partnership, its first agency with a hundred staff."""
    choose = random.Random(1)
    place = make.PartnershipFactory(code="SYN", name="Synthetic")
    set_default_rules(by=None, partnership=place)
    agencies = make.AgencyFactory.create_batch(AGENCIES)
    for number, agency in enumerate(agencies):
        make.MembershipFactory(partnership=place, agency=agency, code=f"S{number}")
    groups = make.RoleGroupFactory.create_batch(3)
    courses = [make.CourseFactory(code=f"SYN{n}", conference_duty=n == 0) for n in range(4)]
    for group in groups:
        for course in courses:
            make.RequirementFactory(partnership=place, role_group=group, courses=[course])
    staff = StaffMember.objects.bulk_create(
        make.StaffMemberFactory.build_batch(100, agency=agencies[0], role_group=groups[0])
        + [
            make.StaffMemberFactory.build(
                agency=choose.choice(agencies[1:]), role_group=choose.choice(groups)
            )
            for _ in range(STAFF - 100)
        ]
    )
    add_records(choose, staff, courses)
    meetings = Meeting.objects.bulk_create(one_meeting(choose, place, n) for n in range(MEETINGS))
    add_lines(choose, meetings, agencies, staff)
    return place


def add_records(choose, staff, courses) -> None:
    """So many records, each of another person, course or day."""
    wanted: dict[tuple, None] = {}
    while len(wanted) < RECORDS:
        day = date(2011, 4, 1) + timedelta(choose.randrange(1460))
        wanted[choose.randrange(STAFF), choose.randrange(4), day] = None
    TrainingRecord.objects.bulk_create(
        make.TrainingRecordFactory.build(
            staff_member=staff[person], course=courses[course], completed_on=day
        )
        for person, course, day in wanted
    )


def one_meeting(choose, place, number: int) -> Meeting:
    kind = choose.choice([MeetingKind.INITIAL, MeetingKind.REVIEW, MeetingKind.CORE_GROUP])
    judged = {} if kind == MeetingKind.CORE_GROUP else {
        "quorate": choose.random() < 0.9, "quorum_sentence": "Judged."
    }
    return make.MeetingFactory.build(
        partnership=place, reference=f"SYN-{number:04}", kind=kind, state=MeetingState.HELD,
        held_on=YEAR.first + timedelta(choose.randrange(365)), closed_at=CLOSED_AT,
        family_ref=f"F{choose.randrange(200)}", children=2, children_on_plan_after=1, **judged,
    )


def add_lines(choose, meetings, agencies, staff) -> None:
    of = {agency.pk: [p for p in staff if p.agency_id == agency.pk] for agency in agencies}
    Attendance.objects.bulk_create(
        Attendance(
            meeting=meeting,
            agency=agency,
            staff_member=choose.choice(of[agency.pk]),
            invited_on=meeting.held_on - timedelta(20),
            expectation=Expectation.BOTH,
            involved=choose.random() < 0.8,
            report=choose.choice(ReportState.values),
            **choose.choice(
                [
                    {"outcome": Outcome.ATTENDED, "mode": Mode.IN_PERSON},
                    {"outcome": Outcome.APOLOGIES},
                ]
            ),
        )
        for meeting in meetings
        for agency in choose.sample(agencies, INVITED)
    )


def reader(place, agency) -> Client:
    """Signed in as the agency's lead and a member of the sub-group: with names, and the whole."""
    user = make.UserFactory()
    make.GrantFactory(user=user, role=Role.AGENCY_LEAD, agency=agency)
    make.GrantFactory(user=user, role=Role.TRAINING_SUBGROUP, partnership=place)
    client = Client()
    client.force_login(user)
    return client


def jobs(name: str, place, code: str) -> Iterator[tuple[str, Callable[[], object]]]:
    """What is timed: each does its work once."""
    member = Membership.objects.select_related("agency").get(partnership=place, code=code)
    client, home = reader(place, member.agency), f"/partnerships/{place.code}/"
    agency = f"{home}agencies/{code}/"

    def get(address: str) -> Callable[[], object]:
        def asked() -> None:
            answer = client.get(address, {"period": YEAR.slug})
            assert answer.status_code == 200, address

        return asked

    staff = StaffMember.objects.filter(agency=member.agency).count()
    yield f"{name}: score({code}), {staff} staff", lambda: score(Scope(place, member), YEAR)
    yield f"{name}: score(partnership)", lambda: score(Scope(place), YEAR)
    yield f"{name}: page of {code} with names", get(agency)
    yield f"{name}: PDF of {code} with names", get(f"{agency}report.pdf")
    yield f"{name}: page of the partnership", get(home)
    yield f"{name}: PDF of the partnership", get(f"{home}report.pdf")
    rows = f"{home}rows/?measure=conference_attendance&basis=all"
    yield f"{name}: rows of attendance, all", lambda: client.get(f"{rows}&period={YEAR.slug}")


def measured(work: list[tuple[str, Callable[[], object]]], rounds: int) -> dict[str, tuple]:
    """By job: medians of wall and processor milliseconds, the least wall, and its queries."""
    queries, times = {}, {name: [] for name, _ in work}
    for name, job in work:
        job()
        with CaptureQueriesContext(connection) as asked:
            job()
        queries[name] = len(asked)
    connection.force_debug_cursor = False
    for _ in range(rounds):
        for name, job in random.sample(work, len(work)):
            wall, cpu = perf_counter(), process_time()
            job()
            times[name].append(((perf_counter() - wall) * 1000, (process_time() - cpu) * 1000))
    return {
        name: (median(w for w, _ in of), median(c for _, c in of), min(of)[0], queries[name])
        for name, of in times.items()
    }


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 11
    settings.ALLOWED_HOSTS = ["testserver"]
    setup_test_environment(debug=False)
    connection.creation.create_test_db(verbosity=0)
    with transaction.atomic():
        holidays = published_holidays("ENG", 2004, 2036)
        BankHoliday.objects.bulk_create(BankHoliday(on=on, title=t) for on, t in holidays.items())
        load_folder(FOLDER, code="BF", name="Bracknell Forest", on=date(2026, 1, 31))
        large = synthetic()
    demo = Membership.objects.select_related("partnership").get(code="TVP").partnership
    work = [*jobs("demo year", demo, "EDU"), *jobs("synthetic", large, "S0")]
    print(
        f"{f'median of {rounds} rounds':44}{'ms':>8}{'cpu ms':>9}{'least':>8}{'queries':>9}"
    )
    for name, (wall, cpu, least, queries) in measured(work, rounds).items():
        print(f"{name:44}{wall:8.0f}{cpu:9.0f}{least:8.0f}{queries:9}")


if __name__ == "__main__":
    main()
