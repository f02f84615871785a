"""The lists of meetings, registers, disputes and local rules as files: the pages' rows, all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from conferences.choices import MeetingKind
from conferences.models import Attendance, ExpectationRule, Meeting
from conferences.nextdates import NextDate
from conferences.views.answers import disputes, due_on
from conferences.views.attendance import said
from conferences.views.due import SHORT, Dates, asked_dates, keys_of
from conferences.views.mine import my_lines, registers
from conferences.views.rules import expectations, series, timescales
from conferences.views.saying import report_in_words
from conferences.wording import limit_words
from partnership.exporting import ListFile, as_file, dated, in_chunks
from partnership.models import Partnership, today
from partnership.views.dated import readable_place, state_of, until_of

MINE = {
    "Meeting": "meeting.reference", "Kind": "meeting.get_kind_display", "Date": "meeting.held_on",
    "Person": "staff_member.name", "In place of": "deputy_for.name",
    "Expected": "get_expectation_display", "Involved": "involved", "Outcome": "get_outcome_display",
    "How": "get_mode_display", "Report": report_in_words, "Said about it": said,
}
OPEN = {
    "Partnership": "partnership.name", "Reference": "reference", "Kind": "get_kind_display",
    "State": "get_state_display", "Date": "held_on",
    "Days late": lambda row: (today() - row.held_on).days, "Lines": "asked", "Lines not known": "unknown",
}


def my_meetings(request: HttpRequest, form: str) -> HttpResponseBase:
    """What is to come, the soonest first; then what is over, the latest first."""
    lines, on = my_lines(request), today()
    rows = [
        *lines.filter(meeting__held_on__gte=on).order_by("meeting__held_on", "pk"),
        *lines.filter(meeting__held_on__lt=on).order_by("-meeting__held_on", "-pk"),
    ]
    return as_file(form, ListFile(dated("my-meetings"), MINE, rows))


def open_registers(request: HttpRequest, form: str) -> HttpResponseBase:
    return as_file(form, ListFile(dated("open-registers"), OPEN, registers(request)))


def dispute_list(request: HttpRequest, form: str) -> HttpResponseBase:
    _, rows, calendars = disputes(request)

    def due(line: Attendance) -> object:
        return due_on(line, calendars)

    columns = {
        "Meeting": "meeting.reference", "Kind": "meeting.get_kind_display", "Date": "meeting.held_on",
        "Agency": "agency.name", "Disputed at": "disputed_at", "What was said": "dispute",
        "Answer": "settlement", "Answered at": "settled_at", "Answer due on": due,
    }
    return as_file(form, ListFile(dated("disputes"), columns, rows))


# --- Next dates -----------------------------------------------------------------------------------


def due_list(request: HttpRequest, form: str) -> HttpResponseBase:
    """What is due next; meetings by their reference for those who may see them."""
    dates = asked_dates(request)
    # unscoped: the names of the partnerships on the page
    places = Partnership.objects.in_bulk({row.partnership_id for row in dates.wanted})
    columns = {
        "What is due": lambda row: SHORT[row[0].what], "By": lambda row: row[0].due_on,
        "How it stands": lambda row: row[0].state.words,
        "Booked on": lambda row: row[0].booked and row[0].booked.held_on, "Booked": reference("booked"),
        "After": reference("after"), "After the meeting on": lambda row: row[0].after.held_on,
        "Family": lambda row: row[0].family_ref if row[0].partnership_id in dates.service else "",
        "Partnership": lambda row: places[row[0].partnership_id].name,
    }
    left_out = [*([] if dates.service else ["Family"]), *([] if len(dates.rules) > 1 else ["Partnership"])]
    shown = {name: of for name, of in columns.items() if name not in left_out}
    return as_file(form, ListFile(dated("next-dates"), shown, with_seen(request, dates)))


def with_seen(request: HttpRequest, dates: Dates) -> Iterator[tuple[NextDate, set[int]]]:
    """What is due, with the meetings of its chunk that the reader may see."""
    for chunk in in_chunks(dates.wanted):
        rows = Meeting.objects.visible_to(request.user).filter(pk__in=keys_of(chunk))
        seen = set(rows.values_list("pk", flat=True))
        yield from ((row, seen) for row in chunk)


def reference(name: str) -> Callable[[tuple[NextDate, set[int]]], str]:
    def of(row: tuple[NextDate, set[int]]) -> str:
        fact = getattr(row[0], name)
        return fact.reference if fact and fact.pk in row[1] else ""

    return of


# --- Local rules ----------------------------------------------------------------------------------


def version_columns(versions_of: Callable[[Any], list[Any]]) -> dict[str, Callable[[Any], object]]:
    """Whether a version holds, from when and until when."""
    return {
        "State": lambda row: state_of(row, versions_of(row), today())[0],
        "From": lambda row: row.effective_from, "Until": lambda row: until_of(row, versions_of(row)),
    }


def expectation_list(request: HttpRequest, code: str, form: str) -> HttpResponseBase:
    place = readable_place(request, code)
    _, _, rows, every = expectations(request, place)

    def kind(row: ExpectationRule) -> str:
        return MeetingKind(row.kind).label if row.kind else "Every kind"

    columns = {
        "Agency": lambda row: row.agency.name if row.agency_id else "Every agency",
        "Kind of conference": kind, "Expected": "get_expectation_display",
        **version_columns(lambda row: series(every, row)),
    }
    return as_file(form, ListFile(dated(f"expectations-{code}"), columns, rows))


def timescale_list(request: HttpRequest, code: str, form: str) -> HttpResponseBase:
    rows = timescales(readable_place(request, code))
    columns = {
        "What it is about": "get_what_display",
        "Limit": lambda row: limit_words(row.amount, row.unit),
        **version_columns(lambda row: [other for other in rows if other.what == row.what]),
    }
    return as_file(form, ListFile(dated(f"timescales-{code}"), columns, rows))
