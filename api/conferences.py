"""Meetings, attendance and what was missed, as they are read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import ReachViewSet
from api.fields import Read
from api.filtering import Day as DayFilter
from api.filtering import Number, Text, YesNo
from api.meetings import (
    Cancelling,
    Closing,
    Ending,
    Invitation,
    LineChange,
    MeetingChange,
    MeetingNew,
    StandingDown,
    recordable_lines,
)
from api.planning import (
    carry_out_ending,
    carry_out_line,
    carry_out_standing_down,
    changed_meeting,
    checked_lines,
    new_meeting,
)
from api.writing import as_seen, once
from conferences.actions import add_line, cancel, change_meeting, close_register, convene
from conferences.choices import MeetingKind, MeetingState, MissedKind, Outcome
from conferences.forms.endings import CANCELLED
from conferences.models import Attendance, Meeting, MissedDuty
from partnership.roles import Permission

P = Permission
RECORDING = (P.RECORD_CONFERENCES, P.RECORD_CORE_GROUPS)


class MeetingSerializer(Read):
    """A conference or a core group. Counts of children, never a child."""

    partnership = serializers.CharField(source="partnership.code")
    closed_at = serializers.DateTimeField(allow_null=True, help_text="Null: the register is open.")

    class Meta:
        model = Meeting
        fields = (
            "id", "partnership", "reference", "kind", "state", "held_on", "format", "children",
            "children_on_plan_after", "closed_at", "quorate", "quorum_sentence", "chair_decision",
            "new_date_on",
        )


class MeetingFilter(django_filters.FilterSet):
    partnership = Text(field_name="partnership__code", label="By code.")
    reference = Text(field_name="reference", label="Exactly this one.")
    kind = django_filters.ChoiceFilter(choices=MeetingKind.choices, label="Which kind.")
    state = django_filters.ChoiceFilter(choices=MeetingState.choices, label="What became of it.")
    held_from = DayFilter(field_name="held_on", lookup_expr="gte", label="On that day or later.")
    held_until = DayFilter(field_name="held_on", lookup_expr="lte", label="On that day or sooner.")
    quorate = YesNo(field_name="quorate", label="As judged.")
    open = YesNo(field_name="closed_at", lookup_expr="isnull", label="Whether the register is open.")


class LineSerializer(Read):
    """What one agency did at one meeting. Nobody is named."""

    meeting = serializers.IntegerField(source="meeting_id")
    agency = serializers.IntegerField(source="agency_id")

    class Meta:
        model = Attendance
        fields = (
            "id", "meeting", "agency", "invited_on", "late_invitation", "involved", "expectation",
            "outcome", "mode", "part", "report", "disputed_at", "settled_at",
        )


class MeetingViewSet(ReachViewSet):
    """Meetings to which the client's agency was invited, or of its partnership."""

    serializer_class = MeetingSerializer
    filterset_class = MeetingFilter
    sorts = {"held_on": "held_on", "reference": "reference", "id": "pk"}
    searches = ("reference",)
    needs = {
        "list": (P.VIEW_MEETINGS,), "create": RECORDING, "partial_update": RECORDING,
        "lines": RECORDING, "close": RECORDING, "ending": RECORDING, "cancel": RECORDING,
        "stand_down": RECORDING,
    }
    versioned = True

    def rows(self) -> QuerySet[Meeting]:
        return Meeting.objects.visible_to(self.request.user)

    def recordable(self) -> QuerySet[Meeting]:
        # unscoped: by the permissions to record
        return Meeting.objects.recordable_by(self.request.user)

    @extend_schema(request=MeetingNew, responses={201: MeetingSerializer})
    @once
    def create(self, request: Request) -> Response:
        """Convene a meeting and invite agencies."""
        made = convene(by=request.user, **new_meeting(request.user, self.sent(MeetingNew)))
        return self.shown(made.pk, 201)

    @extend_schema(request=MeetingChange, responses=MeetingSerializer)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change the details of a meeting while its register is open."""
        with as_seen(request, self.recordable(), int(pk)) as row:
            new = changed_meeting(request.user, row, self.sent(MeetingChange, partial=True))
            change_meeting(by=request.user, meeting=row, **new)
        return self.shown(row.pk)

    @extend_schema(operation_id="meetings_ending", request=Ending, responses=MeetingSerializer)
    @action(detail=True, methods=["patch"])
    def ending(self, request: Request, pk: str) -> Response:
        """Write down how a conference ended: its counts and what the chair decided."""
        with as_seen(request, self.recordable().conferences(), int(pk)) as row:
            carry_out_ending(request.user, row, self.sent(Ending, partial=True))
        return self.shown(row.pk)

    @extend_schema(operation_id="meetings_invite", request=Invitation, responses={201: LineSerializer})
    @action(detail=True, methods=["post"])
    @once
    def lines(self, request: Request, pk: str) -> Response:
        """Invite an agency, or add somebody who came and is on no list."""
        with as_seen(request, self.recordable(), int(pk)) as row:
            [line] = checked_lines(request.user, row.partnership, [self.sent(Invitation)], row)
            made = add_line(by=request.user, meeting=row, **line)
        return line_answer(self, made.pk, 201)

    @extend_schema(operation_id="meetings_close", request=Closing, responses=MeetingSerializer)
    @action(detail=True, methods=["post"])
    @once
    def close(self, request: Request, pk: str) -> Response:
        """Close the register: quoracy is judged, and what was missed is found."""
        with as_seen(request, self.recordable(), int(pk)) as row:
            close_register(by=request.user, meeting=row, **self.sent(Closing))
        return self.shown(row.pk)

    @extend_schema(operation_id="meetings_cancel", request=Cancelling, responses=MeetingSerializer)
    @action(detail=True, methods=["post"])
    @once
    def cancel(self, request: Request, pk: str) -> Response:
        """Say that a meeting does not take place: it counts for nobody."""
        with as_seen(request, self.recordable(), int(pk)) as row:
            cancel(by=request.user, meeting=row, reason=CANCELLED[self.sent(Cancelling)["why"]])
        return self.shown(row.pk)

    @extend_schema(
        operation_id="meetings_stand_down", request=StandingDown, responses={201: MeetingSerializer}
    )
    @action(detail=True, methods=["post"], url_path="stand-down")
    @once
    def stand_down(self, request: Request, pk: str) -> Response:
        """Give a conference up for want of a quorum, and convene the one on the new date, which is answered."""
        with as_seen(request, self.recordable(), int(pk)) as row:
            made = carry_out_standing_down(request.user, row, self.sent(StandingDown))
        return self.shown(made.pk, 201)


# --- Attendance -----------------------------------------------------------------------------------


class LineFilter(django_filters.FilterSet):
    meeting = Number(field_name="meeting_id", label="By number.")
    agency = Number(field_name="agency_id", label="By number.")
    outcome = django_filters.ChoiceFilter(choices=Outcome.choices, label="What became of it.")
    held_from = DayFilter(field_name="meeting__held_on", lookup_expr="gte", label="On that day or later.")
    held_until = DayFilter(field_name="meeting__held_on", lookup_expr="lte", label="On that day or sooner.")


class LineViewSet(ReachViewSet):
    """Attendance by agency, at the meetings that the client sees."""

    serializer_class = LineSerializer
    filterset_class = LineFilter
    sorts = {"id": "pk", "held_on": "meeting__held_on"}
    needs = {"list": (P.VIEW_MEETINGS,), "partial_update": RECORDING}
    versioned = True

    def rows(self) -> QuerySet[Attendance]:
        meetings = Meeting.objects.visible_to(self.request.user)
        return Attendance.objects.filter(meeting__in=meetings.values("pk"))  # unscoped: of these

    def recordable(self) -> QuerySet[Attendance]:
        return recordable_lines(self.request.user)

    @extend_schema(request=LineChange, responses=LineSerializer)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Write down who came and how; in a closed register it is a correction, with a reason."""
        with as_seen(request, self.recordable(), int(pk), first="meeting") as row:
            carry_out_line(request.user, row, self.sent(LineChange, partial=True))
        return self.shown(row.pk)


def line_answer(view: ReachViewSet, pk: int, status: int) -> Response:
    """A line as its own address shows it."""
    lines = LineViewSet(request=view.request, action="retrieve", basename="line")
    lines.reverse_action = lambda name, args: view.request.build_absolute_uri(f"/api/v1/attendance/{args[0]}/")
    return lines.shown(pk, status)


class NamedLineSerializer(LineSerializer):
    """Who was invited or came, by name."""

    staff_member = serializers.IntegerField(source="staff_member_id", allow_null=True)
    staff_reference = serializers.CharField(source="staff_member.reference", allow_null=True)
    first_name = serializers.CharField(source="staff_member.first_name", allow_null=True)
    last_name = serializers.CharField(source="staff_member.last_name", allow_null=True)
    job_title = serializers.CharField(help_text="Of a person who is on no staff list.")

    class Meta(LineSerializer.Meta):
        fields = (
            *LineSerializer.Meta.fields, "staff_member", "staff_reference", "first_name",
            "last_name", "job_title",
        )


class NamedLineViewSet(LineViewSet):
    """Attendance by name, for those who see the names."""

    http_method_names = ("get", "head")
    serializer_class = NamedLineSerializer
    needs = {"list": (P.VIEW_MEETING_NAMES,)}
    versioned = False

    def rows(self) -> QuerySet[Attendance]:
        return Attendance.objects.visible_to(self.request.user)


# --- What was missed ------------------------------------------------------------------------------


class MissedSerializer(Read):
    """A missed attendance or a missed report, found when a register was closed."""

    meeting = serializers.IntegerField(source="meeting_id")
    agency = serializers.IntegerField(source="agency_id")
    excused_reason = serializers.CharField(
        help_text="A code, for the conference service and the agency itself; empty for others, and when it is not excused."
    )

    class Meta:
        model = MissedDuty
        fields = (
            "id", "meeting", "agency", "kind", "sentence", "found_at", "excused_reason", "excused_at",
        )
        apart = ("excused_reason",)


class MissedFilter(django_filters.FilterSet):
    meeting = Number(field_name="meeting_id", label="By number.")
    agency = Number(field_name="agency_id", label="By number.")
    kind = django_filters.ChoiceFilter(choices=MissedKind.choices, label="What was missed.")
    excused = YesNo(field_name="excused_at", lookup_expr="isnull", exclude=True, label="Whether it was excused.")
    held_from = DayFilter(field_name="meeting__held_on", lookup_expr="gte", label="On that day or later.")
    held_until = DayFilter(field_name="meeting__held_on", lookup_expr="lte", label="On that day or sooner.")


class MissedViewSet(ReachViewSet):
    """What was missed by the client's agency, or in its partnership."""

    serializer_class = MissedSerializer
    filterset_class = MissedFilter
    sorts = {"id": "pk", "found_at": "found_at"}
    needs = {"list": (P.VIEW_MEETINGS,)}

    def rows(self) -> QuerySet[MissedDuty]:
        return MissedDuty.objects.within_reach(self.request.user, P.VIEW_MEETINGS)

    def finish(self, rows: Iterable[dict[str, Any]]) -> None:
        """Why it was excused, as far as the client may know the reasons."""
        rows = list(rows)
        reach = MissedDuty.objects.within_reach(self.request.user, P.VIEW_MEETING_NAMES)
        known = reach.filter(pk__in=[row["id"] for row in rows])
        reasons = dict(known.values_list("pk", "excused_reason"))
        for row in rows:
            row["excused_reason"] = reasons.get(row["id"], "")
