"""The list of people, who is due on top: on the screen, on paper and as a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from partnership.exporting import ListFile, as_file, dated, download
from partnership.history import entry, record_all
from partnership.models import StaffMember, today
from partnership.roles import Permission
from partnership.templatetags.quorate import longdate
from training.due import COLOURS, DAYS, PersonDue, in_words, standing_of, who_is_due
from training.due import DUE as IS_DUE
from training.filters import DUE, NOTHING, PersonFilter
from training.keeping import Ranked, bring_up_to_date, ranking
from training.models import TrainingRecord
from training.standing import open_book
from training.views.reaching import HOME, must_reach_others, reaches_others

PAGE = 25
BACK = "compliance:sending-back-people"
SENT_BACK = (
    ("staff", "these people", "To change in a spreadsheet and upload again."),
    ("training", "their training records", "The same, a row for each record."),
)
MANY = 500
# What each order needs of a person, beside the urgency of what is due.
SORTS = {
    "name": ("last_name", "first_name"),
    "standing": (),
    "expires": (),
    "role_group": ("role_group__title",),
    "agency": ("agency__name",),
}
COLUMNS = {
    "name": "Name", "standing": "Standing", "expires": "Expires on", "what": "In what",
    "role_group": "Role group", "agency": "Agency",
}
FILE = (  # before the standing, and after it
    {
        "Reference": "person.reference", "First name": "person.first_name",
        "Last name": "person.last_name", "Job title": "person.job_title",
        "Role group": "person.role_group.title", "Agency": "person.agency.name",
    },
    {"In what": "what", "Expires on": "expires_on", "Work e-mail": "person.work_email"},
)
# What a row shows; the rest of a person stays in the database.
READ = (
    "first_name", "last_name", "reference", "job_title", "started_on", "left_on", "works_for_id",
    "work_email", "agency__name", "agency__parent_id", "role_group__title",
)


@dataclass
class Listing:
    """The people that were asked for, in the order that was asked for."""

    request: HttpRequest
    on: date

    @cached_property
    def filter(self) -> PersonFilter:
        reach = StaffMember.objects.within_reach(self.request.user, Permission.VIEW_STAFF)
        return PersonFilter(self.request.GET, queryset=reach, user=self.request.user)

    @property
    def asked(self) -> dict[str, Any]:
        return self.filter.form.cleaned_data

    @property
    def narrowed(self) -> bool:
        return any(value for name, value in self.asked.items() if name != "sort")

    @cached_property
    def ranked(self) -> list[Ranked]:
        """Those who were asked for, in the order that was asked for."""
        people = self.filter.qs
        bring_up_to_date(people, self.on)
        course, (name, down) = self.asked.get("course"), self.sort
        found = ranking(people, SORTS[name], course.pk if course else None)
        return sorted(filter(self.wanted, found), key=ORDERS.get(name, by_text), reverse=down)

    def wanted(self, row: Ranked) -> bool:
        """What only the standings can tell."""
        asked, standing = self.asked.get("standing"), standing_of(row.urgency)
        if asked == DUE:
            return standing in IS_DUE
        if asked == NOTHING:
            return standing is None
        if asked:
            return standing == asked
        return standing is not None or not self.asked.get("course")

    @cached_property
    def due(self) -> int:
        """How many of them are expired, never trained or about to expire."""
        return sum(standing_of(row.urgency) in IS_DUE for row in self.ranked)

    def rows(self, ranked: Iterable[Ranked]) -> list[PersonDue]:
        """What is shown of some of them, reckoned anew."""
        place = {row.pk: at for at, row in enumerate(ranked)}
        people = self.filter.qs
        if len(place) <= MANY:  # else it is quicker to read everybody
            people = people.filter(pk__in=list(place))
        course = self.asked.get("course")
        found = who_is_due(open_book(people.only(*READ)), self.on, course.pk if course else None)
        return sorted(
            (row for row in found if row.person.pk in place), key=lambda row: place[row.person.pk]
        )

    @property
    def sort(self) -> tuple[str, bool]:
        """By what, and whether downwards."""
        asked = self.asked.get("sort") or ""
        name = asked.removeprefix("-")
        return (name, asked.startswith("-")) if name in SORTS else ("standing", False)


def by_text(row: Ranked) -> tuple[str, ...]:
    return tuple(text.casefold() for text in row.texts)


ORDERS: dict[str, Callable[[Ranked], Any]] = {
    "standing": lambda row: row.urgency,
    "expires": lambda row: row.urgency % DAYS,
}


def person_list(request: HttpRequest) -> HttpResponse:
    """Everybody within reach, who is expired, untrained or about to expire on top."""
    must_reach_others(request, Permission.VIEW_STAFF)
    listing = Listing(request, today())
    whole = "print" in request.GET
    page = Paginator(listing.ranked, max(len(listing.ranked), 1) if whole else PAGE).get_page(
        request.GET.get("page")
    )
    names = shown_columns(listing)
    to_confirm = TrainingRecord.objects.within_reach(request.user, Permission.MANAGE_STAFF).to_confirm()
    return render(request, "training/person_list.html", {
        "filter": listing.filter.form,
        "narrowed": listing.narrowed,
        "whole": whole,
        "page": page,
        "due": listing.due,
        "on": listing.on,
        "columns": [column(request, listing, name) for name in names],
        "rows": [cells(row, names, listing.on, whole=whole) for row in listing.rows(page)],
        "manages": reaches_others(request.user, Permission.MANAGE_STAFF),
        "to_confirm": to_confirm.count(),
        "files": files(request, len(listing.ranked)),
        "crumbs": [HOME, {"text": "People and training", "href": ""}],
    })


def files(request: HttpRequest, people: int) -> list[dict[str, str]]:
    """The list as it is shown; and for whoever keeps it, what an upload reads again."""
    found = [download(request, "training:person-list-file", rows=people)]
    if reaches_others(request.user, Permission.MANAGE_STAFF):
        found += [
            download(request, BACK, kind, text=f"For sending back: {what}", hint=hint)
            for kind, what, hint in SENT_BACK
        ]
    return found


def shown_columns(listing: Listing) -> list[str]:
    """The agency stands there only where there are several."""
    several = len(listing.filter.agencies) > 1
    return [name for name in COLUMNS if several or name != "agency"]


def column(request: HttpRequest, listing: Listing, name: str) -> dict:
    """A column's heading, leading to the list in its order."""
    found = {"text": COLUMNS[name], "header": name == "name"}
    if name not in SORTS:
        return found
    now, down = listing.sort
    kept = {key: value for key, value in request.GET.items() if key not in ("page", "sort")}
    if name == now:
        found["sort_dir"] = "desc" if down else "asc"
    sort = f"-{name}" if name == now and not down else name
    return found | {"sort_href": "?" + urlencode(kept | {"sort": sort})}


def cells(row: PersonDue, names: list[str], on: date, *, whole: bool) -> list[dict]:
    person = row.person
    href = reverse("compliance:person", args=[person.pk])
    found = {
        "name": {"text": f"{person.last_name}, {person.first_name}", "href": href,
                 "hint": f"{person.job_title}, {person.reference}"},
        "standing": standing_cell(row, on),
        "what": {"text": row.what} if whole else what_first(row),
        "expires": {"text": longdate(row.expires_on) or "–", "nowrap": True},
        "role_group": {"text": person.role_group.title},
        "agency": {"text": person.agency.name},
    }
    return [found[name] for name in names]


def what_first(row: PersonDue) -> dict:
    """What expires first, and how much more there is; the person's page and the file have all of it."""
    if not row.requirements:
        return {"text": "–"}
    more = len(row.requirements) - 1
    return {"text": in_words(row.requirements[0]), "hint": f"and {more} more" if more else ""}


def standing_cell(row: PersonDue, on: date) -> dict:
    if row.standing:
        return {"text": row.standing.label, "tag_colour": COLOURS[row.standing]}
    return {"text": without_standing(row.person, on), "tag_colour": "grey"}


def without_standing(person: StaffMember, on: date) -> str:
    """Why a person has no standing."""
    if person.left_on and person.left_on <= on:
        return "Left"
    return "Not started" if person.started_on > on else "Nothing asked"


def person_list_file(request: HttpRequest, form: str) -> HttpResponseBase:
    """The filtered list as a file, every row of it; that it was taken is in the history."""
    must_reach_others(request, Permission.VIEW_STAFF)
    listing = Listing(request, today())
    people = listing.rows(listing.ranked)
    note_taken(request, listing, people)
    standing = {"Standing": lambda row: standing_cell(row, listing.on)["text"]}
    return as_file(form, ListFile(dated("people"), FILE[0] | standing | FILE[1], people))


def note_taken(request: HttpRequest, listing: Listing, people: list[PersonDue]) -> None:
    """An entry for each agency whose people are in the file."""
    numbers = Counter(row.person.agency_id for row in people)
    agencies = [agency for agency in listing.filter.agencies if agency.pk in numbers]
    record_all(
        entry(request.user, "took as a file", agency, agency=agency, people=numbers[agency.pk])
        for agency in agencies
    )
