"""Targets that end, and versions of targets that were saved by mistake: corrected or taken away."""

from __future__ import annotations

from copy import copy

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from compliance import actions
from compliance.actions.targets import rated_up_to, series_of
from compliance.asking import default_period
from compliance.forms.targets import EndTargetForm, TargetForm
from compliance.measures import Scope, open_ledger
from compliance.models import Target
from compliance.rows.rerating import rerated
from compliance.views.targets import (
    ISSUED,
    RATED_COLUMNS,
    as_line,
    back,
    cells,
    changing,
    crumbs,
    editor,
    proposal,
    words_of,
)
from conferences.rules import latest
from partnership.dated import seen_of, why_it_stays
from partnership.forms import posted
from partnership.models import today
from partnership.roles import Permission
from partnership.templatetags.quorate import longdate
from partnership.views.dated import Proposal, both, confirmed, steps


def kept_target(request: HttpRequest, number: int) -> Target:
    """A target that the person keeps, or 404."""
    rows = Target.objects.within_reach(request.user, Permission.MANAGE_RULES)
    return get_object_or_404(rows.select_related("partnership"), pk=number)


def target_correct(request: HttpRequest, number: int) -> HttpResponse:
    """Correct a version that no issued report was rated by; of another the sentence why it stays."""
    row = kept_target(request, number)
    place = row.partnership
    if request.method != "POST" and (why := why_it_stays(row, rated_up_to(row))):
        messages.info(request, why)
        return redirect(reverse("compliance:target-list") + f"?partnership={place.code}")
    form = TargetForm(
        posted(request), rule=row, initial={"good_from": row.good_from, "watch_from": row.watch_from}
    )
    about = f"As it was saved: in force from {longdate(row.effective_from)}. {words_of(row)}"
    return steps(
        request, form, ok=request.method == "POST" and form.is_valid(),
        act=lambda seen: actions.correct_target(
            by=request.user, target=row, seen=seen, **form.corrected
        ),
        show=lambda: editor(request, form, place, "Correct a version", about,
                            reverse("compliance:target-remove", args=[row.pk])),
        propose=lambda: proposal(request, place, form),
        saved=lambda new: back(
            request, place, f"Corrected. From {longdate(new.effective_from)}: {words_of(new)}"
        ),
    )


def target_end(request: HttpRequest, number: int) -> HttpResponse:
    """End a target: from a day on the measure is not rated."""
    row = kept_target(request, number)
    place = row.partnership
    form = EndTargetForm(posted(request), initial={"effective_until": today()})
    ok = request.method == "POST" and form.is_valid()

    def propose() -> Proposal:
        on = longdate(form.cleaned_data["effective_until"])
        return Proposal(
            title="End a target", name=place.name,
            crumbs=crumbs(request.user, ("What changes", "")),
            back=reverse("compliance:target-list") + f"?partnership={place.code}",
            seen=seen_of(series_of(row)), now="As it is", then=f"From {on}",
            rows=both([("Target", words_of(row), "Not rated")]),
            said=[f"Readings up to {on} or a later day have no rating.", ISSUED],
            save=f"End it on {on}", warning=True,
        )

    return steps(
        request, form, ok=ok, propose=propose,
        act=lambda seen: actions.end_target(
            by=request.user, target=row, seen=seen, **form.cleaned_data
        ) or True,
        show=lambda: editor(request, form, place, "End a target", words_of(row)),
        saved=lambda _: back(
            request, place,
            f"The target no longer holds from {longdate(form.cleaned_data['effective_until'])}.",
        ),
    )


def without(row: Target, versions: list[Target]) -> list[Target]:
    """The versions as they stand once one is taken away: the one that ended for it goes on."""
    left = [copy(version) for version in versions if version.pk != row.pk]
    for version in left:
        if version.effective_until == row.effective_from:
            version.effective_until = row.effective_until
    return left


def target_remove(request: HttpRequest, number: int) -> HttpResponse:
    """Take away a version that no issued report was rated by."""
    row = kept_target(request, number)
    place, since = row.partnership, longdate(row.effective_from)
    versions = series_of(row)
    ledger = open_ledger(Scope(place), default_period(place))
    before, after = (as_line(latest(rows, ledger.as_at)) for rows in (versions, without(row, versions)))
    differ = [one for one in rerated(ledger, row.measure, before, after) if one.before is not one.after]
    asked = Proposal(
        title="Remove a target", name=place.name,
        crumbs=crumbs(request.user, ("Remove a target", "")),
        back=reverse("compliance:target-list") + f"?partnership={place.code}",
        seen=seen_of(versions), now="As it is", then="Afterwards",
        rows=both([(f"From {since}", words_of(row), "Removed")]),
        said=["The version before it, where there is one, goes on.", changing(differ, ledger.period.name), ISSUED],
        save="Remove this version", warning=True,
        caption="Ratings that change", columns=RATED_COLUMNS, differ=differ, cells=cells,
    )
    return confirmed(
        request, asked,
        act=lambda seen: actions.remove_target(by=request.user, target=row, seen=seen) or True,
        saved=lambda _: back(request, place, f"The target from {since} is removed."),
    )
