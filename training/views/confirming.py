"""Records that people logged for themselves: their lead confirms them, or withdraws them."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from partnership.exporting import download
from partnership.forms import NUMBER
from partnership.roles import Permission
from partnership.templatetags.quorate import longdate
from training import actions
from training.models import TrainingRecord
from training.querysets import TrainingRecordQuerySet
from training.views.reaching import crumbs, must_reach_others, person_page

PAGE = 50


def within(request: HttpRequest) -> TrainingRecordQuerySet:
    reach = TrainingRecord.objects.within_reach(request.user, Permission.MANAGE_STAFF)
    return reach.select_related("staff_member__agency", "course", "logged_by")


def waiting(request: HttpRequest) -> TrainingRecordQuerySet:
    """The records that wait, the oldest first."""
    return within(request).to_confirm().order_by("logged_at", "pk")


def to_confirm(request: HttpRequest) -> HttpResponse:
    """The records that wait, oldest first; ticked ones are confirmed."""
    must_reach_others(request, Permission.MANAGE_STAFF)
    errors = []
    if request.method == "POST":
        numbers = filter(NUMBER.fullmatch, request.POST.getlist("records"))
        if confirm(request, list(within(request).filter(pk__in=numbers))):
            return redirect("training:record-confirm")
        errors = [{"text": "Tick at least one record of the list.", "href": "#records"}]
    page = Paginator(waiting(request), PAGE).get_page(
        request.GET.get("page")
    )
    return render(request, "training/record_confirm.html", {
        "page": page, "rows": [shown(request, row) for row in page], "errors": errors,
        "crumbs": crumbs(request, None, "To confirm"),
        "files": [download(request, "training:record-confirm-file")],
    }, status=422 if errors else 200)


def confirm(request: HttpRequest, rows: list[TrainingRecord]) -> int:
    """Confirm each; what could not be is said. Gives how many were looked at."""
    refused = []
    for row in rows:
        try:
            actions.confirm_training(by=request.user, training_record=row)
        except ValidationError as error:
            refused.append(f"{row.staff_member.name}, {row.course}: {' '.join(error.messages)}")
    number = len(rows) - len(refused)
    if number:
        messages.success(request, f"{number} {'record' if number == 1 else 'records'} confirmed.")
    for sentence in refused:
        messages.error(request, sentence)
    return len(rows)


def shown(request: HttpRequest, row: TrainingRecord) -> dict:
    person = row.staff_member
    return {
        "row": row, "person": person, "href": person_page(person),
        "own": actions.is_own(request.user, person),
        "facts": ", ".join(filter(None, [
            f"completed on {longdate(row.completed_on)}", row.get_provider_display(), row.evidence,
        ])),
        "logged": f"Logged on {longdate(row.logged_at)} by {row.logged_by}",
    }
