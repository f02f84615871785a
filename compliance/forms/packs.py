"""The forms of packs: which to show, and what to put into one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import django_filters as filters
from django import forms
from django.db.models import QuerySet

from compliance.models import Pack, PackState
from compliance.period import Period
from partnership.filters import Narrowed
from partnership.models import Partnership


class PackFilter(Narrowed):
    """One's own packs, by their period and how far they have come."""

    period = filters.ChoiceFilter(label="Period", empty_label="Any")
    state = filters.ChoiceFilter(label="State", choices=PackState.choices, empty_label="Any")

    class Meta:
        model = Pack
        fields: list[str] = []

    def __init__(self, data: Any, *, queryset: QuerySet) -> None:
        super().__init__(data, queryset=queryset)
        slugs = queryset.order_by().values_list("period", flat=True).distinct()
        periods = sorted(map(Period.parse, slugs), reverse=True)
        self.filters["period"].extra["choices"] = [(p.slug, p.name) for p in periods]


class PackForm(forms.Form):
    """Whose agencies, and which period."""

    partnerships = forms.MultipleChoiceField(
        label="Partnerships", widget=forms.CheckboxSelectMultiple,
        help_text="All agencies of each that you tick. An agency that several share has a report in each, and "
        "is counted once in what is summed over all.",
        error_messages={
            "required": "Tick at least one partnership.", "invalid_choice": "Tick partnerships of the list only.",
        },
    )
    period = forms.ChoiceField(
        label="Period",
        help_text="Reports that were issued for exactly this period are taken as they were issued; the others "
        "as the figures stand.",
        error_messages={"required": "Choose a period.", "invalid_choice": "Choose a period of the list."},
    )

    def __init__(
        self, data: Any, *, places: Sequence[Partnership], periods: Sequence[Period], **options: Any
    ) -> None:
        super().__init__(data, **options)
        self.places, self.periods = {place.code: place for place in places}, periods
        self.fields["period"].choices = [(one.slug, one.name) for one in periods]
        if len(places) > 1:
            self.fields["partnerships"].choices = [(place.code, place.name) for place in places]
        else:
            del self.fields["partnerships"]

    @property
    def chosen(self) -> list[Partnership]:
        codes = self.cleaned_data.get("partnerships", list(self.places))
        return [self.places[code] for code in codes]

    @property
    def about(self) -> Period:
        return Period.parse(self.cleaned_data["period"])
