"""How the lists of lines are narrowed: declared fields only, choices within reach."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

import django_filters as filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone

from conferences.choices import MeetingKind, Outcome
from conferences.models import Attendance
from conferences.timescales import last_late_dispute
from partnership.forms import Day
from partnership.models import Agency, User
from partnership.roles import Permission
from partnership.workdays import Calendar

OPEN, ANSWERED, LATELY, LATE, YES = "open", "answered", "lately", "late", "yes"
STATES = [
    (OPEN, "Not answered"), (LATE, "Late: not answered in time"), (ANSWERED, "Answered"),
    (LATELY, "Answered in the last two weeks"),
]
TWO_WEEKS = timedelta(days=14)
WHEN = [("to_come", "To come"), ("past", "Over")]


class DayFilter(filters.Filter):
    field_class = Day

    def __init__(self, label: str, **options) -> None:
        super().__init__(label=label, **options)

    @property
    def field(self):
        if not hasattr(self, "_field"):
            self._field = Day(self.label, required=False)
        return self._field


class DisputeFilter(filters.FilterSet):
    """Disputed lines, by where they stand."""

    state = filters.ChoiceFilter(
        label="Where it stands", choices=STATES, empty_label="All", method="in_state"
    )

    class Meta:
        model = Attendance
        fields: list[str] = []

    def __init__(
        self, data, *, queryset: QuerySet, calendars: Mapping[str, Calendar], on: date
    ) -> None:
        super().__init__(data, queryset=queryset.filter(disputed_at__isnull=False))
        self.calendars, self.on = calendars, on

    def in_state(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        if value == ANSWERED:
            return rows.filter(settled_at__isnull=False)
        if value == LATELY:
            since = timezone.make_aware(datetime.combine(self.on - TWO_WEEKS, time.min))
            return rows.filter(settled_at__gte=since)
        rows = rows.disputed()
        return rows.filter(self.late) if value == LATE else rows

    @property
    def late(self) -> Q:
        """Disputed so long ago that the answer is overdue, by each country's holidays."""
        found = Q(pk__in=())
        for country, calendar in self.calendars.items():
            day = last_late_dispute(self.on, calendar)
            end = timezone.make_aware(datetime.combine(day, time.max))
            found |= Q(meeting__partnership__country=country, disputed_at__lte=end)
        return found


class LineFilter(filters.FilterSet):
    """The lines of one's agencies."""

    held_from = DayFilter("From", field_name="meeting__held_on", lookup_expr="gte")
    held_to = DayFilter("To", field_name="meeting__held_on", lookup_expr="lte")
    kind = filters.ChoiceFilter(
        label="Kind", choices=MeetingKind.choices, empty_label="Any", field_name="meeting__kind"
    )
    outcome = filters.ChoiceFilter(label="Outcome", choices=Outcome.choices, empty_label="Any")
    mark = filters.ChoiceFilter(
        label="Only", empty_label="All lines", method="marked",
        choices=[("disputed", "Disputed"), ("late", "Invited late"), ("to_come", "Still to come")],
    )
    q = filters.CharFilter(label="Person", method="search", max_length=100)
    agency = filters.ModelChoiceFilter(
        label="Agency", queryset=Agency.objects.none(), empty_label="Any"  # unscoped: empty
    )
    sort = filters.CharFilter(widget=forms.HiddenInput, method="leave", max_length=20)

    class Meta:
        model = Attendance
        fields: list[str] = []

    def __init__(self, data, *, queryset: QuerySet, user: User, on: date) -> None:
        super().__init__(data, queryset=queryset)
        self.on = on
        agencies = Agency.objects.within_reach(user, Permission.DISPUTE_LINES).order_by("name")
        self.agencies = list(agencies)
        if len(self.agencies) > 1:
            self.filters["agency"].field.queryset = agencies
        else:
            del self.filters["agency"]

    def marked(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        if value == "disputed":
            return rows.disputed()
        if value == "late":
            return rows.filter(late_invitation=True)
        return rows.filter(meeting__held_on__gte=self.on, meeting__closed_at=None)

    def search(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        """Each word stands somewhere in the name, the reference or the job."""
        for word in value.split():
            rows = rows.filter(
                Q(staff_member__first_name__icontains=word) | Q(staff_member__last_name__icontains=word)
                | Q(staff_member__reference__icontains=word) | Q(job_title__icontains=word)
            )
        return rows

    def leave(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows
