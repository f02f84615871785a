"""Suggestions from missed duties: to accept by raising a case, or to dismiss with a reason."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from conferences.models import Meeting
from escalation import actions
from escalation.choices import SuggestionState
from escalation.forms.moves import DismissForm
from escalation.models import Suggestion
from partnership.forms import put_errors
from partnership.reach import can
from partnership.roles import Permission

PAGE = 25


def suggestion_list(request: HttpRequest) -> HttpResponse:
    """What is suggested and open, the newest first."""
    if not can(request.user, Permission.VIEW_SUGGESTIONS):
        raise PermissionDenied
    rows = Suggestion.objects.visible_to(request.user).filter(state=SuggestionState.OPEN)
    rows = rows.select_related("partnership", "about").prefetch_related("meetings")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    visible, may_act = visible_meetings(request, page), actable(request, page)
    return render(
        request,
        "escalation/suggestion_list.html",
        {
            "page": page,
            "suggestions": [shown(row, visible, may_act) for row in page],
            "crumbs": crumbs(),
        },
    )


def crumbs(*below: str) -> list[dict]:
    found = [
        {"text": "Home", "href": "/"},
        {"text": "Escalations", "href": reverse("escalation:queue")},
        {"text": "Suggestions", "href": reverse("escalation:suggestion-list") if below else ""},
    ]
    return found + [{"text": text, "href": ""} for text in below]


def actable(request: HttpRequest, page) -> set[int]:
    """The suggestions of the page that the person may accept or dismiss."""
    reach = Suggestion.objects.within_reach(request.user, Permission.ACT_ON_SUGGESTIONS)
    return set(reach.filter(pk__in=[row.pk for row in page]).values_list("pk", flat=True))


def visible_meetings(request: HttpRequest, page) -> set[int]:
    reach = Meeting.objects.visible_to(request.user)
    return set(reach.filter(suggestions__in=[row.pk for row in page]).values_list("pk", flat=True))


def shown(row: Suggestion, visible: set[int], may_act: set[int]) -> dict:
    return {
        "row": row,
        "acts": row.pk in may_act,
        "meetings": [
            {
                "text": meeting.reference,
                "on": meeting.held_on,
                "href": reverse(
                    "conferences:meeting-detail", args=[row.partnership.code, meeting.reference]
                ),
            }
            for meeting in row.meetings.all()
            if meeting.pk in visible
        ],
    }


def within(request: HttpRequest, number: int) -> Suggestion:
    """A suggestion that the person may act on, or 404; handled ones too, so that a late click is told why."""
    reach = Suggestion.objects.within_reach(request.user, Permission.ACT_ON_SUGGESTIONS)
    return get_object_or_404(reach.select_related("partnership", "about", "handled_by"), pk=number)


def accept(request: HttpRequest, number: int) -> HttpResponse:
    """Accepting is raising: the form comes filled in."""
    row = within(request, number)
    if row.state != SuggestionState.OPEN:
        return handled_already(request, row)
    return redirect(reverse("escalation:raise") + f"?suggestion={row.pk}")


def handled_already(request: HttpRequest, row: Suggestion) -> HttpResponse:
    messages.error(
        request,
        f"That suggestion was already {row.get_state_display().lower()} by {row.handled_by}.",
    )
    return redirect("escalation:suggestion-list")


def dismiss(request: HttpRequest, number: int) -> HttpResponse:
    row = within(request, number)
    if row.state != SuggestionState.OPEN and request.method != "POST":
        return handled_already(request, row)
    form = DismissForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.dismiss_suggestion(
                by=request.user, suggestion=row, reason=form.cleaned_data["reason"]
            )
        except ValidationError as error:
            put_errors(form, error, form.renames)
        else:
            messages.success(request, "The suggestion is dismissed.")
            return redirect("escalation:suggestion-list")
    page = {"form": form, "row": row, "crumbs": crumbs("Dismiss")}
    return render(
        request, "escalation/suggestion_dismiss.html", page, status=422 if form.errors else 200
    )
