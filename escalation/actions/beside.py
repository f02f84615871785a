"""What is written beside the moves of a case: that the identity was passed, documents, actions done."""

from __future__ import annotations

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from escalation.actions.raising import MoveRefused, check_passed, locked_case
from escalation.models import AgreedAction, Document, Escalation
from escalation.sides import takes_part
from escalation.stages import local_day
from partnership.history import changed, record, save_new
from partnership.models import User
from partnership.stale import refuse_when_changed

IDENTITY_SEEN = ("identity_passed_on", "identity_passed_to", "file_noted")
ACTION_SEEN = ("done_on",)
NOT_YOURS = "You do not take part in this case."


def locked_for(by: User, case: Escalation) -> Escalation:
    """The case, locked, for one who takes part in it at this moment."""
    case = locked_case(case)
    if not takes_part(by, case):
        raise MoveRefused(NOT_YOURS)
    return case


@transaction.atomic
def note_identity_passed(
    *, by: User, case: Escalation, on: date, to: str, file_noted: bool, seen: str = "",
    now: datetime | None = None,
) -> bool:
    """Note that it was said outside Quorate which child the case concerns; False when nothing differs.

    To whom is for the parties: the history says only that it was changed. ``seen`` is what a page
    saw of it.
    """
    case = locked_for(by, case)
    check_passed(on, case.raised_at, now or timezone.now())
    new = {"identity_passed_on": on, "identity_passed_to": to, "file_noted": file_noted}
    differs = changed(case, **new)
    if differs:
        refuse_when_changed(case, seen, IDENTITY_SEEN)
    for name in differs:
        setattr(case, name, new[name])
    if differs:
        case.full_clean()
        case.save(update_fields=list(differs))
        if "identity_passed_to" in differs:
            differs["identity_passed_to"] = "changed"
        record(by, "noted identity passed", case, **where(case), **differs)
    return bool(differs)


@transaction.atomic
def add_document(*, by: User, case: Escalation, reference: str, title: str) -> Document:
    """Put a document on the case's list, by its reference in the agency's own system; once."""
    case = locked_for(by, case)
    there = case.documents.filter(reference=reference, title=title).first()
    if there:
        return there
    row = Document(escalation=case, reference=reference, title=title, added_by=by)
    return save_new(row, by, "added document", **where(case), reference=reference)


@transaction.atomic
def mark_action(
    *, by: User, action: AgreedAction, done_on: date | None, seen: str = "",
    now: datetime | None = None,
) -> bool:
    """Tick off an agreed action, or take the tick back; False when it stands so already."""
    case = locked_for(by, action.escalation)
    row = case.actions.get(pk=action.pk)
    if done_on and done_on > local_day(now or timezone.now()):
        raise ValidationError({"done_on": "This day is still to come. Tick it off when it is done."})
    if done_on and done_on < local_day(case.raised_at):
        raise ValidationError({"done_on": "This is before the case was raised. Check the year."})
    before = row.done_on
    if before == done_on:
        return False
    refuse_when_changed(row, seen, ACTION_SEEN)
    row.done_on = done_on
    row.full_clean()
    row.save(update_fields=["done_on"])
    verb = "ticked off action" if done_on else "took back tick"
    record(by, verb, row, **where(case), due_on=row.due_on, done_on=[before, done_on])
    return True


def where(case: Escalation) -> dict:
    return {"partnership": case.partnership, "agency": case.about}
