"""Issuing reports: a partnership, a period and which; then what would be issued; then the issue."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from compliance import actions
from compliance.actions.issuing import Draft, draft, refuse_unfinished
from compliance.asking import periods_around
from compliance.forms.issued import ANNUAL, WHOLE, CorrectionForm, IssueForm
from compliance.kept_figures import from_kept
from compliance.measures import Scope
from compliance.measures.annual import is_annual
from compliance.models import IssuedReport, ReportKind
from compliance.period import Period, PeriodError
from compliance.report.issued import HEAD, row
from compliance.views.issued import last_finished
from compliance.views.report_areas import report_crumbs
from compliance.views.told import told
from partnership.forms import posted
from partnership.models import Membership, Partnership, today
from partnership.roles import Permission
from partnership.stale import ChangedSince
from partnership.templatetags.quorate import longdate
from partnership.views.editing import tried

MEANWHILE = "Somebody else issued one of these in the same moment. Look at what stands there now."
NAMES = {
    ReportKind.PARTNERSHIP: "The whole partnership", ReportKind.ANNUAL: "Annual conference report",
}
LATE = (
    "Figures changed, or somebody else issued a report, after you opened this page. Nothing of yours was "
    "issued. Below is what would be issued now."
)


@dataclass
class Asked:
    """The partnership and the period of the address, and the reports that these have."""

    request: HttpRequest

    @cached_property
    def places(self) -> list[Partnership]:
        rows = Partnership.objects.within_reach_as_a_whole(self.request.user, Permission.ISSUE_REPORT)
        return list(rows.order_by("name"))

    @cached_property
    def place(self) -> Partnership:
        if not self.places:
            raise PermissionDenied
        code = self.request.GET.get("partnership") or self.places[0].code
        found = next((place for place in self.places if place.code == code), None)
        if found is None:
            raise Http404
        return found

    @cached_property
    def period(self) -> Period:
        text = self.request.GET.get("period")
        try:
            return Period.parse(text) if text else last_finished(self.place)
        except PeriodError as error:
            raise Http404 from error

    @property
    def unfinished(self) -> bool:
        return self.period.last >= today()

    @cached_property
    def members(self) -> dict[str, Membership | None]:
        """The agencies by their codes, and the partnership itself."""
        reach = Membership.objects.within_reach(self.request.user, Permission.ISSUE_REPORT)
        rows = reach.filter(partnership=self.place).select_related("agency", "partnership")
        own: dict[str, Membership | None] = {WHOLE: None}
        if is_annual(self.period):
            own[ANNUAL] = None
        return {**own, **{row.code: row for row in rows.order_by("agency__name")}}

    @cached_property
    def newest(self) -> dict[tuple[str, int | None], IssuedReport]:
        """The newest version of each report of the period, by kind and agency."""
        rows = IssuedReport.objects.within_reach(self.request.user, Permission.ISSUE_REPORT)
        rows = rows.filter(partnership=self.place, period=self.period.slug).light()
        return {(row.kind, row.agency_id): row for row in rows.order_by("version")}

    @property
    def choices(self) -> list[tuple[str, str]]:
        return [(code, self.words(code, member)) for code, member in self.members.items()]

    def kind(self, code: str) -> ReportKind:
        if code == ANNUAL:
            return ReportKind.ANNUAL
        return ReportKind.PARTNERSHIP if code == WHOLE else ReportKind.AGENCY

    def words(self, code: str, member: Membership | None) -> str:
        """A report, and what was issued of it."""
        kind = self.kind(code)
        name = member.agency.name if member else f"{NAMES[kind]}: {self.place.name}"
        last = self.newest.get((kind, member.agency_id if member else None))
        if last is None:
            return f"{name} (not issued yet)"
        return f"{name} (version {last.version}, {longdate(last.issued_at)})"

    def drafts(self, codes: Iterable[str]) -> dict[str, Draft]:
        """What would be issued of each, as the figures stand."""
        found = {code: self.members[code] for code in codes if code in self.members}
        return {
            code: draft(Scope(self.place, member), self.period, self.kind(code))
            for code, member in found.items()
        }

    def chosen(self, code: str) -> Membership | ReportKind | None:
        return ReportKind.ANNUAL if code == ANNUAL else self.members[code]

    @property
    def query(self) -> str:
        return urlencode({"partnership": self.place.code, "period": self.period.slug})


def issue(request: HttpRequest) -> HttpResponse:
    """Choose what to issue, see what it would be, issue it."""
    asked = Asked(request)
    form = IssueForm(posted(request), choices=asked.choices)
    if request.method != "POST" or asked.unfinished or "back" in request.POST:
        return choosing(request, asked, IssueForm(None, choices=asked.choices))
    if "save" in request.POST:
        return issuing(request, asked)
    if not form.is_valid():
        return choosing(request, asked, form)
    return checking(request, asked, asked.drafts(form.chosen))


def choosing(request: HttpRequest, asked: Asked, form: IssueForm) -> HttpResponse:
    def picked(**changes: str) -> str:
        return "?" + urlencode({"partnership": asked.place.code, "period": asked.period.slug} | changes)

    several = len(asked.places) > 1
    return render(request, "compliance/report_issue.html", {
        "form": form, "place": asked.place, "period": asked.period, "unfinished": asked.unfinished,
        "why_not": why_not(asked.period) if asked.unfinished else "",
        "places": [
            {"text": place.name, "href": picked(partnership=place.code), "current": place == asked.place}
            for place in asked.places
        ] if several else [],
        "periods": [
            {"text": one.name, "href": picked(period=one.slug), "current": one == asked.period}
            for one in periods_around(asked.period)
        ],
        "crumbs": report_crumbs(("Issue reports", "")),
    }, status=422 if form.is_bound and form.errors else 200)


def why_not(period: Period) -> str:
    try:
        refuse_unfinished(period)
    except ValidationError as error:
        return " ".join(error.messages)
    return ""


def checking(
    request: HttpRequest, asked: Asked, drafts: dict[str, Draft], *, form: CorrectionForm | None = None,
    late: bool = False,
) -> HttpResponse:
    """What would be issued: new reports, corrections with what they change, and what stays as it is."""
    corrected = {code: one for code, one in drafts.items() if one.corrects}
    new = {code: one for code, one in drafts.items() if one.last is None}
    number = len(corrected) + len(new)
    return render(request, "compliance/report_issue_check.html", {
        "place": asked.place, "period": asked.period, "late": LATE if late else "",
        "form": form or CorrectionForm(None, asked=bool(corrected)),
        "new": [one_line(one) for one in new.values()],
        "corrections": [correction(one) for one in corrected.values()],
        "same": [one_line(one) for one in drafts.values() if one.unchanged],
        "columns": [{"text": text} for text in HEAD],
        "empty": nothing_held(asked.period, new.values()),
        "seen": [f"{code} {one.seen}" for code, one in (new | corrected).items()],
        "submit": f"Issue {number} report{'' if number == 1 else 's'}" if number else "",
        "back": f"{reverse('compliance:report-issue')}?{asked.query}",
        "crumbs": report_crumbs(("Issue reports", reverse("compliance:report-issue")), ("Check", "")),
    }, status=409 if late else 422 if form and form.errors else 200)


def nothing_held(period: Period, new: Iterable[Draft]) -> str:
    """A word before reports are issued of a period without a meeting that counts."""
    first = next((one for one in new if one.kind != ReportKind.ANNUAL), None)
    card = from_kept(first.figures) if first else None
    if card is None or any(card.count(key) for key in ("conferences", "core_groups", "stood_down")):
        return ""
    return (
        f"No meeting of {period.name} is counted: none was held, or no register of it is closed. These "
        "reports say “none” wherever meetings are counted. Is it the right period?"
    )


def name_of(one: Draft) -> str:
    return one.scope.agency.name if one.scope.agency else NAMES[one.kind]


def one_line(one: Draft) -> dict[str, Any]:
    return {"name": name_of(one), "number": one.number, "last": one.last}


def correction(one: Draft) -> dict[str, Any]:
    rows = [[{"text": first, "header": True}, *rest] for first, *rest in map(row, one.changes)]
    return one_line(one) | {"rows": rows, "changes": len(rows)}


def issuing(request: HttpRequest, asked: Asked) -> HttpResponse:
    """Issue what was checked: all of it, or nothing where anything changed since."""
    pairs = [text.partition(" ") for text in request.POST.getlist("seen")]
    seen = {code: mark for code, _, mark in pairs if code in asked.members}
    corrects = any(not mark.startswith("0-") for mark in seen.values())
    form = CorrectionForm(request.POST, asked=corrects)
    if not seen:
        return redirect(f"{reverse('compliance:report-issue')}?{asked.query}")
    if not form.is_valid():
        return checking(request, asked, asked.drafts(seen), form=form)
    try:
        done = tried(form, lambda: actions.issue_reports(
            by=request.user, partnership=asked.place, period=asked.period,
            chosen=[(asked.chosen(code), mark or "none") for code, mark in seen.items()],
            reason=form.cleaned_data["reason"],
        ), MEANWHILE)
    except ChangedSince:
        kept = CorrectionForm(request.POST, asked=False)
        return checking(request, asked, asked.drafts(seen), form=kept, late=True)
    if done is None:
        return checking(request, asked, asked.drafts(seen), form=form)
    messages.success(request, said(done))
    if len(done) == 1:
        return redirect("compliance:issued-report", done[0].pk)
    return redirect(f"{reverse('compliance:report-list')}?{asked.query}")


def said(done: list[IssuedReport]) -> str:
    """What was issued, and who was told."""
    corrections = sum(report.version > 1 for report in done)
    if len(done) == 1:
        words = f"{done[0].number} is issued."
    else:
        words = f"{len(done)} reports are issued, {corrections or 'none'} of them as a correction."
    agencies = [report.agency for report in done if report.agency]
    mail = "The agencies’ leads were told by mail that they wait for sign-off."
    return " ".join([words, told(agencies, mail)]) if agencies else words
