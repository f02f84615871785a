"""The catalogue: courses come and change. Expiries that records keep are never worked out anew."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction

from partnership.history import record, save_changed, save_new
from partnership.models import StaffMember, User
from partnership.stale import refuse_when_changed
from training.keeping import forget
from training.models import Course

COURSE_FIELDS = (
    "code", "title", "hours", "delivery", "valid_months", "counts_from", "counts_until",
    "conference_duty",
)
COURSE_SEEN = (*COURSE_FIELDS, "covered_codes")


@transaction.atomic
def add_course(*, by: User | None, code: str, covers: Iterable[Course] = (), **fields) -> Course:
    course = save_new(Course(code=code, **fields), by, "made", code=code, **fields)
    course.covers.set(covers)
    return course


@transaction.atomic
def change_course(
    *, by: User | None, course: Course, covers: Iterable[Course] | None = None, seen: str = "",
    **new,
) -> bool:
    """Change a course; False when nothing differs. Records that are there keep their expiry.

    With the fingerprint of what was ``seen`` it is refused when somebody changed it since.
    """
    row = Course.objects.select_for_update().get(pk=course.pk)
    refuse_when_changed(row, seen, COURSE_SEEN)
    changed = save_changed(row, by, "changed", new)
    if covers is not None:
        changed = cover(by, row, list(covers)) or changed
    if changed:
        forget(StaffMember.objects.all())  # unscoped: one catalogue for everybody
    return changed


def cover(by: User | None, course: Course, covers: list[Course]) -> bool:
    """Say which other courses it stands for; the caller holds the course's lock."""
    before = course.covered_codes
    if course in covers:
        raise ValidationError({"covers": "A course cannot cover itself."})
    course.covers.set(covers)
    after = course.covered_codes
    if before != after:
        record(by, "changed", course, covers=[before, after])
    return before != after
