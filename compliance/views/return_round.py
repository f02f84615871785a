"""One round of returns: who returned and who is late, another due date, reminding, closing."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Exists, F, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from compliance import actions
from compliance.actions.return_chasing import days_late
from compliance.actions.returns import ROUND_SEEN
from compliance.forms.returns import DueForm, ReturnFilter
from compliance.models import MADE, MISSING, AgencyReturn, ReturnReminder, ReturnRound
from compliance.views.returns import address_of, crumbs, ordered, state_cell, whole_places
from partnership.exporting import ListFile, as_file, download
from partnership.forms import posted
from partnership.models import BankHoliday, Grant, today
from partnership.roles import Permission, Role
from partnership.stale import ChangedSince, fingerprint
from partnership.templatetags.quorate import longdate
from partnership.views.editing import changed_since, tried
from partnership.views.listing import chosen_sort, headings, page_of

P = Permission
COLUMNS = {
    "agency": "Agency", "state": "State", "signed": "Signed on", "who": "By", "lead": "Led by",
    "reminded": "Last reminded",
}
SORTS = {
    "agency": F("membership__agency__name"), "state": F("state"),
    "signed": F("last_signed_on"), "reminded": F("reminded_on"),
}
NO_LEAD = {"text": "No lead", "tag_colour": "red"}


class Listing:
    """The returns of a round that were asked for, in the order that was asked for."""

    def __init__(self, request: HttpRequest, number: int) -> None:
        reach = ReturnRound.objects.visible_to(request.user).filter(partnership__in=whole_places(request))
        self.request, self.on = request, today()
        self.round = get_object_or_404(reach.select_related("partnership"), pk=number)
        managed = ReturnRound.objects.within_reach(request.user, P.MANAGE_AGENCIES)
        self.manages = managed.filter(pk=number).exists()
        # unscoped: of a round within reach, with whether anybody leads each agency
        all_rows = AgencyReturn.objects.filter(round=self.round).with_state()
        self.all = all_rows.select_related("membership__agency__parent", "round")
        self.filter = ReturnFilter(request.GET, queryset=self.all, on=self.on)
        self.now = chosen_sort(request.GET.get("sort", ""), SORTS, "agency")

    @property
    def rows(self) -> QuerySet[AgencyReturn]:
        # unscoped: when the leads of those very agencies were last written to
        reminders = ReturnReminder.objects.filter(agency_return=OuterRef("pk")).order_by("-sent_on")
        rows = self.filter.qs.annotate(
            leads=Exists(leading("membership__agency")), led_above=Exists(leading("membership__agency__parent")),
            reminded_on=Subquery(reminders.values("sent_on")[:1]),
        )
        return rows.order_by(ordered(SORTS, self.now), "membership__agency__name", "pk")

    @property
    def late(self) -> int:
        # unscoped: bank holidays are the same for all
        calendar = BankHoliday.objects.calendar(self.round.partnership.country)
        return days_late(self.round.due_on, self.on, calendar)

    @property
    def names(self) -> dict[str, str]:
        """Who signed is for the manager."""
        return {name: text for name, text in COLUMNS.items() if name != "who" or self.manages}


def leading(where: str) -> QuerySet[Grant]:
    # unscoped: whether there is one, of agencies within reach
    return Grant.objects.in_force(today()).filter(
        agency=OuterRef(where), role=Role.AGENCY_LEAD, user__is_active=True
    )


def return_detail(request: HttpRequest, number: int) -> HttpResponse:
    """Who returned, who is late, by agency."""
    listing = Listing(request, number)
    row, late, names = listing.round, listing.late, listing.names
    page = page_of(request, listing.rows)
    states = [one.state for one in listing.all]
    missing = sum(state in MISSING for state in states)
    return render(request, "compliance/return_detail.html", {
        "row": row, "manages": listing.manages and not row.closed_at, "page": page,
        "filter": listing.filter.form, "narrowed": listing.filter.narrowed, "missing": missing,
        "may_withdraw": all(one.last_signed_on is None for one in listing.all),
        "facts": facts(row, len(states), missing, listing),
        "columns": headings(request, names, SORTS, listing.now),
        "rows": [[cells(one, listing.on, late)[name] for name in names] for one in page],
        "files": [download(request, "compliance:return-detail-file", row.pk)],
        "crumbs": crumbs((row.term_name, "")),
    }, status=422 if listing.filter.form.errors else 200)


def facts(row: ReturnRound, total: int, missing: int, listing: Listing) -> list[dict[str, Any]]:
    due = {"key": "Due on", "value": longdate(row.due_on)}
    if listing.manages and not row.closed_at:
        due["action_href"] = reverse("compliance:return-due", args=[row.pk])
    ended = "Withdrawn" if row.withdrawn_reason else "Closed"
    state: dict[str, Any] = {"key": "State", "value": f"{ended} on {longdate(row.closed_at)}" if row.closed_at else "Open"}
    if row.withdrawn_reason:
        state["hint"] = row.withdrawn_reason
    return [
        state, {"key": "Asked on", "value": longdate(row.opened_at)}, due,
        {"key": "Returned", "value": f"{total - missing} of {total} agencies"},
    ]


def cells(row: AgencyReturn, on: date, late: int) -> dict[str, Any]:
    made = row.state in MADE
    agency = row.membership.agency
    return {
        "agency": {
            "text": agency.name, "href": address_of(row), "hint": f"part of {agency.parent}" if agency.parent else "",
        },
        "state": state_cell(row, on, late),
        "signed": longdate(row.last_signed_on) if made else "–",
        "who": {"text": row.last_name, "hint": row.last_role} if made else "–",
        "lead": led_by(row),
        "reminded": longdate(row.reminded_on) or "Never",
    }


def led_by(row: AgencyReturn) -> dict[str, str]:
    if row.leads:
        return {"text": "Its own lead"}
    return {"text": str(row.membership.agency.parent)} if row.led_above else NO_LEAD


def is_late(row: AgencyReturn, on: date) -> bool:
    return row.state in MISSING and row.round.is_late(on)


def return_file(request: HttpRequest, number: int, form: str) -> HttpResponseBase:
    """The filtered table as a file, every row of it."""
    listing = Listing(request, number)
    row, late = listing.round, listing.late
    columns = {
        "Code": "membership.code", "Agency": "membership.agency.name", "Part of": "membership.agency.parent",
        "State": lambda one: state_cell(one, listing.on)["text"],
        "Late by working days": lambda one: late if is_late(one, listing.on) else "",
        "Signed on": lambda one: one.last_signed_on if one.state in MADE else "",
        "Signed by": lambda one: one.last_name if one.state in MADE else "",
        "Their role": lambda one: one.last_role if one.state in MADE else "",
        "Led by": lambda one: led_by(one)["text"], "Last reminded on": "reminded_on",
    }
    if not listing.manages:
        del columns["Signed by"], columns["Their role"]
    return as_file(form, ListFile(f"returns-{row.partnership.code}-{row.period}", columns, listing.rows))


# --- What the manager does ------------------------------------------------------------------------


def managed_round(request: HttpRequest, number: int) -> ReturnRound:
    """A round of a partnership that the person looks after, or 404."""
    reach = ReturnRound.objects.within_reach(request.user, P.MANAGE_AGENCIES)
    return get_object_or_404(reach.select_related("partnership"), pk=number)


def below(row: ReturnRound, title: str) -> list[dict[str, str]]:
    return crumbs((row.term_name, page_address(row)), (title, ""))


def page_address(row: ReturnRound) -> str:
    return reverse("compliance:return-detail", args=[row.pk])


def unled(row: ReturnRound) -> str:
    """How many of those whose return is missing nobody leads, in a sentence; "" where all are led."""
    rows = row.returns.missing().filter(
        ~Exists(leading("membership__agency")), ~Exists(leading("membership__agency__parent"))
    )
    number = rows.count()
    if not number:
        return ""
    has = "agency has no lead, who" if number == 1 else "agencies have no lead, who"
    return f" {number} {has} could sign or be written to: give somebody the role under Set-up, Users."


def return_due(request: HttpRequest, number: int) -> HttpResponse:
    """Another due date; what somebody else changed meanwhile is not overwritten."""
    row = managed_round(request, number)
    form = DueForm(posted(request), initial={"due_on": row.due_on})
    if request.method == "POST" and form.is_valid():
        seen, due_on = request.POST.get("seen") or "none", form.cleaned_data["due_on"]
        try:
            done = tried(form, lambda: actions.change_due(
                by=request.user, asked=row, due_on=due_on, seen=seen
            ))
        except ChangedSince:
            now = managed_round(request, number)
            return changed_since(
                request, form, now, name=str(now), seen=fingerprint(now, ROUND_SEEN),
                crumbs=below(now, "Changed since"), back=page_address(now),
            )
        if done is not None:
            messages.success(
                request, f"The returns for {row.term_name} are due on {longdate(due_on)} now. Nobody was "
                "written to about it." if done else "Nothing differs: nothing was written."
            )
            return redirect(page_address(row))
    return render(request, "partnership/plain_form.html", {
        "form": form, "title": "Change the due date", "caption": str(row), "back": page_address(row),
        "seen": request.POST.get("seen") or fingerprint(row, ROUND_SEEN),
        "lede": "Reminders before and after the due date begin anew for the new day.",
        "crumbs": below(row, "Change the due date"),
    }, status=422 if form.errors else 200)


def return_close(request: HttpRequest, number: int) -> HttpResponse:
    """Close a round: what that means is said first."""
    row = managed_round(request, number)
    if row.closed_at:
        messages.info(request, f"{row} are {'withdrawn' if row.withdrawn_reason else 'closed'} already.")
        return redirect(page_address(row))
    if request.method == "POST":
        actions.close_round(by=request.user, asked=row)
        messages.success(request, f"{row} are closed. Nobody is reminded any more.")
        return redirect(page_address(row))
    missing = row.returns.missing().count()
    number_of = "Every agency has returned." if not missing else (
        f"{missing} {'agency has' if missing == 1 else 'agencies have'} made no return, and can make none "
        "after this. Their figures for the term go on saying so."
    )
    return render(request, "partnership/plain_form.html", {
        "form": forms.Form(), "title": "Close the returns", "caption": str(row), "submit": "Close them",
        "kind": "warning", "back": page_address(row), "crumbs": below(row, "Close the returns"),
        "lede": f"{number_of} Nothing can be signed, taken back or sent back afterwards, and this cannot "
        "be undone.",
    })


def return_remind(request: HttpRequest, number: int) -> HttpResponse:
    """Write to the leads of all that is missing, once a day."""
    row = managed_round(request, number)
    if request.method == "POST":
        try:
            written = actions.remind_now(by=request.user, asked=row)
            who = "agency" if written == 1 else "agencies"
            messages.success(request, f"The leads of {written} {who} are reminded.{unled(row)}")
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
    return redirect(page_address(row))
