"""Free text of a case: it never holds what points to a child."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models

from escalation.guard import refusal


def no_child(text: str) -> None:
    """Refuses text that points to a child, showing where."""
    sentence = refusal(text)
    if sentence:
        raise ValidationError(sentence)


def narrative(**options) -> models.TextField:
    return models.TextField(max_length=4000, validators=[no_child], **options)


def line(length: int = 200, **options) -> models.CharField:
    return models.CharField(max_length=length, validators=[no_child], **options)
