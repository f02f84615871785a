"""Reminders of returns: each step once for a due day, however often the work runs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef

from compliance.actions.return_mail import leads_of, tell_leads, tell_managers
from compliance.models import AgencyReturn, ReminderStep, ReturnReminder, ReturnRound
from partnership.history import entry, record, record_all
from partnership.models import BankHoliday, User, today
from partnership.workdays import SATURDAY, Calendar, NoCalendar, due_after, working_days_between

Step = tuple[ReminderStep, int]  # and which of several


def chase_returns(on: date | None = None) -> int:
    """Write the reminders that are called for on a day; gives of how many returns. Safe to run twice,
    safe to miss: a round gets the one step that fits its time."""
    on, calendars, written = on or today(), {}, 0
    # unscoped: the job chases every partnership's returns
    for asked in ReturnRound.objects.filter(closed_at=None).select_related("partnership").order_by("pk"):
        country = asked.partnership.country
        if country not in calendars:
            calendars[country] = BankHoliday.objects.calendar(country)
        step = step_called_for(asked.due_on, on, calendars[country])
        if step and (missed(asked, *step, on) or untold(asked, step[0])):
            written += remind(asked, *step, on=on)
    return written


def step_called_for(due_on: date, on: date, calendar: Calendar) -> Step | None:
    """Nearly due within so many working days; from the first working day after the due day late,
    then again every so many working days, and no more than so many times."""
    days = settings.RETURN_REMINDER_DAYS
    if on <= due_on:
        return (ReminderStep.NEARLY_DUE, 0) if reached(on, days, calendar) >= due_on else None
    late = days_late(due_on, on, calendar)
    if not late:
        return None
    return ReminderStep.LATE, min((late - 1) // days, settings.RETURN_REMINDERS_AT_MOST)


def reached(on: date, days: int, calendar: Calendar) -> date:
    """The day so many working days on; by plain days where a year's holidays are not known."""
    try:
        return due_after(on, days, calendar).due
    except NoCalendar:
        return on + timedelta(days=days)


def days_late(due_on: date, on: date, calendar: Calendar) -> int:
    """Working days since the due day; Mondays to Fridays where a year's holidays are not known."""
    if on <= due_on:
        return 0
    try:
        return working_days_between(due_on, on, calendar)
    except NoCalendar:
        days = (due_on + timedelta(days=n) for n in range(1, (on - due_on).days + 1))
        return sum(day.weekday() < SATURDAY for day in days)


def missed(asked: ReturnRound, step: ReminderStep, number: int, on: date) -> list[AgencyReturn]:
    """The missing returns to which this step was not written, and nothing else on the same day."""
    own = ReturnReminder.objects.filter(agency_return=OuterRef("pk"))
    written = own.filter(step=step, number=number, due_on=asked.due_on)
    rows = asked.returns.missing().filter(~Exists(own.filter(sent_on=on)))
    if step != ReminderStep.NOW:
        rows = rows.filter(~Exists(written))
    return list(rows.select_related("membership__agency", "round").order_by("membership__agency__name"))


def untold(asked: ReturnRound, step: ReminderStep) -> bool:
    """Whether the manager is still to hear who is late."""
    return step == ReminderStep.LATE and asked.late_told_on is None


@transaction.atomic
def remind(
    asked: ReturnRound, step: ReminderStep, number: int = 0, *, by: User | None = None, on: date
) -> int:
    """Write to the leads of what is missing, and once to the manager; gives of how many returns.

    An agency without a lead is not down as reminded: who leads it later is written to then.
    """
    # unscoped: the caller decided on the round
    locked = ReturnRound.objects.select_for_update(of=("self",)).select_related("partnership")
    asked = locked.get(pk=asked.pk)
    if asked.closed_at:
        return 0
    leads = leads_of(missed(asked, step, number, on), on)
    told = {row.pk: row for rows in leads.values() for row in rows}
    ReturnReminder.objects.bulk_create(
        ReturnReminder(
            agency_return=row, step=step, number=number, due_on=asked.due_on, sent_on=on, sent_by=by
        )
        for row in told.values()
    )
    tell_leads(asked, leads, step)
    record_all(
        entry(by, "reminded", row, partnership=asked.partnership, agency=row.membership.agency,
              step=step, due_on=asked.due_on)
        for row in told.values()
    )
    if untold(asked, step):
        tell_who_is_late(asked, on)
    return len(told)


def tell_who_is_late(asked: ReturnRound, on: date) -> None:
    """One summary for each due day, whoever is late then."""
    late: Iterable[AgencyReturn] = asked.returns.missing().select_related("membership__agency")
    names = list(late)
    asked.late_told_on = on
    asked.save(update_fields=["late_told_on"])
    if names:
        tell_managers(asked, names, on)
        record(None, "told who is late", asked, partnership=asked.partnership, late=len(names))


def remind_now(*, by: User, asked: ReturnRound, on: date | None = None) -> int:
    """The manager presses: a mail to the leads of all that is missing, once a day."""
    on = on or today()
    # unscoped: the caller decided on the round
    row = ReturnRound.objects.get(pk=asked.pk)
    if row.closed_at:
        ended = "withdrawn" if row.withdrawn_reason else "closed"
        raise ValidationError(f"These returns are {ended}: nobody is reminded any more.")
    number = remind(asked, ReminderStep.NOW, by=by, on=on)
    if not number:
        raise ValidationError(
            "Nobody was written to: everybody who is waited for was reminded today already, or has no lead."
        )
    return number
