"""Changing the bank holidays: as published, by hand, and taken away.

Open deadlines are reckoned anew with each change; which of them move is shown before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from partnership import actions
from partnership.forms import posted
from partnership.forms.rules import COUNTRIES, HolidayForm, PublishForm, countries_of
from partnership.models import BankHoliday, HistoryEntry, Partnership, today
from partnership.reach import can
from partnership.roles import Permission
from partnership.templatetags.quorate import longdate, longmoment
from partnership.views.dated import (
    Proposal,
    confirmed,
    kept_places,
    rehearsed,
    set_up_crumbs,
    steps,
)
from partnership.views.holidays import WHY

RECKONED = "reckoned anew"  # what the history says of a deadline that moved
MOVED_COLUMNS = [{"text": text} for text in ("Deadline", "Due now", "Due then")]


# --- Which deadlines would move -------------------------------------------------------------------


def moves(act: Callable[[], Any]) -> list[HistoryEntry]:
    """The deadlines that an act moves: it is done, its history read, and taken back."""

    def watched() -> list[HistoryEntry]:
        # unscoped: to find where the new entries begin
        last = HistoryEntry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        act()
        rows = HistoryEntry.objects.filter(pk__gt=last, verb=RECKONED)  # unscoped: see moved_said
        return list(rows.select_related("partnership").order_by("pk"))

    return rehearsed(watched)


def seen_moves(request: HttpRequest, found: list[HistoryEntry]) -> list[HistoryEntry]:
    """Those of the partnerships whose escalations the person may see."""
    places = Partnership.objects.within_reach_as_a_whole(request.user, Permission.VIEW_ESCALATIONS)
    keys = set(places.values_list("pk", flat=True))
    return [row for row in found if row.partnership_id in keys]


def moved_said(found: list[HistoryEntry], seen: list[HistoryEntry]) -> list[str]:
    number = len(found)
    if not number:
        return ["No open deadline moves."]
    said = [
        f"{number} open deadline{' moves' if number == 1 else 's move'}. Before and after are kept "
        "in the history of each."
    ]
    others = number - len(seen)
    if others:
        said.append(f"{others} of them in another partnership of the country, not shown here.")
    return said


def moved_cells(row: HistoryEntry) -> list[dict]:
    before, after = (datetime.fromisoformat(text) for text in row.changes["due_at"])
    return [{"text": row.subject, "header": True}, longmoment(before), longmoment(after)]


def proposal(
    request: HttpRequest, title: str, country: str, rows: list[list[Any]], said: list[str],
    found: list[HistoryEntry], save: str, **more: Any,
) -> Proposal:
    seen = seen_moves(request, found)
    return Proposal(
        title=title, name=COUNTRIES.get(country, country), crumbs=crumbs(request, title),
        back=reverse("partnership:holiday-list"), seen="", now="As it is", then="Afterwards",
        rows=rows, said=[*said, *moved_said(found, seen)], caption="Deadlines that move",
        columns=MOVED_COLUMNS, differ=seen, cells=moved_cells, save=save, **more,
    )


def crumbs(request: HttpRequest, title: str) -> list[dict[str, str]]:
    above = ("Bank holidays", reverse("partnership:holiday-list"))
    return set_up_crumbs(request.user, above, (title, ""))


# --- Changing -------------------------------------------------------------------------------------


def keeper(request: HttpRequest) -> Any:
    """The partnerships whose rules the person keeps, or 404."""
    if not can(request.user, Permission.MANAGE_RULES):
        raise Http404
    return kept_places(request.user)


def editor(request: HttpRequest, form: forms.Form, title: str) -> HttpResponse:
    return render(request, "partnership/holiday_edit.html", {
        "form": form, "title": title, "why": WHY, "crumbs": crumbs(request, title),
    }, status=422 if form.is_bound and form.errors else 200)


def back(request: HttpRequest, country: str, year: int, words: str) -> HttpResponse:
    messages.success(request, words)
    return redirect(f"{reverse('partnership:holiday-list')}?country={country}&year={year}")


def add_days(request: HttpRequest, country: str, days: Mapping[date, str]) -> int:
    return actions.add_bank_holidays(by=request.user, country=country, days=days)


def publish(request: HttpRequest) -> HttpResponse:
    """Put in the published bank holidays of a year; those that are there stay."""
    form = PublishForm(posted(request), places=keeper(request), initial={"year": today().year + 1})
    ok = request.method == "POST" and form.is_valid()
    title = "Put in a year’s bank holidays"
    days = actions.published_holidays(form.chosen, *[form.cleaned_data["year"]] * 2) if ok else {}
    if ok and "save" not in request.POST and not missing(form.chosen, days):
        form.add_error("year", "All bank holidays of that year are in already.")
        ok = False

    def propose() -> Proposal:
        # unscoped: bank holidays are the same for all
        there = dict(BankHoliday.objects.filter(country=form.chosen, on__in=days).values_list("on", "title"))
        new = missing(form.chosen, days)
        said = [
            f"{len(new)} bank holiday{' is' if len(new) == 1 else 's are'} put in; "
            f"{len(there)} {'is' if len(there) == 1 else 'are'} there already."
        ]
        rows = [
            [{"text": f"{on:%A} {longdate(on)}", "header": True}, there.get(on, "–"),
             {"text": there.get(on, name), "hint": "" if on in there else "New"}]
            for on, name in sorted(days.items())
        ]
        found = moves(lambda: add_days(request, form.chosen, days))
        return proposal(request, title, form.chosen, rows, said, found,
                        f"Put in {len(new)} bank holiday{'' if len(new) == 1 else 's'}")

    def saved(number: int) -> HttpResponse:
        words = f"{number} bank holiday{' is' if number == 1 else 's are'} put in."
        return back(request, form.chosen, form.cleaned_data["year"],
                    words if number else "All were there already: nothing was written.")

    return steps(
        request, form, ok=ok, act=lambda _: add_days(request, form.chosen, days),
        show=lambda: editor(request, form, title), propose=propose, saved=saved,
    )


def missing(country: str, days: Mapping[date, str]) -> list[date]:
    """The days that are no bank holidays yet."""
    # unscoped: bank holidays are the same for all
    there = BankHoliday.objects.filter(country=country, on__in=days).values_list("on", flat=True)
    return sorted(set(days) - set(there))


def add(request: HttpRequest) -> HttpResponse:
    """Put in one bank holiday, such as one that is proclaimed."""
    form = HolidayForm(posted(request), places=keeper(request))
    ok = request.method == "POST" and form.is_valid()
    title = "Add a bank holiday"
    if ok:
        # unscoped: bank holidays are the same for all
        there = BankHoliday.objects.filter(country=form.chosen, on=form.cleaned_data["on"]).first()
        if there:
            form.add_error("on", f"That day is a bank holiday already: {there.title}.")
            ok = False

    def days() -> dict[date, str]:
        return {form.cleaned_data["on"]: form.cleaned_data["title"]}

    def propose() -> Proposal:
        (on, name), = days().items()
        said = ["It is a Saturday or Sunday: no working day either way."] if on.weekday() >= 5 else []
        rows = [[{"text": f"{on:%A} {longdate(on)}", "header": True}, "A working day"
                 if not said else "A weekend", {"text": name, "hint": "New"}]]
        found = moves(lambda: add_days(request, form.chosen, days()))
        return proposal(request, title, form.chosen, rows, said, found, "Add this bank holiday")

    return steps(
        request, form, ok=ok, act=lambda _: add_days(request, form.chosen, days()),
        show=lambda: editor(request, form, title), propose=propose,
        saved=lambda _: back(
            request, form.chosen, form.cleaned_data["on"].year,
            f"{longdate(form.cleaned_data['on'])} is a bank holiday: {form.cleaned_data['title']}.",
        ),
    )


def remove(request: HttpRequest, number: int) -> HttpResponse:
    """Take a bank holiday away."""
    countries = [code for code, _ in countries_of(keeper(request))]
    # unscoped: of the countries of the person's own partnerships
    day = get_object_or_404(BankHoliday.objects.filter(country__in=countries), pk=number)

    def act(_: str = "") -> bool:
        actions.remove_bank_holiday(by=request.user, holiday=day)
        return True

    found = moves_or_none(act)
    rows = [[{"text": f"{day.on:%A} {longdate(day.on)}", "header": True}, day.title,
             "A weekend" if day.on.weekday() >= 5 else "A working day"]]
    asked = proposal(request, "Remove a bank holiday", day.country, rows, [], found,
                     "Remove this bank holiday", warning=True)
    return confirmed(
        request, asked, act=act,
        saved=lambda _: back(
            request, day.country, day.on.year, f"{longdate(day.on)} is no bank holiday any more."
        ),
    )


def moves_or_none(act: Callable[[], Any]) -> list[HistoryEntry]:
    """None move where the act is refused: the page then says why."""
    try:
        return moves(act)
    except ValidationError:
        return []
