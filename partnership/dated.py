"""Local rules with dates: one version follows another, and none reaches back over what was judged.

A new version ends those that ran over its first day; removing one that has not begun gives the
version before it its time back. The caller holds the transaction and the lock of the partnership.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError

from partnership.history import record, save_changed, save_new
from partnership.models import Partnership, User
from partnership.spreadsheets import spoken
from partnership.stale import ChangedSince


def locked_place(partnership: Partnership) -> Partnership:
    """The partnership, locked: its rules are written one after the other."""
    return Partnership.objects.select_for_update(no_key=True).get(pk=partnership.pk)


def seen_of(versions: Iterable[Any]) -> str:
    """What a page saw of the versions of a rule, in a few letters."""
    rows = sorted((row.pk, *words_of(row)) for row in versions)
    return hashlib.sha256(repr(rows).encode()).hexdigest()[:20]


def words_of(row: Any) -> list[str]:
    """Everything that a version says; ``beside`` is what hangs on it in rows of its own."""
    said = [str(field.value_from_object(row)) for field in row._meta.concrete_fields]
    return [*said, str(row.beside() if hasattr(row, "beside") else "")]


def refuse_when_another_came(versions: Iterable[Any], seen: str) -> None:
    """Refuse when a version came or went since the page was opened; "" asks for no check."""
    if seen and seen != seen_of(versions):
        raise ChangedSince("Somebody changed the versions of this rule since you opened this page.")


def begin(
    row: Any, versions: Sequence[Any], by: User | None, *, seen: str = "",
    first_free: date | None = None, **told: Any,
) -> Any:
    """Save a new version of a rule; the ones that run over its first day end there."""
    refuse_when_another_came(versions, seen)
    on = row.effective_from
    refuse_before(first_free, on, "effective_from")
    if any(other.effective_from == on for other in versions):
        raise ValidationError({"effective_from": (
            f"A version already begins on {spoken(on)}. Choose another day, or correct that version."
        )})
    row.effective_until = next_start(versions, on)
    for other in running_over(versions, on):
        save_changed(other, by, "ended", {"effective_until": on}, partnership=row.partnership)
    return save_new(row, by, "set", partnership=row.partnership, effective_from=on, **told)


def refuse_before(first_free: date | None, on: date, field: str) -> None:
    if first_free and on < first_free:
        raise ValidationError({
            field: f"Registers are closed and judged up to {spoken(first_free - timedelta(days=1))}, "
            f"and stay as they are. Choose {spoken(first_free)} or a later day."
        })


def next_start(versions: Iterable[Any], on: date) -> date | None:
    """The first day of the version that comes after a day, if there is one."""
    return min((v.effective_from for v in versions if v.effective_from > on), default=None)


def running_over(versions: Iterable[Any], on: date) -> list[Any]:
    """The versions that began before a day and would go on over it."""
    return [
        v for v in versions
        if v.effective_from < on and (v.effective_until is None or v.effective_until > on)
    ]


def stop(
    row: Any, versions: Sequence[Any], by: User | None, on: date, *, seen: str = "",
    first_free: date | None = None,
) -> None:
    """End a rule from a day on: the last day on which it holds is the one before."""
    refuse_when_another_came(versions, seen)
    refuse_before(first_free, on, "effective_until")
    if on <= row.effective_from:
        raise ValidationError({
            "effective_until": f"It begins on {spoken(row.effective_from)}: choose a later day."
        })
    if row.effective_until and on >= row.effective_until:
        raise ValidationError({
            "effective_until": f"It ends on {spoken(row.effective_until)} already."
        })
    for other in [v for v in running_over(versions, on) if v.pk != row.pk]:
        # An older one would come back in its place.
        save_changed(other, by, "ended", {"effective_until": row.effective_from},
                     partnership=row.partnership)
    save_changed(row, by, "ended", {"effective_until": on}, partnership=row.partnership)


# --- A version that was saved by mistake ----------------------------------------------------------


def why_it_stays(row: Any, judged_up_to: date | None) -> str:
    """Why a version is neither corrected nor taken away: a judgement rests on it. Else nothing."""
    if judged_up_to is None or row.effective_from > judged_up_to:
        return ""
    return (
        f"It has been in force since {spoken(row.effective_from)}, and what was judged up to "
        f"{spoken(judged_up_to)} rests on it: add a new version instead."
    )


def refuse_when_judged(row: Any, judged_up_to: date | None) -> None:
    if why := why_it_stays(row, judged_up_to):
        raise ValidationError(why)


def correct(
    row: Any, versions: Sequence[Any], by: User | None, new: dict[str, Any], *, seen: str = "",
    judged_up_to: date | None = None, **told: Any,
) -> bool:
    """Other words for a version that nothing was judged by; the days on which it holds stay."""
    refuse_when_another_came(versions, seen)
    refuse_when_judged(row, judged_up_to)
    return save_changed(row, by, "corrected", new, partnership=row.partnership, **told)


def remove(
    row: Any, versions: Sequence[Any], by: User | None, *, seen: str = "",
    judged_up_to: date | None = None,
) -> None:
    """Take away a version that nothing was judged by; the one that ended for it goes on."""
    refuse_when_another_came(versions, seen)
    refuse_when_judged(row, judged_up_to)
    start, until = row.effective_from, row.effective_until
    record(by, "removed", row, partnership=row.partnership, effective_from=start)
    row.delete()
    for other in versions:
        if other.effective_until == start:
            save_changed(other, by, "goes on", {"effective_until": until},
                         partnership=row.partnership)
