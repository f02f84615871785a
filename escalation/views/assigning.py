"""Giving a case to another decision-maker: the manager's page."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from escalation.actions import MoveRefused, assign_decider
from escalation.actions.assigning import free_deciders
from escalation.models import Escalation
from escalation.sides import manages
from escalation.views.case import crumbs
from escalation.views.reaching import visible_case
from partnership.forms import put_errors
from partnership.models import User

TITLES = {True: "Say who decides", False: "Say who may open it again"}
LEADS = {
    True: "Only decision-makers in office who take no part in the case can be chosen.",
    False: "A closed case is opened again by the person who is to decide it. Only decision-makers in "
    "office who take no part in the case can be chosen.",
}


class DeciderForm(forms.Form):
    decider = forms.ModelChoiceField(User.objects.none(), label="Decision-maker", empty_label="Choose")  # unscoped: empty

    def __init__(self, *args, case: Escalation, **options) -> None:
        super().__init__(*args, **options)
        free = [user.pk for user in free_deciders(case)]
        self.fields["decider"].queryset = User.objects.filter(pk__in=free)  # unscoped: those found free


def decider(request: HttpRequest, reference: str) -> HttpResponse:
    """Choose who decides a case, or may open it again; for the partnership's manager only."""
    case = visible_case(request, reference)
    if not manages(request.user, case):
        raise Http404
    is_open = case.closed_at is None
    title, lead = TITLES[is_open], LEADS[is_open]
    form = DeciderForm(request.POST or None, case=case, initial={"decider": case.decider_id})
    if request.method == "POST" and form.is_valid():
        try:
            assign_decider(by=request.user, case=case, decider=form.cleaned_data["decider"])
        except (ValidationError, MoveRefused) as error:
            put_errors(form, as_validation(error), {})
        else:
            what = "is to decide" if is_open else "may open again"
            messages.success(request, f"{form.cleaned_data['decider']} {what} {case}.")
            return redirect("escalation:detail", case.reference)
    page = {"form": form, "case": case, "title": title, "lead": lead, "crumbs": crumbs(case, title)}
    return render(request, "escalation/beside.html", page, status=422 if form.errors else 200)


def as_validation(error: ValidationError | MoveRefused) -> ValidationError:
    return error if isinstance(error, ValidationError) else ValidationError(str(error))
