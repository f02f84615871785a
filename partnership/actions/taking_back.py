"""People whom an import brought, agencies and role groups that it made: taken away again."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from partnership.built_on import chunks, held_for_taking, refuse_built_on
from partnership.history import entry, record_all
from partnership.models import Agency, HistoryEntry, Membership, RoleGroup, StaffMember, User


@transaction.atomic
def take_back_staff(*, by: User | None, staff: Iterable[int], since: int) -> int:
    """Take people off the list whom an import brought, while nothing rests on them; gives how many.

    ``since`` is the import's last entry in the history. What the history says of them stays, under
    their name and number; only its pointer to the line goes, as the line does.
    """
    keys = sorted(staff)
    rows = held_for_taking(StaffMember.objects.select_related("agency"), keys, "people")
    refuse_built_on(StaffMember, keys, since)
    record_all(
        entry(by, "taken back", row, agency=row.agency, reference=row.reference) for row in rows
    )
    for some in chunks(keys):
        HistoryEntry.objects.filter(staff_member__in=some).update(staff_member=None)
        StaffMember.objects.filter(pk__in=some).delete()
    return len(rows)


@transaction.atomic
def take_back_agencies(*, by: User | None, memberships: Iterable[int], since: int) -> int:
    """Take away agencies that an import made, with their place in the partnership; gives how many.

    Refused while anything rests on one. What the history says of them stays, under their name; only
    its pointer to the agency goes, as the agency does.
    """
    keys = sorted(memberships)
    numbers = [
        number for some in chunks(keys)
        for number in Membership.objects.filter(pk__in=some).values_list("agency_id", flat=True)
    ]
    held_for_taking(Agency.objects.all(), numbers, "agencies")  # first, as whoever changes one does
    there = Membership.objects.select_related("partnership", "agency")
    places = held_for_taking(there, keys, "agencies")
    refuse_built_on(Membership, keys, since)
    for some in chunks(keys):
        Membership.objects.filter(pk__in=some).delete()
    refuse_built_on(Agency, numbers, since, all_that_names=True)
    record_all(
        entry(by, "taken back", row.agency, partnership=row.partnership, code=row.code)
        for row in places
    )
    for some in chunks(numbers):
        HistoryEntry.objects.filter(agency__in=some).update(agency=None)
        Agency.objects.filter(pk__in=some).delete()
    return len(places)


@transaction.atomic
def take_back_role_groups(*, by: User | None, role_groups: Iterable[int], since: int) -> int:
    """Take away role groups that came with a list of requirements; gives how many.

    Refused while anybody is in one, or anything is asked of it.
    """
    rows = held_for_taking(RoleGroup.objects.all(), role_groups, "role groups")
    keys = [row.pk for row in rows]
    refuse_built_on(RoleGroup, keys, since)
    record_all(entry(by, "taken back", row, code=row.code) for row in rows)
    for some in chunks(keys):
        RoleGroup.objects.filter(pk__in=some).delete()
    return len(rows)
