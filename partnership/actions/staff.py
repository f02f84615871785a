"""The staff lists of agencies."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from partnership.actions.users import end_by, follow_moves, grant_role
from partnership.history import BATCH, entry, record, record_all, save_changed, save_new
from partnership.history import changed as changed_fields
from partnership.models import Agency, Grant, StaffMember, User, today
from partnership.signals import staff_changed
from partnership.stale import refuse_when_changed

STAFF_FIELDS = (
    "first_name", "last_name", "work_email", "job_title", "role_group", "started_on", "left_on",
)
STAFF_SEEN = (*STAFF_FIELDS, "reference", "works_for_id")
LEAVING_SEEN = ("left_on",)


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
    done = save_changed(row, by, "changed", new, agency=row.agency, staff_member=row)
    if done:
        staff_changed.send(sender=StaffMember, staff=[row.pk])
    return done


@transaction.atomic
def leave(
    *, by: User | None, staff_member: StaffMember, left_on: date | None, grants: Iterable[Grant] = (),
    seen: str = "",
) -> bool:
    """Note when a person leaves; and in the same step the roles of their account end on that day.

    With the fingerprint of the day that was ``seen`` it is refused when somebody changed that since.
    """
    row = StaffMember.objects.select_for_update().get(pk=staff_member.pk)
    if row.left_on != left_on:
        refuse_when_changed(row, seen, LEAVING_SEEN)
    done = change_staff(by=by, staff_member=row, left_on=left_on)
    if left_on:
        end_by(by, grants, left_on)
    return done


# --- Moving ---------------------------------------------------------------------------------------


@transaction.atomic
def move_staff(
    *, by: User | None, staff_member: StaffMember, agency: Agency, on: date,
    grants: Iterable[Grant] = (), **new: Any,
) -> StaffMember:
    """Leave one agency and begin at another on the same day: a line each, joined to each other.

    What was before stays where it was: attendance and records keep their line, and past figures
    count it. The new line begins with the training of the old one (training.standing reads both).
    The roles given in ``grants`` go along. Moving twice to the same place on the same day is once.
    """
    old = StaffMember.objects.select_for_update().get(pk=staff_member.pk)
    there = getattr(old, "moved_to", None)
    if there and (there.agency_id, there.started_on) == (agency.pk, on):
        return there
    refuse_move(old, there, agency, on)
    left_on, old.left_on = old.left_on, on
    row = begin_elsewhere(old, agency, on, left_on, new)
    save_new(
        row, by, "moved here", agency=agency, staff_member=row, moved_from=old.agency, started_on=on,
        **new,
    )
    old.full_clean()
    old.save(update_fields=["left_on"])
    record(
        by, "moved away", old, agency=old.agency, staff_member=old, left_on=[left_on, on],
        moved_to=agency,
    )
    staff_changed.send(sender=StaffMember, staff=[old.pk, row.pk])
    move_grants(by, grants, agency, on)
    follow_moves(by=by, on=today(), moved_from=old)
    return row


def refuse_move(old: StaffMember, there: StaffMember | None, agency: Agency, on: date) -> None:
    """A person moves once, to another agency, on a day on which they are in post."""
    if there:
        raise ValidationError(f"{old.name} has already moved to {there.agency}.")
    if agency.pk == old.agency_id:
        raise ValidationError({"agency": f"{old.name} is at {agency} already. Choose another agency."})
    if on <= old.started_on:
        raise ValidationError({"on": "The day of moving must be after the day of starting."})
    if old.left_on and old.left_on <= on:
        raise ValidationError({"on": f"{old.name} will have left {old.agency} by that day."})


def begin_elsewhere(
    old: StaffMember, agency: Agency, on: date, left_on: date | None, new: dict[str, Any]
) -> StaffMember:
    """The line at the new agency; the one partnership is kept where the agency belongs to it."""
    stays = agency.memberships.filter(partnership=old.works_for_id).exists()
    kept = {
        name: getattr(old, name)
        for name in ("first_name", "last_name", "reference", "work_email", "job_title", "role_group")
    }
    return StaffMember(**kept | new | {
        "agency": agency, "started_on": on, "left_on": left_on, "moved_from": old,
        "works_for": old.works_for if stays else None,
    })


def move_grants(by: User | None, grants: Iterable[Grant], agency: Agency, on: date) -> None:
    """The same roles at the new agency from the day on; at the old one they end."""
    for grant in grants:
        ends, begins = grant.until_on, max(grant.from_on, on)
        end_by(by, [grant], on)
        grant_role(
            by=by, user=grant.user, role=grant.role, agency=agency, from_on=begins, until_on=ends
        )


# --- Many at once ---------------------------------------------------------------------------------


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
    change_many(by, {row.pk: fields for row, fields in changed})


@transaction.atomic
def note_staff_list(*, by: User | None, agency: Agency, on: date | None) -> bool:
    """Note the date of an agency's last full staff list; False when it is that already."""
    row = Agency.objects.select_for_update().get(pk=agency.pk)
    return save_changed(row, by, "changed", {"staff_list_on": on}, agency=row)


def change_many(by: User | None, wanted: dict[int, dict[str, Any]]) -> None:
    """Change many people's details in a few steps; the caller holds the transaction."""
    rows = StaffMember.objects.select_for_update(of=("self",)).filter(pk__in=wanted).order_by("pk")
    entries, names, done = [], set(), []
    for row in rows.select_related("agency", "role_group"):
        differences = changed_fields(row, **wanted[row.pk])
        if not differences:
            continue
        for name, (_, after) in differences.items():
            setattr(row, name, after)
        row.clean_fields(exclude=("agency", "role_group", "line_manager", "works_for", "moved_from"))
        entries.append(entry(by, "changed", row, agency=row.agency, staff_member=row, **differences))
        names |= set(differences)
        done.append(row)
    if done:
        StaffMember.objects.bulk_update(done, sorted(names), batch_size=BATCH)
        record_all(entries)
        staff_changed.send(sender=StaffMember, staff=[row.pk for row in done])
