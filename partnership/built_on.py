"""Whether anything rests on rows that somebody wants to take back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from partnership.models import Agency, HistoryEntry, StaffMember

AT_ONCE = 1_000
AS_A_WHOLE = "so the import can no longer be taken back as a whole."
SAID = {  # where the name of a kind of row would not be understood, or says too little
    "partnership.agency": "parts", "partnership.membership": "a place in another partnership",
    "partnership.staffmember": "people", "partnership.grant": "users",
    "partnership.agencyoffer": "an offer to another partnership",
    "partnership.usercheck": "a check of its users", "conferences.quorumunit": "a place in the quorum",
    "conferences.expectationrule": "a rule about what is expected of it",
    "conferences.attendance": "lines on registers", "escalation.agencycontact": "contacts for escalations",
}


class BuiltOn(ValidationError):
    """Something rests on what was to be taken back; nothing is taken back."""


def chunks(keys: Iterable[int]) -> Iterator[list[int]]:
    numbers = sorted(keys)
    for start in range(0, len(numbers), AT_ONCE):
        yield numbers[start : start + AT_ONCE]


def held_for_taking(rows: models.QuerySet, keys: Iterable[int], what: str) -> list[Any]:
    """The rows under their lock, in one order; refused where one is gone."""
    keys = sorted(keys)
    held = [
        row for some in chunks(keys)
        for row in rows.select_for_update(of=("self",)).filter(pk__in=some).order_by("pk")
    ]
    if len(held) < len(keys):
        raise BuiltOn(f"Some of these {what} are no longer there.")
    return held


def refuse_built_on(
    model: type[models.Model], keys: Iterable[int], since: int, *, all_that_names: bool = False
) -> None:
    """Refuse when anybody acted on one of the rows after the entry ``since``, or anything names one.

    With ``all_that_names`` rows count as well that would silently go with it.
    """
    for some in chunks(keys):
        acts = HistoryEntry.objects.filter(
            subject_type=model._meta.label_lower, subject_id__in=some, pk__gt=since
        )
        if model is StaffMember:
            acts |= HistoryEntry.objects.filter(staff_member__in=some, pk__gt=since)
        last = acts.first()
        if last:
            raise BuiltOn(
                f"Somebody has worked with {last.subject} since ({last.verb}), {AS_A_WHOLE}"
            )
        for relation in relations(model, all_that_names):
            refuse_named(model, some, relation)
        if model is Agency:
            refuse_dealt_with(some, since)


def refuse_named(
    model: type[models.Model], keys: list[int], relation: models.ForeignObjectRel
) -> None:
    """Refuse when a row of another kind names one of these; the sentence says which has what."""
    name, other = relation.field.name, relation.related_model
    first = other._base_manager.filter(**{f"{name}__in": keys}).first()
    if first is None:
        return
    named = getattr(first, name)
    row = named if isinstance(named, model) else named.filter(pk__in=keys).first()
    what = SAID.get(other._meta.label_lower, other._meta.verbose_name_plural)
    raise BuiltOn(f"{row} has {what} by now, {AS_A_WHOLE}")


def refuse_dealt_with(agencies: list[int], since: int) -> None:
    """Refuse when the history has anything else about an agency, even of what is gone again.

    It says no more than that: who takes back a list of agencies may not know its people.
    """
    entries = HistoryEntry.objects.filter(agency__in=agencies, pk__gt=since)
    last = entries.select_related("agency").first()
    if last:
        raise BuiltOn(f"Somebody has worked with {last.agency} since, {AS_A_WHOLE}")


def relations(
    model: type[models.Model], all_that_names: bool = False
) -> Iterator[models.ForeignObjectRel]:
    """Who else names a row of the model; what would go with it is the caller's to look at, or all.

    What stands between two kinds of rows is left out: the other kind names the row itself.
    """
    for relation in model._meta.get_fields(include_hidden=True):
        if not isinstance(relation, models.ForeignObjectRel):
            continue
        other = relation.related_model
        goes_with_it = relation.on_delete is models.CASCADE
        between = bool(other._meta.auto_created)
        if other is not HistoryEntry and not between and (all_that_names or not goes_with_it):
            yield relation
