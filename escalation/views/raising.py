"""Raising a case: from nothing, from a meeting, or from a suggestion."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from conferences.models import Meeting
from escalation import actions
from escalation.actions.raising import policy_in_force
from escalation.casebook import due_words
from escalation.choices import SuggestionState
from escalation.forms.raising import RaiseForm
from escalation.models import Escalation, Policy, Suggestion
from escalation.views.case import DANGER
from partnership.forms import put_errors
from partnership.models import Partnership, today
from partnership.reach import can
from partnership.roles import Permission

CRUMBS = [{"text": "Home", "href": "/"}]


def raise_case(request: HttpRequest) -> HttpResponse:
    """The form, for the partnership that is asked for or the only one."""
    if not can(request.user, Permission.RAISE_ESCALATION):
        raise PermissionDenied
    suggestion = asked_suggestion(request)
    if suggestion and suggestion.state != SuggestionState.OPEN and request.method != "POST":
        messages.error(request, "That suggestion has already been handled.")
        return redirect("escalation:suggestion-list")
    partnership = suggestion.partnership if suggestion else asked_partnership(request)
    if partnership is None:
        return choose(request)
    form = RaiseForm(
        request.POST or None,
        user=request.user,
        partnership=partnership,
        suggestion=suggestion,
        policy=policy_of(partnership),
        meeting=request.GET.get("meeting", ""),
    )
    if request.method == "POST" and form.is_valid():
        case = attempt(request, form, partnership, suggestion)
        if case is not None:
            return redirect("escalation:detail", case.reference)
    status = 422 if form.errors else 200
    return render(
        request,
        "escalation/raise.html",
        {
            "form": form,
            "partnership": partnership,
            "suggestion": suggestion,
            "danger": DANGER,
            "policy": form.policy,
            "stopped": form.stopped,
            "crumbs": crumbs(suggestion),
            "several": partnerships(request).count() > 1,
            "suggested_meetings": suggested_meetings(request, suggestion),
        },
        status=status,
    )


def partnerships(request: HttpRequest):
    return Partnership.objects.within_reach(request.user, Permission.RAISE_ESCALATION).order_by(
        "name"
    )


def asked_partnership(request: HttpRequest) -> Partnership | None:
    """The one that the address names (404 when out of reach), else the only one."""
    reach = partnerships(request)
    code = request.GET.get("partnership", "")
    if code:
        return get_object_or_404(reach, code=code)
    found = list(reach[:2])
    return found[0] if len(found) == 1 else None


def asked_suggestion(request: HttpRequest) -> Suggestion | None:
    """The suggestion that the address names, or 404; handled ones too, so that nothing typed is lost."""
    number = request.GET.get("suggestion", "")
    if not number:
        return None
    if not number.isdecimal() or len(number) > 18:
        raise Http404
    reach = Suggestion.objects.within_reach(request.user, Permission.ACT_ON_SUGGESTIONS)
    return get_object_or_404(reach.select_related("partnership", "about"), pk=number)


def policy_of(partnership: Partnership) -> Policy | None:
    try:
        return policy_in_force(partnership, today())
    except ValidationError:
        return None


def choose(request: HttpRequest) -> HttpResponse:
    """Which partnership: for those who work in several."""
    found = list(partnerships(request))
    if not found:
        raise PermissionDenied
    kept = request.GET.copy()
    links = []
    for row in found:
        kept["partnership"] = row.code
        links.append(
            {
                "text": f"{row.name} {row.label}",
                "href": f"{reverse('escalation:raise')}?{kept.urlencode()}",
            }
        )
    return render(
        request,
        "escalation/raise_where.html",
        {"links": links, "danger": DANGER, "crumbs": crumbs(None)},
    )


def crumbs(suggestion: Suggestion | None) -> list[dict]:
    found = [*CRUMBS, {"text": "Escalations", "href": reverse("escalation:queue")}]
    if suggestion:
        found.append({"text": "Suggestions", "href": reverse("escalation:suggestion-list")})
    return [*found, {"text": "Raise an escalation", "href": ""}]


def suggested_meetings(request: HttpRequest, suggestion: Suggestion | None) -> list[dict]:
    """The suggestion's meetings, as links where the person may open them."""
    if suggestion is None:
        return []
    visible = Meeting.objects.visible_to(request.user).filter(suggestions=suggestion)
    return [
        {
            "text": row.reference,
            "words": f"{row.get_kind_display()}, ",
            "on": row.held_on,
            "href": reverse(
                "conferences:meeting-detail", args=[suggestion.partnership.code, row.reference]
            ),
        }
        for row in visible.order_by("held_on", "reference")
    ]


def attempt(
    request: HttpRequest, form: RaiseForm, partnership: Partnership, suggestion: Suggestion | None
) -> Escalation | None:
    """Raise it; what the action refuses stands in the form."""
    try:
        with transaction.atomic():
            twin = None if suggestion else already(request, form, partnership)
            case = twin or (
                by_suggestion(request, form, suggestion)
                if suggestion
                else afresh(request, form, partnership)
            )
    except ValidationError as error:
        put_errors(form, error)
        return None
    if twin:
        messages.info(request, f"You have raised this already: it is {case.reference}.")
        return case
    stage = case.stages.select_related("policy_stage").get()
    stage.escalation = case
    due = due_words(stage)
    words = f"An answer is due by {due}." if due else "The first stage has no limit."
    messages.success(request, f"{case.reference} is raised. {words}")
    return case


def already(request: HttpRequest, form: RaiseForm, partnership: Partnership) -> Escalation | None:
    """The case that this very form has raised, when it is sent twice."""
    return actions.raised_just_now(by=request.user, partnership=partnership, **form.told())


def afresh(request: HttpRequest, form: RaiseForm, partnership: Partnership) -> Escalation:
    return actions.raise_escalation(by=request.user, partnership=partnership, **form.told())


def by_suggestion(request: HttpRequest, form: RaiseForm, suggestion: Suggestion) -> Escalation:
    """Agency, grounds and meetings are the suggestion's."""
    told = form.told()
    names = ("raised_for", "concern", "outcome_wanted", "urgent")
    case = actions.accept_suggestion(
        by=request.user, suggestion=suggestion, **{name: told[name] for name in names}
    )
    if told["identity_passed_on"]:
        actions.note_identity_passed(
            by=request.user,
            case=case,
            on=told["identity_passed_on"],
            to=told["identity_passed_to"],
            file_noted=told["file_noted"],
        )
    return case
