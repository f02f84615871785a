"""What people type about exemptions."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from partnership.forms import Day
from partnership.templatetags.quorate import longdate
from training.choices import ExemptionReason
from training.due import in_words
from training.models import Exemption, Requirement


class ExemptForm(forms.Form):
    """That somebody need not meet a requirement from a day until a day."""

    requirement = forms.ModelChoiceField(
        label="From what", queryset=Requirement.objects.none(), required=False,  # unscoped: empty
        empty_label="Everything that is asked",
    )
    reason = forms.ChoiceField(label="Reason", choices=ExemptionReason.choices, widget=forms.RadioSelect)
    from_on = Day("From")
    until_on = Day("Asked again from", help_text="The first day on which the exemption is over. For example, 31/03/2015")

    def __init__(self, *args: Any, asked: list[Requirement], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["requirement"]
        field.queryset = Requirement.objects.filter(pk__in=[r.pk for r in asked])  # unscoped: asked of the person
        field.choices = [("", field.empty_label), *((r.pk, in_words(r)) for r in asked)]

    def clean(self) -> dict[str, Any]:
        start, end = self.cleaned_data.get("from_on"), self.cleaned_data.get("until_on")
        if start and end and end <= start:
            self.add_error("until_on", "“Asked again from” must be after “From”.")
        return self.cleaned_data


class EndExemptionForm(forms.Form):
    """The day from which the training is asked for again, sooner than was said at first."""

    until_on = Day("Asked again from", help_text="The first day on which the exemption is over. For example, 31/03/2015")

    def __init__(self, *args: Any, row: Exemption, **options: Any) -> None:
        super().__init__(*args, **options)
        self.row = row

    def clean_until_on(self) -> date:
        day = self.cleaned_data["until_on"]
        if day <= self.row.from_on:
            raise ValidationError(f"The exemption began on {longdate(self.row.from_on)}. Choose a day after it.")
        return day
