"""Whom a request may be about: a person out of reach answers like one who is missing."""

from __future__ import annotations

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse

from partnership.models import StaffMember, User
from partnership.reach import held
from partnership.roles import Permission

HOME = {"text": "Home", "href": "/"}


def reaches_others(user: User, permission: Permission) -> bool:
    """Whether a permission goes beyond the person's own line."""
    found = held(user, permission)
    return bool(found.agencies or found.partnerships)


def must_reach_others(request: HttpRequest, permission: Permission) -> None:
    """404 for those whom a list of people is not for."""
    if not reaches_others(request.user, permission):
        raise Http404


def person_within(request: HttpRequest, number: int, permission: Permission) -> StaffMember:
    """A person whom the permission reaches, or 404."""
    rows = StaffMember.objects.within_reach(request.user, permission)
    return get_object_or_404(rows.select_related("agency", "role_group"), pk=number)


def person_page(person: StaffMember) -> str:
    return reverse("compliance:person", args=[person.pk])


def crumbs(request: HttpRequest, person: StaffMember | None, *below: str) -> list[dict]:
    """Home, the list for those who may see it, the person, and what is below."""
    found = [HOME]
    if reaches_others(request.user, Permission.VIEW_STAFF):
        found.append({"text": "People and training", "href": reverse("training:person-list")})
    if person:
        found.append({"text": person.name, "href": person_page(person)})
    found += [{"text": text, "href": ""} for text in below]
    return [*found[:-1], found[-1] | {"href": ""}]
