"""How the lists of meetings are narrowed: declared fields only, choices within reach."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet

from conferences.choices import MeetingKind, MeetingState, Timed
from conferences.models import Attendance, Meeting
from partnership.forms import DAY_FORMATS
from partnership.models import Agency, Partnership, User
from partnership.reach import held
from partnership.roles import Permission

KINDS = [("conferences", "All conferences"), *MeetingKind.choices]
REGISTERS = [("open", "Open"), ("closed", "Closed")]
QUORATE = [("yes", "Quorate"), ("no", "Not quorate")]
NEXT = [("late", "Next meeting late")]
WHAT = [(what.value, what.label) for what in Timed if what != Timed.NOTICE]
FAMILIES = [("", "Met in the last year"), ("all", "All")]
STATES = [
    ("late", "Late: not booked, or booked too late"), ("open", "Not booked yet"), ("booked", "Booked in time"),
]


def day(label: str, lookup: str) -> filters.DateFilter:
    widget = forms.DateInput(format="%d/%m/%Y")
    return filters.DateFilter("held_on", lookup_expr=lookup, label=label, input_formats=DAY_FORMATS, widget=widget)


class MeetingFilter(filters.FilterSet):
    """Over the meetings that a person may see; who is behind on the next date is left to the list."""

    q = filters.CharFilter(label="Reference", method="search", max_length=40)
    kind = filters.ChoiceFilter(label="Kind", choices=KINDS, empty_label="Any", method="of_kind")
    state = filters.ChoiceFilter(label="State", choices=MeetingState.choices, empty_label="Any")
    register = filters.ChoiceFilter(
        label="Register", choices=REGISTERS, empty_label="Open or closed", method="by_register"
    )
    quorate = filters.ChoiceFilter(label="Quoracy", choices=QUORATE, empty_label="Any", method="by_quorum")
    since = day("From", "gte")
    until = day("Until", "lte")
    agency = filters.ModelChoiceFilter(
        label="Agency on the register", queryset=Agency.objects.none(), empty_label="Any",  # unscoped: empty
        method="of_agency",
    )
    partnership = filters.ModelChoiceFilter(
        label="Partnership", queryset=Partnership.objects.none(), empty_label="Any"  # unscoped: empty
    )
    next = filters.ChoiceFilter(label="Next date", choices=NEXT, empty_label="Any", method="leave")
    sort = filters.CharFilter(widget=forms.HiddenInput, method="leave", max_length=20)

    class Meta:
        model = Meeting
        fields: list[str] = []

    def __init__(self, data: Any, *, queryset: QuerySet, user: User) -> None:
        super().__init__(data, queryset=queryset)
        self.service = held(user, Permission.SETTLE_LINES).partnerships
        if self.service:
            self.filters["q"].field.label = "Reference, or family reference"
        places = places_seen(user)
        self.several = places.count() > 1
        # unscoped: the agencies of one's own partnerships are no secret
        agencies = Agency.objects.filter(memberships__partnership__in=places.values("pk")).distinct()
        self.filters["agency"].field.queryset = agencies.order_by("name")
        self.filters["partnership"].field.queryset = places
        if not self.several:
            del self.filters["partnership"]

    def leave(self, rows: QuerySet, name: str, value: object) -> QuerySet:
        return rows

    def search(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        """A part of the reference; the family's own, whole, for the conference service alone."""
        family = Q(family_ref__iexact=value.strip(), partnership__in=self.service)
        return rows.filter(Q(reference__icontains=value.strip()) | family)

    def of_kind(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.conferences() if value == "conferences" else rows.filter(kind=value)

    def by_register(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(closed_at__isnull=value == "open")

    def by_quorum(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(quorate=value == "yes")

    def of_agency(self, rows: QuerySet, name: str, value: Agency) -> QuerySet:
        # unscoped: of meetings within reach
        return rows.filter(Exists(Attendance.objects.filter(meeting=OuterRef("pk"), agency=value)))


def places_seen(user: User) -> QuerySet[Partnership]:
    """The partnerships whose meetings a person may see."""
    return Partnership.objects.within_reach(user, Permission.VIEW_MEETINGS).order_by("name")


class DueForm(forms.Form):
    """The next dates, narrowed by what is due, how it stands and how long ago the family met."""

    what = forms.ChoiceField(label="What is due", required=False, choices=[("", "Any"), *WHAT])
    state = forms.ChoiceField(label="How it stands", required=False, choices=[("", "Any"), *STATES])
    families = forms.ChoiceField(label="Families", required=False, choices=FAMILIES)
    sort = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)

    def __init__(self, *args: Any, whats: list[str], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["what"].choices = [("", "Any"), *(pair for pair in WHAT if pair[0] in whats)]
