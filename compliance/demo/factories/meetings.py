"""Meetings, lines and the rules they are judged by."""

from __future__ import annotations

from datetime import date

import factory
from factory.django import DjangoModelFactory

from compliance.demo.factories.floor import (
    SINCE,
    AgencyFactory,
    PartnershipFactory,
    StaffMemberFactory,
)
from conferences.choices import Expectation, MeetingKind, MeetingState, MissedKind, Timed, Unit
from conferences.models import (
    Attendance,
    ExpectationRule,
    ExtractLine,
    Meeting,
    MissedDuty,
    QuorumRule,
    QuorumUnit,
    Timescale,
)
from partnership.choices import Sector


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


class ExtractLineFactory(DjangoModelFactory):
    """A review that the authority calls quorate."""

    class Meta:
        model = ExtractLine

    partnership = factory.SubFactory(PartnershipFactory)
    reference = factory.Sequence(lambda n: f"R-{n:04d}")
    kind = MeetingKind.REVIEW
    held_on = date(2015, 3, 2)
    quorate = True
