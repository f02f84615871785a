"""Keys and calendar addresses: made, revoked. The secret is given back once and never kept."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from api.models import CalendarFeed, IdempotentAnswer, MachineKey
from api.scopes import Scope, may_give
from api.secrets import hashed, new_address, new_key
from conferences.telling import holders
from partnership.history import record, save_new
from partnership.leading import leads_of
from partnership.links import site
from partnership.models import MACHINES, Agency, Partnership, User, today
from partnership.post import notify
from partnership.roles import Role

KEPT = timedelta(hours=48)  # how long an answer is given again
ENDED = """The machine key “{name}” of {place} opens nothing any more: the role of the person who made it
has ended. Whatever sends it is refused.

If that system is to go on, make it a key of its own again here, and put that into its settings:

{page}
"""


@transaction.atomic
def make_key(
    *, by: User | None, name: str, scopes: Iterable[str], expires_on: date,
    agency: Agency | None = None, partnership: Partnership | None = None,
) -> tuple[MachineKey, str]:
    """A key, and the secret that is shown once. Its account is switched off, so nobody signs in by it.

    Whoever makes it sees the secret, so it may do no more than they may do themselves.
    """
    refuse_more(by, scopes := sorted(set(scopes)), agency or partnership)
    secret, prefix = new_key()
    where = {"agency": agency, "partnership": partnership}
    # unscoped: a new account, which belongs to the key
    user = User.objects.create_user(f"key-{prefix}{MACHINES}", name=name, is_active=False)
    row = MachineKey(
        user=user, name=name, scopes=scopes, prefix=prefix, hashed=hashed(secret),
        made_by=by, expires_on=expires_on, **where,
    )
    save_new(
        row, by, "made the key", **where, name=name, scopes=", ".join(scopes), expires_on=expires_on
    )
    return row, secret


def refuse_more(by: User | None, scopes: list[str], place: Agency | Partnership | None) -> None:
    """Refuse what the maker may not do in that place; the operator's command is asked nothing."""
    known = [one for one in Scope if one.value in scopes]
    more = [one for one in known if by and place and not may_give(by, one, place)]
    if more:
        raise ValidationError({
            "scopes": f"You may not do this for {place} yourself, so your key cannot: {more[0].label.lower()}."
        })


@transaction.atomic
def revoke_key(*, by: User | None, key: MachineKey) -> None:
    """From now on it opens nothing; what it did stays under its name."""
    row = MachineKey.objects.select_for_update(of=("self",)).get(pk=key.pk)  # unscoped: the key given
    if row.revoked_at:
        raise ValidationError(f"{row.name} was revoked already.")
    row.revoked_at, row.revoked_by = timezone.now(), by
    row.save(update_fields=["revoked_at", "revoked_by"])
    record(by, "revoked the key", row, agency=row.agency, partnership=row.partnership, name=row.name)


def end_with_makers() -> int:
    """Revoke the keys whose makers may do nothing of it there any more; gives how many.

    They open nothing since that moment (see ``MachineKey.scopes_now``). So that no nightly push stops
    without a word, who looks after keys there is told.
    """
    # unscoped: the clock looks at everybody's
    rows = MachineKey.objects.in_force(today()).exclude(made_by=None)
    rows = rows.select_related("made_by", "agency", "partnership")
    return sum(end_with_maker(key) for key in rows if not key.scopes_now)


@transaction.atomic
def end_with_maker(key: MachineKey) -> bool:
    """Revoke one and tell; False when somebody revoked it already."""
    row = MachineKey.objects.select_for_update(of=("self",)).get(pk=key.pk)  # unscoped: the key given
    if row.revoked_at:
        return False
    row.revoked_at = timezone.now()
    row.save(update_fields=["revoked_at"])
    record(
        None, "ended with its maker’s role", row, agency=row.agency, partnership=row.partnership, name=row.name
    )
    body = ENDED.format(name=row.name, place=row.place, page=site("machines:key-list"))
    notify(keepers(row), f"{row.name}: the machine key has ended", body)
    return True


def keepers(key: MachineKey) -> list[User]:
    """Who looks after the keys of its place: the agency's leads, else its partnerships' managers; of a
    partnership its manager and the conference service."""
    if key.partnership:
        return holders(key.partnership, Role.PARTNERSHIP_MANAGER, Role.CONFERENCE_ADMIN)
    led = leads_of([key.agency_id], today())[key.agency_id]
    places = [] if led else key.agency.partnerships.all()
    return led or [user for place in places for user in holders(place, Role.PARTNERSHIP_MANAGER)]


@transaction.atomic
def make_calendar(*, by: User) -> str:
    """A new secret address of one's calendar; the one before opens nothing any more."""
    revoke_calendar(by=by)
    secret = new_address()
    row = CalendarFeed(user=by, hashed=hashed(secret))
    save_new(row, by, "made the calendar address", staff_member=by.staff_member)
    return secret


@transaction.atomic
def revoke_calendar(*, by: User) -> bool:
    """Take one's calendar address back; False when there is none."""
    User.objects.select_for_update(no_key=True).get(pk=by.pk)  # unscoped: oneself
    row = CalendarFeed.objects.filter(user=by, revoked_at=None).first()  # unscoped: one's own
    if row is None:
        return False
    row.revoked_at = timezone.now()
    row.save(update_fields=["revoked_at"])
    record(by, "revoked the calendar address", row, staff_member=by.staff_member)
    return True


def forget_answers() -> int:
    """Answers that are too old to be asked for again."""
    # unscoped: everybody's old ones
    return IdempotentAnswer.objects.filter(at__lt=timezone.now() - KEPT).delete()[0]
