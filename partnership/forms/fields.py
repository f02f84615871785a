"""The fields that forms on every floor share, and what they do with what was sent."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict

from partnership.models import today
from partnership.spreadsheets import UNPRINTABLE

DAY_FORMATS = ["%d/%m/%Y", "%d %B %Y", "%d %b %Y", "%Y-%m-%d", "%d/%m/%y", "%d.%m.%Y", "%d-%m-%Y"]
NOT_ON_LIST = {"invalid_choice": "Choose one of the answers on the list for “{label}”."}
NUMBER = re.compile(r"[0-9]{1,18}")  # of a row
FIRST_START = date(1950, 1, 1)  # of a person who may still be in post
FURTHEST_AHEAD = timedelta(days=2 * 366)  # somebody who is to start or to leave


def printable(value: str) -> None:
    """A name reads as it was typed: nothing unseen in it, nothing that turns the writing round."""
    if UNPRINTABLE.search(value):
        raise ValidationError("Take out the signs that cannot be seen. Type the words anew if need be.")


class OneLine(forms.CharField):
    """One line of words: a name, a reference, a job title."""

    def __init__(self, label: str, *, width: int = 20, **options: Any) -> None:
        widget = forms.TextInput(attrs={"class": f"govuk-input--width-{width}"})
        super().__init__(label=label, widget=widget, validators=[printable], **options)


class Email(forms.EmailField):
    """An e-mail address, in small letters."""

    def __init__(self, label: str, **options: Any) -> None:
        widget = forms.EmailInput(attrs={"class": "govuk-input--width-20", "autocomplete": "off"})
        super().__init__(label=label, max_length=254, widget=widget, **options)
        self.validators.insert(0, printable)


class Day(forms.DateField):
    """A date in one box, in any of the usual ways of writing it."""

    def __init__(self, label: str, **options: Any) -> None:
        widget = forms.DateInput(format="%d/%m/%Y")
        super().__init__(label=label, input_formats=DAY_FORMATS, widget=widget, **options)


class PostDay(Day):
    """A day on which somebody starts or leaves: neither long ago nor far ahead."""

    def clean(self, value: str) -> date | None:
        day = super().clean(value)
        if day and day < FIRST_START:
            raise ValidationError(f"“{self.label}” is before 1950. Check the year.")
        if day and day > today() + FURTHEST_AHEAD:
            raise ValidationError(f"“{self.label}” is more than two years ahead. Check the year.")
        return day


class Ticked(forms.ModelMultipleChoiceField):
    """Rows by their numbers; what is no number of a row is no choice."""

    def clean(self, value: list[str] | None) -> QuerySet:
        if any(not NUMBER.fullmatch(one) for one in value or ()):
            raise ValidationError(self.error_messages["invalid_choice"])
        return super().clean(value)


def posted(request: HttpRequest) -> QueryDict | None:
    """What was sent; None where the page is only looked at. Nothing filled in is sent all the same."""
    return request.POST if request.method == "POST" else None


def put_errors(
    form: forms.Form, error: ValidationError, fields: dict[str, str] | None = None
) -> None:
    """What an action refused, at the field where it was typed; else above the form.

    ``fields`` names the form's field for what the action calls otherwise; ``belongs`` of a form
    names it for a sentence about several fields at once.
    """
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    belongs = getattr(form, "belongs", {})
    for name, errors in error.error_dict.items():
        for one in errors:
            at = belongs.get(one.message) or (fields or {}).get(name, name)
            form.add_error(at if at in form.fields else None, one)
