"""Changing the quorum: the form, how it would judge the last year, and only then the new version."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from conferences import actions
from conferences.forms.rules import (
    MOST_UNITS,
    QuorumForm,
    UnitRows,
    Units,
    quorum_initial,
    terms_of,
)
from conferences.models import QuorumRule
from conferences.presets import QUORUM
from conferences.rules import latest
from conferences.views.rules import crumbs
from conferences.views.weighed import MEETING_COLUMNS, verdict_cells, verdicts_said
from conferences.weighing import weigh_quorum
from conferences.wording import COUNTS, listed, quorum_words
from partnership.choices import Sector
from partnership.dated import seen_of
from partnership.forms import posted
from partnership.models import Partnership, today
from partnership.templatetags.quorate import longdate
from partnership.views.dated import Proposal, both, kept_place, steps


def begins(form: forms.Form) -> str:
    return longdate(form.cleaned_data["effective_from"])


def back_to(request: HttpRequest, address: str, place: Partnership, words: str) -> HttpResponse:
    messages.success(request, words)
    return redirect(address, place.code)


def editor(
    request: HttpRequest, template: str, form: forms.Form, place: Partnership, title: str,
    above: tuple[str, str], **more: Any,
) -> HttpResponse:
    wrong = form.is_bound and bool(form.errors or more.get("errors"))
    return render(request, template, {
        "form": form, "place": place, "title": title, "back": above[1],
        "crumbs": crumbs(request.user, above, (title, "")), **more,
    }, status=422 if wrong else 200)


def quorum_new(request: HttpRequest, code: str, rule: QuorumRule | None = None) -> HttpResponse:
    """A new version of the quorum; or a version that was saved by mistake, corrected."""
    place = kept_place(request, code)
    versions = list(place.quorum_rules.prefetch_related("units__agencies"))
    now = next((v for v in versions if v == rule), None) or latest(versions, today())
    start = quorum_initial(now or QuorumRule(**QUORUM))
    form = QuorumForm(posted(request), rule=rule, initial={**start, "effective_from": today()})
    units = units_of(request, place, now)
    ok = request.method == "POST" and form.is_valid() & units.is_valid()
    list_page = reverse("conferences:quorum-rule", args=[place.code])
    above = (f"Quorum of {place}", list_page)

    def act(seen: str) -> QuorumRule:
        if rule:
            return actions.correct_quorum(
                by=request.user, rule=rule, seen=seen, units=units.units(), **form.terms()
            )
        return actions.set_quorum(
            by=request.user, partnership=place, seen=seen, units=units.units(), **form.terms(),
            effective_from=form.cleaned_data["effective_from"],
        )

    def show() -> HttpResponse:
        return editor(request, "conferences/rule_quorum_new.html", form, place,
                      titled("Change the quorum", rule), above, remove=removal_of(rule, "quorum"), units=units, errors=unit_errors(units) if units.is_bound else [],
                      now=quorum_words(now) if now else [],
                      now_title=version_words(rule) if rule else "In force now")

    return steps(
        request, form, ok=ok, act=act, show=show,
        propose=lambda: quorum_proposal(request, place, form, units, above),
        saved=lambda row: back_to(
            request, "conferences:quorum-rule", place,
            f"The {'version is corrected' if rule else 'new quorum is saved'}. It is in force from "
            f"{longdate(row.effective_from)}.",
        ),
    )


def units_of(request: HttpRequest, place: Partnership, now: QuorumRule | None) -> UnitRows:
    """The groups that count as one: as typed, else as a version has them."""
    return Units(
        with_more(request), prefix="unit", form_kwargs={"partnership": place},
        initial=[
            {"title": unit.title, "agencies": [agency.pk for agency in unit.agencies.all()]}
            for unit in now.units.all()
        ] if now else [],
    )


def titled(title: str, rule: Any) -> str:
    return "Correct a version" if rule else title


def version_words(rule: Any) -> str:
    return f"As it was saved: in force from {longdate(rule.effective_from)}"


def removal_of(rule: Any, kind: str) -> str:
    """Where a version is taken away that is looked at to be corrected."""
    return reverse("conferences:rule-remove", args=[rule.partnership.code, kind, rule.pk]) if rule else ""


def with_more(request: HttpRequest) -> Any:
    """What was posted, with one more row where it was asked for."""
    if request.method != "POST":
        return None
    data = request.POST.copy()
    total = data.get("unit-TOTAL_FORMS", "")
    if "more" in data and total.isdecimal() and len(total) < 3:
        data["unit-TOTAL_FORMS"] = str(min(int(total) + 1, MOST_UNITS))
    return data


def unit_errors(units: UnitRows) -> list[dict[str, str]]:
    """The errors of the groups, each leading to its field."""
    found = [{"text": error, "href": ""} for error in units.non_form_errors()]
    for number, form in enumerate(units.forms, start=1):
        found += [
            {"text": f"Group {number}: {errors[0]}",
             "href": f"#{form[name].id_for_label or form[name].auto_id + '_0'}"}
            for name, errors in form.errors.items() if name in form.fields
        ]
    return found


def quorum_proposal(
    request: HttpRequest, place: Partnership, form: QuorumForm, units: UnitRows,
    above: tuple[str, str],
) -> Proposal:
    versions = list(place.quorum_rules.prefetch_related("units__agencies"))
    on = form.cleaned_data["effective_from"]
    old = latest(versions, on)
    found = weigh_quorum(place, terms_of(form, units))
    then = quorum_details(QuorumRule(**form.terms()), {
        title: [agency.name for agency in agencies] for title, agencies in units.units()
    })
    now = quorum_details(old, {
        unit.title: [a.name for a in unit.agencies.all()] for unit in old.units.all()
    }) if old else {}
    return Proposal(
        title="Quorum", name=place.name, crumbs=crumbs(request.user, above, ("What changes", "")),
        back=above[1], seen=seen_of(versions), now="As it is", then=f"From {begins(form)}",
        rows=both((name, now.get(name, ""), words) for name, words in then.items()),
        said=verdicts_said(place, found, on), caption="Conferences that would be judged otherwise",
        columns=MEETING_COLUMNS, differ=found.differ, cells=lambda v: verdict_cells(place, v),
        save=f"Save: in force from {begins(form)}",
    )


def quorum_details(rule: QuorumRule, units: dict[str, list[str]]) -> dict[str, str]:
    """A quorum, detail by detail."""
    sectors = rule.required_sectors
    counted = [words for name, words in COUNTS.items() if getattr(rule, f"{name}_counts")]
    return {
        "Must be there": listed([Sector(s).label for s in sectors]) if sectors else "",
        "Others at least": str(rule.others),
        "Which others": "With direct contact only" if rule.others_involved else "Any agency",
        "Counts as being there": listed(counted) if counted else "",
        "Count as one": "; ".join(f"{t} ({', '.join(n)})" for t, n in units.items()),
    }
