"""Published editions from the asking to the keeping: made once by the worker, kept, given out one by one.

Those of the figures as they stand are made once a day. Two published editions of one day never differ,
and nobody can subtract the one from the other. Those of what was issued are kept for good.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

from django.db import transaction
from django.utils import timezone

from compliance.editions import (
    ANNUAL,
    Made,
    code_of,
    editions_of,
    family_of,
    family_of_issued,
    fingerprint,
    issued_of,
    refuse_unfinished,
)
from compliance.kept_figures import KeptError, as_kept, from_kept
from compliance.measures import Scope
from compliance.models import FamilyState, IssuedReport, PublishedCard, PublishedFamily, ReportKind
from compliance.period import Period
from compliance.scorecard import Scorecard
from compliance.suppression.family import WHOLE, NotCovered
from partnership.jobs import MOST_TRIES, taken_up
from partnership.models import Membership, Partnership, today
from partnership.snapshot import one_moment

READ = 40  # percent of the work is over when all figures are read
GIVEN_UP = (
    f"The making was interrupted {MOST_TRIES} times. Try again; if it happens again, tell whoever runs Quorate."
)
WENT_WRONG = "Something went wrong while it was made. Try again; if it happens again, tell whoever runs Quorate."


class BeingMade(Exception):
    """The editions are not there yet: the worker is at it, is still to be told, or has failed."""

    def __init__(self, family: PublishedFamily, *, new: bool) -> None:
        super().__init__(str(family))
        self.family, self.new = family, new


# --- Asking ---------------------------------------------------------------------------------------


def published_card(scope: Scope, period: Period) -> Scorecard:
    """The published edition of the figures of a scope and period, as they were first asked for today."""
    return given_out(asked_for(scope.partnership, period.year), code_of(scope), period)


def published_annual(partnership: Partnership, period: Period) -> Scorecard:
    """The same of the partnership's annual report, of a year or a half."""
    return given_out(asked_for(partnership, period.year), ANNUAL, period)


def published_report(report: IssuedReport) -> Scorecard:
    """The published edition of an issued report, made of the newest version of each of its year."""
    rows, code = publishable(report)
    family = asked_for(report.partnership, report.about.year, fingerprint(rows))
    return given_out(family, code, report.about)


def publishable(report: IssuedReport) -> tuple[list[IssuedReport], str]:
    """The reports that its edition is made of, and its code among them; NotCovered says why there is none."""
    rows, members = issued_of(report.partnership, report.about.year), members_of(report.partnership)
    refuse_unfinished(rows, members)
    if report.pk not in {row.pk for row in rows}:
        raise NotCovered("This version was replaced: only the newest one has a published edition.")
    codes = {None: WHOLE} | {member.agency_id: member.code for member in members}
    if report.agency_id not in codes:
        raise NotCovered("The agency is no longer in the partnership, and its report is in no published edition.")
    return rows, ANNUAL if report.kind == ReportKind.ANNUAL else codes[report.agency_id]


def members_of(partnership: Partnership) -> list[Membership]:
    # unscoped: what is held back of one agency depends on all of them; who may ask was decided before
    return list(Membership.objects.filter(partnership=partnership))


def asked_for(partnership: Partnership, year: int, issued: str = "") -> PublishedFamily:
    """The editions when they are there; else BeingMade, and the first who asks is to set the worker to it."""
    if today() < Period(year).first:
        raise NotCovered(f"{Period(year).name} has not begun: there is nothing to publish yet.")
    place = {"partnership": partnership, "year": year, "issued": issued}
    when = {"defaults": {"made_on": today()}} if issued else {"made_on": today()}
    family, new = PublishedFamily.objects.get_or_create(**place, **when)
    if family.state != FamilyState.READY:
        raise BeingMade(family, new=new)
    return family


def given_out(family: PublishedFamily, code: str, period: Period) -> Scorecard:
    """One edition of a family; NotCovered where it was made before an agency joined, or had another code."""
    row = family.cards.filter(code=code, period=period.slug).first()
    if row is None:
        raise NotCovered(
            f"The published editions of {Period(family.year).name} were made, all of them together, before this "
            "one belonged to them. Those of figures as they stand are made once a day: ask again tomorrow."
        )
    return from_kept(row.figures)


def in_place(partnership: Partnership, year: int) -> None:
    """Make those of today here and now, if they are not there: for commands, which have time."""
    try:
        asked_for(partnership, year)
    except BeingMade as waiting:
        family = waiting.family
        start_again(family)
        work(family.pk)
        family.refresh_from_db()
        if family.state == FamilyState.FAILED:
            raise NotCovered(family.problem) from waiting


# --- Working --------------------------------------------------------------------------------------


def work(number: int) -> None:
    """Make the editions; what is made already, or has been given up, is left as it is."""
    rows = PublishedFamily.objects.select_related("partnership")
    family = rows.filter(pk=number, state=FamilyState.MAKING).first()
    if family is None:
        return
    try:
        keep(family, made(family))
    except (NotCovered, KeptError) as error:
        fail(family, str(error))
    except Exception:
        fail(family, WENT_WRONG)
        raise


def made(family: PublishedFamily) -> Made:
    told = ticker(family)
    if not family.issued:
        with one_moment() as aside:
            found = family_of(family.partnership, family.year, lambda part: aside(partial(told, part)))
        return editions_of(found)
    if fingerprint(issued_of(family.partnership, family.year)) != family.issued:
        raise NotCovered("A report was issued meanwhile. Open its page again.")
    return editions_of(family_of_issued(family.partnership, family.year))


def ticker(family: PublishedFamily) -> Callable[[float], None]:
    """Moves the bar and shows life."""
    def told(part: float) -> None:
        rows = PublishedFamily.objects.filter(pk=family.pk, state=FamilyState.MAKING)
        rows.update(percent=round(part * READ), heard_at=timezone.now())
    return told


@transaction.atomic
def keep(family: PublishedFamily, cards: Made) -> None:
    """All of them or none; of two workers the first."""
    row = PublishedFamily.objects.select_for_update().get(pk=family.pk)
    if row.state != FamilyState.MAKING:
        return
    PublishedCard.objects.bulk_create(
        [
            PublishedCard(family=row, code=code, period=period, figures=as_kept(card))
            for (code, period), card in cards.items()
        ],
        batch_size=20,
    )
    row.state, row.percent = FamilyState.READY, 100
    row.save(update_fields=["state", "percent"])


def fail(family: PublishedFamily, problem: str) -> None:
    rows = PublishedFamily.objects.filter(pk=family.pk, state=FamilyState.MAKING)
    rows.update(state=FamilyState.FAILED, problem=problem[:400])


def start_again(family: PublishedFamily) -> bool:
    """Take up what had failed; False when somebody else did."""
    rows = PublishedFamily.objects.filter(pk=family.pk, state=FamilyState.FAILED)
    return bool(rows.update(
        state=FamilyState.MAKING, problem="", percent=0, tries=0, heard_at=timezone.now()
    ))


# --- Looking after --------------------------------------------------------------------------------


def revive(number: int, now: datetime) -> bool | None:
    """Whether silent work is to be taken up again; None when there is nothing left to look after."""
    return taken_up(PublishedFamily.objects.filter(state=FamilyState.MAKING), number, now, give_up)


def give_up(row: PublishedFamily) -> None:
    row.state, row.problem = FamilyState.FAILED, GIVEN_UP
    row.save(update_fields=["tries", "heard_at", "state", "problem"])


def forget_published() -> None:
    """Those of the figures of a day are kept for that day."""
    PublishedFamily.objects.filter(issued="", made_on__lt=today()).delete()
