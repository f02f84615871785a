"""Closing a register: what will be found, shown before it is; and its ending corrected afterwards."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from conferences import actions
from conferences.actions.filling import ENDING
from conferences.actions.registers import register_seen
from conferences.choices import ChairDecision, MeetingState, MissedKind
from conferences.forms.register import ClosingForm, CorrectEndingForm
from conferences.judging import Foreseen, alarm, foresee, lines_of, reports_unsaid
from conferences.missed import Missed
from conferences.models import Attendance, Meeting
from conferences.rules import LocalRules
from conferences.views.beside import waits_for_new_date
from conferences.views.register import below, place, recordable
from conferences.views.saying import ending_in_words
from partnership.forms import posted
from partnership.models import today
from partnership.roles import Permission
from partnership.stale import ChangedSince, fingerprint
from partnership.templatetags.quorate import longdate
from partnership.views.editing import changed_since, tried

MISSED_COLUMNS = [{"text": text} for text in ("Agency", "What", "Why", "Excused")]


def close(request: HttpRequest, code: str, reference: str) -> HttpResponse:
    """Check what closing will find, then close."""
    meeting = recordable(request, code, reference)
    if meeting.closed_at:
        messages.info(request, f"The register of {meeting} is closed already.")
        return redirect("conferences:meeting-detail", *place(meeting))
    form = asked(request, meeting)
    seen = request.POST.get("seen") or "none"
    if request.method == "POST" and form.is_valid():
        try:
            closed = tried(form, lambda: actions.close_register(
                by=request.user, meeting=meeting, seen=seen, held=may_be_held(meeting),
                not_required=form.cleaned_data["not_required"],
            ))
        except ChangedSince:
            fresh = recordable(request, code, reference)
            return checking(request, fresh, asked(request, fresh), status=409)
        if closed:
            messages.success(request, in_words(closed))
            return redirect("conferences:meeting-detail", *place(meeting))
    return checking(request, meeting, form, status=422 if form.errors else 200)


def asked(request: HttpRequest, meeting: Meeting) -> ClosingForm:
    """What closing asks about the register as it stands."""
    unsaid = reports_unsaid(meeting, lines_of([meeting])[meeting.pk])
    return ClosingForm(posted(request), unsaid=unsaid)


def may_be_held(meeting: Meeting) -> bool:
    """A meeting that was only planned was held where somebody was there."""
    return meeting.lines.represented().exists()


def checking(request: HttpRequest, meeting: Meeting, form: forms.Form, status: int) -> HttpResponse:
    """What closing will find, and what is still open about it."""
    seen = register_seen(meeting)
    lines = lines_of([meeting])[meeting.pk]
    stops = stopping(meeting, lines)
    names = {line.agency_id: line.agency.name for line in lines}
    found = foresee(meeting, lines, LocalRules.of(meeting.partnership))
    return render(request, "conferences/register_close.html", {
        "meeting": meeting, "form": form, "stops": stops, "found": found, "seen": seen,
        "changed": status == 409, "alarm": alarm(found.in_a_row, judged=False),
        "summary": summary(meeting, lines, found), "doubts": doubts(meeting, lines, found),
        "missed": [missed_row(one, names) for one in found.missed], "missed_columns": MISSED_COLUMNS,
        "register": reverse("conferences:register", args=place(meeting)),
        "crumbs": below(request, meeting, "Close the register"),
    }, status=status)


def stopping(meeting: Meeting, lines: list[Attendance]) -> list[str]:
    """What keeps a register open."""
    found = []
    if meeting.held_on > today():
        found.append(f"The meeting is on {longdate(meeting.held_on)}: its register cannot be closed before.")
    elif meeting.state == MeetingState.PLANNED and not any(line.represented for line in lines):
        found.append(
            "Nobody is down as having been there. Write down who came, or say on the meeting’s page "
            "that it was stood down or cancelled."
        )
    return found


def summary(meeting: Meeting, lines: list[Attendance], found: Foreseen) -> list[dict]:
    """The answers to be checked, each with the way to change it."""
    register = reverse("conferences:register", args=place(meeting))
    agencies = {line.agency_id for line in lines}
    there = {line.agency_id for line in found.there}
    rows = [
        row("Date", longdate(meeting.held_on)),
        row("Attendance", f"{len(there)} of {len(agencies)} agencies were there", f"{register}#lines"),
    ]
    if found.quoracy:
        word, colour = ("Quorate", "green") if found.quoracy.quorate else ("Not quorate", "red")
        rows.append(row("Judgement", word) | {"tag_colour": colour, "hint": found.quoracy.sentence})
    if meeting.is_conference:
        rows.append(row("How it ended", ending_in_words(meeting), f"{register}#end"))
    if found.late:
        names = sorted({line.agency.name for line in found.late})
        rows.append(row("Invited late", ", ".join(names)) | {"hint": "What these missed is excused."})
    return rows


def row(key: str, value: str, href: str = "") -> dict[str, Any]:
    return {"key": key, "value": value, "action_href": href}


def doubts(meeting: Meeting, lines: list[Attendance], found: Foreseen) -> list[str]:
    """What may be closed so, and should be looked at once more."""
    doubts = []
    if found.unknown:
        names = ", ".join(sorted({line.agency.name for line in found.unknown}))
        doubts.append(f"Nobody knows yet whether these came: {names}. Not known counts as not met.")
    return [*doubts, *filter(None, [about_decision(meeting, found)])]


def about_decision(meeting: Meeting, found: Foreseen) -> str:
    """Where the chair's decision and the judgement do not go together."""
    decision = meeting.chair_decision
    if not found.quoracy or meeting.state == MeetingState.STOOD_DOWN:
        return ""
    if not decision:
        return "The chair’s decision is not written down."
    if found.quoracy.quorate == (decision == ChairDecision.QUORATE):
        return ""
    return (
        "The chair’s decision says that it was quorate; by the rule it was not."
        if decision == ChairDecision.QUORATE
        else "The chair proceeded by discretion; by the rule it was quorate."
    )


def missed_row(found: Missed, names: dict[int, str]) -> list[dict]:
    late = found.excused_by_late_invitation
    return [
        {"text": names[found.agency_id], "header": True}, {"text": MissedKind(found.kind).label},
        {"text": found.sentence}, {"text": "Invited too late" if late else "Not excused"},
    ]


def in_words(meeting: Meeting) -> str:
    """What closing did."""
    rows = list(meeting.missed.all())
    then = f" Now convene the meeting on {longdate(meeting.new_date_on)}." if waits_for_new_date(meeting) else ""
    excused = sum(bool(row.excused_at) for row in rows)
    verdict = {True: " It was quorate.", False: " It was not quorate.", None: ""}[meeting.quorate]
    if not rows:
        return f"The register of {meeting} is closed.{verdict} Nothing was missed.{then}"
    number = f"{len(rows)} missed {'duty was' if len(rows) == 1 else 'duties were'} found"
    told = "" if excused == len(rows) else " The leads of the agencies are told."
    late = f", {excused} excused by a late invitation" if excused else ""
    return f"The register of {meeting} is closed.{verdict} {number}{late}.{told}{then}"


def correct_ending(request: HttpRequest, code: str, reference: str) -> HttpResponse:
    """Counts and decision of a closed register, corrected with a reason."""
    reach = Meeting.objects.within_reach(request.user, Permission.RECORD_CONFERENCES).conferences()
    meeting = get_object_or_404(
        reach.select_related("partnership"), partnership__code=code, reference=reference
    )
    if not meeting.closed_at:
        return redirect("conferences:register", *place(meeting))
    form = CorrectEndingForm(posted(request), meeting=meeting)
    back = reverse("conferences:meeting-detail", args=place(meeting))
    if request.method == "POST" and form.is_valid():
        done = corrected(request, meeting, form)
        if isinstance(done, HttpResponse):
            return done
        if done is not None:
            messages.success(request, "Corrected, and judged anew." if done else "Nothing differs.")
            return redirect(back)
    return render(request, "conferences/register_ending.html", {
        "form": form, "meeting": meeting, "back": back,
        "seen": fingerprint(meeting, ENDING), "crumbs": below(request, meeting, "Correct how it ended"),
    }, status=422 if form.errors else 200)


def corrected(request: HttpRequest, meeting: Meeting, form: CorrectEndingForm) -> bool | HttpResponse | None:
    """Whether anything changed; both versions when somebody was quicker; None with the errors."""
    try:
        return actions.correct_ending(
            by=request.user, meeting=meeting, reason=form.cleaned_data["reason"],
            seen=request.POST.get("seen") or "none", **form.new(),
        )
    except ChangedSince:
        meeting.refresh_from_db()
        return changed_since(
            request, form, meeting, name=str(meeting), seen=fingerprint(meeting, ENDING),
            crumbs=below(request, meeting, "Changed since"),
            back=reverse("conferences:meeting-detail", args=place(meeting)), values={"reason": None},
        )
    except forms.ValidationError as error:
        form.add_refusal(error)
    return None
