"""The fields of forms about meetings: one line of text, and a person by name or reference."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet

from conferences.convening import FIRST_MEETING, FURTHEST_AHEAD
from partnership.folding import folded
from partnership.forms import Day
from partnership.models import StaffMember, today
from partnership.spreadsheets import UNPRINTABLE

IN_BRACKETS = re.compile(r"\(([^()]+)\)\s*\Z")
MOST_NAMED = 5
NO_CHILD = "Do not name a child."


class Line(forms.CharField):
    """One line of text that can be printed."""

    def __init__(self, label: str, *, most: int, width: int = 20, **options: Any) -> None:
        widget = forms.TextInput(attrs={"class": f"govuk-input--width-{width}"})
        super().__init__(label=label, max_length=most, widget=widget, **options)

    def clean(self, value: str) -> str:
        text = super().clean(value)
        if UNPRINTABLE.search(text):
            raise ValidationError(f"“{self.label}” holds a line break or a control character. Take it away.")
        return text


class MeetingDay(Day):
    """A day of a meeting: neither long ago nor far ahead."""

    def clean(self, value: str) -> date | None:
        day = super().clean(value)
        if day and day < FIRST_MEETING:
            raise ValidationError(f"“{self.label}” is before 2000. Check the year.")
        if day and day > today() + FURTHEST_AHEAD:
            raise ValidationError(f"“{self.label}” is more than two years ahead. Check the year.")
        return day


# --- People ---------------------------------------------------------------------------------------


def shown(person: StaffMember | None) -> str:
    """A person as they stand in a box: with the reference, by which they are found again."""
    return f"{person.name} ({person.reference})" if person else ""


def find_person(
    text: str, people: QuerySet[StaffMember], *, otherwise: str = "leave it empty and write a job title"
) -> StaffMember:
    """The one person meant by a name, a staff reference or a work e-mail; else a sentence why not.

    Somebody out of reach is answered like nobody; ``otherwise`` is what else the form takes.
    """
    bracket = IN_BRACKETS.search(text)
    key = bracket.group(1).strip() if bracket else text.strip()
    found = list(people.filter(Q(reference__iexact=key) | Q(work_email__iexact=key))[:MOST_NAMED])
    if bracket:
        wanted = folded(text[: bracket.start()])
        found = [one for one in found if folded(one.name) == wanted.strip()] or found
    found = found or by_name(text, people)
    if len(found) == 1:
        return found[0]
    raise ValidationError(several(text, found) if found else (
        f"Nobody whom you may name fits “{text}”. Check the spelling, or {otherwise}."
    ))


def by_name(text: str, people: QuerySet[StaffMember]) -> list[StaffMember]:
    """Those in whose name each word stands, accents aside; a whole name before parts of one."""
    words = folded(text).split()
    as_typed = people
    for word in text.split():  # the database is quick where the accents are typed
        as_typed = as_typed.filter(Q(first_name__icontains=word) | Q(last_name__icontains=word))
    return fitting(as_typed, words, people) or fitting(people, words, people)


def fitting(
    among: QuerySet[StaffMember], words: list[str], people: QuerySet[StaffMember]
) -> list[StaffMember]:
    rows = among.order_by().values_list("pk", "first_name", "last_name")
    names = [(pk, folded(f"{first} {last}")) for pk, first, last in rows]
    fits = [pk for pk, name in names if " ".join(words) == name] or [
        pk for pk, name in names if words and all(word in name for word in words)
    ]
    return list(people.filter(pk__in=fits[: MOST_NAMED + 1]))


def several(text: str, found: list[StaffMember]) -> str:
    named = "; ".join(f"{shown(one)}, {one.job_title}" for one in found[:MOST_NAMED])
    more = "; and more" if len(found) > MOST_NAMED else ""
    return f"More than one person fits “{text}”: {named}{more}. Write the reference of the one you mean."
