"""Accounts, and what they may do where."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from partnership.history import record, save_changed, save_new
from partnership.models import Agency, Grant, Partnership, StaffMember, User


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
