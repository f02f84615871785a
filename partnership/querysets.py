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

    def managed_by(self, user) -> Self:
        """A manager's agencies; and the parents in no partnership whose parts are all among them."""
        reached = self.model._base_manager.filter(
            memberships__partnership__in=held(user, Permission.MANAGE_AGENCIES).partnerships
        )
        elsewhere = self.model._base_manager.exclude(pk__in=reached.values("pk"))
        groups = self.model._base_manager.filter(
            memberships=None, parts__in=reached.values("pk")
        ).exclude(parts__in=elsewhere.values("pk"))
        return self.filter(Q(pk__in=reached.values("pk")) | Q(pk__in=groups.values("pk")))

    def staffed_by(self, user) -> Self:
        """Where the user may give roles: a grant on a parent reaches all parts, so all must be theirs."""
        managed = self.model._default_manager.managed_by(user)
        strange = self.model._base_manager.filter(parent__in=managed.values("pk")).exclude(
            pk__in=managed.values("pk")
        )
        led = self.model._default_manager.within_reach(user, Permission.MANAGE_OWN_USERS)
        whole = managed.exclude(pk__in=strange.values("parent"))
        return self.filter(Q(pk__in=whole.values("pk")) | Q(pk__in=led.values("pk")))


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

    def not_ended(self, on: date) -> Self:
        """In force or still to begin."""
        return self.filter(Q(until_on=None) | Q(until_on__gt=on))

    def kept_by(self, user) -> Self:
        """The grants that the user looks after: of their agencies, and of their partnerships."""
        agencies = self.model._meta.get_field("agency").related_model._default_manager
        places = held(user, Permission.MANAGE_AGENCIES).partnerships
        managed = agencies.managed_by(user)
        led = agencies.within_reach(user, Permission.MANAGE_OWN_USERS)
        return self.filter(
            Q(partnership__in=places)
            | Q(agency__in=managed.values("pk"))
            | Q(agency__in=led.values("pk"))
        )


class AgencyOfferQuerySet(ReachQuerySet):
    """Seen from both sides; answered by the partnership to which the agency is offered."""

    partnership_lookups = ("taker", "giver")
    view_permission = Permission.MANAGE_AGENCIES

    def received_by(self, user) -> Self:
        """Those made to the user's partnerships."""
        return self.filter(taker__in=held(user, Permission.MANAGE_AGENCIES).partnerships)

    def made_by(self, user) -> Self:
        """Those that the user's partnerships made."""
        return self.filter(giver__in=held(user, Permission.MANAGE_AGENCIES).partnerships)


class UserCheckQuerySet(ReachQuerySet):
    agency_lookups = ("agency",)
    partnership_lookups = ("agency__memberships__partnership",)
    view_permission = Permission.MANAGE_OWN_USERS


class HistoryQuerySet(ReachQuerySet):
    agency_lookups = ("agency",)
    partnership_lookups = ("partnership",)
    own_lookups = ("staff_member",)
    view_permission = Permission.VIEW_HISTORY

    def within_reach(self, user, permission: Permission) -> Self:
        """Each way leads to one row at most, so no list of numbers is needed: it may be very long."""
        reach = held(user, permission)
        return self.filter(self.reach_filter(user, reach, permission)) if reach else self.none()


class LocalRuleQuerySet(ReachQuerySet):
    """Dated rows of a partnership: the one in force on a day is the latest that has begun."""

    agency_lookups = ("partnership__memberships__agency",)
    partnership_lookups = ("partnership",)
    own_lookups = ("partnership__memberships__agency__staff",)
    view_permission = Permission.VIEW_MEETINGS

    def in_force(self, on: date) -> Self:
        return self.filter(on_day(on, "effective_from", "effective_until"))
