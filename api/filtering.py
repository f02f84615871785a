"""Lists are filtered, searched and sorted by what they declare; anything else is a 400 that says so."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from rest_framework.filters import BaseFilterBackend
from rest_framework.request import Request

from api.errors import Problem

LARGEST = 2**53 - 1
LONGEST_SEARCH = 100
DATE, SORT, SEARCH, CURSOR = {"type": "string", "format": "date"}, "sort", "search", "cursor"


class Number(django_filters.Filter):
    """A row by its number; another agency's finds as little as one that is missing."""

    field_class = forms.IntegerField

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, min_value=0, max_value=LARGEST, **options)


class Text(django_filters.CharFilter):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, max_length=80, **options)


class Day(django_filters.DateFilter):
    """A day as 2015-03-31."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, input_formats=["%Y-%m-%d"], **options)


class YesNo(django_filters.TypedChoiceFilter):
    """``true`` or ``false``."""

    def __init__(self, *args: Any, **options: Any) -> None:
        choices = [("true", "true"), ("false", "false")]
        super().__init__(*args, choices=choices, coerce=lambda text: text == "true", **options)


class Declared(BaseFilterBackend):
    """Filters of the view's filter set, ``search`` over its words, ``sort`` by its columns."""

    def filter_queryset(self, request: Request, rows: QuerySet, view: Any) -> QuerySet:
        asked = request.query_params
        view.sort = sorted_by(view, asked.get(SORT))
        declared = filters_of(view)
        given = {name: asked[name] for name in asked if name in declared}
        if given:
            rows = narrowed(view.filterset_class, rows, given)
        return searched(view, rows, asked[SEARCH]) if SEARCH in asked else rows

    def get_schema_operation_parameters(self, view: Any) -> list[dict]:
        found = [
            {"name": name, "in": "query", "required": False, "schema": schema_of(one),
             "description": str(one.label or "")}
            for name, one in filters_of(view).items()
        ]
        orders = [sign + name for name in view.sorts for sign in ("", "-")]
        found.append({
            "name": SORT, "in": "query", "required": False, "schema": {"type": "string", "enum": orders},
            "description": "By which column; with a hyphen the other way round.",
        })
        if view.searches:
            found.append({
                "name": SEARCH, "in": "query", "required": False,
                "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_SEARCH},
                "description": "Words that stand in the row.",
            })
        return found


def narrowed(filterset: type[django_filters.FilterSet], rows: QuerySet, given: dict[str, str]) -> QuerySet:
    """The rows that fit each filter. The set itself, with its form, is made only where a filter asks
    a method of it."""
    errors, values = {}, {}
    for name, text in given.items():
        try:
            values[name] = filterset.base_filters[name].field.clean(text)
        except ValidationError as error:
            errors[name] = error.messages
    if errors:
        raise Problem(400, "bad_filter", "A filter has a value that it cannot have.", errors)
    whole = None
    for name, value in values.items():
        one = filterset.base_filters[name]
        if one.method:
            whole = whole or filterset(given, queryset=rows)
            one = whole.filters[name]
        rows = one.filter(rows, value)
    return rows


def filters_of(view: Any) -> dict[str, django_filters.Filter]:
    return dict(view.filterset_class.base_filters) if view.filterset_class else {}


def refuse_undeclared(request: Request, allowed: list[str]) -> None:
    """A name that the address does not declare, or one given twice, is no question."""
    asked = request.query_params
    for name in asked:
        if name not in allowed:
            names = ", ".join(allowed) or "none"
            raise Problem(
                400, "unknown_parameter", f"This address does not know that parameter. It knows: {names}.",
                {"parameters": [f"Allowed: {names}."]},
            )
        if len(asked.getlist(name)) > 1:
            raise Problem(400, "given_twice", "A parameter is given twice.", {name: ["Give it once."]})
        if not asked[name]:
            raise Problem(400, "bad_filter", "A parameter is empty. Leave it out.", {name: ["It is empty."]})
        if "\0" in asked[name]:
            raise Problem(400, "bad_filter", "A parameter holds a NUL.", {name: ["Take out the NUL."]})


def allowed_in_lists(view: Any) -> list[str]:
    return [*filters_of(view), SORT, *([SEARCH] if view.searches else []), CURSOR]


def sorted_by(view: Any, asked: str | None) -> str:
    """The column to sort by, with its sign."""
    first = next(iter(view.sorts))
    name = first if asked is None else asked.removeprefix("-")
    if name not in view.sorts:
        names = ", ".join(view.sorts)
        raise Problem(400, "unknown_sort", f"This list is sorted by: {names}.", {SORT: [f"Allowed: {names}."]})
    return ("-" if asked and asked.startswith("-") else "") + view.sorts[name]


def searched(view: Any, rows: QuerySet, text: str) -> QuerySet:
    """Rows in which each word stands somewhere."""
    if not text.strip() or len(text) > LONGEST_SEARCH:
        sentence = f"Search for 1 to {LONGEST_SEARCH} letters."
        raise Problem(400, "bad_filter", sentence, {SEARCH: [sentence]})
    for word in text.split():
        found = Q(pk__in=())
        for lookup in view.searches:
            found |= Q(**{f"{lookup}__icontains": word})
        rows = rows.filter(found)
    return rows


def schema_of(one: django_filters.Filter) -> dict[str, Any]:
    """A filter's values for the description."""
    if isinstance(one, Number):
        return {"type": "integer", "minimum": 0, "maximum": LARGEST}
    if isinstance(one, django_filters.DateFilter):
        return DATE
    if isinstance(one, YesNo):
        return {"type": "string", "enum": ["true", "false"]}
    if isinstance(one, django_filters.ChoiceFilter):
        return {"type": "string", "enum": [value for value, _ in one.extra["choices"]]}
    return {"type": "string", "minLength": 1, "maxLength": one.extra.get("max_length", 80)}
