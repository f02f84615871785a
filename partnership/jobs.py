"""The clock that the task library lacks: once an hour the floors are told, whoever else is running."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from partnership.models import ScheduledRun

HOUR = timedelta(hours=1)
KEPT = timedelta(days=30)


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
