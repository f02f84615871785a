"""Mail about a case: its reference, the two agencies, the due day and a link; never a person's name
or a narrative."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.urls import reverse

from escalation.choices import PartnershipPart, Tell
from escalation.models import Escalation, Stage
from escalation.sides import acts_for, holders, leads_of, may_decide, raising_people
from escalation.stages import LOCAL, LimitUnit, local_day
from partnership.models import User
from partnership.post import notify
from partnership.roles import Role
from partnership.spreadsheets import spoken


def people(case: Escalation, stage: Stage, told: Iterable[str]) -> list[User]:
    """The people behind the words of a policy who still have a part in the case, each once."""
    found: dict[int, User] = {}
    for word in told:
        for user in people_of(case, stage, word):
            found.setdefault(user.pk, user)
    return list(found.values())


def people_of(case: Escalation, stage: Stage, word: str) -> list[User]:
    if word == Tell.RAISER:
        return raising_people(case)
    if word == Tell.RESPONDER:
        there = stage.responder and acts_for(stage.responder, case.about, case)
        return [stage.responder] if there else leads_of(case.about)
    if word == Tell.RAISING_LEAD:
        return leads_of(case.raised_for)
    if word == Tell.RESPONDING_LEAD:
        return leads_of(case.about)
    if word == Tell.MANAGER:
        return holders(Role.PARTNERSHIP_MANAGER, case)
    return [case.decider] if case.decider and may_decide(case.decider, case) else []


def tell(case: Escalation, stage: Stage, told: Iterable[str], what: str) -> None:
    """Write mail to the outbox: what happened in which case, until when, and where to read on."""
    address = settings.SITE_URL + reverse("escalation:detail", args=[case.reference])
    raised_for = case.raised_for or f"the conference service of {case.partnership}"
    lines = [
        f"{case.reference}: {what}.",
        f"Raised for {raised_for} about {case.about}. "
        f"{stage.policy_stage}.",
        *due_line(stage),
        *next_line(case, stage),
        f"Read on and act: {address}",
    ]
    notify(people(case, stage, told), f"{case.reference}: {what}", "\n\n".join(lines) + "\n")


def next_line(case: Escalation, stage: Stage) -> list[str]:
    """Whose turn it is after an answer, or at the stage at which the partnership decides."""
    if stage.closed_at or not (stage.answered_at or decided_at(stage)):
        return []
    if not decided_at(stage):
        return ["The raising side accepts the answer or moves the case up."]
    with_whom = "its final decision-maker" if case.decider else "the partnership, which names who decides"
    return [f"At this stage the partnership decides: the case is with {with_whom}."]


def decided_at(stage: Stage) -> bool:
    return stage.policy_stage.partnership_part == PartnershipPart.DECIDES


def due_line(stage: Stage) -> list[str]:
    """Until when an answer is due, while one is."""
    if stage.due_at is None or stage.answered_at or stage.closed_at:
        return []
    on = spoken(local_day(stage.due_at))
    if stage.limit.unit == LimitUnit.CLOCK_HOURS:
        return [f"An answer is due on {on} at {stage.due_at.astimezone(LOCAL):%H:%M}."]
    return [f"An answer is due by the end of {on}."]
