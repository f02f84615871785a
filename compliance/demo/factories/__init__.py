"""One factory for every model of ours: for the demo and for the tests. Everybody is invented.

Plain on purpose: a factory makes its row and the rows that it cannot stand without, nothing else.
``start_afresh`` makes the same rows again. Passwords are unusable unless ``word`` is given.
"""

from __future__ import annotations

from factory.django import DjangoModelFactory
from factory.random import reseed_random

from compliance.demo.factories.cases import (
    AgencyContactFactory,
    AgreedActionFactory,
    DocumentFactory,
    EscalationFactory,
    ParticipantFactory,
    PolicyFactory,
    PolicyStageFactory,
    ReminderFactory,
    StageFactory,
    StagePauseFactory,
    SuggestionFactory,
    TriggerFactory,
)
from compliance.demo.factories.floor import (
    FIRST_NAMES,
    LAST_NAMES,
    SINCE,
    AgencyFactory,
    AgencyOfferFactory,
    BankHolidayFactory,
    GrantFactory,
    HistoryEntryFactory,
    MembershipFactory,
    OutboxMessageFactory,
    PartnershipFactory,
    RoleGroupFactory,
    ScheduledRunFactory,
    StaffMemberFactory,
    UserCheckFactory,
    UserFactory,
    hashed,
)
from compliance.demo.factories.issued import (
    IssuedPrintFactory,
    IssuedReportFactory,
    SignOffFactory,
)
from compliance.demo.factories.logged import (
    ActionFactory,
    ActionReminderFactory,
    ActionStepFactory,
)
from compliance.demo.factories.machines import (
    CalendarFeedFactory,
    CallCountFactory,
    IdempotentAnswerFactory,
    MachineKeyFactory,
)
from compliance.demo.factories.meetings import (
    AttendanceFactory,
    ExpectationRuleFactory,
    ExtractLineFactory,
    MeetingFactory,
    MissedDutyFactory,
    QuorumRuleFactory,
    QuorumUnitFactory,
    TimescaleFactory,
)
from compliance.demo.factories.packs import PackFactory, PackPieceFactory
from compliance.demo.factories.published import PublishedCardFactory, PublishedFamilyFactory
from compliance.demo.factories.returns import (
    AgencyReturnFactory,
    ReturnReminderFactory,
    ReturnRoundFactory,
    ReturnSignOffFactory,
)
from compliance.demo.factories.targets import TargetFactory, TypedCountFactory
from compliance.demo.factories.training import (
    BookingFactory,
    CourseFactory,
    ExemptionFactory,
    KeptStandingFactory,
    RequirementFactory,
    SessionFactory,
    TrainingRecordFactory,
)
from compliance.demo.factories.uploads import UploadFactory

__all__ = [
    "FIRST_NAMES",
    "LAST_NAMES",
    "SINCE",
    "ActionFactory",
    "ActionReminderFactory",
    "ActionStepFactory",
    "AgencyContactFactory",
    "AgencyFactory",
    "AgencyOfferFactory",
    "AgencyReturnFactory",
    "AgreedActionFactory",
    "AttendanceFactory",
    "BankHolidayFactory",
    "BookingFactory",
    "CalendarFeedFactory",
    "CallCountFactory",
    "CourseFactory",
    "DocumentFactory",
    "EscalationFactory",
    "ExemptionFactory",
    "ExpectationRuleFactory",
    "ExtractLineFactory",
    "GrantFactory",
    "HistoryEntryFactory",
    "IdempotentAnswerFactory",
    "IssuedPrintFactory",
    "IssuedReportFactory",
    "KeptStandingFactory",
    "MachineKeyFactory",
    "MeetingFactory",
    "MembershipFactory",
    "MissedDutyFactory",
    "OutboxMessageFactory",
    "PackFactory",
    "PackPieceFactory",
    "ParticipantFactory",
    "PartnershipFactory",
    "PolicyFactory",
    "PolicyStageFactory",
    "PublishedCardFactory",
    "PublishedFamilyFactory",
    "QuorumRuleFactory",
    "QuorumUnitFactory",
    "ReminderFactory",
    "RequirementFactory",
    "ReturnReminderFactory",
    "ReturnRoundFactory",
    "ReturnSignOffFactory",
    "RoleGroupFactory",
    "ScheduledRunFactory",
    "SessionFactory",
    "SignOffFactory",
    "StaffMemberFactory",
    "StageFactory",
    "StagePauseFactory",
    "SuggestionFactory",
    "TargetFactory",
    "TimescaleFactory",
    "TrainingRecordFactory",
    "TriggerFactory",
    "TypedCountFactory",
    "UploadFactory",
    "UserCheckFactory",
    "UserFactory",
    "factories",
    "hashed",
    "start_afresh",
]


def factories() -> list[type[DjangoModelFactory]]:
    """Every factory of this package."""
    return [
        value for value in globals().values()
        if isinstance(value, type) and issubclass(value, DjangoModelFactory)
        and value is not DjangoModelFactory
    ]


def start_afresh(seed: int = 1989) -> None:
    """Make the same rows again from here: the same numbers, names and choices."""
    reseed_random(seed)
    for made_by in factories():
        made_by.reset_sequence(1)
