"""Sharing an agency with another partnership: one offers, the other accepts."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from partnership.actions import accept_offer, decline_offer, offer_agency, withdraw_offer
from partnership.forms import posted
from partnership.forms.places import AcceptForm, OfferForm
from partnership.models import AgencyOffer
from partnership.views.agencies import found_membership, shown
from partnership.views.editing import tried

TAKEN = "That agency or that code is in the partnership already."


def offer(request: HttpRequest, number: int) -> HttpResponse:
    """Offer an agency of one's own to a partnership; nothing is shown there until it accepts."""
    row = found_membership(request, number)
    form = OfferForm(posted(request), membership=row)
    if request.method == "POST" and form.is_valid():
        taker = form.cleaned_data["taker"]
        made = tried(form, lambda: offer_agency(
            by=request.user, agency=row.agency, giver=row.partnership, taker=taker
        ), TAKEN)
        if made:
            messages.success(request, f"{row.agency} is offered to {taker}. Its manager was told.")
            return redirect("partnership:agency-list")
    return shown(
        request, "partnership/offer.html", form, "Offer an agency", caption=str(row.agency),
        submit="Offer the agency", choices=form.fields["taker"].queryset.exists(),
    )


def received(request: HttpRequest, number: int) -> AgencyOffer:
    """An offer to one of the manager's partnerships, answered or not, or 404."""
    rows = AgencyOffer.objects.visible_to(request.user).received_by(request.user)
    return get_object_or_404(rows.select_related("agency", "giver", "taker"), pk=number)


def accept(request: HttpRequest, number: int) -> HttpResponse:
    """Take the agency in, under a code of one's own."""
    found = received(request, number)
    form = AcceptForm(posted(request))
    if request.method == "POST" and form.is_valid():
        row = tried(form, lambda: accept_offer(by=request.user, offer=found, **form.cleaned_data), TAKEN)
        if row:
            messages.success(request, f"{row.agency} is in {row.partnership}, under the code {row.code}.")
            return redirect("partnership:agency-detail", row.pk)
    return shown(
        request, "partnership/accept.html", form, "Accept an agency", caption=str(found.agency),
        offer=found, submit="Accept the agency",
    )


def decline(request: HttpRequest, number: int) -> HttpResponse:
    """Do without it; only looking at the address does nothing."""
    found = received(request, number)
    said = f"{found.agency} was declined. {found.giver} was told."
    return done(request, lambda: decline_offer(by=request.user, offer=found), said)


def done(request: HttpRequest, act: Callable[[], None], said: str) -> HttpResponse:
    """What was pressed on the list, and back to it."""
    if request.method == "POST":
        try:
            act()
            messages.success(request, said)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
    return redirect("partnership:agency-list")


def withdraw(request: HttpRequest, number: int) -> HttpResponse:
    """Take back an offer of one's own."""
    rows = AgencyOffer.objects.visible_to(request.user).made_by(request.user)
    found = get_object_or_404(rows.select_related("agency", "taker"), pk=number)
    said = f"{found.agency} is no longer offered to {found.taker}."
    return done(request, lambda: withdraw_offer(by=request.user, offer=found), said)
