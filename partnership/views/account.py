"""One's own account: who one is here, what one may do and why, signing out everywhere."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from partnership.actions import sign_out_everywhere
from partnership.models import Grant, today
from partnership.reach import REACH, Reach
from partnership.roles import PERMISSION_SENTENCES, Role
from partnership.templatetags.quorate import longdate

HOW_FAR = {
    Reach.OWN: "only what is about yourself",
    Reach.PARTY: "only escalations in which you take part",
    Reach.ASSIGNED: "only escalations given to you",
}


def account(request: HttpRequest) -> HttpResponse:
    """Name, address, roles, and what they allow, in plain words."""
    user = request.user
    # unscoped: one's own
    grants = Grant.objects.filter(user=user).not_ended(today()).select_related("agency", "partnership")
    return render(request, "partnership/account.html", {
        "facts": [
            {"key": "Name", "value": user.name},
            {"key": "E-mail address", "value": user.email, "hint": "You sign in with it, and Quorate writes to it."},
            {"key": "Password", "value": "Known to you alone", "action_href": reverse("account_change_password")},
        ],
        "roles": [in_words(grant) for grant in grants.order_by("from_on", "pk")],
        "crumbs": [{"text": "Home", "href": "/"}, {"text": "Your account", "href": ""}],
    })


def in_words(grant: Grant) -> dict[str, Any]:
    """A role with its dates and what it allows."""
    begins = grant.from_on > today()
    dates = f"{'begins' if begins else 'since'} {longdate(grant.from_on)}"
    if grant.until_on:
        dates += f", until {longdate(grant.until_on)}"
    return {"title": str(grant), "dates": dates, "allows": allowed(Role(grant.role)), "begins": begins}


def allowed(role: Role) -> list[str]:
    """The sentences of what a role may do, with how far where that is not its whole place."""
    found = []
    for permission, reaches in REACH.items():
        reach = reaches.get(role)
        if reach:
            far = HOW_FAR.get(reach)
            found.append(f"{PERMISSION_SENTENCES[permission]}{f' ({far})' if far else ''}")
    return found


def sign_out(request: HttpRequest) -> HttpResponse:
    """End every session of this account, this one included."""
    if request.method != "POST":
        return redirect("partnership:account")
    sign_out_everywhere(by=request.user)
    logout(request)
    messages.success(request, "You are signed out everywhere. Sign in again where you want to go on.")
    return redirect("account_login")
