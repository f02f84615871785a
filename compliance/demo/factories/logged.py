"""The board's actions, what happened to them, and that their owners were reminded."""

from __future__ import annotations

from datetime import date

import factory
from factory.django import DjangoModelFactory

from compliance.demo.factories.floor import AgencyFactory, PartnershipFactory
from compliance.models import (
    Action,
    ActionReminder,
    ActionReminderKind,
    ActionSource,
    ActionStep,
    StepKind,
)

DUE_ON = date(2015, 6, 30)


class ActionFactory(DjangoModelFactory):
    class Meta:
        model = Action

    partnership = factory.SubFactory(PartnershipFactory)
    number = factory.Sequence(lambda n: f"P-A-{n:03d}")
    asked = "Name a deputy for every conference."
    owner = factory.SubFactory(AgencyFactory)
    due_on = DUE_ON
    source = ActionSource.MEETING
    met_on = date(2015, 3, 31)


class ActionStepFactory(DjangoModelFactory):
    class Meta:
        model = ActionStep

    action = factory.SubFactory(ActionFactory)
    kind = StepKind.PROGRESS
    text = "A rota is being drawn up."


class ActionReminderFactory(DjangoModelFactory):
    class Meta:
        model = ActionReminder

    action = factory.SubFactory(ActionFactory)
    kind = ActionReminderKind.OVERDUE
    due_on = DUE_ON
