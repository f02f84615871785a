"""A round of returns in the trial: most agencies have signed, one has nothing to report, some are late."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.utils import timezone

from compliance.actions import open_round, send_back_return, sign_return
from compliance.demo.today import workday
from compliance.models import AgencyReturn, NilReason, ReturnRound
from compliance.period import Period
from partnership.models import BankHoliday, Partnership, User

OPENED, DUE, A_WHILE = timedelta(days=35), -4, timedelta(days=45)
SIGNED = {  # code: who, in which job, so many days before the due date
    "CSC": ("Delyth Warsame", "Head of safeguarding", 9),
    "TVP": ("Bronwen Adeyemi", "Detective chief inspector", 6),
    "SN": ("Ingrid O’Dowd", "Service manager", 4),
    "EDU": ("Tunde Prosser", "Schools safeguarding adviser", 8),
    "EY": ("Marged Iqbal", "Children’s centres manager", 2),
    "MID": ("Oluchi Penhaligon", "Named midwife", 5),
    "CAMHS": ("Rhodri Castellanos", "Team lead", 1),
    "ASC": ("Fiona Adebayo", "Head of service", 7),
    "SMART": ("Gethin Kowalczyk", "Service manager", 3),
    "PROB": ("Shanice Trevithick", "Senior probation officer", 3),
    "HOU": ("Aled Nwosu", "Housing options manager", 0),
    "YOS": ("Brigid Maddocks", "Operations manager", 6),
    "CMHT": ("Kwame Griffiths", "Team manager", 5),
}
NIL = ("DA", "Carys Olawale", "Outreach coordinator")
BACK = ("CMHT", "Two people on your staff list left in June. Please send the list anew.")


def make_returns(partnership: Partnership, on: date) -> None:
    """The half-year that is over; nothing when there is a round already."""
    # unscoped: a command
    if ReturnRound.objects.filter(partnership=partnership).exists():
        return
    term = Period.half_of(on - A_WHILE).previous
    due_on = workday(on, DUE, BankHoliday.objects.calendar(partnership.country))
    asked = open_round(
        by=None, partnership=partnership, period=term, due_on=due_on, on=on - OPENED, tell=False
    )
    opened_at = timezone.make_aware(datetime.combine(on - OPENED, time(9)))
    ReturnRound.objects.filter(pk=asked.pk).update(opened_at=opened_at)
    rows = {r.membership.code: r for r in asked.returns.select_related("membership__agency", "round")}
    for code, (name, role, days) in SIGNED.items():
        sign(rows[code], name, role, due_on - timedelta(days=days), staff_complete_on=term.last)
    code, name, role = NIL
    sign(rows[code], name, role, due_on - timedelta(days=2), nil_reason=NilReason.NO_STAFF)
    code, reason = BACK
    send_back_return(by=None, row=rows[code], reason=reason, tell=False)


def sign(row: AgencyReturn, name: str, role: str, day: date, **what: object) -> None:
    """As the lead of the trial where there is one, else by the operator's command."""
    by = User.objects.filter(name=name, email__endswith="@example.org").first()  # unscoped: a command
    confirmed = not what.get("nil_reason")
    sign_return(
        by=by, row=row, name=name, role=role, on=day, training_logged=confirmed,
        attendance_checked=confirmed, **what,
    )
