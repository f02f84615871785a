"""From the words of an address or a command to a scope and a period."""

from __future__ import annotations

from django.db.models import Max

from compliance.measures import Scope
from compliance.period import Period
from conferences.models import Meeting
from partnership.models import Membership, Partnership, today


class NotThere(LookupError):
    """What was asked for does not exist; the message is one sentence that says so."""


def partnership_scope(code: str) -> Scope:
    """The scope of a partnership, for an operator's command."""
    # unscoped: an operator's command reads everything
    found = Partnership.objects.filter(code=code.upper()).first()
    if found is None:
        raise NotThere(f"There is no partnership with the code {code}.{known_partnerships()}")
    return Scope(found)


def known_partnerships() -> str:
    codes = list(Partnership.objects.values_list("code", flat=True))  # unscoped: as above
    return f" There are: {', '.join(codes)}." if codes else " None has been loaded yet."


def agency_scope(code: str, partnership: str | None) -> Scope:
    """The scope of an agency; one of several partnerships needs to be told which."""
    # unscoped: an operator's command reads everything
    found = Membership.objects.filter(code=code.upper()).select_related("agency", "partnership")
    if partnership:
        found = found.filter(partnership=partnership_scope(partnership).partnership)
    members = list(found)
    if not members:
        where = f" in {partnership}" if partnership else ""
        raise NotThere(f"There is no agency with the code {code}{where}.")
    if not partnership:
        needs_no_choice(code, members)
    return Scope(members[0].partnership, members[0])


def needs_no_choice(code: str, members: list[Membership]) -> None:
    """Refuse a code that several agencies have, or an agency that stands in several partnerships."""
    seats = Membership.objects.filter(agency__in=[m.agency_id for m in members])  # unscoped: as above
    codes = sorted(set(seats.values_list("partnership__code", flat=True)))
    if len(codes) > 1:
        raise NotThere(
            f"{code} stands in several partnerships ({', '.join(codes)}). Say which with --partnership."
        )




def default_period(partnership: Partnership) -> Period:
    """The financial year of the last meeting that is counted, or this year when there is none."""
    # unscoped: the caller decided on the partnership, and only a year comes of it
    last = Meeting.objects.counted().filter(partnership=partnership).aggregate(on=Max("held_on"))["on"]
    return Period.year_of(last or today())


def periods_around(period: Period) -> list[Period]:
    """The years to choose from, and the halves and quarters of the year that is shown."""
    year = Period(period.year)
    return [year.previous, year, Period(period.year + 1), *year.halves, *year.quarters]
