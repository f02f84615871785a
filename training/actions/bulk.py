"""Many records at once: a session, an import."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from django.db import IntegrityError, transaction

from partnership.history import BATCH, entry, record_all
from partnership.models import StaffMember, User
from training.actions.records import check_completion, is_own, new_record
from training.keeping import forget
from training.models import Course, TrainingRecord

ROWS_NAMED = ("staff_member", "course", "logged_by", "confirmed_by", "replaced_by", "corrects")


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
    forget({row.staff_member_id for row in rows})


class Logged(NamedTuple):
    """What became of a session: the new records, and who had the record already."""

    logged: list[TrainingRecord]
    had: list[StaffMember]


def log_session(
    *, by: User | None, people: Iterable[StaffMember], course: Course, completed_on: date,
    provider: str = "", evidence: str = "",
) -> Logged:
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
) -> Logged:
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
    return Logged(rows, [person for person in people if person.pk in there])


def having(people: Iterable[StaffMember], course: Course, completed_on: date) -> set[int]:
    """Who of some people has the record of that course on that day, confirmed or not."""
    rows = TrainingRecord.objects.filter(
        staff_member__in=people, course=course, completed_on=completed_on, replaced_at=None
    )
    return set(rows.values_list("staff_member_id", flat=True))
