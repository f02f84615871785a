"""The people and places of the tests, and what holds for every test.

Two partnerships: Northwold with agencies A and B, and Southmere, where everything also exists once,
so that there is always something that could leak. Who is who stands at each fixture.
"""

from __future__ import annotations

import os
import socket
import threading
from contextlib import suppress
from datetime import date
from functools import lru_cache
from types import SimpleNamespace

import hypothesis
import pytest
from django.db import connection
from django.db.models import QuerySet

from compliance.demo import factories as make
from conferences import presets
from conferences.choices import MeetingKind, Outcome
from conferences.models import ExpectationRule, QuorumRule, Timescale
from partnership.actions import published_holidays
from partnership.choices import Sector
from partnership.models import BankHoliday
from partnership.roles import Role

pytest_plugins = ["tests.schema", "tests.worlds", "tests.year"]

hypothesis.settings.register_profile(
    "tests", deadline=None, derandomize=True, database=None, max_examples=60
)
hypothesis.settings.load_profile("tests")

LOCAL = {"127.0.0.1", "::1", "localhost"}


# --- What holds for every test --------------------------------------------------------------------


@pytest.fixture(scope="session", autouse=True)
def network_off():
    """Nothing may speak to another machine: a connection that leaves this one is a fault."""
    patch = pytest.MonkeyPatch()
    for name in ("connect", "connect_ex"):
        patch.setattr(socket.socket, name, only_here(getattr(socket.socket, name)))
    yield
    patch.undo()


def only_here(connect):
    def guarded(self, address):
        if isinstance(address, tuple) and address[0] not in LOCAL:
            raise OSError(f"The network is off in tests: {address[0]} was asked for.")
        return connect(self, address)

    return guarded


@pytest.fixture(autouse=True)
def same_choices():
    """Factories choose the same names in each test, whatever ran before."""
    make.reseed_random(1989)


def pytest_collection_modifyitems(items):
    """Races need a second connection: PostgreSQL, asked for by DATABASE_URL, or a sentence why not."""
    if os.environ.get("DATABASE_URL", "").startswith("postgres"):
        return  # when it cannot be reached the tests fail: no quiet skip
    skip = pytest.mark.skip(reason="Needs PostgreSQL: set DATABASE_URL to try this race for real.")
    for item in items:
        if item.get_closest_marker("postgresql"):
            item.add_marker(skip)


@pytest.fixture
def race(transactional_db):
    """Run the same work in several threads at once, each with a connection of its own; gives their
    answers or errors. For tests marked postgresql."""
    assert connection.vendor == "postgresql"

    def run(*work, workers: int = 2) -> list:
        work = work if len(work) > 1 else work * workers
        start, answers = threading.Barrier(len(work)), []

        def one(job):
            try:
                connection.ensure_connection()  # else the slower to connect comes when all is over
                start.wait(30)
                answers.append(job())
            except Exception as error:
                answers.append(error)
            finally:
                connection.close()

        threads = [threading.Thread(target=one, args=(job,)) for job in work]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        return answers

    return run


class Abreast:
    """Where two racers wait for each other between reading and writing. Whom a lock holds back never
    comes, so nobody waits longer than `within` seconds."""

    def __init__(self):
        self.both, self.within = threading.Barrier(2), 0.3

    def wait(self) -> None:
        with suppress(threading.BrokenBarrierError):
            self.both.wait(self.within)


@pytest.fixture
def abreast() -> Abreast:
    return Abreast()


@pytest.fixture
def patient(abreast) -> None:
    """For a control, in which nothing holds anybody back: both do come, however busy the machine is."""
    abreast.within = 20


@pytest.fixture
def unlocked(monkeypatch, patient) -> None:
    """For a control: no row is locked by whoever reads it to change it."""
    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **_: self)


# --- Places ---------------------------------------------------------------------------------------


@lru_cache
def known_holidays() -> dict[date, str]:
    return published_holidays("ENG", 2004, 2036)


HOLIDAY = (
    f'INSERT INTO {BankHoliday._meta.db_table} (country, "on", title) VALUES (%s, %s, %s) '
    "ON CONFLICT DO NOTHING"
)


@pytest.fixture
def calendar(db):
    """England's bank holidays, 2004 to 2036."""
    rows = [("ENG", on.isoformat(), title) for on, title in known_holidays().items()]
    with connection.cursor() as cursor:  # by hand: nearly every test asks for them
        cursor.executemany(HOLIDAY, rows)
    return BankHoliday.objects.calendar("ENG")


def with_default_rules(partnership):
    """The rows that set_default_rules would write, without its checks and its history: quicker."""
    where = {"partnership": partnership, "effective_from": presets.SINCE}
    QuorumRule.objects.bulk_create([QuorumRule(**where, **presets.QUORUM)])
    ExpectationRule.objects.bulk_create([ExpectationRule(**where, expectation=presets.EXPECTATION)])
    Timescale.objects.bulk_create(
        Timescale(**where, what=what, amount=amount, unit=unit)
        for what, (amount, unit) in presets.TIMESCALES.items()
    )
    return partnership


@pytest.fixture
def partnership(calendar):
    """Northwold, with the default rules."""
    return with_default_rules(make.PartnershipFactory(code="NW", name="Northwold"))


@pytest.fixture
def elsewhere(calendar):
    """Southmere: another partnership, with the default rules."""
    return with_default_rules(make.PartnershipFactory(code="SM", name="Southmere"))


def member(partnership, code, name, sector):
    agency = make.AgencyFactory(name=name, sector=sector)
    make.MembershipFactory(partnership=partnership, agency=agency, code=code)
    return agency


@pytest.fixture
def agency_a(partnership):
    """Northwold's children's social care."""
    return member(partnership, "CSC", "Northwold Social Care", Sector.SOCIAL_CARE_CHILDREN)


@pytest.fixture
def agency_b(partnership):
    return member(partnership, "POL", "Northwold Police", Sector.POLICE)


@pytest.fixture
def agency_c(elsewhere):
    """Southmere's only agency, under the code that A has in Northwold."""
    return member(elsewhere, "CSC", "Southmere Social Care", Sector.SOCIAL_CARE_CHILDREN)


# --- People ---------------------------------------------------------------------------------------


@pytest.fixture
def role_group(db):
    return make.RoleGroupFactory(code="front_line", title="Front line")


@pytest.fixture
def staff_a(agency_a, role_group):
    """Bob's line on A's staff list."""
    return make.StaffMemberFactory(agency=agency_a, role_group=role_group, reference="A-1")


@pytest.fixture
def staff_a2(agency_a, role_group):
    """A colleague of Bob, without an account."""
    return make.StaffMemberFactory(agency=agency_a, role_group=role_group, reference="A-2")


@pytest.fixture
def staff_b(agency_b, role_group):
    return make.StaffMemberFactory(agency=agency_b, role_group=role_group, reference="B-1")


@pytest.fixture
def staff_c(agency_c, role_group):
    return make.StaffMemberFactory(agency=agency_c, role_group=role_group, reference="C-1")


def person(name, role, *, agency=None, partnership=None, staff_member=None):
    user = make.UserFactory(
        name=name, email=f"{name.lower()}@example.org", staff_member=staff_member
    )
    where = {"agency": agency} if agency else {"partnership": partnership}
    make.GrantFactory(user=user, role=role, **where)
    return user


@pytest.fixture
def alice(agency_a):
    """Lead of agency A."""
    return person("Alice", Role.AGENCY_LEAD, agency=agency_a)


@pytest.fixture
def bob(agency_a, staff_a):
    """Practitioner of A, linked to a line of its staff list."""
    return person("Bob", Role.PRACTITIONER, agency=agency_a, staff_member=staff_a)


@pytest.fixture
def charlie(agency_b):
    """Lead of agency B."""
    return person("Charlie", Role.AGENCY_LEAD, agency=agency_b)


@pytest.fixture
def dana(partnership):
    """Conference administrator."""
    return person("Dana", Role.CONFERENCE_ADMIN, partnership=partnership)


@pytest.fixture
def tara(partnership):
    """Training administrator."""
    return person("Tara", Role.TRAINING_ADMIN, partnership=partnership)


@pytest.fixture
def sam(partnership):
    """Member of the training sub-group."""
    return person("Sam", Role.TRAINING_SUBGROUP, partnership=partnership)


@pytest.fixture
def mo(partnership):
    """Partnership manager."""
    return person("Mo", Role.PARTNERSHIP_MANAGER, partnership=partnership)


@pytest.fixture
def dee(partnership):
    """Final decision-maker."""
    return person("Dee", Role.DECISION_MAKER, partnership=partnership)


@pytest.fixture
def audrey(partnership):
    """Auditor."""
    return person("Audrey", Role.AUDITOR, partnership=partnership)


@pytest.fixture
def outsider(agency_c):
    """Lead of Southmere's agency."""
    return person("Zofia", Role.AGENCY_LEAD, agency=agency_c)


@pytest.fixture
def people(alice, bob, charlie, dana, tara, sam, mo, dee, audrey, outsider):
    """Everybody, by name."""
    return SimpleNamespace(
        alice=alice, bob=bob, charlie=charlie, dana=dana, tara=tara, sam=sam, mo=mo, dee=dee,
        audrey=audrey, outsider=outsider,
    )


@pytest.fixture
def by_role(alice, bob, dana, tara, sam, mo, dee, audrey):
    """One person of each role, all of Northwold; Alice and Bob in agency A."""
    return {
        Role.PRACTITIONER: bob, Role.AGENCY_LEAD: alice, Role.CONFERENCE_ADMIN: dana,
        Role.TRAINING_ADMIN: tara, Role.TRAINING_SUBGROUP: sam, Role.PARTNERSHIP_MANAGER: mo,
        Role.DECISION_MAKER: dee, Role.AUDITOR: audrey,
    }


# --- Meetings -------------------------------------------------------------------------------------


@pytest.fixture
def meeting(partnership, agency_a, agency_b, staff_a, staff_b):
    """An initial conference of Northwold that was held; A came (Bob), B sent apologies; still open."""
    row = make.MeetingFactory(partnership=partnership, reference="NW-1")
    make.AttendanceFactory(
        meeting=row, agency=agency_a, staff_member=staff_a, outcome=Outcome.ATTENDED
    )
    make.AttendanceFactory(
        meeting=row, agency=agency_b, staff_member=staff_b, outcome=Outcome.APOLOGIES
    )
    return row


@pytest.fixture
def core_group(partnership, agency_a, staff_a):
    """A core group of Northwold that Bob leads and went to; still open."""
    row = make.MeetingFactory(
        partnership=partnership, reference="NW-2", kind=MeetingKind.CORE_GROUP, lead=staff_a
    )
    make.AttendanceFactory(
        meeting=row, agency=agency_a, staff_member=staff_a, outcome=Outcome.ATTENDED
    )
    return row


@pytest.fixture
def meeting_elsewhere(elsewhere, agency_c, staff_c):
    """The same in Southmere, under the same reference."""
    row = make.MeetingFactory(partnership=elsewhere, reference="NW-1")
    make.AttendanceFactory(
        meeting=row, agency=agency_c, staff_member=staff_c, outcome=Outcome.ATTENDED
    )
    return row
