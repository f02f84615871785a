"""Deadlines: reckoned anew when holidays change, and chased once per stage and kind."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from escalation.actions.raising import due_moment, locked_case
from escalation.choices import ReminderKind
from escalation.models import Reminder, Stage
from escalation.stages import LimitUnit, local_day
from escalation.telling import tell
from partnership.history import record
from partnership.models import BankHoliday
from partnership.workdays import Calendar, NoCalendar, due_after

WORDS = {
    ReminderKind.NEARLY_DUE: "an answer is nearly due",
    ReminderKind.DUE: "an answer is due today",
    ReminderKind.OVERDUE: "an answer is overdue",
}


@transaction.atomic
def redate(*, country: str, days: Iterable[date]) -> int:
    """Reckon open deadlines anew after a change of bank holidays; closed stages stay as they were.

    Gives how many moved; before and after are in the history of each.
    """
    first = min(days, default=None)
    if first is None:
        return 0
    # unscoped: a change of the calendar concerns every case of the country
    rows = Stage.objects.running().filter(escalation__partnership__country=country, due_at__date__gte=first)
    moved = 0
    for stage in rows.select_related("escalation__partnership", "policy_stage").order_by("pk"):
        moved += redate_stage(stage)
    return moved


def redate_stage(stage: Stage) -> bool:
    """Lock the case and set the due moment that the calendar of now gives."""
    case = locked_case(stage.escalation)
    stage = Stage.objects.select_related("policy_stage").get(pk=stage.pk)
    stage.escalation = case
    if stage.closed_at or stage.answered_at or stage.limit.unit != LimitUnit.WORKING_DAYS:
        return False
    before, after = stage.due_at, due_moment(case, stage)
    if before == after:
        return False
    stage.due_at = after
    stage.save(update_fields=["due_at"])
    where = {"partnership": case.partnership, "agency": case.about}
    record(None, "reckoned anew", stage, **where, due_at=[before, after])
    return True


def chase(now: datetime | None = None) -> int:
    """Write the reminders that are called for now; gives how many. Safe to run twice, safe to miss.

    A stage gets the one reminder that fits its time: after a missed week, that it is overdue.
    """
    now = now or timezone.now()
    calendars: dict[str, Calendar] = {}
    written = 0
    # unscoped: the job chases every partnership's stages
    rows = Stage.objects.running().filter(due_at__lt=now + timedelta(days=40))
    for stage in rows.select_related("escalation__partnership", "escalation__policy").order_by("due_at"):
        country = stage.escalation.partnership.country
        if country not in calendars:
            calendars[country] = BankHoliday.objects.calendar(country)
        kind = reminder_called_for(stage, now, calendars[country])
        written += bool(kind and remind(stage, kind, now))
    return written


def reminder_called_for(stage: Stage, now: datetime, calendar: Calendar) -> ReminderKind | None:
    """The kind that fits: overdue, due today, or within so many working days of the due day."""
    if now > stage.due_at:
        return ReminderKind.OVERDUE
    today, due_on = local_day(now), local_day(stage.due_at)
    if today == due_on:
        return ReminderKind.DUE
    reached = nearly_due_from(today, stage.escalation.policy.nearly_days, calendar)
    return ReminderKind.NEARLY_DUE if reached >= due_on else None


def nearly_due_from(today: date, days: int, calendar: Calendar) -> date:
    """The last day that is nearly due; by plain days where a year's holidays are not known.

    One stage whose calendar is lacking must not keep all others from their reminders.
    """
    try:
        return due_after(today, days, calendar).due
    except NoCalendar:
        return today + timedelta(days=days)


def remind(stage: Stage, kind: ReminderKind, now: datetime) -> bool:
    """Write one reminder with its mail, in one transaction; False when it was written before."""
    if stage.reminders.filter(kind=kind).exists():
        return False
    try:
        with transaction.atomic():
            case = locked_case(stage.escalation)
            stage = Stage.objects.select_related("policy_stage", "responder").get(pk=stage.pk)
            if stage.closed_at or stage.answered_at or stage.due_at is None:
                return False
            Reminder.objects.create(stage=stage, kind=kind, sent_at=now)
            step = stage.policy_stage
            told = step.tell_overdue if kind is ReminderKind.OVERDUE else step.tell_nearly_due
            tell(case, stage, told, WORDS[kind])
            where = {"partnership": case.partnership, "agency": case.about}
            record(None, "reminded", stage, **where, kind=kind)
    except IntegrityError:  # another run wrote it between the question and the lock
        return False
    return True
