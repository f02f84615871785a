"""Who leads an agency: its own leads, else those of the agency that it is a part of."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from partnership.models import Agency, Grant, User
from partnership.roles import Role


def leads_of(agencies: Iterable[int], on: date) -> dict[int, list[User]]:
    """The leads in office of some agencies, by agency, each person once: two queries."""
    # unscoped: whoever leads an agency hears of it
    above = dict(Agency.objects.filter(pk__in=set(agencies)).values_list("pk", "parent"))
    grants = Grant.objects.in_force(on).filter(
        role=Role.AGENCY_LEAD, agency__in={*above, *above.values()} - {None}, user__is_active=True
    )
    led: dict[int, dict[int, User]] = {}
    for grant in grants.select_related("user").order_by("pk"):
        led.setdefault(grant.agency_id, {})[grant.user_id] = grant.user
    return {agency: list((led.get(agency) or led.get(parent, {})).values()) for agency, parent in above.items()}
