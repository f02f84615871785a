"""What people type about bank holidays and the names used on screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from partnership.forms.fields import Day
from partnership.models import BankHoliday, Partnership, today

COUNTRIES = {
    "ENG": "England", "WLS": "Wales", "SCT": "Scotland", "NIR": "Northern Ireland",
}
FIRST_YEAR, YEARS_AHEAD = 2000, 10


def on_one_line(value: str) -> None:
    """Text for one line: no line break, nothing that cannot be seen."""
    if not value.isprintable():
        raise ValidationError("Take line breaks and characters that cannot be seen away.")


def within(first: int, last: int) -> Callable[[Any], None]:
    """A validator: a number of a span, refused in words."""

    def check(value: Any) -> None:
        if not first <= value <= last:
            raise ValidationError(f"Write a number from {first} to {last}.")

    return check


def one_line(label: str, most: int, **options: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, validators=[on_one_line], **options)


def countries_of(places: Any) -> list[tuple[str, str]]:
    """The countries of some partnerships, by name."""
    codes = set(places.values_list("country", flat=True))
    return sorted(((c, COUNTRIES.get(c, c)) for c in codes), key=lambda pair: pair[1])


def check_year(year: int) -> None:
    last = today().year + YEARS_AHEAD
    if not FIRST_YEAR <= year <= last:
        raise ValidationError(f"Choose a year from {FIRST_YEAR} to {last}.")


class VersionForm(forms.Form):
    """A new version of a rule; or, with ``rule``, other words for one that is there.

    What says which version it is stays then: it is not asked, and comes from the rule.
    """

    fixed: tuple[str, ...] = ("effective_from",)

    def __init__(self, *args: Any, rule: Any = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.rule = rule
        for name in self.fixed if rule else ():
            del self.fields[name]

    def clean(self) -> dict[str, Any]:
        if self.rule:
            self.cleaned_data |= {name: getattr(self.rule, name) for name in self.fixed}
        return self.cleaned_data

    @property
    def corrected(self) -> dict[str, Any]:
        """What was typed anew of a version that is there."""
        return {name: value for name, value in self.cleaned_data.items() if name not in self.fixed}


class InCountry(forms.Form):
    """Asks for the country only where there is a choice."""

    country = forms.ChoiceField(label="Country")

    def __init__(self, *args: Any, places: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        choices = countries_of(places)
        self.only = choices[0][0] if len(choices) == 1 else ""
        self.fields["country"].choices = choices
        if self.only:
            del self.fields["country"]

    @property
    def chosen(self) -> str:
        return self.only or self.cleaned_data["country"]


class PublishForm(InCountry):
    """A year whose published bank holidays are put in."""

    year = forms.IntegerField(
        label="Year", validators=[check_year], help_text="For example, 2027",
        widget=forms.NumberInput(attrs={"class": "govuk-input--width-4"}),
    )


class HolidayForm(InCountry):
    """One bank holiday, such as one that is proclaimed."""

    on = Day("Date", help_text="For example, 19/09/2022")
    title = one_line(
        "What it is called", BankHoliday._meta.get_field("title").max_length,
        help_text="For example, State funeral of Queen Elizabeth II",
    )

    def clean_on(self) -> Any:
        day = self.cleaned_data["on"]
        check_year(day.year)
        return day


def shown(text: str, name: str, **options: Any) -> forms.CharField:
    return one_line(text, Partnership._meta.get_field(name).max_length, **options)


class LabelsForm(forms.Form):
    """The names used on screen, on paper and in files."""

    name = shown(
        "Name of the partnership", "name", help_text="The place, such as Bracknell Forest.",
    )
    label = shown(
        "What the partnership calls itself", "label",
        help_text="Such as Local Safeguarding Children Board. It stands after the name.",
    )
    subgroup_label = shown(
        "What the training sub-group is called", "subgroup_label",
        help_text="Printed on reports as those they are made for.",
    )
