"""How the queue of cases is narrowed: declared fields only, choices within reach."""

from __future__ import annotations

from datetime import date

import django_filters as filters
from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet

from conferences.choices import CONFERENCES, MeetingKind
from escalation.actions.policies import MOST_STAGES
from escalation.choices import STATES, Ended, SuggestionState, TriggerKind
from escalation.models import Escalation, Stage, Suggestion
from partnership.forms import Day
from partnership.models import Agency, Partnership, User

STATE_CHOICES = [
    ("overdue", "Overdue"), ("actions", "With an agreed action overdue"), ("closed", "Closed, however"),
    *STATES[1:], ("all", "Open and closed"),
]
STAGE_CHOICES = [(number, f"Stage {number}") for number in range(1, MOST_STAGES + 1)]
CLOSES_CASE = [Ended.ACCEPTED, Ended.WITHDRAWN, Ended.DECIDED]


class QueueFilter(filters.FilterSet):
    state = filters.ChoiceFilter(
        label="State", choices=STATE_CHOICES, empty_label="Open", method="leave"
    )
    stage = filters.TypedChoiceFilter(
        label="Stage", choices=[("", "Any"), *STAGE_CHOICES], coerce=int, method="at_stage"
    )
    agency = filters.ModelChoiceFilter(
        label="Agency",
        queryset=Agency.objects.none(),  # unscoped: empty
        empty_label="Any",
        method="of_agency",
    )
    urgent = filters.BooleanFilter(
        label="Urgent",
        widget=forms.Select(choices=[("", "Any"), ("true", "Urgent"), ("false", "Not urgent")]),
    )

    class Meta:
        model = Escalation
        fields: list[str] = []

    def __init__(
        self, data, *, queryset: QuerySet, partnerships: QuerySet[Partnership], user: User
    ) -> None:
        super().__init__(data, queryset=queryset)
        # unscoped: the agencies of one's own partnerships are no secret
        agencies = Agency.objects.filter(memberships__partnership__in=partnerships).distinct()
        self.filters["agency"].field.queryset = agencies

    def leave(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        """The state chooses the parts of the list that are shown, see the view."""
        return rows

    def at_stage(self, rows: QuerySet, name: str, value: int) -> QuerySet:
        """Standing at a step of their policy now, or closed there."""
        # unscoped: within the cases of the list
        stages = Stage.objects.filter(escalation=OuterRef("pk"), policy_stage__position=value)
        return rows.filter(Exists(stages.filter(Q(closed_at=None) | Q(ended__in=CLOSES_CASE))))

    def of_agency(self, rows: QuerySet, name: str, value: Agency) -> QuerySet:
        return rows.filter(Q(raised_for=value) | Q(about=value))


HANDLED = [
    (SuggestionState.ACCEPTED.value, "Raised"), (SuggestionState.DISMISSED.value, "Dismissed"),
    ("all", "Waiting and handled"),
]
MEETINGS = {"conference": CONFERENCES, "core_group": {MeetingKind.CORE_GROUP}}
SORTS = {
    "": ("-found_at", "-pk"), "oldest": ("found_at", "pk"), "agency": ("about__name", "-found_at", "-pk"),
}


class DayFilter(filters.Filter):
    field_class = Day


class SuggestionFilter(filters.FilterSet):
    """What waits, unless it is asked otherwise."""

    agency = filters.ModelChoiceFilter(
        label="About", field_name="about", empty_label="Any agency",
        queryset=Agency.objects.none(),  # unscoped: empty
    )
    trigger = filters.ChoiceFilter(label="Why", choices=TriggerKind.choices, empty_label="Any reason")
    kind = filters.ChoiceFilter(
        label="Meetings", choices=[("conference", "Conferences"), ("core_group", "Core groups")],
        empty_label="All", method="of_kind",
    )
    since = DayFilter(label="Meetings from", method="on_days")
    until = DayFilter(label="Meetings until", method="on_days")
    state = filters.ChoiceFilter(
        label="State", choices=HANDLED, empty_label="Waiting", method="leave"
    )
    sort = filters.ChoiceFilter(
        label="Order", choices=[("oldest", "Oldest first"), ("agency", "By agency")],
        empty_label="Newest first", method="leave",
    )

    class Meta:
        model = Suggestion
        fields: list[str] = []

    def __init__(self, data, *, queryset: QuerySet) -> None:
        super().__init__(data, queryset=queryset)
        # unscoped: the agencies that the suggestions of one's reach are about
        agencies = Agency.objects.filter(pk__in=queryset.values("about")).order_by("name")
        self.filters["agency"].field.queryset = agencies

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        asked = self.form.cleaned_data
        rows = super().filter_queryset(queryset)
        state = asked.get("state") or SuggestionState.OPEN
        rows = rows if state == "all" else rows.filter(state=state)
        return rows.order_by(*SORTS[asked.get("sort") or ""])

    def met(self, **which: object) -> Exists:
        """That one of a suggestion's meetings is such."""
        through = Suggestion.meetings.through.objects  # unscoped: of the suggestions of the list
        return Exists(through.filter(
            suggestion=OuterRef("pk"), **{f"meeting__{name}": value for name, value in which.items()}
        ))

    def of_kind(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(self.met(kind__in=sorted(MEETINGS[value])))

    def on_days(self, rows: QuerySet, name: str, value: date) -> QuerySet:
        return rows.filter(self.met(**{"held_on__gte" if name == "since" else "held_on__lte": value}))

    def leave(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows
