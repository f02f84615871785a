"""Serializers that take what they declare and nothing else, each value of its own kind."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from partnership.forms.fields import printable

NONE_SUCH = "There is none such that you may choose here."
UNKNOWN = "There is no such field here."
LARGEST = 2**53 - 1  # a number that every program reads exactly
ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z")


class Strict(serializers.Serializer):
    """What is sent: a field that is not declared, or is only read, is refused by its name."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            writable = {name for name, field in self.fields.items() if not field.read_only}
            unknown = {str(name): [UNKNOWN] for name in data if name not in writable}
            if unknown:
                raise serializers.ValidationError(unknown)
        return super().to_internal_value(data)


class Words(serializers.CharField):
    """One line of words that can be printed."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.validators.append(printable)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class Whole(serializers.IntegerField):
    def __init__(self, **options: Any) -> None:
        super().__init__(**{"min_value": 0, "max_value": LARGEST} | options)

    def to_internal_value(self, data: Any) -> int:
        if type(data) is not int:
            self.fail("invalid")
        return data


class YesNo(serializers.BooleanField):
    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class OneOf(serializers.ChoiceField):
    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid_choice", input=data)
        return super().to_internal_value(data)


class Day(serializers.DateField):
    """A day as 2015-03-31, neither long ago nor far ahead."""

    default_error_messages = {
        "outside": "This day is before {earliest} or after {latest}. Check the year.",
    }

    def __init__(
        self, *, earliest: date = date(1950, 1, 1), latest: Callable[[], date] | None = None,
        **options: Any,
    ) -> None:
        self.earliest, self.latest = earliest, latest
        super().__init__(**options)

    def to_internal_value(self, data: Any) -> date:
        if not isinstance(data, str) or not ISO_DAY.fullmatch(data):
            self.fail("invalid", format="YYYY-MM-DD")
        day = super().to_internal_value(data)
        latest = self.latest() if self.latest else date(2199, 12, 31)
        if not self.earliest <= day <= latest:
            self.fail("outside", earliest=self.earliest.isoformat(), latest=latest.isoformat())
        return day


# --- Rows that one may choose ---------------------------------------------------------------------


class Chosen:
    """A row among those that the client may choose: another's is answered like one that is missing.

    ``rows`` gives them for a user. The test of leaks finds every field of this kind.
    """

    def __init__(self, *, rows: Callable[[Any], QuerySet], by: str = "pk", **options: Any) -> None:
        self.rows, self.by = rows, by
        super().__init__(**options)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        value = super().run_validation(data)
        if value is None or value is self.default:
            return value
        found = self.rows(self.context["request"].user).filter(**{self.by: value}).first()
        if found is None:
            raise serializers.ValidationError(NONE_SUCH, "none_such")
        return found


class ByNumber(Chosen, Whole):
    """A row by its number."""


class ByCode(Chosen, Words):
    """A row by its code or reference."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": 40} | options)


# --- What is read ---------------------------------------------------------------------------------


class Read(serializers.ModelSerializer):
    """What is answered. ``Meta.apart`` names the fields that the view puts in itself."""

    def get_fields(self) -> dict[str, Any]:
        found = super().get_fields()
        for field in found.values():
            field.read_only = True
        return found


@lru_cache
def columns(serializer: type[serializers.Serializer]) -> dict[str, str]:
    """The fields of a serializer with the columns they are read from: rows are answered without
    making an object of each, and the serializer stays what says which fields there are."""
    apart = getattr(serializer.Meta, "apart", ())
    return {
        name: field.source.replace(".", "__")
        for name, field in serializer().fields.items() if name not in apart
    }
