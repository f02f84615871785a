"""The history, in the fields that its reader may see elsewhere."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from rest_framework import serializers

from api.base import ReachViewSet
from api.fields import Read
from api.filtering import Day as DayFilter
from api.filtering import Number
from partnership.models import HistoryEntry
from partnership.reading import Reading, kind_of, readable
from partnership.roles import Permission
from partnership.views.history import changes, who, words


class ChangeSerializer(serializers.Serializer):
    """A field that changed; ``hidden`` says that there is more which the reader may not see."""

    label = serializers.CharField()
    before = serializers.CharField()
    after = serializers.CharField()
    hidden = serializers.BooleanField()


class EntrySerializer(Read):
    """Who did what, when, to what."""

    kind = serializers.CharField(help_text="What kind of row it was done to.")
    who = serializers.CharField()
    subject = serializers.CharField(help_text="Empty where the reader may not see which.")
    agency = serializers.IntegerField(source="agency_id", allow_null=True)
    changes = ChangeSerializer(many=True)

    class Meta:
        model = HistoryEntry
        fields = ("id", "at", "who", "verb", "kind", "subject", "agency", "changes")
        apart = ("kind", "who", "subject", "changes")


class EntryFilter(django_filters.FilterSet):
    agency = Number(field_name="agency_id", label="By number.")
    at_from = DayFilter(field_name="at", lookup_expr="date__gte", label="On that day or later.")
    at_until = DayFilter(field_name="at", lookup_expr="date__lte", label="On that day or sooner.")


class HistoryViewSet(ReachViewSet):
    """What was done to the client's own rows."""

    serializer_class = EntrySerializer
    filterset_class = EntryFilter
    sorts = {"id": "pk", "at": "at"}
    needs = {"list": (Permission.VIEW_HISTORY,)}

    def rows(self) -> QuerySet[HistoryEntry]:
        return readable(self.request.user)

    def finish(self, rows: list[dict[str, Any]]) -> None:
        reach = HistoryEntry.objects.visible_to(self.request.user).select_related("user", "agency")
        entries = reach.in_bulk([row["id"] for row in rows])
        reading = Reading(self.request.user, entries.values())
        for row in rows:
            entry = entries[row["id"]]
            row |= {
                "kind": kind_of(entry).title, "who": who(entry, reading), "subject": words(entry, reading),
                "changes": [plain(change) for change in changes(entry, reading)],
            }


def plain(change: dict[str, Any]) -> dict[str, Any]:
    names = ("label", "before", "after")
    return {**{name: str(change[name]) for name in names}, "hidden": bool(change.get("hidden"))}
