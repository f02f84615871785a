"""How the lists of agencies and of users are narrowed: declared fields only, choices within reach."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Q, QuerySet

from partnership.choices import Sector
from partnership.models import Agency, Grant, Membership, Partnership, User, today
from partnership.reach import can
from partnership.roles import ROLE_LABELS, Permission, Role
from partnership.searching import with_words

IN_FORCE, TO_COME, ENDED = "in_force", "to_come", "ended"
STATES = [(IN_FORCE, "In force"), (TO_COME, "Not yet begun"), (ENDED, "Ended")]


class Narrowed(filters.FilterSet):
    """A list in an order: by which heading stands in ``sort``."""

    sort = filters.CharFilter(widget=forms.HiddenInput, method="leave", max_length=20)

    def leave(self, rows: QuerySet, name: str, value: object) -> QuerySet:
        return rows

    @property
    def narrowed(self) -> bool:
        asked = self.form.cleaned_data if self.form.is_valid() else {}
        return any(value for name, value in asked.items() if name != "sort")


class AgencyFilter(Narrowed):
    """The agencies of one's partnerships."""

    q = filters.CharFilter(label="Name or code", method="search", max_length=100)
    sector = filters.ChoiceFilter(
        label="Sector", choices=Sector.choices, empty_label="Any", field_name="agency__sector"
    )
    partnership = filters.ModelChoiceFilter(
        label="Partnership", queryset=Partnership.objects.none(), empty_label="Any"  # unscoped: empty
    )

    class Meta:
        model = Membership
        fields: list[str] = []

    def __init__(self, data: Any, *, queryset: QuerySet, user: User) -> None:
        super().__init__(data, queryset=queryset)
        places = Partnership.objects.within_reach_as_a_whole(user, Permission.MANAGE_AGENCIES)
        self.places = list(places)
        if len(self.places) > 1:
            self.filters["partnership"].field.queryset = places
        else:
            del self.filters["partnership"]

    def search(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return with_words(rows, value, "agency__name", "code")


class UserFilter(Narrowed):
    """Users by their grants: over the grants that the reader looks after."""

    q = filters.CharFilter(label="Name or e-mail", method="search", max_length=100)
    role = filters.ChoiceFilter(label="Role", empty_label="Any")
    agency = filters.ModelChoiceFilter(
        label="Agency", queryset=Agency.objects.none(), empty_label="Any"  # unscoped: empty
    )
    state = filters.ChoiceFilter(
        label="State", choices=STATES, empty_label="Any", method="in_state"
    )

    class Meta:
        model = Grant
        fields: list[str] = []

    def __init__(self, data: Any, *, queryset: QuerySet, user: User) -> None:
        super().__init__(data, queryset=queryset)
        agencies = Agency.objects.staffed_by(user) | Agency.objects.managed_by(user)
        self.filters["agency"].field.queryset = agencies.order_by("name")
        wide = can(user, Permission.MANAGE_AGENCIES)
        self.filters["role"].extra["choices"] = [
            (role.value, ROLE_LABELS[role]) for role in Role if wide or role.in_agency
        ]

    def search(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return with_words(rows, value, "user__name", "user__email")

    def in_state(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        day = today()
        if value == IN_FORCE:
            return rows.in_force(day)
        return rows.filter(Q(from_on__gt=day) if value == TO_COME else Q(until_on__lte=day))
