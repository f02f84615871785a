"""My agency's attendance: every line of the agencies that a lead speaks for, on the screen and as a file."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from conferences.forms.lists import LineFilter
from conferences.models import Attendance
from conferences.views.acts import act_cell
from conferences.views.meeting import who
from conferences.views.register import place
from conferences.views.saying import outcome_cell, report_in_words
from partnership.exporting import ListFile, as_file, dated, download
from partnership.history import entry, record_all
from partnership.models import Agency, today
from partnership.reach import held
from partnership.roles import Permission
from partnership.templatetags.quorate import longdate
from partnership.views.listing import headings

PAGE = 25
SORTS = {
    "date": ("meeting__held_on", "pk"), "person": ("staff_member__last_name", "staff_member__first_name", "pk"),
    "outcome": ("outcome", "meeting__held_on", "pk"), "agency": ("agency__name", "meeting__held_on", "pk"),
}
COLUMNS = {
    "date": "Meeting", "agency": "Agency", "person": "Person", "outcome": "Outcome", "report": "Report",
    "said": "Said about it", "act": "What you can do",
}
FILE = {
    "Meeting": "meeting.reference", "Kind": "meeting.get_kind_display", "Date": "meeting.held_on",
    "Agency": "agency.name", "Person": who, "Invited on": "invited_on",
    "Invited late": "late_invitation", "Involved": "involved", "Outcome": "get_outcome_display",
    "How": "get_mode_display", "Part only": "part", "Report": report_in_words,
    "Register": lambda line: "Open" if line.meeting.register_open else "Closed",
    "Dispute": "dispute", "Answer": "settlement",
}


class Listing:
    """The lines that were asked for, in the order that was asked for."""

    def __init__(self, request: HttpRequest) -> None:
        if not held(request.user, Permission.DISPUTE_LINES).agencies:
            raise Http404
        self.request, self.on = request, today()

    @cached_property
    def filter(self) -> LineFilter:
        reach = Attendance.objects.within_reach(self.request.user, Permission.DISPUTE_LINES)
        return LineFilter(self.request.GET, queryset=reach, user=self.request.user, on=self.on)

    @property
    def asked(self) -> dict[str, Any]:
        return self.filter.form.cleaned_data if self.filter.form.is_valid() else {}

    @property
    def narrowed(self) -> bool:
        typed = {name for name, value in self.request.GET.items() if value}
        return bool(typed & set(self.filter.form.fields) - {"sort"})

    @property
    def sort(self) -> tuple[str, bool]:
        """By what, and whether downwards: the newest first where nothing else is asked."""
        asked = self.asked.get("sort") or "-date"
        name = asked.removeprefix("-")
        return (name, asked.startswith("-")) if name in SORTS else ("date", True)

    @property
    def rows(self) -> QuerySet[Attendance]:
        name, down = self.sort
        rows = self.filter.qs if self.filter.form.is_valid() else self.filter.queryset.none()
        order = [f"-{field}" if down else field for field in SORTS[name]]
        return rows.order_by(*order).select_related(
            "meeting__partnership", "agency", "staff_member", "deputy_for"
        )

    @property
    def names(self) -> list[str]:
        """The agency stands there only where there are several."""
        several = len(self.filter.agencies) > 1
        return [name for name in COLUMNS if several or name != "agency"]


def attendance(request: HttpRequest) -> HttpResponse:
    """Every line of the lead's agencies, the newest meeting first."""
    listing = Listing(request)
    page = Paginator(listing.rows, PAGE).get_page(request.GET.get("page"))
    wrong = not listing.filter.form.is_valid()
    return render(request, "conferences/attendance_list.html", {
        "filter": listing.filter.form, "narrowed": listing.narrowed, "page": page,
        "columns": headings(request, {name: COLUMNS[name] for name in listing.names}, SORTS, listing.sort),
        "rows": [cells(line, listing.names) for line in page],
        "files": [download(request, "conferences:attendance-list-file", rows=page.paginator.count)],
        "crumbs": [
            {"text": "Home", "href": "/"}, {"text": "Meetings", "href": "/meetings/"},
            {"text": "My agency’s attendance"},
        ],
    }, status=422 if wrong else 200)


def cells(line: Attendance, names: Iterable[str]) -> list[dict]:
    found = {
        "date": meeting_cell(line),
        "agency": {"text": line.agency.name},
        "person": {"text": who(line), "hint": f"for {line.deputy_for.name}" if line.deputy_for else ""},
        "outcome": outcome_cell(line),
        "report": {"text": report_in_words(line)},
        "said": {"text": said(line)},
        "act": act_cell(line),
    }
    return [found[name] for name in names]


def meeting_cell(line: Attendance) -> dict:
    meeting = line.meeting
    return {
        "text": meeting.reference, "nowrap": True, "header": True,
        "href": reverse("conferences:meeting-detail", args=place(meeting)),
        "hint": f"{meeting.get_kind_display()}, {longdate(meeting.held_on)}",
    }


def said(line: Attendance) -> str:
    """What is said about a line, in a few words."""
    words = ["Invited late"] * line.late_invitation
    if line.settled_at:
        words.append("Dispute answered")
    elif line.disputed_at:
        words.append("Disputed")
    if line.meeting.register_open and line.meeting.held_on < today():
        words.append("Register still open")
    return ", ".join(words) or "–"


def attendance_file(request: HttpRequest, form: str) -> HttpResponseBase:
    """The filtered list as a file, every row of it; that it was taken is in the history."""
    listing = Listing(request)
    rows = listing.rows
    note_taken(request, rows)
    return as_file(form, ListFile(dated("attendance"), FILE, rows))


def note_taken(request: HttpRequest, rows: QuerySet[Attendance]) -> None:
    """An entry for each agency whose lines are in the file."""
    numbers = dict(rows.order_by().values_list("agency").annotate(Count("pk")))
    agencies = Agency.objects.within_reach(request.user, Permission.DISPUTE_LINES).filter(pk__in=numbers)
    record_all(
        entry(request.user, "took as a file", agency, agency=agency, lines=numbers[agency.pk])
        for agency in agencies.order_by("name")
    )
