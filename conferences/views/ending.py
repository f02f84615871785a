"""How a planned meeting ended; stood down with a new date makes the meeting that follows."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from conferences import actions
from conferences.choices import MeetingState
from conferences.forms.endings import CANCELLED, EndForm, NewDateForm
from conferences.forms.planning import TAKEN
from conferences.models import Attendance, Meeting
from conferences.planning import notice_words
from conferences.rules import LocalRules
from conferences.views.convening import carried
from conferences.views.planned import address, crumbs, follow_up, page_of, planned, recordable
from conferences.views.planning import closed, invited, whom
from partnership.forms import posted
from partnership.models import today
from partnership.stale import ChangedSince, fingerprint
from partnership.templatetags.quorate import longdate
from partnership.views.editing import tried

COLUMNS = ("Agency", "Person", "Asked", "Invitation")


def end(request: HttpRequest, code: str, reference: str) -> HttpResponse:
    """Held, stood down, or cancelled."""
    meeting = planned(request, code, reference)
    if meeting.closed_at:
        return closed(request, meeting)
    form = EndForm(posted(request), meeting=meeting)
    if request.method == "POST" and form.is_valid():
        ended = form.cleaned_data["ended"]
        if ended == MeetingState.STOOD_DOWN:
            return redirect(address("meeting-stand-down", meeting))
        try:
            done = tried(form, lambda: noted(request, meeting, form))
        except ChangedSince as error:
            messages.error(request, f"{error.message} Nothing was written: look again.")
            return redirect(address("meeting-end", meeting))
        if done:
            messages.success(request, done)
            return redirect(page_of(meeting))
    return render(request, "conferences/meeting_end.html", {
        "form": form, "meeting": meeting, "crumbs": crumbs("How it ended", meeting), "back": page_of(meeting),
        "seen": request.POST.get("seen") or fingerprint(meeting, actions.MEETING_SEEN),
    }, status=422 if form.errors else 200)


def noted(request: HttpRequest, meeting: Meeting, form: EndForm) -> str:
    """Write down that it was held or cancelled; gives what happened in words."""
    seen = request.POST.get("seen") or "none"
    if form.cleaned_data["ended"] == MeetingState.HELD:
        actions.note_held(by=request.user, meeting=meeting, seen=seen)
        return f"{meeting.reference} was held. Its register can be filled in now."
    why = CANCELLED[form.cleaned_data["why"]]
    actions.cancel(by=request.user, meeting=meeting, reason=why, seen=seen)
    return f"{meeting.reference} is cancelled: it counts for nobody."


# --- Stood down -----------------------------------------------------------------------------------


def stand_down(request: HttpRequest, code: str, reference: str) -> HttpResponse:
    """Stood down for want of a quorum: the new date, check your answers, and both are written at once."""
    meeting = planned(request, code, reference)
    again = meeting.state == MeetingState.STOOD_DOWN
    if not meeting.is_conference or (meeting.closed_at and not again) or (again and not meeting.new_date_on):
        return closed(request, meeting) if meeting.closed_at else redirect(address("meeting-end", meeting))
    already = follow_up(meeting)
    if already:
        messages.info(request, f"{already.reference} was convened already: nothing was written twice.")
        return redirect(page_of(already))
    step = request.POST.get("step", "") if request.method == "POST" else ""
    lines = [(line, f"{line.agency.name}: {whom(line, names)}") for line, names in invited(request, meeting)]
    form = NewDateForm(
        request.POST if step else None, meeting=meeting, lines=lines, last_step=step == "write"
    )
    seen = request.POST.get("seen") or fingerprint(meeting, actions.MEETING_SEEN)
    if step in ("check", "write") and form.is_valid():
        if step == "check":
            return check_page(request, meeting, form, [line for line, _ in lines], seen)
        answer = written(request, meeting, form, seen)
        if answer:
            return answer
    return render(request, "conferences/meeting_stand_down.html", {
        "form": form, "meeting": meeting, "seen": seen, "back": page_of(meeting), "again": again,
        "crumbs": crumbs("Stood down", meeting),
    }, status=422 if form.errors else 200)


def new_date(meeting: Meeting, form: NewDateForm) -> Any:
    return form.cleaned_data.get("new_date_on") or meeting.new_date_on


def check_page(
    request: HttpRequest, meeting: Meeting, form: NewDateForm, lines: list[Attendance], seen: str
) -> HttpResponse:
    rules, on = LocalRules.of(meeting.partnership), new_date(meeting, form)
    late = rules.invited_late(today(), on)
    there = set(form.cleaned_data["there"])
    details = [
        ("Stood down", f"{meeting.reference}, {longdate(meeting.held_on)}"),
        ("Why", form.cleaned_data.get("reason")), ("New date", longdate(on)),
        ("Reference of the new meeting", form.cleaned_data["reference"]),
        ("Invitations sent on", longdate(today())),
    ]
    words = {line.pk: names for line, names in invited(request, meeting)}
    return render(request, "conferences/meeting_stand_down_check.html", {
        "meeting": meeting, "crumbs": crumbs("Check your answers", meeting), "back": page_of(meeting),
        "again": meeting.state == MeetingState.STOOD_DOWN, "details": [{"key": key, "value": value} for key, value in details if value],
        "columns": [{"text": text} for text in COLUMNS], "late": late, "rule": notice_words(rules, on),
        "rows": [again_row(line, words[line.pk], late, line.pk in there) for line in lines],
        "carried": carried(request.POST, away=("seen",)), "seen": seen,
    })


def again_row(line: Attendance, names: bool, late: bool, there: bool) -> list[Any]:
    asked = "Involved" if line.involved else "For the quorum only"
    if there:
        invitation: dict[str, str] = {"text": "In the room when the date was set"}
    else:
        invitation = {"text": "Late", "tag_colour": "yellow"} if late else {"text": "In time"}
    return [{"text": line.agency.name, "header": True}, whom(line, names), asked, invitation]


def written(
    request: HttpRequest, meeting: Meeting, form: NewDateForm, seen: str
) -> HttpResponse | None:
    """Both meetings at once; a second click finds what the first one made."""
    data = form.cleaned_data
    common = {"by": request.user, "meeting": meeting, "reference": data["reference"], "there": data["there"]}
    already = made_before(request, meeting, data["reference"])
    if already:
        messages.info(request, f"{already.reference} was convened already: nothing was written twice.")
        return redirect(page_of(already))
    try:
        if "new_date_on" in data:
            act = lambda: actions.stand_down(  # noqa: E731
                reason=data["reason"], new_date_on=data["new_date_on"], seen=seen, **common
            )
        else:
            act = lambda: actions.follow(**common)  # noqa: E731
        made = tried(form, act, TAKEN)
    except ChangedSince as error:
        messages.error(request, f"{error.message} Nothing was written: look again.")
        return redirect(page_of(meeting))
    if not made:
        return None
    messages.success(request, in_words(meeting, made))
    return redirect(page_of(made))


def in_words(meeting: Meeting, made: Meeting) -> str:
    """What was written, and what is still to do with the register."""
    words = f"{made.reference} is convened for {longdate(made.held_on)}, with the same invitees."
    if meeting.state != MeetingState.STOOD_DOWN:
        words = f"{meeting.reference} is stood down. {words}"
    if meeting.closed_at:
        return words
    return f"{words} The register of {meeting.reference} is still open: write down who had come, and close it."


def made_before(request: HttpRequest, meeting: Meeting, reference: str) -> Meeting | None:
    """The meeting on the new date, where the one before is stood down already."""
    if meeting.state != MeetingState.STOOD_DOWN or not meeting.new_date_on:
        return None
    rows = recordable(request.user).filter(partnership=meeting.partnership, reference=reference)
    return rows.filter(held_on=meeting.new_date_on, kind=meeting.kind).first()
