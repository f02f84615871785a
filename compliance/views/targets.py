"""Targets: which are in force, and a new one with the ratings that it changes shown first."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from compliance import actions
from compliance.actions.targets import last_rated, made_at, rated_days, series_of
from compliance.asking import default_period
from compliance.forms.targets import TargetForm
from compliance.measures import MEASURES, Ledger, Scope, open_ledger
from compliance.models import Target
from compliance.rows.rerating import Rerated, rerated
from compliance.scorecard import TargetLine
from compliance.views.target_files import asked_place, versions
from conferences.rules import latest
from partnership.dated import next_start, seen_of, why_it_stays
from partnership.exporting import download
from partnership.forms import posted
from partnership.models import Partnership, User, today
from partnership.templatetags.quorate import RATING_COLOURS, longdate
from partnership.views.dated import (
    CHANGES,
    VERSION_COLUMNS,
    Proposal,
    both,
    kept_place,
    kept_places,
    one_page,
    set_up_crumbs,
    steps,
    version_cells,
)
from partnership.workdays import NoCalendar

RATED_COLUMNS = [
    {"text": text} for text in ("Whose", "Reading", "By the target that holds", "By the new one")
]
COLUMNS = [
    {"text": "Measure"}, {"text": "Good from", "numeric": True}, {"text": "Watch from", "numeric": True},
]
ISSUED = "Reports that were issued keep the ratings that they were issued with."


def target_words(measure: str, good: Any, watch: Any) -> str:
    """"Training in date: good from 90%, watch from 75%, act below."."""
    return (
        f"{MEASURES[measure].title}: good from {good.normalize():f}%, watch from "
        f"{watch.normalize():f}%, act below."
    )


def words_of(row: Target) -> str:
    return target_words(row.measure, row.good_from, row.watch_from)


def crumbs(user: User, *below: tuple[str, str]) -> list[dict[str, str]]:
    return set_up_crumbs(user, ("Targets", reverse("compliance:target-list")), *below)


def target_list(request: HttpRequest) -> HttpResponse:
    """The targets of each partnership whose figures the person sees, with their versions."""
    place, places = asked_place(request)
    rows = versions(place)
    manages = kept_places(request.user).filter(pk=place.pk).exists()
    page = one_page(rows, request)
    free = free_to_correct(place, page) if manages else None
    return render(request, "compliance/target_list.html", {
        "place": place,
        "places": [
            {"text": p.name, "href": f"?partnership={p.code}", "current": p == place}
            for p in places
        ],
        "keeps": manages,
        "now": in_force(place, rows, manages),
        "columns": [*COLUMNS, *VERSION_COLUMNS, *(CHANGES if manages else [])],
        "rows": [
            [{"text": MEASURES[row.measure].title, "header": True}, per_cent(row, "good_from"),
             per_cent(row, "watch_from"),
             *version_cells(row, [r for r in rows if r.measure == row.measure], today()),
             *([correction(row, free), act_of(row)] if free else [])]
            for row in page
        ],
        "page": page,
        "files": [download(request, "compliance:target-list-file")],
        "crumbs": set_up_crumbs(request.user, ("Targets", "")),
    })


def in_force(place: Partnership, rows: list[Target], manages: bool) -> list[dict[str, Any]]:
    """Each measure with its target today, in words."""
    found = []
    for key, measure in MEASURES.items():
        row = latest((r for r in rows if r.measure == key), today())
        line = {
            "key": measure.title, "hint": measure.sentence,
            "value": words_of(row).partition(": ")[2].capitalize() if row else "Not rated",
        }
        if manages:
            new = reverse("compliance:target-new", args=[place.code])
            line["action_href"] = f"{new}?measure={key}"
        found.append(line)
    return found


def free_to_correct(place: Partnership, rows: Iterable[Target]) -> Callable[[Target], bool]:
    """Whether a version can still be corrected or taken away: no issued report was rated by it."""
    days, made = rated_days(place), made_at(rows)
    return lambda row: not why_it_stays(row, last_rated(row, days, made))


def correction(row: Target, free: Callable[[Target], bool]) -> dict[str, str]:
    """The link that corrects a version saved by mistake."""
    if not free(row):
        return {"text": ""}
    href = reverse("compliance:target-correct", args=[row.pk])
    return {"text": "Correct", "href": href, "hidden": words_of(row)}


def act_of(row: Target) -> dict[str, str]:
    """The link that takes a version away that has not begun, or ends one that has."""
    if row.effective_from > today():
        href, text = reverse("compliance:target-remove", args=[row.pk]), "Remove"
    elif row.effective_until and row.effective_until <= today():
        return {"text": ""}
    else:
        href, text = reverse("compliance:target-end", args=[row.pk]), "End"
    return {"text": text, "href": href, "hidden": words_of(row)}


# --- A new one ------------------------------------------------------------------------------------


def editor(
    request: HttpRequest, form: Any, place: Partnership, title: str, about: str = "", remove: str = ""
) -> HttpResponse:
    return render(request, "compliance/target_new.html", {
        "form": form, "place": place, "title": title, "about": about,
        "remove": remove,
        "back": reverse("compliance:target-list") + f"?partnership={place.code}",
        "crumbs": crumbs(request.user, (title, "")),
    }, status=422 if form.is_bound and form.errors else 200)


def back(request: HttpRequest, place: Partnership, words: str) -> HttpResponse:
    messages.success(request, words)
    return redirect(reverse("compliance:target-list") + f"?partnership={place.code}")


def target_new(request: HttpRequest, code: str) -> HttpResponse:
    """A new target of one measure, from a day on."""
    place = kept_place(request, code)
    form = TargetForm(posted(request), initial=start(request, place))
    ok = request.method == "POST" and form.is_valid()
    return steps(
        request, form, ok=ok,
        act=lambda seen: actions.set_target(
            by=request.user, partnership=place, seen=seen, **form.cleaned_data
        ),
        show=lambda: editor(request, form, place, "Change a target"),
        propose=lambda: proposal(request, place, form),
        saved=lambda row: back(
            request, place, f"Saved. From {longdate(row.effective_from)}: {words_of(row)}"
        ),
    )


def start(request: HttpRequest, place: Partnership) -> dict[str, Any]:
    """What the form begins with: the target of the measure that was asked for."""
    key = request.GET.get("measure") or next(iter(MEASURES))
    if key not in MEASURES:
        raise Http404
    row = latest(place.targets.filter(measure=key), today())
    values = {"good_from": row.good_from, "watch_from": row.watch_from} if row else {}
    return {"measure": key, "effective_from": today(), **values}


def proposal(request: HttpRequest, place: Partnership, form: TargetForm) -> Proposal:
    row = Target(partnership=place, **form.cleaned_data)
    versions, on = series_of(row), row.effective_from
    ledger = open_ledger(Scope(place), default_period(place))
    old = latest(versions, ledger.as_at)
    was = latest(versions, on)
    try:
        found = rerated(ledger, row.measure, as_line(old), as_line(row))
    except NoCalendar as error:
        raise ValidationError(str(error)) from error
    differ = [one for one in found if one.before is not one.after]
    return Proposal(
        title=MEASURES[row.measure].title, name=place.name,
        crumbs=crumbs(request.user, ("What changes", "")),
        back=reverse("compliance:target-list") + f"?partnership={place.code}",
        seen=seen_of(versions), now="As it is", then=f"From {longdate(on)}",
        rows=both([
            ("Good from", per_cent(was, "good_from"), per_cent(row, "good_from")),
            ("Watch from", per_cent(was, "watch_from"), per_cent(row, "watch_from")),
        ]),
        said=said(ledger, row, versions, differ), save=f"Save: in force from {longdate(on)}",
        caption="Ratings that change", columns=RATED_COLUMNS, differ=differ, cells=cells,
    )


def as_line(row: Target | None) -> TargetLine | None:
    return TargetLine(row.measure, row.good_from, row.watch_from) if row else None


def per_cent(row: Target | None, name: str) -> str:
    return f"{getattr(row, name).normalize():f}%" if row else "Not rated"


def said(ledger: Ledger, row: Target, versions: list[Target], differ: list[Rerated]) -> list[str]:
    """Whether the last year with meetings is rated by it, and how many ratings change."""
    period, on = ledger.period.name, row.effective_from
    then = next_start(versions, on)
    found = [f"Periods that end on {longdate(on)} or later are rated by it."]
    if then:
        found.append(f"It holds until {longdate(then)}, when a version begins that is there already.")
    number = f"{len(differ) or 'no'} rating{'' if len(differ) == 1 else 's'}"
    if on > ledger.as_at or (then and then <= ledger.as_at):
        found.append(f"The readings of {period} are rated as before. By it {number} would differ.")
    else:
        found.append(changing(differ, period))
    return [*found, "A total under five has no rating.", ISSUED]


def changing(differ: list[Rerated], period: str) -> str:
    """How many ratings of a period change."""
    if not differ:
        return f"No rating of {period} changes."
    return f"{len(differ)} rating{'' if len(differ) == 1 else 's'} of {period} change{'s' if len(differ) == 1 else ''}."


def cells(one: Rerated) -> list[dict]:
    return [
        {"text": one.name, "header": True},
        {"text": one.reading.printed, "hint": one.reading.working},
        rating_cell(one.before), rating_cell(one.after),
    ]


def rating_cell(rating: Any) -> dict:
    if rating is None:
        return {"text": "Not rated"}
    return {"text": rating.label, "tag_colour": RATING_COLOURS[str(rating)]}
