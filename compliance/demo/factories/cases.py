"""Policies and cases. Who answers, who decides and what is due are left to the actions."""

from __future__ import annotations

from datetime import date

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from compliance.demo.factories.floor import (
    SINCE,
    AgencyFactory,
    PartnershipFactory,
    UserFactory,
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
