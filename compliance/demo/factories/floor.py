"""Partnerships, agencies, people, and what every factory shares."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

import factory
from django.contrib.auth.hashers import make_password
from factory.django import DjangoModelFactory
from factory.fuzzy import FuzzyChoice

from partnership.choices import Sector
from partnership.models import (
    Agency,
    AgencyOffer,
    BankHoliday,
    Grant,
    HistoryEntry,
    Membership,
    OutboxMessage,
    Partnership,
    RoleGroup,
    ScheduledRun,
    StaffMember,
    User,
    UserCheck,
)
from partnership.roles import Role

SINCE = date(2000, 1, 1)
UNUSABLE = "!"  # Django's mark of a password that nobody can type

FIRST_NAMES = (
    "Agnieszka", "Aisha", "Amara", "Aneurin", "Anne-Marie", "Bronwen", "Chidi", "Cián", "Dafydd",
    "Eleri", "Ffion", "Gethin", "Grace", "Hassan", "Ieuan", "Joanna", "Kwame", "Llinos", "Łukasz",
    "Małgorzata", "Nerys", "Oliver", "Owain", "Priya", "Rhiannon", "Rupinder", "Siân", "Stanisław",
    "Tomos", "Wojciech", "Yusuf", "Zofia",
)
LAST_NAMES = (
    "Adeyemi", "ap Rhys", "Baker", "Begum", "Bevan", "Dąbrowska", "Ellis-Jones", "Fernandes",
    "Griffiths", "Gwynne", "Hughes", "Jabłoński", "Kaur", "Kowalczyk", "Llewellyn", "Llwyd",
    "Mensah", "Nowak", "O'Brien", "Okafor", "Patel", "Prosser", "Pritchard", "Rhydderch", "Shah",
    "Szczepańska", "Taylor", "Vaughan", "Wiśniewski", "Wójcik", "Ziółkowska", "Żurek",
)
JOB_TITLES = ("Social worker", "Detective constable", "Health visitor", "School nurse", "Teacher")


@lru_cache(maxsize=8)
def hashed(word: str) -> str:
    """A password's hash, worked out once: a careful hasher takes its time for every person."""
    return make_password(word)


class PartnershipFactory(DjangoModelFactory):
    class Meta:
        model = Partnership

    code = factory.Sequence(lambda n: f"P{n}")
    name = factory.Sequence(lambda n: f"Partnership {n}")


class AgencyFactory(DjangoModelFactory):
    class Meta:
        model = Agency

    name = factory.Sequence(lambda n: f"Agency {n}")
    sector = Sector.POLICE


class MembershipFactory(DjangoModelFactory):
    class Meta:
        model = Membership

    partnership = factory.SubFactory(PartnershipFactory)
    agency = factory.SubFactory(AgencyFactory)
    code = factory.Sequence(lambda n: f"A{n}")


class RoleGroupFactory(DjangoModelFactory):
    class Meta:
        model = RoleGroup

    code = factory.Sequence(lambda n: f"group_{n}")
    title = factory.Sequence(lambda n: f"Group {n}")


class StaffMemberFactory(DjangoModelFactory):
    class Meta:
        model = StaffMember

    agency = factory.SubFactory(AgencyFactory)
    reference = factory.Sequence(lambda n: f"S-{n:04d}")
    first_name = FuzzyChoice(FIRST_NAMES)
    last_name = FuzzyChoice(LAST_NAMES)
    work_email = factory.LazyAttribute(lambda person: f"{person.reference.lower()}@agency.example.org")
    job_title = FuzzyChoice(JOB_TITLES)
    role_group = factory.SubFactory(RoleGroupFactory)
    started_on = date(2010, 4, 1)


class UserFactory(DjangoModelFactory):
    """An account without grants. ``word`` is the password in plain words."""

    class Meta:
        model = User

    class Params:
        word = None

    name = factory.Sequence(lambda n: f"Person {n}")
    email = factory.Sequence(lambda n: f"person{n}@example.org")
    password = factory.LazyAttribute(lambda user: hashed(user.word) if user.word else UNUSABLE)


class GrantFactory(DjangoModelFactory):
    """A role without an end, in an agency or in a partnership as the role demands."""

    class Meta:
        model = Grant

    class Params:
        in_agency = factory.LazyAttribute(lambda grant: Role(grant.role).in_agency)

    user = factory.SubFactory(UserFactory)
    role = Role.AGENCY_LEAD
    agency = factory.Maybe("in_agency", factory.SubFactory(AgencyFactory), None)
    partnership = factory.Maybe("in_agency", None, factory.SubFactory(PartnershipFactory))
    from_on = SINCE


class AgencyOfferFactory(DjangoModelFactory):
    class Meta:
        model = AgencyOffer

    agency = factory.SubFactory(AgencyFactory)
    giver = factory.SubFactory(PartnershipFactory)
    taker = factory.SubFactory(PartnershipFactory)
    offered_by = factory.SubFactory(UserFactory)


class UserCheckFactory(DjangoModelFactory):
    class Meta:
        model = UserCheck

    agency = factory.SubFactory(AgencyFactory)
    confirmed_by = factory.SubFactory(UserFactory)
    users = 2


class BankHolidayFactory(DjangoModelFactory):
    class Meta:
        model = BankHoliday

    on = factory.Sequence(lambda n: date.fromordinal(date(1990, 1, 1).toordinal() + n))
    title = "Local holiday"


class HistoryEntryFactory(DjangoModelFactory):
    class Meta:
        model = HistoryEntry

    verb = "changed"
    subject_type = "partnership.agency"
    subject_id = factory.Sequence(lambda n: n)
    subject = "A row"


class OutboxMessageFactory(DjangoModelFactory):
    class Meta:
        model = OutboxMessage

    to = factory.Sequence(lambda n: f"reader{n}@example.org")
    subject = "Something to read"
    body = "A reference and a link."


class ScheduledRunFactory(DjangoModelFactory):
    class Meta:
        model = ScheduledRun

    slot = factory.Sequence(lambda n: datetime(2015, 4, 1, tzinfo=UTC) + timedelta(hours=n))
