"""Agency returns: asked for by the manager, signed by the agency, sent back, taken back, closed.

A round's row is locked before each change of it or of its returns: what two people press at once is
done one after the other, and the second is told so.
"""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from compliance.actions.return_chasing import remind
from compliance.actions.return_mail import tell_sent_back, tell_withdrawn
from compliance.measures import Ledger, Scope, open_ledger
from compliance.measures.returned import Number, numbers
from compliance.models import (
    AgencyReturn,
    EndedHow,
    ReminderStep,
    ReturnRound,
    ReturnSignOff,
)
from compliance.period import Period
from escalation.guard import refusal
from partnership.history import record, save_changed, save_new
from partnership.models import Membership, Partnership, User, today
from partnership.spreadsheets import spoken
from partnership.stale import ChangedSince, refuse_when_changed

ROUND_SEEN = ("due_on", "closed_at")
CLOSED = "These returns are closed: nothing can be signed or sent back any more."
TICK = "Confirm this to sign; or make a nil return, where there is nothing to report."


@transaction.atomic
def open_round(
    *, by: User | None, partnership: Partnership, period: Period, due_on: date,
    on: date | None = None, tell: bool = True,
) -> ReturnRound:
    """Ask every agency that is in the partnership now for its return of a term, by a day."""
    on = on or today()
    refuse_due(due_on, period, on)
    place = Partnership.objects.select_for_update(no_key=True).get(pk=partnership.pk)
    # unscoped: every agency of the place is asked
    members = list(Membership.objects.filter(partnership=place).select_related("agency"))
    if not members:
        raise ValidationError(f"There is no agency in {place} to ask. Add the agencies first.")
    row = ReturnRound(partnership=place, period=period.slug, due_on=due_on, opened_by=by)
    save_new(
        row, by, "opened", partnership=place, period=period.slug, due_on=due_on, agencies=len(members)
    )
    AgencyReturn.objects.bulk_create(AgencyReturn(round=row, membership=m) for m in members)
    if tell:
        remind(row, ReminderStep.OPENED, by=by, on=on)
    return row


def refuse_due(due_on: date, period: Period, on: date) -> None:
    """What is confirmed is a term that is over; and nobody is late on the day they are asked."""
    if due_on <= period.last:
        raise ValidationError({
            "due_on": f"The term ends on {spoken(period.last)}. Choose a later day: agencies confirm a "
            "term that is over."
        })
    if due_on < on:
        raise ValidationError({"due_on": "Choose today or a later day."})


@transaction.atomic
def change_due(*, by: User | None, asked: ReturnRound, due_on: date, seen: str = "") -> bool:
    """Another due date; what was chased for the old one begins anew for the new one."""
    row = locked_round(asked)
    refuse_when_changed(row, seen, ROUND_SEEN)
    refuse_closed(row)
    refuse_due(due_on, row.term, today())
    if row.due_on == due_on:
        return False
    row.late_told_on = None
    row.save(update_fields=["late_told_on"])
    return save_changed(row, by, "changed", {"due_on": due_on}, partnership=row.partnership)


@transaction.atomic
def close_round(*, by: User | None, asked: ReturnRound) -> bool:
    """Nothing more is signed, sent back or chased; who made no return is said so in the figures."""
    row = locked_round(asked)
    if row.closed_at:
        return False
    row.closed_at, row.closed_by = timezone.now(), by
    row.save(update_fields=["closed_at", "closed_by"])
    late = row.returns.missing().count()
    record(by, "closed", row, partnership=row.partnership, period=row.period, late=late)
    return True


@transaction.atomic
def withdraw_round(*, by: User | None, asked: ReturnRound, reason: str, tell: bool = True) -> bool:
    """It was asked for by mistake, and nobody signed: as if it had not been, but that it is known."""
    row = locked_round(asked)
    if row.withdrawn_reason:
        return False
    refuse_closed(row)
    refuse_signed(row)
    if not reason.strip():
        raise ValidationError({"reason": "Say why, so that the agencies know."})
    if refusal(reason):
        raise ValidationError({"reason": refusal(reason)})
    row.closed_at, row.closed_by, row.withdrawn_reason = timezone.now(), by, reason.strip()
    row.full_clean()
    row.save(update_fields=["closed_at", "closed_by", "withdrawn_reason"])
    record(by, "withdrew", row, partnership=row.partnership, period=row.period, reason=reason.strip())
    if tell:
        tell_withdrawn(row, today())
    return True


def refuse_signed(asked: ReturnRound) -> None:
    """What an agency signed is kept under the round that asked for it, also what does not stand any more."""
    # unscoped: of a round that the caller decided on
    signed = ReturnSignOff.objects.filter(agency_return__round=asked).order_by("pk")
    first = signed.select_related("agency_return__membership__agency").first()
    if first:
        raise ValidationError(
            f"{first.agency_return.membership.agency} signed on {spoken(first.signed_on)}, so these returns "
            "cannot be withdrawn. Close them when nobody else is to sign."
        )


def refuse_closed(asked: ReturnRound) -> None:
    if asked.withdrawn_reason:
        raise ValidationError(
            f"These returns were withdrawn on {spoken(timezone.localdate(asked.closed_at))}, and nothing is to be "
            f"signed. {asked.withdrawn_reason}"
        )
    if asked.closed_at:
        raise ValidationError(CLOSED)


# --- Signing --------------------------------------------------------------------------------------


def ledger_of(row: AgencyReturn) -> Ledger:
    """The rows that an agency confirms: its own for the term, with those of its parts."""
    return open_ledger(Scope(row.round.partnership, row.membership), row.round.term)


def numbers_of(row: AgencyReturn, ledger: Ledger | None = None) -> dict[str, Any]:
    """What is kept with a sign-off: the numbers and the date of the last full staff list."""
    found: dict[str, Number] = numbers(ledger or ledger_of(row))
    listed = row.membership.agency.staff_list_on
    return {"staff_list_on": listed.isoformat() if listed else None, **found}


def numbers_seen(found: dict[str, Any]) -> str:
    """What a page saw of the numbers, to be read again: both versions are shown when they differ."""
    return json.dumps(found, sort_keys=True)


@transaction.atomic
def sign_return(
    *, by: User | None, row: AgencyReturn, name: str, role: str, nil_reason: str = "",
    staff_complete_on: date | None = None, training_logged: bool = False,
    attendance_checked: bool = False, seen: str = "", on: date | None = None,
) -> ReturnSignOff:
    """Confirm the data as they are now, or that there is nothing to report, by name and role.

    Refused as changed when the numbers are no longer those that were looked at.
    """
    row, on = locked(row), on or today()
    refuse_unsignable(row, on)
    if refusal(role):
        raise ValidationError({"role": refusal(role)})
    if nil_reason:
        refuse_mixed(staff_complete_on, training_logged, attendance_checked)
    else:
        refuse_unchecked(row, on, staff_complete_on, training_logged, attendance_checked)
    found = numbers_of(row)
    if seen and seen != numbers_seen(found):
        raise ChangedSince("The numbers changed since you opened this page.")
    signed = ReturnSignOff(
        agency_return=row, name=name, role=role, nil_reason=nil_reason, signed_on=on, signed_by=by,
        staff_complete_on=staff_complete_on, numbers=found,
    )
    signed.full_clean()
    signed.save()
    record(
        by, "signed", row, **place_of(row), name=name, role=role, nil_reason=nil_reason, signed_on=on,
        staff_complete_on=staff_complete_on,
    )
    return signed


def refuse_unsignable(row: AgencyReturn, on: date) -> None:
    refuse_closed(row.round)
    if on <= row.round.term.last:
        raise ValidationError(
            f"The term runs until {spoken(row.round.term.last)}. Sign when it is over."
        )
    standing = row.sign_offs.standing().first()
    if standing:
        raise ValidationError(f"{standing.name} signed this return on {spoken(standing.signed_on)}.")


def refuse_mixed(staff_complete_on: date | None, *ticked: bool) -> None:
    if staff_complete_on or any(ticked):
        raise ValidationError({
            "nil_reason": "Either confirm your data, or make a nil return: take away the reason, or the "
            "date and the ticks above."
        })


def refuse_unchecked(
    row: AgencyReturn, on: date, staff_complete_on: date | None, training: bool, attendance: bool
) -> None:
    """All three are confirmed, or nothing is; a staff list of before the term says nothing of it."""
    errors, term = {}, row.round.term
    if staff_complete_on is None:
        errors["staff_complete_on"] = "Write the day up to which your staff list is complete."
    elif staff_complete_on > on:
        errors["staff_complete_on"] = "The day up to which your staff list is complete cannot be ahead."
    elif staff_complete_on < term.first:
        errors["staff_complete_on"] = (
            f"The staff list must be complete for the term, which began on {spoken(term.first)}."
        )
    if not training:
        errors["training_logged"] = TICK
    if not attendance:
        errors["attendance_checked"] = TICK
    if errors:
        raise ValidationError(errors)


@transaction.atomic
def send_back_return(*, by: User | None, row: AgencyReturn, reason: str, tell: bool = True) -> None:
    """The manager does not take it so: the agency signs anew. What it signed is kept."""
    row = locked(row)
    refuse_closed(row.round)
    if not reason.strip():
        raise ValidationError({"reason": "Say why, so that the agency can mend it."})
    if refusal(reason):
        raise ValidationError({"reason": refusal(reason)})
    end_standing(row, by, EndedHow.SENT_BACK, reason.strip())
    if tell:
        tell_sent_back(row, today())


@transaction.atomic
def take_back_return(*, by: User | None, row: AgencyReturn, on: date | None = None) -> None:
    """The agency takes its own back, until the due date; afterwards the manager sends it back."""
    row, on = locked(row), on or today()
    refuse_closed(row.round)
    if on > row.round.due_on:
        raise ValidationError(
            f"It was due on {spoken(row.round.due_on)}. After that only the partnership manager can send "
            "it back to you."
        )
    end_standing(row, by, EndedHow.TAKEN_BACK)


def end_standing(row: AgencyReturn, by: User | None, how: EndedHow, reason: str = "") -> None:
    standing = row.sign_offs.standing().first()
    if standing is None:
        raise ValidationError("No sign-off stands here: it was sent back or taken back already.")
    standing.ended_how, standing.ended_reason = how, reason
    standing.ended_at, standing.ended_by = timezone.now(), by
    standing.full_clean()
    standing.save(update_fields=["ended_how", "ended_reason", "ended_at", "ended_by"])
    record(by, how.label.lower(), row, **place_of(row), **({"reason": reason} if reason else {}))


def locked_round(asked: ReturnRound) -> ReturnRound:
    # unscoped: the caller decided on the round
    rows = ReturnRound.objects.select_for_update(of=("self",)).select_related("partnership")
    return rows.get(pk=asked.pk)


def locked(row: AgencyReturn) -> AgencyReturn:
    """The return, after its round was locked."""
    asked = locked_round(row.round)
    # unscoped: the caller decided on the return
    found = AgencyReturn.objects.select_related("membership__agency").get(pk=row.pk)
    found.round = asked
    return found


def place_of(row: AgencyReturn) -> dict[str, Any]:
    return {"partnership": row.round.partnership, "agency": row.membership.agency}
