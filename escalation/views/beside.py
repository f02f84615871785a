"""What is written beside a case's moves: that the identity was passed, documents, actions done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from escalation import actions
from escalation.actions import MoveRefused
from escalation.actions.beside import ACTION_SEEN, IDENTITY_SEEN
from escalation.forms.moves import ActionForm, DocumentForm, IdentityForm
from escalation.models import AgreedAction, Escalation
from escalation.sides import takes_part
from escalation.views.case import crumbs
from escalation.views.reaching import visible_case
from partnership.forms import posted, put_errors
from partnership.models import today
from partnership.stale import ChangedSince, fingerprint
from partnership.templatetags.quorate import longdate
from partnership.views.editing import changed_since

NOTE_LEAD = (
    "Say outside Quorate, by your agency’s secure way, which child it concerns. "
    "Note here only when and to whom."
)
DOCUMENT_LEAD = "Documents stay in your own system. Add only their reference."


def own_case(request: HttpRequest, reference: str) -> Escalation:
    """A case in which the person takes part, or 404."""
    case = visible_case(request, reference)
    if not takes_part(request.user, case):
        raise Http404
    return case


def wrote(form: forms.Form, act: Callable[[], Any]) -> Any:
    """What the action gives, or None with its errors in the form; whose part ended meanwhile gets 404."""
    try:
        return act()
    except ChangedSince:
        raise
    except ValidationError as error:
        put_errors(form, error, getattr(form, "renames", {}))
    except MoveRefused as error:
        raise Http404 from error
    return None


def page(
    request: HttpRequest, case: Escalation, form: forms.Form, title: str, lead: str, seen: str = ""
) -> HttpResponse:
    context = {
        "form": form, "case": case, "title": title, "lead": lead, "seen": seen,
        "crumbs": crumbs(case, title),
    }
    return render(request, "escalation/beside.html", context, status=422 if form.errors else 200)


def back(case: Escalation) -> str:
    return reverse("escalation:detail", args=[case.reference])


def saved(request: HttpRequest, case: Escalation, words: str) -> HttpResponse:
    messages.success(request, words)
    return redirect(back(case))


def document(request: HttpRequest, reference: str) -> HttpResponse:
    """Put a document on the case's list."""
    case = own_case(request, reference)
    form = DocumentForm(posted(request))
    if request.method == "POST" and form.is_valid():
        fields = form.cleaned_data
        if wrote(form, lambda: actions.add_document(by=request.user, case=case, **fields)):
            return saved(request, case, "The document is on the list.")
    return page(request, case, form, "Add a document by its reference", DOCUMENT_LEAD)


def identity(request: HttpRequest, reference: str) -> HttpResponse:
    """Note when and to whom the identity was passed on outside Quorate."""
    case, title = own_case(request, reference), "Note that the identity was passed on"
    form = IdentityForm(posted(request), initial=IdentityForm.of(case))
    if request.method == "POST" and form.is_valid():
        seen = request.POST.get("seen") or "none"
        try:
            done = wrote(form, lambda: actions.note_identity_passed(
                by=request.user, case=case, seen=seen, **form.cleaned_data
            ))
        except ChangedSince:
            now = own_case(request, reference)
            return changed_since(
                request, form, now, name=now.reference, seen=fingerprint(now, IDENTITY_SEEN),
                crumbs=crumbs(now, "Changed since"), back=back(now), values=IdentityForm.of(now),
            )
        if done is not None:
            words = "It is noted that the identity was passed on."
            return saved(request, case, words if done else "Nothing differs: nothing was written.")
    return page(request, case, form, title, NOTE_LEAD, fingerprint(case, IDENTITY_SEEN))


def action(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """Tick off an agreed action, or take the tick back."""
    case = own_case(request, reference)
    row = get_object_or_404(case.actions, pk=number)
    form = ActionForm(posted(request), initial={"done_on": row.done_on or today()})
    form.fields["done_on"].required = not row.done_on
    if request.method == "POST" and form.is_valid():
        seen = request.POST.get("seen") or "none"
        on = form.cleaned_data["done_on"]
        try:
            done = wrote(form, lambda: actions.mark_action(
                by=request.user, action=row, done_on=on, seen=seen
            ))
        except ChangedSince:
            now = case.actions.get(pk=number)
            return changed_since(
                request, form, now, name=now.text, seen=fingerprint(now, ACTION_SEEN),
                crumbs=crumbs(case, "Changed since"), back=back(case),
            )
        if done is not None:
            words = "The action is ticked off." if on else "The action is open again."
            return saved(request, case, words if done else "Nothing differs: nothing was written.")
    return page(request, case, form, "Tick off an agreed action", lead_of(row),
                fingerprint(row, ACTION_SEEN))


def lead_of(row: AgreedAction) -> str:
    return f"“{row.text}” Owner: {row.owner}. Agreed until {longdate(row.due_on)}."
