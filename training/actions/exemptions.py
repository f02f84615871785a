"""That somebody need not meet a requirement for a time."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from partnership.history import save_changed, save_new
from partnership.models import StaffMember, User
from training.actions.records import is_own
from training.keeping import forget
from training.models import Exemption, Requirement


@transaction.atomic
def exempt(
    *, by: User | None, staff_member: StaffMember, reason: str, from_on: date, until_on: date,
    requirement: Requirement | None = None,
) -> Exemption:
    """Exempt a person from one requirement, or from all, until a day; nobody exempts themselves.

    The same exemption twice is one.
    """
    if is_own(by, staff_member):
        raise ValidationError("You cannot exempt yourself. Ask another lead.")
    StaffMember.objects.select_for_update(no_key=True).get(pk=staff_member.pk)  # one after another
    what = {
        "staff_member": staff_member, "requirement": requirement, "reason": reason, "from_on": from_on,
        "until_on": until_on,
    }
    there = Exemption.objects.filter(**what).first()
    if there:
        return there
    row = Exemption(**what, granted_by=by)
    where = {"agency": staff_member.agency, "staff_member": staff_member}
    save_new(row, by, "exempted", **where, reason=reason, from_on=from_on, until_on=until_on)
    forget([staff_member.pk])
    return row


@transaction.atomic
def end_exemption(*, by: User | None, exemption: Exemption, until_on: date) -> None:
    """End an exemption earlier; the day given is the first on which it no longer holds."""
    row = Exemption.objects.select_for_update().get(pk=exemption.pk)
    if until_on > row.until_on:
        raise ValidationError({"until_on": "Ending cannot make it longer. Make another exemption."})
    where = {"agency": row.staff_member.agency, "staff_member": row.staff_member}
    if save_changed(row, by, "ended", {"until_on": until_on}, **where):
        forget([row.staff_member_id])
