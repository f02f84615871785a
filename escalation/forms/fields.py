"""The fields of every form about a case, and where an action's refusal stands in a form."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError

from escalation.models.fields import no_child

NO_CHILD = "Do not name a child. Write the meeting’s reference instead."
DAY_FORMATS = ["%d/%m/%Y", "%d %B %Y", "%d %b %Y", "%Y-%m-%d", "%d/%m/%y", "%d.%m.%Y"]


class Prose(forms.CharField):
    """Free text of a case: several lines, without anything that points to a child."""

    def __init__(
        self, label: str, *, help_text: str = "", rows: int = 6, most: int = 4000, **options
    ) -> None:
        hint = f"{help_text} {NO_CHILD}".strip()
        super().__init__(
            label=label,
            help_text=hint,
            max_length=most,
            validators=[no_child],
            widget=forms.Textarea(attrs={"rows": rows}),
            **options,
        )


class Line(forms.CharField):
    """One line of a case, without anything that points to a child."""

    def __init__(self, label: str, *, most: int, **options) -> None:
        super().__init__(label=label, max_length=most, validators=[no_child], **options)


class Day(forms.DateField):
    def __init__(self, label: str, **options) -> None:
        widget = forms.DateInput(format="%d/%m/%Y")
        super().__init__(label=label, input_formats=DAY_FORMATS, widget=widget, **options)


def put_errors(
    form: forms.Form, error: ValidationError, fields: dict[str, str] | None = None
) -> None:
    """What an action refused, at the field where it was typed; else above the form."""
    names = fields or {}
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, errors in error.error_dict.items():
        at = names.get(name, name)
        form.add_error(at if at in form.fields else None, errors)
