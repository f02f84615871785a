"""The set-up: what the reader may change, each with a sentence and when it was last changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from partnership.models import HistoryEntry, Partnership, User
from partnership.reach import can
from partnership.roles import Permission as P
from partnership.templatetags.quorate import longdate
from partnership.views.dated import kept_places


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to set up: where, in a sentence, for whom, and whose history tells of its changes."""

    text: str
    sentence: str
    url: str
    permissions: tuple[P, ...]
    subjects: tuple[str, ...] = ()  # the kinds of rows that the history names


EVERYWHERE = (
    Item("Agencies", "Who is invited and counted, and what belongs to what.",
         "partnership:agency-list", (P.MANAGE_AGENCIES,),
         ("partnership.agency", "partnership.membership")),
    Item("Users", "Who signs in, and what each of them may do.", "partnership:user-list",
         (P.MANAGE_AGENCIES, P.MANAGE_OWN_USERS), ("partnership.user", "partnership.grant")),
    Item("Machine keys", "Which other systems read and write by themselves.", "machines:key-list",
         (P.MANAGE_AGENCIES, P.MANAGE_OWN_USERS, P.RECORD_CONFERENCES), ("api.machinekey",)),
    Item("Role groups", "The groups of jobs that training is asked of.",
         "partnership:role-group-list", (P.MANAGE_AGENCIES,), ("partnership.rolegroup",)),
    Item("Bank holidays", "The days that deadlines leave out.", "partnership:holiday-list",
         (P.MANAGE_RULES,), ("partnership.bankholiday",)),
    Item("Counts from the case system", "Children on a plan on a day, beside those from conferences.",
         "compliance:typed-list", (P.TYPE_COUNTS,), ("compliance.typedcount",)),
    Item("Data quality", "What is missing, open, disputed or late, agency by agency.",
         "compliance:data-quality", (P.MANAGE_RULES,)),
)
LOCAL = (
    Item("Quorum", "Who must be there for a conference to go ahead.", "conferences:quorum-rule",
         (P.MANAGE_RULES,), ("conferences.quorumrule",)),
    Item("What is expected", "Whether an agency attends, reports, or both.",
         "conferences:expectation-list", (P.MANAGE_RULES,), ("conferences.expectationrule",)),
    Item("Timescales", "By when meetings are held, and how much notice an invitation gives.",
         "conferences:timescale-list", (P.MANAGE_RULES,), ("conferences.timescale",)),
    Item("Targets", "From when a figure is good, and from when it is to be watched.",
         "compliance:target-list", (P.MANAGE_RULES,), ("compliance.target",)),
    Item("Escalation policy", "The stages of an escalation, and by when each is answered.",
         "escalation:policy", (P.MANAGE_RULES,), ("escalation.policy",)),
    Item("What suggests an escalation", "Which missed duties Quorate points out.",
         "escalation:triggers", (P.MANAGE_RULES,), ("escalation.trigger",)),
    Item("Names used on screen", "What the partnership and its sub-group are called.",
         "partnership:labels", (P.MANAGE_RULES,), ("partnership.partnership",)),
)


def set_up(request: HttpRequest) -> HttpResponse:
    """What the reader may change."""
    user = request.user
    everywhere = [item for item in EVERYWHERE if any(can(user, one) for one in item.permissions)]
    if not everywhere:
        raise PermissionDenied
    places = list(kept_places(user).order_by("name"))
    changed = last_changes(user, places)
    groups = [{"title": "People, agencies and records", "items": [
        shown(item, reverse(item.url), changed, None) for item in everywhere
    ]}]
    groups += [
        {"title": f"Rules of {place}", "items": [
            shown(item, address(item, place), changed, place.pk) for item in LOCAL
        ]}
        for place in places
    ]
    return render(request, "compliance/set_up.html", {
        "groups": groups,
        "crumbs": [{"text": "Home", "href": reverse("compliance:home")}, {"text": "Set-up", "href": ""}],
    })


def address(item: Item, place: Partnership) -> str:
    if item.url == "compliance:target-list":
        return f"{reverse(item.url)}?partnership={place.code}"
    return reverse(item.url, args=[place.code])


def last_changes(
    user: User, places: Iterable[Partnership]
) -> dict[tuple[str, int | None], datetime]:
    """When each kind of row was last changed, as far as the reader may know: two queries."""
    reach = HistoryEntry.objects.visible_to(user)
    # unscoped: bank holidays are nobody's, and the same for all
    shared = HistoryEntry.objects.filter(subject_type__in=["partnership.bankholiday"])
    kinds = [kind for item in (*EVERYWHERE, *LOCAL) for kind in item.subjects]
    rows = reach.filter(subject_type__in=kinds).order_by()
    found: dict[tuple[str, int | None], datetime] = {}
    grouped = rows.values_list("subject_type", "partnership").annotate(at=Max("at"))
    for kind, place, at in grouped:
        for key in ((kind, place), (kind, None)):
            found[key] = max(at, found.get(key, at))
    at = shared.aggregate(at=Max("at"))["at"]
    return found | ({("partnership.bankholiday", None): at} if at else {})


def shown(
    item: Item, href: str, changed: dict[tuple[str, int | None], datetime], place: int | None
) -> dict[str, str]:
    moments = [changed[kind, place] for kind in item.subjects if (kind, place) in changed]
    when = f"Last changed on {longdate(max(moments))}" if moments else (
        "Not changed yet" if item.subjects else ""
    )
    return {"text": item.text, "href": href, "sentence": item.sentence, "when": when}
