"""How cases hang on agencies, partnerships and people; what is open, overdue and in time."""

from __future__ import annotations

from datetime import date, datetime
from typing import Self

from django.db.models import Q

from escalation.choices import PartnershipPart
from escalation.stages import CaseState
from partnership.querysets import LocalRuleQuerySet
from partnership.reach import ReachQuerySet
from partnership.roles import Permission, Role

RAISING_PERMISSIONS = (Permission.APPROVE_SKIP,)


def waits_for(user) -> Q:
    """Open stages that wait for a person: to answer, to look at the answer, to decide."""
    decides = Q(policy_stage__partnership_part=PartnershipPart.DECIDES, escalation__decider=user)
    raised = Q(escalation__raised_by=user) | of_service(user, "escalation__")
    return Q(responder=user, answered_at=None) | Q(raised, answered_at__isnull=False) | decides


class PolicyQuerySet(LocalRuleQuerySet):
    """Versions of a partnership's policy: each is in force until the next one begins."""

    def in_force(self, on: date) -> Self:
        """Those that have begun, the newest version first: the first of a partnership counts."""
        return self.filter(effective_from__lte=on).order_by("partnership", "-version")


def party_of(user, prefix: str = "") -> Q:
    """Cases in which a person takes part, while they hold a grant on the side on which they did.

    One who raised a case and went to work for the other agency has no part in it any more.
    """
    agencies = [grant.agency_id for grant in user.grants_in_force() if grant.agency_id]

    def of(side: str) -> Q:
        return in_agencies(f"{prefix}{side}", agencies)

    raised = Q(**{f"{prefix}raised_by": user.pk}) | took_part(user, prefix, raising=True)
    return (
        of_service(user, prefix)
        | (raised & of("raised_for"))
        | (took_part(user, prefix, raising=False) & of("about"))
    )


def in_agencies(lookup: str, agencies: list[int]) -> Q:
    """The agency, or the parent that it is a part of, is one of these."""
    return Q(**{f"{lookup}__in": agencies}) | Q(**{f"{lookup}__parent__in": agencies})


def of_service(user, prefix: str = "") -> Q:
    """Cases raised for a partnership are its conference service's, whoever of it raised them."""
    places = [g.partnership_id for g in user.grants_in_force() if g.role == Role.CONFERENCE_ADMIN]
    return Q(**{f"{prefix}raised_for__isnull": True, f"{prefix}partnership__in": places})


def interests(user, prefix: str = "") -> Q:
    """Cases in which a person has an interest: as ``sides.has_interest``, of many rows."""
    agencies = [grant.agency_id for grant in user.grants_in_force() if grant.agency_id]
    if user.staff_member:
        agencies.append(user.staff_member.agency_id)
    return (
        Q(**{f"{prefix}raised_by": user.pk})
        | Q(**{f"{prefix}participants__user": user.pk})
        | of_service(user, prefix)
        | in_agencies(f"{prefix}raised_for", agencies)
        | in_agencies(f"{prefix}about", agencies)
    )


def took_part(user, prefix: str, *, raising: bool) -> Q:
    lookup = f"{prefix}participants__"
    return Q(**{f"{lookup}user": user.pk, f"{lookup}raising": raising})


class EscalationQuerySet(ReachQuerySet):
    """A case has two agencies: whom it was raised for, and whom it is about."""

    agency_lookups = ("raised_for", "about")
    partnership_lookups = ("partnership",)
    party_lookups = ("raised_by", "participants__user")
    assigned_lookups = ("decider",)
    view_permission = Permission.VIEW_ESCALATIONS

    def party_filter(self, user) -> Q:
        return party_of(user)

    def assigned_filter(self, user) -> Q:
        """A case is for its decision-maker while they have no interest in it."""
        return Q(decider=user.pk) & ~interests(user)

    def agency_lookups_for(self, permission: Permission) -> tuple[str, ...]:
        """Only the raising agency's lead approves a skip."""
        return ("raised_for",) if permission in RAISING_PERMISSIONS else self.agency_lookups

    def open(self) -> Self:
        return self.filter(state=CaseState.OPEN)


class StageQuerySet(ReachQuerySet):
    agency_lookups = ("escalation__raised_for", "escalation__about")
    partnership_lookups = ("escalation__partnership",)
    party_lookups = ("escalation__raised_by", "escalation__participants__user")
    assigned_lookups = ("escalation__decider",)
    view_permission = Permission.VIEW_ESCALATIONS

    def party_filter(self, user) -> Q:
        return party_of(user, "escalation__")

    def assigned_filter(self, user) -> Q:
        return Q(escalation__decider=user.pk) & ~interests(user, "escalation__")

    def agency_lookups_for(self, permission: Permission) -> tuple[str, ...]:
        """As for the cases themselves."""
        raising = permission in RAISING_PERMISSIONS
        return ("escalation__raised_for",) if raising else self.agency_lookups

    def open(self) -> Self:
        return self.filter(closed_at=None)

    def running(self) -> Self:
        """Open, with a due moment, not yet answered: paused stages have none."""
        return self.open().filter(due_at__isnull=False, answered_at=None)

    def overdue(self, at: datetime) -> Self:
        return self.running().filter(due_at__lt=at)


class SuggestionQuerySet(ReachQuerySet):
    """Suggestions are seen by the leads of agencies that were at the meetings, as possible raisers."""

    agency_lookups = ("meetings__lines__agency",)
    partnership_lookups = ("partnership",)
    view_permission = Permission.VIEW_SUGGESTIONS

    def within_reach(self, user, permission: Permission) -> Self:
        """Only where every meeting may be seen, and never to a lead about their own agency."""
        found = super().within_reach(user, permission)
        if not (user.is_authenticated and user.is_active):
            return found
        led = [grant.agency_id for grant in user.grants_in_force() if grant.agency_id]
        meetings = self.model._meta.get_field("meetings").related_model.objects
        unseen = meetings.exclude(pk__in=meetings.visible_to(user).values("pk"))
        return found.exclude(Q(about__in=led) | Q(about__parent__in=led)).exclude(meetings__in=unseen)
