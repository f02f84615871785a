"""Records, courses and requirements that an import brought, taken back."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from partnership.built_on import chunks, held_for_taking, refuse_built_on
from partnership.history import entry, record_all
from partnership.models import StaffMember, User
from training.keeping import forget
from training.models import Course, Requirement, TrainingRecord


@transaction.atomic
def take_back_records(*, by: User | None, records: Iterable[int], since: int) -> int:
    """Take away records that an import brought, while nothing rests on them; gives how many.

    Unlike a withdrawal it leaves no record behind, so that the mended file brings them anew; the
    history has both the import and this.
    """
    keys = sorted(records)
    there = TrainingRecord.objects.select_related("course", "staff_member__agency")
    rows = held_for_taking(there, keys, "records")
    refuse_built_on(TrainingRecord, keys, since)
    record_all(
        entry(
            by, "taken back", row, agency=row.staff_member.agency, staff_member=row.staff_member,
            course=row.course.code, completed_on=row.completed_on,
        )
        for row in rows
    )
    people = {row.staff_member_id for row in rows}
    for some in chunks(keys):
        TrainingRecord.objects.filter(pk__in=some).delete()
    forget(people)
    return len(rows)


@transaction.atomic
def take_back_courses(*, by: User | None, courses: Iterable[int], since: int) -> int:
    """Take courses out of the catalogue that an import made, while nothing rests on them; gives how many."""
    rows = held_for_taking(Course.objects.all(), courses, "courses")
    keys = [row.pk for row in rows]
    refuse_built_on(Course, keys, since)
    record_all(entry(by, "taken back", row, code=row.code) for row in rows)
    for some in chunks(keys):
        Course.objects.filter(pk__in=some).delete()
    return len(rows)


@transaction.atomic
def take_back_requirements(*, by: User | None, requirements: Iterable[int], since: int) -> int:
    """Ask no longer, and never have asked, what an import asked, while nobody is exempt; gives how many."""
    there = Requirement.objects.select_related("partnership", "agency", "role_group")
    rows = held_for_taking(there.prefetch_related("courses"), requirements, "requirements")
    keys = [row.pk for row in rows]
    refuse_built_on(Requirement, keys, since)
    record_all(
        entry(
            by, "taken back", row, partnership=row.partnership, agency=row.agency,
            role_group=row.role_group, effective_from=row.effective_from,
            courses=[course.code for course in row.courses.all()],
        )
        for row in rows
    )
    for some in chunks(keys):
        Requirement.objects.filter(pk__in=some).delete()
    forget(StaffMember.objects.filter(role_group__in={row.role_group_id for row in rows}))  # unscoped: upkeep
    return len(rows)
