"""The forms of counts typed from the case system, and how their list is narrowed."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django import forms
from django.db.models import QuerySet

from compliance.forms.logged import Title, Words
from compliance.models import TypedCount
from compliance.models.logged import MOST_REASON
from compliance.models.typed import MOST_CHILDREN, MOST_SOURCE
from partnership.filters import Narrowed
from partnership.forms import DAY_FORMATS, Day
from partnership.models import Partnership
from training.forms.lines import Whole


class CountForm(forms.Form):
    """What the case system says of a day."""

    counted_on = Day(
        "Of which day is the count?",
        help_text="The day that it speaks of, not the day on which you type it. For example, 31/03/2015",
    )
    children = Whole(
        "Children on a plan", 0, MOST_CHILDREN, help_text="The number only. No child is ever named here."
    )
    families = Whole(
        "Families with a child on a plan", 0, MOST_CHILDREN, required=False,
        help_text="Leave it empty where the case system does not say.",
    )
    source = Title(
        "Where does it come from?", most=MOST_SOURCE,
        help_text="Such as Case system, monthly return, run on 2 April 2015. It is printed beside the count: name nobody.",
    )


class TypeForm(CountForm):
    """A new one: of which partnership, where there are several."""

    partnership = forms.ModelChoiceField(
        label="Of which partnership?", queryset=Partnership.objects.none(),  # unscoped: empty
        to_field_name="code", empty_label="Choose",
    )
    field_order = ["partnership"]

    def __init__(self, *args: Any, places: QuerySet[Partnership], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["partnership"].queryset = self.places = places
        if len(places) == 1:
            del self.fields["partnership"]

    @property
    def place(self) -> Partnership:
        """The partnership that was chosen, or the only one."""
        return self.cleaned_data.get("partnership") or self.places[0]

    @property
    def what(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "partnership"}


class CorrectForm(CountForm):
    reason = Words(
        "Why is it corrected?", rows=3, most=MOST_REASON, instead="Do not name a child.",
        help_text="What stood there before stays in the history, with this reason.",
    )


def day(label: str, lookup: str) -> filters.DateFilter:
    widget = forms.DateInput(format="%d/%m/%Y")
    return filters.DateFilter("counted_on", lookup_expr=lookup, label=label, input_formats=DAY_FORMATS, widget=widget)


class CountFilter(Narrowed):
    """The counts that a person may read."""

    since = day("From", "gte")
    until = day("Until", "lte")
    partnership = filters.ModelChoiceFilter(
        label="Partnership", queryset=Partnership.objects.none(), empty_label="Any",  # unscoped: empty
        to_field_name="code",
    )

    class Meta:
        model = TypedCount
        fields: list[str] = []

    def __init__(self, data: Any, *, queryset: QuerySet, places: QuerySet[Partnership]) -> None:
        super().__init__(data, queryset=queryset)
        self.several = len(places) > 1
        if self.several:
            self.filters["partnership"].field.queryset = places
        else:
            del self.filters["partnership"]
