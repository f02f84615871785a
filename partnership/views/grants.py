"""Giving, ending and confirming roles; and saying whose account it is."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from partnership.actions import (
    confirm_users,
    end_grant,
    grant_role,
    link_staff,
    send_invitation,
    take_back_grant,
)
from partnership.forms import NUMBER, posted
from partnership.forms.users import CheckForm, EndForm, GrantForm, LinkForm
from partnership.models import Agency, Grant, StaffMember, User, today
from partnership.reach import can
from partnership.roles import Permission, Role
from partnership.stale import ChangedSince
from partnership.templatetags.quorate import longdate
from partnership.views.editing import tried
from partnership.views.users import crumbs, kept_grants, kept_users

TAKEN = "Somebody else changed this account in the same moment. Look again."


def another(request: HttpRequest, number: int) -> User:
    """A user whose roles the reader looks after; nobody does so for themselves."""
    return get_object_or_404(kept_users(request).exclude(pk=request.user.pk), pk=number)


def shown(request: HttpRequest, form: Any, person: User, title: str, **more: Any) -> HttpResponse:
    back = reverse("partnership:user-detail", args=[person.pk])
    return render(request, "partnership/plain_form.html", {
        "form": form, "title": title, "caption": person.name, "back": back,
        "crumbs": crumbs({"text": person.name, "href": back}, {"text": title, "href": ""}), **more,
    }, status=422 if form.errors else 200)


def grant(request: HttpRequest, number: int) -> HttpResponse:
    """Another role for a user who is there."""
    person = another(request, number)
    form = GrantForm(posted(request), by=request.user, initial={"from_on": today()})
    if request.method == "POST" and form.is_valid():
        row = tried(form, lambda: grant_role(by=request.user, user=person, **form.cleaned_data))
        if row:
            messages.success(request, f"{person.name}: {row}, from {longdate(row.from_on)}.")
            return redirect("partnership:user-detail", person.pk)
    return shown(request, form, person, "Give a role", submit="Give the role")


def end(request: HttpRequest, number: int) -> HttpResponse:
    """End a role on a day; one that has not begun is taken back."""
    rows = kept_grants(request).exclude(user=request.user.pk)
    row = get_object_or_404(rows.select_related("user", "agency", "partnership"), pk=number)
    begun = row.from_on <= today()
    form = EndForm(posted(request), initial={"until_on": row.until_on or today()})
    if not begun:
        del form.fields["until_on"]
    if request.method == "POST" and form.is_valid():
        act = (lambda: ended(request, row, form)) if begun else (lambda: taken_back(request, row))
        if tried(form, act):
            return redirect("partnership:user-list") if not kept_users(request).filter(
                pk=row.user_id
            ).exists() else redirect("partnership:user-detail", row.user_id)
    lede = last_lead(row) if begun else f"It was to begin on {longdate(row.from_on)}, and has given nothing yet."
    return shown(
        request, form, row.user, "End a role" if begun else "Take back a role", lede=f"{row}. {lede}".strip(),
        submit="End the role" if begun else "Take it back", kind="warning",
    )


def last_lead(row: Grant) -> str:
    """What it means when nobody leads the agency any more; nothing where somebody else does."""
    # unscoped: whether anybody else leads an agency within reach
    others = Grant.objects.in_force(today()).filter(
        agency__in=[row.agency_id, row.agency and row.agency.parent_id], role=Role.AGENCY_LEAD,
        user__is_active=True,
    ).exclude(user=row.user_id)
    if row.role != Role.AGENCY_LEAD or others.exists():
        return ""
    return f"Nobody else leads {row.agency}: without a lead nobody keeps its staff list or hears of what it missed."


def ended(request: HttpRequest, row: Grant, form: EndForm) -> bool:
    day = form.cleaned_data["until_on"]
    end_grant(by=request.user, grant=row, until_on=day)
    word = "ended" if day <= today() else "ends"
    messages.success(request, f"{row.user.name}: {row} {word} on {longdate(day)}.")
    return True


def taken_back(request: HttpRequest, row: Grant) -> bool:
    take_back_grant(by=request.user, grant=row, on=today())
    messages.success(request, f"{row.user.name}: {row} was taken back.")
    return True


def send_again(request: HttpRequest, number: int) -> HttpResponse:
    """Another invitation: the first was lost, or its link has run out."""
    person = another(request, number)
    if request.method == "POST":
        try:
            send_invitation(by=request.user, user=person)
            messages.success(request, f"Another invitation is on its way to {person.email}.")
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
    return redirect("partnership:user-detail", person.pk)


def link(request: HttpRequest, number: int) -> HttpResponse:
    """Whose line of the lead's staff list an account is."""
    reach = StaffMember.objects.within_reach(request.user, Permission.MANAGE_STAFF)
    if not can(request.user, Permission.MANAGE_STAFF):
        raise Http404
    person = another(request, number)
    if person.staff_member_id and not reach.filter(pk=person.staff_member_id).exists():
        raise Http404  # belongs to somebody of another agency: nothing of that is told
    form = LinkForm(posted(request), by=request.user)
    if request.method == "POST" and form.is_valid():
        line = form.cleaned_data["line"]
        done = tried(form, lambda: link_staff(by=request.user, user=person, staff_member=line), TAKEN)
        if done is not None:
            messages.success(request, f"The account of {person.email} belongs to {line.name} of {line.agency}.")
            return redirect("partnership:user-detail", person.pk)
    return shown(
        request, form, person, "Link to the staff list", submit="Link",
        lede="Linked, they see their own training and meetings, and log their own training.",
    )


# --- Who still belongs ----------------------------------------------------------------------------


def check(request: HttpRequest) -> HttpResponse:
    """Look through an agency's users: end the roles of those who left, confirm the others."""
    agency = agency_asked(request)
    grants = list(
        agency.grants.not_ended(today()).select_related("user", "agency").order_by("user__name", "pk")
    )
    form = CheckForm(posted(request), by=request.user, grants=grants)
    status = 422 if form.errors else 200
    if request.method == "POST" and form.is_valid():
        try:
            row = confirm_users(
                by=request.user, agency=agency, on=today(), shown=numbers(request.POST.get("seen", "")),
                leavers=[user.pk for user in form.cleaned_data["leavers"]],
            )
        except ChangedSince as error:
            form.add_error(None, error)
            status = 409
        else:
            messages.success(request, f"{agency}: {row.users} user{'' if row.users == 1 else 's'} confirmed today, by you.")
            return redirect("partnership:user-list")
    return render(request, "partnership/user_check.html", {
        "form": form, "agency": agency, "last": agency.user_checks.select_related("confirmed_by").first(),
        "others": led(request).exclude(pk=agency.pk), "grants": grants,
        "seen": ",".join(str(one.pk) for one in grants),
        "mine": [one for one in grants if one.user_id == request.user.pk],
        "crumbs": crumbs({"text": "Confirm your users", "href": ""}),
    }, status=status)


def led(request: HttpRequest) -> Any:
    return Agency.objects.within_reach(request.user, Permission.MANAGE_OWN_USERS).order_by("name")


def agency_asked(request: HttpRequest) -> Agency:
    """The agency that was asked for, or the lead's first; none of theirs is no page."""
    if not can(request.user, Permission.MANAGE_OWN_USERS):
        raise PermissionDenied
    asked = request.GET.get("agency", "")
    if not asked:
        return led(request)[0]
    return get_object_or_404(led(request), pk=int(asked) if NUMBER.fullmatch(asked) else 0)


def numbers(text: str) -> list[int]:
    return [int(one) for one in text.split(",") if NUMBER.fullmatch(one)]
