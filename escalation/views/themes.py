"""Themes for the training sub-group: what cases were about and what is to be learned, by number.

No agency, no reference, no narrative.
"""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from escalation.choices import Grounds, Theme
from escalation.models import Escalation
from escalation.stages import CaseState
from partnership.exporting import download
from partnership.reach import can
from partnership.roles import Permission

NEEDS = 50
COLUMNS = [
    {"text": "Theme", "header": True},
    {"text": "Open", "numeric": True},
    {"text": "Closed", "numeric": True},
]


def cases_within(request: HttpRequest) -> QuerySet[Escalation]:
    if not can(request.user, Permission.VIEW_ESCALATION_THEMES):
        raise PermissionDenied
    return Escalation.objects.within_reach(request.user, Permission.VIEW_ESCALATION_THEMES)


def themes(request: HttpRequest) -> HttpResponse:
    """Counts by grounds and by what is to be learned, and the training needs noted."""
    rows = cases_within(request)
    return render(
        request,
        "escalation/themes.html",
        {
            "number": rows.count(),
            "columns": COLUMNS,
            "files": [download(request, "escalation:themes-file", text="Download these numbers")],
            "grounds": counts(rows, "grounds", Grounds),
            "learned": counts(rows, "learning_theme", Theme),
            "needs": needs(rows),
        },
    )


def counts(rows: QuerySet, field: str, choices: type[Grounds] | type[Theme]) -> list[list]:
    """A row for each code that occurs, the commonest first."""
    is_open = Q(state=CaseState.OPEN)
    found = (
        rows.exclude(**{field: ""})
        .order_by()
        .values_list(field)
        .annotate(open=Count("pk", filter=is_open), closed=Count("pk", filter=~is_open))
    )
    ordered = sorted(found, key=lambda row: (-row[1] - row[2], str(choices(row[0]).label)))
    return [[choices(code).label, open_ones, closed] for code, open_ones, closed in ordered]


def needs(rows: QuerySet) -> list[str]:
    """Training needs noted when cases closed, each once, in the order of the alphabet."""
    found = (
        rows.exclude(training_need="")
        .order_by("-closed_at")
        .values_list("training_need", flat=True)
    )
    return sorted(set(found[:NEEDS]), key=str.casefold)
