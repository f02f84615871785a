"""Keys by who looks after them, and which of them still open anything."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import Q

from partnership.models import Agency
from partnership.reach import held
from partnership.roles import Permission


class MachineKeyQuerySet(models.QuerySet):
    def kept_by(self, user: Any) -> Self:
        """A manager's are those of the partnership, the conference service's those that it made itself;
        a lead's are those of the agency and its parts."""
        managed, served = (
            held(user, one).partnerships for one in (Permission.MANAGE_AGENCIES, Permission.RECORD_CONFERENCES)
        )
        led = Agency.objects.within_reach(user, Permission.MANAGE_OWN_USERS)
        own = Q(partnership__in=served, made_by=user.pk)
        return self.filter(Q(partnership__in=managed) | own | Q(agency__in=led.values("pk")))

    def in_force(self, on: date) -> Self:
        return self.filter(revoked_at=None, expires_on__gt=on)
