"""Who one is, partnerships, agencies, role groups, and staff lists."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import PlainView, ReachViewSet
from api.fields import Read
from api.filtering import Text
from partnership.choices import Sector
from partnership.models import (
    Agency,
    Membership,
    Partnership,
    RoleGroup,
)
from partnership.roles import Permission, Role

P = Permission


# --- Oneself --------------------------------------------------------------------------------------


class WhoSerializer(serializers.Serializer):
    """Who is asking, and what they may do where."""

    name = serializers.CharField()
    machine = serializers.BooleanField(help_text="A key, and not a person.")
    agencies = serializers.ListField(child=serializers.IntegerField(), help_text="By number.")
    partnerships = serializers.ListField(child=serializers.CharField(), help_text="By code.")
    may = serializers.ListField(child=serializers.CharField(), help_text="In plain words.")
    expires_on = serializers.DateField(allow_null=True, help_text="Of a key: the first day without it.")


class Who(PlainView):
    """Who is asking."""

    serializer_class = WhoSerializer

    @extend_schema(operation_id="who", tags=["who"])
    def get(self, request: Request) -> Response:
        return Response(machine(request.auth) if request.user.is_machine else person(request.user))


def machine(key: Any) -> dict[str, Any]:
    return {
        "name": key.name, "machine": True, "agencies": [key.agency_id] if key.agency_id else [],
        "partnerships": [key.partnership.code] if key.partnership_id else [],
        "may": key.sentences, "expires_on": key.expires_on,
    }


def person(user: Any) -> dict[str, Any]:
    grants = user.grants_in_force()
    places = {grant.partnership_id for grant in grants if grant.partnership_id}
    codes = Partnership.objects.filter(pk__in=places).values_list("code", flat=True)  # unscoped: one's own
    return {
        "name": user.name, "machine": False,
        "agencies": sorted({grant.agency_id for grant in grants if grant.agency_id}),
        "partnerships": sorted(codes), "may": sorted({Role(grant.role).label for grant in grants}),
        "expires_on": None,
    }


# --- Places ---------------------------------------------------------------------------------------


class PartnershipSerializer(Read):
    """A safeguarding partnership."""

    class Meta:
        model = Partnership
        fields = ("id", "code", "name", "label", "country")


class PartnershipViewSet(ReachViewSet):
    """The partnerships of which the client sees figures."""

    serializer_class = PartnershipSerializer
    sorts = {"code": "code", "name": "name"}
    lookup_field, lookup_value_regex = "code", "[^/]{1,40}"

    def rows(self) -> QuerySet[Partnership]:
        return Partnership.objects.visible_to(self.request.user)

    def retrieve(self, request: Request, code: str) -> Response:
        return self.shown(get_object_or_404(self.rows(), code=code).pk)


class PlaceSerializer(serializers.Serializer):
    """An agency's place in a partnership."""

    partnership = serializers.CharField()
    code = serializers.CharField()


class AgencySerializer(Read):
    """A service that is invited and counted as one."""

    parent = serializers.IntegerField(source="parent_id", allow_null=True)
    places = PlaceSerializer(many=True, help_text="In which partnerships, under which codes.")

    class Meta:
        model = Agency
        fields = ("id", "name", "sector", "parent", "staff_list_on", "places")
        apart = ("places",)


class AgencyFilter(django_filters.FilterSet):
    partnership = Text(field_name="memberships__partnership__code", label="By code.", distinct=True)
    sector = django_filters.ChoiceFilter(choices=Sector.choices, label="By sector.")


class AgencyViewSet(ReachViewSet):
    """The agencies of which the client sees figures, or whose people it may log, change or invite."""

    serializer_class = AgencySerializer
    filterset_class = AgencyFilter
    sorts = {"name": "name", "id": "pk"}
    searches = ("name",)

    def rows(self) -> QuerySet[Agency]:
        user = self.request.user
        rows = Agency.objects.visible_to(user)
        for permission in (P.VIEW_STAFF, P.VIEW_MEETINGS, P.PICK_INVITEES):
            rows |= Agency.objects.within_reach(user, permission)
        return rows

    def finish(self, rows: Iterable[dict[str, Any]]) -> None:
        rows = list(rows)
        # unscoped: of agencies within reach
        seats = Membership.objects.filter(agency__in=[row["id"] for row in rows])
        found = defaultdict(list)
        for agency, partnership, code in seats.order_by("partnership__code").values_list(
            "agency", "partnership__code", "code"
        ):
            found[agency].append({"partnership": partnership, "code": code})
        for row in rows:
            row["places"] = found[row["id"]]


class RoleGroupSerializer(Read):
    """A group of jobs that must hold the same training."""

    class Meta:
        model = RoleGroup
        fields = ("id", "code", "title")


class RoleGroupViewSet(ReachViewSet):
    """All role groups: the same for everybody."""

    serializer_class = RoleGroupSerializer
    sorts = {"code": "code", "title": "title"}

    def rows(self) -> QuerySet[RoleGroup]:
        return RoleGroup.objects.all()  # unscoped: the same for all
