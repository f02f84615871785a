"""Mail about a case: a reference and a link, never a name or a narrative."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.urls import reverse

from escalation.choices import Tell
from escalation.models import Escalation, Stage
from escalation.sides import holders, leads_of
from partnership.models import User
from partnership.post import notify
from partnership.roles import Role


def people(case: Escalation, stage: Stage, told: Iterable[str]) -> list[User]:
    """The people behind the words of a policy, each once."""
    found: dict[int, User] = {}
    for word in told:
        for user in people_of(case, stage, word):
            found.setdefault(user.pk, user)
    return list(found.values())


def people_of(case: Escalation, stage: Stage, word: str) -> list[User]:
    if word == Tell.RAISER:
        return [case.raised_by]
    if word == Tell.RESPONDER:
        return [stage.responder] if stage.responder else leads_of(case.about)
    if word == Tell.RAISING_LEAD:
        return leads_of(case.raised_for)
    if word == Tell.RESPONDING_LEAD:
        return leads_of(case.about)
    if word == Tell.MANAGER:
        return holders(Role.PARTNERSHIP_MANAGER, case)
    return [case.decider] if case.decider else []


def tell(case: Escalation, stage: Stage, told: Iterable[str], what: str) -> None:
    """Write mail to the outbox: what happened at which stage, and where to read on."""
    address = settings.SITE_URL + reverse("escalation:detail", args=[case.reference])
    notify(
        people(case, stage, told),
        f"{case.reference}: {what}",
        f"{case.reference}, stage {stage.number}: {what}.\n\nRead on and act: {address}\n",
    )
