"""The queue: what waits for me, what concerns my agency, all that I may see; overdue first."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from escalation.casebook import CASE_COLOURS, due_words
from escalation.choices import Grounds
from escalation.models import Escalation, Stage
from escalation.stages import CaseState, LimitUnit
from escalation.views.queued import Listing, rows_of, with_late_action
from escalation.views.reaching import may_open_queue, partnerships_with_cases
from partnership.exporting import download
from partnership.models import User
from partnership.reach import can, held
from partnership.roles import Permission
from partnership.templatetags.quorate import longdate
from partnership.views.keyset import END, KeyPage, page

PAGE = 25
COLUMNS = ("Reference", "Next", "About", "Raised for", "Grounds", "Stage")
SHORT_GROUNDS = {
    Grounds.NOT_ATTENDED: "Not attended",
    Grounds.NO_REPORT: "No report in time",
    Grounds.INQUORATE: "Not quorate",
    Grounds.PLAN_DRIFT: "Plan drifting",
    Grounds.INFORMATION: "Information not shared",
    Grounds.THRESHOLD: "Threshold or next step",
    Grounds.CAPACITY: "Capacity",
    Grounds.OTHER: "Another disagreement",
}


def queue(request: HttpRequest) -> HttpResponse:
    """The cases that a person may see; those who may see themes only are sent on to them."""
    user = request.user
    if not may_open_queue(user):
        if can(user, Permission.VIEW_ESCALATION_THEMES):
            return redirect("escalation:themes")
        raise PermissionDenied
    listing = Listing(request)
    now, counts, view, cases = listing.now, listing.counts, listing.view, listing.cases
    segments = listing.segments
    found = page(
        segments, PAGE, after=request.GET.get("after", ""), before=request.GET.get("before", "")
    )
    number = sum(segment.rows.count() for segment in segments)
    return render(
        request,
        "escalation/queue.html",
        {
            "views": views(request, view, counts),
            "view": view,
            "counts": counts,
            "filter": cases.form,
            "number": number,
            "columns": [{"text": text} for text in COLUMNS],
            "rows": laid_out(user, rows_of(found.rows), now),
            "pages": neighbours(request, found),
            "files": [download(request, "escalation:queue-file", rows=number)],
            "narrowed": bool(set(request.GET) & set(cases.filters)),
            "suggests": can(user, Permission.VIEW_SUGGESTIONS),
            "raises": can(user, Permission.RAISE_ESCALATION),
            "themes": can(user, Permission.VIEW_ESCALATION_THEMES),
            "policies": partnerships_with_cases(user).order_by("name"),
            "crumbs": [{"text": "Home", "href": "/"}, {"text": "Escalations"}],
        },
    )


def views(request: HttpRequest, view: str, counts: dict[str, int]) -> list[dict]:
    """The parts of the open cases, and the closed ones; each begins unfiltered."""
    names = {"mine": "Waiting for me", "agency": "My agency’s open", "all": "All open"}
    if not held(request.user, Permission.RAISE_ESCALATION).agencies:
        del names["agency"]
    closed = view == "all" and request.GET.get("state") == "closed"
    parts = [
        {"text": f"{words} {counts[name]}", "href": f"?view={name}", "current": name == view and not closed}
        for name, words in names.items()
    ]
    return [*parts, {"text": "Closed", "href": "?view=all&state=closed", "current": closed}]


# --- In which words -----------------------------------------------------------------------------------


def laid_out(user: User, rows: list[Stage | Escalation], now: datetime) -> list[list[dict]]:
    """The rows as cells; an overdue action is marked by word, for those who may see actions."""
    keys = [row.escalation_id if isinstance(row, Stage) else row.pk for row in rows]
    late = set(with_late_action(user).filter(pk__in=keys).values_list("pk", flat=True))
    found = []
    for key, row in zip(keys, rows, strict=True):
        first, *rest = cells(row, now)
        if key in late:
            first["hint"] = ", ".join(filter(None, [first["hint"], "Agreed action overdue"]))
        found.append([first, *rest])
    return found


def cells(row: Stage | Escalation, now: datetime) -> list[dict]:
    if isinstance(row, Stage):
        case, step, then = row.escalation, row.policy_stage, next_of(row, now)
        return [reference(case), then, *facts(case), {"text": f"{step.position}. {step.title}"}]
    ended = {
        "text": row.get_state_display(),
        "tag_colour": CASE_COLOURS[CaseState(row.state)],
        "hint": longdate(row.closed_at),
    }
    return [reference(row), ended, *facts(row), {"text": f"{row.last_position}. {row.last_title}"}]


def reference(case: Escalation) -> dict:
    return {
        "text": case.reference,
        "header": True,
        "nowrap": True,
        "href": reverse("escalation:detail", args=[case.reference]),
        "hint": "Urgent" if case.urgent else "",
    }


def facts(case: Escalation) -> list[dict]:
    return [
        {"text": case.about.name},
        {"text": case.raised_for.name if case.raised_for else "Conference service"},
        {"text": SHORT_GROUNDS[Grounds(case.grounds)]},
    ]


def next_of(stage: Stage, now: datetime) -> dict:
    """What the stage waits for, and until when."""
    if stage.paused:
        return {"text": "Paused", "tag_colour": "yellow"}
    if stage.answered_at:
        hint = f"on {longdate(stage.answered_at)}; the raising side is next"
        return {"text": "Answered", "tag_colour": "blue", "hint": hint}
    if stage.overdue(now):
        return {"text": "Overdue", "tag_colour": "red", "hint": f"since {longdate(stage.due_at)}"}
    if stage.due_at is None:
        words = "No limit" if stage.limit.unit == LimitUnit.NONE else "The clock stands"
        return {"text": words, "tag_colour": "grey"}
    return {"text": f"Answer by {due_words(stage)}"}


def neighbours(request: HttpRequest, found: KeyPage) -> list[dict]:
    """Links to the first page, the one before, the one after and the last."""
    kept = {name: value for name, value in request.GET.items() if name not in ("after", "before")}

    def link(text: str, rel: str, **place: object) -> dict:
        return {"text": text, "rel": rel, "href": "?" + urlencode(kept | place)}

    back = (
        [link("First", ""), link("Previous", "prev", before=found.before)] if found.before else []
    )
    on = (
        [link("Next", "next", after=found.after), link("Last", "", before=END)]
        if found.after
        else []
    )
    return back + on
