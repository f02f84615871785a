"""The case system's count beside the one that is reckoned from conferences: in one query."""

from __future__ import annotations

from datetime import date

from compliance.models import TypedCount
from compliance.scorecard import TypedLine
from partnership.models import Partnership


def typed_beside(partnership: Partnership, on: date) -> TypedLine | None:
    """What was typed of the day, else of the nearest day before within a month."""
    # unscoped: who may ask was decided by the caller of the scope
    row = TypedCount.objects.filter(partnership=partnership).nearest(on).first()
    return row and TypedLine(row.counted_on, row.children, row.families, row.source)
