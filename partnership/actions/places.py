"""Partnerships, agencies and role groups."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from partnership.history import save_changed, save_new
from partnership.models import Agency, Membership, Partnership, RoleGroup, User


@transaction.atomic
def make_partnership(*, by: User | None, code: str, name: str, **fields) -> Partnership:
    row = Partnership(code=code, name=name, **fields)
    return save_new(row, by, "made", code=code, name=name)


@transaction.atomic
def add_agency(
    *, by: User | None, partnership: Partnership, code: str, name: str, sector: str,
    parent: Agency | None = None,
) -> Membership:
    """A new agency, in its first partnership."""
    agency = Agency(name=name, sector=sector, parent=parent)
    save_new(agency, by, "made", partnership=partnership, name=name, sector=sector)
    return share_agency(by=by, partnership=partnership, agency=agency, code=code)


@transaction.atomic
def share_agency(
    *, by: User | None, partnership: Partnership, agency: Agency, code: str
) -> Membership:
    """Put an agency into a partnership. Sharing is always this explicit act, never equal codes."""
    row = Membership(partnership=partnership, agency=agency, code=code)
    return save_new(row, by, "shared", partnership=partnership, agency=agency, code=code)


@transaction.atomic
def group_agencies(*, by: User | None, name: str, sector: str, parts: Iterable[Agency]) -> Agency:
    """A parent agency for some that are there: a grant on it reaches its parts.

    The parent itself is in no partnership until it is shared: it is not invited and not counted.
    """
    parent = save_new(Agency(name=name, sector=sector), by, "made", name=name, sector=sector)
    for part in parts:
        row = Agency.objects.select_for_update().get(pk=part.pk)
        save_changed(row, by, "changed", {"parent": parent}, agency=row)
    return parent


@transaction.atomic
def add_role_group(*, by: User | None, code: str, title: str) -> RoleGroup:
    return save_new(RoleGroup(code=code, title=title), by, "made", code=code, title=title)
