"""Whether anything rests on rows that somebody wants to take back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.core.exceptions import ValidationError
from django.db import models

from partnership.models import HistoryEntry, StaffMember

AT_ONCE = 1_000


class BuiltOn(ValidationError):
    """Something rests on what was to be taken back; nothing is taken back."""


def chunks(keys: Iterable[int]) -> Iterator[list[int]]:
    numbers = sorted(keys)
    for start in range(0, len(numbers), AT_ONCE):
        yield numbers[start : start + AT_ONCE]


def refuse_built_on(model: type[models.Model], keys: Iterable[int], since: int) -> None:
    """Refuse when anybody acted on one of the rows after the entry ``since``, or anything names one."""
    for some in chunks(keys):
        acts = HistoryEntry.objects.filter(
            subject_type=model._meta.label_lower, subject_id__in=some, pk__gt=since
        )
        if model is StaffMember:
            acts |= HistoryEntry.objects.filter(staff_member__in=some, pk__gt=since)
        last = acts.first()
        if last:
            raise BuiltOn(
                f"Somebody has worked with {last.subject} since ({last.verb}), so the import can no "
                "longer be taken back as a whole."
            )
        for relation in relations(model):
            field = relation.field
            rows = relation.related_model._base_manager.filter(**{f"{field.name}__in": some})
            if rows.exists():
                raise BuiltOn(
                    f"There is already a {relation.related_model._meta.verbose_name} that rests on "
                    "what was imported, so the import can no longer be taken back as a whole."
                )


def relations(model: type[models.Model]) -> Iterator[models.ForeignObjectRel]:
    """Who else names a row of the model; what would go with it is the caller's to look at."""
    for relation in model._meta.get_fields(include_hidden=True):
        if (
            isinstance(relation, models.ForeignObjectRel)
            and relation.on_delete is not models.CASCADE
            and relation.related_model is not HistoryEntry
        ):
            yield relation
