"""What figures are asked about."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from partnership.models import Agency, Membership, Partnership


@dataclass(frozen=True)
class Scope:
    """What is asked about: a whole partnership, or one agency (with its parts) in it."""

    partnership: Partnership
    membership: Membership | None = None

    @cached_property
    def members(self) -> dict[int, Membership]:
        """The agencies in scope by id: all of the partnership, or the agency and its parts."""
        # unscoped: who may ask was decided by the caller, and a total needs every agency
        rows = Membership.objects.filter(partnership=self.partnership).select_related("agency")
        if self.membership is not None:
            own = self.membership.agency_id
            return {m.agency_id: m for m in rows if own in (m.agency_id, m.agency.parent_id)}
        return {m.agency_id: m for m in rows}

    @property
    def agency(self) -> Agency | None:
        return self.membership.agency if self.membership else None
