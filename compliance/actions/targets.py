"""Local targets: from when a reading is good, watch or act, from a day on.

Nothing is stored that was judged by a target: a rating is worked out when a page is shown. So a
target may begin on an earlier day; what was issued keeps the ratings that it was issued with.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from compliance.models import Target
from partnership import dated
from partnership.models import Partnership, User


def series_of(row: Target) -> list[Target]:
    """All versions of the target of one measure, the row itself included."""
    # unscoped: the caller decided on the partnership
    return list(Target.objects.filter(partnership=row.partnership_id, measure=row.measure))


@transaction.atomic
def set_target(
    *, by: User | None, partnership: Partnership, measure: str, good_from: Decimal,
    watch_from: Decimal, effective_from: date, seen: str = "",
) -> Target:
    """A new version of the target of one measure from a day on."""
    place = dated.locked_place(partnership)
    if watch_from > good_from:
        raise ValidationError({"watch_from": "“Watch” must not begin above “Good”."})
    row = Target(
        partnership=place, measure=measure, good_from=good_from, watch_from=watch_from,
        effective_from=effective_from,
    )
    return dated.begin(
        row, series_of(row), by, seen=seen, measure=measure, good_from=good_from,
        watch_from=watch_from,
    )


@transaction.atomic
def end_target(
    *, by: User | None, target: Target, effective_until: date, seen: str = ""
) -> None:
    """End a target: from that day on the measure is not rated."""
    dated.locked_place(target.partnership)
    row = still_there(target)
    dated.stop(row, series_of(row), by, effective_until, seen=seen)


@transaction.atomic
def remove_target(*, by: User | None, target: Target, seen: str = "") -> None:
    """Take away a version that has not begun; the one before it goes on."""
    dated.locked_place(target.partnership)
    row = still_there(target)
    dated.remove(row, series_of(row), by, timezone.localdate(), seen=seen)


def still_there(target: Target) -> Target:
    # unscoped: the caller decided on the row
    row = Target.objects.select_related("partnership").filter(pk=target.pk).first()
    if row is None:
        raise ValidationError("Somebody took this target away already.")
    return row
