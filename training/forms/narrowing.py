"""How the lists of courses, of what is asked, and of sessions are narrowed."""

from __future__ import annotations

import django_filters as filters
from django import forms
from django.db.models import F, Q, QuerySet

from partnership.models import Partnership, RoleGroup, today
from training.models import Course, Requirement, Session

COUNTING = [("all", "All, also those that count no more")]
DUTY = [("yes", "Yes"), ("no", "No")]
WHEN = [("past", "Past"), ("all", "All")]
OWNERS = [("partnership", "A partnership"), ("agency", "An agency itself")]
ENDED = [("all", "All, also what has ended")]
FREE = [("yes", "With free places")]


class CourseFilter(filters.FilterSet):
    q = filters.CharFilter(label="Title or code", method="search", max_length=100)
    duty = filters.ChoiceFilter(
        label="Covers conference duties", choices=DUTY, empty_label="Any", method="by_duty"
    )
    counting = filters.ChoiceFilter(
        label="Counts", choices=COUNTING, empty_label="Today", method="leave"
    )
    sort = filters.CharFilter(widget=forms.HiddenInput, method="leave", max_length=20)

    class Meta:
        model = Course
        fields: list[str] = []

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        """Those that still count, unless all are asked for."""
        rows = super().filter_queryset(queryset)
        if self.form.cleaned_data.get("counting") == "all":
            return rows
        return rows.filter(Q(counts_until=None) | Q(counts_until__gt=today()))

    def leave(self, rows: QuerySet, name: str, value: object) -> QuerySet:
        return rows

    def search(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        for word in value.split():
            rows = rows.filter(Q(title__icontains=word) | Q(code__icontains=word))
        return rows

    def by_duty(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(conference_duty=value == "yes")


class SessionFilter(filters.FilterSet):
    """Over sessions with their places counted; upcoming ones unless it is asked otherwise."""

    when = filters.ChoiceFilter(label="When", choices=WHEN, empty_label="Upcoming", method="leave")
    course = filters.ModelChoiceFilter(
        label="Course", queryset=Course.objects.order_by("title"), empty_label="Any"  # unscoped: the catalogue
    )
    free = filters.ChoiceFilter(label="Places", choices=FREE, empty_label="Any", method="by_free")
    partnership = filters.ModelChoiceFilter(
        label="Offered by", queryset=Partnership.objects.none(), empty_label="Any"  # unscoped: empty
    )
    sort = filters.CharFilter(widget=forms.HiddenInput, method="leave", max_length=20)

    class Meta:
        model = Session
        fields: list[str] = []

    def __init__(self, data, *, queryset: QuerySet) -> None:
        super().__init__(data, queryset=queryset)
        places = Partnership.objects.filter(  # unscoped: of the sessions that the person may see
            pk__in=queryset.order_by().values("partnership")
        ).order_by("name")
        self.several = len(places[:2]) > 1
        if self.several:
            self.filters["partnership"].field.queryset = places
        else:
            del self.filters["partnership"]

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        rows = super().filter_queryset(queryset)
        when = self.form.cleaned_data.get("when")
        if when == "all":
            return rows
        return rows.filter(held_on__lt=today()) if when == "past" else rows.filter(held_on__gte=today())

    def leave(self, rows: QuerySet, name: str, value: object) -> QuerySet:
        return rows

    def by_free(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(taken__lt=F("places"), waiting=0, cancelled_at=None, closed_at=None)


class RequirementFilter(filters.FilterSet):
    """Over what is asked; today's and what is to come, unless all is asked for."""

    role_group = filters.ModelChoiceFilter(
        label="Role group", queryset=RoleGroup.objects.all(), empty_label="Any"  # unscoped: the same for all
    )
    course = filters.ModelChoiceFilter(
        label="Course", queryset=Course.objects.order_by("title"), empty_label="Any",  # unscoped: the catalogue
        field_name="courses",
    )
    owner = filters.ChoiceFilter(label="Asked by", choices=OWNERS, empty_label="Any", method="by_owner")
    ended = filters.ChoiceFilter(label="Asked", choices=ENDED, empty_label="Now or later", method="leave")
    sort = filters.CharFilter(widget=forms.HiddenInput, method="leave", max_length=20)

    class Meta:
        model = Requirement
        fields: list[str] = []

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        rows = super().filter_queryset(queryset)
        if self.form.cleaned_data.get("ended"):
            return rows
        return rows.filter(Q(effective_until=None) | Q(effective_until__gt=today()))

    def leave(self, rows: QuerySet, name: str, value: object) -> QuerySet:
        return rows

    def by_owner(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(agency=None) if value == "partnership" else rows.filter(partnership=None)
