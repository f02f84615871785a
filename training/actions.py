"""Every change on the training floor: each one transaction, checked, with its history."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from partnership.history import BATCH, entry, record, record_all, save_new
from partnership.models import Agency, Partnership, RoleGroup, StaffMember, User
from training.models import Course, Exemption, Requirement, TrainingRecord


@transaction.atomic
def add_course(*, by: User | None, code: str, covers: Iterable[Course] = (), **fields) -> Course:
    course = save_new(Course(code=code, **fields), by, "made", code=code, **fields)
    course.covers.set(covers)
    return course


@transaction.atomic
def add_requirement(
    *, by: User | None, role_group: RoleGroup, courses: Iterable[Course], effective_from: date,
    partnership: Partnership | None = None, agency: Agency | None = None, **fields,
) -> Requirement:
    """Ask a role group for any one of some courses, or for hours of them."""
    courses = list(courses)
    if not courses:
        raise ValidationError({"courses": "Choose at least one course."})
    row = Requirement(
        partnership=partnership, agency=agency, role_group=role_group,
        effective_from=effective_from, **fields,
    )
    row.full_clean()
    row.save()
    row.courses.set(courses)
    record(
        by, "made", row, partnership=partnership, agency=agency, role_group=role_group,
        courses=[course.code for course in courses], effective_from=effective_from, **fields,
    )
    return row


@transaction.atomic
def log_training(
    *, by: User | None, staff_member: StaffMember, course: Course, completed_on: date,
    provider: str = "", evidence: str = "", confirmed: bool = True,
) -> TrainingRecord:
    """Log that someone completed a course. What people log for themselves is not yet confirmed."""
    row = new_record(by, staff_member, course, completed_on, provider, evidence, confirmed)
    where = {"agency": staff_member.agency, "staff_member": staff_member}
    return save_new(row, by, "logged", **where, course=course.code, completed_on=completed_on)


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
def import_records(*, by: User | None, new: Iterable[TrainingRecord]) -> None:
    """Many records at once, checked beforehand; the history has each of them."""
    rows = TrainingRecord.objects.bulk_create(new, batch_size=BATCH)
    record_all(
        entry(
            by, "logged", row, agency=row.staff_member.agency, staff_member=row.staff_member,
            course=row.course.code, completed_on=row.completed_on,
        )
        for row in rows
    )


@transaction.atomic
def confirm_training(*, by: User, training_record: TrainingRecord) -> None:
    """Let a record count that a person logged for themselves."""
    row = TrainingRecord.objects.select_for_update().get(pk=training_record.pk)
    if row.confirmed_at:
        raise ValidationError(f"Already confirmed at {timezone.localtime(row.confirmed_at):%H:%M}.")
    if by.staff_member_id == row.staff_member_id:
        raise ValidationError("You cannot confirm your own training. Ask your agency lead.")
    row.confirmed_at, row.confirmed_by = timezone.now(), by
    row.save(update_fields=["confirmed_at", "confirmed_by"])
    record(by, "confirmed", row, agency=row.staff_member.agency, staff_member=row.staff_member)


@transaction.atomic
def correct_record(
    *, by: User | None, training_record: TrainingRecord, reason: str, course: Course | None = None,
    completed_on: date | None = None,
) -> TrainingRecord:
    """Replace a record that was wrong. What was there is kept, with the reason, and counts no more."""
    old = TrainingRecord.objects.select_for_update().get(pk=training_record.pk)
    if old.replaced_at:
        raise ValidationError("This record has already been corrected.")
    if not reason.strip():
        raise ValidationError({"reason": "Say why the record is corrected."})
    old.replaced_at, old.replaced_by, old.replaced_reason = timezone.now(), by, reason.strip()
    old.save(update_fields=["replaced_at", "replaced_by", "replaced_reason"])
    new = new_record(
        by, old.staff_member, course or old.course, completed_on or old.completed_on,
        old.provider, old.evidence,
    )
    new.corrects = old
    where = {"agency": old.staff_member.agency, "staff_member": old.staff_member}
    return save_new(
        new, by, "corrected", **where, reason=reason,
        course=[old.course.code, new.course.code], completed_on=[old.completed_on, new.completed_on],
    )


@transaction.atomic
def exempt(
    *, by: User | None, staff_member: StaffMember, reason: str, from_on: date, until_on: date,
    requirement: Requirement | None = None,
) -> Exemption:
    """Exempt a person from one requirement, or from all, until a day."""
    row = Exemption(
        staff_member=staff_member, requirement=requirement, reason=reason, from_on=from_on,
        until_on=until_on, granted_by=by,
    )
    where = {"agency": staff_member.agency, "staff_member": staff_member}
    return save_new(row, by, "exempted", **where, reason=reason, from_on=from_on, until_on=until_on)
