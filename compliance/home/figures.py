"""The figures on a home: a lead's own agencies, and the partnerships of who sees them whole."""

from __future__ import annotations

from django.urls import reverse

from compliance.asking import default_period
from compliance.measures import Scope, score
from compliance.presenting import Links, figures
from compliance.scorecard import Count, Scorecard
from partnership.models import Membership, Partnership, User
from partnership.roles import Permission, Role

WITH_FIGURES = 3  # of how many agencies the home shows figures; more are links only
TO_ACT_ON = {
    "training_expired": "Requirements expired",
    "training_never": "Requirements never done",
    "training_expiring": "Requirements expiring within 90 days",
    "missed_attendances": "Attendances missed, not excused",
    "missed_reports": "Reports missed, not excused",
}


def agencies(user: User) -> list[dict]:
    """The person's own agencies in each of their partnerships, with their figures while they are few."""
    own = {g.agency_id for g in user.grants_in_force() if g.role == Role.AGENCY_LEAD}
    if not own:
        return []
    reach = Membership.objects.within_reach(user, Permission.VIEW_MEASURES)
    rows = reach.filter(agency__in=own) | reach.filter(agency__parent__in=own)
    rows = rows.select_related("agency", "partnership").order_by("agency__name", "partnership__name")
    found = list(rows)
    return [place(m, shows_figures=len(found) <= WITH_FIGURES) for m in found]


def place(membership: Membership, *, shows_figures: bool) -> dict:
    """An agency in a partnership: where its page is, and its headlines."""
    codes = [membership.partnership.code, membership.code]
    href = reverse("compliance:agency", args=codes)
    found = {"text": str(membership), "href": href}
    if not shows_figures:
        return found
    period = default_period(membership.partnership)
    card = score(Scope(membership.partnership, membership), period)
    query = f"?period={period.slug}"
    links = Links(reverse("compliance:agency-rows", args=codes), {"period": period.slug})
    return found | {
        "card": card,
        "figures": figures(card, links),
        "to_act_on": to_act_on(card, links),
        "buttons": [
            {"text": "Open the whole page", "href": href + query, "hidden": f"of {membership}"},
            {
                "text": "Print as PDF, with names", "kind": "secondary", "hidden": f": the report of {membership}",
                "href": reverse("compliance:agency-report", args=[*codes, "pdf"]) + query,
            },
        ],
    }


def to_act_on(card: Scorecard, links: Links) -> list[list[dict]]:
    """What a lead can do something about, each number leading to its rows."""
    return [
        [
            {"text": text, "header": True},
            {"text": card.count(key), "numeric": True, "href": links.count(Count(key, text, card.count(key)))},
        ]
        for key, text in TO_ACT_ON.items()
    ]


def partnerships(user: User) -> list[dict]:
    """Where the figures of each partnership are, and its report on paper."""
    reach = Partnership.objects.within_reach_as_a_whole(user, Permission.VIEW_MEASURES)
    prints = Partnership.objects.within_reach_as_a_whole(user, Permission.PRINT_REPORT)
    printable = set(prints.values_list("pk", flat=True))
    return [
        {
            "text": f"{p.name} {p.label}", "href": reverse("compliance:dashboard", args=[p.code]),
            "print": reverse("compliance:partnership-report", args=[p.code, "pdf"])
            if p.pk in printable else "",
        }
        for p in reach
    ]
