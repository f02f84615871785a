"""The page between typing and saving: what a change of the rules would change."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from partnership.views.editing import in_words
from training.choices import Standing
from training.due import COLOURS
from training.foreseen import Foreseen

COLUMNS = [
    {"text": "Standing now"}, {"text": "Standing then"}, {"text": "People", "numeric": True},
]


def checked(
    request: HttpRequest, form: forms.Form, *, title: str, name: str, words: list[str],
    foreseen: Foreseen | str, crumbs: list[dict[str, str]], seen: str = "", submit: str = "Save",
) -> HttpResponse:
    """What would change, with what was typed kept on the page; nothing is written yet."""
    return render(request, "training/check.html", {
        "form": form, "title": title, "name": name, "words": words, "foreseen": foreseen,
        "columns": COLUMNS, "rows": moves(foreseen) if foreseen else [], "seen": seen,
        "submit": submit, "crumbs": crumbs, "typed": typed(form),
    })


def moves(found: Foreseen) -> list[list[dict[str, Any]]]:
    """From which standing to which, and for how many."""
    return [[tag(before), tag(after), {"text": number}] for before, after, number in found.moves]


def tag(standing: Standing | None) -> dict[str, str]:
    if standing is None:
        return {"text": "Nothing asked", "tag_colour": "grey"}
    return {"text": standing.label, "tag_colour": COLOURS[standing]}


def typed(form: forms.Form) -> list[dict[str, str]]:
    """What was typed, in words, to be checked."""
    return [
        {"key": field.label, "value": in_words(field, form.cleaned_data.get(field.name))}
        for field in form.visible_fields()
        if field.name in form.cleaned_data
    ]
