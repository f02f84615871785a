"""Suggestions from missed duties: to accept by raising a case, or to dismiss with a reason."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from conferences.models import Meeting
from escalation import actions
from escalation.actions.suggesting import handled_words
from escalation.choices import SuggestionState
from escalation.filters import SuggestionFilter
from escalation.forms.moves import DismissForm
from escalation.models import Suggestion
from partnership.exporting import download
from partnership.forms import NUMBER, posted, put_errors
from partnership.reach import can
from partnership.roles import Permission

PAGE = 25
MOST = 300  # ticks that are sent at once


def listed(request: HttpRequest) -> tuple[SuggestionFilter, QuerySet[Suggestion]]:
    """What is suggested and waits, the newest first; narrowed, what was handled too."""
    if not can(request.user, Permission.VIEW_SUGGESTIONS):
        raise PermissionDenied
    asked = SuggestionFilter(request.GET, queryset=Suggestion.objects.visible_to(request.user))
    rows = asked.qs.select_related("partnership", "about", "handled_by", "escalation")
    return asked, rows.prefetch_related("meetings")


def suggestion_list(request: HttpRequest) -> HttpResponse:
    """A page of suggestions, each to be accepted or dismissed by those who may."""
    asked, rows = listed(request)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    visible, may_act = visible_meetings(request, page), actable(request, page)
    return render(
        request,
        "escalation/suggestion_list.html",
        {
            "page": page,
            "suggestions": [shown(request, row, visible, may_act) for row in page],
            "acts": bool(may_act),
            "filter": asked.form,
            "files": [download(request, "escalation:suggestion-list-file")],
            "narrowed": any(request.GET.get(name) for name in asked.form.fields),
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
    """The suggestions of the page that wait, and that the person may accept or dismiss."""
    reach = Suggestion.objects.within_reach(request.user, Permission.ACT_ON_SUGGESTIONS)
    waiting = [row.pk for row in page if row.state == SuggestionState.OPEN]
    return set(reach.filter(pk__in=waiting).values_list("pk", flat=True))


def visible_meetings(request: HttpRequest, page) -> set[int]:
    reach = Meeting.objects.visible_to(request.user)
    return set(reach.filter(suggestions__in=[row.pk for row in page]).values_list("pk", flat=True))


def shown(
    request: HttpRequest, row: Suggestion, visible: set[int], may_act: set[int]
) -> dict[str, Any]:
    handled = row.state != SuggestionState.OPEN
    return {
        "row": row,
        "acts": row.pk in may_act,
        "handled": handled_words(row, request.user) if handled else "",
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
    messages.error(request, handled_words(row, request.user))
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


def dismiss_many(request: HttpRequest) -> HttpResponse:
    """The ticked suggestions, with one reason for all; what was handled meanwhile is told."""
    if not can(request.user, Permission.ACT_ON_SUGGESTIONS):
        raise PermissionDenied
    sent = request.POST if request.method == "POST" else request.GET
    rows = ticked(request, sent.getlist("suggestion"))
    if not rows:
        messages.error(request, "Tick the suggestions that you want to dismiss.")
        return redirect("escalation:suggestion-list")
    form = DismissForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            done, late = actions.dismiss_suggestions(
                by=request.user, suggestions=rows, reason=form.cleaned_data["reason"]
            )
        except ValidationError as error:
            put_errors(form, error, form.renames)
        else:
            tell_what_became(request, done, late)
            return redirect("escalation:suggestion-list")
    page = {"form": form, "rows": rows, "crumbs": crumbs("Dismiss several")}
    return render(
        request, "escalation/suggestions_dismiss.html", page, status=422 if form.errors else 200
    )


def ticked(request: HttpRequest, keys: list[str]) -> list[Suggestion]:
    """Those of the ticked that the person may act on; others are as if they had not been sent."""
    numbers = [key for key in keys if NUMBER.fullmatch(key)][:MOST]
    reach = Suggestion.objects.within_reach(request.user, Permission.ACT_ON_SUGGESTIONS)
    return list(reach.filter(pk__in=numbers).select_related("about").order_by("about__name", "pk"))


def tell_what_became(
    request: HttpRequest, done: list[Suggestion], late: list[Suggestion]
) -> None:
    """How many were dismissed, and which had been handled by somebody else meanwhile."""
    if done:
        messages.success(request, f"{counted(len(done))} dismissed.")
    if late:
        left = "was left as it was" if len(late) == 1 else "were left as they were"
        messages.error(request, f"{counted(len(late))} had been handled meanwhile and {left}.")


def counted(number: int) -> str:
    return f"{number} suggestion{'' if number == 1 else 's'}"
