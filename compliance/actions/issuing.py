"""Issuing a report: its figures are kept under a number, once; a correction is the next version.

A period is issued when it is over. Before, the standings are read today and not on its last day, so
that the same report would say something else tomorrow.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from compliance.differing import what_changed
from compliance.kept_figures import as_kept, checksum, from_kept, plain
from compliance.measures import Scope, score
from compliance.measures.annual import is_annual, score_annual
from compliance.models import IssuedReport, ReportKind, kind_of
from compliance.period import Period
from compliance.scorecard import Change
from partnership.dated import spoken
from partnership.history import save_new
from partnership.models import Agency, Grant, Membership, Partnership, User, today
from partnership.post import notify
from partnership.roles import Role
from partnership.stale import ChangedSince

ANNUAL = "ANNUAL"  # in a number
OPERATOR = "The operator of Quorate"


@dataclass(frozen=True)
class Draft:
    """What would be issued now, beside what was issued last."""

    scope: Scope
    period: Period
    figures: dict
    last: IssuedReport | None
    changes: tuple[Change, ...]
    kind: ReportKind

    @property
    def checksum(self) -> str:
        return checksum(self.figures)

    @property
    def seen(self) -> str:
        """What a page saw: the figures to be issued, and the version before them."""
        return f"{self.last.version if self.last else 0}-{self.checksum[:20]}"

    @property
    def version(self) -> int:
        return self.last.version + 1 if self.last else 1

    @property
    def corrects(self) -> bool:
        return self.last is not None and bool(self.changes)

    @property
    def unchanged(self) -> bool:
        return self.last is not None and not self.changes

    @property
    def number(self) -> str:
        """Such as BF/2014-15-H1/TVP/1; without an agency that of the partnership as a whole, or its
        annual report: BF/2014-15/ANNUAL/1."""
        member = self.scope.membership
        parts = [self.scope.partnership.code, self.period.slug]
        parts += [self.code_of(member, "/".join(parts))] if member else []
        parts += [ANNUAL] if self.kind == ReportKind.ANNUAL else []
        return "/".join([*parts, str(self.version)])

    def code_of(self, member: Membership, start: str) -> str:
        """An agency's code; with a number behind it where reports of another one bear that code, or the
        annual report does. The point between is in no code, so that nothing else can be called so."""
        # unscoped: whether there is any, of a scope that the caller decided on
        others = IssuedReport.objects.filter(number__startswith=f"{start}/{member.code}/")
        taken = member.code == ANNUAL or others.exclude(agency=member.agency_id).exists()
        return f"{member.code}.{member.agency_id}" if taken else member.code


def draft(scope: Scope, period: Period, kind: ReportKind | None = None) -> Draft:
    """The figures as they stand, and what differs from those issued last. Nothing is written."""
    kind = kind or kind_of(scope.agency)
    figures = as_kept(score_annual(scope, period) if kind == ReportKind.ANNUAL else score(scope, period))
    # unscoped: the caller decided on the scope
    versions = IssuedReport.objects.of(scope.partnership, scope.agency, period, kind)
    last = versions.order_by("-version").first()
    changes = what_changed(from_kept(last.figures), from_kept(figures)) if last else ()
    return Draft(scope, period, figures, last, changes, kind)


def refuse_unfinished(period: Period) -> None:
    if period.last >= today():
        raise ValidationError({
            "period": f"{period.name} ends on {spoken(period.last)}: it can be issued when it is over. "
            "Print the figures as they stand until then."
        })


def refuse_annual_of_less(
    period: Period, kind: ReportKind | None, membership: Membership | None
) -> None:
    if kind == ReportKind.ANNUAL and (membership is not None or not is_annual(period)):
        raise ValidationError("The annual conference report is of a whole partnership, for a year or a half of one.")


@transaction.atomic
def issue_report(
    *, by: User | None, partnership: Partnership, period: Period, membership: Membership | None = None,
    kind: ReportKind | None = None, reason: str = "", seen: str = "",
) -> IssuedReport:
    """Issue the report of an agency, or of the whole partnership, or its annual report: the first
    version, or a correction.

    ``seen`` is what a page saw of the draft; "" asks for no check.
    """
    refuse_unfinished(period)
    refuse_annual_of_less(period, kind, membership)
    # The lock lets one be issued after the other: two who press at once make one version.
    place = Partnership.objects.select_for_update(no_key=True).get(pk=partnership.pk)
    found = draft(Scope(place, membership), period, kind)
    if seen and seen != found.seen:
        raise ChangedSince("The figures changed since you looked at them.")
    if found.unchanged:
        raise ValidationError(f"Nothing has changed since version {found.last.version} was issued.")
    if found.corrects and not reason.strip():
        raise ValidationError({"reason": "Say why the report is corrected."})
    row = issued(found, by, reason.strip() if found.corrects else "")
    if row.agency:
        tell_leads(row)
    return row


@transaction.atomic
def issue_reports(
    *, by: User | None, partnership: Partnership, period: Period,
    chosen: Sequence[tuple[Membership | ReportKind | None, str]], reason: str = "",
) -> list[IssuedReport]:
    """Issue several at once, each with what was seen of it: all of them, or none.

    One that is chosen is an agency's, the whole partnership's (None), or a kind of its own. The last
    is issued first: lists show the newest on top, and so these in the order in which they were chosen.
    """
    done = []
    for which, seen in reversed(chosen):
        kind = which if isinstance(which, ReportKind) else None
        done.append(issue_report(
            by=by, partnership=partnership, period=period, reason=reason, seen=seen, kind=kind,
            membership=None if isinstance(which, ReportKind) else which,
        ))
    return done[::-1]


def issued(found: Draft, by: User | None, reason: str) -> IssuedReport:
    place, agency = found.scope.partnership, found.scope.agency
    row = IssuedReport(
        partnership=place, agency=agency, kind=found.kind, period=found.period.slug,
        version=found.version, number=found.number, figures=found.figures, checksum=found.checksum,
        issued_at=timezone.now().replace(microsecond=0), issued_by=by,
        issued_name=by.name if by else OPERATOR, reason=reason, changes=plain(found.changes),
    )
    return save_new(
        row, by, "issued", partnership=place, agency=agency, number=row.number, version=row.version,
        period=found.period.name, reason=reason,
    )


def leads_of(agency: Agency) -> list[User]:
    """Who signs for an agency: its leads, and those of the agency that it is a part of."""
    places = Q(agency=agency) | Q(agency=agency.parent_id)
    grants = Grant.objects.in_force(today()).filter(places, role=Role.AGENCY_LEAD)
    return unique(grant.user for grant in grants.select_related("user"))


def unique(users: Iterable[User]) -> list[User]:
    return list({user.pk: user for user in users}.values())


def tell_leads(row: IssuedReport) -> None:
    again = " It corrects the version before, and asks for a sign-off of its own." * (row.version > 1)
    address = settings.SITE_URL + reverse("compliance:issued-sign-off", args=[row.pk])
    notify(
        leads_of(row.agency), f"{row.number}: a report waits for your sign-off",
        f"The report {row.number} of {row.agency} was issued.{again} Sign it off, or say what you do not "
        f"agree with: {address}\n",
    )
