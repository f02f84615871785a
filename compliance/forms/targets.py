"""The forms of the targets."""

from __future__ import annotations

from django import forms

from compliance.measures.definitions import MEASURES
from partnership.forms import PostDay
from partnership.forms.rules import VersionForm, within

MEASURE_CHOICES = [(key, measure.title) for key, measure in MEASURES.items()]
NARROW = {"class": "govuk-input--width-4", "inputmode": "decimal"}


def percent(label: str, help_text: str) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, max_digits=4, decimal_places=1, validators=[within(0, 100)], help_text=help_text,
        widget=forms.TextInput(attrs=NARROW),
    )


class TargetForm(VersionForm):
    """From when a reading is good, and from when to be watched."""

    fixed = ("measure", "effective_from")

    measure = forms.ChoiceField(label="Measure", choices=MEASURE_CHOICES)
    good_from = percent("Good from (per cent)", "A reading of this or more is “Good”.")
    watch_from = percent(
        "Watch from (per cent)", "A reading of this or more, below “Good”, is “Watch”. Below it is “Act”."
    )
    effective_from = PostDay(
        "In force from",
        help_text="Periods that end on this day or later are rated by it. For example, 31/03/2015",
    )


class EndTargetForm(forms.Form):
    effective_until = PostDay(
        "First day on which it no longer holds",
        help_text="From that day on the measure is not rated. For example, 31/03/2015",
    )
