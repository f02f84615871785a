"""The first of very many people, without reading everybody: by words and in an order, by what is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django.db.models import QuerySet

from partnership.folding import folded
from partnership.models import StaffMember
from training.keeping import Ranked, bring_up_to_date, ranking

NAMED = ("last_name", "first_name", "reference", "job_title")
ORDERS: dict[str, Callable[[Ranked], Any]] = {
    "": lambda row: (row.urgency, *row.texts[:2]),
    "name": lambda row: [folded(text) for text in row.texts[:2]],
    "role_group": lambda row: (row.texts[4], *row.texts[:2]),
}


def shortlist(
    people: QuerySet[StaffMember], course_id: int, on: date, most: int, *, words: str = "",
    order: str = "", always: Iterable[int] = (),
) -> QuerySet[StaffMember]:
    """Of some people those ``most`` who come first for a course, and some others in any case.

    An order that is not known here is that of need.
    """
    bring_up_to_date(people, on)
    wanted = folded(words).split()
    rows = [
        row for row in ranking(people, (*NAMED, "role_group__title"), course_id)
        if not wanted or fits(row, wanted)
    ]
    first = sorted(rows, key=ORDERS.get(order, ORDERS[""]))[:most]
    return people.filter(pk__in={*(row.pk for row in first), *always})


def fits(row: Ranked, wanted: list[str]) -> bool:
    """Each word stands somewhere in the name, the reference or the job, accents aside."""
    text = folded(" ".join(row.texts[:4]))
    return all(word in text for word in wanted)
