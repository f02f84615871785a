"""One record: logged, confirmed, corrected, withdrawn."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from partnership.history import record, save_new
from partnership.models import StaffMember, User
from partnership.spreadsheets import spoken
from training.keeping import forget
from training.models import Course, TrainingRecord

EARLIEST = date(1950, 1, 1)  # nobody in post was trained before; an earlier year is a slip


@transaction.atomic
def log_training(
    *, by: User | None, staff_member: StaffMember, course: Course, completed_on: date,
    provider: str = "", evidence: str = "", confirmed: bool = True,
) -> TrainingRecord:
    """Log that someone completed a course. What people log for themselves is not yet confirmed."""
    check_completion(course, completed_on)
    confirmed = confirmed and not is_own(by, staff_member)
    row = new_record(by, staff_member, course, completed_on, provider, evidence, confirmed)
    where = {"agency": staff_member.agency, "staff_member": staff_member}
    save_new(row, by, "logged", **where, course=course.code, completed_on=completed_on)
    forget([staff_member.pk])
    return row


def check_completion(course: Course | None, completed_on: date) -> None:
    """Refuse a day on which nobody can have completed it, or on which the course counts for nothing."""
    if completed_on > timezone.localdate():
        sentence = "The completion date is in the future. Log training once it is done."
    elif completed_on < EARLIEST:
        sentence = "The completion date is before 1950. Check the year."
    elif course and course.counts_from and completed_on < course.counts_from:
        sentence = f"{course} counts when completed on {spoken(course.counts_from)} or later."
    elif course and course.counts_until and completed_on >= course.counts_until:
        sentence = f"{course} counts when completed before {spoken(course.counts_until)}."
    else:
        return
    raise ValidationError({"completed_on": sentence})


def is_own(by: User | None, staff_member: StaffMember) -> bool:
    """Whether somebody logs for themselves: nobody confirms their own."""
    return by is not None and by.staff_member_id == staff_member.pk


def new_record(
    by: User | None, staff_member: StaffMember, course: Course, completed_on: date,
    provider: str = "", evidence: str = "", confirmed: bool = True,
) -> TrainingRecord:
    """An unsaved record, its expiry worked out by the course's rule of today."""
    now = timezone.now()
    return TrainingRecord(
        staff_member=staff_member, course=course, completed_on=completed_on, provider=provider,
        evidence=evidence, expires_on=course.expiry(completed_on), logged_at=now, logged_by=by,
        confirmed_at=now if confirmed else None, confirmed_by=by if confirmed else None,
    )


@transaction.atomic
def confirm_training(*, by: User, training_record: TrainingRecord) -> None:
    """Let a record count that a person logged for themselves."""
    row = TrainingRecord.objects.select_for_update().get(pk=training_record.pk)
    if row.replaced_at:
        raise ValidationError("This record has been corrected or withdrawn.")
    if row.confirmed_at:
        raise ValidationError(f"Already confirmed at {timezone.localtime(row.confirmed_at):%H:%M}.")
    if by.staff_member_id == row.staff_member_id:
        raise ValidationError("You cannot confirm your own training. Ask your agency lead.")
    row.confirmed_at, row.confirmed_by = timezone.now(), by
    row.save(update_fields=["confirmed_at", "confirmed_by"])
    forget([row.staff_member_id])
    record(by, "confirmed", row, agency=row.staff_member.agency, staff_member=row.staff_member)


class ReplacedSince(ValidationError):
    """Somebody corrected or withdrew the record since it was looked at; nothing is overwritten."""


def replace(by: User | None, training_record: TrainingRecord, reason: str) -> TrainingRecord:
    """Lock a record and mark it as counting no more; the caller holds the transaction."""
    old = TrainingRecord.objects.select_for_update().get(pk=training_record.pk)
    if old.replaced_at:
        raise ReplacedSince("This record has already been corrected or withdrawn.")
    if not reason.strip():
        raise ValidationError({"reason": "Say why the record is corrected."})
    old.replaced_at, old.replaced_by, old.replaced_reason = timezone.now(), by, reason.strip()
    old.save(update_fields=["replaced_at", "replaced_by", "replaced_reason"])
    forget([old.staff_member_id])
    return old


@transaction.atomic
def correct_record(
    *, by: User | None, training_record: TrainingRecord, reason: str, course: Course | None = None,
    completed_on: date | None = None, provider: str | None = None, evidence: str | None = None,
) -> TrainingRecord:
    """Replace a record that was wrong. What was there is kept, with the reason, and counts no more."""
    old = replace(by, training_record, reason)
    course, completed_on = course or old.course, completed_on or old.completed_on
    check_completion(course, completed_on)
    new = new_record(
        by, old.staff_member, course, completed_on,
        old.provider if provider is None else provider,
        old.evidence if evidence is None else evidence,
        confirmed=not is_own(by, old.staff_member),
    )
    new.corrects = old
    where = {"agency": old.staff_member.agency, "staff_member": old.staff_member}
    return save_new(
        new, by, "corrected", **where, reason=reason, course=[old.course.code, new.course.code],
        completed_on=[old.completed_on, new.completed_on],
        provider=[old.provider, new.provider], evidence=[old.evidence, new.evidence],
    )


@transaction.atomic
def withdraw_record(*, by: User | None, training_record: TrainingRecord, reason: str) -> None:
    """Take a record out of the count without another in its place; it is kept, with the reason."""
    old = replace(by, training_record, reason)
    record(
        by, "withdrawn", old, agency=old.staff_member.agency, staff_member=old.staff_member,
        reason=reason, course=old.course.code, completed_on=old.completed_on,
    )
