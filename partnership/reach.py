"""Who may see or touch which row: one table, one queryset method.

``REACH[permission][role]`` says how far a permission goes; ``ReachQuerySet.within_reach`` turns a
user's grants into one filter. Lists, single pages, form choices, measures and the API all start there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

from django.db import models
from django.db.models import Q

from partnership.roles import Permission, Role


class Reach(StrEnum):
    """How far a permission goes for a role."""

    NONE = "none"
    OWN = "own"  # rows about the person themselves
    PARTY = "party"  # escalations in which the person takes part
    ASSIGNED = "assigned"  # escalations given to the person to decide
    AGENCY = "agency"  # rows of the agency of the grant, and of its parts
    PARTNERSHIP = "partnership"  # rows of the partnership of the grant


P, R = Permission, Role
OWN, PARTY, ASSIGNED = Reach.OWN, Reach.PARTY, Reach.ASSIGNED
AGENCY, PARTNERSHIP = Reach.AGENCY, Reach.PARTNERSHIP

REACH: dict[Permission, dict[Role, Reach]] = {
    P.VIEW_STAFF: {R.PRACTITIONER: OWN, R.AGENCY_LEAD: AGENCY},
    P.LOG_TRAINING: {R.PRACTITIONER: OWN, R.AGENCY_LEAD: AGENCY},
    P.MANAGE_STAFF: {R.AGENCY_LEAD: AGENCY},
    P.MANAGE_COURSES: {R.TRAINING_ADMIN: PARTNERSHIP, R.PARTNERSHIP_MANAGER: PARTNERSHIP},
    P.MANAGE_AGENCY_REQUIREMENTS: {R.AGENCY_LEAD: AGENCY},
    P.VIEW_SESSION_NAMES: {
        R.PRACTITIONER: OWN, R.AGENCY_LEAD: AGENCY, R.TRAINING_ADMIN: PARTNERSHIP,
    },
    P.VIEW_SESSION_TAKE_UP: {
        R.AGENCY_LEAD: AGENCY, R.TRAINING_ADMIN: PARTNERSHIP, R.TRAINING_SUBGROUP: PARTNERSHIP,
        R.PARTNERSHIP_MANAGER: PARTNERSHIP, R.AUDITOR: PARTNERSHIP,
    },
    P.PICK_INVITEES: {R.PRACTITIONER: OWN, R.AGENCY_LEAD: AGENCY, R.CONFERENCE_ADMIN: PARTNERSHIP},
    P.VIEW_MEETINGS: {
        R.PRACTITIONER: OWN, R.AGENCY_LEAD: AGENCY, R.CONFERENCE_ADMIN: PARTNERSHIP,
        R.TRAINING_SUBGROUP: PARTNERSHIP, R.PARTNERSHIP_MANAGER: PARTNERSHIP,
        R.DECISION_MAKER: PARTNERSHIP, R.AUDITOR: PARTNERSHIP,
    },
    P.VIEW_MEETING_NAMES: {
        R.PRACTITIONER: OWN, R.AGENCY_LEAD: AGENCY, R.CONFERENCE_ADMIN: PARTNERSHIP,
    },
    P.RECORD_CONFERENCES: {R.CONFERENCE_ADMIN: PARTNERSHIP},
    P.RECORD_CORE_GROUPS: {
        R.PRACTITIONER: OWN, R.AGENCY_LEAD: AGENCY, R.CONFERENCE_ADMIN: PARTNERSHIP,
    },
    P.DISPUTE_LINES: {R.PRACTITIONER: OWN, R.AGENCY_LEAD: AGENCY},
    P.SETTLE_LINES: {R.CONFERENCE_ADMIN: PARTNERSHIP},
    P.TYPE_COUNTS: {R.CONFERENCE_ADMIN: PARTNERSHIP, R.PARTNERSHIP_MANAGER: PARTNERSHIP},
    P.VIEW_SUGGESTIONS: {
        R.AGENCY_LEAD: AGENCY, R.CONFERENCE_ADMIN: PARTNERSHIP, R.PARTNERSHIP_MANAGER: PARTNERSHIP,
    },
    P.ACT_ON_SUGGESTIONS: {R.AGENCY_LEAD: AGENCY, R.CONFERENCE_ADMIN: PARTNERSHIP},
    P.RAISE_ESCALATION: {
        R.PRACTITIONER: AGENCY, R.AGENCY_LEAD: AGENCY, R.CONFERENCE_ADMIN: PARTNERSHIP,
    },
    P.MOVE_ESCALATION: {R.PRACTITIONER: PARTY, R.AGENCY_LEAD: AGENCY, R.CONFERENCE_ADMIN: PARTY},
    P.ASK_SKIP: {R.PRACTITIONER: PARTY, R.CONFERENCE_ADMIN: PARTY},
    P.APPROVE_SKIP: {R.AGENCY_LEAD: AGENCY, R.PARTNERSHIP_MANAGER: PARTNERSHIP},
    P.DECIDE_ESCALATION: {R.DECISION_MAKER: ASSIGNED},
    P.READ_NARRATIVE: {
        R.PRACTITIONER: PARTY, R.AGENCY_LEAD: AGENCY, R.CONFERENCE_ADMIN: PARTY,
        R.DECISION_MAKER: ASSIGNED,
    },
    P.VIEW_ESCALATIONS: {
        R.PRACTITIONER: PARTY, R.AGENCY_LEAD: AGENCY, R.CONFERENCE_ADMIN: PARTY,
        R.PARTNERSHIP_MANAGER: PARTNERSHIP, R.DECISION_MAKER: PARTNERSHIP, R.AUDITOR: PARTNERSHIP,
    },
    P.VIEW_ESCALATION_THEMES: {R.TRAINING_SUBGROUP: PARTNERSHIP},
    P.VIEW_MEASURES: {
        R.AGENCY_LEAD: AGENCY, R.TRAINING_ADMIN: PARTNERSHIP, R.TRAINING_SUBGROUP: PARTNERSHIP,
        R.PARTNERSHIP_MANAGER: PARTNERSHIP, R.DECISION_MAKER: PARTNERSHIP, R.AUDITOR: PARTNERSHIP,
    },
    P.VIEW_MEASURE_NAMES: {R.AGENCY_LEAD: AGENCY},
    P.PRINT_REPORT: {
        R.AGENCY_LEAD: AGENCY, R.TRAINING_SUBGROUP: PARTNERSHIP,
        R.PARTNERSHIP_MANAGER: PARTNERSHIP, R.AUDITOR: PARTNERSHIP,
    },
    P.PRINT_NAMES: {R.AGENCY_LEAD: AGENCY},
    P.ISSUE_REPORT: {R.TRAINING_SUBGROUP: PARTNERSHIP, R.PARTNERSHIP_MANAGER: PARTNERSHIP},
    P.SIGN_OFF_REPORT: {R.AGENCY_LEAD: AGENCY},
    P.MANAGE_AGENCIES: {R.PARTNERSHIP_MANAGER: PARTNERSHIP},
    P.MANAGE_OWN_USERS: {R.AGENCY_LEAD: AGENCY},
    P.MANAGE_RULES: {R.PARTNERSHIP_MANAGER: PARTNERSHIP},
    P.VIEW_HISTORY: {
        R.PRACTITIONER: OWN, R.AGENCY_LEAD: AGENCY, R.CONFERENCE_ADMIN: PARTNERSHIP,
        R.PARTNERSHIP_MANAGER: PARTNERSHIP, R.AUDITOR: PARTNERSHIP,
    },
}


def reach_of(permission: Permission, role: Role) -> Reach:
    """How far a role's permission goes; what the table does not name goes nowhere."""
    return REACH[permission].get(role, Reach.NONE)


@dataclass(frozen=True, slots=True)
class Held:
    """All that a user's grants in force today give for one permission."""

    own: bool
    party: bool
    assigned: bool
    agencies: frozenset[int]
    partnerships: frozenset[int]

    def __bool__(self) -> bool:
        return bool(self.own or self.party or self.assigned or self.agencies or self.partnerships)


def held(user: Any, permission: Permission) -> Held:
    """What the user's grants give. Anonymous and inactive users hold nothing.

    A machine has no grants: the key with which it came says what it holds.
    """
    if getattr(user, "came_with", None):
        return user.came_with.held(permission)
    reaches = [
        (reach_of(permission, Role(grant.role)), grant)
        for grant in user.grants_in_force()
    ] if user.is_authenticated and user.is_active else []
    kinds = {reach for reach, _ in reaches}
    return Held(
        own=Reach.OWN in kinds,
        party=Reach.PARTY in kinds,
        assigned=Reach.ASSIGNED in kinds,
        agencies=frozenset(g.agency_id for reach, g in reaches if reach is Reach.AGENCY),
        partnerships=frozenset(
            g.partnership_id for reach, g in reaches if reach is Reach.PARTNERSHIP
        ),
    )


def can(user: Any, permission: Permission) -> bool:
    """Whether the permission reaches anything at all: for menus and for pages without rows."""
    return bool(held(user, permission))


class ReachQuerySet(models.QuerySet):
    """Rows that know how they hang on an agency, a partnership and a person.

    A subclass names the lookups: ``agency_lookups`` lead to an Agency, ``partnership_lookups`` to a
    Partnership, ``own_lookups`` to a StaffMember, ``party_lookups`` and ``assigned_lookups`` to a User.
    """

    agency_lookups: tuple[str, ...] = ()
    partnership_lookups: tuple[str, ...] = ()
    own_lookups: tuple[str, ...] = ()
    party_lookups: tuple[str, ...] = ()
    assigned_lookups: tuple[str, ...] = ()
    view_permission: Permission

    def visible_to(self, user: Any) -> Self:
        """The rows that the user may see."""
        return self.within_reach(user, self.view_permission)

    def within_reach(self, user: Any, permission: Permission) -> Self:
        """The rows that a permission of the user reaches, each of them once."""
        reach = held(user, permission)
        if not reach:
            return self.none()
        found = self.reach_filter(user, reach, permission)
        return self.filter(pk__in=self.model._base_manager.filter(found).values("pk"))

    def own_filter(self, permission: Permission, staff_member_id: int) -> Q:
        """The rows about a person; a subclass may draw them differently for some permissions."""
        return any_of(self.own_lookups, staff_member_id)

    def party_filter(self, user: Any) -> Q:
        """The rows in which the user takes part; a subclass may ask for a grant at the party's place."""
        return any_of(self.party_lookups, user.pk)

    def assigned_filter(self, user: Any) -> Q:
        """The rows given to the user; a subclass may ask for more than that."""
        return any_of(self.assigned_lookups, user.pk)

    def agency_lookups_for(self, permission: Permission) -> tuple[str, ...]:
        """The ways to an agency; a subclass may name others for some permissions."""
        return self.agency_lookups

    def reach_filter(self, user: Any, reach: Held, permission: Permission) -> Q:
        found = Q(pk__in=())
        if reach.own and user.staff_member_id:
            found |= self.own_filter(permission, user.staff_member_id)
        if reach.party:
            found |= self.party_filter(user)
        if reach.assigned:
            found |= self.assigned_filter(user)
        if reach.agencies:
            # A grant on a parent agency reaches its parts.
            lookups = self.agency_lookups_for(permission)
            parts = [f"{lookup}__parent" if lookup else "parent" for lookup in lookups]
            own = [lookup or "pk" for lookup in lookups]
            found |= any_of((f"{name}__in" for name in [*own, *parts]), reach.agencies)
        if reach.partnerships:
            names = (f"{lookup or 'pk'}__in" for lookup in self.partnership_lookups)
            found |= any_of(names, reach.partnerships)
        return found


def any_of(lookups: Iterable[str], value: Any) -> Q:
    """True where one of the lookups leads to the value."""
    found = Q(pk__in=())
    for lookup in lookups:
        found |= Q(**{lookup: value})
    return found
