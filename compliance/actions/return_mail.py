"""Mail about returns: the agencies, the term, the due day and a link; never a person's name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from django.conf import settings
from django.urls import reverse

from compliance.models import AgencyReturn, ReminderStep, ReturnRound
from partnership import leading
from partnership.models import Grant, User
from partnership.post import notify, notify_each
from partnership.roles import Role
from partnership.spreadsheets import spoken

SUBJECTS = {
    ReminderStep.OPENED: "Confirm your agency’s data by {due}",
    ReminderStep.NEARLY_DUE: "Your agency’s return is due on {due}",
    ReminderStep.LATE: "Your agency’s return was due on {due}",
    ReminderStep.NOW: "Your agency’s return is asked for",
}
SENTENCES = {
    ReminderStep.OPENED: "{place} asks its agencies to confirm their data for {term}, by {due}.",
    ReminderStep.NEARLY_DUE: "{place} asked for your return for {term}. It is due on {due}.",
    ReminderStep.LATE: "{place} asked for your return for {term}. It was due on {due} and is still missing.",
    ReminderStep.NOW: "{place} reminds you of your return for {term}. Its due date is {due}.",
}


def leads_of(returns: Iterable[AgencyReturn], on: date) -> dict[User, list[AgencyReturn]]:
    """Who signs which of some returns: an agency's leads, else those of the agency above it."""
    rows = list(returns)
    led = leading.leads_of({row.membership.agency_id for row in rows}, on)
    found: dict[User, list[AgencyReturn]] = defaultdict(list)
    for row in rows:
        for user in led[row.membership.agency_id]:
            found[user].append(row)
    return found


def tell_leads(
    asked: ReturnRound, leads: dict[User, list[AgencyReturn]], step: ReminderStep
) -> None:
    """One mail to each lead, about all of their agencies."""
    words = {"place": asked.partnership, "term": asked.term_name, "due": spoken(asked.due_on)}
    subject = f"{asked.term_name}: {SUBJECTS[step].format(**words)}"
    notify_each(
        (user, subject, body(SENTENCES[step].format(**words), rows)) for user, rows in leads.items()
    )


def body(sentence: str, rows: list[AgencyReturn], lead: str = "Look at the numbers and sign:") -> str:
    lines = [f"{row.membership.agency}: {address_of(row)}" for row in rows]
    return "\n\n".join([sentence, lead, *lines]) + "\n"


def address_of(row: AgencyReturn) -> str:
    place = [row.round_id, row.membership.code]
    return settings.SITE_URL + reverse("compliance:return-agency", args=place)


def tell_sent_back(row: AgencyReturn, on: date) -> None:
    """The leads hear that their return came back; why stands on the page."""
    term = row.round.term_name
    sentence = f"{row.round.partnership} sent your return for {term} back. The reason stands on the page."
    notify_each(
        (user, f"{term}: your agency’s return was sent back", body(sentence, rows))
        for user, rows in leads_of([row], on).items()
    )


def tell_withdrawn(asked: ReturnRound, on: date) -> None:
    """Who was asked hears that there is nothing to sign; why stands on the page."""
    # unscoped: of a round that the caller decided on
    rows = asked.returns.select_related("membership__agency", "round").order_by("membership__agency__name")
    sentence = (
        f"{asked.partnership} has withdrawn its request for returns for {asked.term_name}. There is nothing "
        "for you to sign. The reason stands on the page."
    )
    notify_each(
        (user, f"{asked.term_name}: your agency’s return is no longer asked for", body(sentence, own, "The page:"))
        for user, own in leads_of(rows, on).items()
    )


def tell_managers(asked: ReturnRound, late: Iterable[AgencyReturn], on: date) -> None:
    """One summary of who is late."""
    names = sorted(row.membership.agency.name for row in late)
    # unscoped: mail goes to whoever manages the partnership
    grants = Grant.objects.in_force(on).filter(
        role=Role.PARTNERSHIP_MANAGER, partnership=asked.partnership_id
    )
    managers = {grant.user_id: grant.user for grant in grants.select_related("user")}
    number = "1 agency is" if len(names) == 1 else f"{len(names)} agencies are"
    address = settings.SITE_URL + reverse("compliance:return-detail", args=[asked.pk])
    lines = [
        f"{number} late with the return for {asked.term_name}, which was due on {spoken(asked.due_on)}:",
        "\n".join(names),
        f"Their leads are reminded, where there is one. See the table: {address}",
    ]
    notify(
        managers.values(), f"{asked.term_name}: {number} late with the return", "\n\n".join(lines) + "\n"
    )
