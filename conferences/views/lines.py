"""One line of a register: corrected after the closing, or a deputy named before the meeting."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from conferences import actions
from conferences.actions.registers import LINE
from conferences.forms.answers import CorrectForm, DeputyForm
from conferences.models import Attendance
from conferences.views.acts import may_name_deputy
from conferences.views.meeting import who
from conferences.views.register import below, place
from conferences.views.saying import line_in_words, notes
from partnership.forms import posted
from partnership.reach import held
from partnership.roles import Permission
from partnership.stale import ChangedSince, fingerprint
from partnership.templatetags.quorate import longdate
from partnership.views.editing import changed_since, tried


def line_within(request: HttpRequest, number: int, *permissions: Permission) -> Attendance:
    """A line that one of the permissions reaches, or 404."""
    reach = Attendance.objects.none()  # unscoped: empty
    for permission in permissions:
        reach = reach | Attendance.objects.within_reach(request.user, permission)
    rows = reach.select_related(
        "meeting__partnership", "agency", "staff_member", "deputy_for", "disputed_by", "settled_by"
    )
    return get_object_or_404(rows, pk=number)


def facts(line: Attendance) -> list[dict]:
    """What a page about one line says of it."""
    meeting = line.meeting
    return [
        {"key": "Meeting", "value": f"{meeting.get_kind_display()} {meeting}, {longdate(meeting.held_on)}"},
        {"key": "Agency", "value": line.agency.name, "hint": "; ".join(notes(line))},
        {"key": "Person", "value": who(line)},
        {"key": "On the register", "value": line_in_words(line)},
    ]


def to_meeting(line: Attendance) -> str:
    return reverse("conferences:meeting-detail", args=place(line.meeting))


def correct(request: HttpRequest, number: int) -> HttpResponse:
    """Correct a line of a closed register, for the conference service at every kind of meeting."""
    line = line_within(request, number, Permission.RECORD_CONFERENCES)
    if not line.meeting.closed_at:
        messages.info(request, "The register is still open: write the attendance down here.")
        return redirect("conferences:register", *place(line.meeting))
    form = CorrectForm(posted(request), line=line)
    if request.method == "POST" and form.is_valid():
        try:
            done = tried(form, lambda: actions.correct_line(
                by=request.user, line=line, reason=form.cleaned_data["reason"],
                seen=request.POST.get("seen") or "none", **form.new(),
            ))
        except ChangedSince:
            now = line_within(request, number, Permission.RECORD_CONFERENCES)
            return changed_since(
                request, form, now, name=f"{now.agency}, {who(now)}", seen=fingerprint(now, LINE),
                crumbs=below(request, now.meeting, "Changed since"), back=to_meeting(now),
                values={"reason": None},
            )
        if done is not None:
            said = "corrected, and the meeting judged anew." if done else "as it was: nothing differs."
            messages.success(request, f"The line of {line.agency} is {said}")
            return redirect(to_meeting(line))
    return render(request, "conferences/line_correct.html", {
        "form": form, "line": line, "facts": facts(line), "back": to_meeting(line),
        "seen": fingerprint(line, LINE), "crumbs": below(request, line.meeting, "Correct a line"),
    }, status=422 if form.errors else 200)


def deputy(request: HttpRequest, number: int) -> HttpResponse:
    """Name who comes instead; the conference service is told."""
    line = line_within(request, number, Permission.DISPUTE_LINES)
    form = DeputyForm(posted(request), line=line, user=request.user)
    if request.method == "POST" and form.is_valid():
        person = form.cleaned_data["person"]
        done = tried(form, lambda: actions.name_deputy(
            by=request.user, line=line, staff_member=person
        ))
        if done is not None:
            messages.success(
                request, f"{person.name} is expected at {line.meeting}. The conference service is told."
            )
            return redirect(after(request))
    return render(request, "conferences/line_deputy.html", {
        "form": form, "line": line, "facts": facts(line)[:3], "allowed": may_name_deputy(line),
        "back": after(request), "crumbs": below(request, line.meeting, "Name a deputy"),
    }, status=422 if form.errors else 200)


def after(request: HttpRequest) -> str:
    """Where one's own invitations stand: the agency's for a lead, one's own for others."""
    lead = held(request.user, Permission.DISPUTE_LINES).agencies
    return reverse("conferences:attendance-list" if lead else "conferences:my-meetings")
