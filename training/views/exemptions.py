"""Exempting a person for a time, and ending that earlier."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from partnership.forms import posted, put_errors
from partnership.models import StaffMember, today
from partnership.roles import Permission
from partnership.templatetags.quorate import longdate
from training import actions
from training.due import in_words
from training.forms import EndExemptionForm, ExemptForm
from training.models import Exemption, Requirement
from training.standing import open_book
from training.views.reaching import crumbs, person_page, person_within


def exempt(request: HttpRequest, number: int) -> HttpResponse:
    """Exempt a person from one requirement, or from all that is asked."""
    person = person_within(request, number, Permission.MANAGE_STAFF)
    form = ExemptForm(posted(request), asked=asked_of(person), initial={"from_on": today()})
    if request.method == "POST" and form.is_valid():
        try:
            row = actions.exempt(by=request.user, staff_member=person, **form.cleaned_data)
        except ValidationError as error:
            put_errors(form, error)
        else:
            until = longdate(row.until_on)
            messages.success(request, f"{person.name} is exempt. The training is asked for again from {until}.")
            return redirect(person_page(person))
    return render(request, "training/exempt.html", {
        "form": form, "person": person, "crumbs": crumbs(request, person, "Exempt"),
    }, status=422 if form.errors else 200)


def asked_of(person: StaffMember) -> list[Requirement]:
    """What is asked of the person today."""
    own = StaffMember.objects.filter(pk=person.pk)  # unscoped: the person found within reach
    book = open_book(own)
    return [asked for one in book.people for asked in book.asked_of(one, today())]


def end(request: HttpRequest, number: int) -> HttpResponse:
    """End an exemption earlier than it was made for."""
    reach = Exemption.objects.within_reach(request.user, Permission.MANAGE_STAFF)
    row = get_object_or_404(
        reach.select_related("staff_member__agency", "requirement"), pk=number
    )
    person = row.staff_member
    earliest = max(today(), row.from_on + timedelta(days=1))
    form = EndExemptionForm(posted(request), row=row, initial={"until_on": earliest})
    if request.method == "POST" and form.is_valid():
        try:
            actions.end_exemption(by=request.user, exemption=row, **form.cleaned_data)
        except ValidationError as error:
            put_errors(form, error)
        else:
            day = longdate(form.cleaned_data["until_on"])
            messages.success(request, f"The exemption ends. The training is asked for again from {day}.")
            return redirect(person_page(person))
    return render(request, "training/exemption_end.html", {
        "form": form, "person": person, "row": row,
        "what": in_words(row.requirement) if row.requirement else "Everything that is asked",
        "crumbs": crumbs(request, person, "End an exemption"),
    }, status=422 if form.errors else 200)
