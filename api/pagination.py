"""Pages of a hundred that cost the same wherever they are: each begins after a row, none is counted."""

from __future__ import annotations

import base64
import binascii
from typing import Any

import orjson
from django.core.exceptions import FieldError, ValidationError
from django.db.models import Model, Q, QuerySet
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.utils.urls import replace_query_param

from api.errors import Problem

PAGE = 100
BAD = "This is no cursor of this list in this order. Begin again without one."


class Keyset(BasePagination):
    """The rows after a key: the value sorted by, and the number of the row."""

    cursor_query_param = "cursor"

    def paginate(self, rows: QuerySet, names: dict[str, str], request: Request, sort: str) -> dict[str, Any]:
        """A page of rows as their columns, and the address of the next one."""
        lookup = sort.removeprefix("-")
        after = request.query_params.get(self.cursor_query_param)
        if after is not None:
            rows = beyond(rows, sort, read(after, sort, rows.model, lookup))
        sign = "-" if sort.startswith("-") else ""
        ordered = rows.order_by(*dict.fromkeys((sort, f"{sign}pk")))
        found = list(ordered.values_list(lookup, "pk", *names.values())[: PAGE + 1])
        following = None
        if len(found) > PAGE:
            cursor = written(sort, found[PAGE - 1][0], found[PAGE - 1][1])
            following = replace_query_param(request.build_absolute_uri(), "cursor", cursor)
        keys = tuple(names)
        return {
            "results": [dict(zip(keys, row[2:], strict=True)) for row in found[:PAGE]],
            "next": following,
        }

    def get_paginated_response_schema(self, schema: dict) -> dict:
        return {
            "type": "object", "required": ["results", "next"],
            "properties": {
                "results": {"type": "array", "items": schema["items"], "maxItems": PAGE},
                "next": {
                    "type": ["string", "null"], "format": "uri",
                    "description": "Where the next hundred are; null: these were the last.",
                },
            },
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict]:
        return [{
            "name": "cursor", "in": "query", "required": False, "schema": {"type": "string"},
            "description": "Taken from `next` of the page before.",
        }]


def beyond(rows: QuerySet, sort: str, place: tuple[Any, int]) -> QuerySet:
    """The rows after a place; the first condition is the one for the index."""
    lookup, value, pk = sort.removeprefix("-"), *place
    way = "lt" if sort.startswith("-") else "gt"
    if lookup in ("pk", "id"):
        return rows.filter(**{f"pk__{way}": pk})
    further = Q(**{f"{lookup}__{way}": value}) | Q(**{f"pk__{way}": pk})
    return rows.filter(further, **{f"{lookup}__{way}e": value})


def written(sort: str, value: Any, pk: int) -> str:
    return base64.urlsafe_b64encode(orjson.dumps([sort, value, pk], default=str)).decode().rstrip("=")


def read(text: str, sort: str, model: type[Model], lookup: str) -> tuple[Any, int]:
    """The place of a cursor, each value as its column holds it."""
    try:
        found = orjson.loads(base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4)))
        asked, value, pk = found
        if asked != sort or type(pk) is not int or not 0 <= pk < 2**62 or "\0" in str(value):
            raise ValueError
        clean = column(model, lookup).to_python(value)
        if clean is None:
            raise ValueError
    except (ValueError, TypeError, OverflowError, binascii.Error, ValidationError, FieldError) as error:
        raise Problem(400, "bad_cursor", BAD, {"cursor": [BAD]}) from error
    return clean, pk


def column(model: type[Model], lookup: str) -> Any:
    """The field at the end of a way."""
    if lookup == "pk":
        return model._meta.pk
    *way, last = lookup.split("__")
    for name in way:
        model = model._meta.get_field(name).related_model
    return model._meta.get_field(last)
