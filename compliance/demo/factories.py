"""One factory for every model of ours: for the demo and for the tests. Everybody is invented.

Plain on purpose: a factory makes its row and the rows that it cannot stand without, nothing else.
``start_afresh`` makes the same rows again. Passwords are unusable unless ``word`` is given.
"""
# long: one place for every model, a list to look things up in

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache

import factory
from django.contrib.auth.hashers import make_password
from django.utils import timezone
from factory.django import DjangoModelFactory
from factory.fuzzy import FuzzyChoice
from factory.random import reseed_random

from compliance.models import Target
from conferences.choices import Expectation, MeetingKind, MeetingState, MissedKind, Timed, Unit
from conferences.models import (
    Attendance,
    ExpectationRule,
    Meeting,
    MissedDuty,
    QuorumRule,
    QuorumUnit,
    Timescale,
)
from escalation.choices import Contact, Grounds, ReminderKind, TriggerKind
from escalation.models import (
    AgencyContact,
    AgreedAction,
    Document,
    Escalation,
    Participant,
    Policy,
    PolicyStage,
    Reminder,
    Stage,
    StagePause,
    Suggestion,
    Trigger,
)
from escalation.stages import LimitUnit
from partnership.choices import Sector
from partnership.models import (
    Agency,
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
)
from partnership.roles import Role
from training.choices import Delivery, ExemptionReason, Provider
from training.models import Course, Exemption, Requirement, TrainingRecord

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


# --- Partnerships, agencies, people ---------------------------------------------------------------


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


# --- Training -------------------------------------------------------------------------------------


class CourseFactory(DjangoModelFactory):
    """A course of three hours that counts for three years; ``covers`` takes courses."""

    class Meta:
        model = Course
        skip_postgeneration_save = True

    code = factory.Sequence(lambda n: f"C{n}")
    title = factory.Sequence(lambda n: f"Course {n}")
    hours = Decimal("3")
    delivery = Delivery.TAUGHT
    valid_months = 36

    @factory.post_generation
    def covers(self, create, courses, **kwargs):
        if create and courses:
            self.covers.set(courses)


class RequirementFactory(DjangoModelFactory):
    """A partnership's requirement; an agency's own with ``agency=…, partnership=None``."""

    class Meta:
        model = Requirement
        skip_postgeneration_save = True

    partnership = factory.SubFactory(PartnershipFactory)
    role_group = factory.SubFactory(RoleGroupFactory)
    effective_from = SINCE

    @factory.post_generation
    def courses(self, create, courses, **kwargs):
        if create:
            self.courses.set(courses if courses is not None else [CourseFactory()])


class TrainingRecordFactory(DjangoModelFactory):
    """A confirmed record, its expiry worked out by the course; unconfirmed: ``confirmed_at=None``."""

    class Meta:
        model = TrainingRecord

    staff_member = factory.SubFactory(StaffMemberFactory)
    course = factory.SubFactory(CourseFactory)
    completed_on = date(2014, 4, 1)
    expires_on = factory.LazyAttribute(lambda record: record.course.expiry(record.completed_on))
    provider = Provider.PARTNERSHIP
    confirmed_at = factory.LazyFunction(timezone.now)


class ExemptionFactory(DjangoModelFactory):
    class Meta:
        model = Exemption

    staff_member = factory.SubFactory(StaffMemberFactory)
    reason = ExemptionReason.UNAVAILABLE
    from_on = date(2014, 4, 1)
    until_on = date(2015, 4, 1)


# --- Conferences ----------------------------------------------------------------------------------


class QuorumRuleFactory(DjangoModelFactory):
    class Meta:
        model = QuorumRule

    partnership = factory.SubFactory(PartnershipFactory)
    effective_from = SINCE
    required_sectors = factory.LazyFunction(lambda: [Sector.SOCIAL_CARE_CHILDREN.value])


class QuorumUnitFactory(DjangoModelFactory):
    class Meta:
        model = QuorumUnit
        skip_postgeneration_save = True

    rule = factory.SubFactory(QuorumRuleFactory)
    title = "All health services"

    @factory.post_generation
    def agencies(self, create, agencies, **kwargs):
        if create and agencies:
            self.agencies.set(agencies)


class ExpectationRuleFactory(DjangoModelFactory):
    class Meta:
        model = ExpectationRule

    partnership = factory.SubFactory(PartnershipFactory)
    expectation = Expectation.BOTH
    effective_from = SINCE


class TimescaleFactory(DjangoModelFactory):
    class Meta:
        model = Timescale

    partnership = factory.SubFactory(PartnershipFactory)
    what = Timed.INITIAL
    amount = 15
    unit = Unit.WORKING_DAYS
    effective_from = SINCE


class MeetingFactory(DjangoModelFactory):
    """An initial conference that was held, its register open and empty."""

    class Meta:
        model = Meeting

    partnership = factory.SubFactory(PartnershipFactory)
    reference = factory.Sequence(lambda n: f"M-{n:04d}")
    kind = MeetingKind.INITIAL
    state = MeetingState.HELD
    held_on = date(2015, 3, 2)
    family_ref = factory.Sequence(lambda n: f"F{n:04d}")
    children = 2


class AttendanceFactory(DjangoModelFactory):
    """A named person of the agency, invited in good time; what became of it is not known."""

    class Meta:
        model = Attendance

    meeting = factory.SubFactory(MeetingFactory)
    agency = factory.SubFactory(AgencyFactory)
    staff_member = factory.SubFactory(
        StaffMemberFactory, agency=factory.SelfAttribute("..agency")
    )
    invited_on = date(2015, 2, 2)
    expectation = Expectation.BOTH


class MissedDutyFactory(DjangoModelFactory):
    class Meta:
        model = MissedDuty

    meeting = factory.SubFactory(MeetingFactory)
    agency = factory.SubFactory(AgencyFactory)
    kind = MissedKind.ATTENDANCE
    sentence = "The agency was expected to attend and nobody was there."


# --- Escalation -----------------------------------------------------------------------------------


class PolicyFactory(DjangoModelFactory):
    """A policy without stages; a partnership's cases share its first version."""

    class Meta:
        model = Policy
        django_get_or_create = ("partnership", "version")

    partnership = factory.SubFactory(PartnershipFactory)
    version = 1
    name = "Escalation policy"
    effective_from = SINCE


class PolicyStageFactory(DjangoModelFactory):
    """A stage of five working days."""

    class Meta:
        model = PolicyStage

    policy = factory.SubFactory(PolicyFactory)
    position = factory.Sequence(lambda n: n + 1)
    title = "Line managers"
    raised_by = Contact.PRACTITIONER
    answered_by = Contact.LINE_MANAGER
    limit_amount = 5
    limit_unit = LimitUnit.WORKING_DAYS


class AgencyContactFactory(DjangoModelFactory):
    class Meta:
        model = AgencyContact

    agency = factory.SubFactory(AgencyFactory)
    role = Contact.SAFEGUARDING_LEAD
    user = factory.SubFactory(UserFactory)


class TriggerFactory(DjangoModelFactory):
    class Meta:
        model = Trigger

    partnership = factory.SubFactory(PartnershipFactory)
    kind = TriggerKind.INITIAL
    effective_from = SINCE


class EscalationFactory(DjangoModelFactory):
    """An open case between two agencies of one partnership, without stages or participants."""

    class Meta:
        model = Escalation
        skip_postgeneration_save = True

    partnership = factory.SubFactory(PartnershipFactory)
    reference = factory.Sequence(lambda n: f"ES-2015-{n:04d}")
    policy = factory.SubFactory(PolicyFactory, partnership=factory.SelfAttribute("..partnership"))
    raised_by = factory.SubFactory(UserFactory)
    raised_for = factory.SubFactory(AgencyFactory)
    about = factory.SubFactory(AgencyFactory)
    grounds = Grounds.NOT_ATTENDED
    concern = "Nobody came to the conference and no deputy was sent."
    outcome_wanted = "Somebody who knows the family comes to the next one."

    @factory.post_generation
    def meetings(self, create, meetings, **kwargs):
        if create and meetings:
            self.meetings.set(meetings)


class ParticipantFactory(DjangoModelFactory):
    class Meta:
        model = Participant

    escalation = factory.SubFactory(EscalationFactory)
    user = factory.SubFactory(UserFactory)
    raising = True


class StageFactory(DjangoModelFactory):
    """The first stage of a case, open and without a clock."""

    class Meta:
        model = Stage

    escalation = factory.SubFactory(EscalationFactory)
    policy_stage = factory.SubFactory(
        PolicyStageFactory, policy=factory.SelfAttribute("..escalation.policy")
    )
    number = 1
    entered_at = factory.LazyFunction(timezone.now)
    entered_by = factory.SelfAttribute("escalation.raised_by")


class StagePauseFactory(DjangoModelFactory):
    class Meta:
        model = StagePause

    stage = factory.SubFactory(StageFactory)
    from_at = factory.LazyFunction(timezone.now)
    from_by = factory.SelfAttribute("stage.entered_by")
    reason = "The person who is to answer is away."


class ReminderFactory(DjangoModelFactory):
    class Meta:
        model = Reminder

    stage = factory.SubFactory(StageFactory)
    kind = ReminderKind.DUE


class AgreedActionFactory(DjangoModelFactory):
    class Meta:
        model = AgreedAction

    escalation = factory.SubFactory(EscalationFactory)
    text = "A deputy is named for each conference."
    owner = "Team manager"
    due_on = date(2015, 4, 30)


class DocumentFactory(DjangoModelFactory):
    class Meta:
        model = Document

    escalation = factory.SubFactory(EscalationFactory)
    reference = factory.Sequence(lambda n: f"DOC-{n}")
    title = "Letter to the agency"
    added_by = factory.SelfAttribute("escalation.raised_by")


class SuggestionFactory(DjangoModelFactory):
    class Meta:
        model = Suggestion
        skip_postgeneration_save = True

    partnership = factory.SubFactory(PartnershipFactory)
    about = factory.SubFactory(AgencyFactory)
    trigger = TriggerKind.INITIAL
    key = factory.Sequence(lambda n: f"initial-{n}")
    sentence = "The agency did not come to an initial conference."
    grounds = Grounds.NOT_ATTENDED

    @factory.post_generation
    def meetings(self, create, meetings, **kwargs):
        if create and meetings:
            self.meetings.set(meetings)


# --- Compliance -----------------------------------------------------------------------------------


class TargetFactory(DjangoModelFactory):
    class Meta:
        model = Target

    partnership = factory.SubFactory(PartnershipFactory)
    measure = "training_current"
    good_from = Decimal("90")
    watch_from = Decimal("75")
    effective_from = SINCE


def factories() -> list[type[DjangoModelFactory]]:
    """Every factory of this file and of the cases' file."""
    from compliance.demo import case_factories  # which stands on this file

    return [
        value for value in [*globals().values(), *vars(case_factories).values()]
        if isinstance(value, type) and issubclass(value, DjangoModelFactory)
        and value is not DjangoModelFactory
    ]


def start_afresh(seed: int = 1989) -> None:
    """Make the same rows again from here: the same numbers, names and choices."""
    reseed_random(seed)
    for made_by in factories():
        made_by.reset_sequence(1)
