"""How the rows of the ground floor hang on agencies, partnerships and people."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.db.models import Q

from partnership.reach import ReachQuerySet, held
from partnership.roles import Permission


def on_day(on: date, start: str, end: str) -> Q:
    """Rows whose dates hold a day; the end is the first day out, and may be open."""
    return Q(**{f"{start}__lte": on}) & (Q(**{f"{end}__isnull": True}) | Q(**{f"{end}__gt": on}))


class PartnershipQuerySet(ReachQuerySet):
    agency_lookups = ("memberships__agency",)
    partnership_lookups = ("",)
    own_lookups = ("memberships__agency__staff",)
    view_permission = Permission.VIEW_MEASURES

    def within_reach_as_a_whole(self, user, permission: Permission) -> Self:
        """Those in which the user holds the permission for all agencies: by a role in the partnership."""
        return self.filter(pk__in=held(user, permission).partnerships)


class AgencyQuerySet(ReachQuerySet):
    agency_lookups = ("",)
    partnership_lookups = ("memberships__partnership",)
    own_lookups = ("staff",)
    view_permission = Permission.VIEW_MEASURES


class MembershipQuerySet(ReachQuerySet):
    """An agency in a partnership: what measures and reports are asked of."""

    agency_lookups = ("agency",)
    partnership_lookups = ("partnership",)
    own_lookups = ("agency__staff",)
    view_permission = Permission.VIEW_MEASURES


class StaffQuerySet(ReachQuerySet):
    agency_lookups = ("agency",)
    partnership_lookups = ("agency__memberships__partnership",)
    own_lookups = ("pk",)
    view_permission = Permission.VIEW_STAFF

    def in_post(self, on: date) -> Self:
        """Had started and not left: the leaving date is the first day out of post."""
        return self.filter(on_day(on, "started_on", "left_on"))

    def counting_in(self, partnership_id: int) -> Self:
        """Those who count in a partnership: it is the one they work for, or they name none."""
        return self.filter(Q(works_for=None) | Q(works_for=partnership_id)).filter(
            agency__memberships__partnership=partnership_id
        )


class GrantQuerySet(ReachQuerySet):
    agency_lookups = ("agency",)
    partnership_lookups = ("partnership", "agency__memberships__partnership")
    own_lookups = ("user__staff_member",)
    view_permission = Permission.MANAGE_AGENCIES

    def in_force(self, on: date) -> Self:
        return self.filter(on_day(on, "from_on", "until_on"))


class HistoryQuerySet(ReachQuerySet):
    agency_lookups = ("agency",)
    partnership_lookups = ("partnership",)
    own_lookups = ("staff_member",)
    view_permission = Permission.VIEW_HISTORY


class LocalRuleQuerySet(ReachQuerySet):
    """Dated rows of a partnership: the one in force on a day is the latest that has begun."""

    agency_lookups = ("partnership__memberships__agency",)
    partnership_lookups = ("partnership",)
    own_lookups = ("partnership__memberships__agency__staff",)
    view_permission = Permission.VIEW_MEETINGS

    def in_force(self, on: date) -> Self:
        return self.filter(on_day(on, "effective_from", "effective_until"))
