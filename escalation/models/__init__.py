"""Policies in versions, cases with a row for each stage reached, suggestions and reminders."""

from escalation.models.case import AgreedAction, Document, Escalation, Participant
from escalation.models.policy import AgencyContact, Policy, PolicyStage, Trigger
from escalation.models.stage import Reminder, Stage, StagePause
from escalation.models.suggestion import Suggestion

__all__ = [
    "AgencyContact", "AgreedAction", "Document", "Escalation", "Participant", "Policy",
    "PolicyStage", "Reminder", "Stage", "StagePause", "Suggestion", "Trigger",
]
