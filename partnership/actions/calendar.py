"""Bank holidays: open deadlines are reckoned anew when they change."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction

from partnership.history import entry, record, record_all
from partnership.models import BankHoliday, Partnership, User
from partnership.signals import holidays_changed


@transaction.atomic
def add_bank_holidays(*, by: User | None, country: str, days: Mapping[date, str]) -> int:
    """Put in the bank holidays that are not there yet; open deadlines are then reckoned anew."""
    hold_calendar(country)
    there = set(
        BankHoliday.objects.filter(country=country, on__in=days).values_list("on", flat=True)
    )
    rows = [
        BankHoliday(country=country, on=on, title=title)
        for on, title in sorted(days.items())
        if on not in there
    ]
    made = BankHoliday.objects.bulk_create(rows)
    record_all(entry(by, "added", row, on=row.on, title=row.title) for row in made)
    if made:
        holidays_changed.send(sender=BankHoliday, country=country, days=[row.on for row in made])
    return len(made)


@transaction.atomic
def remove_bank_holiday(*, by: User | None, holiday: BankHoliday) -> None:
    """Take a bank holiday away; open deadlines are then reckoned anew.

    Refused when a deadline runs into a year that would have no calendar left.
    """
    hold_calendar(holiday.country)
    row = BankHoliday.objects.filter(pk=holiday.pk).first()
    if row is None:
        raise ValidationError("Somebody took this bank holiday away already.")
    record(by, "removed", row, on=row.on, title=row.title)
    row.delete()
    holidays_changed.send(sender=BankHoliday, country=row.country, days=[row.on])


def hold_calendar(country: str) -> None:
    """The partnerships of a country, locked: its calendar changes once at a time."""
    rows = Partnership.objects.select_for_update(no_key=True).filter(country=country)
    list(rows.order_by("pk").values_list("pk"))


def published_holidays(country: str, first_year: int, last_year: int) -> dict[date, str]:
    """The bank holidays of a country of the United Kingdom as the ``holidays`` package knows them."""
    from holidays import country_holidays  # a quarter of a second to import, and rarely needed

    return dict(
        country_holidays("GB", subdiv=country, years=range(first_year, last_year + 1), language="en_GB")
    )
