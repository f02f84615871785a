"""The history: one entry for each act, written inside the act's own transaction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.db import models

from partnership.models import HistoryEntry, User

BATCH = 2_500


def entry(
    by: User | None, verb: str, subject: models.Model, *, partnership=None, agency=None,
    staff_member=None, **changes: Any,
) -> HistoryEntry:
    """An unsaved entry; ``changes`` maps a field to its new value or to [before, after]."""
    return HistoryEntry(
        user=by, verb=verb, subject_type=subject._meta.label_lower, subject_id=subject.pk,
        subject=str(subject)[:200], changes={name: plain(value) for name, value in changes.items()},
        partnership=partnership, agency=agency, staff_member=staff_member,
    )


def record(by: User | None, verb: str, subject: models.Model, **where_and_changes: Any) -> None:
    """Write that somebody did something to a row; None is a command of the operator."""
    entry(by, verb, subject, **where_and_changes).save()


def record_all(entries: Iterable[HistoryEntry]) -> None:
    """Write many entries at once: an import is in the history row by row."""
    HistoryEntry.objects.bulk_create(entries, batch_size=BATCH)


def plain(value: Any) -> Any:
    """A value as JSON holds it: dates as text, rows as their own words."""
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, (date, datetime, time)):
        return value.isoformat()
    if isinstance(value, (Decimal, models.Model)):
        return str(value)
    return value


def changed(row: models.Model, **new: Any) -> dict[str, list]:
    """The fields whose value would change, as {field: [before, after]}."""
    return {
        name: [getattr(row, name), value]
        for name, value in new.items()
        if getattr(row, name) != value
    }


def save_new(row: models.Model, by: User | None, verb: str, **where_and_changes: Any) -> Any:
    """Check and save a new row, with its entry; the caller holds the transaction."""
    row.full_clean()
    row.save()
    record(by, verb, row, **where_and_changes)
    return row


def save_changed(row: models.Model, by: User | None, verb: str, new: dict, **where: Any) -> bool:
    """Check and save just the fields that differ, with before and after; False when none does."""
    differences = changed(row, **new)
    for name, (_, after) in differences.items():
        setattr(row, name, after)
    if differences:
        row.full_clean()
        row.save(update_fields=list(differences))
        record(by, verb, row, **where, **differences)
    return bool(differences)
