"""Places at training sessions: who has one, booked and given back."""

from __future__ import annotations

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import ReachViewSet
from api.fields import ByNumber, OneOf, Read, Strict
from api.filtering import Day as DayFilter
from api.filtering import Number, Text
from api.writing import as_seen, once
from partnership.models import StaffMember, User
from partnership.roles import Permission
from training.actions import book, cancel_booking
from training.choices import BookingState
from training.models import Booking, Session

P = Permission
GIVE_BACK = [("cancelled", "Give the place back")]


class BookingSerializer(Read):
    """A person's place at a session or on its waiting list, and what became of it."""

    session = serializers.IntegerField(source="session_id")
    course = serializers.CharField(source="session.course.code")
    held_on = serializers.DateField(source="session.held_on")
    agency = serializers.IntegerField(source="agency_id", help_text="For which they were booked.")
    staff_member = serializers.IntegerField(source="staff_member_id")
    staff_reference = serializers.CharField(source="staff_member.reference")

    class Meta:
        model = Booking
        fields = (
            "id", "session", "course", "held_on", "agency", "staff_member", "staff_reference", "state",
            "booked_at", "cancelled_at",
        )


class BookingFilter(django_filters.FilterSet):
    session = Number(field_name="session_id", label="By number.")
    agency = Number(field_name="agency_id", label="By number.")
    staff_member = Number(field_name="staff_member_id", label="By number.")
    staff_reference = Text(field_name="staff_member__reference", label="Exactly this one.")
    state = django_filters.ChoiceFilter(choices=BookingState.choices, label="What became of it.")
    held_from = DayFilter(field_name="session__held_on", lookup_expr="gte", label="On that day or later.")
    held_until = DayFilter(field_name="session__held_on", lookup_expr="lte", label="On that day or sooner.")


def offered(user: User) -> QuerySet[Session]:
    """The sessions that are offered to the client's people."""
    return Session.objects.visible_to(user)


def own_people(user: User) -> QuerySet[StaffMember]:
    return StaffMember.objects.visible_to(user)


class BookingNew(Strict):
    """Who is to go to which session."""

    session = ByNumber(rows=offered, help_text="By number.")
    staff_member = ByNumber(rows=own_people, help_text="By number.")


class BookingChange(Strict):
    """What is to become of a booking."""

    state = OneOf(
        choices=GIVE_BACK, help_text="After booking closed it counts as cancelled late; who only waited leaves the list.",
    )


class BookingViewSet(ReachViewSet):
    """The bookings of the client's own people."""

    serializer_class = BookingSerializer
    filterset_class = BookingFilter
    sorts = {"id": "pk", "booked_at": "booked_at", "held_on": "session__held_on"}
    needs = {"list": (P.VIEW_SESSION_NAMES,)}
    versioned = True

    def rows(self) -> QuerySet[Booking]:
        return Booking.objects.visible_to(self.request.user)

    @extend_schema(request=BookingNew, responses={200: BookingSerializer, 201: BookingSerializer})
    @once
    def create(self, request: Request) -> Response:
        """Book a place; when all are gone the person waits. Who is on the list already is answered as they are (200)."""
        sent = self.sent(BookingNew)
        session, person = sent["session"], sent["staff_member"]
        done = book(by=request.user, session=session, people=[person])
        made = [*done.placed, *done.waiting]
        there = made or session.bookings.live().filter(staff_member=person)
        return self.shown(there[0].pk, 201 if made else 200)

    @extend_schema(request=BookingChange, responses=BookingSerializer)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Give a place back; the first who waits moves up, and is told."""
        with as_seen(request, self.rows(), int(pk), first="session") as row:
            self.sent(BookingChange)
            cancel_booking(by=request.user, booking=row)
        return self.shown(row.pk)
