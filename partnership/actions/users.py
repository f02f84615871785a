"""Accounts, and what they may do where."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from partnership.history import record, save_changed, save_new
from partnership.links import password_link, site
from partnership.models import Agency, Grant, Partnership, StaffMember, User, UserCheck, today
from partnership.post import notify
from partnership.stale import ChangedSince

EARLIEST, FURTHEST = date(1990, 1, 1), 10  # of a role's dates: a day before it, or so many years ahead, is a slip
INVITED = """You now have an account in Quorate, which keeps the training, attendance and escalations of
safeguarding partnerships.

To choose your password, open this address:

{link}

It works once, and for three days. After that, or if it was used up, ask for a new one here:

{again}
"""
GRANTED = """You were given a role in Quorate. What you may do with it stands on your account's page:

{account}
"""


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
def give_access(
    *, by: User | None, email: str, name: str, role: str, from_on: date,
    agency: Agency | None = None, partnership: Partnership | None = None,
    until_on: date | None = None, staff_member: StaffMember | None = None,
) -> User:
    """A role for whoever has that e-mail: a new account, or the one that is there.

    Of an account that is there nothing is changed and nothing told; only the role is added. A line
    of the agency's staff list with that e-mail is linked, where neither has a link yet.
    """
    if User(email=email.lower()).is_machine:
        raise ValidationError({"email": "An address that ends so is a machine’s. Use the person’s work e-mail."})
    user = User.objects.filter(email__iexact=email).first()
    invited = user is None
    if invited:
        user = invite_user(by=by, email=email, name=name)
    refuse_oneself(by, user)
    before = user.grants.count()
    grant_role(
        by=by, user=user, role=role, agency=agency, partnership=partnership, from_on=from_on,
        until_on=until_on,
    )
    line = staff_member or (line_with(email, agency) if agency else None)
    if line and user.staff_member_id is None and not User.objects.filter(staff_member=line).exists():
        link_staff(by=by, user=user, staff_member=line)
    if invited:
        send_invitation(by=by, user=user)
    elif user.grants.count() > before:
        notify([user], "A role in Quorate", GRANTED.format(account=site("partnership:account")))
    return user


def line_with(email: str, agency: Agency) -> StaffMember | None:
    """The person in post at the agency, or at one of its parts, whose work e-mail it is."""
    found = StaffMember.objects.in_post(today()).filter(work_email__iexact=email)
    lines = list(found.filter(agency=agency) or found.filter(agency__parent=agency)[:2])
    return lines[0] if len(lines) == 1 else None


@transaction.atomic
def send_invitation(*, by: User | None, user: User) -> None:
    """Mail the address where a person who has never signed in chooses a password."""
    if user.last_login:
        raise ValidationError(f"{user.name} has signed in already. They can ask for a new password.")
    if not user.is_active:
        raise ValidationError(switched_off(user))
    again = site("account_reset_password")
    notify([user], "Your Quorate account", INVITED.format(link=password_link(user), again=again))
    record(by, "sent the invitation to", user, email=user.email)


def refuse_oneself(by: User | None, user: User) -> None:
    if by is not None and by.pk == user.pk:
        raise ValidationError("You cannot grant a role to yourself. Ask another manager.")


def switched_off(user: User) -> str:
    return f"The account of {user.email} is switched off. Ask the operator to switch it on first."


# --- Grants ---------------------------------------------------------------------------------------


@transaction.atomic
def grant_role(
    *, by: User | None, user: User, role: str, from_on: date, agency: Agency | None = None,
    partnership: Partnership | None = None, until_on: date | None = None,
) -> Grant:
    """Give a role in an agency or a partnership. Nobody grants to themselves.

    The same grant twice is one; one that overlaps an equal one is refused.
    """
    refuse_oneself(by, user)
    person = User.objects.select_for_update(no_key=True).get(pk=user.pk)  # one grant after another
    if not person.is_active:
        raise ValidationError(switched_off(person))
    row = Grant(
        user=person, role=role, agency=agency, partnership=partnership, from_on=from_on,
        until_on=until_on,
    )
    refuse_odd_dates(from_on, until_on)
    if until_on == from_on:
        raise ValidationError({"until_on": "The first day without the role must be after its first day."})
    there = overlapping(row)
    if there and (there.from_on, there.until_on) == (from_on, until_on):
        return there
    if there:
        raise ValidationError(f"{person.name} has that role there already, {in_dates(there)}.")
    return save_new(
        row, by, "granted", partnership=partnership, agency=agency, user_name=user.name, role=role,
        from_on=from_on, until_on=until_on,
    )


def refuse_odd_dates(from_on: date, until_on: date | None) -> None:
    last = date(today().year + FURTHEST, 12, 31)
    for name, day in (("from_on", from_on), ("until_on", until_on)):
        if day and not EARLIEST <= day <= last:
            raise ValidationError({name: f"Check the year: it must be from {EARLIEST.year} to {last.year}."})
    if until_on and until_on < from_on:
        raise ValidationError({"until_on": "The first day without the role must be after its first day."})


def overlapping(row: Grant) -> Grant | None:
    """An equal grant on some of the same days; the very same comes first."""
    equal = Grant.objects.filter(
        user=row.user, role=row.role, agency=row.agency, partnership=row.partnership
    ).not_ended(row.from_on)
    if row.until_on:
        equal = equal.filter(from_on__lt=row.until_on)
    found = list(equal.order_by("from_on"))
    same = [one for one in found if (one.from_on, one.until_on) == (row.from_on, row.until_on)]
    return next(iter(same or found), None)


def in_dates(grant: Grant) -> str:
    """From when until when, as a part of a sentence."""
    words = f"from {grant.from_on.day} {grant.from_on:%B %Y}"
    return words + (f" until {grant.until_on.day} {grant.until_on:%B %Y}" if grant.until_on else "")


@transaction.atomic
def end_grant(*, by: User | None, grant: Grant, until_on: date) -> None:
    """End a grant; the day given is the first without it. An end can only come sooner.

    One that began today can end today: whoever was given a role by mistake loses it at once.
    """
    row = Grant.objects.select_for_update().get(pk=grant.pk)
    if by is not None and by.pk == row.user_id:
        raise ValidationError("You cannot end a role of your own. Ask another manager or lead.")
    if row.until_on and row.until_on < until_on:
        raise ValidationError(
            {"until_on": f"It ends sooner already, {in_dates(row)}. To go on longer, give the role anew."}
        )
    refuse_odd_dates(row.from_on, until_on)
    where = {"partnership": row.partnership, "agency": row.agency}
    save_changed(row, by, "ended", {"until_on": until_on}, **where)


@transaction.atomic
def take_back_grant(*, by: User | None, grant: Grant, on: date) -> None:
    """Undo a grant that has not begun: it never gave anything."""
    row = Grant.objects.select_for_update().filter(pk=grant.pk).first()
    if row is None:
        return  # pressed twice
    if by is not None and by.pk == row.user_id:
        raise ValidationError("You cannot end a role of your own. Ask another manager or lead.")
    if row.from_on <= on:
        raise ValidationError("This role has begun. Give the day on which it ends.")
    record(
        by, "took back", row, partnership=row.partnership, agency=row.agency, role=row.role,
        user_name=row.user.name, from_on=row.from_on, until_on=row.until_on,
    )
    row.delete()


def end_by(by: User | None, grants: Iterable[Grant], on: date) -> None:
    """End grants on a day, and take back those that would have begun later."""
    for grant in grants:
        if grant.from_on >= on:
            take_back_later(by, grant, on)
        elif grant.until_on is None or grant.until_on > on:
            end_grant(by=by, grant=grant, until_on=on)


def take_back_later(by: User | None, grant: Grant, on: date) -> None:
    """One that begins on the day or later; begun already, it ends on its first day."""
    if grant.from_on > today():
        take_back_grant(by=by, grant=grant, on=today())
    else:
        end_grant(by=by, grant=grant, until_on=grant.from_on)


# --- Whom an account belongs to -------------------------------------------------------------------


@transaction.atomic
def link_staff(*, by: User | None, user: User, staff_member: StaffMember | None) -> bool:
    """Say which line of a staff list an account belongs to; None takes the link away."""
    if by is not None and by.pk == user.pk:
        raise ValidationError("You cannot change whom your own account belongs to. Ask another lead.")
    row = User.objects.select_for_update().get(pk=user.pk)
    holder = User.objects.filter(staff_member=staff_member).exclude(pk=row.pk).first()
    if staff_member and holder:
        raise ValidationError(f"{staff_member.name} has an account already.")
    return belongs_to(by, row, staff_member)


def belongs_to(by: User | None, user: User, line: StaffMember | None) -> bool:
    """Write whose account it is, where that differs; in the history of the person too."""
    before = user.staff_member
    if before == line:
        return False
    user.staff_member = line
    user.full_clean()
    user.save(update_fields=["staff_member"])
    about = line or before
    record(
        by, "linked", user, agency=about.agency, staff_member=about,
        belongs_to=[before and f"{before}, {before.agency}", line and f"{line}, {line.agency}"],
    )
    return True


@transaction.atomic
def follow_moves(*, by: User | None, on: date, moved_from: StaffMember | None = None) -> int:
    """Accounts of people who have moved by a day now belong to their line at the new agency, unless
    another account does.

    Whoever moves one person follows that one: the others are not theirs, and are the clock's.
    """
    taken = User.objects.exclude(staff_member=None).values("staff_member")
    moved = User.objects.select_for_update(of=("self",)).filter(
        staff_member__moved_to__started_on__lte=on
    ).exclude(staff_member__moved_to__in=taken)
    if moved_from:
        moved = moved.filter(staff_member=moved_from)
    rows = list(moved.select_related("staff_member__moved_to__agency"))
    for user in rows:
        belongs_to(by, user, user.staff_member.moved_to)
    return len(rows)


@transaction.atomic
def confirm_users(
    *, by: User | None, agency: Agency, shown: Iterable[int], leavers: Iterable[int], on: date
) -> UserCheck:
    """Those whom the list showed are still the agency's users, except the leavers, whose roles end.

    Refused when the list has changed since it was shown: nobody is confirmed unseen.
    """
    Agency.objects.select_for_update(no_key=True).get(pk=agency.pk)
    grants = list(agency.grants.not_ended(on).select_related("user", "agency"))
    if {grant.pk for grant in grants} != set(shown):
        raise ChangedSince("Somebody gave or ended a role since you opened this page. Look again.")
    gone = set(leavers)
    end_by(by, [grant for grant in grants if grant.user_id in gone], on)
    remained = {grant.user_id for grant in grants} - gone
    row = UserCheck(agency=agency, confirmed_by=by, confirmed_at=timezone.now(), users=len(remained))
    return save_new(row, by, "confirmed", agency=agency, users=len(remained), ended=len(gone))


@transaction.atomic
def sign_out_everywhere(*, by: User) -> None:
    """End every session of one's own account: of a lost telephone, or a machine left signed in."""
    row = User.objects.select_for_update().get(pk=by.pk)
    row.signed_out_at = by.signed_out_at = timezone.now()
    row.save(update_fields=["signed_out_at"])
    record(by, "signed out everywhere", row)

