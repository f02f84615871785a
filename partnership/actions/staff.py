"""The staff lists of agencies."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from partnership.history import BATCH, entry, record, record_all, save_changed
from partnership.models import Agency, StaffMember, User
from partnership.stale import refuse_when_changed

STAFF_FIELDS = (
    "first_name", "last_name", "work_email", "job_title", "role_group", "started_on", "left_on",
)
STAFF_SEEN = (*STAFF_FIELDS, "reference", "works_for_id")


@transaction.atomic
def add_staff(*, by: User | None, agency: Agency, **fields) -> StaffMember:
    """Put a person on an agency's staff list."""
    row = StaffMember(agency=agency, **fields)
    row.full_clean()
    row.save()
    record(by, "added", row, agency=agency, staff_member=row, **fields)
    return row


@transaction.atomic
def change_staff(
    *, by: User | None, staff_member: StaffMember, seen: str = "", **new
) -> bool:
    """Change a person's details, leaving date included; False when nothing differs.

    With the fingerprint of what was ``seen`` it is refused when somebody changed them since.
    """
    row = StaffMember.objects.select_for_update().get(pk=staff_member.pk)
    refuse_when_changed(row, seen, STAFF_SEEN)
    return save_changed(row, by, "changed", new, agency=row.agency, staff_member=row)


@transaction.atomic
def import_staff(
    *, by: User | None, new: Iterable[StaffMember], changed: Iterable[tuple[StaffMember, dict]] = ()
) -> None:
    """Many people at once, checked beforehand: new rows, and rows with the fields that differ."""
    made = StaffMember.objects.bulk_create(new, batch_size=BATCH)
    record_all(
        entry(
            by, "added", row, agency=row.agency, staff_member=row,
            **{name: getattr(row, name) for name in STAFF_FIELDS},
        )
        for row in made
    )
    for row, fields in changed:
        change_staff(by=by, staff_member=row, **fields)
