"""Changing the board's actions: a page for each act. GET shows its form, POST does it.

What came too late answers 409 with the sentence why, and all that was typed; nothing is written.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from compliance import actions
from compliance.actions.logged import ASKED_SEEN, DATE_SEEN
from compliance.forms import logged as asked
from compliance.models import Action, ActionSource, ActionStep, IssuedReport
from compliance.period import Period, PeriodError
from compliance.views.logged import LIST, address, crumbs, may
from compliance.views.told import told
from partnership.forms import NUMBER, posted
from partnership.models import Agency, Partnership, today
from partnership.reach import can
from partnership.roles import Permission
from partnership.stale import ChangedSince, fingerprint
from partnership.templatetags.quorate import longdate
from partnership.views.editing import changed_since, tried

P = Permission
NEW = "Log an action"


# --- A new one ----------------------------------------------------------------------------------------


def places_of(request: HttpRequest) -> QuerySet[Partnership]:
    """Where the person keeps the actions."""
    if not can(request.user, P.ISSUE_REPORT):
        raise PermissionDenied
    return Partnership.objects.within_reach_as_a_whole(request.user, P.ISSUE_REPORT).order_by("name")


def new(request: HttpRequest) -> HttpResponse:
    """Where the action comes from, and then what is asked, of whom and until when."""
    places = list(places_of(request))
    code = request.GET.get("partnership") or (places[0].code if len(places) == 1 else "")
    source = request.GET.get("source", "")
    if code and source in dict(asked.sources_of(request.user)):
        place = next((one for one in places if one.code == code), None)
        if place is None:
            raise Http404
        return log(request, place, ActionSource(source))
    return choose_source(request)


def choose_source(request: HttpRequest) -> HttpResponse:
    sent = request.GET if {"source", "go"} & set(request.GET) else None
    form = asked.SourceForm(sent, places=places_of(request), user=request.user, initial=request.GET.dict())
    return render(request, "compliance/action_source.html", {
        "form": form, "crumbs": crumbs(request, {"text": NEW}), "back": reverse(LIST),
    }, status=422 if form.errors else 200)


def log(request: HttpRequest, place: Partnership, source: ActionSource) -> HttpResponse:
    form = asked.LogForm(
        posted(request), user=request.user, place=place, source=source, initial=known(request, place),
    )
    if request.method == "POST" and form.is_valid():
        row = tried(form, lambda: actions.log_action(
            by=request.user, partnership=place, source=source, **form.cleaned_data
        ))
        if row:
            messages.success(
                request, f"{row.number} is logged: {row.owner}, by {longdate(row.due_on)}. "
                f"{told([row.owner], 'Its leads are told.')}",
            )
            return redirect("compliance:action-detail", row.number)
    other = reverse("compliance:action-new") + "?" + urlencode({"partnership": place.code})
    return page(
        request, form, NEW, f"{place.name}: from {source.label.lower()}", crumbs(request, {"text": NEW}),
        back=reverse(LIST), submit="Log the action", other=other,
    )


def known(request: HttpRequest, place: Partnership) -> dict[str, Any]:
    """What the page on which it was begun knows already; what is no answer is left out."""
    found: dict[str, Any] = {name: request.GET[name] for name in ("escalation", "measure") if name in request.GET}
    if agency := agency_asked(request, place):
        found |= {"about": agency, "owner": agency}
    with suppress(KeyError, PeriodError):
        found |= {"period": Period.parse(request.GET["period"]).name}
    return found


def agency_asked(request: HttpRequest, place: Partnership) -> Agency | None:
    """The agency of the page, or of the issued report, on which it was begun."""
    report = request.GET.get("report", "")
    choices = asked.agencies_of(request.user, place)
    if NUMBER.fullmatch(report):
        issued = IssuedReport.objects.visible_to(request.user).filter(pk=report, partnership=place)
        return choices.filter(pk__in=issued.values("agency")).first()
    code = request.GET.get("agency", "")
    return choices.filter(memberships__partnership=place, memberships__code=code).first()


# --- What is there --------------------------------------------------------------------------------------


def kept(request: HttpRequest, number: str, *permissions: Permission) -> Action:
    """An action on which one of the permissions lets the person act, or 404."""
    related = ("partnership", "owner", "done_by", "closed_by")
    rows = Action.objects.visible_to(request.user).select_related(*related)
    row = get_object_or_404(rows, number=number)
    if not any(may(request.user, permission, row) for permission in permissions):
        raise Http404
    return row


def page(
    request: HttpRequest, form: forms.Form, title: str, caption: str, way: list[dict[str, str]], *,
    status: int = 0, **more: Any,
) -> HttpResponse:
    return render(request, "compliance/action_form.html", {
        "form": form, "title": title, "caption": caption, "crumbs": way, **more,
    }, status=status or (422 if form.errors else 200))


def below(request: HttpRequest, row: Action, title: str) -> list[dict[str, str]]:
    return crumbs(request, {"text": row.number, "href": address("detail", row)}, {"text": title})


def change(request: HttpRequest, number: str) -> HttpResponse:
    """Put right what is asked and whose it is; what somebody changed meanwhile is not overwritten."""
    row = kept(request, number, P.ISSUE_REPORT)
    if row.closed_at:
        return elsewhere(request, row, "It is closed. Open it again to change it.")
    there = {name: getattr(row, name) for name in ("asked", "owner", "owner_title")}
    form = asked.OwnedForm(posted(request), user=request.user, place=row.partnership, initial=there)
    return edited(
        request, row, form, "Change the action", ASKED_SEEN,
        lambda seen: actions.change_action(by=request.user, action=row, seen=seen, **form.cleaned_data),
        lambda done: f"{row.number} is changed." if done else "Nothing differs: nothing was written.",
    )


def date(request: HttpRequest, number: str) -> HttpResponse:
    """Move the due day, with the reason."""
    row = kept(request, number, P.ISSUE_REPORT)
    if row.closed_at or row.done_at:
        return elsewhere(request, row, "It is closed or reported done, so its date stays.")
    form = asked.DateForm(posted(request))
    return edited(
        request, row, form, "Move the date", DATE_SEEN,
        lambda seen: actions.move_due(by=request.user, action=row, seen=seen, **form.cleaned_data),
        lambda step: f"{row.number} is due by {longdate(step.to_on)} now. {told([row.owner], 'Its leads are told.')}",
        lede=f"At present it is due by the end of {longdate(row.due_on)}.",
    )


def edited(
    request: HttpRequest, row: Action, form: forms.Form, title: str, names: tuple[str, ...],
    act: Callable[[str], Any], said: Callable[[Any], str], **more: Any,
) -> HttpResponse:
    """An edit with both versions shown when it came too late."""
    back = address("detail", row)
    if request.method == "POST" and form.is_valid():
        try:
            done = tried(form, lambda: act(request.POST.get("seen") or "none"))
        except ChangedSince as error:
            now = kept(request, row.number, P.ISSUE_REPORT)
            if now.closed_at:
                return late(request, row, form, title, error)
            return changed_since(
                request, form, now, name=f"{now.number}, {now.owner}", seen=fingerprint(now, names),
                crumbs=below(request, now, "Changed since"), back=back,
            )
        if done is not None:
            messages.success(request, said(done))
            return redirect(back)
    return page(
        request, form, title, row.number, below(request, row, title), back=back, row=row,
        seen=fingerprint(row, names), **more,
    )


def late(
    request: HttpRequest, row: Action, form: forms.Form, title: str, error: ChangedSince
) -> HttpResponse:
    """409: what happened meanwhile, above all that was typed."""
    form.add_error(None, error)
    return page(
        request, form, title, row.number, below(request, row, title), back=address("detail", row), row=row, status=409,
    )


def elsewhere(request: HttpRequest, row: Action, why: str) -> HttpResponse:
    """The act is not for the state in which the action is."""
    messages.info(request, why)
    return redirect(address("detail", row))


# --- Steps ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StepPage:
    """What the page of a step shows and does."""

    title: str
    form: type[forms.Form]
    permissions: tuple[Permission, ...]
    act: Callable[..., ActionStep]
    said: str
    lede: str
    submit: str
    kind: str = ""
    tells: bool = False  # whether the owner hears of it


PAGES = {
    "progress": StepPage(
        "Note progress", asked.ProgressForm, (P.SIGN_OFF_REPORT, P.ISSUE_REPORT), actions.note_progress,
        "Your note is with {number}.", "It stands on the action’s page, for its owner and for the board.",
        "Save the note",
    ),
    "done": StepPage(
        "Report it done", asked.DoneForm, (P.SIGN_OFF_REPORT,), actions.report_done,
        "{number} is reported done. The board closes it, or opens it again.",
        "You say for {owner} that it is done. It no longer counts as overdue.", "Report it done",
    ),
    "close": StepPage(
        "Close the action", asked.CloseForm, (P.ISSUE_REPORT,), actions.close_action,
        "{number} is closed.",
        "You sign it off for the board: your name, the day and the outcome stand with it.", "Close the action",
        tells=True,
    ),
    "reopen": StepPage(
        "Open the action again", asked.ReopenForm, (P.ISSUE_REPORT,), actions.reopen_action,
        "{number} is open again.",
        "It is open again under its number and its date. What was written stays on its page.", "Open it again",
        tells=True,
    ),
}


def possible(kind: str, row: Action) -> bool:
    """Whether a step is for the state in which the action is."""
    if kind == "reopen":
        return bool(row.done_at or row.closed_at)
    return not row.closed_at and not (kind == "done" and row.done_at)


def step(request: HttpRequest, number: str, kind: str) -> HttpResponse:
    """Take one of the steps."""
    shown = PAGES[kind]
    row = kept(request, number, *shown.permissions)
    form = shown.form(posted(request))
    if request.method != "POST" and not possible(kind, row):
        return elsewhere(request, row, f"{row.number} is {row.state(today()).label.lower()}, so that is not to be done.")
    if request.method == "POST" and form.is_valid():
        more = {"by_owner": may(request.user, P.SIGN_OFF_REPORT, row)} if kind == "progress" else {}
        try:
            done = tried(form, lambda: shown.act(by=request.user, action=row, **form.cleaned_data, **more))
        except ChangedSince as error:
            return late(request, row, form, shown.title, error)
        if done:
            heard = f" {told([row.owner], 'Its owner is told.')}" if shown.tells else ""
            messages.success(request, shown.said.format(number=row.number) + heard)
            return redirect(address("detail", row))
    return page(
        request, form, shown.title, row.number, below(request, row, shown.title), back=address("detail", row), row=row,
        lede=shown.lede.format(owner=row.owner), submit=shown.submit, kind=shown.kind,
    )
