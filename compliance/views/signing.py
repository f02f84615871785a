"""An agency's answer to its issued report: the form, what will stand on the report, and the answer."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from compliance import actions
from compliance.forms.issued import SignOffForm
from compliance.models import IssuedReport, ReportState, SignOff
from compliance.views.report_areas import report_crumbs
from partnership.forms import posted
from partnership.models import today
from partnership.roles import Permission
from partnership.stale import ChangedSince
from partnership.templatetags.quorate import longdate
from partnership.views.editing import tried

MEANWHILE = "A colleague answered in the same moment. Open the report to see what stands on it now."


def sign_off(request: HttpRequest, number: int) -> HttpResponse:
    """Sign a report off for the agency, or say what it does not agree with: once, and for good."""
    reach = IssuedReport.objects.within_reach(request.user, Permission.SIGN_OFF_REPORT)
    rows = reach.light().with_replaced().select_related("partnership", "agency", "sign_off")
    report = get_object_or_404(rows, pk=number)
    form = SignOffForm(posted(request), initial={"role": role_of(request)})
    if request.method != "POST" and report.state != ReportState.WAITING:
        return redirect("compliance:issued-report", report.pk)
    if request.method != "POST" or "back" in request.POST or not form.is_valid():
        return show(request, report, form)
    if "save" not in request.POST:
        return show(request, report, form, check=check_rows(request, form))
    try:
        answer = tried(form, lambda: answered(request, report, form), MEANWHILE)
    except ChangedSince as error:
        return show(request, report, form, late=" ".join(error.messages), check=check_rows(request, form))
    if answer is None:
        return show(request, report, form)
    words = "You signed off" if answer.agreed else "You did not agree with"
    messages.success(request, f"{words} {report.number}. It stands on the report, and who issued it was told.")
    return redirect("compliance:issued-report", report.pk)


def role_of(request: HttpRequest) -> str:
    """The person's job on their staff list, to begin with."""
    line = request.user.staff_member
    return line.job_title if line else ""


def answered(request: HttpRequest, report: IssuedReport, form: SignOffForm) -> SignOff:
    told = {"by": request.user, "report": report, "role": form.cleaned_data["role"]}
    if form.signs:
        return actions.sign_off_report(**told)
    return actions.note_disagreement(**told, note=form.cleaned_data["note"])


def check_rows(request: HttpRequest, form: SignOffForm) -> list[dict[str, str]]:
    """What will stand on the report."""
    asked = form.cleaned_data
    who = f"{request.user.name}, {asked['role']}, on {longdate(today())}"
    rows = [{"key": "Answer", "value": "Signed off" if form.signs else "Not agreed"},
            {"key": "By", "value": who}]
    return rows if form.signs else [*rows, {"key": "What you do not agree with", "value": asked["note"]}]


def show(
    request: HttpRequest, report: IssuedReport, form: SignOffForm, *, late: str = "",
    check: list[dict[str, str]] | None = None,
) -> HttpResponse:
    back = "back" in request.POST
    wrong = request.method == "POST" and not back and bool(form.errors)
    context: dict[str, Any] = {
        "report": report, "form": form, "late": late, "check": check,
        "kept": [(f.html_name, f.value() or "") for f in form] if check else [],
        "crumbs": report_crumbs(
            (report.number, reverse("compliance:issued-report", args=[report.pk])), ("Sign off", "")
        ),
    }
    status = 409 if late else 422 if wrong else 200
    return render(request, "compliance/report_sign_off.html", context, status=status)
