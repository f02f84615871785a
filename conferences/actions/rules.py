"""The local rules: what a partnership asks of its meetings, from a day on."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from conferences import presets
from conferences.models import ExpectationRule, QuorumRule, Timescale
from partnership.history import save_new
from partnership.models import Agency, Partnership, User


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


@transaction.atomic
def expect(
    *, by: User | None, partnership: Partnership, expectation: str, effective_from: date,
    agency: Agency | None = None, kind: str = "",
) -> ExpectationRule:
    """Say what is expected of an agency (or of all) at conferences from a day on."""
    row = ExpectationRule(
        partnership=partnership, agency=agency, kind=kind, expectation=expectation,
        effective_from=effective_from,
    )
    return save_new(
        row, by, "set", partnership=partnership, agency=agency, expectation=expectation, kind=kind,
        effective_from=effective_from,
    )
