"""The local policy and its versions, for everybody who may see cases to read."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from escalation.choices import Contact, PartnershipPart, Tell
from escalation.forms.policy import fields_of
from escalation.models import Policy
from escalation.stages import Limit, LimitUnit
from escalation.views.reaching import partnerships_with_cases
from partnership.models import Partnership, today
from partnership.roles import Permission
from partnership.templatetags.quorate import longdate

STAGE_COLUMNS = ("Stage", "Who raises", "Who answers", "Limit", "Urgent", "The partnership")
VERSION_COLUMNS = ("Version", "Name", "In force from", "Stages", "Adopted")
TOLD_SHORT = {
    "tell_entering": "Begins",
    "tell_nearly_due": "Nearly due",
    "tell_overdue": "Overdue",
    "tell_resolved": "Resolved",
}


def policy(request: HttpRequest, code: str) -> HttpResponse:
    """The version in force, or the one that is asked for, and the list of all."""
    partnership = get_object_or_404(partnerships_with_cases(request.user), code=code)
    rows = partnership.policies.select_related("created_by").prefetch_related("stages")
    versions = list(rows.order_by("-version"))
    shown = asked_version(request, versions)
    in_force = next((row for row in versions if row.effective_from <= today()), None)
    stages = (
        [fields_of(row) for row in (shown or in_force).stages.all()] if shown or in_force else []
    )
    manages = Partnership.objects.within_reach_as_a_whole(request.user, Permission.MANAGE_RULES)
    of_it = Partnership.objects.within_reach_as_a_whole(request.user, Permission.VIEW_HISTORY)
    named = of_it.filter(pk=partnership.pk).exists()  # who reads there who did what
    return render(
        request,
        "escalation/policy.html",
        {
            "partnership": partnership,
            "policy": shown or in_force,
            "in_force": in_force,
            "columns": columns(STAGE_COLUMNS),
            "rows": [stage_row(number, fields) for number, fields in enumerate(stages, 1)],
            "told": [{"title": fields["title"], "words": told_words(fields)} for fields in stages],
            "version_columns": columns(VERSION_COLUMNS),
            "versions": [version_row(row, in_force, named) for row in versions],
            "manages": manages.filter(pk=partnership.pk).exists(),
            "crumbs": crumbs(partnership),
        },
    )


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
    found = [
        {"text": "Home", "href": "/"},
        {"text": "Escalations", "href": reverse("escalation:queue")},
    ]
    href = reverse("escalation:policy", args=[partnership.code])
    found.append({"text": f"Policy of {partnership}", "href": href if below else ""})
    return found + [{"text": text, "href": ""} for text in below]


def version_row(row: Policy, in_force: Policy | None, named: bool) -> list[dict]:
    href = f"?version={row.version}"
    ahead = row.effective_from > today()
    hint = "In force" if row == in_force else "Not yet in force" if ahead else ""
    return [
        {"text": f"Version {row.version}", "header": True, "href": href, "hint": hint},
        {"text": row.name},
        {"text": longdate(row.effective_from)},
        {"text": len(row.stages.all())},
        {"text": longdate(row.created_at), "hint": f"by {adopter(row, named)}"},
    ]


def adopter(row: Policy, named: bool) -> str:
    """Who adopted a version: by name for those who read the history of the partnership."""
    if row.created_by is None:
        return "the operator"
    return row.created_by.name if named else "the partnership’s manager"


def limit_words(fields: dict[str, Any], name: str) -> str:
    return str(Limit(fields[f"{name}_amount"], LimitUnit(fields[f"{name}_unit"])))


def urgent_words(fields: dict[str, Any]) -> str:
    """An urgent case falls back on the ordinary limit."""
    own = fields["urgent_unit"] != LimitUnit.NONE
    return limit_words(fields, "urgent") if own else "as otherwise"


def told_words(fields: dict[str, Any]) -> list[str]:
    """Who is told at each moment, in the order of the list, however it was ticked."""
    return [
        f"{short}: " + ", ".join(word.label.lower() for word in Tell if word in fields[name])
        for name, short in TOLD_SHORT.items()
        if fields[name]
    ]


def stage_row(number: int, fields: dict[str, Any]) -> list[dict]:
    kind = "Formal" if fields["formal"] else "Informal"
    return [
        {"text": f"{number}. {fields['title']}", "header": True, "hint": kind},
        {"text": Contact(fields["raised_by"]).label},
        {"text": Contact(fields["answered_by"]).label},
        {"text": limit_words(fields, "limit")},
        {"text": urgent_words(fields)},
        {"text": PartnershipPart(fields["partnership_part"]).label},
    ]
