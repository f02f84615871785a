"""A version of a local rule that was saved by mistake: corrected or taken away while nothing rests on it.

Once a register was closed from its first day on, the version stays: its judgement names it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from conferences.actions.rules import (
    groups_told,
    hold_registers,
    judged_up_to,
    refuse_nothing_asked,
    series_of,
    still_there,
    write_expected,
    write_groups,
)
from conferences.models import ExpectationRule, QuorumRule, Timescale
from conferences.rules import LocalRules
from partnership import dated
from partnership.history import record
from partnership.models import Agency, Partnership, User


@transaction.atomic
def correct_quorum(
    *, by: User | None, rule: QuorumRule, seen: str = "",
    units: Iterable[tuple[str, Iterable[Agency]]] = (), **terms: Any,
) -> QuorumRule:
    """Other terms for a version of the quorum that no register was judged by."""
    row, place = held(rule)
    refuse_nothing_asked(terms)
    groups = [(title, list(agencies)) for title, agencies in units]
    was = [(unit.title, list(unit.agencies.all())) for unit in row.units.all()]
    regrouped = row.beside() != sorted((t, sorted(one.pk for one in found)) for t, found in groups)
    told = groups_told(groups) if regrouped else {}
    gone = {f"counts as {title}": [] for title, _ in was if regrouped}
    written = dated.correct(
        row, series_of(row), by, terms, seen=seen, judged_up_to=judged_up_to(place), **gone | told
    )
    if regrouped:
        if not written:
            record(by, "corrected", row, partnership=place, **gone | told)
        write_groups(row, groups)
    return row


@transaction.atomic
def correct_expectation(
    *, by: User | None, rule: ExpectationRule, expectation: str, seen: str = ""
) -> ExpectationRule:
    """Expect something else by a version that no register was judged by; open registers follow."""
    row, place = held(rule)
    before, judged = LocalRules.of(place), judged_up_to(place, row.agency)
    new = {"expectation": expectation}
    dated.correct(row, series_of(row), by, new, seen=seen, judged_up_to=judged)
    write_expected(by, place, before, row.effective_from)
    return row


@transaction.atomic
def correct_timescale(
    *, by: User | None, rule: Timescale, amount: int, unit: str, seen: str = ""
) -> Timescale:
    """Another limit for a version that no register was judged by."""
    row, place = held(rule)
    new = {"amount": amount, "unit": unit}
    dated.correct(row, series_of(row), by, new, seen=seen, judged_up_to=judged_up_to(place))
    return row


def held(rule: Any) -> tuple[Any, Partnership]:
    """A version as it is now, and its partnership: locked with the open registers it would judge."""
    place = dated.locked_place(rule.partnership)
    row = still_there(rule)
    hold_registers(place, row.effective_from)
    return row, place


@transaction.atomic
def remove_rule(
    *, by: User | None, rule: QuorumRule | ExpectationRule | Timescale, seen: str = ""
) -> None:
    """Take away a version that nothing was judged by; the one before it goes on."""
    row, place = held(rule)
    before, since, versions = LocalRules.of(place), row.effective_from, series_of(row)
    refuse_without_quorum(row, versions)
    judged = judged_up_to(place, getattr(row, "agency", None))
    dated.remove(row, versions, by, seen=seen, judged_up_to=judged)
    if isinstance(rule, ExpectationRule):
        write_expected(by, place, before, since)


def refuse_without_quorum(row: Any, versions: list[Any]) -> None:
    """The quorum in force is corrected rather than taken away where none would follow it."""
    begun = row.effective_from <= timezone.localdate()
    before = any(version.effective_from < row.effective_from for version in versions)
    if isinstance(row, QuorumRule) and begun and not before:
        raise ValidationError(
            "No quorum would be in force in its place, and every conference would count as not "
            "quorate. Correct this version instead."
        )
