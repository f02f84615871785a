"""What an agency says to a report that was issued: its sign-off, or that it does not agree.

It is said once to each version, and the report carries it. A correction asks anew.
"""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from compliance.actions.issuing import OPERATOR, unique
from compliance.models import IssuedReport, SignOff
from partnership.history import record
from partnership.models import Grant, User, today
from partnership.post import notify
from partnership.roles import Role
from partnership.stale import ChangedSince

ISSUERS = (Role.TRAINING_SUBGROUP, Role.PARTNERSHIP_MANAGER)


@transaction.atomic
def sign_off_report(*, by: User | None, report: IssuedReport, role: str) -> SignOff:
    """The agency stands by the report: with the name, the role and the day."""
    return answered(by, report, "signed off", agreed=True, role=role)


@transaction.atomic
def note_disagreement(*, by: User | None, report: IssuedReport, role: str, note: str) -> SignOff:
    """The agency does not agree, and says why; the report stands, and carries the words."""
    if not note.strip():
        raise ValidationError({"note": "Write what you do not agree with."})
    return answered(by, report, "disagreed", agreed=False, role=role, note=note.strip())


def answered(
    by: User | None, report: IssuedReport, verb: str, *, agreed: bool, role: str, note: str = ""
) -> SignOff:
    """Write down the answer to the newest version, where nobody gave one yet."""
    row = locked(report)
    refuse_when_answered(row)
    answer = SignOff(
        report=row, agreed=agreed, name=by.name if by else OPERATOR, role=role.strip(), note=note,
        answered_at=timezone.now().replace(microsecond=0), answered_by=by,
    )
    answer.full_clean()
    answer.save()
    where = {"partnership": row.partnership, "agency": row.agency}
    said = {"role": answer.role, **({"note": note} if note else {})}
    record(by, verb, row, **where, number=row.number, **said)
    tell_issuers(row, verb)
    return answer


def locked(report: IssuedReport) -> IssuedReport:
    # unscoped: the caller decided on the row
    rows = IssuedReport.objects.select_for_update(of=("self",), no_key=True)
    return rows.light().select_related("partnership", "agency").get(pk=report.pk)


def refuse_when_answered(row: IssuedReport) -> None:
    if row.agency is None:
        raise ValidationError("A partnership’s own report is not signed off by an agency.")
    # unscoped: versions of the row that the caller decided on
    later = IssuedReport.objects.of(row.partnership, row.agency, row.about).filter(
        version__gt=row.version
    )
    newest = later.order_by("-version").values_list("number", flat=True).first()
    if newest:
        raise ChangedSince(f"{newest} was issued meanwhile and replaces {row.number}. Answer that one.")
    if row.answer:
        raise ChangedSince(f"{row.answer.name} has answered for {row.agency} already.")


def tell_issuers(row: IssuedReport, verb: str) -> None:
    """Tell who issued it; where nobody did, or they have gone, those who may issue today."""
    grants = Grant.objects.in_force(today()).filter(role__in=ISSUERS, partnership=row.partnership)
    issuers = unique(grant.user for grant in grants.select_related("user").order_by("pk"))
    told = [user for user in issuers if user.pk == row.issued_by_id and user.is_active] or issuers
    words = "signed it off" if verb == "signed off" else "does not agree with it and says why"
    address = settings.SITE_URL + reverse("compliance:issued-report", args=[row.pk])
    notify(
        told, f"{row.number}: {verb if verb == 'signed off' else 'not agreed'}",
        f"{row.agency} read the report {row.number} and {words}.\n\nSee the report: {address}\n",
    )
