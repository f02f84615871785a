"""What people type about exemptions."""

from __future__ import annotations

from typing import Any

from django import forms

from partnership.forms import Day
from training.choices import ExemptionReason
from training.due import in_words
from training.models import Requirement


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


class EndExemptionForm(forms.Form):
    until_on = Day("Asked again from", help_text="The first day on which the exemption is over. For example, 31/03/2015")
