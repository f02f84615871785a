"""Every change on the ground floor: each one transaction, checked, with its history."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from partnership.history import BATCH, entry, record, record_all, save_changed, save_new
from partnership.models import (
    Agency,
    BankHoliday,
    Grant,
    Membership,
    Partnership,
    RoleGroup,
    StaffMember,
    User,
)
from partnership.signals import holidays_changed

STAFF_FIELDS = (
    "first_name", "last_name", "work_email", "job_title", "role_group", "started_on", "left_on",
)


@transaction.atomic
def make_partnership(*, by: User | None, code: str, name: str, **fields) -> Partnership:
    row = Partnership(code=code, name=name, **fields)
    return save_new(row, by, "made", code=code, name=name)


@transaction.atomic
def add_agency(
    *, by: User | None, partnership: Partnership, code: str, name: str, sector: str,
    parent: Agency | None = None,
) -> Membership:
    """A new agency, in its first partnership."""
    agency = Agency(name=name, sector=sector, parent=parent)
    save_new(agency, by, "made", partnership=partnership, name=name, sector=sector)
    return share_agency(by=by, partnership=partnership, agency=agency, code=code)


@transaction.atomic
def share_agency(
    *, by: User | None, partnership: Partnership, agency: Agency, code: str
) -> Membership:
    """Put an agency into a partnership. Sharing is always this explicit act, never equal codes."""
    row = Membership(partnership=partnership, agency=agency, code=code)
    return save_new(row, by, "shared", partnership=partnership, agency=agency, code=code)


@transaction.atomic
def group_agencies(*, by: User | None, name: str, sector: str, parts: Iterable[Agency]) -> Agency:
    """A parent agency for some that are there: a grant on it reaches its parts.

    The parent itself is in no partnership until it is shared: it is not invited and not counted.
    """
    parent = save_new(Agency(name=name, sector=sector), by, "made", name=name, sector=sector)
    for part in parts:
        row = Agency.objects.select_for_update().get(pk=part.pk)
        save_changed(row, by, "changed", {"parent": parent}, agency=row)
    return parent


@transaction.atomic
def add_role_group(*, by: User | None, code: str, title: str) -> RoleGroup:
    return save_new(RoleGroup(code=code, title=title), by, "made", code=code, title=title)


@transaction.atomic
def add_staff(*, by: User | None, agency: Agency, **fields) -> StaffMember:
    """Put a person on an agency's staff list."""
    row = StaffMember(agency=agency, **fields)
    row.full_clean()
    row.save()
    record(by, "added", row, agency=agency, staff_member=row, **fields)
    return row


class ChangedSince(ValidationError):
    """Somebody else changed the row since it was looked at; nothing is overwritten."""


def fingerprint(staff_member: StaffMember) -> str:
    """What a page saw of a person's details, in a few letters: it differs when any of them does."""
    values = (str(getattr(staff_member, name)) for name in (*STAFF_FIELDS, "reference", "works_for_id"))
    return hashlib.sha256("\x1f".join(values).encode()).hexdigest()[:20]


@transaction.atomic
def change_staff(
    *, by: User | None, staff_member: StaffMember, seen: str = "", **new
) -> bool:
    """Change a person's details, leaving date included; False when nothing differs.

    With the fingerprint of what was ``seen`` it is refused when somebody changed them since.
    """
    row = StaffMember.objects.select_for_update().get(pk=staff_member.pk)
    if seen and seen != fingerprint(row):
        raise ChangedSince(f"Somebody changed {row} since you opened this page.")
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


@transaction.atomic
def invite_user(
    *, by: User | None, email: str, name: str, staff_member: StaffMember | None = None,
    password: str | None = None,
) -> User:
    """An account without grants. Without a password the person sets one by the reset link."""
    user = User.objects.create_user(email, password, name=name, staff_member=staff_member)
    agency = staff_member.agency if staff_member else None
    record(by, "invited", user, agency=agency, email=email, name=name)
    return user


@transaction.atomic
def grant_role(
    *, by: User | None, user: User, role: str, from_on: date, agency: Agency | None = None,
    partnership: Partnership | None = None, until_on: date | None = None,
) -> Grant:
    """Give a role in an agency or a partnership. Nobody grants to themselves."""
    if by is not None and by.pk == user.pk:
        raise ValidationError("You cannot grant a role to yourself. Ask another manager.")
    row = Grant(
        user=user, role=role, agency=agency, partnership=partnership, from_on=from_on,
        until_on=until_on,
    )
    return save_new(
        row, by, "granted", partnership=partnership, agency=agency, user_name=user.name, role=role,
        from_on=from_on, until_on=until_on,
    )


@transaction.atomic
def end_grant(*, by: User | None, grant: Grant, until_on: date) -> None:
    """End a grant; the day given is the first without it."""
    row = Grant.objects.select_for_update().get(pk=grant.pk)
    where = {"partnership": row.partnership, "agency": row.agency}
    save_changed(row, by, "ended", {"until_on": until_on}, **where)


@transaction.atomic
def add_bank_holidays(*, by: User | None, country: str, days: Mapping[date, str]) -> int:
    """Put in the bank holidays that are not there yet; open deadlines are then reckoned anew."""
    there = set(
        BankHoliday.objects.filter(country=country, on__in=days).values_list("on", flat=True)
    )
    rows = [
        BankHoliday(country=country, on=on, title=title)
        for on, title in sorted(days.items())
        if on not in there
    ]
    made = BankHoliday.objects.bulk_create(rows)
    record_all(entry(by, "added", row, on=row.on, title=row.title) for row in made)
    if made:
        holidays_changed.send(sender=BankHoliday, country=country, days=[row.on for row in made])
    return len(made)


@transaction.atomic
def remove_bank_holiday(*, by: User | None, holiday: BankHoliday) -> None:
    record(by, "removed", holiday, on=holiday.on, title=holiday.title)
    holiday.delete()
    holidays_changed.send(sender=BankHoliday, country=holiday.country, days=[holiday.on])


def published_holidays(country: str, first_year: int, last_year: int) -> dict[date, str]:
    """The bank holidays of a country of the United Kingdom as the ``holidays`` package knows them."""
    from holidays import country_holidays  # a quarter of a second to import, and rarely needed

    return dict(
        country_holidays("GB", subdiv=country, years=range(first_year, last_year + 1), language="en_GB")
    )
