"""What the task library lacks: a clock, and an eye on work that is interrupted.

Once an hour the floors are told, whoever else is running. Work that falls silent is taken up again, a
few times, and then given up.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from partnership.models import ScheduledRun

HOUR = timedelta(hours=1)
KEPT = timedelta(days=30)
SILENT = timedelta(minutes=2)
MOST_TRIES = 3


def slot_of(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


def take_slot(now: datetime | None = None) -> bool:
    """Claim the work of this hour; False when another clock has it."""
    slot = slot_of(now or timezone.now())
    try:
        with transaction.atomic():
            ScheduledRun.objects.create(slot=slot)
    except IntegrityError:
        return False
    ScheduledRun.objects.filter(slot__lt=slot - KEPT).delete()
    return True


def next_slot(now: datetime | None = None) -> datetime:
    return slot_of(now or timezone.now()) + HOUR


@transaction.atomic
def taken_up(
    at_work: QuerySet, number: int, now: datetime, give_up: Callable[[Any], None]
) -> bool | None:
    """Whether silent work is to be taken up again; None when there is nothing left to look after.

    ``at_work`` are the rows at work, which say when they were last heard (``heard_at``) and how often they
    were taken up (``tries``); after three times ``give_up`` writes what is said of the row.
    """
    row = at_work.select_for_update(of=("self",)).filter(pk=number).first()
    if row is None:
        return None
    if now - row.heard_at < SILENT:
        return False
    row.tries, row.heard_at = row.tries + 1, now
    if row.tries > MOST_TRIES:
        give_up(row)
        return None
    row.save(update_fields=["tries", "heard_at"])
    return True
