"""The partnership's agencies: the list, one agency, adding, changing, and which stand under which."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Exists, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, Lower
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from partnership.actions import add_agency, agency_seen, change_agency
from partnership.exporting import download
from partnership.filters import AgencyFilter
from partnership.forms import posted
from partnership.forms.places import AgencyForm
from partnership.models import (
    Agency,
    AgencyOffer,
    Grant,
    Membership,
    StaffMember,
    UserCheck,
    today,
)
from partnership.reach import can
from partnership.roles import Permission, Role
from partnership.stale import ChangedSince
from partnership.templatetags.quorate import longdate
from partnership.views.editing import changed_since, tried
from partnership.views.listing import chosen_sort, headings, page_of

SET_UP = {"text": "Set-up", "href": "/set-up/"}
NO_LEAD = {"text": "No lead", "tag_colour": "red"}
COLUMNS = {
    "name": "Agency", "code": "Code", "sector": "Sector", "people": "People in post", "users": "Users",
    "lead": "Led by", "checked": "Users confirmed", "partnership": "Partnership",
}
SORTS = {
    "name": Lower("agency__name"), "code": F("code"), "sector": F("agency__sector"), "people": F("people"),
    "users": F("users"), "lead": F("leads"), "checked": F("checked_at"),
    "partnership": F("partnership__name"),
}
TAKEN = "Another agency has that name or that code. Choose another, or look for it on the list."


def must_manage(request: HttpRequest) -> None:
    """These pages are for those who look after a partnership."""
    if not can(request.user, Permission.MANAGE_AGENCIES):
        raise PermissionDenied


def crumbs(*more: dict[str, str]) -> list[dict[str, str]]:
    agencies = {"text": "Agencies", "href": reverse("partnership:agency-list")}
    return [{"text": "Home", "href": "/"}, SET_UP, agencies, *more]


def counted(rows: QuerySet) -> QuerySet:
    """With how many people, users and leads each agency has today, and when its users were confirmed."""
    day, of_agency = today(), {"agency": OuterRef("agency")}

    def number(found: QuerySet, of: str) -> Coalesce:
        counts = found.order_by().values("agency").annotate(n=Count(of, distinct=True)).values("n")
        return Coalesce(Subquery(counts), 0)

    # unscoped: counts of agencies within reach, without names
    staff = StaffMember.objects.in_post(day).filter(**of_agency)
    # unscoped: as above
    grants = Grant.objects.in_force(day).filter(**of_agency, user__is_active=True)
    leads = leading("agency")
    # unscoped: when users were confirmed, of agencies within reach
    checks = UserCheck.objects.filter(**of_agency).order_by("-confirmed_at")
    return rows.annotate(
        people=number(staff, "pk"), users=number(grants, "user"), leads=number(leads, "user"),
        led_above=Exists(leading("agency__parent")), checked_at=Subquery(checks.values("confirmed_at")[:1]),
    )


def leading(where: str) -> QuerySet:
    """The leads of an agency today; of the agency above too, since they lead its parts."""
    # unscoped: whether there is one, and how many, of agencies within reach
    return Grant.objects.in_force(today()).filter(
        agency=OuterRef(where), role=Role.AGENCY_LEAD, user__is_active=True
    )


def reached(request: HttpRequest) -> QuerySet:
    rows = Membership.objects.within_reach(request.user, Permission.MANAGE_AGENCIES)
    return rows.select_related("agency__parent", "partnership")


def listed(request: HttpRequest) -> tuple[AgencyFilter, tuple[str, bool], QuerySet]:
    """The agencies that were asked for, in the order that was asked for."""
    must_manage(request)
    narrowed = AgencyFilter(request.GET, queryset=reached(request), user=request.user)
    now = chosen_sort(request.GET.get("sort", ""), SORTS, "name")
    order = SORTS[now[0]].desc() if now[1] else SORTS[now[0]].asc()
    return narrowed, now, counted(narrowed.qs).order_by(order, "agency__name", "pk")


def agency_list(request: HttpRequest) -> HttpResponse:
    """Every agency of one's partnerships; what waits for an answer stands on top."""
    narrowed, now, rows = listed(request)
    names = [name for name in COLUMNS if name != "partnership" or len(narrowed.places) > 1]
    page = page_of(request, rows)
    return render(request, "partnership/agency_list.html", {
        "filter": narrowed.form, "narrowed": narrowed.narrowed, "page": page,
        "columns": headings(request, {n: COLUMNS[n] for n in names}, SORTS, now, ("people", "users")),
        "rows": [[cells(row)[name] for name in names] for row in page],
        "without_lead": without_lead(request), "files": [download(request, "partnership:agency-list-file")],
        "groups": groups(request), "offers": offers(request),
        "crumbs": [*crumbs()[:-1], {"text": "Agencies", "href": ""}],
    })


def without_lead(request: HttpRequest) -> int:
    rows = Membership.objects.within_reach(request.user, Permission.MANAGE_AGENCIES)
    alone = rows.filter(~Exists(leading("agency")), ~Exists(leading("agency__parent")))
    return alone.values("agency").distinct().count()


def cells(row: Membership) -> dict[str, Any]:
    agency = row.agency
    href = reverse("partnership:agency-detail", args=[row.pk])
    users = f"{reverse('partnership:user-list')}?{urlencode({'agency': agency.pk})}"
    return {
        "name": {"text": agency.name, "href": href, "hint": f"part of {agency.parent}" if agency.parent else ""},
        "code": row.code,
        "sector": agency.get_sector_display(),
        "people": row.people,
        "users": {"text": row.users, "href": users, "hidden": f"users of {agency}"},
        "lead": led_by(row),
        "checked": longdate(row.checked_at) or "Never",
        "partnership": row.partnership.name,
    }


def led_by(row: Membership) -> dict[str, str]:
    if row.leads:
        return {"text": f"{row.leads} lead{'' if row.leads == 1 else 's'}"}
    return {"text": f"{row.agency.parent}"} if row.led_above else NO_LEAD


def groups(request: HttpRequest) -> QuerySet:
    """Agencies above others that are in no partnership themselves."""
    return Agency.objects.managed_by(request.user).filter(memberships=None).annotate(
        number=Count("parts")
    ).order_by("name")


def offers(request: HttpRequest) -> dict[str, list[AgencyOffer]]:
    """What waits for an answer of ours, and what we wait for."""
    rows = AgencyOffer.objects.visible_to(request.user).filter(answered_at=None)
    found = list(rows.select_related("agency", "giver", "taker"))
    ours = set(rows.received_by(request.user).values_list("pk", flat=True))
    return {"to_us": [o for o in found if o.pk in ours], "by_us": [o for o in found if o.pk not in ours]}


# --- One agency -----------------------------------------------------------------------------------


def found_membership(request: HttpRequest, number: int) -> Membership:
    return get_object_or_404(reached(request), pk=number)


def detail(request: HttpRequest, number: int) -> HttpResponse:
    """What is known of one agency, and what can be done with it."""
    found_membership(request, number)
    row = get_object_or_404(counted(reached(request)), pk=number)
    return render(request, "partnership/agency_detail.html", {
        "row": row, "agency": row.agency, "rows": facts(request, row),
        "crumbs": crumbs({"text": row.agency.name, "href": ""}),
        "buttons": [
            {"text": "Change", "href": reverse("partnership:agency-change", args=[row.pk])},
            {"text": "Give somebody a role", "kind": "secondary",
             "href": f"{reverse('partnership:user-invite')}?agency={row.agency_id}"},
            {"text": "Offer it to another partnership", "kind": "secondary",
             "href": reverse("partnership:agency-offer", args=[row.pk])},
        ],
    })


def facts(request: HttpRequest, row: Membership) -> list[dict[str, Any]]:
    agency = row.agency
    users = f"{reverse('partnership:user-list')}?{urlencode({'agency': agency.pk})}"
    parts = Agency.objects.managed_by(request.user).filter(parent=agency)
    check = agency.user_checks.select_related("confirmed_by").first()
    led = led_by(row)
    leads = "\n".join(names_of_leads(request, agency))
    confirmed = f"{longdate(check.confirmed_at)}, by {check.confirmed_by}" if check else "Never"
    return [
        {"key": "Code", "value": row.code, "hint": row.partnership.name},
        {"key": "Sector", "value": agency.get_sector_display()},
        {"key": "Part of", "value": agency.parent or "No other agency"},
        {"key": "Its parts", "value": "\n".join(map(str, parts)) or "None"},
        {"key": "Led by", "value": leads or led["text"], "tag_colour": led.get("tag_colour")},
        {"key": "People in post", "value": row.people},
        {"key": "Last full staff list", "value": longdate(agency.staff_list_on) or "None yet"},
        {"key": "Users", "value": f"{row.users} with a role in force", "action_href": users, "action_text": "See"},
        {"key": "Users last confirmed", "value": confirmed},
    ]


def names_of_leads(request: HttpRequest, agency: Agency) -> list[str]:
    rows = Grant.objects.kept_by(request.user).in_force(today())
    rows = rows.filter(agency=agency, role=Role.AGENCY_LEAD, user__is_active=True)
    return sorted(set(rows.values_list("user__name", flat=True)))


def shown(
    request: HttpRequest, template: str, form: forms.Form, title: str, **more: Any
) -> HttpResponse:
    status = more.pop("status", 422 if form.errors else 200)
    return render(request, template, {
        "form": form, "title": title, "crumbs": crumbs({"text": title, "href": ""}),
        "back": reverse("partnership:agency-list"), **more,
    }, status=status)


def add(request: HttpRequest) -> HttpResponse:
    """A new agency in one of the manager's partnerships."""
    must_manage(request)
    form = AgencyForm(posted(request), user=request.user)
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        place = data.pop("partnership", None) or form.partnership
        row = tried(form, lambda: add_agency(by=request.user, partnership=place, **data), TAKEN)
        if row:
            messages.success(
                request, f"{row.agency} is in {place}. Next: give somebody the role of agency lead there."
            )
            return redirect("partnership:agency-detail", row.pk)
    return shown(request, "partnership/plain_form.html", form, "Add an agency", submit="Add the agency")


def change(request: HttpRequest, number: int) -> HttpResponse:
    """Change an agency; what somebody else changed meanwhile is not overwritten."""
    row = found_membership(request, number)
    there = values(row)
    form = AgencyForm(posted(request), user=request.user, membership=row, initial=there)
    back = reverse("partnership:agency-detail", args=[row.pk])
    if request.method == "POST" and form.is_valid():
        seen = request.POST.get("seen") or "none"
        try:
            done = tried(form, lambda: change_agency(
                by=request.user, membership=row, seen=seen, **form.cleaned_data
            ), TAKEN)
        except ChangedSince:
            now = found_membership(request, number)
            return changed_since(
                request, form, now.agency, name=str(now), seen=agency_seen(now), back=back,
                crumbs=crumbs({"text": "Changed since", "href": ""}), values=values(now),
            )
        if done is not None:
            messages.success(request, f"{row.agency} is saved." if done else "Nothing differs: nothing was written.")
            return redirect(back)
    return shown(
        request, "partnership/plain_form.html", form, "Change an agency", caption=str(row), back=back,
        seen=request.POST.get("seen") or agency_seen(row),
    )


def values(row: Membership) -> dict[str, Any]:
    agency = row.agency
    return {"name": agency.name, "code": row.code, "sector": agency.sector, "parent": agency.parent}
