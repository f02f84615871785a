"""The fields of every form about a case."""

from __future__ import annotations

from django import forms

from escalation.models.fields import no_child

NO_CHILD = "Do not name a child. Write the meeting’s reference instead."


class Prose(forms.CharField):
    """Free text of a case: several lines, without anything that points to a child."""

    def __init__(
        self, label: str, *, help_text: str = "", instead: str = NO_CHILD, rows: int = 6,
        most: int = 4000, **options,
    ) -> None:
        hint = f"{help_text} {instead}".strip()
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
