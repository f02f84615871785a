"""Who must hold what: the partnership's requirements, and an agency's own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F, OuterRef, Q, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from partnership.exporting import download
from partnership.forms import posted
from partnership.models import Agency, Partnership, RoleGroup, StaffMember, today
from partnership.querysets import StaffQuerySet
from partnership.roles import Permission
from partnership.stale import ChangedSince, fingerprint
from partnership.templatetags.quorate import longdate
from partnership.views.editing import changed_since, tried
from training.actions import (
    REQUIREMENT_SEEN,
    AlreadyThere,
    add_requirement,
    change_requirement,
    end_requirement,
)
from training.due import in_words
from training.foreseen import foresee
from training.forms import ChangeForm, EndForm, RequirementFilter, RequirementForm, owners_of
from training.models import Course, Requirement
from training.querysets import RequirementQuerySet
from training.views.areas import PAGE, asked_order, column, crumbs, index, must, narrowed
from training.views.checking import checked
from training.views.courses import validity

P = Permission
ROUTE = "training:requirement-list"
LIST = {"text": "Who must hold what", "href": "/courses/requirements/"}
SORTS = {  # within each role group
    "what": ("first_course",), "owner": ("partnership__name", "agency__name"),
    "from": ("effective_from",), "until": ("effective_until",),
}


def changeable(request: HttpRequest) -> RequirementQuerySet:
    """The partnership's for those who keep its courses; an agency's own for its lead."""
    whole = Requirement.objects.within_reach(request.user, P.MANAGE_COURSES).filter(agency=None)
    own = Requirement.objects.within_reach(request.user, P.MANAGE_AGENCY_REQUIREMENTS)
    return whole | own.filter(partnership=None)


def listed(
    request: HttpRequest,
) -> tuple[RequirementFilter, tuple[str, bool], RequirementQuerySet]:
    """What is asked, as the list was asked for."""
    must(request, P.VIEW_MEASURES)
    listing = RequirementFilter(request.GET, queryset=Requirement.objects.visible_to(request.user))
    order = asked_order(request, SORTS, "owner")
    rows = listing.qs.select_related("role_group", "partnership", "agency").prefetch_related("courses")
    return listing, order, in_order(rows, order)


def requirement_list(request: HttpRequest) -> HttpResponse:
    """By role group, in words; what has ended when it is asked for."""
    listing, order, rows = listed(request)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    mine = set(changeable(request).filter(pk__in=[row.pk for row in page]).values_list("pk", flat=True))
    groups = [
        {"title": group.title, "rows": [cells(row, row.pk in mine) for row in found]}
        for group, found in groupby(page, key=lambda row: row.role_group)
    ]
    return render(request, "training/requirement_list.html", {
        "index": index(request.user, ROUTE), "filter": listing.form, "page": page, "groups": groups,
        "narrowed": narrowed(listing.form), "columns": columns(request, order), "manages": bool(owners_of(request.user)),
        "crumbs": crumbs(LIST["text"]), "files": [download(request, "training:requirement-list-file")],
    })


def in_order(rows: RequirementQuerySet, order: tuple[str, bool]) -> RequirementQuerySet:
    """By role group always; within it as asked, what has no end after what has one."""
    name, down = order
    asked = [F(one).desc(nulls_first=True) if down else F(one).asc(nulls_last=True) for one in SORTS[name]]
    usual = ("partnership__name", "agency__name", "-effective_from", "pk")
    # The first title by a subquery: a filter by course must not hide the others of "any one of".
    first = Course.objects.filter(requirements=OuterRef("pk")).order_by("title")  # unscoped: the catalogue
    found = rows.annotate(first_course=Subquery(first.values("title")[:1]))
    return found.order_by("role_group__title", *asked, *usual)


def columns(request: HttpRequest, order: tuple[str, bool]) -> list[dict[str, Any]]:
    return [
        column(request, "What", "what", order, header=True), column(request, "Asked by", "owner", order),
        column(request, "From", "from", order), column(request, "Until", "until", order),
        {"text": "What to do"},
    ]


def cells(row: Requirement, mine: bool) -> list[dict[str, Any]]:
    running = mine and (row.effective_until is None or row.effective_until > today())
    return [
        {"text": in_words(row), "hint": rules(row)}, {"text": str(row.partnership or row.agency)},
        {"text": longdate(row.effective_from)}, {"text": longdate(row.effective_until) or "–"},
        {"text": "Change or end", "href": reverse("training:requirement-change", args=[row.pk]),
         "hidden": f"{in_words(row)} for {row.role_group}"} if running else {"text": "–"},
    ]


def rules(row: Requirement) -> str:
    """The rest of what is asked: the rolling period, the starter's window, a shorter validity."""
    found = [f"over {validity(row.over_months).lower()}"] if row.over_months else []
    found.append(
        f"within {row.within_days} days of starting" if row.within_days else "from the first day"
    )
    if row.valid_months:
        found.append(f"at most {validity(row.valid_months).lower()} old")
    if row.effective_until and row.effective_until <= today():
        found.append("asked no more")
    elif row.effective_from > today():
        found.append("not asked yet")
    return ", ".join(found)


# --- Adding -------------------------------------------------------------------------------------------


def add(request: HttpRequest) -> HttpResponse:
    must(request, P.MANAGE_COURSES, P.MANAGE_AGENCY_REQUIREMENTS)
    form = RequirementForm(
        posted(request), user=request.user, initial={"effective_from": today(), "within_days": 0}
    )
    if request.method == "POST" and form.is_valid() and "back" not in request.POST:
        asked = form.asked()

        def act() -> Requirement:
            return add_requirement(by=request.user, **asked)

        people = concerned(asked["role_group"], asked.get("partnership"), asked.get("agency"))
        name = f"{asked['role_group']}, {asked.get('partnership') or asked.get('agency')}"
        answer = sure_or_check(
            request, form, act, people, asked["effective_from"], title="Check what changes",
            name=name, crumbs=crumbs(LIST, "Check"), said=f"Asked of {asked['role_group']} from "
            f"{longdate(asked['effective_from'])}.",
        )
        if answer:
            return answer
    return page(request, form, "Ask for training", "Add a requirement")


def page(
    request: HttpRequest, form: Any, title: str, last: str, row: Requirement | None = None,
    template: str = "training/requirement_form.html",
) -> HttpResponse:
    return render(request, template, {
        "form": form, "title": title, "row": row, "what": in_words(row) if row else "",
        "rules": rules(row) if row else "", "seen": fingerprint(row, REQUIREMENT_SEEN) if row else "",
        "crumbs": crumbs(LIST, last),
    }, status=422 if form.errors else 200)


def concerned(
    role_group: RoleGroup, partnership: Partnership | None, agency: Agency | None
) -> StaffQuerySet:
    """The people whom a requirement is asked of. Only counts of them are shown."""
    people = StaffMember.objects.filter(role_group=role_group)  # unscoped: counts for whoever sets the rule
    if agency:
        return people.filter(Q(agency=agency) | Q(agency__parent=agency))
    keys = people.counting_in(partnership.pk).values("pk")
    return people.filter(pk__in=keys)


def sure_or_check(
    request: HttpRequest, form: Any, act: Callable[[], Any], people: StaffQuerySet, from_on: date,
    *, said: str, seen: str = "", **shown: Any,
) -> HttpResponse | None:
    """Write it when it was looked at, else show what it changes; None when it was refused."""
    sure = "sure" in request.POST
    on = max(today(), from_on)
    done = tried(form, (lambda: once(act)) if sure else lambda: foresee(people, on, act))
    if isinstance(done, AlreadyThere):
        messages.info(request, " ".join(done.messages))
        return redirect(ROUTE)
    if done is None:
        return None
    if sure:
        messages.success(request, said)
        return redirect(ROUTE)
    return checked(request, form, words=[], foreseen=done, seen=seen, **shown)


def once(act: Callable[[], Any]) -> Any:
    """What the act gives; that it was done already, by a second click, is no fault."""
    try:
        return act()
    except AlreadyThere as there:
        return there


# --- Changing and ending --------------------------------------------------------------------------------


def one(request: HttpRequest, number: int) -> Requirement:
    rows = changeable(request).select_related("role_group", "partnership", "agency")
    return get_object_or_404(rows.prefetch_related("courses"), pk=number)


def change(request: HttpRequest, number: int) -> HttpResponse:
    """Ask something else from a day on: a new dated row, the old one kept."""
    row = one(request, number)
    form = ChangeForm(posted(request), requirement=row)
    seen = request.POST.get("seen") or "none"

    def act() -> Requirement:
        return change_requirement(by=request.user, requirement=row, seen=seen, **form.cleaned_data)

    if request.method == "POST" and form.is_valid() and "back" not in request.POST:
        day = form.cleaned_data["effective_from"]
        answer = dated(request, row, form, act, day, f"Changed for {row.role_group} from {longdate(day)}.")
        if answer:
            return answer
    return page(request, form, "Change what is asked", "Change", row)


def end(request: HttpRequest, number: int) -> HttpResponse:
    """Ask it no more from a day on."""
    row = one(request, number)
    form = EndForm(posted(request), initial={"effective_until": row.effective_until})
    seen = request.POST.get("seen") or "none"

    def act() -> bool:
        until = form.cleaned_data["effective_until"]
        return end_requirement(by=request.user, requirement=row, until=until, seen=seen)

    if request.method == "POST" and form.is_valid() and "back" not in request.POST:
        day = form.cleaned_data["effective_until"]
        answer = dated(request, row, form, act, day, f"Asked of {row.role_group} until {longdate(day)}.")
        if answer:
            return answer
    return page(request, form, "Ask for it no more", "End", row, "training/requirement_end.html")


def dated(
    request: HttpRequest, row: Requirement, form: Any, act: Callable[[], Any], day: date, said: str
) -> HttpResponse | None:
    """A change from a day on: checked first, and refused when somebody else was quicker."""
    people = concerned(row.role_group, row.partnership, row.agency)
    try:
        return sure_or_check(
            request, form, act, people, day, said=said, seen=request.POST.get("seen") or "none",
            title="Check what changes", name=f"{in_words(row)}, {row.role_group}",
            crumbs=crumbs(LIST, "Check"),
        )
    except ChangedSince:
        now = one(request, row.pk)
        return changed_since(
            request, form, now, name=f"{in_words(now)}, {now.role_group}",
            seen=fingerprint(now, REQUIREMENT_SEEN), crumbs=crumbs(LIST, "Changed since"),
            back=reverse(ROUTE), values={"courses": list(now.courses.all())},
        )
