"""The next dates due: for each family what is due when, what is booked, and what is late."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from conferences.choices import MeetingKind, Timed
from conferences.filters import DueForm
from conferences.models import Meeting
from conferences.nextdates import (
    CORE_GROUPS,
    Booking,
    Fact,
    NextDate,
    facts_of,
    next_dates,
    rules_of,
)
from conferences.rules import LocalRules
from conferences.views.planned import HOME, plans, recordable
from conferences.wording import TIMED, limit_words
from partnership.exporting import download
from partnership.models import Partnership, today
from partnership.reach import held
from partnership.roles import Permission
from partnership.templatetags.quorate import longdate

PAGE = 25
COLUMNS = {
    "what": "What is due", "due_on": "By", "state": "How it stands", "after": "After", "place": "Partnership",
    "convene": "Convene",
}
SORTS = {
    "due_on": lambda row: (row.due_on is None, row.due_on, row.after.pk),
    "what": lambda row: (row.what, row.due_on is None, row.due_on, row.after.pk),
    "after": lambda row: (row.after.reference, row.after.pk),
}
SHORT = {
    Timed.INITIAL: "Initial conference", Timed.FIRST_REVIEW: "First review", Timed.LATER_REVIEW: "Review",
    Timed.FIRST_CORE_GROUP: "First core group", Timed.NEXT_CORE_GROUP: "Core group",
}
KINDS = {
    Timed.INITIAL: MeetingKind.INITIAL, Timed.FIRST_REVIEW: MeetingKind.REVIEW,
    Timed.LATER_REVIEW: MeetingKind.REVIEW,
}
NOTHING = (
    "Nothing is due. Dates appear here once a conference has made a plan and its meeting has a family reference."
)
NOTHING_LATELY = "Nothing is due to families that met in the last year."
COLOURS = {
    Booking.LATE: "red", Booking.TOO_LATE: "yellow", Booking.OPEN: "blue", Booking.BOOKED: "green",
    Booking.UNKNOWN: "grey",
}


@dataclass
class Dates:
    """The next dates that concern a person: the service's all, a team's its own core groups."""

    request: HttpRequest

    @cached_property
    def service(self) -> frozenset[int]:
        return held(self.request.user, Permission.RECORD_CONFERENCES).partnerships

    @cached_property
    def facts(self) -> list[Fact]:
        """All meetings of the families that are the person's: two queries at most."""
        rows = recordable(self.request.user)
        led = set(rows.filter(kind=MeetingKind.CORE_GROUP).exclude(family_ref="").exclude(
            partnership__in=self.service
        ).values_list("partnership", "family_ref"))
        led |= self.conferences_led()
        # unscoped: the partnerships of the service, and the families that the team leads
        all_of = Meeting.objects.filter(partnership__in=self.service | {place for place, _ in led})
        return [
            fact for fact in facts_of(all_of)
            if fact.partnership_id in self.service or (fact.partnership_id, fact.family_ref) in led
        ]

    def conferences_led(self) -> set[tuple[int, str]]:
        """The families whose conference names the person, or somebody of their agency, as the lead."""
        reach = held(self.request.user, Permission.RECORD_CORE_GROUPS)
        rows = Meeting.objects.visible_to(self.request.user).conferences().exclude(family_ref="")
        led = rows.filter(lead__agency__in=reach.agencies) if reach.agencies else rows.none()
        if reach.own and self.request.user.staff_member_id:
            led = led | rows.filter(lead=self.request.user.staff_member_id)
        return set(led.exclude(partnership__in=self.service).values_list("partnership", "family_ref"))

    @cached_property
    def rules(self) -> dict[int, LocalRules]:
        return rules_of(self.facts)

    @cached_property
    def everything(self) -> list[NextDate]:
        """Everything that is due, soonest first; a team's core groups only."""
        return [
            row for row in next_dates(self.facts, self.rules, today())
            if row.partnership_id in self.service or row.what in CORE_GROUPS
        ]

    @cached_property
    def rows(self) -> list[NextDate]:
        """Without the families that have had no meeting for long, unless they are asked for."""
        if self.request.GET.get("families") == "all":
            return self.everything
        return [row for row in self.everything if not row.quiet(today())]

    @property
    def left_out(self) -> int:
        return len(self.everything) - len(self.rows)

    @property
    def with_all(self) -> str:
        """The same page with all families."""
        kept = {key: value for key, value in self.request.GET.items() if key != "page"}
        return "?" + urlencode(kept | {"families": "all"})

    @cached_property
    def form(self) -> DueForm:
        whats = [what.value for what in SHORT if self.service or what in CORE_GROUPS]
        return DueForm(self.request.GET or None, whats=whats)

    @property
    def asked(self) -> dict[str, str]:
        return self.form.cleaned_data if self.form.is_valid() else {}

    @property
    def narrowed(self) -> bool:
        return any(self.request.GET.get(name) for name in ("what", "state", "families"))

    @cached_property
    def wanted(self) -> list[NextDate]:
        what, state = self.asked.get("what"), self.asked.get("state")
        rows = [row for row in self.rows if (not what or row.what == what) and stands(row, state)]
        name, down = self.sort
        return sorted(rows, key=SORTS[name], reverse=down)

    @property
    def sort(self) -> tuple[str, bool]:
        asked = self.request.GET.get("sort", "")
        name = asked.removeprefix("-")
        return (name, asked.startswith("-")) if name in SORTS else ("due_on", False)


def stands(row: NextDate, state: str | None) -> bool:
    return not state or (row.late if state == "late" else row.state == state)


def asked_dates(request: HttpRequest) -> Dates:
    """404 for those who plan no meetings."""
    if not plans(request.user):
        raise Http404
    return Dates(request)


def due_list(request: HttpRequest) -> HttpResponse:
    """What is due next to each family, and what is late."""
    dates = asked_dates(request)
    page = Paginator(dates.wanted, PAGE).get_page(request.GET.get("page"))
    names = [name for name in COLUMNS if name != "place" or len(dates.rules) > 1]
    seen = Meeting.objects.visible_to(request.user).filter(pk__in=keys_of(page.object_list))
    shown = set(seen.values_list("pk", flat=True))
    # unscoped: the names of the partnerships on the page
    places = Partnership.objects.in_bulk({row.partnership_id for row in page})
    return render(request, "conferences/due_list.html", {
        "filter": dates.form, "narrowed": dates.narrowed, "page": page, "late": sum(row.late for row in dates.rows),
        "number": len(dates.rows), "left_out": dates.left_out, "with_all": dates.with_all,
        "any": bool(dates.everything), "nothing": NOTHING_LATELY if dates.left_out else NOTHING,
        "files": [download(request, "conferences:due-list-file")],
        "service": bool(dates.service), "columns": [column(dates, name) for name in names],
        "rows": [cells(row, names, shown, places, dates.service) for row in page],
        "asks": asks(dates), "without": sum(not fact.family_ref for fact in dates.facts),
        "crumbs": [
            HOME, {"text": "Meetings", "href": reverse("conferences:meeting-list")},
            {"text": "Next dates due", "href": ""},
        ],
    }, status=422 if dates.form.errors else 200)


def keys_of(rows: list[NextDate]) -> set[int]:
    return {fact.pk for row in rows for fact in (row.after, row.booked) if fact}


def column(dates: Dates, name: str) -> dict[str, Any]:
    found = {"text": COLUMNS[name], "nowrap": name in ("due_on", "after"), "hidden": name == "convene"}
    if name not in SORTS:
        return found
    now, down = dates.sort
    kept = {key: value for key, value in dates.request.GET.items() if key not in ("page", "sort")}
    if name == now:
        found["sort_dir"] = "desc" if down else "asc"
    sort = f"-{name}" if name == now and not down else name
    return found | {"sort_href": "?" + urlencode(kept | {"sort": sort})}


def cells(
    row: NextDate, names: list[str], shown: set[int], places: dict[int, Partnership], service: frozenset[int]
) -> list[dict[str, Any]]:
    place = places[row.partnership_id]
    found = {
        "what": {"text": SHORT[row.what], "header": True},
        "due_on": {"text": longdate(row.due_on) or "Not known"},
        "state": {"text": row.state.words, "tag_colour": COLOURS[row.state], "hint": hint(row, shown)},
        "after": after(row, shown, place, row.partnership_id in service),
        "place": {"text": place.name},
        "convene": convening(row, shown, place),
    }
    return [found[name] for name in names]


def hint(row: NextDate, shown: set[int]) -> str:
    """What is booked; by its reference for those who may see it."""
    if row.booked:
        which = f"{row.booked.reference}, " if row.booked.pk in shown else ""
        past = ": say how it ended" if row.booked.held_on < today() else ""
        return f"{which}{longdate(row.booked.held_on)}{past}"
    if row.due_on is None:
        return "No bank holidays are known for that year"
    days = (row.due_on - today()).days
    if days == 0:
        return "today"
    return f"in {span(days)}" if days > 0 else f"{span(-days)} ago"


def span(days: int) -> str:
    """A number of days as people say it: "9 days", "7 weeks", "11 years"."""
    for least, unit in ((730, 365), (42, 7)):
        if days >= least:
            return f"{days // unit} {'years' if unit == 365 else 'weeks'}"
    return f"{days} day{'' if days == 1 else 's'}"


def after(row: NextDate, shown: set[int], place: Partnership, service: bool) -> dict[str, Any]:
    """The meeting that makes it due, and for the service the family's reference."""
    on = longdate(row.after.held_on)
    words = f"strategy discussion {longdate(row.after.strategy_discussion_on)}" if row.what is Timed.INITIAL else on
    words += f", family {row.family_ref}" if service else ""
    if row.after.pk not in shown:
        return {"text": "A meeting that you were not at", "hint": words}
    href = reverse("conferences:meeting-detail", args=[place.code, row.after.reference])
    return {"text": row.after.reference, "href": href, "hint": words}


def convening(row: NextDate, shown: set[int], place: Partnership) -> dict[str, Any]:
    """A link that fills in what is known; none where a meeting is booked in time."""
    if row.booked or row.after.pk not in shown:
        return {"text": ""}
    kind = KINDS.get(row.what, MeetingKind.CORE_GROUP)
    asked = {"partnership": place.code, "kind": kind.value, "follows": row.after.reference}
    return {
        "text": "Convene", "href": f"{reverse('conferences:convene')}?{urlencode(asked)}",
        "hidden": f"{SHORT[row.what].lower()} after {row.after.reference}",
    }


def asks(dates: Dates) -> list[str]:
    """The rules in force today, in sentences: where there is one partnership."""
    if len(dates.rules) != 1:
        return []
    rules = next(iter(dates.rules.values()))
    whats = [what for what in SHORT if dates.service or what in CORE_GROUPS]
    return [rules_sentence(rules, what) for what in whats]


def rules_sentence(rules: LocalRules, what: Timed) -> str:
    limit = rules.limit(what, today())
    return TIMED[what].format(limit_words(limit.amount, limit.unit))
