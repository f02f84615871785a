"""How the rows of the training floor hang on agencies, partnerships and people."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.db.models import Q

from partnership.querysets import on_day
from partnership.reach import ReachQuerySet
from partnership.roles import Permission


class RequirementQuerySet(ReachQuerySet):
    agency_lookups = ("agency", "partnership__memberships__agency")
    partnership_lookups = ("partnership", "agency__memberships__partnership")
    view_permission = Permission.VIEW_MEASURES

    def in_force(self, on: date) -> Self:
        return self.filter(on_day(on, "effective_from", "effective_until"))

    def asked_in(self, partnership_id: int) -> Self:
        """The partnership's own requirements and those that its agencies set themselves."""
        return self.filter(
            Q(partnership=partnership_id) | Q(agency__memberships__partnership=partnership_id)
        )


class TrainingRecordQuerySet(ReachQuerySet):
    agency_lookups = ("staff_member__agency",)
    partnership_lookups = ("staff_member__agency__memberships__partnership",)
    own_lookups = ("staff_member",)
    view_permission = Permission.VIEW_STAFF

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
