"""Changing the local policy: the form, then what it changes, then the new version.

What is open keeps the version under which it was opened.
"""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render

from escalation import actions
from escalation.actions.policies import stage_fields
from escalation.choices import Contact, PartnershipPart
from escalation.forms.policy import (
    EXTRA_ROWS,
    PolicyForm,
    StageRows,
    Stages,
    fields_of,
    initial_of,
    numbered,
    stage_initial,
    untouched,
)
from escalation.models import Policy
from escalation.presets import PRESETS
from escalation.views.policy import columns, crumbs, limit_words, told_words, urgent_words
from escalation.views.reaching import managed_partnership
from partnership.forms import put_errors
from partnership.models import Partnership, today
from partnership.templatetags.quorate import longdate, sentences

SAME, CHANGED, NEW, GONE = (
    ("Same", "grey"),
    ("Changed", "yellow"),
    ("New", "green"),
    ("Gone", "red"),
)
BUTTONS = frozenset({"csrfmiddlewaretoken", "seen", "adopt", "back", "check", "more"})


def edit(request: HttpRequest, code: str) -> HttpResponse:
    """Change the policy: the form, then what it changes, then the new version."""
    partnership = managed_partnership(request, code)
    latest = partnership.policies.prefetch_related("stages").order_by("-version").first()
    if request.method != "POST":
        whole, rows = beginning(request, latest)
        form, stages = PolicyForm(initial=whole), Stages(initial=numbered(rows), prefix="stage")
        return editor(request, partnership, latest, form, stages)
    form, stages = PolicyForm(request.POST), Stages(with_more(request), prefix="stage")
    if not (form.is_valid() & stages.is_valid()) or {"back", "more"} & set(request.POST):
        return editor(request, partnership, latest, form, stages)
    seen = str(latest.version if latest else 0)
    if "adopt" not in request.POST or request.POST.get("seen") != seen:
        return check(request, partnership, latest, form, stages)
    try:
        made = actions.adopt_policy(
            by=request.user, partnership=partnership, stages=stages.stages(), **form.cleaned_data
        )
    except ValidationError as error:
        put_errors(form, error)
        return editor(request, partnership, latest, form, stages)
    messages.success(
        request,
        f"Version {made.version} is adopted, in force from {longdate(made.effective_from)}. "
        "Cases that are open keep their version.",
    )
    return redirect("escalation:policy", partnership.code)


def with_more(request: HttpRequest) -> QueryDict:
    """What was posted, with two more rows where they were asked for."""
    data = request.POST.copy()
    total = data.get("stage-TOTAL_FORMS", "")
    if "more" in data and total.isdecimal() and len(total) < 4:
        data["stage-TOTAL_FORMS"] = str(int(total) + EXTRA_ROWS)
        for row in range(int(total), int(total) + EXTRA_ROWS):
            data.update({f"stage-{row}-{name}": value for name, value in untouched().items()})
    return data


def beginning(request: HttpRequest, latest: Policy | None) -> tuple[dict, list[dict]]:
    """What the form begins with: a ready-made policy that was asked for, else the latest version."""
    preset = request.GET.get("preset", "")
    if not preset and latest:
        return initial_of(latest)
    if preset and preset not in PRESETS:
        raise Http404
    found = PRESETS[preset or "default"]
    whole = {
        "name": found.name,
        "effective_from": today(),
        "themes_allowed": found.themes_allowed,
        "nearly_days": found.nearly_days,
    }
    return whole, [stage_initial(stage_fields(stage)) for stage in found.stages]


def editor(
    request: HttpRequest,
    partnership: Partnership,
    latest: Policy | None,
    form: PolicyForm,
    stages: StageRows,
) -> HttpResponse:
    wrong = form.is_bound and not (form.is_valid() & stages.is_valid())
    return render(
        request,
        "escalation/policy_edit.html",
        {
            "partnership": partnership,
            "latest": latest,
            "form": form,
            "stages": stages,
            "errors": summary(stages) if wrong else [],
            "presets": [
                {"text": preset.name, "href": f"?preset={key}"} for key, preset in PRESETS.items()
            ],
            "crumbs": crumbs(partnership, "Change"),
        },
        status=422 if wrong else 200,
    )


def summary(stages: StageRows) -> list[dict]:
    """The errors of the rows, each leading to its field."""
    found = [{"text": error, "href": ""} for error in stages.non_form_errors()]
    for number, form in enumerate(stages.forms, start=1):
        for name in form.errors:
            at = form[name] if name in form.fields else None
            words = sentences(at)[0] if at else form.errors[name][0]
            if name == "title":
                words = "Fill in the title, or remove the stage."
            found.append({"text": f"Row {number}: {words}", "href": f"#{at.auto_id}" if at else ""})
    return found


def check(
    request: HttpRequest,
    partnership: Partnership,
    latest: Policy | None,
    form: PolicyForm,
    stages: StageRows,
) -> HttpResponse:
    """What the new version changes, before it is adopted."""
    late = "adopt" in request.POST
    before = [fields_of(row) for row in latest.stages.all()] if latest else []
    kept = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name not in BUTTONS
    ]
    return render(
        request,
        "escalation/policy_check.html",
        {
            "partnership": partnership,
            "latest": latest,
            "kept": kept,
            "late": late,
            "seen": latest.version if latest else 0,
            "whole": whole_changes(latest, form.cleaned_data),
            "columns": columns(("Stage", "Change", "Before", "After")),
            "rows": changes(before, stages.stages()),
            "open_cases": partnership.escalations.filter(state="open").count(),
            "crumbs": crumbs(partnership, "Check"),
        },
        status=409 if late else 200,
    )


def whole_changes(latest: Policy | None, new: dict[str, Any]) -> list[dict]:
    """The policy as a whole, with what it was before where that differs."""
    words = {
        "name": "Name",
        "effective_from": "In force from",
        "themes_allowed": "Cases about a theme",
        "nearly_days": "Nearly due",
    }
    rows = []
    for name, key in words.items():
        after = in_words(name, new[name])
        before = in_words(name, getattr(latest, name)) if latest else ""
        rows.append(
            {
                "key": key,
                "value": after,
                "hint": f"Before: {before}" if before and before != after else "",
            }
        )
    return rows


def in_words(name: str, value: Any) -> str:
    if name == "effective_from":
        return longdate(value)
    if name == "themes_allowed":
        return "Allowed" if value else "Not allowed"
    if name == "nearly_days":
        return f"{value} working day{'' if value == 1 else 's'} before"
    return str(value)


def changes(before: list[dict], after: list[dict]) -> list[list[dict]]:
    """Each stage beside what it was; stages are told apart by their titles, else by who speaks to whom."""
    titles = [[row["title"] for row in rows] for rows in (before, after)]
    rows = []
    for _, b1, b2, a1, a2 in SequenceMatcher(None, *titles, autojunk=False).get_opcodes():
        for step in range(max(b2 - b1, a2 - a1)):
            old = before[b1 + step] if b1 + step < b2 else None
            new = after[a1 + step] if a1 + step < a2 else None
            rows += pair_rows(old, new, a1 + step + 1)
    return rows


def pair_rows(old: dict | None, new: dict | None, number: int) -> list[list[dict]]:
    """A row for a stage that stays; two for one that goes and one that comes in its place."""
    if old and new and old["title"] != new["title"]:
        sides = ("raised_by", "answered_by")
        if any(old[name] != new[name] for name in sides):
            return [change_row(old, None, number), change_row(None, new, number)]
    return [change_row(old, new, number)]


def change_row(old: dict | None, new: dict | None, number: int) -> list[dict]:
    was, is_now = parts(old), parts(new)
    if old and new:
        # Only what differs is worth reading.
        was, is_now = [w for w in was if w not in is_now], [w for w in is_now if w not in was]
    words, colour = (
        GONE if new is None else NEW if old is None else CHANGED if was or is_now else SAME
    )
    title = (new or old)["title"]
    return [
        {"text": f"{number}. {title}" if new else title, "header": True},
        {"text": words, "tag_colour": colour},
        {"text": ". ".join(was) or "–"},
        {"text": ". ".join(is_now) or "–"},
    ]


def parts(fields: dict | None) -> list[str]:
    """A stage in short sentences."""
    if fields is None:
        return []
    return [
        fields["title"],
        "Formal" if fields["formal"] else "Informal",
        f"{Contact(fields['raised_by']).label} to {Contact(fields['answered_by']).label.lower()}",
        f"Limit: {limit_words(fields, 'limit')}",
        f"Urgent: {urgent_words(fields)}",
        f"The partnership: {PartnershipPart(fields['partnership_part']).label.lower()}",
        *told_words(fields),
    ]
