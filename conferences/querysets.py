"""How meetings and their lines hang on agencies, partnerships and people."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Self

from django.db.models import Q

from conferences.choices import (
    CONFERENCES,
    COUNTED,
    LED,
    REPRESENTED,
    MeetingKind,
    MeetingState,
    Outcome,
)
from partnership.reach import ReachQuerySet, held
from partnership.roles import Permission


def counted(meeting: str = "") -> Q:
    """That the register of a meeting is counted, asked of it or of what hangs on it ("meeting__")."""
    return Q(**{
        f"{meeting}kind__in": sorted(COUNTED),
        f"{meeting}closed_at__isnull": False,
        f"{meeting}state__in": [MeetingState.HELD, MeetingState.STOOD_DOWN],
    })


class MeetingQuerySet(ReachQuerySet):
    agency_lookups = ("lines__agency",)
    partnership_lookups = ("partnership",)
    own_lookups = ("lines__staff_member",)
    view_permission = Permission.VIEW_MEETINGS

    def within_reach(self, user, permission: Permission) -> Self:
        """Recording reaches only the meetings that the permission is about; who leads one sees it."""
        found = super().within_reach(user, permission)
        leads = held(user, Permission.PICK_INVITEES)
        if permission is Permission.VIEW_MEETINGS and (leads.own or leads.agencies):
            # Apart, not as one more way: two questions to an index each.
            return found | super().within_reach(user, Permission.PICK_INVITEES)
        if permission is Permission.RECORD_CORE_GROUPS:
            return found.filter(kind__in=sorted(LED))
        return found.exclude(kind=MeetingKind.CORE_GROUP) if (
            permission is Permission.RECORD_CONFERENCES
        ) else found

    def own_filter(self, permission: Permission, staff_member_id: int) -> Q:
        """Recorded or convened by their lead; names are for those who were there, and for the lead."""
        leads = Q(lead=staff_member_id)
        if permission in (Permission.RECORD_CORE_GROUPS, Permission.PICK_INVITEES):
            return leads
        if permission is Permission.VIEW_MEETING_NAMES:
            there = Q(
                lines__staff_member=staff_member_id, lines__outcome__in=sorted(REPRESENTED),
                lines__deputy_unnamed=False,
            )
            return there | leads & Q(kind__in=sorted(LED))
        return super().own_filter(permission, staff_member_id)

    def agency_lookups_for(self, permission: Permission) -> tuple[str, ...]:
        if permission in (Permission.RECORD_CORE_GROUPS, Permission.PICK_INVITEES):
            return ("lead__agency",)
        return super().agency_lookups_for(permission)

    def recordable_by(self, user) -> Self:
        """Those that the user plans, records and closes: by the service, or by the team of the lead."""
        conferences = self.within_reach(user, Permission.RECORD_CONFERENCES)
        return conferences | self.within_reach(user, Permission.RECORD_CORE_GROUPS)

    def conferences(self) -> Self:
        return self.filter(kind__in=sorted(CONFERENCES))

    def counted(self) -> Self:
        """What measures count: closed registers of meetings held, or stood down for want of a quorum."""
        return self.filter(counted())

    def of_families(self, families: Iterable[str]) -> Self:
        """Judged conferences of some families, oldest first."""
        found = self.conferences().filter(family_ref__in=[ref for ref in families if ref])
        return found.exclude(quorate=None).order_by("held_on", "pk")

    def open_registers(self, on: date) -> Self:
        """Meetings whose day has come and whose register is still open."""
        return self.filter(closed_at=None, held_on__lte=on).exclude(state=MeetingState.CANCELLED)


class AttendanceQuerySet(ReachQuerySet):
    agency_lookups = ("agency",)
    partnership_lookups = ("meeting__partnership",)
    own_lookups = ("staff_member",)
    view_permission = Permission.VIEW_MEETING_NAMES

    def own_filter(self, permission: Permission, staff_member_id: int) -> Q:
        """Those who were there see the names of everybody who was; so does who leads a core group."""
        if permission is Permission.VIEW_MEETING_NAMES:
            there = Q(
                meeting__lines__staff_member=staff_member_id,
                meeting__lines__outcome__in=sorted(REPRESENTED),
                meeting__lines__deputy_unnamed=False,
            )
            return there | Q(meeting__lead=staff_member_id, meeting__kind__in=sorted(LED))
        if permission is Permission.DISPUTE_LINES:
            # Who named a deputy may take that back.
            return Q(staff_member=staff_member_id) | Q(deputy_for=staff_member_id)
        return super().own_filter(permission, staff_member_id)

    def represented(self) -> Self:
        return self.filter(outcome__in=sorted(REPRESENTED))

    def unknown(self) -> Self:
        return self.filter(outcome=Outcome.UNKNOWN)

    def disputed(self) -> Self:
        """Disputed and not yet settled."""
        return self.filter(disputed_at__isnull=False, settled_at=None)


class MissedDutyQuerySet(ReachQuerySet):
    agency_lookups = ("agency",)
    partnership_lookups = ("meeting__partnership",)
    own_lookups = ()
    view_permission = Permission.VIEW_MEASURES


class ExtractLineQuerySet(ReachQuerySet):
    """The authority's own lines: for those who may see all of a partnership's meetings."""

    partnership_lookups = ("partnership",)
    view_permission = Permission.VIEW_MEETINGS
