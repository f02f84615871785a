"""Who must hold what: asked from a day on, ended, or changed by a new dated row."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from partnership.history import entry, record, record_all, save_changed
from partnership.models import Agency, Partnership, RoleGroup, User
from partnership.spreadsheets import spoken
from partnership.stale import refuse_when_changed
from training.keeping import forget
from training.models import Course, Exemption, Requirement

REQUIREMENT_SEEN = ("effective_from", "effective_until")  # nothing else of a row ever changes


class AlreadyThere(ValidationError):
    """The same is there already, by a double click say; nothing is written twice."""


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
    refuse_the_same(row, courses)
    row.save()
    row.courses.set(courses)
    record(
        by, "made", row, partnership=partnership, agency=agency, role_group=role_group,
        courses=[course.code for course in courses], effective_from=effective_from, **fields,
    )
    forget(role_group.staff.all())
    return row


def refuse_the_same(row: Requirement, courses: list[Course]) -> None:
    """Refuse what is asked already in the same words; who asks waits for whoever asks beside them."""
    owner = row.partnership or row.agency
    type(owner).objects.select_for_update(no_key=True).get(pk=owner.pk)
    same = Requirement.objects.filter(
        partnership=row.partnership, agency=row.agency, role_group=row.role_group, hours=row.hours,
        over_months=row.over_months, within_days=row.within_days, valid_months=row.valid_months,
        effective_from=row.effective_from, effective_until=row.effective_until,
    ).prefetch_related("courses")
    if any(set(one.courses.all()) == set(courses) for one in same):
        raise AlreadyThere("That is asked already, from the same day and in the same words.")


@transaction.atomic
def end_requirement(
    *, by: User | None, requirement: Requirement, until: date, seen: str = ""
) -> bool:
    """Ask no more from a day on: the first day on which it is not asked."""
    row = locked(requirement, seen)
    if until <= row.effective_from:
        raise ValidationError({
            "effective_until": f"It is asked from {spoken(row.effective_from)}. Choose a later day."
        })
    if row.effective_until and until > row.effective_until:
        raise ValidationError({
            "effective_until": f"It ends on {spoken(row.effective_until)} already. To ask it for "
            "longer, add it again."
        })
    where = {"partnership": row.partnership, "agency": row.agency}
    forget(row.role_group.staff.all())
    return save_changed(row, by, "ended", {"effective_until": until}, **where)


def locked(requirement: Requirement, seen: str) -> Requirement:
    rows = Requirement.objects.select_for_update(of=("self",))
    row = rows.select_related("partnership", "agency", "role_group").get(pk=requirement.pk)
    refuse_when_changed(row, seen, REQUIREMENT_SEEN)
    return row


@transaction.atomic
def change_requirement(
    *, by: User | None, requirement: Requirement, effective_from: date, courses: Iterable[Course],
    seen: str = "", **fields: Any,
) -> Requirement:
    """Ask something else from a day on: the row ends that day and another begins; both are kept.

    Exemptions from it that run on are carried over, so that nobody is asked by surprise.
    """
    row = locked(requirement, seen)
    if effective_from <= row.effective_from:
        raise ValidationError({
            "effective_from": f"It is asked as it is from {spoken(row.effective_from)}. Choose a "
            "later day for the change."
        })
    until = row.effective_until
    if until and effective_from >= until:
        raise ValidationError({
            "effective_from": f"It ends on {spoken(until)}. Choose an earlier day, or add a new one."
        })
    end_requirement(by=by, requirement=row, until=effective_from)
    new = add_requirement(
        by=by, role_group=row.role_group, courses=courses, effective_from=effective_from,
        partnership=row.partnership, agency=row.agency,
        **{"effective_until": until, **fields},
    )
    carry_over(by, row, new)
    return new


def carry_over(by: User | None, old: Requirement, new: Requirement) -> None:
    """The exemptions from what ends hold on for what comes in its place."""
    rows = Exemption.objects.filter(requirement=old, until_on__gt=new.effective_from)
    made = Exemption.objects.bulk_create(
        Exemption(
            staff_member=row.staff_member, requirement=new, reason=row.reason,
            from_on=max(row.from_on, new.effective_from), until_on=row.until_on,
            granted_at=row.granted_at, granted_by=row.granted_by,
        )
        for row in rows.select_related("staff_member__agency")
    )
    record_all(
        entry(
            by, "carried over", row, agency=row.staff_member.agency, staff_member=row.staff_member,
            from_on=row.from_on, until_on=row.until_on,
        )
        for row in made
    )
    forget({row.staff_member_id for row in made})
