"""Around a meeting that is planned: its details changed, agencies invited, invitations taken away."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from conferences import actions
from conferences.choices import Outcome
from conferences.convening import nameable
from conferences.forms.invitees import InvitationForm, InviteForm, WithdrawForm
from conferences.forms.people import shown
from conferences.forms.planning import TAKEN, ChangeForm
from conferences.models import Attendance, Meeting
from conferences.planning import Foresight, foresee_quorum, notice_words
from conferences.rules import LocalRules
from conferences.views.planned import address, agencies_of, crumbs, page_of, planned, recordable
from conferences.views.saying import SOMEBODY
from partnership.forms import posted
from partnership.roles import Permission
from partnership.stale import ChangedSince, fingerprint
from partnership.templatetags.quorate import longdate
from partnership.views.editing import changed_since, tried

KEPT = ("kind", "reference", "held_on", "strategy_discussion_on", "chair", "format", "family_ref", "children")
ON_REGISTER = "This agency is already on the register with the same person."
INVITED_COLUMNS = ("Agency", "Person", "Asked", "Invited on", "Change")


def closed(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """To the meeting's page, with the reason why it can no longer be planned."""
    messages.error(request, f"The register of {meeting.reference} is closed. A late change is a correction of its lines.")
    return redirect(page_of(meeting))


# --- The details ----------------------------------------------------------------------------------


def change(request: HttpRequest, code: str, reference: str) -> HttpResponse:
    """Change a meeting's details; what somebody else changed meanwhile is not overwritten."""
    meeting = planned(request, code, reference)
    if meeting.closed_at:
        return closed(request, meeting)
    there = {name: getattr(meeting, name) for name in KEPT} | {"lead": shown(meeting.lead)}
    form = ChangeForm(posted(request), user=request.user, meeting=meeting, initial=there)
    if request.method == "POST" and form.is_valid():
        seen = request.POST.get("seen") or "none"
        try:
            done = tried(form, lambda: actions.change_meeting(
                by=request.user, meeting=meeting, seen=seen, **form.cleaned_data
            ), TAKEN)
        except ChangedSince:
            return changed_meanwhile(request, form, meeting)
        if done is not None:
            messages.success(request, "Saved." if done else "Nothing differs: nothing was written.")
            return redirect(page_of(Meeting.objects.visible_to(request.user).select_related("partnership").get(pk=meeting.pk)))
    return render(request, "conferences/meeting_change.html", {
        "form": form, "meeting": meeting, "back": page_of(meeting), "crumbs": crumbs("Change the details", meeting),
        "seen": request.POST.get("seen") or fingerprint(meeting, actions.MEETING_SEEN),
    }, status=422 if form.errors else 200)


def changed_meanwhile(request: HttpRequest, form: ChangeForm, meeting: Meeting) -> HttpResponse:
    now = recordable(request.user).select_related("partnership", "lead").get(pk=meeting.pk)
    return changed_since(
        request, form, now, name=f"{now.reference}, {now.get_kind_display().lower()}",
        seen=fingerprint(now, actions.MEETING_SEEN), crumbs=crumbs("Changed since", now), back=page_of(now),
    )


# --- Invitations ----------------------------------------------------------------------------------


def invite(request: HttpRequest, code: str, reference: str) -> HttpResponse:
    """Who is invited, and one more agency."""
    meeting = planned(request, code, reference)
    if meeting.closed_at:
        return closed(request, meeting)
    rules = LocalRules.of(meeting.partnership)
    form = InviteForm(
        posted(request), meeting=meeting, agencies=agencies_of(meeting.partnership), rules=rules,
        people=nameable(request.user, meeting.partnership, meeting).select_related("agency"),
    )
    if request.method == "POST" and form.is_valid():
        lines = tried(form, lambda: actions.invite_many(
            by=request.user, meeting=meeting, invitations=[form.invitation()]
        ), ON_REGISTER)
        if lines:
            late = " It is a late invitation." if lines[0].late_invitation else ""
            messages.success(request, f"{lines[0].agency} is invited to {meeting.reference}.{late}")
            return redirect(address("meeting-invite", meeting))
    return render(request, "conferences/meeting_invite.html", {
        "form": form, "meeting": meeting, "crumbs": crumbs("Who is invited", meeting), "back": page_of(meeting),
        "columns": [{"text": text, "hidden": text == "Change"} for text in INVITED_COLUMNS],
        "rows": [invited_row(request, meeting, line, names) for line, names in invited(request, meeting)],
        "notice": notice_words(rules, meeting.held_on), "foreseen": foreseen(meeting, rules),
    }, status=422 if form.errors else 200)


def lines_of(meeting: Meeting) -> QuerySet[Attendance]:
    return meeting.lines.select_related("agency", "staff_member").order_by("agency__name", "pk")


def invited(request: HttpRequest, meeting: Meeting) -> list[tuple[Attendance, bool]]:
    """Each line, and whether the reader may see whom it names."""
    reach = Attendance.objects.within_reach(request.user, Permission.VIEW_MEETING_NAMES)
    named = set(reach.filter(meeting=meeting).values_list("pk", flat=True))
    return [(line, line.pk in named) for line in lines_of(meeting)]


def invited_row(request: HttpRequest, meeting: Meeting, line: Attendance, names: bool) -> list[Any]:
    on = {"text": longdate(line.invited_on) or "Not known"}
    if line.late_invitation:
        on |= {"text": "Late", "tag_colour": "yellow", "hint": f"invited on {longdate(line.invited_on)}"}
    elif line.in_room_when_dated:
        on["hint"] = "in the room when the date was set"
    return [
        {"text": line.agency.name, "header": True}, whom(line, names),
        "Involved" if line.involved else "For the quorum only", on,
        {"text": "Change", "href": address("meeting-invitation", meeting, line.pk),
         "hidden": f"the invitation of {line.agency.name}"},
    ]


def whom(line: Attendance, names: bool) -> str:
    if not line.staff_member_id:
        return line.job_title or "Nobody named"
    return f"{line.staff_member.name}, {line.staff_member.job_title}" if names else SOMEBODY


def foreseen(meeting: Meeting, rules: LocalRules | None = None) -> Foresight | None:
    """What is still missing for a quorum, while the register of a planned conference is open."""
    if meeting.closed_at or meeting.state != "planned" or not meeting.is_conference:
        return None
    return foresee_quorum(meeting, lines_of(meeting), rules or LocalRules.of(meeting.partnership))


def invitation(request: HttpRequest, code: str, reference: str, number: int) -> HttpResponse:
    """One invitation: who is asked, why, or taken away again."""
    meeting = planned(request, code, reference)
    if meeting.closed_at:
        return closed(request, meeting)
    line, named = get_invited(request, meeting, number)
    taken = "withdraw" in request.POST
    change_form = InvitationForm(
        None if taken else posted(request), line=line, named=named,
        people=nameable(request.user, meeting.partnership, meeting).filter(agency=line.agency_id),
    )
    withdraw = WithdrawForm(posted(request) if taken else None)
    form = withdraw if taken else change_form
    if request.method == "POST" and form.is_valid():
        try:
            words = tried(form, lambda: (withdrawn if taken else changed)(request, line, form), ON_REGISTER)
        except ChangedSince:
            return invitation_changed_since(request, form, meeting, number)
        if words:
            messages.success(request, words)
            return redirect(address("meeting-invite", meeting))
    return render(request, "conferences/meeting_invitation.html", {
        "form": form, "change_form": change_form, "withdraw": withdraw, "line": line, "meeting": meeting,
        "whom": whom(line, named), "fixed": line.outcome != Outcome.UNKNOWN,
        "crumbs": crumbs(f"Invitation of {line.agency}", meeting), "back": address("meeting-invite", meeting),
        "seen": request.POST.get("seen") or fingerprint(line, actions.INVITATION_SEEN),
    }, status=422 if form.errors else 200)


def invitation_changed_since(
    request: HttpRequest, form: InvitationForm, meeting: Meeting, number: int
) -> HttpResponse:
    now, named = get_invited(request, meeting, number)
    return changed_since(
        request, form, now, name=f"{now.agency} at {meeting.reference}",
        seen=fingerprint(now, actions.INVITATION_SEEN), crumbs=crumbs("Changed since", meeting),
        back=address("meeting-invite", meeting), values={
            "person": shown(now.staff_member) if named else "", "involved": "yes" if now.involved else "no",
            "reason": "",
        },
    )


def get_invited(request: HttpRequest, meeting: Meeting, number: int) -> tuple[Attendance, bool]:
    reach = Attendance.objects.within_reach(request.user, Permission.VIEW_MEETING_NAMES)
    line = get_object_or_404(lines_of(meeting), pk=number)
    return line, reach.filter(pk=line.pk).exists()


def withdrawn(request: HttpRequest, line: Attendance, form: WithdrawForm) -> str:
    actions.withdraw_invitation(by=request.user, line=line, reason=form.words())
    return f"The invitation of {line.agency} was taken away. It stays in the history."


def changed(request: HttpRequest, line: Attendance, form: InvitationForm) -> str:
    done = actions.change_invitation(
        by=request.user, line=line, seen=request.POST.get("seen") or "none", **form.new()
    )
    return f"The invitation of {line.agency} was changed." if done else "Nothing differs: nothing was written."
