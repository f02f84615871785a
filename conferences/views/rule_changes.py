"""Changing what is expected, the timescales, and taking versions away: the form, what it would
change, and only then the new version."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from conferences import actions
from conferences.actions.rules import judged_up_to, series_of
from conferences.choices import Expectation, Timed
from conferences.forms.rules import EndForm, ExpectationForm, TimescaleForm
from conferences.models import ExpectationRule, QuorumRule, Timescale
from conferences.rules import LocalRules, latest
from conferences.views.rule_quorum import (
    back_to,
    begins,
    editor,
    quorum_new,
    removal_of,
    titled,
    version_words,
)
from conferences.views.rules import crumbs
from conferences.views.weighed import (
    TIMING_COLUMNS,
    ending_said,
    expectation_said,
    removing_said,
    timescale_said,
    timing_cells,
)
from conferences.weighing import expected_anew, weigh_timescale, with_expectation
from conferences.wording import expectation_words, limit_words, quorum_words, timescale_words
from partnership.dated import seen_of, why_it_stays
from partnership.forms import posted
from partnership.models import Agency, Partnership, today
from partnership.templatetags.quorate import longdate
from partnership.views.dated import Proposal, both, confirmed, kept_place, steps
from partnership.workdays import NoCalendar

ASKED = dict(Expectation.choices)
KINDS = {"quorum": QuorumRule, "expectation": ExpectationRule, "timescale": Timescale}
LISTS = {
    "quorum": "conferences:quorum-rule", "expectation": "conferences:expectation-list",
    "timescale": "conferences:timescale-list",
}


# --- Expectations ---------------------------------------------------------------------------------


def expectation_new(
    request: HttpRequest, code: str, rule: ExpectationRule | None = None
) -> HttpResponse:
    """Say what is expected of an agency, or of all, from a day on; or correct a version that says it."""
    place = kept_place(request, code)
    form = ExpectationForm(
        posted(request), partnership=place, rule=rule,
        initial={"effective_from": today(), "expectation": rule.expectation if rule else None},
    )
    ok = request.method == "POST" and form.is_valid()
    above = (f"What is expected in {place}",
             reverse("conferences:expectation-list", args=[place.code]))
    return steps(
        request, form, ok=ok,
        act=lambda seen: actions.correct_expectation(
            by=request.user, rule=rule, seen=seen, **form.corrected
        ) if rule else actions.expect(
            by=request.user, partnership=place, seen=seen, **form.cleaned_data
        ),
        show=lambda: editor(request, "conferences/rule_new.html", form, place,
                            titled("Change what is expected", rule), above,
                            **about(rule, "expectation")),
        propose=lambda: expectation_proposal(request, place, form, above),
        saved=lambda row: back_to(
            request, "conferences:expectation-list", place,
            f"{saved_word(rule)}. From {longdate(row.effective_from)}: {expectation_words(row)}",
        ),
    )


def expectation_proposal(
    request: HttpRequest, place: Partnership, form: ExpectationForm, above: tuple[str, str]
) -> Proposal:
    row = ExpectationRule(partnership=place, **form.cleaned_data)
    rules, on = LocalRules.of(place), row.effective_from
    after = with_expectation(rules, row)
    versions = series_of(row)
    old = latest(versions, on)
    return Proposal(
        title="What is expected", name=place.name,
        crumbs=crumbs(request.user, above, ("What changes", "")), back=above[1],
        seen=seen_of(versions), now="As it is", then=f"From {begins(form)}",
        rows=both([
            ("Agency", who(row.agency), who(row.agency)),
            ("Kind", kind_words(row), kind_words(row)),
            ("Expected", ASKED[old.expectation] if old else "No rule of its own",
             ASKED[row.expectation]),
        ]),
        said=expectation_said(place, after, row, expected_anew(place, rules, after, on)),
        save=f"Save: in force from {begins(form)}",
    )


def who(agency: Agency | None) -> str:
    return agency.name if agency else "Every agency"


def kind_words(row: ExpectationRule) -> str:
    return row.get_kind_display() if row.kind else "Every kind"


def kept_rule(request: HttpRequest, code: str, kind: str, number: int) -> Any:
    """A version of a rule that the person keeps, or 404."""
    if kind not in KINDS:
        raise Http404
    place = kept_place(request, code)
    # unscoped: of a partnership within reach
    return get_object_or_404(KINDS[kind].objects.select_related("partnership"), pk=number, partnership=place)


def expectation_end(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """End a rule for one agency or one kind."""
    rule = kept_rule(request, code, "expectation", number)
    place = rule.partnership
    form = EndForm(posted(request), initial={"effective_until": today()})
    ok = request.method == "POST" and form.is_valid()
    above = (f"What is expected in {place}",
             reverse("conferences:expectation-list", args=[place.code]))

    def propose() -> Proposal:
        on = form.cleaned_data["effective_until"]
        versions = series_of(rule)
        said, after = ending_said(place, rule, on)
        return Proposal(
            title="End a rule", name=place.name,
            crumbs=crumbs(request.user, above, ("What changes", "")), back=above[1],
            seen=seen_of(versions), now="As it is", then=f"From {longdate(on)}",
            rows=both([("Rule", expectation_words(rule), after)]), said=said,
            save=f"End it on {longdate(on)}", warning=True,
        )

    return steps(
        request, form, ok=ok, propose=propose,
        act=lambda seen: actions.end_expectation(
            by=request.user, rule=rule, seen=seen, **form.cleaned_data
        ) or True,
        show=lambda: editor(request, "conferences/rule_new.html", form, place, "End a rule", above,
                            about=expectation_words(rule)),
        saved=lambda _: back_to(
            request, "conferences:expectation-list", place,
            f"The rule ends: it no longer holds from {longdate(form.cleaned_data['effective_until'])}.",
        ),
    )


# --- Timescales -----------------------------------------------------------------------------------


def timescale_new(request: HttpRequest, code: str, rule: Timescale | None = None) -> HttpResponse:
    """A new version of one timescale; or a version that was saved by mistake, corrected."""
    place = kept_place(request, code)
    start = {"amount": rule.amount, "unit": rule.unit} if rule else timescale_start(request, place)
    form = TimescaleForm(posted(request), rule=rule, initial=start)
    ok = request.method == "POST" and form.is_valid()
    above = (f"Timescales of {place}", reverse("conferences:timescale-list", args=[place.code]))
    return steps(
        request, form, ok=ok,
        act=lambda seen: actions.correct_timescale(
            by=request.user, rule=rule, seen=seen, **form.corrected
        ) if rule else actions.set_timescale(
            by=request.user, partnership=place, seen=seen, **form.cleaned_data
        ),
        show=lambda: editor(request, "conferences/rule_new.html", form, place,
                            titled("Change a timescale", rule), above, **about(rule, "timescale")),
        propose=lambda: timescale_proposal(request, place, form, above),
        saved=lambda row: back_to(
            request, "conferences:timescale-list", place,
            f"{saved_word(rule)}. From {longdate(row.effective_from)}: {timescale_words(row)}",
        ),
    )


def timescale_start(request: HttpRequest, place: Partnership) -> dict[str, Any]:
    """What the form begins with: the limit that was asked for, as it is today."""
    what = request.GET.get("what") or Timed.INITIAL
    if what not in Timed.values:
        raise Http404
    limit = LocalRules.of(place).limit(what, today())
    return {"what": what, "amount": limit.amount, "unit": limit.unit, "effective_from": today()}


def timescale_proposal(
    request: HttpRequest, place: Partnership, form: TimescaleForm, above: tuple[str, str]
) -> Proposal:
    row = Timescale(partnership=place, **form.cleaned_data)
    versions = series_of(row)
    old = LocalRules.of(place).limit(row.what, row.effective_from)
    try:
        found = weigh_timescale(place, row.what, row.limit)
    except NoCalendar as error:
        raise ValidationError(str(error)) from error
    return Proposal(
        title=Timed(row.what).label, name=place.name,
        crumbs=crumbs(request.user, above, ("What changes", "")), back=above[1],
        seen=seen_of(versions), now="As it is", then=f"From {begins(form)}",
        rows=both([("Limit", limit_words(old.amount, old.unit), limit_words(row.amount, row.unit))]),
        said=timescale_said(place, row, found), caption="What would be otherwise",
        columns=TIMING_COLUMNS, differ=found.differ, cells=timing_cells(request, place, found),
        save=f"Save: in force from {begins(form)}",
    )


# --- Saved by mistake -----------------------------------------------------------------------------


def rule_correct(request: HttpRequest, code: str, kind: str, number: int) -> HttpResponse:
    """Correct a version that no register was judged by; of another the sentence why it stays."""
    rule = kept_rule(request, code, kind, number)
    judged = judged_up_to(rule.partnership, getattr(rule, "agency", None))
    why = why_it_stays(rule, judged)
    if why and request.method != "POST":
        messages.info(request, why)
        return redirect(LISTS[kind], code)
    return EDITORS[kind](request, code, rule)


EDITORS = {"quorum": quorum_new, "expectation": expectation_new, "timescale": timescale_new}


def about(rule: Any, kind: str) -> dict[str, str]:
    """What the page of a correction says of the version."""
    if not rule:
        return {}
    return {"about": f"{version_words(rule)}. {in_words(rule)}", "remove": removal_of(rule, kind)}


def saved_word(rule: Any) -> str:
    return "Corrected" if rule else "Saved"


# --- Taking away ----------------------------------------------------------------------------------


def rule_remove(request: HttpRequest, code: str, kind: str, number: int) -> HttpResponse:
    """Take away a version that no register was judged by."""
    rule = kept_rule(request, code, kind, number)
    place, address = rule.partnership, LISTS[kind]
    above = ("Versions", reverse(address, args=[place.code]))
    versions = series_of(rule)
    since = longdate(rule.effective_from)
    proposal = Proposal(
        title="Remove a version", name=place.name,
        crumbs=crumbs(request.user, above, ("Remove a version", "")), back=above[1],
        seen=seen_of(versions), now="As it is", then="Afterwards",
        rows=both([(f"From {since}", in_words(rule), "Removed")]),
        said=removing_said(rule, versions), save="Remove this version", warning=True,
    )
    return confirmed(
        request, proposal,
        act=lambda seen: actions.remove_rule(by=request.user, rule=rule, seen=seen) or True,
        saved=lambda _: back_to(request, address, place, f"The version from {since} is removed."),
    )


def in_words(rule: Any) -> str:
    if isinstance(rule, QuorumRule):
        return " ".join(quorum_words(rule))
    return expectation_words(rule) if isinstance(rule, ExpectationRule) else timescale_words(rule)
