"""The local policy: for everybody who may see cases to read, for the manager to change.

A change is a new version; what is open keeps the version under which it was opened.
"""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from escalation import actions
from escalation.actions.policies import stage_fields
from escalation.choices import Contact, PartnershipPart, Tell
from escalation.forms.fields import put_errors
from escalation.forms.policy import (
    EXTRA_ROWS,
    PolicyForm,
    StageRows,
    Stages,
    fields_of,
    initial_of,
    numbered,
    stage_initial,
)
from escalation.models import Policy
from escalation.presets import PRESETS
from escalation.stages import Limit, LimitUnit
from escalation.views.reaching import managed_partnership, partnerships_with_cases
from partnership.models import Partnership, today
from partnership.roles import Permission
from partnership.templatetags.quorate import longdate

STAGE_COLUMNS = ("Stage", "Who raises", "Who answers", "Limit", "Urgent", "The partnership")
VERSION_COLUMNS = ("Version", "Name", "In force from", "Stages")
TOLD_SHORT = {"tell_entering": "Begins", "tell_nearly_due": "Nearly due", "tell_overdue": "Overdue", "tell_resolved": "Resolved"}
SAME, CHANGED, NEW, GONE = ("Same", "grey"), ("Changed", "yellow"), ("New", "green"), ("Gone", "red")


# --- Reading --------------------------------------------------------------------------------------


def policy(request: HttpRequest, code: str) -> HttpResponse:
    """The version in force, or the one that is asked for, and the list of all."""
    partnership = get_object_or_404(partnerships_with_cases(request.user), code=code)
    versions = list(partnership.policies.prefetch_related("stages").order_by("-version"))
    shown = asked_version(request, versions)
    in_force = next((row for row in versions if row.effective_from <= today()), None)
    stages = [fields_of(row) for row in (shown or in_force).stages.all()] if shown or in_force else []
    manages = Partnership.objects.within_reach_as_a_whole(request.user, Permission.MANAGE_RULES)
    return render(request, "escalation/policy.html", {
        "partnership": partnership, "policy": shown or in_force, "in_force": in_force,
        "columns": columns(STAGE_COLUMNS),
        "rows": [stage_row(number, fields) for number, fields in enumerate(stages, 1)],
        "told": [{"title": fields["title"], "words": told_words(fields)} for fields in stages],
        "version_columns": columns(VERSION_COLUMNS),
        "versions": [version_row(row, in_force) for row in versions],
        "manages": manages.filter(pk=partnership.pk).exists(),
        "crumbs": crumbs(partnership),
    })


def asked_version(request: HttpRequest, versions: list[Policy]) -> Policy | None:
    asked = request.GET.get("version", "")
    if not asked:
        return None
    found = next((row for row in versions if str(row.version) == asked), None)
    if found is None:
        raise Http404
    return found


def columns(texts: tuple[str, ...]) -> list[dict]:
    return [{"text": text} for text in texts]


def crumbs(partnership: Partnership, *below: str) -> list[dict]:
    found = [{"text": "Home", "href": "/"}, {"text": "Escalations", "href": reverse("escalation:queue")}]
    href = reverse("escalation:policy", args=[partnership.code])
    found.append({"text": f"Policy of {partnership}", "href": href if below else ""})
    return found + [{"text": text, "href": ""} for text in below]


def version_row(row: Policy, in_force: Policy | None) -> list[dict]:
    href = f"?version={row.version}"
    ahead = row.effective_from > today()
    hint = "In force" if row == in_force else "Not yet in force" if ahead else ""
    return [
        {"text": f"Version {row.version}", "header": True, "href": href, "hint": hint},
        {"text": row.name}, {"text": longdate(row.effective_from)}, {"text": len(row.stages.all())},
    ]


def limit_words(fields: dict[str, Any], name: str) -> str:
    return str(Limit(fields[f"{name}_amount"], LimitUnit(fields[f"{name}_unit"])))


def urgent_words(fields: dict[str, Any]) -> str:
    """An urgent case falls back on the ordinary limit."""
    own = fields["urgent_unit"] != LimitUnit.NONE
    return limit_words(fields, "urgent") if own else "as otherwise"


def told_words(fields: dict[str, Any]) -> list[str]:
    return [
        f"{short}: " + ", ".join(Tell(word).label.lower() for word in fields[name])
        for name, short in TOLD_SHORT.items()
        if fields[name]
    ]


def stage_row(number: int, fields: dict[str, Any]) -> list[dict]:
    kind = "Formal" if fields["formal"] else "Informal"
    return [
        {"text": f"{number}. {fields['title']}", "header": True, "hint": kind},
        {"text": Contact(fields["raised_by"]).label}, {"text": Contact(fields["answered_by"]).label},
        {"text": limit_words(fields, "limit")}, {"text": urgent_words(fields)},
        {"text": PartnershipPart(fields["partnership_part"]).label},
    ]


# --- Changing -------------------------------------------------------------------------------------


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
        request, f"Version {made.version} is adopted, in force from {longdate(made.effective_from)}. "
        "Cases that are open keep their version.",
    )
    return redirect("escalation:policy", partnership.code)


def with_more(request: HttpRequest) -> QueryDict:
    """What was posted, with two more rows where they were asked for."""
    data = request.POST.copy()
    total = data.get("stage-TOTAL_FORMS", "")
    if "more" in data and total.isdecimal() and len(total) < 4:
        data["stage-TOTAL_FORMS"] = str(int(total) + EXTRA_ROWS)
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
        "name": found.name, "effective_from": today(), "themes_allowed": found.themes_allowed,
        "nearly_days": found.nearly_days,
    }
    return whole, [stage_initial(stage_fields(stage)) for stage in found.stages]


def editor(
    request: HttpRequest, partnership: Partnership, latest: Policy | None, form: PolicyForm, stages: StageRows
) -> HttpResponse:
    wrong = form.is_bound and not (form.is_valid() & stages.is_valid())
    return render(request, "escalation/policy_edit.html", {
        "partnership": partnership, "latest": latest, "form": form, "stages": stages,
        "errors": summary(stages) if wrong else [],
        "presets": [{"text": preset.name, "href": f"?preset={key}"} for key, preset in PRESETS.items()],
        "crumbs": crumbs(partnership, "Change"),
    }, status=422 if wrong else 200)


def summary(stages: StageRows) -> list[dict]:
    """The errors of the rows, each leading to its field."""
    found = [{"text": error, "href": ""} for error in stages.non_form_errors()]
    for number, form in enumerate(stages.forms, start=1):
        for name in form.errors:
            at = form[name] if name in form.fields else None
            words = "Fill in the title, or remove the stage." if name == "title" else form.errors[name][0]
            label = f"{at.label}: " if at and name != "title" else ""
            found.append({"text": f"Row {number}: {label}{words}", "href": f"#{at.auto_id}" if at else ""})
    return found


def check(
    request: HttpRequest, partnership: Partnership, latest: Policy | None, form: PolicyForm, stages: StageRows
) -> HttpResponse:
    """What the new version changes, before it is adopted."""
    late = "adopt" in request.POST
    before = [fields_of(row) for row in latest.stages.all()] if latest else []
    kept = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name not in ("csrfmiddlewaretoken", "seen", "adopt", "back", "check", "more")
    ]
    return render(request, "escalation/policy_check.html", {
        "partnership": partnership, "latest": latest, "kept": kept, "late": late,
        "seen": latest.version if latest else 0,
        "whole": whole_changes(latest, form.cleaned_data),
        "columns": columns(("Stage", "Change", "Before", "After")),
        "rows": changes(before, stages.stages()),
        "open_cases": partnership.escalations.filter(state="open").count(),
        "crumbs": crumbs(partnership, "Check"),
    }, status=409 if late else 200)


def whole_changes(latest: Policy | None, new: dict[str, Any]) -> list[dict]:
    """The policy as a whole, with what it was before where that differs."""
    words = {"name": "Name", "effective_from": "In force from", "themes_allowed": "Cases about a theme", "nearly_days": "Nearly due"}
    rows = []
    for name, key in words.items():
        after = in_words(name, new[name])
        before = in_words(name, getattr(latest, name)) if latest else ""
        rows.append({"key": key, "value": after, "hint": f"Before: {before}" if before and before != after else ""})
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
    """Each stage beside what it was; stages are told apart by their titles."""
    titles = [[row["title"] for row in rows] for rows in (before, after)]
    rows = []
    for _, b1, b2, a1, a2 in SequenceMatcher(None, *titles, autojunk=False).get_opcodes():
        pairs = max(b2 - b1, a2 - a1)
        for step in range(pairs):
            old = before[b1 + step] if b1 + step < b2 else None
            new = after[a1 + step] if a1 + step < a2 else None
            rows.append(change_row(old, new, a1 + step + 1))
    return rows


def change_row(old: dict | None, new: dict | None, number: int) -> list[dict]:
    words, colour = GONE if new is None else NEW if old is None else SAME if old == new else CHANGED
    title = (new or old)["title"]
    return [
        {"text": f"{number}. {title}" if new else title, "header": True},
        {"text": words, "tag_colour": colour},
        {"text": "" if words == "Same" else told(old)}, {"text": told(new)},
    ]


def told(fields: dict | None) -> str:
    """A stage in sentences."""
    if fields is None:
        return "–"
    kind = "Formal" if fields["formal"] else "Informal"
    parts = [
        f"{fields['title']}. {kind}",
        f"{Contact(fields['raised_by']).label} to {Contact(fields['answered_by']).label.lower()}",
        f"Limit: {limit_words(fields, 'limit')}; urgent: {urgent_words(fields)}",
        f"Partnership: {PartnershipPart(fields['partnership_part']).label.lower()}",
        *told_words(fields),
    ]
    return ". ".join(parts) + "."


