"""The local rules in words: what is in force, what was before and what is to come."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from conferences.actions.rules import judged_by_agency, judged_up_to
from conferences.choices import MeetingKind, Timed
from conferences.forms.rules import RuleFilter
from conferences.models import ExpectationRule, QuorumRule, Timescale
from conferences.presets import TIMESCALES
from conferences.rules import latest
from conferences.wording import (
    TIMED,
    expectation_words,
    limit_words,
    quorum_words,
)
from partnership.dated import why_it_stays
from partnership.exporting import download
from partnership.models import Partnership, User, today
from partnership.templatetags.quorate import longdate
from partnership.views.dated import (
    CHANGES,
    STATES,
    VERSION_COLUMNS,
    keeps,
    kept_places,
    one_page,
    readable_place,
    readable_places,
    set_up_crumbs,
    state_of,
    until_of,
    version_cells,
)
from partnership.views.listing import chosen_sort, headings

COLUMNS = {"agency": "Agency", "kind": "Kind of conference", "expected": "Expected", "state": "State",
           "from": "From", "until": "Until"}
SORTS: dict[str, Callable[[ExpectationRule], Any]] = {
    "agency": lambda row: (row.agency_id is not None, row.agency.name if row.agency_id else ""),
    "kind": lambda row: row.get_kind_display(),
    "expected": lambda row: row.get_expectation_display(),
    "from": lambda row: row.effective_from,
}


def rules(request: HttpRequest) -> HttpResponse:
    """The rules in force of each partnership that the person may read."""
    places = list(readable_places(request.user).order_by("name"))
    if not places:
        raise PermissionDenied
    kept = set(kept_places(request.user).values_list("pk", flat=True))
    return render(request, "conferences/rules.html", {
        "places": [in_force(place, place.pk in kept) for place in places],
        "on": today(),
        "crumbs": set_up_crumbs(request.user, ("Local rules for meetings", "")),
    })


def in_force(place: Partnership, keeps_them: bool) -> dict[str, Any]:
    """The rules of a partnership today: the quorum, what is expected of all, the limits."""
    quorum = latest(place.quorum_rules.prefetch_related("units__agencies"), today())
    expectations = list(place.expectations.select_related("agency"))
    general = latest((e for e in expectations if not e.agency_id and not e.kind), today())
    own = {
        (e.agency_id, e.kind) for e in expectations
        if (e.agency_id or e.kind) and latest(series(expectations, e), today())
    }
    return {
        "place": place,
        "keeps": keeps_them,
        "quorum": quorum_words(quorum) if quorum else [],
        "general": expectation_words(general) if general else "",
        "own": len(own),
        "timescales": [words for _, words in limits_in_words(place)],
    }


def series(rows: list[ExpectationRule], row: ExpectationRule) -> list[ExpectationRule]:
    return [r for r in rows if (r.agency_id, r.kind) == (row.agency_id, row.kind)]


def limits_in_words(place: Partnership) -> list[tuple[Timed, str]]:
    """Each timescale in force today; where the partnership set none, what holds instead."""
    rows, found = list(place.timescales.all()), []
    for what in Timed:
        row = latest((r for r in rows if r.what == what), today())
        limit = (row.amount, row.unit) if row else TIMESCALES[what]
        found.append((what, TIMED[what].format(limit_words(*limit))))
    return found


def crumbs(user: User, *below: tuple[str, str]) -> list[dict[str, str]]:
    return set_up_crumbs(
        user, ("Local rules for meetings", reverse("conferences:rules")), *below
    )


# --- Quorum ---------------------------------------------------------------------------------------


def quorum_rule(request: HttpRequest, code: str) -> HttpResponse:
    """The quorum in force, in sentences, with those before and to come."""
    place = readable_place(request, code)
    versions = list(
        place.quorum_rules.prefetch_related("units__agencies").order_by("-effective_from")
    )
    manages = keeps(request.user, place)
    free = free_to_correct(place) if manages else None
    now = latest(versions, today())
    page = one_page(versions, request)
    return render(request, "conferences/rule_quorum.html", {
        "place": place,
        "keeps": manages,
        "now": quorum_words(now) if now else [],
        "since": now.effective_from if now else None,
        "versions": [quorum_version(row, versions, place, free) for row in page],
        "correct": correction(now, "quorum", place, free).get("href", "") if now and free else "",
        "page": page,
        "crumbs": crumbs(request.user, (f"Quorum of {place}", "")),
    })


def quorum_version(
    row: QuorumRule, versions: list[QuorumRule], place: Partnership,
    free: Callable[[Any], bool] | None,
) -> dict[str, Any]:
    """A version of the quorum with its sentences."""
    state, colour = state_of(row, versions, today())
    until = until_of(row, versions)
    link = removal(row, "quorum", place) if free else {}
    correct = correction(row, "quorum", place, free) if free else {}
    return {
        "title": f"From {longdate(row.effective_from)}" + (f" until {longdate(until)}" if until else ""),
        "state": state, "colour": colour, "words": quorum_words(row), "href": link.get("href", ""),
        "correct": correct.get("href", ""),
    }


def free_to_correct(place: Partnership, *, by_agency: bool = False) -> Callable[[Any], bool]:
    """Whether a version can still be corrected or taken away: no register was judged by it."""
    last, own = judged_up_to(place), judged_by_agency(place) if by_agency else {}

    def free(row: Any) -> bool:
        about_one = getattr(row, "agency_id", None)
        return not why_it_stays(row, own.get(about_one) if about_one else last)

    return free


def correction(row: Any, what: str, place: Partnership, free: Callable[[Any], bool]) -> dict[str, str]:
    """The link that corrects a version saved by mistake."""
    if not free(row):
        return {"text": ""}
    href = reverse("conferences:rule-correct", args=[place.code, what, row.pk])
    return {"text": "Correct", "href": href, "hidden": str(row)}


def removal(row: Any, what: str, place: Partnership) -> dict[str, str]:
    """The link that takes a version away that has not begun."""
    if row.effective_from <= today():
        return {"text": ""}
    href = reverse("conferences:rule-remove", args=[place.code, what, row.pk])
    return {"text": "Remove", "href": href, "hidden": str(row)}


# --- Expectations ---------------------------------------------------------------------------------


def expectations(
    request: HttpRequest, place: Partnership
) -> tuple[RuleFilter, tuple[str, bool], list[ExpectationRule], list[ExpectationRule]]:
    """The rules that were asked for in their order, and all versions of all of them."""
    every = list(place.expectations.select_related("agency").order_by("-effective_from", "pk"))
    form = RuleFilter(request.GET, partnership=place)
    asked = form.cleaned_data if form.is_valid() else {}
    sort = chosen_sort(asked.get("sort", ""), SORTS, "agency")
    rows = sorted(
        (row for row in every if wanted(row, every, asked)), key=SORTS[sort[0]], reverse=sort[1]
    )
    return form, sort, rows, every


def expectation_list(request: HttpRequest, code: str) -> HttpResponse:
    """What is expected of the agencies, by agency and kind, all versions."""
    place = readable_place(request, code)
    form, sort, rows, every = expectations(request, place)
    manages = keeps(request.user, place)
    free = free_to_correct(place, by_agency=True) if manages else None
    page = one_page(rows, request)
    return render(request, "conferences/rule_expectations.html", {
        "place": place,
        "keeps": manages,
        "filter": form,
        "narrowed": bool(form.cleaned_data.get("agency") or form.cleaned_data.get("state")),
        "files": [download(request, "conferences:expectation-list-file", code)],
        "columns": [*headings(request, COLUMNS, SORTS, sort), *(CHANGES if manages else [])],
        "rows": [
            [*expectation_cells(row), *version_cells(row, series(every, row), today()),
             *([correction(row, "expectation", place, free), expectation_act(row, place)] if free else [])]
            for row in page
        ],
        "page": page,
        "crumbs": crumbs(request.user, (f"What is expected in {place}", "")),
    })


def wanted(row: ExpectationRule, every: list[ExpectationRule], asked: dict[str, Any]) -> bool:
    """Whether a row is among those that were asked for."""
    if asked.get("agency") and row.agency_id != asked["agency"].pk:
        return False
    state = asked.get("state")
    return not state or state_of(row, series(every, row), today()) == STATES[state]


def expectation_cells(row: ExpectationRule) -> list[dict[str, Any]]:
    return [
        {"text": row.agency.name if row.agency_id else "Every agency", "header": True},
        {"text": MeetingKind(row.kind).label if row.kind else "Every kind"},
        {"text": row.get_expectation_display()},
    ]


def expectation_act(row: ExpectationRule, place: Partnership) -> dict[str, str]:
    if row.effective_from > today():
        return removal(row, "expectation", place)
    ended = row.effective_until and row.effective_until <= today()
    if ended or not (row.agency_id or row.kind):
        return {"text": ""}
    href = reverse("conferences:expectation-end", args=[place.code, row.pk])
    return {"text": "End", "href": href, "hidden": str(row)}


# --- Timescales -----------------------------------------------------------------------------------


def timescales(place: Partnership) -> list[Timescale]:
    """All versions of each limit, the newest of each first."""
    rows = list(place.timescales.order_by("-effective_from"))
    return sorted(rows, key=lambda row: list(Timed).index(Timed(row.what)))


def timescale_list(request: HttpRequest, code: str) -> HttpResponse:
    """The limits in force, in sentences, and all versions."""
    place = readable_place(request, code)
    rows = timescales(place)
    manages = keeps(request.user, place)
    free = free_to_correct(place) if manages else None
    page = one_page(rows, request)
    new = reverse("conferences:timescale-new", args=[place.code])
    columns = [{"text": "What it is about"}, {"text": "Limit"}, *VERSION_COLUMNS]
    return render(request, "conferences/rule_timescales.html", {
        "place": place,
        "keeps": manages,
        "now": [
            {"key": what.label, "value": words,
             **({"action_href": f"{new}?what={what}"} if manages else {})}
            for what, words in limits_in_words(place)
        ],
        "columns": [*columns, *(CHANGES if manages else [])],
        "rows": [
            [{"text": row.get_what_display(), "header": True},
             {"text": limit_words(row.amount, row.unit)},
             *version_cells(row, [r for r in rows if r.what == row.what], today()),
             *([correction(row, "timescale", place, free), removal(row, "timescale", place)] if free else [])]
            for row in page
        ],
        "page": page,
        "files": [download(request, "conferences:timescale-list-file", code)],
        "crumbs": crumbs(request.user, (f"Timescales of {place}", "")),
    })
