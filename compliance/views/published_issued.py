"""The published edition of an issued report: its page, its files, and why there is none."""

from __future__ import annotations

from dataclasses import replace

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from compliance import faces
from compliance.kept_figures import KeptError
from compliance.models import IssuedReport
from compliance.presenting import Links
from compliance.prints import moment, stamp_of
from compliance.publishing import published_report
from compliance.scorecard import PUBLISHED_WORDS, Scorecard
from compliance.suppression.family import NotCovered
from compliance.views.issued import visible
from compliance.views.pages import FORMS
from compliance.views.report_areas import report_crumbs
from compliance.views.reports import CONTENT_TYPES
from compliance.views.waiting import waits
from partnership.history import record


@waits
def issued_published(request: HttpRequest, number: int) -> HttpResponse:
    """For readers outside the partnership, made of what was issued."""
    report = get_object_or_404(visible(request), pk=number)
    try:
        card = edition_of(report)
    except (NotCovered, KeptError) as error:
        return refused(request, report, error)
    own = reverse("compliance:issued-report", args=[report.pk])
    return render(request, "compliance/published.html", {
        **faces.context(card, Links()),
        "words": PUBLISHED_WORDS, "report": report,
        "crumbs": report_crumbs((report.number, own), ("Published edition", "")),
        "downloads": [
            {"text": text, "kind": "" if form == "pdf" else "secondary",
             "href": reverse("compliance:issued-published-file", args=[report.pk, form])}
            for form, text in FORMS.items()
        ],
    })


@waits
def issued_published_file(request: HttpRequest, number: int, form: str) -> HttpResponse:
    """The same as a file; that it was printed is in the history."""
    report = get_object_or_404(visible(request), pk=number)
    try:
        content = faces.render(edition_of(report), form, moment(report.issued_at))
    except (NotCovered, KeptError) as error:
        return refused(request, report, error)
    response = HttpResponse(content, content_type=CONTENT_TYPES[form])
    name = "-".join(["quorate", *report.number.split("/")[:-1], f"v{report.version}", "published"])
    response["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    record(
        request.user, "printed", report, partnership=report.partnership, agency=report.agency,
        period=report.about.name, format=form, number=report.number, edition="published",
    )
    return response


def refused(request: HttpRequest, report: IssuedReport, error: Exception) -> HttpResponse:
    """Why there is none, on the page of the report."""
    messages.info(request, str(error))
    return redirect("compliance:issued-report", report.pk)


def edition_of(report: IssuedReport) -> Scorecard:
    """With what outsiders may know of its issue: no person, and no checksum of the exact figures."""
    stamp = replace(
        stamp_of(report), issued_by=report.partnership.name, answer="", note="", reason="", changes=(), checksum="",
    )
    return replace(published_report(report), stamp=stamp)
