"""How the list of people is narrowed: declared fields only, choices within reach."""

from __future__ import annotations

import django_filters as filters
from django import forms
from django.db.models import Q, QuerySet

from partnership.folding import folded
from partnership.models import Agency, RoleGroup, StaffMember, User, today
from partnership.roles import Permission
from training.choices import Standing
from training.models import Course

DUE, NOTHING = "due", "nothing"
STANDINGS = [
    (DUE, "Due: expired, never done or expiring"), *Standing.choices, (NOTHING, "Nothing is asked"),
]
POSTS = [("left", "Left"), ("all", "In post or left")]


class PersonFilter(filters.FilterSet):
    """Over the staff list; what concerns standings is left to the list itself."""

    q = filters.CharFilter(label="Name, reference or job", method="search", max_length=100)
    standing = filters.ChoiceFilter(label="Standing", choices=STANDINGS, empty_label="Any", method="leave")
    course = filters.ModelChoiceFilter(
        label="Course", queryset=Course.objects.all(), empty_label="Any", method="leave"  # unscoped: catalogue
    )
    role_group = filters.ModelChoiceFilter(
        label="Role group", queryset=RoleGroup.objects.all(), empty_label="Any"  # unscoped: the same for all
    )
    agency = filters.ModelChoiceFilter(
        label="Agency", queryset=Agency.objects.none(), empty_label="Any"  # unscoped: empty
    )
    post = filters.ChoiceFilter(
        label="In post", choices=POSTS, empty_label="In post", method="in_post", initial=""
    )
    sort = filters.CharFilter(widget=forms.HiddenInput, method="leave", max_length=20)

    class Meta:
        model = StaffMember
        fields: list[str] = []

    def __init__(self, data, *, queryset: QuerySet, user: User) -> None:
        super().__init__(data, queryset=queryset)
        agencies = Agency.objects.within_reach(user, Permission.VIEW_STAFF).order_by("name")
        self.agencies = list(agencies)
        if len(self.agencies) > 1:
            self.filters["agency"].field.queryset = agencies
        else:
            del self.filters["agency"]

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        """Those in post, unless it is asked otherwise."""
        rows = super().filter_queryset(queryset)
        post = self.form.cleaned_data.get("post")
        if post == "all":
            return rows
        if post == "left":
            return rows.filter(left_on__lte=today())
        return rows.filter(Q(left_on=None) | Q(left_on__gt=today()))

    def leave(self, rows: QuerySet, name: str, value: object) -> QuerySet:
        return rows

    in_post = leave

    def search(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        """Each word stands somewhere in the name, the reference or the job, accents aside."""
        wanted = folded(value).split()
        fields = rows.values_list("pk", "first_name", "last_name", "reference", "job_title")
        return rows.filter(pk__in=[
            pk for pk, *texts in fields.order_by()
            if all(word in text for word in wanted for text in [folded(" ".join(texts))])
        ])
