"""The list of meetings that a person may see: on the screen, and as a file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.http import urlencode

from conferences.choices import REPRESENTED, MeetingState
from conferences.filters import MeetingFilter
from conferences.models import Attendance, Meeting
from conferences.nextdates import late_after
from conferences.views.planned import HOME, page_of, plans
from partnership.exporting import ListFile, as_file, dated, download, in_chunks
from partnership.models import Partnership, today
from partnership.reach import can, held
from partnership.roles import Permission
from partnership.templatetags.quorate import longdate

PAGE = 25
SORTS = {
    "reference": ("reference", "pk"), "held_on": ("held_on", "reference", "pk"),
    "kind": ("kind", "held_on", "pk"), "state": ("state", "held_on", "pk"),
}
NEWEST = "-held_on"
COLUMNS = {
    "reference": "Reference", "held_on": "Date", "kind": "Kind", "state": "State", "quorate": "Quoracy",
    "agencies": "Agencies there", "register": "Register",
}
FILE = {
    "Partnership": "partnership.name", "Reference": "reference", "Kind": "get_kind_display",
    "Date": "held_on", "State": "get_state_display",
    "Register": lambda row: "Closed" if row.closed_at else "Open", "Quorate": "quorate",
    "Agencies invited": "agencies_invited", "Agencies there": "agencies_there", "Children": "children",
}
SENT_BACK = (
    ("meetings", "these meetings", "To change in a spreadsheet and upload again."),
    ("attendance", "their attendance", "The same, a row for each line of the registers."),
)
STATE_COLOURS = {
    MeetingState.PLANNED: "blue", MeetingState.HELD: "green", MeetingState.STOOD_DOWN: "red",
    MeetingState.CANCELLED: "grey",
}


@dataclass
class Listing:
    """The meetings that were asked for, in the order that was asked for."""

    request: HttpRequest

    @cached_property
    def filter(self) -> MeetingFilter:
        user = self.request.user
        return MeetingFilter(self.request.GET, queryset=Meeting.objects.visible_to(user), user=user)

    @property
    def asked(self) -> dict[str, Any]:
        return self.filter.form.cleaned_data if self.filter.is_valid() else {}

    @property
    def narrowed(self) -> bool:
        named = set(self.filter.filters) - {"sort"}
        return any(self.request.GET.get(name) for name in named)

    @cached_property
    def rows(self) -> QuerySet[Meeting]:
        found = self.filter.qs
        if self.asked.get("next"):
            found = found.filter(pk__in=late_after(self.filter.queryset, today()))
        name, down = self.sort
        order = [f"-{field}" if down else field for field in SORTS[name]]
        return found.select_related("partnership").order_by(*order)

    @property
    def sort(self) -> tuple[str, bool]:
        """By what, and whether downwards."""
        asked = self.request.GET.get("sort") or NEWEST
        name = asked.removeprefix("-")
        return (name, asked.startswith("-")) if name in SORTS else ("held_on", True)


def meeting_list(request: HttpRequest) -> HttpResponse:
    """Every meeting that a person may see, the newest first."""
    listing = seen(request)
    page = Paginator(listing.rows, PAGE).get_page(request.GET.get("page"))
    numbers = there_and_invited([row.pk for row in page])
    return render(request, "conferences/meeting_list.html", {
        "filter": listing.filter.form, "narrowed": listing.narrowed, "page": page,
        "columns": [column(listing, name) for name in COLUMNS],
        "rows": [cells(row, listing, numbers) for row in page],
        "sees_all": bool(held(request.user, Permission.VIEW_MEETINGS).partnerships),
        "plans": plans(request.user), "crumbs": [HOME, {"text": "Meetings", "href": ""}],
        "files": files(listing, page.paginator.count),
    }, status=422 if listing.filter.form.errors else 200)


def files(listing: Listing, meetings: int) -> list[dict[str, str]]:
    """The list as it is shown; and for the conference service, what an upload reads again."""
    found = [download(listing.request, "conferences:meeting-list-file", rows=meetings)]
    places = Partnership.objects.within_reach_as_a_whole(listing.request.user, Permission.RECORD_CONFERENCES)
    for place in places.order_by("name"):
        of = f" of {place}" if listing.filter.several else ""
        found += [
            download(
                listing.request, "compliance:sending-back-meetings", place.code, kind,
                text=f"For sending back: {what}{of}", hint=hint,
            )
            for kind, what, hint in SENT_BACK
        ]
    return found


def seen(request: HttpRequest) -> Listing:
    """404 for those whom no meeting is for."""
    if not can(request.user, Permission.VIEW_MEETINGS):
        raise Http404
    return Listing(request)


def there_and_invited(keys: Any) -> dict[int, tuple[int, int]]:
    """For some meetings, how many agencies were there and how many are on the register: one query."""
    # unscoped: of meetings within reach, by number
    rows = Attendance.objects.filter(meeting__in=keys).order_by()
    counted = rows.values("meeting").annotate(
        there=Count("agency", distinct=True, filter=Q(outcome__in=sorted(REPRESENTED))),
        invited=Count("agency", distinct=True),
    )
    return {row["meeting"]: (row["there"], row["invited"]) for row in counted}


def column(listing: Listing, name: str) -> dict[str, Any]:
    """A column's heading, leading to the list in its order."""
    found = {"text": COLUMNS[name], "nowrap": name in ("reference", "held_on")}
    if name not in SORTS:
        return found
    now, down = listing.sort
    kept = {key: value for key, value in listing.request.GET.items() if key not in ("page", "sort")}
    if name == now:
        found["sort_dir"] = "desc" if down else "asc"
    first = f"-{name}" if name == "held_on" else name  # the newest before the oldest
    other = name if first.startswith("-") else f"-{name}"
    is_first = name == now and down == first.startswith("-")
    return found | {"sort_href": "?" + urlencode(kept | {"sort": other if is_first else first})}


def cells(row: Meeting, listing: Listing, numbers: dict[int, tuple[int, int]]) -> list[dict[str, Any]]:
    there, invited = numbers.get(row.pk, (0, 0))
    family = row.family_ref if row.partnership_id in listing.filter.service else ""
    hints = [*([row.partnership.name] if listing.filter.several else []), *([family] if family else [])]
    state = MeetingState(row.state)
    return [
        {"text": row.reference, "href": page_of(row), "header": True, "hint": ", ".join(hints)},
        {"text": longdate(row.held_on)},
        {"text": row.get_kind_display()},
        {"text": SHORT[state], "tag_colour": STATE_COLOURS[state]},
        quoracy(row),
        {"text": came(row, there, invited)},
        {"text": "Closed" if row.closed_at else "Open"},
    ]


SHORT = {
    MeetingState.PLANNED: "Planned", MeetingState.HELD: "Held", MeetingState.STOOD_DOWN: "Stood down",
    MeetingState.CANCELLED: "Cancelled",
}


def quoracy(row: Meeting) -> dict[str, str]:
    if row.quorate is None:
        return {"text": "–"}
    return {"text": "Quorate" if row.quorate else "Not quorate"}


def came(row: Meeting, there: int, invited: int) -> str:
    """How many of the agencies came, once that can be told."""
    if not invited:
        return "Nobody invited"
    return f"{invited} invited" if row.state == MeetingState.PLANNED else f"{there} of {invited}"


def meeting_list_file(request: HttpRequest, form: str) -> HttpResponseBase:
    """The filtered list as a file, every row of it, without names."""
    return as_file(form, ListFile(dated("meetings"), FILE, counted(seen(request).rows)))


def counted(rows: QuerySet[Meeting]) -> Iterator[Meeting]:
    """Meetings with how many agencies were there, and how many are on the register."""
    for chunk in in_chunks(rows):
        numbers = there_and_invited([row.pk for row in chunk])
        for row in chunk:
            row.agencies_there, row.agencies_invited = numbers.get(row.pk, (0, 0))
            yield row
