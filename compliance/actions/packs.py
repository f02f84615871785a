"""Packs: asked for, cancelled, deleted. The making itself is the worker's."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from compliance.models import Pack, PackState
from compliance.period import Period
from partnership.history import record
from partnership.models import Membership, Partnership, User, today

NOT_BEGUN = "has not begun: there is nothing to put into a pack yet."
EMPTY = "No agency is a member of these partnerships yet: there is nothing to put into a pack."


@transaction.atomic
def ask_pack(*, by: User, partnerships: Sequence[Partnership], period: Period) -> Pack:
    """Have a pack made; one that the same person has asked for and that is being made is not made twice."""
    if period.first > today():
        raise ValidationError({"period": f"{period.name} {NOT_BEGUN}"})
    # unscoped: the caller decided on the partnerships
    if not Membership.objects.filter(partnership__in=partnerships).exists():
        raise ValidationError({"partnerships": EMPTY})
    ordered = sorted(partnerships, key=lambda place: (place.name, place.pk))
    places = "+".join(place.code for place in ordered)
    User.objects.select_for_update(no_key=True).get(pk=by.pk)  # two presses: one after the other
    same = Pack.objects.filter(asked_by=by, places=places, period=period.slug, state=PackState.MAKING)
    there = same.first()
    if there:
        return there
    row = Pack(asked_by=by, places=places, period=period.slug)
    row.full_clean()
    row.save()
    row.partnerships.set(ordered)
    for place in ordered:
        record(by, "asked", row, partnership=place, period=period.name)
    return row


def locked(pack: Pack) -> Pack:
    return Pack.objects.select_for_update(of=("self",)).get(pk=pack.pk)


@transaction.atomic
def cancel_pack(*, by: User, pack: Pack) -> bool:
    """Give it up while it is being made; False when it is past that."""
    row = locked(pack)
    if row.state != PackState.MAKING:
        return False
    row.state, row.finished_at = PackState.CANCELLED, timezone.now()
    row.save(update_fields=["state", "finished_at"])
    for place in row.partnerships.all():
        record(by, "cancelled", row, partnership=place)
    return True


@transaction.atomic
def delete_pack(*, by: User, pack: Pack) -> bool:
    """Take it and its files away before their time; False when somebody did meanwhile."""
    row = Pack.objects.select_for_update(of=("self",)).filter(pk=pack.pk).first()
    if row is None:
        return False
    if row.state == PackState.MAKING:
        raise ValidationError("It is being made. Stop it first.")
    for place in row.partnerships.all():
        record(by, "deleted", row, partnership=place, period=row.about.name)
    row.delete()
    return True
