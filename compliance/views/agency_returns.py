"""One agency's return: what it confirms, signing, a nil return, taking back and sending back."""

from __future__ import annotations

import json
from collections.abc import Callable
from types import NoneType
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from compliance import actions
from compliance.forms.returns import NilForm, SendBackForm, SignForm
from compliance.measures.returned import CHECKS
from compliance.models import AgencyReturn, ReturnSignOff
from compliance.views.return_page import Page
from compliance.views.returns import address_of, crumbs
from compliance.views.told import told
from partnership.forms import posted
from partnership.models import today
from partnership.roles import Permission
from partnership.stale import ChangedSince
from partnership.templatetags.quorate import longdate
from partnership.views.editing import tried

P = Permission
TAKEN = "Somebody of your agency signed this in the same moment."
SIGN_OFF_COLUMNS = [{"text": text} for text in ("Signed on", "By", "What", "What became of it")]


# --- Looking and signing --------------------------------------------------------------------------


def return_agency(request: HttpRequest, number: int, agency: str) -> HttpResponse:
    """What the agency confirms, and where its lead signs."""
    page = Page(request, number, agency)
    form = SignForm(posted(request), initial=signer(request, page.row)) if page.signs else None
    if request.method == "POST" and form:
        return sign(page, form, "compliance/return_agency.html")
    return page.shown("compliance/return_agency.html", form=form, **written(page))


def return_nil(request: HttpRequest, number: int, agency: str) -> HttpResponse:
    """A nil return: that there is nothing to report, and why."""
    page = signing(request, number, agency)
    if page.why_not:
        messages.info(request, page.why_not)
        return redirect(address_of(page.row))
    form = NilForm(posted(request), initial=signer(request, page.row))
    if request.method == "POST":
        return sign(page, form, "compliance/return_nil.html", title="Nil return")
    return page.shown("compliance/return_nil.html", form=form, title="Nil return")


def signing(request: HttpRequest, number: int, agency: str) -> Page:
    """The return of an agency for which the person signs, or 404."""
    own = AgencyReturn.objects.within_reach(request.user, P.SIGN_OFF_REPORT)
    get_object_or_404(own, round__pk=number, membership__code=agency)
    return Page(request, number, agency)


def signer(request: HttpRequest, row: AgencyReturn) -> dict[str, Any]:
    """What the form begins with: who is signed in, and the day of the last full staff list."""
    person = request.user.staff_member if request.user.staff_member_id else None
    listed = row.membership.agency.staff_list_on
    return {
        "name": request.user.name, "role": person.job_title if person else "",
        "staff_complete_on": listed if listed and listed in row.round.term else None,
    }


def sign(page: Page, form: forms.Form, template: str, **more: Any) -> HttpResponse:
    """Sign what was looked at; when its numbers changed meanwhile both versions are shown."""
    row, request = page.row, page.request
    if page.standing:  # a second press, or another lead was quicker
        messages.info(request, page.why_not)
        return redirect(address_of(row))
    seen = request.POST.get("seen") or "none"
    if form.is_valid():
        try:
            signed = tried(form, lambda: actions.sign_return(
                by=request.user, row=row, seen=seen, **form.cleaned_data
            ), TAKEN)
        except ChangedSince:
            return page.shown(template, 409, form=form, before=read(seen), **more, **written(page))
        if signed:
            messages.success(request, in_words(row, signed))
            return redirect(address_of(row))
    return page.shown(template, 422, form=form, **more, **written(page))


def read(seen: str) -> dict[str, Any]:
    """The numbers as the page had them; what nobody can read differs in everything."""
    try:
        found = json.loads(seen)
    except (ValueError, RecursionError):
        found = None
    known = {check.key for check in CHECKS}
    good = isinstance(found, dict) and all(is_number(found.get(key)) for key in known)
    if not good or not isinstance(found.get("staff_list_on"), (str, NoneType)):
        return dict.fromkeys(known, "–")
    return found


def is_number(value: Any) -> bool:
    """Whether it is a number of the checks: a count, or so many of so many."""
    pair = isinstance(value, list) and len(value) == 2
    return all(isinstance(one, int) for one in value) if pair else isinstance(value, int)


def in_words(row: AgencyReturn, signed: ReturnSignOff) -> str:
    what = "The nil return" if signed.nil_reason else "The return"
    return f"{what} of {row.membership.agency} for {row.round.term_name} is signed. Thank you."


def written(page: Page) -> dict[str, Any]:
    """All that was ever signed here; by whom is for the agency and for the manager."""
    names = page.signs or page.manages
    columns = [column for column in SIGN_OFF_COLUMNS if names or column["text"] != "By"]
    return {
        "sign_offs": [sign_off_cells(one, names) for one in page.signed],
        "sign_off_columns": columns, "names": names,
        "may_send_back": page.manages and bool(page.standing) and not page.row.round.closed_at,
        "may_take_back": page.signs and bool(page.standing) and not page.row.round.closed_at
        and today() <= page.row.round.due_on,
        "sent_back": next((one for one in page.signed[:1] if one.ended_how == "sent_back"), None),
    }


def sign_off_cells(one: ReturnSignOff, names: bool) -> list[dict[str, Any]]:
    what = one.get_nil_reason_display() if one.nil_reason else f"Staff list complete as at {longdate(one.staff_complete_on)}"
    found = [
        {"text": longdate(one.signed_on), "header": True},
        {"text": "Nil return" if one.nil_reason else "Data confirmed", "hint": what},
        {"text": "Stands"} if not one.ended_at else {
            "text": f"{one.get_ended_how_display()} on {longdate(one.ended_at)}",
            "hint": one.ended_reason if names else "",
        },
    ]
    return [found[0], {"text": one.name, "hint": one.role}, *found[1:]] if names else found


# --- Back -----------------------------------------------------------------------------------------


def return_take_back(request: HttpRequest, number: int, agency: str) -> HttpResponse:
    """The agency takes its own sign-off back, until the due date."""
    page = signing(request, number, agency)
    return done(page, lambda: actions.take_back_return(by=request.user, row=page.row),
                "Taken back. What was signed is kept below; sign again when it is right.")


def done(page: Page, act: Callable[[], Any], words: str) -> HttpResponse:
    """An address for changes only: what came of it is said on the return's own page."""
    if page.request.method == "POST":
        try:
            act()
            messages.success(page.request, words)
        except ValidationError as error:
            messages.error(page.request, " ".join(error.messages))
    return redirect(address_of(page.row))


def return_send_back(request: HttpRequest, number: int, agency: str) -> HttpResponse:
    """The manager sends a return back, with a reason that the agency reads."""
    rows = AgencyReturn.objects.within_reach(request.user, P.MANAGE_AGENCIES)
    rows = rows.select_related("round__partnership", "membership__agency")
    row = get_object_or_404(rows, round__pk=number, membership__code=agency)
    if row.round.closed_at or not row.sign_offs.standing().exists():
        messages.info(request, "No sign-off stands here that could be sent back.")
        return redirect(address_of(row))
    form = SendBackForm(posted(request))
    if request.method == "POST" and form.is_valid():
        done = tried(form, lambda: actions.send_back_return(
            by=request.user, row=row, reason=form.cleaned_data["reason"]
        ) or True)
        if done:
            agency = row.membership.agency
            messages.success(request, f"The return of {agency} is sent back. {told([agency], 'Its leads get a mail.')}")
            return redirect(address_of(row))
    return render(request, "partnership/plain_form.html", {
        "form": form, "title": "Send the return back", "caption": str(row), "submit": "Send it back",
        "back": address_of(row),
        "lede": "What was signed is kept, and no longer stands. The agency mends what you write, and signs again.",
        "crumbs": crumbs(
            (row.round.term_name, reverse("compliance:return-detail", args=[number])),
            (row.membership.agency.name, address_of(row)), ("Send back", ""),
        ),
    }, status=422 if form.errors else 200)
