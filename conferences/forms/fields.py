"""Fields that the forms about registers and their lines share."""

from __future__ import annotations

import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from conferences.models import Attendance

NO_CHILD = "Do not name a child, a parent or a carer."


def no_control(text: str) -> None:
    """Line breaks aside, nothing that no keyboard writes."""
    if any(unicodedata.category(letter) == "Cc" and letter not in "\r\n\t" for letter in text):
        raise ValidationError("This holds a control character. Take it away.")


class Prose(forms.CharField):
    """A few lines of text, never about a child."""

    def __init__(self, label: str, *, help_text: str = "", most: int = 400, **options: Any) -> None:
        super().__init__(
            label=label, help_text=f"{help_text} {NO_CHILD} At most {most} letters.".strip(),
            max_length=most, validators=[no_control],
            widget=forms.Textarea(attrs={"rows": 4}), **options,
        )


class LineChoice(forms.ChoiceField):
    """One of the codes of a line."""

    def __init__(self, label: str, name: str, **options: Any) -> None:
        known = Attendance._meta.get_field(name).choices
        choices = [("", "Not said"), *known] if name == "mode" else known
        super().__init__(label=label, choices=choices, **options)
