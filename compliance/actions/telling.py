"""Mail about the board's actions: the number, the due day and a link; never what is asked in words."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse

from compliance.models import Action
from escalation.sides import leads_of
from partnership.post import notify
from partnership.spreadsheets import spoken


def tell_owner(action: Action, what: str) -> None:
    """Write to the leads of the agency that owns it what happened, until when, and where to read on."""
    address = settings.SITE_URL + reverse("compliance:action-detail", args=[action.number])
    due = [] if action.closed_at else [f"It is due by the end of {spoken(action.due_on)}."]
    lines = [
        f"{action.number}: {what}.",
        f"An action of {action.partnership} {action.partnership.label}, owned by {action.owner}.",
        *due,
        f"Read on, and say how it goes: {address}",
    ]
    notify(leads_of(action.owner), f"{action.number}: {what}", "\n\n".join(lines) + "\n")
