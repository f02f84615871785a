"""Escalations as a header: what somebody wrote in one is never given to a machine."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import django_filters
from django.db.models import QuerySet
from rest_framework import serializers

from api.base import ReachViewSet
from api.fields import Read
from api.filtering import Day as DayFilter
from api.filtering import Number, Text, YesNo
from escalation.choices import STATES, Ended, Grounds
from escalation.models import Escalation, Stage
from partnership.roles import Permission

STAGE = ("number", "title", "entered_at", "due_at", "acknowledged_at", "answered_at", "closed_at", "ended")


class StageSerializer(serializers.Serializer):
    """A stage that a case has reached."""

    number = serializers.IntegerField()
    title = serializers.CharField()
    entered_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField(allow_null=True, help_text="Null: no limit, or paused.")
    acknowledged_at = serializers.DateTimeField(allow_null=True)
    answered_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    ended = serializers.ChoiceField(choices=Ended.choices, allow_blank=True)


class EscalationSerializer(Read):
    """A disagreement between agencies: its sides, grounds, stages and deadlines, and no words of it."""

    partnership = serializers.CharField(source="partnership.code")
    raised_for = serializers.IntegerField(
        source="raised_for_id", allow_null=True, help_text="Null: by the conference service."
    )
    about = serializers.IntegerField(source="about_id")
    stages = StageSerializer(many=True)

    class Meta:
        model = Escalation
        fields = (
            "id", "reference", "partnership", "raised_at", "raised_for", "about", "grounds",
            "theme_case", "urgent", "state", "closed_at", "learning_theme", "stages",
        )
        apart = ("stages",)


class EscalationFilter(django_filters.FilterSet):
    partnership = Text(field_name="partnership__code", label="By code.")
    reference = Text(field_name="reference", label="Exactly this one.")
    raised_for = Number(field_name="raised_for_id", label="An agency, by number.")
    about = Number(field_name="about_id", label="An agency, by number.")
    grounds = django_filters.ChoiceFilter(choices=Grounds.choices, label="Why it was raised.")
    state = django_filters.ChoiceFilter(choices=STATES, label="How it stands.")
    urgent = YesNo(field_name="urgent", label="Whether it is urgent.")
    raised_from = DayFilter(field_name="raised_at", lookup_expr="date__gte", label="On that day or later.")
    raised_until = DayFilter(field_name="raised_at", lookup_expr="date__lte", label="On that day or sooner.")


class EscalationViewSet(ReachViewSet):
    """Cases that the client may see."""

    serializer_class = EscalationSerializer
    filterset_class = EscalationFilter
    sorts = {"raised_at": "raised_at", "reference": "reference", "id": "pk"}
    searches = ("reference",)
    needs = {"list": (Permission.VIEW_ESCALATIONS,)}

    def rows(self) -> QuerySet[Escalation]:
        return Escalation.objects.visible_to(self.request.user)

    def finish(self, rows: Iterable[dict[str, Any]]) -> None:
        rows = list(rows)
        # unscoped: of cases within reach
        stages = Stage.objects.filter(escalation__in=[row["id"] for row in rows]).order_by("number")
        found = defaultdict(list)
        columns = ["policy_stage__title" if name == "title" else name for name in STAGE]
        for case, *values in stages.values_list("escalation", *columns):
            found[case].append(dict(zip(STAGE, values, strict=True)))
        for row in rows:
            row["stages"] = found[row["id"]]
