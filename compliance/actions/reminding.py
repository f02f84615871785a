"""Reminders of the board's actions: once for each due day and kind, to the leads of the owner."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from compliance.actions.logged import locked, where
from compliance.actions.telling import tell_owner
from compliance.models import Action, ActionReminder, ActionReminderKind
from escalation.actions.clocks import nearly_due_from
from partnership.history import record
from partnership.models import BankHoliday
from partnership.workdays import Calendar

NEARLY_DAYS = 5  # working days before the due day
LOOK_AHEAD = timedelta(days=21)  # five working days are never more, whatever the holidays
WORDS = {
    ActionReminderKind.NEARLY_DUE: "an action is nearly due",
    ActionReminderKind.OVERDUE: "an action is overdue",
}


def chase_actions(now: datetime | None = None) -> int:
    """Write the reminders that are called for now; gives how many. Safe to run twice, safe to miss."""
    now = now or timezone.now()
    day = timezone.localdate(now)
    calendars: dict[str, Calendar] = {}
    written = 0
    # unscoped: the job chases every partnership's actions
    rows = Action.objects.to_do().filter(due_on__lt=day + LOOK_AHEAD)
    for row in rows.select_related("partnership").prefetch_related("reminders").order_by("due_on", "pk"):
        country = row.partnership.country
        if country not in calendars:
            calendars[country] = BankHoliday.objects.calendar(country)
        kind = called_for(row, day, calendars[country])
        written += bool(kind and not was_sent(row, kind) and remind(row, kind, now))
    return written


def called_for(row: Action, day: date, calendar: Calendar) -> ActionReminderKind | None:
    """The kind that fits the day: after a missed week, that it is overdue."""
    if row.due_on < day:
        return ActionReminderKind.OVERDUE
    near = nearly_due_from(day, NEARLY_DAYS, calendar) >= row.due_on
    return ActionReminderKind.NEARLY_DUE if near else None


def was_sent(row: Action, kind: ActionReminderKind) -> bool:
    return any((one.kind, one.due_on) == (kind, row.due_on) for one in row.reminders.all())


def remind(action: Action, kind: ActionReminderKind, now: datetime) -> bool:
    """Write one reminder with its mail, in one transaction; False when it is not called for any more."""
    try:
        with transaction.atomic():
            row = locked(action)
            if row.done_at or row.closed_at or row.due_on != action.due_on:
                return False
            ActionReminder.objects.create(action=row, kind=kind, due_on=row.due_on, sent_at=now)
            tell_owner(row, WORDS[kind])
            record(None, "reminded", row, **where(row), kind=kind)
    except IntegrityError:  # another run wrote it between the question and the lock
        return False
    return True
