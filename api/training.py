"""Courses, requirements, training records and sessions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import ReachViewSet
from api.bulk import BulkAnswer, BulkRecords, log_many
from api.fields import ByCode, ByNumber, Day, OneOf, Read, Strict, Words
from api.filtering import Day as DayFilter
from api.filtering import Number, Text, YesNo
from api.writing import as_seen, once
from partnership.models import StaffMember, today
from partnership.roles import Permission
from training.actions import EARLIEST, correct_record, log_training
from training.choices import Delivery, Provider
from training.models import Course, Requirement, Session, TrainingRecord

P = Permission


class CourseSerializer(Read):
    """What is taught: one catalogue for the whole installation."""

    covers = serializers.ListField(
        child=serializers.CharField(), help_text="The codes of the courses that it stands for."
    )

    class Meta:
        model = Course
        fields = (
            "id", "code", "title", "hours", "delivery", "valid_months", "counts_from",
            "counts_until", "conference_duty", "covers",
        )
        apart = ("covers",)


class CourseFilter(django_filters.FilterSet):
    code = Text(field_name="code", label="Exactly this one.")
    delivery = django_filters.ChoiceFilter(choices=Delivery.choices, label="How it is taught.")
    conference_duty = YesNo(field_name="conference_duty", label="Whether it covers the duties at conferences.")


def codes_of(through: Any, rows: list[dict], here: str, there: str) -> dict[int, list[str]]:
    """The codes of the courses that belong to some rows, by their numbers."""
    keys = [row["id"] for row in rows]
    found = defaultdict(list)
    links = through._base_manager.filter(**{f"{here}__in": keys})  # unscoped: of rows within reach
    for key, code in links.order_by(f"{there}__code").values_list(here, f"{there}__code"):
        found[key].append(code)
    return found


class CourseViewSet(ReachViewSet):
    """The catalogue: the same for everybody."""

    serializer_class = CourseSerializer
    filterset_class = CourseFilter
    sorts = {"code": "code", "title": "title"}
    searches = ("code", "title")

    def rows(self) -> QuerySet[Course]:
        return Course.objects.all()  # unscoped: one catalogue for everybody

    def finish(self, rows: Iterable[dict[str, Any]]) -> None:
        rows = list(rows)
        found = codes_of(Course.covers.through, rows, "from_course", "to_course")
        for row in rows:
            row["covers"] = found[row["id"]]


class RequirementSerializer(Read):
    """Who must hold what, from when."""

    partnership = serializers.CharField(source="partnership.code", allow_null=True)
    agency = serializers.IntegerField(source="agency_id", allow_null=True)
    role_group = serializers.CharField(source="role_group.code")
    courses = serializers.ListField(
        child=serializers.CharField(), help_text="Any one of these; with hours, those that count."
    )

    class Meta:
        model = Requirement
        fields = (
            "id", "partnership", "agency", "role_group", "courses", "hours", "over_months",
            "within_days", "valid_months", "effective_from", "effective_until",
        )
        apart = ("courses",)


class RequirementFilter(django_filters.FilterSet):
    partnership = Text(field_name="partnership__code", label="By code.")
    agency = Number(field_name="agency_id", label="By number: that agency's own.")
    role_group = Text(field_name="role_group__code", label="By code.")
    in_force_on = DayFilter(method="in_force", label="Asked on that day.")

    def in_force(self, rows: QuerySet, name: str, value: Any) -> QuerySet:
        return rows.in_force(value)


class RequirementViewSet(ReachViewSet):
    """What is asked in the partnerships and agencies of which the client sees figures."""

    serializer_class = RequirementSerializer
    filterset_class = RequirementFilter
    sorts = {"id": "pk", "effective_from": "effective_from"}
    needs = {"list": (P.VIEW_MEASURES,)}

    def rows(self) -> QuerySet[Requirement]:
        return Requirement.objects.visible_to(self.request.user)

    def finish(self, rows: Iterable[dict[str, Any]]) -> None:
        rows = list(rows)
        found = codes_of(Requirement.courses.through, rows, "requirement", "course")
        for row in rows:
            row["courses"] = found[row["id"]]


# --- Records --------------------------------------------------------------------------------------


class RecordSerializer(Read):
    """That somebody completed a course. Kept for ever: a renewal is another record."""

    agency = serializers.IntegerField(source="staff_member.agency_id")
    staff_member = serializers.IntegerField(source="staff_member_id")
    staff_reference = serializers.CharField(source="staff_member.reference")
    course = serializers.CharField(source="course.code")
    provider = serializers.CharField(help_text="Empty when not known.")
    confirmed_at = serializers.DateTimeField(allow_null=True, help_text="Null: it does not count yet.")
    replaced_at = serializers.DateTimeField(
        allow_null=True, help_text="When it was corrected or withdrawn: it counts no more."
    )
    corrects = serializers.IntegerField(source="corrects_id", allow_null=True)

    class Meta:
        model = TrainingRecord
        fields = (
            "id", "agency", "staff_member", "staff_reference", "course", "completed_on",
            "expires_on", "provider", "evidence", "logged_at", "confirmed_at", "replaced_at",
            "corrects",
        )


class RecordFilter(django_filters.FilterSet):
    agency = Number(field_name="staff_member__agency_id", label="By number.")
    staff_member = Number(field_name="staff_member_id", label="By number.")
    staff_reference = Text(field_name="staff_member__reference", label="Exactly this one.")
    course = Text(field_name="course__code", label="By code.")
    completed_from = DayFilter(field_name="completed_on", lookup_expr="gte", label="On that day or later.")
    completed_until = DayFilter(field_name="completed_on", lookup_expr="lte", label="On that day or sooner.")
    expires_until = DayFilter(field_name="expires_on", lookup_expr="lte", label="On that day or sooner.")
    counting = YesNo(method="counts", label="Confirmed and not replaced, or the others.")

    def counts(self, rows: QuerySet, name: str, value: bool) -> QuerySet:
        counting = TrainingRecord.objects.counting()  # unscoped: joined with what is in reach
        return rows.counting() if value else rows.exclude(pk__in=counting.values("pk"))


def loggable(user: Any) -> QuerySet[StaffMember]:
    return StaffMember.objects.within_reach(user, P.LOG_TRAINING)


def courses(user: Any) -> QuerySet[Course]:
    return Course.objects.all()  # unscoped: one catalogue for everybody


class RecordNew(Strict):
    """That somebody completed a course."""

    staff_member = ByNumber(rows=loggable, help_text="By number.")
    course = ByCode(rows=courses, by="code", help_text="By code.")
    completed_on = Day(earliest=EARLIEST, latest=today)
    provider = OneOf(choices=Provider.choices, allow_blank=True, default="")
    evidence = Words(max_length=200, allow_blank=True, default="")


class RecordCorrection(Strict):
    """What was wrong with a record, and why."""

    reason = Words(max_length=200)
    course = ByCode(rows=courses, by="code", required=False)
    completed_on = Day(earliest=EARLIEST, latest=today, required=False)
    provider = OneOf(choices=Provider.choices, allow_blank=True, required=False)
    evidence = Words(max_length=200, allow_blank=True, required=False)


class RecordViewSet(ReachViewSet):
    """Training records of the client's own people."""

    serializer_class = RecordSerializer
    filterset_class = RecordFilter
    sorts = {"id": "pk", "completed_on": "completed_on", "logged_at": "logged_at"}
    needs = {
        "list": (P.VIEW_STAFF,), "create": (P.LOG_TRAINING,), "bulk": (P.LOG_TRAINING,),
        "correction": (P.MANAGE_STAFF,),
    }
    versioned = True

    def rows(self) -> QuerySet[TrainingRecord]:
        return TrainingRecord.objects.visible_to(self.request.user)

    @extend_schema(request=RecordNew, responses={201: RecordSerializer})
    @once
    def create(self, request: Request) -> Response:
        """Log one completion."""
        made = log_training(by=request.user, **self.sent(RecordNew))
        return self.shown(made.pk, 201)

    @extend_schema(
        operation_id="records_bulk", request=BulkRecords, responses={200: BulkAnswer},
    )
    @action(detail=False, methods=["post"])
    @once
    def bulk(self, request: Request) -> Response:
        """Up to 1,000 completions at once, with a result for each; sending them again changes nothing."""
        return Response(log_many(request, self.sent(BulkRecords)))

    @extend_schema(
        operation_id="records_correct", request=RecordCorrection, responses={201: RecordSerializer}
    )
    @action(detail=True, methods=["post"])
    @once
    def correction(self, request: Request, pk: str) -> Response:
        """Correct a record: another comes in its place, and what was there is kept with the reason."""
        changeable = TrainingRecord.objects.within_reach(request.user, P.MANAGE_STAFF)
        with as_seen(request, changeable, int(pk)) as row:
            made = correct_record(by=request.user, training_record=row, **self.sent(RecordCorrection))
        return self.shown(made.pk, 201)


# --- Sessions -------------------------------------------------------------------------------------


@extend_schema_field({"type": "string", "pattern": r"^\d{2}:\d{2}:\d{2}$"})
class Clock(serializers.TimeField):
    """A time of the day as the clock on the wall there shows it: 09:30:00."""


class SessionSerializer(Read):
    """A course on a day, and how full it is. Nobody is named."""

    partnership = serializers.CharField(source="partnership.code")
    course = serializers.CharField(source="course.code")
    start_time = Clock(allow_null=True)
    end_time = Clock(allow_null=True)
    taken = serializers.IntegerField(help_text="Places that somebody has.")
    waiting = serializers.IntegerField(help_text="People on the waiting list.")

    class Meta:
        model = Session
        fields = (
            "id", "partnership", "course", "held_on", "start_time", "end_time", "place", "provider",
            "places", "taken", "waiting", "booking_closes_on", "cancelled_at", "closed_at",
        )


class SessionFilter(django_filters.FilterSet):
    partnership = Text(field_name="partnership__code", label="By code.")
    course = Text(field_name="course__code", label="By code.")
    held_from = DayFilter(field_name="held_on", lookup_expr="gte", label="On that day or later.")
    held_until = DayFilter(field_name="held_on", lookup_expr="lte", label="On that day or sooner.")


class SessionViewSet(ReachViewSet):
    """The sessions of the client's partnerships."""

    serializer_class = SessionSerializer
    filterset_class = SessionFilter
    sorts = {"held_on": "held_on", "id": "pk"}
    searches = ("course__title", "place")
    needs = {"list": (P.VIEW_SESSION_TAKE_UP, P.VIEW_SESSION_NAMES)}

    def rows(self) -> QuerySet[Session]:
        user = self.request.user
        take_up = Session.objects.within_reach(user, P.VIEW_SESSION_TAKE_UP)
        return (Session.objects.visible_to(user) | take_up).with_places()
