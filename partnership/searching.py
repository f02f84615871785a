"""Finding rows by words as they are typed: accents and capitals aside."""

from __future__ import annotations

from django.db.models import QuerySet

from partnership.folding import folded


def with_words(rows: QuerySet, text: str, *fields: str) -> QuerySet:
    """The rows of which each word stands somewhere in the fields."""
    wanted = folded(text).split()
    there = rows.order_by().values_list("pk", *fields)
    return rows.filter(pk__in=[
        pk for pk, *texts in there
        if all(word in found for word in wanted for found in [folded(" ".join(map(str, texts)))])
    ])
