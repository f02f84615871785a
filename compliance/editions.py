"""Published editions: made of all reports of a partnership's year together, once a day.

What one report holds back depends on all others, so that a single one cannot be made by itself. They
are made from one reading of the figures and kept for the day: two published editions of one day never
differ, and nobody can subtract the one from the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from django.core.cache import cache

from compliance.kept_figures import from_kept
from compliance.measures import Scope, score
from compliance.measures.annual import score_annual
from compliance.models import IssuedReport
from compliance.period import Period
from compliance.published import WHOLE, Family, NotCovered, published
from compliance.scorecard import Scorecard
from partnership.models import Membership, Partnership, today

DAY = 24 * 60 * 60
ANNUAL = "/annual"  # among the codes of agencies, none of which holds a slash
Kept = dict[tuple[str, str], Scorecard]


def published_card(scope: Scope, period: Period) -> Scorecard:
    """The published edition of the figures of a scope and period, as they were first asked for today."""
    return published_year(scope.partnership, period.year)[code_of(scope), period.slug]


def published_annual(partnership: Partnership, period: Period) -> Scorecard:
    """The same of the partnership's annual report, of a year or a half."""
    return published_year(partnership, period.year)[ANNUAL, period.slug]


def code_of(scope: Scope) -> str:
    return scope.membership.code if scope.membership else WHOLE


def published_year(partnership: Partnership, year: int) -> Kept:
    """Every published edition of a financial year: the whole and each agency, in each period."""
    key = f"published-{partnership.pk}-{year}-{today().isoformat()}"
    kept = cache.get(key)
    if kept is None:
        family = family_of(partnership, year)
        kept = {(code, period.slug): published(card, family) for (code, period), card in family.cards.items()}
        kept |= {(ANNUAL, period.slug): published(card, family) for period, card in family.annual.items()}
        cache.set(key, kept, DAY)
    return kept


def family_of(partnership: Partnership, year: int) -> Family:
    """All scorecards of a year, read now."""
    # unscoped: what is held back of one agency depends on all of them; who may ask was decided before
    members = list(Membership.objects.filter(partnership=partnership).select_related("agency", "partnership"))
    cards: dict[tuple[str, Period], Scorecard] = {}
    for scope in (Scope(partnership), *(Scope(partnership, member) for member in members)):
        cards |= {(code_of(scope), period): card for period, card in cards_of(scope, Period(year))}
    return Family(cards, parts_of(members), annual_of(partnership, Period(year)))


def annual_of(partnership: Partnership, year: Period) -> dict[Period, Scorecard]:
    """The annual reports of the year and its halves, each with the half before it."""
    periods = (year, *year.halves)
    found = {period: score_annual(Scope(partnership), period, before=False) for period in periods}
    return {period: replace(card, previous=found.get(period.previous)) for period, card in found.items()}


def cards_of(scope: Scope, year: Period) -> Iterator[tuple[Period, Scorecard]]:
    """The year and its parts, each with the part before it; the year before has a family of its own."""
    found = {part: score(scope, part, before=False) for part in (year, *year.halves, *year.quarters)}
    for period, card in found.items():
        yield period, replace(card, previous=found.get(period.previous))


def parts_of(members: Iterable[Membership]) -> dict[str, tuple[str, ...]]:
    """The codes of the agencies that are parts of another, under the code of that one."""
    codes = {member.agency_id: member.code for member in members}
    found: dict[str, tuple[str, ...]] = {}
    for member in members:
        if member.agency.parent_id in codes:
            parent = codes[member.agency.parent_id]
            found[parent] = (*found.get(parent, ()), member.code)
    return found


def published_report(report: IssuedReport) -> Scorecard:
    """The published edition of an issued report, from the newest version of each of its year.

    Only when the whole and every agency were issued for the same periods: what is held back of one
    depends on all, and is not to change when another follows.
    """
    # unscoped: as above
    rows = IssuedReport.objects.newest().filter(
        partnership=report.partnership, period__startswith=Period(report.about.year).slug
    )
    members = list(Membership.objects.filter(partnership=report.partnership).select_related("agency"))
    codes = {None: WHOLE} | {member.agency_id: member.code for member in members}
    cards = {
        (codes[row.agency_id], row.about): from_kept(row.figures) for row in rows if row.agency_id in codes
    }
    periods = {period for _, period in cards}
    missing = [(code, period) for period in sorted(periods) for code in codes.values() if (code, period) not in cards]
    if missing:
        raise NotCovered(
            f"{len(missing)} reports of {Period(report.about.year).name} are not issued yet. The published "
            "edition can be made when the reports of the whole and of every agency are."
        )
    return published(from_kept(report.figures), Family(cards, parts_of(members)))
