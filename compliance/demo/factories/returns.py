"""Agency returns: the round, who is asked, what was signed, who was reminded."""

from __future__ import annotations

from datetime import date

import factory
from factory.django import DjangoModelFactory

from compliance.demo.factories.floor import MembershipFactory, PartnershipFactory
from compliance.models import (
    AgencyReturn,
    ReminderStep,
    ReturnReminder,
    ReturnRound,
    ReturnSignOff,
)

DUE_ON = date(2015, 4, 21)


class ReturnRoundFactory(DjangoModelFactory):
    class Meta:
        model = ReturnRound

    partnership = factory.SubFactory(PartnershipFactory)
    period = "2014-15-H2"
    due_on = DUE_ON


class AgencyReturnFactory(DjangoModelFactory):
    class Meta:
        model = AgencyReturn

    round = factory.SubFactory(ReturnRoundFactory)
    membership = factory.SubFactory(
        MembershipFactory, partnership=factory.SelfAttribute("..round.partnership")
    )


class ReturnSignOffFactory(DjangoModelFactory):
    class Meta:
        model = ReturnSignOff

    agency_return = factory.SubFactory(AgencyReturnFactory)
    staff_complete_on = date(2015, 3, 31)
    name = "Jane Doe"
    role = "Head of service"
    signed_on = date(2015, 4, 14)


class ReturnReminderFactory(DjangoModelFactory):
    class Meta:
        model = ReturnReminder

    agency_return = factory.SubFactory(AgencyReturnFactory)
    step = ReminderStep.OPENED
    due_on = DUE_ON
    sent_on = date(2015, 4, 1)
