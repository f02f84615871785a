"""Which cases are on the queue, and in which order: overdue first."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest
from django.utils import timezone

from escalation.filters import QueueFilter
from escalation.models import AgreedAction, Escalation, Stage, StagePause
from escalation.querysets import waits_for
from escalation.stages import CaseState
from escalation.views.reaching import partnerships_with_cases
from partnership.models import User, today
from partnership.reach import held
from partnership.roles import Permission
from partnership.views.keyset import Place, Segment

RUNNING = Q(due_at__isnull=False, answered_at=None)


@dataclass
class Listing:
    """The cases that were asked for, in the order in which they need somebody."""

    request: HttpRequest
    now: datetime = field(default_factory=timezone.now)

    @cached_property
    def counts(self) -> dict[str, int]:
        return counted(self.request.user, self.now)

    @cached_property
    def view(self) -> str:
        return chosen_view(self.request, self.counts)

    @cached_property
    def cases(self) -> QueueFilter:
        user = self.request.user
        return QueueFilter(
            self.request.GET, queryset=Escalation.objects.visible_to(user),
            partnerships=partnerships_with_cases(user), user=user,
        )

    @cached_property
    def segments(self) -> list[Segment]:
        return segments_of(self.request.user, self.view, self.cases, self.now)


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
