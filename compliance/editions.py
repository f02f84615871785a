"""Published editions: made of all reports of a partnership's year together.

What one report holds back depends on all others, so that a single one cannot be made by itself. They
are made from one reading of the figures, or of what was issued.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from hashlib import sha256

from compliance.measures import Scope, of_ledgers
from compliance.measures.annual import annual, is_annual
from compliance.measures.sharing import open_year
from compliance.models import IssuedReport, ReportKind
from compliance.period import Period
from compliance.scorecard import Scorecard
from compliance.suppression.family import WHOLE, Family, NotCovered, published
from partnership.models import Membership, Partnership, today

ANNUAL = "/annual"  # among the codes of agencies, none of which holds a slash
Made = dict[tuple[str, str], Scorecard]
Told = Callable[[float], None]  # which part of the figures is read


def editions_of(family: Family) -> Made:
    """Every published edition: the whole and each agency, in each period, and the annual reports."""
    found = {(code, period.slug): published(card, family) for (code, period), card in family.cards.items()}
    return found | {(ANNUAL, period.slug): published(card, family) for period, card in family.annual.items()}


def untold(part: float) -> None:
    """Nobody waits for a bar to move."""


def code_of(scope: Scope) -> str:
    return scope.membership.code if scope.membership else WHOLE


def family_of(partnership: Partnership, year: int, told: Told = untold) -> Family:
    """All scorecards of a year, read now."""
    # unscoped: what is held back of one agency depends on all of them; who may ask was decided before
    members = list(Membership.objects.filter(partnership=partnership).select_related("agency", "partnership"))
    cards: dict[tuple[str, Period], Scorecard] = {}
    scopes = [Scope(partnership), *(Scope(partnership, member) for member in members)]
    for number, scope in enumerate(scopes, start=1):
        cards |= {(code_of(scope), period): card for period, card in cards_of(scope, Period(year))}
        told(number / len(scopes))
    return Family(cards, parts_of(members), annual_of(partnership, Period(year)))


def annual_of(partnership: Partnership, year: Period) -> dict[Period, Scorecard]:
    """The annual reports of the year and its halves, each with the half before it."""
    ledgers = [one for one in open_year(Scope(partnership), year, today()) if is_annual(one.period)]
    found = {ledger.period: annual(of_ledgers(ledger, None), ledger) for ledger in ledgers}
    return {period: replace(card, previous=found.get(period.previous)) for period, card in found.items()}


def cards_of(scope: Scope, year: Period) -> Iterator[tuple[Period, Scorecard]]:
    """The year and its parts, each with the part before it; the year before has a family of its own."""
    found = {ledger.period: of_ledgers(ledger, None) for ledger in open_year(scope, year, today())}
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


def issued_of(partnership: Partnership, year: int) -> list[IssuedReport]:
    """The newest version of each report of a year, without its figures."""
    # unscoped: as above
    rows = IssuedReport.objects.newest().light().select_related("agency").order_by("pk")
    return list(rows.filter(partnership=partnership, period__startswith=Period(year).slug))


def fingerprint(rows: Iterable[IssuedReport]) -> str:
    """Of what was issued: another one as soon as anything is corrected."""
    return sha256("".join(f"{row.pk}:{row.checksum}\n" for row in rows).encode()).hexdigest()


def refuse_unfinished(rows: Iterable[IssuedReport], members: Iterable[Membership]) -> None:
    """Only when the whole and every agency were issued for the same periods: what is held back of one
    depends on all, and is not to change when another follows."""
    wanted = {None} | {member.agency_id for member in members}
    there = {(row.agency_id, row.period) for row in rows if row.kind != ReportKind.ANNUAL}
    periods = {period for _, period in there}
    missing = len(periods) * len(wanted) - sum(agency in wanted for agency, _ in there)
    if missing or not there:
        are = "is" if missing == 1 else "are"
        raise NotCovered(
            f"The published edition can be made when the reports of the whole partnership and of every agency are "
            f"issued for the same periods. {missing or 'None'} of them {are} not issued yet."
        )


def family_of_issued(partnership: Partnership, year: int) -> Family:
    """All reports of a year as they were issued."""
    rows = issued_of(partnership, year)
    members = list(Membership.objects.filter(partnership=partnership).select_related("agency"))  # unscoped: as above
    refuse_unfinished(rows, members)
    codes = {None: WHOLE} | {member.agency_id: member.code for member in members}
    read = [(row, row.kept) for row in rows if row.agency_id in codes]
    cards = {(codes[row.agency_id], row.about): card for row, card in read if not card.annual}
    annuals = {row.about: card for row, card in read if card.annual}
    for period, card in annuals.items():
        refuse_differing(card, cards.get((WHOLE, period)))
    return Family(cards, parts_of(members), annuals)


def refuse_differing(card: Scorecard, whole: Scorecard | None) -> None:
    """An annual report and the partnership's own must say the same of what both print."""
    if whole is None or differ(card, whole):
        raise NotCovered(
            f"The annual report of {card.period.name} and the partnership’s own report of that period "
            "were issued with different figures, or one of them was not. The published edition can be made "
            "when both are issued from the same figures."
        )


def differ(one: Scorecard, other: Scorecard) -> bool:
    """Whether two reports of a partnership and period print another number for the same thing."""
    mine, theirs = numbers(one), numbers(other)
    return any(mine[key] != theirs[key] for key in mine.keys() & theirs.keys())


def numbers(card: Scorecard) -> dict[tuple, object]:
    counts = {(count.key, count.by): count.value for count in card.counts}
    return counts | {(r.measure, r.basis, r.by): (r.met, r.total) for r in card.readings}
