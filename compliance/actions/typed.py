"""Typing what the authority's case system counts of children on a plan on a day, and correcting it."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from compliance.models import TypedCount
from compliance.period import EARLIEST, Period
from partnership.dated import locked_place
from partnership.history import changed, save_changed, save_new
from partnership.models import Partnership, User, today
from partnership.spreadsheets import spoken
from partnership.stale import refuse_when_changed

TYPED_SEEN = ("counted_on", "children", "families", "source")
FIRST_DAY = Period(EARLIEST).first  # that can be asked for


@transaction.atomic
def type_count(
    *, by: User | None, partnership: Partnership, counted_on: date, children: int, source: str,
    families: int | None = None,
) -> TypedCount:
    """Keep a count of a day that has none yet. A form that was sent twice makes one."""
    place = locked_place(partnership)  # so that no day has two
    check_day(counted_on)
    check_families(children, families)
    what = {"counted_on": counted_on, "children": children, "families": families, "source": source.strip()}
    row = TypedCount(partnership=place, typed_by=by, **what)
    there = place.typed_counts.filter(counted_on=counted_on).first()
    if there and there.typed_by_id == row.typed_by_id and not changed(there, **what):
        return there
    refuse_taken(there)
    return save_new(row, by, "typed", partnership=place, **what)


@transaction.atomic
def correct_count(
    *, by: User | None, count: TypedCount, counted_on: date, children: int, source: str, reason: str,
    families: int | None = None, seen: str = "",
) -> bool:
    """Put a count right; the history keeps what was there, with the reason. False when nothing differs."""
    place = locked_place(count.partnership)
    row = TypedCount.objects.select_for_update().get(pk=count.pk)
    new = {"counted_on": counted_on, "children": children, "families": families, "source": source.strip()}
    if not changed(row, **new):
        return False
    refuse_when_changed(row, seen, TYPED_SEEN)
    if not reason.strip():
        raise ValidationError({"reason": "Say why the count is corrected."})
    check_day(counted_on)
    check_families(children, families)
    refuse_taken(place.typed_counts.filter(counted_on=counted_on).exclude(pk=row.pk).first())
    return save_changed(row, by, "corrected", new, partnership=place, reason=reason.strip())


def check_day(counted_on: date) -> None:
    if counted_on > today():
        raise ValidationError({"counted_on": "This day is still to come. Give the day of which the count is."})
    if counted_on < FIRST_DAY:
        raise ValidationError({"counted_on": f"This is before {spoken(FIRST_DAY)}. Check the year."})


def check_families(children: int, families: int | None) -> None:
    if families is None or 0 < families <= children or families == children == 0:
        return
    raise ValidationError({
        "families": "Each family on a plan has at least one child on it, and each child a family. Check both numbers."
    })


def refuse_taken(there: TypedCount | None) -> None:
    if there:
        raise ValidationError({
            "counted_on": f"A count of {spoken(there.counted_on)} is typed already. Correct that one."
        })
