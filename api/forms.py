"""What a manager or a lead types about a key, and how the list of keys is narrowed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet

from api.models import LONGEST, MachineKey
from api.scopes import Scope, may_give, scopes_for
from partnership.filters import Narrowed
from partnership.forms.fields import Day, OneLine
from partnership.models import Agency, Partnership, User, today
from partnership.reach import Reach
from partnership.roles import Permission
from partnership.searching import with_words

AGENCY, PARTNERSHIP = "agency", "partnership"
HALF_A_YEAR = timedelta(days=182)
IN_FORCE, EXPIRED, REVOKED = "in_force", "expired", "revoked"
STATES = [(IN_FORCE, "In force"), (EXPIRED, "Expired"), (REVOKED, "Revoked")]


def half_a_year_on() -> date:
    return today() + HALF_A_YEAR


class KeyForm(forms.Form):
    """Which system, for which place, what it may do, and until when."""

    name = OneLine(
        "Name", max_length=MachineKey._meta.get_field("name").max_length,
        help_text="Which system gets the key. The history shows this name for all that it does.",
    )
    where = forms.ChoiceField(label="For", help_text="It never sees anything beyond this place.")
    scopes = forms.MultipleChoiceField(
        label="What it may do", widget=forms.CheckboxSelectMultiple,
        help_text="Tick as little as the system needs. A key may do nothing that you may not do yourself.",
    )
    expires_on = Day(
        "First day without it", initial=half_a_year_on, help_text="Within a year. For example, 31/03/2015",
    )

    def __init__(self, *args: Any, by: User, **options: Any) -> None:
        super().__init__(*args, **options)
        agencies = Agency.objects.within_reach(by, Permission.MANAGE_OWN_USERS).order_by("name")
        managed, served = (
            Partnership.objects.within_reach_as_a_whole(by, one)
            for one in (Permission.MANAGE_AGENCIES, Permission.RECORD_CONFERENCES)
        )
        self.by, self.places = by, {f"{PARTNERSHIP}-{row.pk}": row for row in managed | served} | {
            f"{AGENCY}-{row.pk}": row for row in agencies
        }
        self.fields["where"].choices = [("", "Choose"), *((key, str(row)) for key, row in self.places.items())]
        if len(self.places) == 1:
            self.fields["where"].initial = next(iter(self.places))
        self.fields["scopes"].choices = [(one.value, one.label) for one in self.offered()]

    def offered(self) -> list[Scope]:
        """What the maker may put into a key for any of the places."""
        return [one for one in Scope if any(self.gives(one, place) for place in self.places.values())]

    def gives(self, scope: Scope, place: Agency | Partnership) -> bool:
        far = Reach.AGENCY if isinstance(place, Agency) else Reach.PARTNERSHIP
        return scope in scopes_for(far) and may_give(self.by, scope, place)

    def clean_expires_on(self) -> date:
        day = self.cleaned_data["expires_on"]
        if not today() < day <= today() + timedelta(days=LONGEST):
            raise ValidationError("Choose a day after today and within a year.")
        return day

    def clean(self) -> dict[str, Any]:
        """The place as the action takes it; what cannot be given there is named."""
        data = self.cleaned_data
        place = self.places.get(data.pop("where", ""))
        data["agency"] = place if isinstance(place, Agency) else None
        data["partnership"] = place if isinstance(place, Partnership) else None
        strange = [one for one in data.get("scopes", []) if place and not self.gives(Scope(one), place)]
        if strange:
            self.add_error("scopes", f"A key of yours for {place} cannot do this: {Scope(strange[0]).label.lower()}.")
        return data


class KeyFilter(Narrowed):
    """Keys by name and by how they stand."""

    q = django_filters.CharFilter(label="Name", method="search", max_length=100)
    state = django_filters.ChoiceFilter(label="State", choices=STATES, empty_label="Any", method="in_state")

    class Meta:
        model = MachineKey
        fields: list[str] = []

    def search(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return with_words(rows, value, "name")

    def in_state(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        states = {
            IN_FORCE: Q(revoked_at=None, expires_on__gt=today()), REVOKED: Q(revoked_at__isnull=False),
            EXPIRED: Q(revoked_at=None, expires_on__lte=today()),
        }
        return rows.filter(states[value])
