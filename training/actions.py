"""Every change on the training floor: each one transaction, checked, with its history."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from partnership.history import BATCH, entry, record, record_all, save_changed, save_new
from partnership.models import Agency, Partnership, RoleGroup, StaffMember, User
from partnership.spreadsheets import spoken
from training.models import Course, Exemption, Requirement, TrainingRecord

EARLIEST = date(1950, 1, 1)  # nobody in post was trained before; an earlier year is a slip
ROWS_NAMED = ("staff_member", "course", "logged_by", "confirmed_by", "replaced_by", "corrects")


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
    check_completion(course, completed_on)
    confirmed = confirmed and not is_own(by, staff_member)
    row = new_record(by, staff_member, course, completed_on, provider, evidence, confirmed)
    where = {"agency": staff_member.agency, "staff_member": staff_member}
    return save_new(row, by, "logged", **where, course=course.code, completed_on=completed_on)


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


class Session(NamedTuple):
    """What became of a session: the new records, and who had the record already."""

    logged: list[TrainingRecord]
    had: list[StaffMember]


def log_session(
    *, by: User | None, people: Iterable[StaffMember], course: Course, completed_on: date,
    provider: str = "", evidence: str = "",
) -> Session:
    """Log one course on one day for many people, all or none; who has the record is left as they are."""
    check_completion(course, completed_on)
    people = list(people)
    try:
        return log_missing(by, people, course, completed_on, provider, evidence)
    except IntegrityError:  # somebody logged one of them at the same moment: now that is seen
        return log_missing(by, people, course, completed_on, provider, evidence)


@transaction.atomic
def log_missing(
    by: User | None, people: list[StaffMember], course: Course, completed_on: date, provider: str,
    evidence: str,
) -> Session:
    there = having(people, course, completed_on)
    rows = [
        new_record(by, person, course, completed_on, provider, evidence, not is_own(by, person))
        for person in people
        if person.pk not in there
    ]
    for row in rows:
        row.clean_fields(exclude=ROWS_NAMED)
        row.clean()
    import_records(by=by, new=rows)
    return Session(rows, [person for person in people if person.pk in there])


def having(people: Iterable[StaffMember], course: Course, completed_on: date) -> set[int]:
    """Who of some people has the record of that course on that day, confirmed or not."""
    rows = TrainingRecord.objects.filter(
        staff_member__in=people, course=course, completed_on=completed_on, replaced_at=None
    )
    return set(rows.values_list("staff_member_id", flat=True))


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


@transaction.atomic
def exempt(
    *, by: User | None, staff_member: StaffMember, reason: str, from_on: date, until_on: date,
    requirement: Requirement | None = None,
) -> Exemption:
    """Exempt a person from one requirement, or from all, until a day; nobody exempts themselves."""
    if is_own(by, staff_member):
        raise ValidationError("You cannot exempt yourself. Ask another lead.")
    row = Exemption(
        staff_member=staff_member, requirement=requirement, reason=reason, from_on=from_on,
        until_on=until_on, granted_by=by,
    )
    where = {"agency": staff_member.agency, "staff_member": staff_member}
    return save_new(row, by, "exempted", **where, reason=reason, from_on=from_on, until_on=until_on)


@transaction.atomic
def end_exemption(*, by: User | None, exemption: Exemption, until_on: date) -> None:
    """End an exemption earlier; the day given is the first on which it no longer holds."""
    row = Exemption.objects.select_for_update().get(pk=exemption.pk)
    if until_on > row.until_on:
        raise ValidationError({"until_on": "Ending cannot make it longer. Make another exemption."})
    where = {"agency": row.staff_member.agency, "staff_member": row.staff_member}
    save_changed(row, by, "ended", {"until_on": until_on}, **where)
