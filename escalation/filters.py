"""How the queue of cases is narrowed: declared fields only, choices within reach."""

from __future__ import annotations

import django_filters as filters
from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet

from escalation.actions.policies import MOST_STAGES
from escalation.choices import STATES, Ended
from escalation.models import Escalation, Stage
from partnership.models import Agency, Partnership, User

STATE_CHOICES = [("overdue", "Overdue"), *STATES[1:], ("all", "All, closed ones too")]
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
