"""How the rows of the training floor hang on agencies, partnerships and people."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.db.models import Count, Q

from partnership.querysets import on_day
from partnership.reach import ReachQuerySet, held
from partnership.roles import Permission
from training.choices import HAD_A_PLACE, LIVE, BookingState


class RequirementQuerySet(ReachQuerySet):
    agency_lookups = ("agency", "partnership__memberships__agency")
    partnership_lookups = ("partnership", "agency__memberships__partnership")
    view_permission = Permission.VIEW_MEASURES

    def in_force(self, on: date) -> Self:
        return self.filter(on_day(on, "effective_from", "effective_until"))

    def asked_in(self, *partnership_ids: int) -> Self:
        """The partnerships' own requirements and those that their agencies set themselves."""
        return self.filter(
            Q(partnership__in=partnership_ids) | Q(agency__memberships__partnership__in=partnership_ids)
        )


class TrainingRecordQuerySet(ReachQuerySet):
    agency_lookups = ("staff_member__agency",)
    partnership_lookups = ("staff_member__agency__memberships__partnership",)
    own_lookups = ("staff_member",)
    view_permission = Permission.VIEW_STAFF

    def within_reach(self, user, permission: Permission) -> Self:
        """Each way to an agency or a person leads to one row, so no list of numbers is needed: it may
        be very long."""
        reach = held(user, permission)
        if not reach or reach.partnerships:
            return super().within_reach(user, permission)
        return self.filter(self.reach_filter(user, reach, permission))

    def counting(self) -> Self:
        """Confirmed, and not replaced by a correction."""
        return self.filter(confirmed_at__isnull=False, replaced_at=None)

    def to_confirm(self) -> Self:
        return self.filter(confirmed_at=None, replaced_at=None)


class ExemptionQuerySet(ReachQuerySet):
    agency_lookups = ("staff_member__agency",)
    partnership_lookups = ("staff_member__agency__memberships__partnership",)
    own_lookups = ("staff_member",)
    view_permission = Permission.VIEW_STAFF


class SessionQuerySet(ReachQuerySet):
    agency_lookups = ("partnership__memberships__agency",)
    partnership_lookups = ("partnership",)
    own_lookups = ("partnership__memberships__agency__staff",)
    view_permission = Permission.VIEW_SESSION_NAMES

    def with_places(self) -> Self:
        """Each with how many places are taken and how many people wait for one."""
        taken = Count("bookings", filter=Q(bookings__state__in=sorted(HAD_A_PLACE)))
        waiting = Count("bookings", filter=Q(bookings__state=BookingState.WAITING))
        return self.annotate(taken=taken, waiting=waiting)


class BookingQuerySet(ReachQuerySet):
    """A lead reaches the bookings made for their agency, and those of people who came to it since."""

    agency_lookups = ("agency", "staff_member__agency")
    partnership_lookups = ("session__partnership",)
    own_lookups = ("staff_member",)
    view_permission = Permission.VIEW_SESSION_NAMES

    def live(self) -> Self:
        return self.filter(state__in=sorted(LIVE))
