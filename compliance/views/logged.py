"""The board's actions: the list with its file, and one action with all that happened to it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone

from compliance.forms.logged import ActionFilter
from compliance.measures.definitions import MEASURES
from compliance.models import (
    Action,
    ActionSource,
    ActionState,
    ActionStep,
    IssuedReport,
    StepKind,
)
from compliance.period import Period
from compliance.views.report_areas import READERS, REPORTS, index
from escalation.models import Escalation
from partnership.exporting import ListFile, as_file, dated, download
from partnership.models import Membership, Partnership, User, today
from partnership.reach import can
from partnership.reading import known_people
from partnership.roles import Permission
from partnership.templatetags.quorate import longdate
from partnership.views.listing import chosen_sort, headings, page_of

P = Permission
LIST = "compliance:action-list"
COLOURS = {
    ActionState.OPEN: "blue", ActionState.OVERDUE: "red", ActionState.DONE: "yellow",
    ActionState.CLOSED: "green",
}
COLUMNS = {
    "number": "Number", "due": "State and due day", "asked": "What is asked", "owner": "Owner",
    "carried": "Carried over",
}
SORTS = {
    "number": ("partnership__code", "pk"), "owner": ("owner__name", "due_on", "pk"),
    "due": ("due_on", "pk"), "carried": ("carried", "due_on", "pk"),
}
FILE = {
    "Partnership": "partnership.name", "Number": "number", "What is asked": "asked", "Owner": "owner.name",
    "Who does it": "owner_title", "Due": "due_on", "State": lambda row: row.state(today()).label,
    "Carried over": "carried", "Where from": lambda row: source_words(row),
    "Logged on": lambda row: on_day(row.logged_at), "Reported done on": lambda row: on_day(row.done_at),
    "Closed on": lambda row: on_day(row.closed_at), "Outcome": "outcome",
}
SHORT = 140  # characters of what is asked that a row shows


# --- The list ---------------------------------------------------------------------------------------


def listed(request: HttpRequest) -> tuple[ActionFilter, QuerySet[Action], tuple[str, bool]]:
    """The actions within reach as they were asked for, in their order."""
    if not can(request.user, P.VIEW_MEASURES):
        raise PermissionDenied
    rows = Action.objects.visible_to(request.user).with_carried()
    narrowed = ActionFilter(request.GET, queryset=rows, user=request.user)
    name, down = chosen_sort(request.GET.get("sort", ""), SORTS, "due")
    order = [F(field).desc() if down else F(field).asc() for field in SORTS[name]]
    found = narrowed.qs.select_related("partnership", "owner", "about").order_by(*order)
    return narrowed, found, (name, down)


def action_list(request: HttpRequest) -> HttpResponse:
    """What the board has asked and is not closed, the soonest due first."""
    narrowed, rows, now = listed(request)
    page = page_of(request, rows)
    return render(request, "compliance/action_list.html", {
        "filter": narrowed.form, "narrowed": narrowed.narrowed, "page": page,
        "columns": headings(request, COLUMNS, SORTS, now, numeric=["carried"]),
        "rows": [cells(row, several=narrowed.several) for row in page],
        "logs": can(request.user, P.ISSUE_REPORT),
        "files": [download(request, "compliance:action-list-file")],
        "crumbs": crumbs(request), "index": index(request.user, LIST),
    }, status=422 if narrowed.form.errors else 200)


def cells(row: Action, *, several: bool) -> list[dict[str, Any]]:
    state = row.state(today())
    return [
        {
            "text": row.number, "href": address("detail", row), "header": True, "nowrap": True,
            "hint": row.partnership.name if several else "",
        },
        {"text": state.label, "tag_colour": COLOURS[state], "hint": day_words(row)},
        {"text": shortened(row.asked), "hint": f"From: {source_words(row)}", "wide": True},
        {"text": row.owner.name, "hint": row.owner_title},
        {"text": row.carried or "–"},
    ]


def day_words(row: Action) -> str:
    """The day that matters now: when it was closed, else when it is due."""
    return longdate(row.closed_at) if row.closed_at else f"due {longdate(row.due_on)}"


def shortened(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= SHORT else text[:SHORT].rsplit(" ", 1)[0] + " …"


def action_list_file(request: HttpRequest, form: str) -> HttpResponseBase:
    """The filtered list as a file, every row of it."""
    _, rows, _ = listed(request)
    return as_file(form, ListFile(dated("actions"), FILE, rows))


def on_day(moment: datetime | None) -> date | None:
    return timezone.localdate(moment) if moment else None


# --- In words -----------------------------------------------------------------------------------------


def address(page: str, row: Action) -> str:
    return reverse(f"compliance:action-{page}", args=[row.number])


def crumbs(request: HttpRequest, *more: dict[str, str]) -> list[dict[str, str]]:
    """The way here, through the reports for whom these are; the last is the page itself."""
    above = [REPORTS] if any(can(request.user, one) for one in READERS) else []
    found = [{"text": "Home", "href": "/"}, *above, {"text": "Actions", "href": reverse(LIST)}, *more]
    return [*found[:-1], found[-1] | {"href": ""}]


def source_words(row: Action, *, case: str = "") -> str:
    """Where it comes from; which escalation only where the reader may see the case."""
    if row.source == ActionSource.REPORT:
        return f"The report of {row.about} for {Period.parse(row.period).name}"
    if row.source == ActionSource.MEETING:
        return f"The board’s meeting of {longdate(row.met_on)}"
    if row.source == ActionSource.MEASURE:
        known = MEASURES.get(row.measure)
        return f"The measure “{known.title if known else row.measure}”"
    return f"The escalation {case}" if case else ActionSource.ESCALATION.label


# --- One action ---------------------------------------------------------------------------------------


def readable(request: HttpRequest, number: str) -> Action:
    """An action that the person may read, or 404."""
    rows = Action.objects.visible_to(request.user).with_carried()
    related = ("partnership", "owner", "about", "escalation", "logged_by", "done_by", "closed_by")
    return get_object_or_404(rows.select_related(*related), number=number)


def may(user: User, permission: Permission, row: Action) -> bool:
    return Action.objects.within_reach(user, permission).filter(pk=row.pk).exists()


def detail(request: HttpRequest, number: str) -> HttpResponse:
    """An action: what is asked and of whom, what was said, and what the reader may do."""
    row, user = readable(request, number), request.user
    steps = list(row.steps.select_related("taken_by").order_by("-taken_at", "-pk"))
    names = Names(user, row, steps)
    board, owner = may(user, P.ISSUE_REPORT, row), may(user, P.SIGN_OFF_REPORT, row)
    state = row.state(today())
    return render(request, "compliance/action_detail.html", {
        "row": row, "state": state, "colour": COLOURS[state], "crumbs": crumbs(request, {"text": row.number}),
        "facts": facts(request, row, names), "steps": [told(step, names) for step in steps],
        "buttons": buttons(row, board=board, owner=owner), "lede": lede(row, state),
        "change": address("change", row) if board and not row.closed_at else "",
    })


def lede(row: Action, state: ActionState) -> str:
    """Where it stands, in a sentence."""
    if state is ActionState.CLOSED:
        return f"Closed on {longdate(row.closed_at)}."
    if state is ActionState.DONE:
        return f"Reported done on {longdate(row.done_at)}. The board closes it, or opens it again."
    if state is ActionState.OVERDUE:
        return f"It was due by {longdate(row.due_on)} and is not reported done."
    return f"Due by the end of {longdate(row.due_on)}."


def buttons(row: Action, *, board: bool, owner: bool) -> list[dict[str, str]]:
    """What the reader may do now: the most likely first."""
    if row.closed_at:
        wanted = [("reopen", "Open it again", board)]
    elif row.done_at:
        wanted = [
            ("close", "Close it", board), ("reopen", "Open it again", board),
            ("progress", "Note progress", board or owner),
        ]
    else:
        wanted = [
            ("progress", "Note progress", board or owner), ("done", "Report it done", owner),
            ("date", "Move the date", board), ("close", "Close it", board),
        ]
    found = [{"text": text, "href": address(page, row)} for page, text, may_do in wanted if may_do]
    return [one | ({"kind": "secondary"} if n else {}) for n, one in enumerate(found)]


def facts(request: HttpRequest, row: Action, names: Names) -> list[dict[str, Any]]:
    found = [
        {"key": "What is asked", "value": row.asked},
        {"key": "Owner", "value": row.owner.name, "hint": row.owner_title},
        {"key": "Due", "value": longdate(row.due_on), "hint": times(row.carried)},
        {"key": "Where from"} | origin(request, row),
        {"key": "Logged", "value": longdate(row.logged_at), "hint": f"by {names.of(row.logged_by)}"},
    ]
    if row.done_at:
        by = names.of(row.done_by, owner=True)
        found.append({"key": "Reported done", "value": longdate(row.done_at), "hint": f"by {by}"})
    if row.closed_at:
        by = names.of(row.closed_by)
        found.append({"key": "Outcome", "value": row.outcome})
        found.append({"key": "Closed", "value": longdate(row.closed_at), "hint": f"signed off by {by}"})
    return found


def times(carried: int) -> str:
    if not carried:
        return ""
    return f"carried over {({1: 'once', 2: 'twice'}).get(carried, f'{carried} times')}"


def origin(request: HttpRequest, row: Action) -> dict[str, str]:
    """Where it comes from, leading there as far as the reader may go."""
    user = request.user
    if row.source == ActionSource.ESCALATION:
        seen = Escalation.objects.visible_to(user).filter(pk=row.escalation_id).exists()
        case = row.escalation.reference if seen else ""
        href = reverse("escalation:detail", args=[case]) if seen else ""
        return {"value": source_words(row, case=case), "href": href}
    href = ""
    issued = IssuedReport.objects.visible_to(user).light().filter(pk=row.report_id).first()
    if issued:
        return {
            "value": source_words(row), "href": reverse("compliance:issued-report", args=[issued.pk]),
            "hint": f"issued as {issued.number}",
        }
    if row.source == ActionSource.REPORT:
        there = Membership.objects.visible_to(user).filter(partnership=row.partnership, agency=row.about)
        if code := there.values_list("code", flat=True).first():
            href = reverse("compliance:agency", args=[row.partnership.code, code]) + f"?period={row.period}"
    elif row.source == ActionSource.MEASURE:
        whole = Partnership.objects.within_reach_as_a_whole(user, P.VIEW_MEASURES)
        if whole.filter(pk=row.partnership_id).exists():
            href = reverse("compliance:dashboard", args=[row.partnership.code])
    return {"value": source_words(row), "href": href}


class Names:
    """Who wrote what, by name as far as the reader knows them; else for which side."""

    def __init__(self, reader: User, row: Action, steps: list[ActionStep]) -> None:
        self.row = row
        writers = {row.logged_by_id, row.done_by_id, row.closed_by_id, *(s.taken_by_id for s in steps)}
        known = known_people(reader).filter(pk__in=writers - {None})
        self.known = set(known.values_list("pk", flat=True))

    def of(self, user: User | None, *, owner: bool = False) -> str:
        side = self.row.owner.name if owner else "the board"
        if user is None:
            return "the operator"
        return f"{user.name}, for {side}" if user.pk in self.known else side


def told(step: ActionStep, names: Names) -> dict[str, Any]:
    """A step as the page tells it."""
    head = step.get_kind_display()
    if step.kind == StepKind.MOVED:
        head = f"Date moved from {longdate(step.from_on)} to {longdate(step.to_on)}"
    return {
        "head": head, "text": step.text, "at": step.taken_at,
        "who": names.of(step.taken_by, owner=step.by_owner),
    }
