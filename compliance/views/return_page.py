"""One agency's return as a reader sees it: its numbers now and as signed, and where a lead mends them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import urlencode

from compliance.actions.return_chasing import days_late
from compliance.actions.returns import ledger_of, numbers_of, numbers_seen, refuse_unsignable
from compliance.measures.returned import CHECKS, MEASURES, Check
from compliance.models import AgencyReturn, ReturnSignOff
from compliance.views.returns import address_of, crumbs, state_cell
from compliance.views.told import unled
from partnership.models import BankHoliday, today
from partnership.reach import can
from partnership.roles import Permission
from partnership.templatetags.quorate import longdate

P = Permission
STAFF_LIST = Check("staff_list_on", "Last full staff list")
# Where a lead mends what a number counts: the words of the link, the page, and what it is narrowed to.
MENDS = {
    "records_to_confirm": ("Confirm them", "training:record-confirm", ""),
    "training_expired": ("See who is due", "training:person-list", "?standing=due"),
    "training_never": ("See who is due", "training:person-list", "?standing=due"),
    "unknown_outcomes": ("See the meetings", "conferences:attendance-list", "?outcome=unknown"),
    "disputed_lines": ("See your disputes", "conferences:dispute-list", ""),
}
OPENED_BY_OTHERS = {"open_registers": "The conference service, or who leads the core group, closes them."}


class Page:
    """The return of one agency, as a reader may see and sign it."""

    def __init__(self, request: HttpRequest, number: int, agency: str) -> None:
        reach = AgencyReturn.objects.visible_to(request.user).with_state()
        rows = reach.select_related("round__partnership", "membership__agency__parent")
        where = {"round__pk": number, "membership__code": agency}
        self.request, self.row = request, get_object_or_404(rows, **where)
        own = AgencyReturn.objects.within_reach(request.user, P.SIGN_OFF_REPORT)
        managed = AgencyReturn.objects.within_reach(request.user, P.MANAGE_AGENCIES)
        self.signs = own.filter(pk=self.row.pk).exists()
        self.manages = managed.filter(pk=self.row.pk).exists()
        self.ledger = ledger_of(self.row)
        self.now = numbers_of(self.row, self.ledger)
        self.signed: list[ReturnSignOff] = list(self.row.sign_offs.all())

    @property
    def standing(self) -> ReturnSignOff | None:
        return next((one for one in self.signed if one.ended_at is None), None)

    @property
    def why_not(self) -> str:
        """Why it cannot be signed today, or ""."""
        try:
            refuse_unsignable(self.row, today())
        except ValidationError as error:
            return " ".join(error.messages)
        return ""

    def shown(self, template: str, status: int = 200, **more: Any) -> HttpResponse:
        row = self.row
        before = more.pop("before", {})
        kept = self.standing.numbers if self.standing else before
        return render(self.request, template, {
            "row": row, "place": row.round.partnership, "signs": self.signs, "standing": self.standing,
            "state": state_cell(row, today(), days_late_of(row)), "why_not": self.why_not,
            "as_at": self.ledger.as_at, "late": row.round.due_on < today(),
            "columns": self.columns(kept, "As signed" if self.standing else "When you opened the page"),
            "numbers": [self.line(check, kept) for check in (STAFF_LIST, *CHECKS)],
            "seen": numbers_seen(self.now), "changed": bool(before), "back": address_of(row),
            "unled": bool(unled([row.membership.agency])), "parts": parts_of(row), "crumbs": self.crumbs(more.get("title", "")), **more,
        }, status=status)

    def crumbs(self, title: str) -> list[dict[str, str]]:
        row, above = self.row, []
        if self.manages or not self.signs:
            above = [(row.round.term_name, reverse("compliance:return-detail", args=[row.round_id]))]
        name = (row.membership.agency.name, address_of(row))
        return crumbs(*above, name, *([(title, "")] if title else []))

    def columns(self, kept: dict[str, Any], when: str) -> list[dict[str, Any]]:
        found = [{"text": "What", "header": True}, {"text": "Now", "numeric": True}]
        if kept:
            found.append({"text": when, "numeric": True})
        return [*found, {"text": "To mend it"}] if self.signs else found

    def line(self, check: Check, kept: dict[str, Any]) -> list[dict[str, Any]]:
        """A number, leading to its rows; what was signed beside it; and where a lead mends it."""
        value = self.now.get(check.key)
        cell: dict[str, Any] = {"text": said(value)}
        if (value[1] if isinstance(value, list) else value) and check is not STAFF_LIST:
            cell |= {"href": self.rows_of(check.key), "hidden": f": the rows behind {check.label}"}
        found = [{"text": check.label, "header": True}, cell]
        if kept:
            differs = said(kept.get(check.key)) != cell["text"]
            found.append({"text": said(kept.get(check.key)), "hint": "Differs" if differs else ""})
        return [*found, self.mend(check, value)] if self.signs else found

    def rows_of(self, key: str) -> str:
        row = self.row
        asked = {"measure": key, "basis": str(MEASURES[key].basis)} if key in MEASURES else {"count": key}
        place = [row.round.partnership.code, row.membership.code]
        query = urlencode({"period": row.round.period, **asked})
        return f"{reverse('compliance:agency-rows', args=place)}?{query}"

    def mend(self, check: Check, value: Any) -> dict[str, Any]:
        if check is STAFF_LIST:
            if not can(self.request.user, P.MANAGE_STAFF):
                return {"text": ""}
            return {"text": "Send a full staff list", "href": reverse("compliance:upload-new", args=["people"])}
        if not value or not check.to_mend:
            return {"text": ""}
        if check.key in OPENED_BY_OTHERS:
            return {"text": OPENED_BY_OTHERS[check.key]}
        text, route, query = MENDS[check.key]
        return {"text": text, "href": reverse(route) + query, "hidden": f": {check.label}"}


def said(value: Any) -> str:
    """A number of the checks in words: "8 of 10", "None", a date."""
    if isinstance(value, list):
        return "None" if not value[1] else f"{value[0]} of {value[1]}"
    if value is None:
        return "Never"
    try:
        return longdate(date.fromisoformat(value)) if isinstance(value, str) else str(value)
    except ValueError:
        return value


def days_late_of(row: AgencyReturn) -> int:
    if not row.round.is_late(today()):
        return 0
    # unscoped: bank holidays are the same for all
    calendar = BankHoliday.objects.calendar(row.round.partnership.country)
    return days_late(row.round.due_on, today(), calendar)


def parts_of(row: AgencyReturn) -> list[str]:
    """The parts whose numbers are in it: each of them returns for itself as well."""
    members = row.round.partnership.memberships.filter(agency__parent=row.membership.agency_id)
    return list(members.order_by("agency__name").values_list("agency__name", flat=True))
