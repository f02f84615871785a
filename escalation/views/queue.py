"""The queue: what waits for me, what concerns my agency, all that I may see; overdue first."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from escalation.casebook import CASE_COLOURS, due_words
from escalation.choices import Grounds
from escalation.filters import QueueFilter
from escalation.models import AgreedAction, Escalation, Stage, StagePause
from escalation.querysets import waits_for
from escalation.stages import CaseState, LimitUnit
from escalation.views.reaching import may_open_queue, partnerships_with_cases
from partnership.models import User, today
from partnership.reach import can, held
from partnership.roles import Permission
from partnership.templatetags.quorate import longdate
from partnership.views.keyset import END, KeyPage, Place, Segment, page

PAGE = 25
COLUMNS = ("Reference", "Next", "About", "Raised for", "Grounds", "Stage")
RUNNING = Q(due_at__isnull=False, answered_at=None)
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
    """The cases that a person may see, in the order in which they need somebody."""
    user, now = request.user, timezone.now()
    if not may_open_queue(user):
        if can(user, Permission.VIEW_ESCALATION_THEMES):
            return redirect("escalation:themes")
        raise PermissionDenied
    counts = counted(user, now)
    view = chosen_view(request, counts)
    cases = QueueFilter(
        request.GET,
        queryset=Escalation.objects.visible_to(user),
        partnerships=partnerships_with_cases(user),
        user=user,
    )
    segments = segments_of(user, view, cases, now)
    found = page(
        segments, PAGE, after=request.GET.get("after", ""), before=request.GET.get("before", "")
    )
    return render(
        request,
        "escalation/queue.html",
        {
            "views": views(request, view, counts),
            "view": view,
            "counts": counts,
            "filter": cases.form,
            "number": sum(segment.rows.count() for segment in segments),
            "columns": [{"text": text} for text in COLUMNS],
            "rows": laid_out(user, rows_of(found.rows), now),
            "pages": neighbours(request, found),
            "narrowed": bool(set(request.GET) & set(cases.filters)),
            "suggests": can(user, Permission.VIEW_SUGGESTIONS),
            "raises": can(user, Permission.RAISE_ESCALATION),
            "themes": can(user, Permission.VIEW_ESCALATION_THEMES),
            "policies": partnerships_with_cases(user).order_by("name"),
            "crumbs": [{"text": "Home", "href": "/"}, {"text": "Escalations"}],
        },
    )


# --- Whose ----------------------------------------------------------------------------------------


def of_agencies(user: User) -> Q:
    """What was raised for or about one of the person's agencies."""
    own = held(user, Permission.RAISE_ESCALATION).agencies
    lookups = ("raised_for", "about", "raised_for__parent", "about__parent")
    found = Q(pk__in=())
    for lookup in lookups:
        found |= Q(**{f"escalation__{lookup}__in": own})
    return found


def counted(user: User, now: datetime) -> dict[str, int]:
    """How many open cases there are of each kind, in one query."""
    cases = Escalation.objects.visible_to(user).open()
    # unscoped: of cases within reach
    rows = Stage.objects.filter(closed_at=None, escalation__in=cases)
    return rows.aggregate(
        all=Count("pk"),
        mine=Count("pk", filter=waits_for(user)),
        agency=Count("pk", filter=of_agencies(user)),
        overdue=Count("pk", filter=Q(RUNNING, due_at__lt=now)),
    ) | {"actions": with_late_action(user).count()}


def with_late_action(user: User) -> QuerySet[Escalation]:
    """Cases with an agreed action that is overdue, of those whose actions the person may see."""
    readable = Escalation.objects.within_reach(user, Permission.READ_NARRATIVE)
    managed = Escalation.objects.within_reach(user, Permission.APPROVE_SKIP)
    # unscoped: both halves are within reach
    cases = Escalation.objects.filter(Q(pk__in=readable.values("pk")) | Q(pk__in=managed.values("pk")))
    # unscoped: of those cases
    late = AgreedAction.objects.filter(escalation=OuterRef("pk"), done_on=None, due_on__lt=today())
    return cases.filter(Exists(late))


def chosen_view(request: HttpRequest, counts: dict[str, int]) -> str:
    """The part that was asked for, else what waits for the person, else all."""
    asked = request.GET.get("view", "")
    if asked in ("mine", "agency", "all"):
        return asked
    return "mine" if counts["mine"] else "all"


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


# --- In which order ---------------------------------------------------------------------------------


def segments_of(user: User, view: str, cases: QueueFilter, now: datetime) -> list[Segment]:
    """Running clocks by their due moment (so the overdue first), then what runs against none, then
    what is closed."""
    # unscoped: the stages of cases within reach
    stages = Stage.objects.filter(closed_at=None, escalation__in=cases.qs).filter(
        narrowing(user, view)
    )
    state = cases.form.cleaned_data.get("state", "")
    if state == "overdue":
        return [Segment("r", stages.filter(RUNNING, due_at__lt=now), "due_at")]
    if state == "actions":
        late = with_late_action(user).values("pk")
        stages, cases_of = stages.filter(escalation__in=late), cases.qs.filter(pk__in=late)
    else:
        cases_of = cases.qs
    found = [
        Segment("r", stages.filter(RUNNING), "due_at"),
        Segment("s", stages.exclude(RUNNING), "entered_at"),
    ]
    if not state:
        return found
    closed = Segment("c", closed_cases(user, view, cases_of, state), "closed_at", newest=True)
    return [*found, closed] if state in ("all", "actions") else [closed]


def narrowing(user: User, view: str) -> Q:
    return {"mine": waits_for, "agency": of_agencies}.get(view, lambda user: Q())(user)


def closed_cases(user: User, view: str, cases: QuerySet, state: str) -> QuerySet:
    """Closed cases; of "mine" those that the person took part in."""
    named = state in CaseState.__members__.values()
    rows = cases.filter(state=state) if named else cases.exclude(state=CaseState.OPEN)
    if view != "all":
        # unscoped: within the cases of the list
        stages = Stage.objects.filter(of_agencies(user) if view == "agency" else took_part(user))
        rows = rows.filter(pk__in=stages.values("escalation"))
    return rows


def took_part(user: User) -> Q:
    return Q(escalation__raised_by=user) | Q(escalation__participants__user=user)


def rows_of(places: list[Place]) -> list[Stage | Escalation]:
    """The rows at some places, in their order: at most two queries."""
    stages = [place.pk for place in places if place.letter != "c"]
    cases = [place.pk for place in places if place.letter == "c"]
    # unscoped: places come from cases within reach
    found = {False: stages_shown().in_bulk(stages), True: cases_shown().in_bulk(cases)}
    return [found[place.letter == "c"][place.pk] for place in places]


def stages_shown() -> QuerySet[Stage]:
    # unscoped: of the stages shown
    paused = Exists(StagePause.objects.filter(stage=OuterRef("pk"), until_at=None))
    rows = Stage.objects.annotate(paused=paused)  # unscoped: see rows_of
    return rows.select_related("escalation__about", "escalation__raised_for", "policy_stage")


def cases_shown() -> QuerySet[Escalation]:
    """Closed cases with the step at which they ended."""
    last = Stage.objects.filter(escalation=OuterRef("pk")).order_by("-number")  # unscoped: of them
    rows = Escalation.objects.annotate(  # unscoped: see rows_of
        last_position=Subquery(last.values("policy_stage__position")[:1]),
        last_title=Subquery(last.values("policy_stage__title")[:1]),
    )
    return rows.select_related("about", "raised_for")


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
