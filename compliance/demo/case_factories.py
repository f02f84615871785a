"""One factory for every model of the escalation floor, as plain as those of the other floors.

A stage's policy and a case's policy are those of one partnership; who answers, who decides and what
is due are left empty unless they are given: that is for the actions.
"""

from __future__ import annotations

from datetime import date, timedelta

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from compliance.demo import factories as make
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


class PolicyFactory(DjangoModelFactory):
    """A version without stages."""

    class Meta:
        model = Policy

    partnership = factory.SubFactory(make.PartnershipFactory)
    version = factory.Sequence(lambda n: n + 1)
    name = "Resolving disagreements"
    effective_from = make.SINCE


class PolicyStageFactory(DjangoModelFactory):
    """The first step of a policy: five working days, an urgent case one."""

    class Meta:
        model = PolicyStage

    policy = factory.SubFactory(PolicyFactory)
    position = 1
    title = "Safeguarding leads"
    raised_by = Contact.SAFEGUARDING_LEAD
    answered_by = Contact.SAFEGUARDING_LEAD
    limit_amount = 5
    limit_unit = LimitUnit.WORKING_DAYS
    urgent_amount = 1
    urgent_unit = LimitUnit.WORKING_DAYS


class AgencyContactFactory(DjangoModelFactory):
    class Meta:
        model = AgencyContact

    agency = factory.SubFactory(make.AgencyFactory)
    role = Contact.SAFEGUARDING_LEAD
    user = factory.SubFactory(make.UserFactory)


class TriggerFactory(DjangoModelFactory):
    class Meta:
        model = Trigger

    partnership = factory.SubFactory(make.PartnershipFactory)
    kind = TriggerKind.INITIAL
    effective_from = make.SINCE


class EscalationFactory(DjangoModelFactory):
    """An open case about a theme, in no stage yet."""

    class Meta:
        model = Escalation

    partnership = factory.SubFactory(make.PartnershipFactory)
    reference = factory.Sequence(lambda n: f"CASE-2026-{n:04d}")
    policy = factory.SubFactory(
        PolicyFactory, partnership=factory.SelfAttribute("..partnership")
    )
    raised_by = factory.SubFactory(make.UserFactory)
    raised_for = factory.SubFactory(make.AgencyFactory)
    about = factory.SubFactory(make.AgencyFactory)
    grounds = Grounds.NOT_ATTENDED
    theme_case = True
    concern = "Nobody came and no word was sent."
    outcome_wanted = "A deputy at the next conference."


class ParticipantFactory(DjangoModelFactory):
    class Meta:
        model = Participant

    escalation = factory.SubFactory(EscalationFactory)
    user = factory.SubFactory(make.UserFactory)
    raising = True


class AgreedActionFactory(DjangoModelFactory):
    class Meta:
        model = AgreedAction

    escalation = factory.SubFactory(EscalationFactory)
    text = "Conference dates go on the duty rota"
    owner = "Team manager"
    due_on = date(2026, 9, 30)


class DocumentFactory(DjangoModelFactory):
    class Meta:
        model = Document

    escalation = factory.SubFactory(EscalationFactory)
    reference = factory.Sequence(lambda n: f"DOC-{n:04d}")
    title = "Letter"
    added_by = factory.SubFactory(make.UserFactory)


class StageFactory(DjangoModelFactory):
    """The open first stage of a case, without a due moment; its step is of the case's policy."""

    class Meta:
        model = Stage

    escalation = factory.SubFactory(EscalationFactory)
    policy_stage = factory.SubFactory(
        PolicyStageFactory, policy=factory.SelfAttribute("..escalation.policy")
    )
    number = 1
    entered_at = factory.LazyFunction(timezone.now)
    entered_by = factory.SubFactory(make.UserFactory)


class StagePauseFactory(DjangoModelFactory):
    """A pause that still lasts."""

    class Meta:
        model = StagePause

    stage = factory.SubFactory(StageFactory)
    from_at = factory.LazyAttribute(lambda pause: pause.stage.entered_at + timedelta(hours=1))
    from_by = factory.SubFactory(make.UserFactory)
    reason = "School holidays"


class ReminderFactory(DjangoModelFactory):
    class Meta:
        model = Reminder

    stage = factory.SubFactory(StageFactory)
    kind = ReminderKind.OVERDUE


class SuggestionFactory(DjangoModelFactory):
    """An open suggestion, without its meetings."""

    class Meta:
        model = Suggestion

    partnership = factory.SubFactory(make.PartnershipFactory)
    about = factory.SubFactory(make.AgencyFactory)
    trigger = TriggerKind.INITIAL
    key = factory.Sequence(lambda n: f"initial:{n}")
    sentence = "The agency was expected at a family's first conference, and nobody came."
    grounds = Grounds.NOT_ATTENDED
