"""The list of meetings that a person may see: on the screen, and as a file."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from conferences.choices import REPRESENTED, MeetingState
from conferences.filters import MeetingFilter
from conferences.models import Attendance, Meeting
from conferences.nextdates import late_after
from conferences.views.planned import HOME, page_of, plans
from partnership.exporting import as_csv
from partnership.models import today
from partnership.reach import can
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
FILE_COLUMNS = (
    "Partnership", "Reference", "Kind", "Date", "State", "Register", "Quorate", "Agencies invited",
    "Agencies there", "Children",
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
        "plans": plans(request.user), "crumbs": [HOME, {"text": "Meetings", "href": ""}],
        "csv": f"{reverse('conferences:meeting-list-csv')}?{request.GET.urlencode()}",
    }, status=422 if listing.filter.form.errors else 200)


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


def meeting_list_csv(request: HttpRequest) -> HttpResponse:
    """The filtered list as a file, every row of it, without names."""
    rows = seen(request).rows
    numbers = there_and_invited(rows.order_by().values("pk"))
    text = as_csv([FILE_COLUMNS, *(file_row(row, *numbers.get(row.pk, (0, 0))) for row in rows)])
    response = HttpResponse("\ufeff" + text, content_type="text/csv; charset=utf-8")
    name = f"quorate-meetings-{today():%Y-%m-%d}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def file_row(row: Meeting, there: int, invited: int) -> list[object]:
    quorate = "" if row.quorate is None else ("yes" if row.quorate else "no")
    return [
        row.partnership.name, row.reference, row.get_kind_display(), row.held_on.isoformat(),
        row.get_state_display(), "closed" if row.closed_at else "open", quorate, invited, there, row.children,
    ]
