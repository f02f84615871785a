"""One's own meetings; and the registers that wait for whoever closes them."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from conferences.choices import Outcome
from conferences.models import Attendance, Meeting
from conferences.views.acts import act_cell
from conferences.views.attendance import meeting_cell, said
from conferences.views.register import place
from conferences.views.saying import outcome_cell, report_in_words
from partnership.exporting import download
from partnership.models import User, today
from partnership.reach import can
from partnership.roles import Permission
from partnership.templatetags.quorate import longdate

PAGE = 25
MOST_TO_COME = 100  # meetings of one person still to come
MINE = [{"text": text} for text in ("Meeting", "You are expected as", "What you can do")]
MINE_PAST = [{"text": text} for text in ("Meeting", "Written down", "Report", "Said about it", "What you can do")]
OPEN = [{"text": text} for text in ("Meeting", "Date", "Days late", "Lines not known", "Register")]
CLOSERS = (Permission.RECORD_CONFERENCES, Permission.RECORD_CORE_GROUPS)
CRUMBS = [{"text": "Home", "href": "/"}, {"text": "Meetings", "href": "/meetings/"}]


def my_lines(request: HttpRequest) -> QuerySet[Attendance]:
    """What one is asked to, as oneself or by a deputy."""
    if not can(request.user, Permission.DISPUTE_LINES):
        raise Http404
    me = request.user.staff_member_id
    return Attendance.objects.within_reach(request.user, Permission.DISPUTE_LINES).filter(
        Q(staff_member=me) | Q(deputy_for=me) if me else Q(pk__in=())
    ).select_related("meeting__partnership", "agency", "staff_member", "deputy_for")


def my_meetings(request: HttpRequest) -> HttpResponse:
    """What one is asked to, and what was written down of what one was asked to."""
    lines = my_lines(request)
    coming = lines.filter(meeting__held_on__gte=today()).order_by("meeting__held_on", "pk")
    past = lines.filter(meeting__held_on__lt=today()).order_by("-meeting__held_on", "-pk")
    page = Paginator(past, PAGE).get_page(request.GET.get("page"))
    return render(request, "conferences/my_meetings.html", {
        "linked": bool(request.user.staff_member_id), "page": page, "columns": MINE, "past_columns": MINE_PAST,
        "coming": [coming_row(line, request.user) for line in coming[:MOST_TO_COME]],
        "past": [past_row(line) for line in page], "crumbs": [*CRUMBS, {"text": "My meetings"}],
        "files": [download(request, "conferences:my-meetings-file")],
    })


def coming_row(line: Attendance, user: User) -> list[dict]:
    mine = line.staff_member_id == user.staff_member_id
    if not mine:
        role = {"text": "Not you", "hint": f"{line.staff_member} comes in your place"}
    elif line.deputy_for:
        role = {"text": "Deputy", "hint": f"for {line.deputy_for.name}"}
    else:
        role = {"text": line.get_expectation_display(), "hint": "" if line.involved else "for the quorum only"}
    return [meeting_cell(line), role, act_cell(line)]


def past_row(line: Attendance) -> list[dict]:
    return [
        meeting_cell(line), outcome_cell(line), {"text": report_in_words(line)},
        {"text": said(line)}, act_cell(line),
    ]


def registers(request: HttpRequest) -> QuerySet[Meeting]:
    """Registers whose day has passed, the oldest first, for those who close them."""
    if not any(can(request.user, permission) for permission in CLOSERS):
        raise Http404
    unknown = Count("lines", filter=Q(lines__outcome=Outcome.UNKNOWN))
    rows = Meeting.objects.recordable_by(request.user).open_registers(today())
    rows = rows.annotate(unknown=unknown, asked=Count("lines")).select_related("partnership")
    return rows.order_by("held_on", "pk")


def open_registers(request: HttpRequest) -> HttpResponse:
    """What waits to be closed."""
    page = Paginator(registers(request), PAGE).get_page(request.GET.get("page"))
    return render(request, "conferences/open_registers.html", {
        "page": page, "columns": OPEN, "rows": [open_row(row) for row in page],
        "crumbs": [*CRUMBS, {"text": "Open registers"}],
        "files": [download(request, "conferences:open-registers-file")],
    })


def open_row(row: Meeting) -> list[dict]:
    days = (today() - row.held_on).days
    return [
        {"text": row.reference, "header": True, "nowrap": True,
         "href": reverse("conferences:meeting-detail", args=place(row)),
         "hint": f"{row.get_kind_display()}, {row.get_state_display().lower()}"},
        {"text": longdate(row.held_on), "nowrap": True},
        {"text": f"{days} {'day' if days == 1 else 'days'}" if days else "Today"},
        {"text": f"{row.unknown} of {row.asked}" if row.asked else "Nobody invited"},
        {"text": "Fill in", "href": reverse("conferences:register", args=place(row)),
         "hidden": f"the register of {row.reference}"},
    ]
