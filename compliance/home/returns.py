"""The returns that wait: a lead's own with their due day, and how many agencies are late."""

from __future__ import annotations

from django.urls import reverse

from compliance.models import AgencyReturn
from partnership.models import User, today
from partnership.reach import can
from partnership.roles import Permission as P
from partnership.templatetags.quorate import longdate

SINGLY = 3  # of so many returns each has its own line


def late(user: User) -> int:
    """How many agencies of one's partnerships are late with their return."""
    return AgencyReturn.objects.within_reach(user, P.MANAGE_AGENCIES).late(today()).count()


def due(user: User) -> list[dict]:
    """The returns that a lead has still to sign, each a line with its due day; many of them are one line."""
    if not can(user, P.SIGN_OFF_REPORT):
        return []
    rows = AgencyReturn.objects.within_reach(user, P.SIGN_OFF_REPORT).missing().filter(round__closed_at=None)
    found = list(rows.select_related("round", "membership__agency").order_by("round__due_on", "pk"))
    if len(found) > SINGLY:
        first = found[0].round.due_on
        text = f"returns of your agencies are to be signed, the first by {longdate(first)}"
        href = reverse("compliance:return-list") + "?whose=own&sort=due"
        return [{"number": len(found), "text": text, "href": href, "urgent": True}]
    return [line(row, several=len(found) > 1) for row in found]


def line(row: AgencyReturn, *, several: bool) -> dict:
    day = row.round.due_on
    whose = f"The return of {row.membership.agency}" if several else "Your return"
    verb = "was" if day < today() else "is"
    return {
        "text": f"{whose} for {row.round.term_name} {verb} due on {longdate(day)}",
        "href": reverse("compliance:return-agency", args=[row.round_id, row.membership.code]),
        "urgent": row.round.term.last < today(),
    }
