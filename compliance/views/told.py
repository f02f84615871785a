"""What a page says of who was told: an agency that nobody leads hears of nothing."""

from __future__ import annotations

from collections.abc import Iterable

from compliance.measures import in_a_row
from partnership.models import Agency, Grant, today
from partnership.roles import Role

NAMED_AT_MOST = 5
ASK = "The partnership manager gives somebody the role under Set-up, Users."


def told(agencies: Iterable[Agency], words: str) -> str:
    """The sentence for those who were told, if anybody was, and one for the agencies without a lead."""
    asked = {agency.pk: agency for agency in agencies}
    names = unled(asked.values())
    if not names:
        return words
    heard = [words] if len(names) < len(asked) else []
    return " ".join([*heard, nobody_heard(names), ASK])


def nobody_heard(names: list[str]) -> str:
    if len(names) > NAMED_AT_MOST:
        return f"{len(names)} agencies have no lead, so nobody was told there."
    if len(names) > 1:
        return f"{in_a_row(names)} have no lead, so nobody was told there."
    return f"{names[0]} has no lead, so nobody was told there."


def unled(agencies: Iterable[Agency]) -> list[str]:
    """The names of those that have no lead of their own and none above them, today."""
    places = list(agencies)
    # unscoped: whether there is a lead, of agencies that the caller decided on
    leads = Grant.objects.in_force(today()).filter(
        role=Role.AGENCY_LEAD, user__is_active=True,
        agency__in={key for one in places for key in (one.pk, one.parent_id)} - {None},
    )
    led = set(leads.values_list("agency", flat=True))
    return [one.name for one in places if not {one.pk, one.parent_id} & led]
