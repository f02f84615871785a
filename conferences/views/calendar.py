"""A month of meetings as a table of weeks; on a phone the days stand one under the other."""

from __future__ import annotations

import re
from calendar import Calendar as Months
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from dateutil.relativedelta import relativedelta
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateformat import format as format_date

from conferences.choices import MeetingState
from conferences.filters import places_seen
from conferences.models import Meeting
from conferences.views.planned import HOME, page_of, plans
from partnership.models import BankHoliday, today
from partnership.reach import can
from partnership.roles import Permission

MONTH = re.compile(r"(20[0-9]{2}|19[0-9]{2})-(0[1-9]|1[0-2])")
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MOST_A_DAY = 8
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """A day of the table; those of the months beside stand empty."""

    on: date
    inside: bool
    holiday: str
    today: bool
    meetings: list[dict[str, str]]
    more: int

    @property
    def weekend(self) -> bool:
        return self.on.weekday() >= SATURDAY


def calendar(request: HttpRequest) -> HttpResponse:
    """The meetings of a month that a person may see."""
    if not can(request.user, Permission.VIEW_MEETINGS):
        raise Http404
    first = asked_month(request)
    meetings = Meeting.objects.visible_to(request.user)
    found = of_month(meetings, first)
    return render(request, "conferences/calendar.html", {
        "month": month_name(first), "weeks": weeks(request, first, found), "weekdays": WEEKDAYS,
        "number": len(found), "plans": plans(request.user),
        "before": link(first - relativedelta(months=1)), "after": link(first + relativedelta(months=1)),
        "now": link(today().replace(day=1)), "nearest": [] if found else nearest(meetings, first),
        "crumbs": [
            HOME, {"text": "Meetings", "href": reverse("conferences:meeting-list")},
            {"text": "Calendar", "href": ""},
        ],
    })


def asked_month(request: HttpRequest) -> date:
    """The first day of the month that was asked for, else of this one."""
    asked = MONTH.fullmatch(request.GET.get("month", ""))
    return date(int(asked[1]), int(asked[2]), 1) if asked else today().replace(day=1)


def month_name(first: date) -> str:
    return format_date(first, "F Y")


def link(first: date) -> dict[str, str]:
    return {"text": month_name(first), "href": f"?month={first:%Y-%m}"}


def of_month(meetings: QuerySet[Meeting], first: date) -> list[Meeting]:
    """The meetings of a month, with how many agencies are invited."""
    rows = meetings.filter(held_on__gte=first, held_on__lt=first + relativedelta(months=1))
    counted = rows.select_related("partnership").annotate(
        invited=Count("lines__agency", distinct=True)
    )
    return list(counted.order_by("held_on", "reference", "pk"))


def nearest(meetings: QuerySet[Meeting], first: date) -> list[dict[str, str]]:
    """From an empty month, the months with meetings before it and after it."""
    before = meetings.filter(held_on__lt=first).order_by("-held_on").values_list("held_on", flat=True)
    after = meetings.filter(held_on__gte=first).order_by("held_on").values_list("held_on", flat=True)
    found = [("The last before it", before.first()), ("The next after it", after.first())]
    return [{"words": words} | link(on.replace(day=1)) for words, on in found if on]


def weeks(request: HttpRequest, first: date, meetings: list[Meeting]) -> list[list[CalendarDay]]:
    """The weeks of a month, each of seven days."""
    by_day: dict[date, list[Meeting]] = defaultdict(list)
    for meeting in meetings:
        by_day[meeting.held_on].append(meeting)
    several = len({meeting.partnership_id for meeting in meetings}) > 1
    countries = places_seen(request.user).order_by().values("country")
    last = first + relativedelta(months=1)
    rows = BankHoliday.objects.filter(country__in=countries, on__gte=first, on__lt=last)  # unscoped: public
    holidays = {row.on: row.title for row in rows}

    def one(on: date) -> CalendarDay:
        there = by_day[on]
        return CalendarDay(
            on, on.month == first.month, holidays.get(on, ""), on == today(),
            [entry(meeting, several) for meeting in there[:MOST_A_DAY]], max(0, len(there) - MOST_A_DAY),
        )

    return [[one(on) for on in week] for week in Months().monthdatescalendar(first.year, first.month)]


def entry(meeting: Meeting, several: bool) -> dict[str, Any]:
    """A meeting in a cell: its kind, how many are invited, and what is out of the ordinary."""
    words = [meeting.get_kind_display(), f"{meeting.invited} invited"]
    return {
        "text": meeting.reference, "href": page_of(meeting), "words": ", ".join(words),
        "place": meeting.partnership.name if several else "",
        "state": meeting.get_state_display() if meeting.state in OUT_OF_ORDER else "",
    }


OUT_OF_ORDER = (MeetingState.CANCELLED, MeetingState.STOOD_DOWN)
