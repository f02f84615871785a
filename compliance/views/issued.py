"""Issued reports: which there are, what waits, what is not issued yet; and one of them as it was issued."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import urlencode

from compliance import faces
from compliance.asking import default_period
from compliance.forms.issued import IssuedFilter
from compliance.kept_figures import KeptError
from compliance.measures.annual import is_annual
from compliance.models import IssuedReport, ReportKind, ReportState
from compliance.period import Period
from compliance.presenting import Links
from compliance.prints import answer_words, issued_card, issued_file
from compliance.publishing import publishable
from compliance.report.issued import HEAD, row, version_words
from compliance.scorecard import IssueStamp, Scorecard
from compliance.suppression.family import NotCovered
from compliance.views.other_reports import for_user
from compliance.views.pages import FORMS
from compliance.views.report_areas import READERS, index, report_crumbs
from compliance.views.reports import CONTENT_TYPES
from partnership.exporting import ListFile, as_file, dated, download
from partnership.history import record
from partnership.models import Membership, Partnership, User, today
from partnership.reach import can
from partnership.roles import Permission
from partnership.templatetags.quorate import longdate, longmoment
from partnership.views.listing import chosen_sort, headings, page_of

COLUMNS = {
    "number": "Report", "state": "State", "about": "About", "period": "Period", "issued": "Issued",
}
SORTS = {
    "number": ("number",), "about": ("agency__name", "partnership__name"), "period": ("period",),
    "issued": ("issued_at",),
}
COLOURS = {
    ReportState.WAITING: "yellow", ReportState.SIGNED: "green", ReportState.DISAGREED: "red",
    ReportState.ISSUED: "blue", ReportState.REPLACED: "grey",
}
FILE_COLUMNS = {
    "Report": "number", "Kind": "get_kind_display", "Partnership": "partnership.name", "Agency": "agency.name",
    "Period": "about.name", "Version": "version", "Issued": "issued_at",
    "Issued by": "issued_name", "Why corrected": "reason", "State": "state.label",
    "Answered by": "answer.name", "Role": "answer.role", "What is not agreed with": "answer.note",
    "Checksum": "checksum",
}
MOST_WAITING = 5


def visible(request: HttpRequest) -> QuerySet[IssuedReport]:
    rows = IssuedReport.objects.visible_to(request.user)
    return rows.with_replaced().select_related("partnership", "agency", "sign_off")


# --- All of them ----------------------------------------------------------------------------------


def report_list(request: HttpRequest) -> HttpResponse:
    """The issued reports within reach, what waits for the person, and what is not issued yet."""
    user, found = request.user, listed(request)
    page = page_of(request, ordered(request, found))
    return render(request, "compliance/report_list.html", {
        "index": index(user, "compliance:report-list"),
        "filter": found.form, "narrowed": found.narrowed, "page": page,
        "columns": headings(request, COLUMNS, SORTS, sort_of(request)),
        "rows": [cells(report) for report in page],
        "files": [download(request, "compliance:report-list-file")],
        "waiting": waiting(user),
        "missing": missing(request, found),
        "others": for_user(user),
        "issues": can(user, Permission.ISSUE_REPORT),
        "signs": can(user, Permission.SIGN_OFF_REPORT),
        "crumbs": report_crumbs(),
    }, status=200 if found.form.is_valid() else 422)


def listed(request: HttpRequest) -> IssuedFilter:
    if not any(can(request.user, permission) for permission in READERS):
        raise PermissionDenied
    return IssuedFilter(request.GET, queryset=visible(request).light(), user=request.user)


def report_list_file(request: HttpRequest, form: str) -> HttpResponseBase:
    """The list as a file: every row that the filters leave."""
    rows = ordered(request, listed(request))
    return as_file(form, ListFile(dated("issued-reports"), FILE_COLUMNS, rows))


def sort_of(request: HttpRequest) -> tuple[str, bool]:
    asked = request.GET.get("sort", "")
    return chosen_sort(asked, SORTS, "issued") if asked else ("issued", True)


def ordered(request: HttpRequest, found: IssuedFilter) -> QuerySet[IssuedReport]:
    name, down = sort_of(request)
    rows = found.qs if found.form.is_valid() else found.queryset.none()
    return rows.order_by(*(f"-{field}" if down else field for field in SORTS[name]), "-pk")


def cells(report: IssuedReport) -> list[dict[str, Any]]:
    answer = report.answer
    hint = {True: "signed off before", False: "not agreed before"} if answer else {}
    replaced = report.state == ReportState.REPLACED
    return [
        {"text": report.number, "header": True, "nowrap": True,
         "href": reverse("compliance:issued-report", args=[report.pk])},
        {"text": report.state.label, "tag_colour": COLOURS[report.state],
         "hint": hint.get(answer.agreed) if answer and replaced else ""},
        {"text": report.subject, "hint": about_words(report), "wide": True},
        {"text": report.about.name, "nowrap": True},
        {"text": longdate(report.issued_at), "nowrap": True},
    ]


def about_words(report: IssuedReport) -> str:
    if report.agency:
        return str(report.partnership)
    return report.get_kind_display() if report.kind == ReportKind.ANNUAL else "The whole partnership"


def waiting(user: User) -> dict[str, Any]:
    """What waits for the person's sign-off: the oldest first, and how many there are."""
    rows = IssuedReport.objects.within_reach(user, Permission.SIGN_OFF_REPORT).waiting().light()
    first = list(rows.select_related("agency").order_by("issued_at", "pk")[: MOST_WAITING + 1])
    return {
        "tasks": [
            {"text": f"{report.agency}, {report.about.name}", "urgent": True,
             "hint": f"{report.number}, issued on {longdate(report.issued_at)}",
             "href": reverse("compliance:issued-sign-off", args=[report.pk])}
            for report in first[:MOST_WAITING]
        ],
        "more": len(first) > MOST_WAITING,
    }


def missing(request: HttpRequest, found: IssuedFilter) -> dict[str, Any] | None:
    """What is not issued yet of a partnership and period: the chosen ones, else the latest."""
    places = Partnership.objects.within_reach_as_a_whole(request.user, Permission.ISSUE_REPORT)
    asked = found.form.cleaned_data if found.form.is_valid() else {}
    place = asked.get("partnership") or places.order_by("name").first()
    if place is None or not places.filter(pk=place.pk).exists():
        return None
    slug = asked.get("period")
    period = Period.parse(slug) if slug else next(iter(found.periods), None) or last_finished(place)
    rows = IssuedReport.objects.visible_to(request.user).filter(partnership=place, period=period.slug)
    issued = set(rows.values_list("kind", "agency"))
    there = {agency for _, agency in issued if agency}
    members = Membership.objects.within_reach(request.user, Permission.ISSUE_REPORT).filter(partnership=place)
    names = list(members.order_by("agency__name").values_list("agency", "agency__name"))
    query = urlencode({"partnership": place.code, "period": period.slug})
    return {
        "place": place, "period": period, "agencies": len(names), "whole": (ReportKind.PARTNERSHIP, None) not in issued,
        "annual": is_annual(period) and (ReportKind.ANNUAL, None) not in issued,
        "missing": sum(key not in there for key, _ in names),
        "names": "\n".join(name for key, name in names if key not in there),
        "href": f"{reverse('compliance:report-issue')}?{query}",
    }


def last_finished(place: Partnership) -> Period:
    """The last half of the year with meetings that is over."""
    halves = reversed(default_period(place).halves)
    return next((half for half in halves if half.last < today()), Period.half_of(today()).previous)


# --- One of them ----------------------------------------------------------------------------------


def issued_report(request: HttpRequest, number: int) -> HttpResponse:
    """A version as it was issued: the same figures as its PDF, whatever stands in Quorate today."""
    report = get_object_or_404(visible(request), pk=number)
    versions = list(
        visible(request).light().of(
            report.partnership, report.agency, report.about, ReportKind(report.kind)
        ).order_by("-version")
    )
    context = around(request, report, versions)
    try:
        card = issued_card(report)
    except KeptError as error:
        return render(request, "compliance/issued_report.html", context | {"problem": str(error)}, status=409)
    context |= faces.context(card, Links())
    return render(request, "compliance/issued_report.html", context | {
        "facts": facts(report, card.stamp), "downloads": downloads(report), "published": published(report),
        "change_columns": [{"text": text} for text in HEAD],
        "changes": [changed_cells(card, one) for one in card.stamp.changes],
    })


def around(request: HttpRequest, report: IssuedReport, versions: list[IssuedReport]) -> dict[str, Any]:
    """What stands around the figures: the versions, and what the person may do."""
    signable = IssuedReport.objects.within_reach(request.user, Permission.SIGN_OFF_REPORT)
    issuable = IssuedReport.objects.within_reach(request.user, Permission.ISSUE_REPORT)
    waits = report.state == ReportState.WAITING
    return {
        "report": report, "state": report.state, "colour": COLOURS[report.state],
        "newest": versions[0],
        "versions": [cells(one) for one in versions],
        "version_columns": [{"text": text} for text in COLUMNS.values()],
        "signs": waits and signable.filter(pk=report.pk).exists(),
        "issues": report.pk == versions[0].pk and issuable.filter(pk=report.pk).exists(),
        "issue_query": urlencode({"partnership": report.partnership.code, "period": report.period}),
        "crumbs": report_crumbs((report.number, "")),
    }


def facts(report: IssuedReport, stamp: IssueStamp) -> list[dict[str, Any]]:
    """The summary on top: version, when and by whom, the answer, the checksum."""
    rows = [
        {"key": "Version", "value": version_words(stamp)},
        {"key": "Issued", "value": f"{longmoment(report.issued_at)}, by {stamp.issued_by}"},
        {"key": "State", "value": report.state.label, "tag_colour": COLOURS[report.state]},
        {"key": "The agency’s answer", "value": answer_words(report)},
        {"key": "What it does not agree with", "value": stamp.note},
        {"key": "Checksum", "value": stamp.checksum, "hint": "Of the figures as they were issued. It stands on every page of the PDF."},
    ]
    return [one for one in rows if one["value"]]


def changed_cells(card: Scorecard, change: Any) -> list[dict[str, Any]]:
    first, *rest = row(change)
    return [{"text": first, "header": True}, *({"text": text} for text in rest)]


def downloads(report: IssuedReport) -> list[dict[str, str]]:
    return [
        {"text": text, "kind": "" if form == "pdf" else "secondary",
         "href": reverse("compliance:issued-file", args=[report.pk, form])}
        for form, text in FORMS.items()
    ]


def published(report: IssuedReport) -> dict[str, str]:
    """Where its published edition is, or why there is none."""
    try:
        publishable(report)
    except NotCovered as error:
        return {"why": str(error)}
    return {"href": reverse("compliance:issued-published", args=[report.pk])}


def issued_report_file(request: HttpRequest, number: int, form: str) -> HttpResponse:
    """A version as a file; that it was printed is in the history."""
    report = get_object_or_404(visible(request), pk=number)
    try:
        content = issued_file(report, form)
    except KeptError as error:
        return HttpResponse(str(error), status=409, content_type="text/plain; charset=utf-8")
    response = HttpResponse(content, content_type=CONTENT_TYPES[form])
    name = "-".join(["quorate", *report.number.split("/")[:-1], f"v{report.version}"])
    response["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    record(
        request.user, "printed", report, partnership=report.partnership, agency=report.agency,
        period=report.about.name, format=form, number=report.number,
    )
    return response
