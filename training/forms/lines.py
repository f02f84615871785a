"""Numbers that people type: within limits that are said in words."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

THOUSANDS = re.compile(r"\d{1,3}(,\d{3})+")


class Whole(forms.IntegerField):
    """A whole number within limits that are said in words."""

    def __init__(self, label: str, least: int, most: int, **options: Any) -> None:
        widget = forms.TextInput(attrs={"class": "govuk-input--width-3", "inputmode": "numeric"})
        super().__init__(label=label, widget=widget, **options)
        self.least, self.most = least, most

    def clean(self, value: str) -> int | None:
        number = super().clean(value.replace(",", "") if THOUSANDS.fullmatch(value or "") else value)
        if number is not None and not self.least <= number <= self.most:
            raise ValidationError(f"“{self.label}” must be between {self.least} and {self.most:,}.")
        return number


class Hours(forms.DecimalField):
    """So many hours, to quarters or to hundredths: never less than none."""

    def __init__(self, label: str, **options: Any) -> None:
        widget = forms.TextInput(attrs={"class": "govuk-input--width-3", "inputmode": "decimal"})
        super().__init__(label=label, max_digits=5, decimal_places=2, widget=widget, **options)

    def clean(self, value: str) -> Any:
        hours = super().clean(value)
        if hours is not None and hours < 0:
            raise ValidationError(f"“{self.label}” cannot be less than 0.")
        return hours
