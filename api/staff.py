"""Staff lists: read, put, changed."""

from __future__ import annotations

from datetime import date
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import ReachViewSet
from api.errors import Problem
from api.fields import NONE_SUCH, ByCode, ByNumber, Day, Read, Strict, Words
from api.filtering import Day as DayFilter
from api.filtering import Number, Text
from api.writing import as_seen, once
from partnership.actions import add_staff, change_staff, move_staff
from partnership.forms.fields import FIRST_START, FURTHEST_AHEAD, printable
from partnership.models import Agency, Partnership, RoleGroup, StaffMember, today
from partnership.roles import Permission

P = Permission


class StaffSerializer(Read):
    """A person whom an agency employs."""

    agency = serializers.IntegerField(source="agency_id")
    agency_name = serializers.CharField(source="agency.name")
    role_group = serializers.CharField(source="role_group.code")
    works_for = serializers.CharField(
        source="works_for.code", allow_null=True,
        help_text="The code of the one partnership they work for; null: each of the agency's.",
    )
    work_email = serializers.CharField(help_text="Empty when not known.")

    class Meta:
        model = StaffMember
        fields = (
            "id", "agency", "agency_name", "reference", "first_name", "last_name", "work_email",
            "job_title", "role_group", "started_on", "left_on", "works_for",
        )


class StaffFilter(django_filters.FilterSet):
    agency = Number(field_name="agency_id", label="By number.")
    role_group = Text(field_name="role_group__code", label="By code.")
    reference = Text(field_name="reference", label="Exactly this one.")
    in_post_on = DayFilter(method="in_post", label="Who had started and not left on that day.")

    def in_post(self, rows: QuerySet, name: str, value: date) -> QuerySet:
        return rows & StaffMember.objects.in_post(value)  # unscoped: joined with what is in reach


def furthest() -> date:
    return today() + FURTHEST_AHEAD


def own_agencies(user: Any) -> QuerySet[Agency]:
    return Agency.objects.within_reach(user, P.MANAGE_STAFF)


def their_partnerships(user: Any) -> QuerySet[Partnership]:
    # unscoped: those of one's own agencies
    return Partnership.objects.filter(memberships__agency__in=own_agencies(user).values("pk")).distinct()


def role_groups(user: Any) -> QuerySet[RoleGroup]:
    return RoleGroup.objects.all()  # unscoped: the same for all


class StaffDetails(Strict):
    """A person on a staff list, as they should stand there."""

    first_name = Words(max_length=80)
    last_name = Words(max_length=80)
    work_email = serializers.EmailField(
        max_length=254, allow_blank=True, default="", validators=[printable]
    )
    job_title = Words(max_length=80)
    role_group = ByCode(rows=role_groups, by="code", help_text="By code.")
    started_on = Day(earliest=FIRST_START, latest=furthest)
    left_on = Day(
        earliest=FIRST_START, latest=furthest, allow_null=True, default=None,
        help_text="The first day out of post.",
    )
    works_for = ByCode(
        rows=their_partnerships, by="code", allow_null=True, default=None,
        help_text="The code of the one partnership they work for; null: each of the agency's.",
    )

    def validate(self, sent: dict[str, Any]) -> dict[str, Any]:
        agency, place = sent.get("agency") or self.context.get("agency"), sent.get("works_for")
        if place and not agency.memberships.filter(partnership=place).exists():
            raise serializers.ValidationError({"works_for": [NONE_SUCH]})
        return sent


class StaffNew(StaffDetails):
    """A person to put on a staff list."""

    agency = ByNumber(rows=own_agencies, help_text="By number.")
    reference = Words(max_length=40, help_text="Yours: a payroll number, say.")


class StaffChange(StaffDetails):
    """What is to change of a person; what is not sent stays."""

    reference = Words(max_length=40)

    def get_fields(self) -> dict[str, Any]:
        found = super().get_fields()
        for field in found.values():
            field.required, field.default = False, serializers.empty
        return found


class StaffMove(Strict):
    """Where a person goes from a day on; what is not sent is as it was."""

    agency = ByNumber(rows=own_agencies, help_text="By number: another one of yours.")
    on = Day(earliest=FIRST_START, latest=furthest, help_text="The first day there.")
    job_title = Words(max_length=80, required=False)
    role_group = ByCode(rows=role_groups, by="code", required=False, help_text="By code.")
    reference = Words(max_length=40, required=False, help_text="Yours, there.")
    work_email = serializers.EmailField(
        max_length=254, allow_blank=True, required=False, validators=[printable]
    )


class StaffViewSet(ReachViewSet):
    """Staff lists by name: of the client's own agencies."""

    serializer_class = StaffSerializer
    filterset_class = StaffFilter
    sorts = {
        "id": "pk", "last_name": "last_name", "first_name": "first_name", "reference": "reference",
        "started_on": "started_on",
    }
    searches = ("first_name", "last_name", "reference", "job_title", "work_email")
    needs = {
        "list": (P.VIEW_STAFF,), "create": (P.MANAGE_STAFF,), "partial_update": (P.MANAGE_STAFF,),
        "by_reference": (P.MANAGE_STAFF,), "move": (P.MANAGE_STAFF,),
    }
    versioned = True

    def rows(self) -> QuerySet[StaffMember]:
        return StaffMember.objects.visible_to(self.request.user)

    def changeable(self) -> QuerySet[StaffMember]:
        return StaffMember.objects.within_reach(self.request.user, P.MANAGE_STAFF)

    @extend_schema(request=StaffNew, responses={201: StaffSerializer})
    @once
    def create(self, request: Request) -> Response:
        """Put a person on a staff list."""
        made = add_staff(by=request.user, **self.sent(StaffNew))
        return self.shown(made.pk, 201)

    @extend_schema(request=StaffChange, responses=StaffSerializer)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change some details of a person."""
        with as_seen(request, self.changeable(), int(pk)) as row:
            new = self.sent(StaffChange, partial=True, extra={"agency": row.agency})
            change_staff(by=request.user, staff_member=row, **new)
        return self.shown(row.pk)

    @extend_schema(operation_id="staff_move", request=StaffMove, responses={201: StaffSerializer})
    @action(detail=True, methods=["post"])
    @once
    def move(self, request: Request, pk: str) -> Response:
        """Move a person to another agency of yours: a line there from that day, which is answered. What was before
        stays where it was; roles in Quorate are moved along on their page."""
        with as_seen(request, self.changeable(), int(pk)) as row:
            made = move_staff(by=request.user, staff_member=row, **self.sent(StaffMove))
        return self.shown(made.pk, 201)

    @extend_schema(
        operation_id="staff_put", request=StaffDetails,
        responses={200: StaffSerializer, 201: StaffSerializer},
    )
    @action(
        detail=False, methods=["put"],
        url_path="by-reference/(?P<agency_number>[0-9]{1,15})/(?P<reference>[^/]{1,40})",
    )
    def by_reference(self, request: Request, agency_number: str, reference: str) -> Response:
        """Put a person on a staff list under your reference, or change all details of who is there."""
        place = get_object_or_404(own_agencies(request.user), pk=int(agency_number))
        new = self.sent(StaffDetails, extra={"agency": place})
        reference = Words(max_length=40).run_validation(reference)
        there = self.changeable().filter(agency=place, reference=reference).first()
        if there is None:
            if "HTTP_IF_MATCH" in request.META:
                raise Problem(412, "changed_since", "Nobody of that agency has this reference.")
            made = add_staff(by=request.user, agency=place, reference=reference, **new)
            return self.shown(made.pk, 201)
        with as_seen(request, self.changeable(), there.pk) as row:
            change_staff(by=request.user, staff_member=row, **new)
        return self.shown(row.pk)
