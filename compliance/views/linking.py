"""Where people and cases on an agency's page lead: to their own pages, for those who may open them."""

from __future__ import annotations

from collections import Counter

from django.http import HttpRequest
from django.urls import reverse

from compliance.measures import Scope
from compliance.presenting.parts import Section
from escalation.models import Escalation
from partnership.models import StaffMember
from partnership.roles import Permission


def link_rows(request: HttpRequest, scope: Scope, sections: list[Section]) -> None:
    """Add the addresses to the first cells of the people and the cases."""
    for section in sections:
        if section.id == "people":
            link_first_cells(section, people(request, scope))
        elif section.id == "cases":
            link_first_cells(section, cases(request, scope))


def link_first_cells(section: Section, addresses: dict[str, str]) -> None:
    for table in section.tables:
        for row in table.rows:
            row[0]["href"] = addresses.get(row[0]["text"], "")


def people(request: HttpRequest, scope: Scope) -> dict[str, str]:
    """By name; two people of one name are told apart on the staff list, not by a guess here."""
    reach = StaffMember.objects.within_reach(request.user, Permission.VIEW_STAFF)
    rows = list(reach.filter(agency__in=list(scope.members)).only("first_name", "last_name"))
    once = Counter(person.name for person in rows)
    return {
        person.name: reverse("compliance:person", args=[person.pk])
        for person in rows if once[person.name] == 1
    }


def cases(request: HttpRequest, scope: Scope) -> dict[str, str]:
    reach = Escalation.objects.visible_to(request.user).filter(partnership=scope.partnership)
    return {
        reference: reverse("escalation:detail", args=[reference])
        for reference in reach.values_list("reference", flat=True)
    }
