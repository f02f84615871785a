"""Local targets: from when a reading is good, watch or act, from a day on.

Nothing is stored that was judged by a target: a rating is worked out when a page is shown. So a
target may begin on an earlier day; what was issued keeps the ratings that it was issued with.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.timezone import localdate

from compliance.models import IssuedReport, Target
from compliance.period import Period
from partnership import dated
from partnership.models import HistoryEntry, Partnership, User


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
    refuse_watch_above_good(watch_from, good_from)
    row = Target(
        partnership=place, measure=measure, good_from=good_from, watch_from=watch_from,
        effective_from=effective_from,
    )
    return dated.begin(
        row, series_of(row), by, seen=seen, measure=measure, good_from=good_from,
        watch_from=watch_from,
    )


def refuse_watch_above_good(watch_from: Decimal, good_from: Decimal) -> None:
    if watch_from > good_from:
        raise ValidationError({"watch_from": "“Watch” must not begin above “Good”."})


@transaction.atomic
def correct_target(
    *, by: User | None, target: Target, good_from: Decimal, watch_from: Decimal, seen: str = ""
) -> Target:
    """Other limits for a version that no issued report was rated by."""
    dated.locked_place(target.partnership)
    row = still_there(target)
    refuse_watch_above_good(watch_from, good_from)
    new = {"good_from": good_from, "watch_from": watch_from}
    dated.correct(row, series_of(row), by, new, seen=seen, judged_up_to=rated_up_to(row))
    return row


def rated_up_to(row: Target) -> date | None:
    """The last day that a report was rated for that was issued since this version was made.

    A version that another has replaced since stays too: it may have rated the report.
    """
    return last_rated(row, rated_days(row.partnership), made_at([row]))


def last_rated(
    row: Target, days: list[tuple[date, datetime]], made: dict[int, datetime]
) -> date | None:
    since = made.get(row.pk)
    return max((
        day for day, issued_at in days
        if row.effective_from <= day and (since is None or since <= issued_at)
    ), default=None)


def made_at(rows: Iterable[Target]) -> dict[int, datetime]:
    """When some versions were made, by their keys, to the second; of loaded ones nobody knows."""
    # unscoped: of rows that the caller decided on
    entries = HistoryEntry.objects.filter(
        subject_type=Target._meta.label_lower, subject_id__in=[row.pk for row in rows], verb="set"
    )
    found = entries.order_by("at").values_list("subject_id", "at")
    return {key: at.replace(microsecond=0) for key, at in found}


def rated_days(partnership: Partnership) -> list[tuple[date, datetime]]:
    """For each issued report of a partnership the day it was rated for, and when it was issued."""
    # unscoped: the caller decided on the partnership
    issued = IssuedReport.objects.filter(partnership=partnership).values_list("period", "issued_at")
    return [(min(Period.parse(period).last, localdate(at)), at) for period, at in issued.order_by()]


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
    """Take away a version that no issued report was rated by; the one before it goes on."""
    dated.locked_place(target.partnership)
    row = still_there(target)
    dated.remove(row, series_of(row), by, seen=seen, judged_up_to=rated_up_to(row))


def still_there(target: Target) -> Target:
    # unscoped: the caller decided on the row
    row = Target.objects.select_related("partnership").filter(pk=target.pk).first()
    if row is None:
        raise ValidationError("Somebody took this target away already.")
    return row
