"""The local rules: what a partnership asks of its meetings, from a day on.

Each change takes the lock of the partnership, and of the open registers that it would judge: so
no register is closed by one version while the next is being written for its day.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max

from conferences import presets
from conferences.models import (
    Attendance,
    ExpectationRule,
    Meeting,
    QuorumRule,
    QuorumUnit,
    Timescale,
)
from conferences.rules import LocalRules
from conferences.weighing import expected_anew
from partnership import dated
from partnership.history import BATCH, entry, record_all, save_new
from partnership.models import Agency, Partnership, User

NOTHING_ASKED = "Ask for a sector, or for at least one other agency. Else every conference is quorate."


@transaction.atomic
def set_default_rules(*, by: User | None, partnership: Partnership) -> None:
    """The local rules that a new partnership starts with."""
    where = {"partnership": partnership, "effective_from": presets.SINCE}
    rule = QuorumRule(**where, **presets.QUORUM)
    save_new(rule, by, "set", partnership=partnership, **presets.QUORUM)
    expect(by=by, **where, expectation=presets.EXPECTATION)
    for what, (amount, unit) in presets.TIMESCALES.items():
        row = Timescale(**where, what=what, amount=amount, unit=unit)
        save_new(row, by, "set", partnership=partnership, what=what, amount=amount, unit=unit)


# --- What a version is measured by ----------------------------------------------------------------


def first_free(partnership: Partnership, agency: Agency | None = None) -> date | None:
    """The first day on which a rule may begin: the day after the last register that was closed."""
    last = judged_up_to(partnership, agency)
    return last + timedelta(days=1) if last else None


def judged_up_to(partnership: Partnership, agency: Agency | None = None) -> date | None:
    """The day of the last register that was closed: rules that began up to then stay as they are.

    A judgement is kept with the rule that was in force on its day; a rule that began earlier would
    say that it was judged wrongly. For one agency only its own registers count.
    """
    rows = Meeting.objects.filter(partnership=partnership, closed_at__isnull=False)
    if agency is not None:
        rows = rows.filter(lines__agency=agency)
    return rows.aggregate(on=Max("held_on"))["on"]


def judged_by_agency(partnership: Partnership) -> dict[int, date]:
    """The same of each agency by its key, for a list."""
    closed = Attendance.objects.filter(
        meeting__partnership=partnership, meeting__closed_at__isnull=False
    )
    return dict(closed.order_by().values_list("agency").annotate(on=Max("meeting__held_on")))


def hold_registers(partnership: Partnership, since: date) -> None:
    """Lock the open registers from a day on: a closing waits for the rule, or the rule for it."""
    rows = Meeting.objects.select_for_update().filter(
        partnership=partnership, closed_at=None, held_on__gte=since
    )
    list(rows.order_by("pk").values_list("pk"))


def series_of(row: Any) -> list[Any]:
    """All versions of the rule of which a row is one, itself included."""
    rows = type(row).objects.filter(partnership=row.partnership_id)
    if isinstance(row, ExpectationRule):
        rows = rows.filter(agency=row.agency_id, kind=row.kind)
    elif isinstance(row, Timescale):
        rows = rows.filter(what=row.what)
    else:
        rows = rows.prefetch_related("units__agencies")
    return list(rows)


# --- New versions ---------------------------------------------------------------------------------


@transaction.atomic
def set_quorum(
    *, by: User | None, partnership: Partnership, effective_from: date, seen: str = "",
    units: Iterable[tuple[str, Iterable[Agency]]] = (), **terms: Any,
) -> QuorumRule:
    """A new version of the quorum from a day on, with the agencies that count as one."""
    place = dated.locked_place(partnership)
    hold_registers(place, effective_from)
    refuse_nothing_asked(terms)
    row = QuorumRule(partnership=place, effective_from=effective_from, **terms)
    groups = [(title, list(agencies)) for title, agencies in units]
    dated.begin(
        row, series_of(row), by, seen=seen, first_free=first_free(place), **terms,
        **groups_told(groups),
    )
    write_groups(row, groups)
    return row


def refuse_nothing_asked(terms: dict[str, Any]) -> None:
    if not terms.get("required_sectors") and not terms.get("others"):
        raise ValidationError({"others": NOTHING_ASKED})


def groups_told(groups: Iterable[tuple[str, list[Agency]]]) -> dict[str, list[Agency]]:
    return {f"counts as {title}": agencies for title, agencies in groups}


def write_groups(row: QuorumRule, groups: Iterable[tuple[str, list[Agency]]]) -> None:
    """The agencies that count as one under a version, in place of those there were."""
    row.units.all().delete()
    for title, agencies in groups:
        unit = QuorumUnit(rule=row, title=title)
        unit.full_clean()
        unit.save()
        unit.agencies.set(agencies)


@transaction.atomic
def expect(
    *, by: User | None, partnership: Partnership, expectation: str, effective_from: date,
    agency: Agency | None = None, kind: str = "", seen: str = "",
) -> ExpectationRule:
    """Say what is expected of an agency (or of all) at conferences from a day on.

    Lines of open registers that carry what the rules asked before carry what they ask now.
    """
    place = dated.locked_place(partnership)
    hold_registers(place, effective_from)
    before = LocalRules.of(place)
    row = ExpectationRule(
        partnership=place, agency=agency, kind=kind, expectation=expectation,
        effective_from=effective_from,
    )
    dated.begin(
        row, series_of(row), by, seen=seen, first_free=first_free(place, agency), agency=agency,
        expectation=expectation, kind=kind,
    )
    write_expected(by, place, before, effective_from)
    return row


@transaction.atomic
def set_timescale(
    *, by: User | None, partnership: Partnership, what: str, amount: int, unit: str,
    effective_from: date, seen: str = "",
) -> Timescale:
    """A new version of one timescale from a day on."""
    place = dated.locked_place(partnership)
    hold_registers(place, effective_from)
    row = Timescale(
        partnership=place, what=what, amount=amount, unit=unit, effective_from=effective_from
    )
    return dated.begin(
        row, series_of(row), by, seen=seen, first_free=first_free(place), what=what,
        amount=amount, unit=unit,
    )


# --- Ending ----------------------------------------------------------------------------------------


@transaction.atomic
def end_expectation(
    *, by: User | None, rule: ExpectationRule, effective_until: date, seen: str = ""
) -> None:
    """End a rule for an agency or a kind: from then on holds what is expected more generally."""
    place = dated.locked_place(rule.partnership)
    hold_registers(place, effective_until)
    if rule.agency_id is None and not rule.kind:
        raise ValidationError(
            "What is expected of every agency has no end: set a new version from a day on."
        )
    before = LocalRules.of(place)
    row = still_there(rule)
    free = first_free(place, row.agency)
    dated.stop(row, series_of(row), by, effective_until, seen=seen, first_free=free)
    write_expected(by, place, before, effective_until)


def still_there(rule: Any) -> Any:
    """The row as it is now, with its partnership."""
    row = type(rule).objects.select_related("partnership").filter(pk=rule.pk).first()
    if row is None:
        raise ValidationError("Somebody took this version away already.")
    return row


def write_expected(by: User | None, place: Partnership, before: LocalRules, since: date) -> None:
    """Lines of open registers from a day on carry what the rules of now expect."""
    changes = expected_anew(place, before, LocalRules.of(place), since)
    for change in changes:
        change.line.expectation = change.after
    Attendance.objects.bulk_update(
        [change.line for change in changes], ["expectation"], batch_size=BATCH
    )
    record_all(
        entry(
            by, "expected anew", change.line, partnership=place, agency=change.line.agency,
            expectation=[change.before, change.after],
        )
        for change in changes
    )
