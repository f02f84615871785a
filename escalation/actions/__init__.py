"""Every change on the escalation floor: each one transaction, locked, checked, with its history."""

from escalation.actions.assigning import assign_decider
from escalation.actions.beside import add_document, mark_action, note_identity_passed
from escalation.actions.clocks import chase, redate
from escalation.actions.moves import (
    accept,
    acknowledge,
    answer,
    approve_skip,
    ask_skip,
    decide,
    move_up,
    pause,
    reopen,
    resume,
    withdraw,
)
from escalation.actions.policies import (
    adopt_policy,
    adopt_preset,
    name_contact,
    remove_contact,
    set_trigger,
)
from escalation.actions.raising import MoveRefused, raise_escalation, raised_just_now
from escalation.actions.suggesting import (
    accept_suggestion,
    dismiss_suggestion,
    dismiss_suggestions,
    suggest,
)

__all__ = [
    "MoveRefused", "accept", "accept_suggestion", "acknowledge", "add_document", "adopt_policy",
    "adopt_preset", "answer", "approve_skip", "ask_skip", "assign_decider", "chase", "decide",
    "dismiss_suggestion", "dismiss_suggestions", "mark_action", "move_up", "name_contact",
    "note_identity_passed", "pause", "raise_escalation", "raised_just_now", "redate", "remove_contact", "reopen",
    "resume", "set_trigger", "suggest", "withdraw",
]
