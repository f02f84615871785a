"""What figures are asked about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

from partnership.models import Agency, Membership, Partnership


@dataclass(frozen=True)
class Scope:
    """What is asked about: a whole partnership, or one agency (with its parts) in it; or the same over
    several partnerships together, each thing counted once."""

    partnership: Partnership
    membership: Membership | None = None
    beside: tuple[Partnership, ...] = ()  # counted together with the first

    @classmethod
    def over(cls, places: Iterable[Partnership]) -> Scope:
        """Several partnerships together."""
        first, *others = places
        return cls(first, beside=tuple(others))

    @property
    def partnerships(self) -> tuple[Partnership, ...]:
        return (self.partnership, *self.beside)

    @cached_property
    def parts(self) -> tuple[Scope, ...]:
        """The scope in each of its partnerships; an agency only where it is a member."""
        if not self.beside:
            return (self,)
        if self.membership is None:
            return tuple(map(Scope, self.partnerships))
        # unscoped: as in the members
        rows = Membership.objects.filter(agency=self.membership.agency_id, partnership__in=self.beside)
        places = {place.pk: place for place in self.partnerships}
        there = [self.membership, *rows.select_related("agency").order_by("partnership__name")]
        return tuple(Scope(places[m.partnership_id], m) for m in there)

    @cached_property
    def members(self) -> dict[int, Membership]:
        """The agencies in scope by id: all of the partnership, or the agency and its parts.

        One that is shared by several partnerships comes once, as a member of the first.
        """
        if self.beside:
            return {a: m for part in reversed(self.parts) for a, m in part.members.items()}
        # unscoped: who may ask was decided by the caller, and a total needs every agency
        rows = Membership.objects.filter(partnership=self.partnership).select_related("agency")
        if self.membership is not None:
            own = self.membership.agency_id
            return {m.agency_id: m for m in rows if own in (m.agency_id, m.agency.parent_id)}
        return {m.agency_id: m for m in rows}

    @cached_property
    def codes(self) -> dict[int, str]:
        """How each agency is told in breakdowns: its code, over several partnerships with that of the first."""
        if not self.beside:
            return {agency: member.code for agency, member in self.members.items()}
        codes = {place.pk: place.code for place in self.partnerships}
        return {a: f"{codes[m.partnership_id]}/{m.code}" for a, m in self.members.items()}

    @property
    def agency(self) -> Agency | None:
        return self.membership.agency if self.membership else None

    def together(self, places: Iterable[Partnership]) -> Scope:
        """The same agency over more partnerships as well."""
        return replace(self, beside=tuple(p for p in places if p.pk != self.partnership.pk))
