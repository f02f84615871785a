"""The names under which a partnership shows itself: on every page, cover and file."""

from __future__ import annotations

from django.db import transaction

from partnership.dated import locked_place
from partnership.history import save_changed
from partnership.models import Partnership, User
from partnership.stale import refuse_when_changed

LABELS = ("name", "label", "subgroup_label")


@transaction.atomic
def change_labels(
    *, by: User | None, partnership: Partnership, seen: str = "", **new: str
) -> bool:
    """Change the names used on screen; False when nothing differs. What was issued keeps its names."""
    row = locked_place(partnership)
    refuse_when_changed(row, seen, LABELS)
    return save_changed(row, by, "changed", new, partnership=row)
