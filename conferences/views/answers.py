"""What is said about a line afterwards: disputes and their answers; and excuses of what was missed."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from conferences import actions
from conferences.actions.registers import LINE
from conferences.choices import MissedKind
from conferences.forms.answers import DisputeForm, ExcuseForm, SettleForm
from conferences.forms.lists import DisputeFilter
from conferences.models import Attendance, MissedDuty
from conferences.timescales import answer_due
from conferences.views.lines import after, facts, line_within, to_meeting
from conferences.views.meeting import who
from conferences.views.register import below, place
from partnership.exporting import download
from partnership.forms import posted
from partnership.models import BankHoliday, HistoryEntry, today
from partnership.reach import can, held
from partnership.roles import Permission
from partnership.stale import ChangedSince, fingerprint
from partnership.templatetags.quorate import longdate, longmoment
from partnership.views.editing import changed_since, tried
from partnership.workdays import Calendar

PAGE = 25
COLUMNS = [{"text": text} for text in ("Line", "Disputed", "What was said", "Answer", "Due")]
SIDES = (Permission.SETTLE_LINES, Permission.DISPUTE_LINES)


# --- Disputing and answering ----------------------------------------------------------------------


def dispute(request: HttpRequest, number: int) -> HttpResponse:
    """Both sides of a line's dispute; whoever speaks for the agency or themselves may dispute it."""
    line = line_within(request, number, *SIDES)
    disputes = Attendance.objects.within_reach(request.user, Permission.DISPUTE_LINES)
    allowed = disputes.filter(pk=line.pk).exists() and not is_open(line)
    form = DisputeForm(posted(request))
    if request.method == "POST" and not allowed:
        return shown(request, line, DisputeForm(), allowed=False, late=True)
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["text"]
        if tried(form, lambda: done(actions.dispute(by=request.user, line=line, text=text))):
            due = longdate(answer_due(today(), calendar_of(line)))
            messages.success(
                request, f"The line of {line.agency} at {line.meeting} is disputed. The conference "
                f"service is told, and answers by {due}.",
            )
            return redirect(after(request))
    return shown(request, line, form, allowed=allowed)


def shown(
    request: HttpRequest, line: Attendance, form: DisputeForm, *, allowed: bool, late: bool = False
) -> HttpResponse:
    settles = Attendance.objects.within_reach(request.user, Permission.SETTLE_LINES)
    return render(request, "conferences/line_dispute.html", {
        "form": form, "line": line, "facts": facts(line), "sides": sides(line), "earlier": earlier(line),
        "allowed": allowed and line.meeting.held_on <= today(), "late": late, "open": is_open(line),
        "settles": settles.filter(pk=line.pk).exists(), "back": to_meeting(line),
        "crumbs": below(request, line.meeting, "Dispute a line"),
    }, status=409 if late else (422 if form.errors else 200))


def done(nothing: None) -> bool:
    """An action that gives nothing when it was done."""
    return True


def is_open(line: Attendance) -> bool:
    return bool(line.disputed_at and not line.settled_at)


def settle(request: HttpRequest, number: int) -> HttpResponse:
    """Answer a dispute; the line may be corrected in the same step."""
    line = line_within(request, number, Permission.SETTLE_LINES)
    form = SettleForm(posted(request), line=line)
    if not is_open(line):
        return shown(request, line, DisputeForm(), allowed=False, late=request.method == "POST")
    if request.method == "POST" and form.is_valid():
        try:
            corrected = tried(form, lambda: actions.settle(
                by=request.user, line=line, answer=form.cleaned_data["answer"].strip(),
                seen=request.POST.get("seen") or "none", **form.new(),
            ))
        except ChangedSince:
            now = line_within(request, number, Permission.SETTLE_LINES)
            return changed_since(
                request, form, now, name=f"{now.agency}, {who(now)}", seen=fingerprint(now, LINE),
                crumbs=below(request, now.meeting, "Changed since"), back=to_meeting(now),
                values={"answer": None},
            )
        if corrected is not None:
            words = "The line is corrected, and the meeting judged anew." if corrected else "The line stays as it is."
            messages.success(request, f"Answered. {words} Who disputed it is told.")
            return redirect("conferences:dispute-list")
    return render(request, "conferences/line_settle.html", {
        "form": form, "line": line, "facts": facts(line), "sides": sides(line), "earlier": earlier(line),
        "seen": fingerprint(line, LINE), "back": reverse("conferences:dispute-list"),
        "crumbs": below(request, line.meeting, "Answer a dispute"),
    }, status=422 if form.errors else 200)


def sides(line: Attendance) -> list[dict[str, Any]]:
    """Both sides, as both see them."""
    if not line.disputed_at:
        return []
    due = answer_due(timezone.localdate(line.disputed_at), calendar_of(line))
    said = {
        "key": "Disputed", "value": line.dispute,
        "hint": f"by {line.disputed_by or 'the operator'} on {longdate(line.disputed_at)}",
    }
    if not line.settled_at:
        late = {"tag_colour": "red"} if due < today() else {}
        words = f"Late: it was due on {longdate(due)}" if late else f"Due by {longdate(due)}"
        return [said, {"key": "Answer", "value": words, **late}]
    late = ", late" if timezone.localdate(line.settled_at) > due else ""
    by = line.settled_by or "the operator"
    return [said, {
        "key": "Answer", "value": line.settlement, "hint": f"by {by} on {longdate(line.settled_at)}{late}",
    }]


def earlier(line: Attendance) -> list[dict[str, str]]:
    """What was said before, where a line was disputed more than once."""
    # unscoped: of a line within reach, whose both sides see both
    rows = HistoryEntry.objects.filter(
        subject_type=line._meta.label_lower, subject_id=line.pk, verb__in=("disputed", "settled")
    ).select_related("user").order_by("at", "pk")
    said = [
        {"key": "Disputed" if row.verb == "disputed" else "Answer",
         "value": row.changes.get("dispute") or row.changes.get("answer", ""),
         "hint": f"by {row.user or 'the operator'} on {longmoment(row.at)}"}
        for row in rows
    ]
    return said[: -2 if line.settled_at else -1] if line.disputed_at else []


def calendar_of(line: Attendance) -> Calendar:
    return BankHoliday.objects.calendar(line.meeting.partnership.country)  # unscoped: the same for all


# --- The list -------------------------------------------------------------------------------------


def disputes(request: HttpRequest) -> tuple[DisputeFilter, QuerySet[Attendance], dict[str, Calendar]]:
    """Disputed lines, oldest first: all for the conference service, one's own for the others."""
    if not any(can(request.user, permission) for permission in SIDES):
        raise Http404
    rows = Attendance.objects.none()  # unscoped: empty
    for permission in SIDES:
        rows = rows | Attendance.objects.within_reach(request.user, permission)
    calendars = {
        country: BankHoliday.objects.calendar(country)  # unscoped: the same for all
        for country in set(rows.filter(disputed_at__isnull=False).values_list(
            "meeting__partnership__country", flat=True
        ))
    }
    found = DisputeFilter(request.GET, queryset=rows, calendars=calendars, on=today())
    shown = found.qs.order_by("disputed_at", "pk").select_related("meeting__partnership", "agency")
    return found, shown, calendars


def dispute_list(request: HttpRequest) -> HttpResponse:
    """The disputed lines, with what was answered and by when."""
    found, shown, calendars = disputes(request)
    page = Paginator(shown, PAGE).get_page(request.GET.get("page"))
    settles = can(request.user, Permission.SETTLE_LINES)
    return render(request, "conferences/dispute_list.html", {
        "filter": found.form, "page": page, "columns": COLUMNS, "settles": settles, **own_lines(request),
        "narrowed": any(found.form.cleaned_data.values()) if found.form.is_valid() else False,
        "rows": [cells(line, calendars, settles) for line in page],
        "crumbs": [*MEETINGS, {"text": "Disputes"}],
        "files": [download(request, "conferences:dispute-list-file")],
    })


def own_lines(request: HttpRequest) -> dict[str, str]:
    """Where the lines stand that one may dispute: the agency's for a lead, one's own for others."""
    lead = held(request.user, Permission.DISPUTE_LINES).agencies
    return {"own_text": "My agency’s attendance" if lead else "My meetings", "own_href": after(request)}


MEETINGS = [{"text": "Home", "href": "/"}, {"text": "Meetings", "href": "/meetings/"}]


def cells(line: Attendance, calendars: dict[str, Calendar], settles: bool) -> list[dict]:
    due = due_on(line, calendars)
    name = "line-settle" if settles and not line.settled_at else "line-dispute"
    return [
        {"text": f"{line.agency} at {line.meeting}", "header": True,
         "href": reverse(f"conferences:{name}", args=[line.pk]),
         "hint": f"{line.meeting.get_kind_display()}, {longdate(line.meeting.held_on)}"},
        {"text": longdate(line.disputed_at), "nowrap": True},
        {"text": line.dispute},
        {"text": line.settlement or "Not answered yet"},
        due_cell(line, due),
    ]


def due_on(line: Attendance, calendars: dict[str, Calendar]) -> date:
    """The day by which a dispute is to be answered."""
    return answer_due(timezone.localdate(line.disputed_at), calendars[line.meeting.partnership.country])


def due_cell(line: Attendance, due: date) -> dict:
    if not line.settled_at:
        return {"text": "Late", "tag_colour": "red", "hint": f"due on {longdate(due)}"} if due < today() else {
            "text": f"by {longdate(due)}", "nowrap": True,
        }
    late = timezone.localdate(line.settled_at) > due
    return {"text": "Answered late" if late else "Answered", "tag_colour": "yellow" if late else "green",
            "hint": f"on {longdate(line.settled_at)}"}


# --- Excuses --------------------------------------------------------------------------------------


def excuse(request: HttpRequest, number: int) -> HttpResponse:
    """Excuse what an agency missed, with a coded reason."""
    reach = MissedDuty.objects.within_reach(request.user, Permission.SETTLE_LINES)
    row = get_object_or_404(
        reach.select_related("meeting__partnership", "agency", "excused_by"), pk=number
    )
    if request.POST.get("do") == "take back":
        return taken_back(request, row)
    form = ExcuseForm(posted(request))
    if request.method == "POST" and form.is_valid() and not row.excused_at:
        reason = form.cleaned_data["reason"]
        try:
            actions.excuse(by=request.user, missed=row, reason=reason)
        except ValidationError:
            row.refresh_from_db()
        else:
            messages.success(request, f"The {MissedKind(row.kind).label.lower()} of {row.agency} is excused.")
            return redirect("conferences:meeting-detail", *place(row.meeting))
    too_late = bool(row.excused_at) and request.method == "POST"
    return render(request, "conferences/missed_excuse.html", {
        "form": form, "row": row, "facts": missed_facts(row), "too_late": too_late,
        "back": reverse("conferences:meeting-detail", args=place(row.meeting)),
        "crumbs": below(request, row.meeting, "Excuse"),
    }, status=409 if too_late else (422 if form.errors else 200))


def taken_back(request: HttpRequest, row: MissedDuty) -> HttpResponse:
    """The excuse is taken back; sent twice, it is taken back once."""
    try:
        actions.take_back_excuse(by=request.user, missed=row)
    except ValidationError as error:
        messages.info(request, f"{error.message} Nothing was written.")
    else:
        what = MissedKind(row.kind).label.lower()
        messages.success(request, f"The excuse is taken back: the {what} of {row.agency} is not excused.")
    return redirect("conferences:meeting-detail", *place(row.meeting))


def missed_facts(row: MissedDuty) -> list[dict]:
    found = [
        {"key": "Agency", "value": row.agency.name},
        {"key": MissedKind(row.kind).label, "value": row.sentence},
    ]
    if row.excused_at:
        by = f"by {row.excused_by}" if row.excused_by else "when the register was closed"
        hint = f"{by}, on {longdate(row.excused_at)}"
        found.append({"key": "Excused", "value": row.get_excused_reason_display(), "hint": hint})
    return found
